"""Nobody answers: the request is passed on, and then the organisation's stated rule decides."""

from datetime import date, timedelta

import pytest

from accounts.models import Event, RoleGrant
from common.errors import Conflict, Forbidden
from courses.models import ApprovalRule, Enrolment
from courses.reminders import approvals_waiting
from courses.selectors.deciders import requests_to_decide
from courses.services import silence
from courses.services.enrolment import approve, refuse, withdraw
from courses.services.silence import answer_for_the_silent, answer_one
from courses.tasks import answer_requests_that_nobody_answers
from notifications.models import Notice
from tests.factories.approvals import around, working_days_later
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, entitle, queued, seated

pytestmark = pytest.mark.django_db

ONE_LATE = working_days_later(6)
TWICE_LATE = working_days_later(12)


def told(person):
    return list(
        Notice.objects.filter(recipient=person).order_by("pk").values_list("rule", flat=True)
    )


def test_nothing_happens_on_the_last_day_to_answer():
    request = around().asks()

    assert answer_for_the_silent(now=working_days_later(5)) == 0
    assert request.approvals.get().state == "WAITING"


def test_the_day_after_it_is_passed_on_to_the_next_line_and_both_are_told():
    team = around()
    request = team.asks()

    assert answer_for_the_silent(now=ONE_LATE) == 1

    stage = request.approvals.get()
    assert (stage.state, stage.escalated_to, stage.escalated_at) == (
        "ESCALATED",
        "SECOND_LINE",
        ONE_LATE,
    )
    assert stage.due_on == date(2026, 12, 7)
    assert told(team.second) == ["courses.approval_passed_on"]
    assert told(team.person) == ["courses.request_passed_on"]
    event = Event.objects.latest("pk")
    assert (event.verb, event.rule) == ("escalate", "silence")
    assert event.by_job == "courses.answer_for_the_silent"


def test_without_a_second_line_it_is_passed_on_to_the_learning_lead():
    team = around()
    team.manager.managed_by_lines.update(ends_on=TODAY)
    request = team.asks()

    answer_for_the_silent(now=ONE_LATE)

    assert request.approvals.get().escalated_to == "LEARNING_LEAD"
    assert told(team.lead) == ["courses.approval_passed_on"]
    later = ONE_LATE.date()
    assert list(requests_to_decide(team.lead, on=later)) == [request]
    assert not requests_to_decide(team.second, on=later).exists()


def test_once_passed_on_either_line_may_answer_and_nobody_else():
    team = around()
    request = team.asks()
    answer_for_the_silent(now=ONE_LATE)
    on = ONE_LATE.date()

    for actor in (team.person, team.lead):
        with pytest.raises(Forbidden):
            approve(enrolment=request, by=actor, now=ONE_LATE)

    assert list(requests_to_decide(team.second, on=on)) == [request]
    assert list(requests_to_decide(team.manager, on=on)) == [request]
    assert approve(enrolment=request, by=team.second, now=ONE_LATE).state == "CONFIRMED"


def test_the_line_manager_may_still_answer_what_was_passed_on():
    team = around()
    request = team.asks()
    answer_for_the_silent(now=ONE_LATE)

    refused = refuse(
        enrolment=request, reason="NOT_NOW", text="In March.", by=team.manager, now=ONE_LATE
    )

    assert (refused.state, refused.decided_by) == ("REFUSED", team.manager)


def test_after_as_long_again_it_is_granted_by_the_same_door():
    team = around(capacity=2)
    request = team.asks()
    seated(team.session, 1)
    answer_for_the_silent(now=ONE_LATE)

    assert answer_for_the_silent(now=TWICE_LATE) == 1

    request.refresh_from_db()
    assert (request.state, request.seat) == ("CONFIRMED", 2)
    assert (request.decided_by, request.decided_by_rule) == (None, "SILENCE_GRANTS")
    assert told(team.person)[-1] == "courses.granted_by_silence"
    assert Event.objects.get(verb="approve").rule == "silence_grants"


def test_a_grant_by_silence_waits_behind_whoever_waits():
    team = around(capacity=1)
    request = team.asks()
    seated(team.session, 1)
    earlier = queued(team.session)
    answer_for_the_silent(now=ONE_LATE)

    answer_for_the_silent(now=TWICE_LATE)

    request.refresh_from_db()
    assert request.state == "WAITING"
    assert request.queued_at > earlier.queued_at


def test_where_the_rule_says_so_silence_refuses_and_holds_nobody_back():
    team = around(on_silence="REFUSE")
    request = team.asks()
    answer_for_the_silent(now=ONE_LATE)

    answer_for_the_silent(now=TWICE_LATE)

    request.refresh_from_db()
    assert (request.state, request.refusal_reason) == ("REFUSED", "NO_ANSWER")
    assert (request.decided_by_rule, request.refused_until) == ("SILENCE_REFUSES", None)
    assert told(team.person)[-1] == "courses.refused_by_silence"
    assert team.asks(now=TWICE_LATE).state == "REQUESTED"


def test_silence_at_the_first_stage_asks_the_second():
    team = around(price_pence=9_000, second_above_pence=1_000, second_approver="LEARNING_LEAD")
    request = team.asks()
    answer_for_the_silent(now=ONE_LATE)

    answer_for_the_silent(now=TWICE_LATE)

    request.refresh_from_db()
    assert (request.state, request.seat) == ("REQUESTED", None)
    second = request.approvals.get(stage=2)
    assert (second.state, second.asked_at) == ("WAITING", TWICE_LATE)
    assert approve(enrolment=request, by=team.lead, now=TWICE_LATE).state == "CONFIRMED"


def test_the_rule_of_the_day_one_asked_holds_whatever_is_written_later():
    team = around(on_silence="REFUSE", working_days=2)
    request = team.asks()
    ApprovalRule.objects.update(on_silence="GRANT", working_days=20)
    answer_for_the_silent(now=working_days_later(3))
    answer_for_the_silent(now=working_days_later(6))

    request.refresh_from_db()
    assert request.state == "REFUSED"


def test_after_an_outage_of_weeks_people_still_get_their_days_to_answer():
    team = around()
    request = team.asks()
    late = working_days_later(25)

    answer_for_the_silent(now=late)

    stage = request.approvals.get()
    assert (stage.state, stage.due_on) == ("ESCALATED", working_days_later(30).date())
    assert answer_for_the_silent(now=late) == 0


def test_running_twice_does_each_once():
    team = around()
    team.asks()

    done = [answer_for_the_silent(now=ONE_LATE) for _run in range(2)]
    done += [answer_for_the_silent(now=TWICE_LATE) for _run in range(2)]

    assert done == [1, 0, 1, 0]
    done_by_rule = Event.objects.filter(verb__in=("approve", "escalate"))
    assert sorted(done_by_rule.values_list("verb", flat=True)) == ["approve", "escalate"]


@pytest.mark.parametrize("change", ["WITHDRAWN", "cancelled", "begun"])
def test_what_needs_no_answer_any_more_is_left_alone(change):
    team = around()
    request = team.asks()
    if change == "WITHDRAWN":
        withdraw(enrolment=request, by=team.person, now=NOW)
    elif change == "cancelled":
        type(team.session).objects.update(state="CANCELLED")
    else:
        earlier = NOW + timedelta(days=2)
        type(team.session).objects.update(starts_at=earlier, closes_at=earlier)

    assert answer_for_the_silent(now=ONE_LATE) == 0
    assert answer_one(request.pk, now=ONE_LATE) is False


def test_one_that_cannot_be_decided_holds_nobody_else_up(monkeypatch):
    first, second = around(), around()
    blocked, other = first.asks(), second.asks()
    answer_for_the_silent(now=ONE_LATE)
    real = silence.agree

    def out_of_money(enrolment, stage, **given):
        if enrolment.pk == blocked.pk:
            raise Conflict("There is no money left.", code="no_budget")
        real(enrolment, stage, **given)

    monkeypatch.setattr(silence, "agree", out_of_money)

    assert answer_for_the_silent(now=TWICE_LATE) == 1
    states = Enrolment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["REQUESTED", "CONFIRMED"]
    assert blocked.approvals.get().state == "ESCALATED"
    assert other.pk > blocked.pk


def test_the_statements_grow_with_what_is_due_not_with_what_waits(django_assert_num_queries):
    for _other in range(3):
        around().asks()

    with django_assert_num_queries(5):
        assert answer_for_the_silent(now=NOW) == 0


def test_the_task_reads_the_clock_and_answers(clock):
    request = around().asks()
    clock.move_to(ONE_LATE)

    assert answer_requests_that_nobody_answers() == 1
    assert request.approvals.get().state == "ESCALATED"


def test_who_a_request_was_passed_on_to_is_reminded_and_not_the_line_manager():
    team = around()
    team.asks()
    answer_for_the_silent(now=ONE_LATE)

    reminded = {due.recipient_id for due in approvals_waiting(working_days_later(9).date())}

    assert reminded == {team.second.pk}


def test_learning_leads_are_reminded_of_what_reached_them():
    team = around()
    team.manager.managed_by_lines.update(ends_on=TODAY)
    team.asks()
    answer_for_the_silent(now=ONE_LATE)

    reminded = {due.recipient_id for due in approvals_waiting(working_days_later(9).date())}

    assert reminded == set(
        RoleGrant.objects.filter(organisation=team.trust).values_list("person_id", flat=True)
    )


def test_an_entitlement_asks_nobody_and_is_no_matter_of_silence():
    team = around(on_silence="REFUSE")
    session = SessionFactory(offering=team.session.offering)
    entitle(team.person, session.offering.programme)

    place = team.asks(session=session)

    assert (place.state, place.approvals.count()) == ("CONFIRMED", 0)
    assert answer_for_the_silent(now=TWICE_LATE) == 0
