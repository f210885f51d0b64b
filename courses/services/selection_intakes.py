"""Saying when people can apply for the places of a session, and what they are asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.scope import lifted
from accounts.services.ledger import record
from common.dates import london_date, long_moment
from common.errors import Conflict, Forbidden
from courses.models import (
    Admission,
    ApplicationState,
    Intake,
    IntakeCriterion,
    IntakeQuestion,
    Session,
    SessionState,
)
from courses.policies.selection import may_plan_intake
from courses.selectors.running import relations_to_offering
from courses.services.notices import TELLER, facts_of
from courses.services.seats import lock_session
from courses.services.selection_applying import refuse_unless_taking
from courses.services.selection_panel import end_panel
from notifications.services.notices import notify_many

_PLANNED = (
    *("opens_at", "closes_at", "decided_on", "places", "offer_days", "guidance", "quorum"),
    "asks_sponsor",
)


@dataclass(frozen=True, slots=True)
class IntakePlan:
    """When people can apply, for how many places, and each question with its most words."""

    opens_at: datetime
    closes_at: datetime
    decided_on: date
    places: int
    offer_days: int
    guidance: str
    questions: Sequence[tuple[str, int]]
    # Where a panel chooses: how many of it have to score and vote, and by what, with its weight.
    quorum: int | None = None
    criteria: Sequence[tuple[str, int]] = ()
    asks_sponsor: bool = False


@transaction.atomic
def plan_intake(*, session: Session, plan: IntakePlan, by: Actor, now: datetime) -> Intake:
    """Open an intake for the places of ``session``, or plan it anew while nobody has started to
    apply. A panel that was named for it ends where none is to choose any more.

    Refuses: ``may_not_run``, ``not_by_application``, ``session_not_open``, ``already_applied_for``,
    ``times_out_of_order``, ``too_many_places``, ``no_questions``, ``no_criteria``.
    """
    session = lock_session(session.pk)
    known = Intake.objects.filter(session=session).first()
    _refuse_unless_plans(known, session=session, by=by, now=now)
    _refuse_unless_plannable(session, known)
    _refuse_unless_plan_holds(plan, session=session, now=now)
    intake = known or Intake(session=session)
    for name in _PLANNED:
        setattr(intake, name, getattr(plan, name))
    intake.save()
    _ask(intake, plan)
    if intake.quorum is None:
        end_panel(intake, session=session, by=by, now=now)
    _record(intake, session=session, by=by, now=now)
    return intake


@transaction.atomic
def put_off_closing(
    *, intake: Intake, closes_at: datetime, decided_on: date, by: Actor, now: datetime
) -> Intake:
    """Let people apply for longer. Closing is never brought forward once somebody has started, and
    whoever has not sent what they wrote is told.

    Refuses: ``may_not_run``, ``session_not_open``, ``applications_closed``, ``not_later``,
    ``times_out_of_order``.
    """
    session = lock_session(intake.session_id)
    intake = Intake.objects.get(pk=intake.pk)
    _refuse_unless_plans(intake, session=session, by=by, now=now)
    intake.session = session
    refuse_unless_taking(intake, session=session, now=now)
    if closes_at <= intake.closes_at or decided_on < intake.decided_on:
        raise Conflict(
            _("Applications can close later than %(when)s and not earlier, and so can the day.")
            % {"when": long_moment(intake.closes_at)},
            code="not_later",
        )
    _refuse_unless_in_order(
        opens_at=intake.opens_at,
        closes_at=closes_at,
        decided_on=decided_on,
        session=session,
        now=now,
    )
    intake.closes_at, intake.decided_on = closes_at, decided_on
    intake.save(update_fields=["closes_at", "decided_on"])
    _record(intake, verb="put_off_closing", session=session, by=by, now=now)
    _tell_who_writes(intake, session=session, now=now)
    return intake


def _ask(intake: Intake, plan: IntakePlan) -> None:
    intake.questions.all().delete()
    IntakeQuestion.objects.bulk_create(
        IntakeQuestion(intake=intake, position=number, words=words, most_words=most)
        for number, (words, most) in enumerate(plan.questions, start=1)
    )
    intake.criteria.all().delete()
    IntakeCriterion.objects.bulk_create(
        IntakeCriterion(intake=intake, position=number, words=words, weight=weight)
        for number, (words, weight) in enumerate(plan.criteria, start=1)
    )


def _refuse_unless_plans(
    intake: Intake | None, *, session: Session, by: Actor, now: datetime
) -> None:
    at_offering = relations_to_offering(by, session.offering, on=london_date(now))
    if not may_plan_intake(at_offering, intake=intake):
        raise Forbidden(
            _("Only a learning lead or programme lead of who hosts or teaches it can do this."),
            code="may_not_run",
        )


def _refuse_unless_plannable(session: Session, known: Intake | None) -> None:
    if session.offering.admission != Admission.SELECTION:
        raise Conflict(
            _("People ask for places on this course and do not apply for it."),
            code="not_by_application",
        )
    if session.state != SessionState.OPEN:
        raise Conflict(_("This session is no longer open."), code="session_not_open")
    if known and known.applications.exists():
        raise Conflict(
            _("Somebody has started to apply, so what is asked stays as it is."),
            code="already_applied_for",
        )


def _refuse_unless_plan_holds(plan: IntakePlan, *, session: Session, now: datetime) -> None:
    _refuse_unless_in_order(
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        decided_on=plan.decided_on,
        session=session,
        now=now,
    )
    if plan.places > session.capacity:
        raise Conflict(
            _("The session has %(capacity)d places. Enter that number or fewer.")
            % {"capacity": session.capacity},
            code="too_many_places",
        )
    if not plan.questions:
        raise Conflict(_("Enter at least one question."), code="no_questions")
    if bool(plan.criteria) != (plan.quorum is not None):
        raise Conflict(
            _("A panel needs at least one criterion, and only a panel scores by criteria."),
            code="no_criteria",
        )


def _refuse_unless_in_order(
    *,
    opens_at: datetime,
    closes_at: datetime,
    decided_on: date,
    session: Session,
    now: datetime,
) -> None:
    in_order = opens_at < closes_at and now < closes_at <= session.starts_at
    if not in_order or not (london_date(closes_at) <= decided_on <= london_date(session.starts_at)):
        raise Conflict(
            _(
                "Applications close in the future, people are told after that, and both are before"
                " the session starts."
            ),
            code="times_out_of_order",
        )


def _tell_who_writes(intake: Intake, *, session: Session, now: datetime) -> None:
    drafts = intake.applications.filter(state=ApplicationState.DRAFT)
    closes_at = intake.closes_at.isoformat()
    # Whoever writes may belong to another organisation.
    with lifted(TELLER):
        notify_many(
            recipient_ids=drafts.order_by("pk").values_list("person_id", flat=True),
            rule="courses.closing_put_off",
            subject_key=f"intake:{intake.pk}:{closes_at}",
            url=reverse("courses:intake_apply", args=[intake.pk]),
            now=now,
            facts={**facts_of(session), "closes_at": closes_at},
        )


def _record(
    intake: Intake, *, session: Session, by: Actor, now: datetime, verb: str = "plan_intake"
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=intake,
        rule="may_plan_intake",
        organisation_id=session.offering.host_id,
        facts={
            "session": session.pk,
            "places": intake.places,
            "quorum": intake.quorum,
            "asks_sponsor": intake.asks_sponsor,
            "opens_at": intake.opens_at.isoformat(),
            "closes_at": intake.closes_at.isoformat(),
        },
    )
