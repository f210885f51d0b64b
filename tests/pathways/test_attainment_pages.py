from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common.dates import long_date
from pathways.models import Attainment
from pathways.selectors.attainments import history_of, shown_by
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.clock import TODAY
from tests.factories.pathways import AttainmentFactory, CompetencyFactory, ScaleFactory

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def reader(client):
    person = employ(organisation=OrganisationFactory())
    client.force_login(person)
    return person


def shown(person, skill, rank, *, days=0, **fields):
    return AttainmentFactory(
        person=person,
        competency=skill,
        rank=rank,
        attained_on=TODAY - timedelta(days=days),
        **fields,
    )


def reasons(person, skill, on=TODAY):
    history = history_of(person=person, competency_id=skill.pk, on=on)
    return [(entry.attainment.rank, entry.counts, entry.because) for entry in history.entries]


def test_each_row_of_a_history_says_whether_it_counts_and_why_not():
    person, skill = employ(), CompetencyFactory()
    shown(person, skill, 4, days=-1)
    shown(person, skill, None, days=1)
    shown(person, skill, 2, days=2)
    shown(person, skill, 3, days=3)
    shown(person, skill, 1, days=9, valid_to=TODAY - timedelta(days=4))

    assert reasons(person, skill) == [
        (4, False, "It came later than this day."),
        (None, False, "It says that there was no chance to show it, which never counts."),
        (2, True, ""),
        (3, False, "Something later counts."),
        (1, False, "It counted until 16 November 2026."),
    ]


@pytest.mark.parametrize(
    ("rule", "own", "because"),
    [
        ("LATEST", True, ""),
        ("CONFIRMED", False, "What somebody else confirmed counts before one's own view."),
        ("HIGHEST", False, "A higher level was shown."),
    ],
)
def test_the_reason_is_that_of_the_frameworks_rule(rule, own, because):
    person = employ()
    skill = CompetencyFactory(domain__version__framework__counting_rule=rule)
    shown(person, skill, 2)
    shown(person, skill, 3, days=3, source="MANAGER")

    assert reasons(person, skill)[0] == (2, own, because)


def test_what_counts_is_read_as_of_a_day_with_the_words_of_its_own_scale():
    person = employ()
    skill = CompetencyFactory(scale=ScaleFactory(levels=("Starts", "Does", "Teaches")))
    shown(person, skill, 1, days=10)
    shown(person, skill, 3)

    now, before = shown_by(person=person, on=TODAY), shown_by(person=person, on=YESTERDAY)

    assert [(row.level, row.rows) for row in now] == [("Teaches", 2)]
    assert [(row.level, row.rows) for row in before] == [("Starts", 1)]
    assert shown_by(person=person, on=TODAY - timedelta(days=11)) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_a_fixed_number_of_statements(
    client, reader, django_assert_num_queries, rows
):
    for _ in range(rows):
        shown(reader, CompetencyFactory(), 2, days=1)
    shown(employ(), CompetencyFactory(title="Another's skill"), 2)
    client.get(reverse("pathways:attainment_mine"))

    with django_assert_num_queries(12):
        html = client.get(reverse("pathways:attainment_mine")).content.decode()

    assert html.count("data-shown") == rows
    assert "Another" not in html


def test_a_day_is_chosen_on_the_page_and_a_wrong_one_is_explained(client, reader):
    skill = CompetencyFactory()
    today = timezone.localdate()
    AttainmentFactory(
        person=reader, competency=skill, rank=2, attained_on=today - timedelta(days=5)
    )
    page = reverse("pathways:attainment_mine")

    before = client.get(page, {"on_day": "1", "on_month": "2", "on_year": "2020"})
    wrong = client.get(page, {"on_day": "31", "on_month": "2", "on_year": "2026"})

    assert "data-shown" not in before.content.decode()
    assert (
        "1 February 2020"
        in client.get(
            reverse("pathways:attainment_history_mine", args=[skill.pk]),
            {"on_day": "1", "on_month": "2", "on_year": "2020"},
        ).content.decode()
    )
    assert wrong.status_code == 422
    assert "data-shown" in wrong.content.decode()


def test_a_line_manager_sees_and_ends_a_level_and_a_stranger_sees_nothing(client):
    manager = employ()
    person = employ(organisation=OrganisationFactory(), manager=manager)
    row = AttainmentFactory(person=person, source="MANAGER", attained_on=YESTERDAY)
    addresses = [
        reverse("pathways:attainment_list", args=[person.pk]),
        reverse("pathways:attainment_history", args=[person.pk, row.competency_id]),
        reverse("pathways:attainment_close", args=[row.pk]),
    ]

    client.force_login(employ())
    unseen = [client.get(address).status_code for address in addresses]
    client.force_login(manager)
    seen = [client.get(address).status_code for address in addresses]
    today = timezone.localdate()
    ended = client.post(
        addresses[2],
        {
            "last_day_day": today.day,
            "last_day_month": today.month,
            "last_day_year": today.year,
            "reason": "It was a course of one day.",
        },
    )

    assert (unseen, seen) == ([404] * 3, [200] * 3)
    assert ended.url == addresses[1]
    row.refresh_from_db()
    assert row.valid_to == today
    assert f"until {long_date(today)}" in client.get(addresses[1]).content.decode()


def test_who_sees_but_may_not_end_is_refused_before_anything_is_typed(client):
    trust = OrganisationFactory()
    row = AttainmentFactory(person=employ(organisation=trust), source="MANAGER")
    client.force_login(grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust))

    assert client.get(reverse("pathways:attainment_close", args=[row.pk])).status_code == 403


def test_a_wrong_end_keeps_the_reason_that_was_typed(client, reader):
    row = AttainmentFactory(person=reader, attained_on=YESTERDAY)
    body = {"last_day_day": "1", "last_day_month": "1", "last_day_year": "2020", "reason": "Gone"}

    response = client.post(reverse("pathways:attainment_close", args=[row.pk]), body)

    assert response.status_code == 422
    assert "must be on or after" in response.content.decode()
    assert "Gone" in response.content.decode()
    assert Attainment.objects.get().valid_to is None


def test_a_competency_of_which_nothing_was_shown_is_not_there(client, reader):
    address = reverse("pathways:attainment_history_mine", args=[CompetencyFactory().pk])

    assert client.get(address).status_code == 404
