"""When nobody answers: a request is passed on, and after as long again the organisation's stated
rule decides; at once where the session comes before that."""

from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from accounts.actors import SystemJob
from accounts.scope import run_as
from common.dates import london_date
from common.errors import DomainError
from courses.models import (
    UNANSWERED,
    Approval,
    ApprovalState,
    DecidedBy,
    Enrolment,
    EnrolmentState,
    OnSilence,
    RefusalReason,
    SessionState,
)
from courses.selectors.approval_rules import can_be_passed_on
from courses.selectors.deciders import asked_about, stage_asked
from courses.services.approvals import Because, Decision, agree, pass_on, turn_down
from courses.services.budgets import NoBudget
from courses.services.money_notices import tell_no_money_for_request
from courses.services.seats import lock_enrolment

ANSWERER = SystemJob("courses.answer_for_the_silent", organisation_ids=None)
_AT_ONCE = 500
# What nobody has answered so long before the session is decided now: the sweep is hourly, and the
# next may be too late.
_LAST_MOMENT = timedelta(minutes=70)

log = structlog.get_logger(__name__)


def answer_for_the_silent(*, now: datetime) -> int:
    """Pass on, or decide by rule, every request whose answer is overdue or whose session is about
    to start; return how many.

    Each is a transaction of its own and looked at again under the lock: a run that was killed, was
    late by days or goes on beside another does each of them once. One that cannot be decided (its
    money is gone, say) stays for the next run and holds nobody else up; for want of money, the
    person, whoever can answer and whoever answers for the money are told once.
    """
    done, last = 0, 0
    while found := _overdue(after=last, now=now):
        done += sum(_answer(enrolment_id, now=now) for enrolment_id, _pk in found)
        last = found[-1][1]
    return done


@run_as(ANSWERER)
def _overdue(*, after: int, now: datetime) -> list[tuple[int, int]]:
    """Some of the stages that nobody answered in time, as (enrolment, stage), by the latter."""
    starts_soon = Q(enrolment__session__starts_at__lte=now + _LAST_MOMENT)
    rows = Approval.objects.filter(
        Q(due_on__lt=london_date(now)) | starts_soon,
        pk__gt=after,
        state__in=UNANSWERED,
        asked_at__isnull=False,
        enrolment__state=EnrolmentState.REQUESTED,
        enrolment__session__state=SessionState.OPEN,
        enrolment__session__starts_at__gt=now,
    )
    return list(rows.order_by("pk").values_list("enrolment_id", "pk")[:_AT_ONCE])


def _answer(enrolment_id: int, *, now: datetime) -> bool:
    try:
        return answer_one(enrolment_id, now=now)
    except NoBudget as refusal:
        log.warning("silence_not_answered", enrolment=enrolment_id, code=refusal.code)
        _tell_no_money(enrolment_id, refusal, now=now)
        return False
    except DomainError as refusal:
        log.warning("silence_not_answered", enrolment=enrolment_id, code=refusal.code)
        return False


@run_as(ANSWERER)
def _tell_no_money(enrolment_id: int, refusal: NoBudget, *, now: datetime) -> None:
    """In a transaction of its own: what was begun to grant the request is taken back."""
    enrolment = lock_enrolment(enrolment_id)
    stage = stage_asked(enrolment)
    if stage is not None:
        deciders = asked_about(stage, enrolment=enrolment, on=london_date(now))
        tell_no_money_for_request(enrolment, deciders=deciders, refusal=refusal, now=now)


@run_as(ANSWERER)
def answer_one(enrolment_id: int, *, now: datetime) -> bool:
    """Do what silence does to one request, if its answer is overdue still or it is the last moment
    to decide."""
    enrolment = lock_enrolment(enrolment_id)
    stage, session, today = stage_asked(enrolment), enrolment.session, london_date(now)
    is_open = session.state == SessionState.OPEN and now < session.starts_at
    if stage is None or enrolment.state != EnrolmentState.REQUESTED or not is_open:
        return False
    is_last = session.starts_at <= now + _LAST_MOMENT
    if not is_last and (stage.due_on is None or stage.due_on >= today):
        return False
    is_first = stage.state == ApprovalState.WAITING
    if is_first and can_be_passed_on(stage.working_days, on=today, starts_at=session.starts_at):
        pass_on(stage, enrolment=enrolment, session=session, by=ANSWERER, now=now)
        return True
    _decide(enrolment, stage, now=now)
    # A second approver who is asked in the last moment cannot answer either.
    while is_last and (following := stage_asked(enrolment)):
        _decide(enrolment, following, now=now)
    return True


def _decide(enrolment: Enrolment, stage: Approval, *, now: datetime) -> None:
    """As the rule says that held when the person asked."""
    if stage.on_silence == OnSilence.GRANT:
        decision = Decision(ANSWERER, now, DecidedBy.SILENCE_GRANTS)
        agree(enrolment, stage, session=enrolment.session, decision=decision)
    else:
        decision = Decision(ANSWERER, now, DecidedBy.SILENCE_REFUSES)
        because = Because(RefusalReason.NO_ANSWER, "")
        turn_down(enrolment, stage, because=because, decision=decision)
