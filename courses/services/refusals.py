"""How long a refusal lasts, and contesting it before somebody else than who refused."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import relations_to, roles_at
from accounts.visibility import standing
from common.dates import london_date, long_date
from common.errors import Conflict, Forbidden
from courses.models import (
    CONTEST_WORKFLOW,
    LIVE_STATES,
    Approval,
    Contest,
    ContestState,
    Enrolment,
    EnrolmentBasis,
    EnrolmentState,
    Session,
    SessionState,
)
from courses.policies.approvals import may_answer_contest, may_contest
from courses.selectors.entitlements import is_entitled
from courses.selectors.refusals import refusal_in_force, who_answers_contest
from courses.services.approval_notices import tell_contest_answered, tell_contested
from courses.services.approvals import Decision, agree, record_step
from courses.services.seats import lock_enrolment


def refuse_while_refused(session: Session, *, person: Person, now: datetime) -> None:
    """Nobody asks again for what was refused before the refusal is over; what the pathway has come
    to ask for since is theirs all the same.

    Refuses: ``refused_until``.
    """
    on = london_date(now)
    programme = session.offering.programme
    organisation_ids = standing(person, on=on).organisation_ids
    refusal = refusal_in_force(
        person_id=person.pk, programme_id=programme.pk, organisation_ids=organisation_ids, on=on
    )
    if refusal is None or is_entitled(person_id=person.pk, programme_id=programme.pk, on=on):
        return
    words = {"reason": refusal.get_refusal_reason_display(), "day": ""}
    if refusal.refused_until:
        words["day"] = long_date(refusal.refused_until)
    raise Conflict(
        _(
            "This course was refused, and the refusal lasts until %(day)s. The reason given:"
            " %(reason)s. If you disagree, contest it on the page of your request."
        )
        % words,
        code="refused_until",
    )


@transaction.atomic
def contest(*, enrolment: Enrolment, text: str, by: Actor, now: datetime) -> Contest:
    """Say why a refusal is wrong; whoever answers is somebody else than who refused.

    Refuses: ``may_not_contest``, ``not_refused``, ``already_contested``, ``reason_missing``.
    """
    enrolment = lock_enrolment(enrolment.pk)
    on = london_date(now)
    if not may_contest(relations_to(by, enrolment.person, on=on), enrolment=enrolment):
        raise Forbidden(_("Only the person can contest a refusal."), code="may_not_contest")
    if enrolment.state != EnrolmentState.REFUSED:
        raise Conflict(_("This request is not refused."), code="not_refused")
    if Contest.objects.filter(enrolment=enrolment).exists():
        raise Conflict(_("This refusal has been contested already."), code="already_contested")
    if not text.strip():
        raise Conflict(_("Enter why you disagree."), code="reason_missing")
    made = Contest.objects.create(enrolment=enrolment, text=text, contested_at=now)
    said = {"text": text}
    record_step(enrolment, verb="contest", rule="may_contest", by=by, now=now, private=said)
    recipients = who_answers_contest(enrolment, on=on)
    session = enrolment.session
    tell_contested(made, enrolment=enrolment, recipients=recipients, session=session, now=now)
    return made


@transaction.atomic
def answer_contest(
    *, contest: Contest, step: str, answer: str, by: Actor, now: datetime
) -> Contest:
    """``uphold`` a refusal or ``overturn`` it, with a reason. Where the session can still be had, a
    refusal that is overturned gives a place by the same door as an approval.

    Refuses: ``may_not_answer``, ``stale_state``, ``reason_missing``.
    """
    enrolment = lock_enrolment(contest.enrolment_id)
    contest = Contest.objects.select_for_update().get(pk=contest.pk)
    contest.enrolment = enrolment
    refuse_unless_may_answer(contest, by=by, now=now)
    target = CONTEST_WORKFLOW.target(step, current=contest.state)
    if not answer.strip():
        raise Conflict(_("Enter the reason for your answer."), code="reason_missing")
    contest.state, contest.answer = target, answer
    contest.decided_at, contest.decided_by = now, by if isinstance(by, Person) else None
    contest.save()
    said = {"answer": answer}
    verb = f"{step}_refusal"
    record_step(enrolment, verb=verb, rule="may_answer_contest", by=by, now=now, private=said)
    if target == ContestState.OVERTURNED:
        _give_back(contest, enrolment=enrolment, by=by, now=now)
    tell_contest_answered(contest, enrolment=enrolment, session=enrolment.session, now=now)
    return contest


def refuse_unless_may_answer(contest: Contest, *, by: Actor, now: datetime) -> None:
    """Answering a contest, and reading what the person says in it."""
    on, enrolment = london_date(now), contest.enrolment
    relations = relations_to(by, enrolment.person, on=on)
    roles = roles_at(by, enrolment.organisation_id, on=on)
    answered = isinstance(by, Person) and enrolment.approvals.filter(decided_by=by).exists()
    if not may_answer_contest(relations, roles, contest=contest, decided_before=answered):
        raise Forbidden(
            _(
                "A contest is answered by the manager of the line manager or by a learning lead,"
                " and never by whoever refused."
            ),
            code="may_not_answer",
        )


def _give_back(contest: Contest, *, enrolment: Enrolment, by: Actor, now: datetime) -> None:
    """Another wish is another row: a request like the first, approved by whoever answered the
    contest at the stage that was refused, and on to the next stage from there."""
    session = enrolment.session
    if session.state != SessionState.OPEN or now >= session.settles_at:
        return
    # The person may have asked again meanwhile, where the refusal was one of silence.
    if session.enrolments.filter(person=enrolment.person, state__in=LIVE_STATES).exists():
        return
    again = _request_like(enrolment, now=now)
    contest.led_to = again
    contest.save(update_fields=["led_to"])
    refused = _stages_like(enrolment, again, now=now)
    facts = {"refused": enrolment.pk}
    rule = "contest_overturned"
    record_step(again, verb="enrol", rule=rule, by=by, now=now, facts=facts)
    agree(again, refused, session=session, decision=Decision(by, now))


def _request_like(enrolment: Enrolment, *, now: datetime) -> Enrolment:
    return Enrolment.objects.create(
        session=enrolment.session,
        person=enrolment.person,
        organisation_id=enrolment.organisation_id,
        state=EnrolmentState.REQUESTED,
        basis=EnrolmentBasis.APPROVAL,
        study_hours=enrolment.study_hours,
        price_pence=enrolment.price_pence,
        reason=enrolment.reason,
        requested_at=now,
        requested_by_client_id=enrolment.requested_by_client_id,
    )


def _stages_like(enrolment: Enrolment, again: Enrolment, *, now: datetime) -> Approval:
    """The stages of a refused request for the one that takes its place, with what was approved
    before the refusal; return the stage that was refused, asked anew."""
    refused = Approval()
    for stage in enrolment.approvals.order_by("stage"):
        was_refused = stage.state == "REFUSED"
        stage.pk, stage.enrolment = None, again
        stage._state.adding = True  # noqa: SLF001 (the documented way to copy a row)
        if was_refused:
            stage.state, stage.decided_at, stage.decided_by = "WAITING", None, None
            stage.decided_by_rule, stage.escalated_at, stage.escalated_to = "", None, ""
            stage.asked_at, stage.due_on = now, london_date(now)
            refused = stage
        stage.save(force_insert=True)
    return refused
