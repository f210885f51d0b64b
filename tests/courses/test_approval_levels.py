"""Whoever answered one stage answers no other and is reminded of none: those of the level above do
and are."""

from datetime import timedelta

import pytest

from courses.reminders import approvals_waiting
from courses.services.enrolment import approve, refuse
from courses.services.refusals import contest
from notifications.models import Notice
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    grant,
    place_below,
)
from tests.factories.approvals import around, working_days_later
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db


def told(person):
    rows = Notice.objects.filter(recipient=person).order_by("pk")
    return list(rows.values_list("rule", flat=True))


def with_a_lead_alone(**rule):
    """Somebody without a line manager, whose trust has one learning lead, and the one above."""
    team = around(price_pence=60_000, **rule)
    team.person.managed_by_lines.update(ends_on=TODAY - timedelta(days=1))
    board = OrganisationFactory(kind="ICB")
    place_below(team.trust, board)
    return team, grant(PersonFactory(), "LEARNING_LEAD", board)


def test_where_the_only_lead_approved_the_second_approver_is_the_lead_above():
    team, above = with_a_lead_alone(
        second_above_pence=50_000, second_approver="LEARNING_LEAD", working_days=5
    )
    request = team.asks()
    before = (told(team.lead), told(above))

    approve(enrolment=request, by=team.lead, now=NOW)

    assert before == (["courses.approval_asked"], [])
    assert (told(team.lead), told(above)) == (before[0], ["courses.approval_asked"])
    assert request.approvals.get(stage=2).state == "WAITING"
    assert approve(enrolment=request, by=above, now=NOW).state == "CONFIRMED"


def test_where_the_only_lead_refused_the_contest_reaches_the_lead_above():
    team, above = with_a_lead_alone()
    request = refuse(enrolment=team.asks(), reason="BUDGET", text="Spent.", by=team.lead, now=NOW)

    contest(enrolment=request, text="The board pays.", by=team.person, now=NOW)

    assert told(above) == ["courses.refusal_contested"]
    assert "courses.refusal_contested" not in told(team.lead)


def reminded():
    due = approvals_waiting(working_days_later(2).date())
    return sorted((row.subject_key, row.recipient_id) for row in due)


def test_where_the_only_lead_approved_the_lead_above_is_reminded_and_not_they_themselves():
    team, above = with_a_lead_alone(second_above_pence=50_000, second_approver="LEARNING_LEAD")
    request = team.asks()
    approve(enrolment=request, by=team.lead, now=NOW)

    assert reminded() == [(f"enrolment:{request.pk}", above.pk)]


def test_without_a_lead_of_their_own_those_above_are_reminded_and_no_others():
    team, above = with_a_lead_alone()
    grant(PersonFactory(), "LEARNING_LEAD", OrganisationFactory(kind="ICB"))
    team.lead.role_grants.update(ends_on=TODAY - timedelta(days=1))
    team.asks()

    assert told(above) == ["courses.approval_asked"]
    assert [recipient for _about, recipient in reminded()] == [above.pk]


def test_a_lead_who_asks_themselves_is_not_reminded_but_the_lead_above():
    team, above = with_a_lead_alone()
    team.person.role_grants.create(
        organisation=team.trust, role="LEARNING_LEAD", starts_on=TODAY - timedelta(days=9)
    )
    team.lead.role_grants.update(ends_on=TODAY - timedelta(days=1))
    team.asks()

    assert [recipient for _about, recipient in reminded()] == [above.pk]


def test_a_manager_s_manager_who_approved_before_is_not_reminded_of_the_second_stage():
    team = around(price_pence=60_000, second_above_pence=50_000, second_approver="SECOND_LINE")
    request = team.asks()
    approve(enrolment=request, by=team.manager, now=NOW)
    team.person.managed_by_lines.update(manager=team.second)
    team.second.managed_by_lines.create(
        assignment=team.second.assignments.get(),
        manager=team.manager,
        kind="LINE_MANAGER",
        starts_on=TODAY - timedelta(days=9),
    )

    assert reminded() == []


def test_nobody_is_reminded_of_a_second_stage_whose_approver_is_there_no_more():
    team = around(price_pence=60_000, second_above_pence=50_000, second_approver="SECOND_LINE")
    approve(enrolment=team.asks(), by=team.manager, now=NOW)
    team.person.managed_by_lines.update(ends_on=TODAY - timedelta(days=1))

    assert reminded() == []


@pytest.mark.parametrize("teams", [1, 3])
def test_reminding_the_leads_above_takes_the_same_statements_for_any_number(
    teams, django_assert_num_queries
):
    for _ in range(teams):
        team, _above = with_a_lead_alone(second_above_pence=50_000, second_approver="LEARNING_LEAD")
        approve(enrolment=team.asks(), by=team.lead, now=NOW)

    # Requests, line managers, who approved; leads here, organisations above, leads there.
    with django_assert_num_queries(6):
        found = reminded()

    assert len(found) == teams
