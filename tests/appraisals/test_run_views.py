from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from appraisals.models import Appraisal, Cycle
from tests.factories.accounts import OrganisationFactory, ReportingLineFactory, employ
from tests.factories.appraisals import (
    AppraisalFormFactory,
    CycleFactory,
    appraise,
    hr_administrator,
)
from tests.factories.clock import TODAY
from tests.factories.pathways import competencies_of, follow, role_asking, show

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def hr(trust):
    return hr_administrator(trust)


def address(name, *args):
    return reverse(f"appraisals:{name}", args=args)


def planned(trust, **changes):
    days = {"opens_on": (1, 4), "due_on": (30, 6), "closes_on": (30, 9)}
    data = {"organisation": trust.pk, "title": "Appraisals 2027"}
    for name, (day, month) in days.items():
        data |= {f"{name}_day": day, f"{name}_month": month, f"{name}_year": 2027}
    return {**data, **changes}


@pytest.mark.parametrize("rows", [1, 3])
def test_rounds_are_listed_in_the_same_queries(client, django_assert_num_queries, trust, hr, rows):
    for _ in range(rows):
        appraise(cycle=CycleFactory(organisation=trust))
    other = CycleFactory()
    client.force_login(hr)

    with django_assert_num_queries(11):
        page = client.get(address("cycle_list")).content.decode()

    assert page.count("data-cycle") == rows
    assert other.title not in page


@pytest.mark.parametrize("name", ["cycle_list", "cycle_plan"])
def test_rounds_are_for_those_who_run_them(client, trust, name):
    client.force_login(employ(organisation=trust))

    response = client.get(address(name))

    assert response.status_code == 403
    assert "Only HR administrators and learning leads" in response.content.decode()


def test_a_round_of_another_organisation_is_not_there(client, hr):
    cycle = CycleFactory()
    client.force_login(hr)

    assert client.get(address("cycle_detail", cycle.pk)).status_code == 404
    assert client.post(address("cycle_open", cycle.pk)).status_code == 404


def test_a_member_sees_no_counts_and_opens_nothing(client, trust):
    cycle = CycleFactory(organisation=trust)
    client.force_login(employ(organisation=trust))

    assert client.get(address("cycle_detail", cycle.pk)).status_code == 404
    assert client.post(address("cycle_open", cycle.pk)).status_code == 403
    assert Cycle.objects.get().opened_at is None


def test_a_round_is_planned_and_opened_from_its_pages(client, trust, hr, clock):
    form = AppraisalFormFactory()
    employ(organisation=trust, manager=employ(organisation=trust))
    client.force_login(hr)

    planning = client.post(address("cycle_plan"), planned(trust, form=form.pk))
    cycle = Cycle.objects.get()
    clock(datetime(2027, 4, 1, 9, tzinfo=UTC))
    client.force_login(hr)
    before = client.get(address("cycle_detail", cycle.pk)).content.decode()
    response = client.post(address("cycle_open", cycle.pk), follow=True)

    assert planning.status_code == 302
    assert "Open the round" in before
    assert "1 appraisal is open, and the person is told." in response.content.decode()
    assert Appraisal.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Enter title"),
        ({"due_on_month": 3}, "Due day must be on or after the opening day"),
        ({"closes_on_month": 5}, "Closing day must be on or after the due day"),
        ({"opens_on_day": 31, "opens_on_month": 2}, "Opening day must be a real date"),
        ({"organisation": 0}, "Select an answer from the list"),
        ({"form": 0}, "Select an answer from the list"),
    ],
)
def test_a_wrong_round_comes_back_with_everything_typed(client, trust, hr, changes, sentence):
    client.force_login(hr)
    data = planned(trust, **{"form": AppraisalFormFactory().pk, **changes})

    response = client.post(address("cycle_plan"), data)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "2027" in response.content.decode()
    assert not Cycle.objects.exists()


def test_a_title_that_is_taken_is_said_beside_it(client, trust, hr):
    cycle = CycleFactory(organisation=trust, title="Appraisals 2027")
    client.force_login(hr)

    response = client.post(address("cycle_plan"), planned(trust, form=cycle.form_id))

    assert response.status_code == 422
    assert "already has a round with this title" in response.content.decode()


def test_a_round_before_its_day_says_when_it_opens(client, trust, hr):
    cycle = CycleFactory(organisation=trust, opens_on=date(2026, 12, 1))
    client.force_login(hr)

    response = client.post(address("cycle_open", cycle.pk))

    assert response.status_code == 409
    assert "This round opens on 1 December 2026." in response.content.decode()


def role_with_gap(person):
    role = role_asking(3, 2, 4)
    first, second, _never_shown = competencies_of(role)
    follow(person, role)
    show(person, {first: 1, second: 2})
    return role


@pytest.mark.parametrize("reports", [1, 3])
def test_the_team_is_shown_in_the_same_queries(client, django_assert_num_queries, trust, reports):
    manager = employ(organisation=trust)
    cycle = CycleFactory(organisation=trust)
    for _ in range(reports):
        role_with_gap(appraise(cycle=cycle, manager=manager).subject)
    stranger = appraise()
    client.force_login(manager)

    with django_assert_num_queries(15):
        page = client.get(address("team_list")).content.decode()

    assert page.count("data-member") == reports
    assert stranger.subject.full_name not in page


def test_the_team_page_says_appraisal_gaps_and_nothing_written(client, trust):
    manager = employ(organisation=trust)
    appraisal = appraise(manager=manager, organisation=trust, due_on=TODAY)
    role_with_gap(appraisal.subject)
    employ(organisation=trust, manager=manager)
    client.force_login(manager)

    page = " ".join(client.get(address("team_list")).content.decode().split())

    assert "Being prepared" in page
    assert "20 November 2026" in page
    assert "</span>1</td>" in page  # one gap: what was never shown is not one
    assert "Not opened" in page
    assert "No role set" in page


def test_the_second_line_is_not_ones_team(client, trust):
    second_line = employ(organisation=trust)
    manager = employ(organisation=trust, manager=second_line)
    employ(organisation=trust, manager=manager)
    client.force_login(second_line)

    page = client.get(address("team_list")).content.decode()

    assert page.count("data-member") == 1
    assert manager.full_name in page


def test_an_appraisal_that_is_with_somebody_else_can_be_taken_over(client, trust):
    appraisal = appraise(organisation=trust)
    appraisal.assignment.reporting_lines.update(ends_on=date(2026, 11, 19))
    line = ReportingLineFactory(assignment=appraisal.assignment, starts_on=TODAY)
    client.force_login(line.manager)

    page = client.get(address("team_list")).content.decode()

    assert address("appraisal_hand_over", appraisal.pk) in page
    assert f'"{address("appraisal_detail", appraisal.pk)}"' not in page


def test_nobody_reports_to_a_newcomer(client):
    client.force_login(employ())

    assert "Nobody reports to you." in client.get(address("team_list")).content.decode()
