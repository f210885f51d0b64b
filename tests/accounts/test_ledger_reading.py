"""Who has looked, what happened, and the auditors' search."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Event
from accounts.services.anchors import sign_heads
from accounts.services.reading import record_reading
from accounts.verbs import Kind, Verb, register_verb, verb
from appraisals.services.reading import open_plan
from tests.accounts.ledger import tell
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.plans import DevelopmentPlanFactory

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
QUERIES_READING = 11
QUERIES_TIMELINE = 12
QUERIES_SEARCH = 11


@pytest.fixture
def trust():
    return OrganisationFactory(name="Riverbank Trust")


def read(person, *, by, organisation=None, now=NOW, verb="read_plan", **facts):
    return record_reading(
        parties=(person.pk,),
        by=by,
        now=now,
        verb=verb,
        about=person,
        rule="tests",
        organisation_id=organisation.pk if organisation else None,
        subject_id=person.pk,
        facts=facts,
    )


def test_a_reading_is_written_down_once_a_day_for_each_reader():
    person, lead, other = PersonFactory(), PersonFactory(), PersonFactory()

    for by in (lead, lead, other, person):
        read(person, by=by)
    read(person, by=lead, now=NOW + timedelta(days=1))

    assert [event.by_person for event in Event.objects.order_by("pk")] == [lead, other, lead]


def test_another_record_of_the_same_person_counts_by_itself():
    person, lead = PersonFactory(), PersonFactory()

    read(person, by=lead)
    read(person, by=lead, verb="read_nomination")

    assert Event.objects.count() == 2


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "AUDITOR", "LEARNING_LEAD"])
def test_reading_a_plan_by_a_role_is_written_down(trust, role):
    person, reader = employ(organisation=trust), grant(PersonFactory(), role, trust)
    plan = DevelopmentPlanFactory(person=person)

    open_plan(plan=plan, by=reader, now=NOW)

    event = Event.objects.get()
    assert (event.verb, event.subject, event.facts) == ("read_plan", person, {"as": role})
    assert event.organisation == trust


def test_reading_a_plan_by_the_two_whose_it_is_is_not(trust):
    manager = employ(organisation=trust)
    person = employ(organisation=trust, manager=manager)
    plan = DevelopmentPlanFactory(person=person)

    for by in (person, manager):
        assert open_plan(plan=plan, by=by, now=NOW) is None

    assert not Event.objects.exists()


def test_the_page_of_a_plan_tells_its_person_who_opened_it(client, trust):
    person, reader = employ(organisation=trust), grant(PersonFactory(), "HR_ADMINISTRATOR", trust)
    plan = DevelopmentPlanFactory(person=person)

    client.force_login(reader)
    assert client.get(reverse("appraisals:plan_show", args=[plan.pk])).status_code == 200
    client.force_login(person)
    page = client.get(reverse("accounts:reading_list")).content.decode()

    assert page.count("data-reading") == 1
    for told in (reader.full_name, "HR administrator", "Riverbank Trust", "read the development"):
        assert told in page


@pytest.mark.parametrize("rows", [1, 3])
def test_who_has_looked_lists_others_and_only_at_oneself(
    client, django_assert_num_queries, trust, rows
):
    person = employ(organisation=trust)
    for _number in range(rows):
        read(person, by=PersonFactory(), organisation=trust)
    read(employ(organisation=trust), by=PersonFactory(), organisation=trust)
    tell(trust, subject_id=person.pk)
    client.force_login(person)
    client.get(reverse("accounts:reading_list"))

    with django_assert_num_queries(QUERIES_READING):
        page = client.get(reverse("accounts:reading_list")).content.decode()

    assert page.count("data-reading") == rows


def test_where_nobody_has_looked_it_says_so_and_the_former_address_leads_there(client):
    client.force_login(PersonFactory())

    moved = client.get(reverse("talent:reading_list"))

    assert (moved.status_code, moved["Location"]) == (301, reverse("accounts:reading_list"))
    assert "Nobody else has opened" in client.get(moved["Location"]).content.decode()


def test_ten_thousand_readings_are_still_one_page(client, trust):
    person, lead = employ(organisation=trust), PersonFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_event (happened_at, verb, by_person_id, by_job, about_type, "
            "about_id, rule, facts, organisation_id, subject_id) "
            "SELECT %s::timestamptz - n * interval '1 minute', 'read_plan', %s, '', 'x', n, 'x', "
            "'{}', %s, %s FROM generate_series(1, 10000) n",
            [NOW, lead.pk, trust.pk, person.pk],
        )
    client.force_login(person)

    page = client.get(reverse("accounts:reading_list"), {"page": 500}).content.decode()

    assert page.count("data-reading") == 20


@pytest.mark.parametrize("rows", [1, 3])
def test_the_timeline_of_a_plan_tells_what_happened(client, django_assert_num_queries, trust, rows):
    person = employ(organisation=trust)
    plan = DevelopmentPlanFactory(person=person)
    for _number in range(rows):
        tell(trust, about=plan, verb="start_plan", by=person, subject_id=person.pk)
    tell(trust, about=DevelopmentPlanFactory(), verb="start_plan")
    read(person, by=PersonFactory(), organisation=trust)
    client.force_login(person)
    address = reverse("appraisals:plan_timeline", args=[plan.pk])
    client.get(address)

    with django_assert_num_queries(QUERIES_TIMELINE):
        page = client.get(address).content.decode()

    assert page.count("data-happening") == rows
    assert f"{person.full_name} started the plan." in page


def test_a_timeline_is_for_whoever_sees_the_record(client, trust):
    plan = DevelopmentPlanFactory(person=employ(organisation=trust))
    client.force_login(employ(organisation=trust))

    assert client.get(reverse("appraisals:plan_timeline", args=[plan.pk])).status_code == 404


def test_a_timeline_keeps_drafts_to_whoever_writes_and_readings_to_the_person(client, trust):
    manager = employ(organisation=trust)
    person = employ(organisation=trust, manager=manager)
    plan = DevelopmentPlanFactory(person=person)
    told = {"about": plan, "subject_id": person.pk}
    tell(trust, verb="save_draft", by=person, **told)
    tell(trust, verb="read_plan", by=PersonFactory(), **told)
    address = reverse("appraisals:plan_timeline", args=[plan.pk])

    client.force_login(manager)
    of_manager = client.get(address).content.decode()
    client.force_login(person)
    of_person = client.get(address).content.decode()

    assert (of_manager.count("data-happening"), of_person.count("data-happening")) == (0, 2)


def test_only_auditors_search_the_ledger(client, trust):
    client.force_login(grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust))

    response = client.get(reverse("accounts:ledger_search"))

    assert response.status_code == 403
    assert "Only auditors can search the ledger." in response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_an_auditor_finds_what_happened_in_the_audited_organisations(
    client, django_assert_num_queries, trust, rows
):
    auditor = grant(employ(organisation=trust), "AUDITOR", trust)
    for _number in range(rows):
        tell(trust, subject_id=employ(organisation=trust).pk, verb="enrol")
    tell(OrganisationFactory(), verb="enrol")
    tell(None, verb="enrol")
    client.force_login(auditor)
    client.get(reverse("accounts:ledger_search"))

    with django_assert_num_queries(QUERIES_SEARCH):
        page = client.get(reverse("accounts:ledger_search")).content.decode()

    assert page.count("data-event") == rows


@pytest.fixture
def audited(client, trust):
    """An auditor signed in, and five events of two kinds on two days about two people."""
    client.force_login(grant(employ(organisation=trust), "AUDITOR", trust))
    first, second = employ(organisation=trust), employ(organisation=trust)
    for person, verb_name, days in (
        (first, "enrol", 0),
        (first, "withdraw", 1),
        (second, "enrol", 1),
        (second, "enrol", 2),
        (second, "approve", 3),
    ):
        tell(trust, subject_id=person.pk, verb=verb_name, now=NOW - timedelta(days=days))
    return first


def day(name, value):
    return {f"{name}_{part}": getattr(value, part) for part in ("day", "month", "year")}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (lambda person: {}, 5),
        (lambda person: {"email": person.email}, 2),
        (lambda person: {"email": person.email.upper(), "verb": "enrol"}, 1),
        (lambda person: {"verb": "enrol"}, 3),
        (lambda person: day("first_day", TODAY - timedelta(days=1)), 3),
        (lambda person: day("last_day", TODAY - timedelta(days=2)), 2),
        (lambda person: {"before": "nonsense"}, 5),
        (lambda person: {"before": f"{(NOW - timedelta(days=1)).isoformat()}_0"}, 2),
    ],
)
def test_the_search_finds_what_it_is_asked_for(client, audited, asked, found):
    page = client.get(reverse("accounts:ledger_search"), asked(audited)).content.decode()

    assert page.count("data-event") == found


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"email": "nobody@waymark.example"}, "Nobody whom you audit has this email address"),
        ({"organisation": "999999"}, "Select"),
        (
            day("first_day", TODAY) | day("last_day", TODAY - timedelta(days=1)),
            "must not be before",
        ),
    ],
)
def test_what_cannot_be_sought_is_said(client, audited, asked, told):
    response = client.get(reverse("accounts:ledger_search"), asked)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert "data-event" not in response.content.decode()


def test_older_events_follow_without_a_gap_or_a_double(client, trust):
    client.force_login(grant(employ(organisation=trust), "AUDITOR", trust))
    told = [tell(trust, verb="enrol").pk for _number in range(60)]

    first = client.get(reverse("accounts:ledger_search"))
    older = first.context["older"]
    second = client.get(reverse("accounts:ledger_search"), {"before": older})

    seen = [event.pk for page in (first, second) for event, _sentence in page.context["rows"]]
    assert seen == told[::-1]
    assert second.context["older"] == ""


def test_the_search_says_when_the_ledger_was_signed(client, audited):
    sign_heads(now=NOW)

    page = client.get(reverse("accounts:ledger_search")).content.decode()

    assert "nothing broken" in page
    assert "Not yet" in page


def test_a_verb_has_one_wording():
    with pytest.raises(ValueError, match="Two wordings"):
        register_verb("enrol", "%(who)s did it again")


def test_a_verb_of_a_former_release_can_still_be_read():
    assert verb("swap_seats").sentence("Jo") == "Jo: swap seats"
    assert verb("enrol") != Verb("%(who)s asked for a place", Kind.PRIVATE)
