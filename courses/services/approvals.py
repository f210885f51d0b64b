"""The stages of a request: opened by the organisation's rule, asked one after the other, and what
follows when the last of them is approved.

Whoever calls these has locked the session and answers for who decides.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import line_manager_of, relations_to, roles_at
from accounts.services.ledger import record
from common.dates import add_months, london_date
from common.errors import Conflict, Forbidden
from courses.models import (
    APPROVAL_WORKFLOW,
    ENROLMENT_WORKFLOW,
    Approval,
    ApprovalRule,
    ApprovalState,
    Asked,
    DecidedBy,
    Enrolment,
    RefusalReason,
    Session,
)
from courses.policies.approvals import may_decide
from courses.selectors.approval_rules import answer_due, rule_for
from courses.selectors.deciders import asked_about, passed_on_to, second_line_of, stage_asked
from courses.services.approval_notices import tell_asked, tell_passed_on
from courses.services.clashes import refuse_on_a_clash
from courses.services.consequences import follow_grant
from courses.services.notices import tell_person
from courses.services.seats import give_seat_or_queue

# What a person can refuse for; that nobody answered is no reason a person gives.
GIVEN_REASONS = frozenset(RefusalReason.values) - {RefusalReason.NO_ANSWER.value}


@dataclass(frozen=True, slots=True)
class Because:
    """Why a request is refused: a reason from the list, and an explanation."""

    reason: RefusalReason
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided, or by which rule nobody had to."""

    by: Actor
    now: datetime
    rule: DecidedBy | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """As a stage and an enrolment keep it."""
        person = self.by if isinstance(self.by, Person) and self.rule is None else None
        return {
            "decided_at": self.now,
            "decided_by": person,
            "decided_by_rule": self.rule.value if self.rule else "",
        }

    @property
    def rests_on(self) -> str:
        """What the ledger says that the decision rests on."""
        return self.rule.value.lower() if self.rule else "may_decide"


def open_stages(enrolment: Enrolment, *, session: Session, by: Actor, now: datetime) -> None:
    """Ask whoever is to be asked about a new request; where the organisation's rule asks nobody at
    this price, grant it at once."""
    rule = rule_for(enrolment.organisation_id, on=london_date(now))
    stages = [Approval(enrolment=enrolment, stage=1, asks=Asked.LINE_MANAGER)]
    if _needs_second(rule, enrolment):
        asks = _second_approver(rule, enrolment, on=london_date(now))
        stages.append(Approval(enrolment=enrolment, stage=2, asks=asks))
    for stage in stages:
        stage.working_days, stage.on_silence = rule.working_days, rule.on_silence
        stage.save(force_insert=True)
    limit = rule.unasked_up_to_pence
    if limit is not None and enrolment.price_pence <= limit:
        decision = Decision(by, now, DecidedBy.NOT_NEEDED)
        agree(enrolment, stages[0], session=session, decision=decision)
        return
    ask(stages[0], enrolment=enrolment, session=session, by=by, now=now)


def ask(
    stage: Approval, *, enrolment: Enrolment, session: Session, by: Actor, now: datetime
) -> None:
    """Tell whoever answers ``stage`` that it waits for them. A second approver who is nobody, or
    who approved already, is passed over at once."""
    on = london_date(now)
    stage.asked_at = now
    stage.due_on = answer_due(stage.working_days, asked_on=on, starts_at=session.starts_at)
    stage.save(update_fields=["asked_at", "due_on"])
    recipients = asked_about(stage, enrolment=enrolment, on=on)
    if not recipients and stage.stage > 1:
        pass_on(stage, enrolment=enrolment, session=session, by=by, now=now)
        return
    tell_asked(stage, enrolment=enrolment, recipients=recipients, session=session, now=now)


def pass_on(
    stage: Approval, *, enrolment: Enrolment, session: Session, by: Actor, now: datetime
) -> None:
    """Nobody has answered: the next one up is asked beside them, with as many days again."""
    on = london_date(now)
    stage.state = APPROVAL_WORKFLOW.target("escalate", current=stage.state)
    stage.escalated_at = now
    stage.escalated_to = passed_on_to(stage, enrolment=enrolment, on=on)
    stage.due_on = answer_due(stage.working_days, asked_on=on, starts_at=session.starts_at)
    stage.save(update_fields=["state", "escalated_at", "escalated_to", "due_on"])
    facts = {"stage": stage.stage, "to": str(stage.escalated_to)}
    record_step(enrolment, verb="escalate", rule="silence", by=by, now=now, facts=facts)
    recipients = asked_about(stage, enrolment=enrolment, on=on)
    tell_asked(stage, enrolment=enrolment, recipients=recipients, session=session, now=now)
    tell_passed_on(stage, enrolment=enrolment, session=session, now=now)


def agree(enrolment: Enrolment, stage: Approval, *, session: Session, decision: Decision) -> None:
    """Approve ``stage``: the next one is asked, or after the last the person gets a seat or the end
    of the waiting list. Refuses ``clash``: since they asked, they may have got a place elsewhere at
    the same time."""
    _settle(stage, step="approve", decision=decision)
    by, now = decision.by, decision.now
    following = enrolment.approvals.filter(stage__gt=stage.stage).order_by("stage").first()
    if following:
        facts = {"stage": stage.stage}
        record_step(
            enrolment, verb="approve_stage", rule=decision.rests_on, by=by, now=now, facts=facts
        )
        ask(following, enrolment=enrolment, session=session, by=by, now=now)
        return
    refuse_on_a_clash(session, person=enrolment.person)
    for name, value in decision.fields.items():
        setattr(enrolment, name, value)
    give_seat_or_queue(enrolment, session=session, now=now)
    enrolment.save()
    record_step(enrolment, verb="approve", rule=decision.rests_on, by=by, now=now)
    follow_grant(enrolment, by=by, now=now)
    tell_person(enrolment, rule=_told_by(decision), session=session, now=now)


def turn_down(
    enrolment: Enrolment, stage: Approval, *, because: Because, decision: Decision
) -> None:
    """Refuse ``stage``, and with it the request. What a person refuses lasts for as long as the
    organisation's rule says; whom nobody answered may ask again at once."""
    by, now = decision.by, decision.now
    _settle(stage, step="refuse", decision=decision)
    enrolment.state = ENROLMENT_WORKFLOW.target("refuse", current=enrolment.state)
    enrolment.ended_at = now
    for name, value in decision.fields.items():
        setattr(enrolment, name, value)
    enrolment.refusal_reason, enrolment.refusal_text = because.reason, because.text
    if decision.rule is None:
        today = london_date(now)
        months = rule_for(enrolment.organisation_id, on=today).refusal_months
        enrolment.refused_until = add_months(today, months)
    enrolment.save()
    facts = {"reason": str(because.reason), "stage": stage.stage}
    record_step(
        enrolment,
        verb="refuse",
        rule=decision.rests_on,
        by=by,
        now=now,
        facts=facts,
        private={"text": because.text} if because.text else {},
    )
    is_silence = decision.rule is not None
    told = "courses.refused_by_silence" if is_silence else "courses.request_refused"
    tell_person(enrolment, rule=told, session=enrolment.session, now=now)


def moved_on() -> Conflict:
    return Conflict(
        _("This has already moved on. Load the page again to see where it is now."),
        code="stale_state",
    )


def _settle(stage: Approval, *, step: str, decision: Decision) -> None:
    """Write down that ``stage`` was approved or refused, and by whom or what."""
    stage.state = ApprovalState(APPROVAL_WORKFLOW.target(step, current=stage.state))
    for name, value in decision.fields.items():
        setattr(stage, name, value)
    stage.save(update_fields=["state", *decision.fields])


def refuse_unless_may_decide(enrolment: Enrolment, *, by: Actor, now: datetime) -> Approval | None:
    """Deciding, and reading why somebody asks: that was written for whoever decides.

    Return the stage that waits for an answer; None when the request is past all of them.
    """
    today, person = london_date(now), enrolment.person
    asked = stage_asked(enrolment)
    stage = asked or enrolment.approvals.order_by("-asked_at", "-stage").first() or Approval()
    others = enrolment.approvals.exclude(pk=stage.pk)
    answered = isinstance(by, Person) and others.filter(decided_by=by).exists()
    is_allowed = may_decide(
        relations_to(by, person, on=today),
        roles_at(by, enrolment.organisation_id, on=today),
        enrolment=enrolment,
        stage=stage,
        has_line_manager=line_manager_of(person, on=today) is not None,
        decided_before=answered,
    )
    if not is_allowed:
        raise Forbidden(
            _("Only who is asked can decide about this request: the person's %(who)s.")
            % {"who": _who_is_asked(stage)},
            code="may_not_decide",
        )
    return asked


def record_step(
    enrolment: Enrolment,
    *,
    verb: str,
    rule: str,
    by: Actor,
    now: datetime,
    facts: dict[str, Any] | None = None,
    private: dict[str, str] | None = None,
) -> None:
    """The event of a step that an enrolment has taken."""
    record(
        by=by,
        now=now,
        verb=verb,
        about=enrolment,
        rule=rule,
        organisation_id=enrolment.organisation_id,
        subject_id=enrolment.person_id,
        facts={
            "session": enrolment.session_id,
            "state": str(enrolment.state),
            **(facts or {}),
        },
        private=private or {},
    )


def _needs_second(rule: ApprovalRule, enrolment: Enrolment) -> bool:
    limit = rule.second_above_pence
    return limit is not None and enrolment.price_pence > limit


def _second_approver(rule: ApprovalRule, enrolment: Enrolment, *, on: date) -> Asked:
    if rule.second_approver == Asked.SECOND_LINE and second_line_of(enrolment.person, on=on):
        return Asked.SECOND_LINE
    return Asked.LEARNING_LEAD


def _told_by(decision: Decision) -> str:
    if decision.rule == DecidedBy.SILENCE_GRANTS:
        return "courses.granted_by_silence"
    is_given = decision.rule == DecidedBy.NOT_NEEDED
    return "courses.place_given" if is_given else "courses.request_approved"


def _who_is_asked(stage: Approval) -> str:
    return str(Asked(stage.escalated_to or stage.asks).label).lower()
