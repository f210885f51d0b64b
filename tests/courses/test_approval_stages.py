"""Who is asked about a request, one after the other, by the organisation's rule."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Approval, Enrolment
from courses.selectors.approval_rules import rule_for
from courses.selectors.deciders import requests_to_decide
from courses.services.enrolment import approve, refuse
from notifications.models import Notice
from tests.factories.accounts import (
    DelegationFactory,
    OrganisationFactory,
    ReportingLineFactory,
    employ,
    place_below,
)
from tests.factories.approvals import ApprovalRuleFactory, around
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, seated

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
TWO = {"second_above_pence": 50_000, "second_approver": "SECOND_LINE"}


def stages_of(enrolment):
    return list(enrolment.approvals.order_by("stage").values_list("stage", "asks", "state"))


def told(person):
    return list(
        Notice.objects.filter(recipient=person).order_by("pk").values_list("rule", flat=True)
    )


def verbs():
    """What happened to requests; what a place brings with it is told elsewhere."""
    steps = ("enrol", "approve_stage", "approve", "refuse", "escalate")
    rows = Event.objects.filter(verb__in=steps).order_by("pk")
    return list(rows.values_list("verb", "rule"))


def test_without_a_rule_the_line_manager_has_five_working_days():
    team = around()

    request = team.asks()

    stage = request.approvals.get()
    assert stages_of(request) == [(1, "LINE_MANAGER", "WAITING")]
    assert (stage.asked_at, stage.due_on) == (NOW, date(2026, 11, 27))
    assert (stage.working_days, stage.on_silence) == (5, "GRANT")


@pytest.mark.parametrize(
    ("starts_on", "due_on"),
    [
        (date(2027, 1, 14), date(2026, 12, 4)),  # far away: all ten working days
        (date(2026, 12, 4), date(2026, 11, 26)),  # nine left before it: half of them
        (date(2026, 11, 24), date(2026, 11, 23)),  # never less than one
    ],
)
def test_an_answer_is_due_in_time_to_ask_somebody_else_before_the_session(starts_on, due_on):
    team = around(working_days=10)
    starts_at = NOW.replace(year=starts_on.year, month=starts_on.month, day=starts_on.day)
    soon = SessionFactory(offering=team.session.offering, starts_at=starts_at, closes_at=starts_at)

    request = team.asks(session=soon)

    assert request.approvals.get().due_on == due_on


@pytest.mark.parametrize(("price", "stages"), [(50_000, 1), (50_001, 2)])
def test_above_a_price_there_is_a_second_approver(price, stages):
    team = around(price_pence=price, **TWO)

    assert team.asks().approvals.count() == stages


def test_two_stages_are_asked_one_after_the_other_and_the_place_comes_last():
    team = around(price_pence=60_000, **TWO)
    request = team.asks()

    first = approve(enrolment=request, by=team.manager, now=NOW)
    between = (first.state, first.seat, stages_of(first), told(team.second))
    done = approve(enrolment=request, by=team.second, now=NOW)

    assert between == (
        "REQUESTED",
        None,
        [(1, "LINE_MANAGER", "APPROVED"), (2, "SECOND_LINE", "WAITING")],
        ["courses.approval_asked"],
    )
    assert (done.state, done.seat, done.decided_by) == ("CONFIRMED", 1, team.second)
    assert verbs() == [
        ("enrol", "asks_for_approval"),
        ("approve_stage", "may_decide"),
        ("approve", "may_decide"),
    ]
    assert told(team.person) == ["courses.request_approved"]


def test_the_second_approver_decides_nothing_before_their_turn():
    team = around(price_pence=60_000, **TWO)
    request = team.asks()

    with pytest.raises(Forbidden) as refusal:
        approve(enrolment=request, by=team.second, now=NOW)

    assert refusal.value.code == "may_not_decide"
    assert not requests_to_decide(team.second, on=TODAY).exists()


def test_the_second_approver_may_refuse_what_the_first_approved():
    team = around(price_pence=60_000, refusal_months=3, **TWO)
    request = team.asks()
    approve(enrolment=request, by=team.manager, now=NOW)

    refused = refuse(enrolment=request, reason="BUDGET", text="Spent.", by=team.second, now=NOW)

    assert (refused.state, refused.refused_until) == ("REFUSED", date(2027, 2, 20))
    assert stages_of(refused)[1] == (2, "SECOND_LINE", "REFUSED")


def test_nobody_approves_both_stages():
    team = around(price_pence=60_000, **TWO)
    DelegationFactory(manager=team.manager, delegate=team.second, organisation=team.trust)
    request = team.asks()

    approve(enrolment=request, by=team.second, now=NOW)

    with pytest.raises(Forbidden):
        approve(enrolment=request, by=team.second, now=NOW)
    second = request.approvals.get(stage=2)
    assert (second.state, second.escalated_to) == ("ESCALATED", "LEARNING_LEAD")
    assert approve(enrolment=request, by=team.lead, now=NOW).state == "CONFIRMED"


def test_without_a_second_line_the_learning_lead_is_the_second_approver():
    team = around(price_pence=60_000, **TWO)
    team.manager.managed_by_lines.update(ends_on=YESTERDAY)

    assert stages_of(team.asks())[1] == (2, "LEARNING_LEAD", "WAITING")


@pytest.mark.parametrize(("price", "state"), [(2_000, "CONFIRMED"), (2_001, "REQUESTED")])
def test_up_to_a_price_nobody_is_asked(price, state):
    team = around(price_pence=price, unasked_up_to_pence=2_000)

    request = team.asks()

    request.refresh_from_db()
    assert (request.state, request.basis) == (state, "APPROVAL")
    if state == "CONFIRMED":
        assert (request.decided_by, request.decided_by_rule) == (None, "NOT_NEEDED")
        assert told(team.manager) == []
        assert verbs()[-1] == ("approve", "not_needed")


def test_where_nobody_is_asked_a_full_session_still_has_its_list():
    team = around(capacity=1, unasked_up_to_pence=0)
    seated(team.session, 1)

    assert team.asks().state == "WAITING"


def test_the_line_manager_of_the_day_decides_not_the_one_who_was_asked():
    team = around()
    request = team.asks()
    line = team.person.managed_by_lines.get()
    line.ends_on = TODAY
    line.save()
    after = employ(organisation=team.trust)
    tomorrow = TODAY + timedelta(days=1)
    ReportingLineFactory(assignment=line.assignment, manager=after, starts_on=tomorrow)

    with pytest.raises(Forbidden):
        approve(enrolment=request, by=team.manager, now=NOW + timedelta(days=1))

    assert list(requests_to_decide(after, on=tomorrow)) == [request]
    assert approve(enrolment=request, by=after, now=NOW + timedelta(days=1)).seat == 1


def test_a_deputy_decides_within_their_days_and_never_about_themselves():
    team = around()
    request = team.asks()
    DelegationFactory(manager=team.manager, delegate=team.person, organisation=team.trust)

    for by, now in ((team.person, NOW), (team.deputy, NOW + timedelta(days=11))):
        with pytest.raises(Forbidden):
            approve(enrolment=request, by=by, now=now)

    assert approve(enrolment=request, by=team.deputy, now=NOW).state == "CONFIRMED"


def test_nobody_is_their_own_second_line():
    team = around(price_pence=60_000, **TWO)
    team.manager.managed_by_lines.update(manager=team.person)
    request = team.asks()
    approve(enrolment=request, by=team.manager, now=NOW)

    with pytest.raises(Forbidden):
        approve(enrolment=request, by=team.person, now=NOW)

    assert stages_of(request)[1] == (2, "LEARNING_LEAD", "WAITING")


# --- What the database itself refuses


def test_the_database_gives_no_place_before_every_stage_is_approved():
    team = around(price_pence=60_000, **TWO)
    request = team.asks()
    approve(enrolment=request, by=team.manager, now=NOW)
    place = {"state": "CONFIRMED", "seat": 1, "decided_at": NOW, "decided_by": team.manager}

    for columns in (place, {**place, "state": "WAITING", "seat": None, "queued_at": NOW}):
        with (
            pytest.raises(DatabaseError, match="not approved at every stage"),
            transaction.atomic(),
        ):
            Enrolment.objects.filter(pk=request.pk).update(**columns)


def test_the_database_gives_no_place_for_which_nobody_was_ever_asked():
    team = around()
    request = team.asks()
    request.approvals.all().delete()

    with pytest.raises(DatabaseError, match="not approved at every stage"), transaction.atomic():
        Enrolment.objects.filter(pk=request.pk).update(
            state="CONFIRMED", seat=1, decided_at=NOW, decided_by=team.manager
        )


def test_the_database_lets_nobody_approve_their_own_request():
    team = around()
    request = team.asks()
    own = {"decided_at": NOW, "decided_by": team.person}

    with pytest.raises(DatabaseError, match="nobody approves their own"), transaction.atomic():
        request.approvals.update(state="APPROVED", **own)
    with pytest.raises(DatabaseError, match="never_decided_by_oneself"), transaction.atomic():
        Enrolment.objects.filter(pk=request.pk).update(**own)


def test_the_database_keeps_what_was_promised_about_silence():
    request = around().asks()

    for change in ({"on_silence": "REFUSE"}, {"working_days": 1}, {"asks": "SECOND_LINE"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            request.approvals.update(**change)


def test_the_database_wants_two_people_for_two_stages():
    team = around(price_pence=60_000, **TWO)
    request = team.asks()
    approve(enrolment=request, by=team.manager, now=NOW)

    with pytest.raises(DatabaseError, match="each_stage_by_somebody_else"), transaction.atomic():
        request.approvals.filter(stage=2).update(
            state="APPROVED", decided_at=NOW, decided_by=team.manager
        )


# --- Whose rule holds


def test_the_nearest_rule_above_holds_and_then_that_of_the_service():
    board, trust = OrganisationFactory(kind="ICB"), OrganisationFactory()
    place_below(trust, board)
    service = ApprovalRuleFactory(organisation=None, working_days=7)
    alone = OrganisationFactory()

    before = rule_for(trust.pk, on=TODAY)
    above = ApprovalRuleFactory(organisation=board, working_days=8)
    of_board = rule_for(trust.pk, on=TODAY)
    own = ApprovalRuleFactory(organisation=trust, working_days=9)

    assert (before, of_board, rule_for(trust.pk, on=TODAY)) == (service, above, own)
    assert rule_for(alone.pk, on=TODAY) == service


def test_a_rule_holds_from_its_first_day_to_its_last():
    trust = OrganisationFactory()
    ApprovalRuleFactory(organisation=trust, ends_on=YESTERDAY, working_days=3)
    ApprovalRuleFactory(organisation=trust, starts_on=TODAY, working_days=4)

    days = [rule_for(trust.pk, on=day).working_days for day in (YESTERDAY, TODAY)]

    assert days == [3, 4]


def test_without_any_rule_the_defaults_hold_and_nothing_is_saved():
    rule = rule_for(OrganisationFactory().pk, on=TODAY)

    assert (rule.pk, rule.working_days, rule.on_silence) == (None, 5, "GRANT")


def test_a_request_that_was_approved_is_not_decided_again():
    team = around()
    request = team.asks()
    approve(enrolment=request, by=team.manager, now=NOW)

    with pytest.raises(Conflict) as refusal:
        approve(enrolment=request, by=team.manager, now=NOW)

    assert refusal.value.code == "stale_state"
    assert Approval.objects.count() == 1


def test_who_was_asked_as_a_stand_in_is_told_again_as_the_second_approver():
    team = around(price_pence=60_000, **TWO)
    DelegationFactory(manager=team.manager, delegate=team.second, organisation=team.trust)
    request = team.asks()

    approve(enrolment=request, by=team.manager, now=NOW)

    assert told(team.second) == ["courses.approval_asked", "courses.approval_asked"]
    assert told(team.deputy) == ["courses.approval_asked"]
