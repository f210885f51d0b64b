"""Intakes, applications for them, and how many got how far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from accounts.actors import Actor
from accounts.models import Person
from accounts.visibility import standing
from courses.models import (
    UNDECIDED_STATES,
    Application,
    ApplicationQuerySet,
    ApplicationState,
    Intake,
    IntakeQuerySet,
    IntakeQuestion,
    Session,
)
from courses.selectors.running import RUNS_SESSIONS

_RUN_BY = "session__offering__programme"


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many applications an intake has had, and how many passed each gate."""

    sent: int
    shortlisted: int
    assessed: int
    offered: int
    accepted: int


def intakes_open_to(person: Person, *, on: date, now: datetime) -> IntakeQuerySet:
    """Intakes for which the person can apply now, the first to close first."""
    rows = Intake.objects.visible_to(person, on=on).filter(opens_at__lte=now, closes_at__gt=now)
    return rows.select_related(f"{_RUN_BY}", "session__offering__host").order_by("closes_at", "pk")


def intakes_read_by(actor: Actor, *, on: date) -> IntakeQuerySet:
    return Intake.objects.visible_to(actor, on=on).select_related(
        f"{_RUN_BY}", "session__offering__host"
    )


def intake_of(session: Session) -> Intake | None:
    """The intake of a session that somebody was let in to."""
    return Intake.objects.filter(session=session).first()


def has_applications(intake: Intake) -> bool:
    """Whether somebody has started to apply, after which what is asked stays as it is."""
    return intake.applications.exists()


def intakes_run_by(actor: Actor, *, on: date) -> IntakeQuerySet:
    """Intakes of offerings that a role of ``actor`` covers, with what waits, the latest first."""
    sent = Count("applications", filter=~Q(applications__state="DRAFT"))
    to_decide = Count("applications", filter=Q(applications__state__in=UNDECIDED_STATES))
    rows = intakes_read_by(actor, on=on).filter(_run_by(actor, on=on, prefix="session__offering__"))
    return rows.annotate(sent=sent, to_decide=to_decide).order_by("-closes_at", "-pk")


def _run_by(actor: Actor, *, on: date, prefix: str) -> Q:
    places = standing(actor, on=on).covered_by(*RUNS_SESSIONS)
    return places.within(f"{prefix}host_id") | places.within(f"{prefix}provider_id")


def sessions_without_intake(actor: Actor, *, on: date, now: datetime) -> list[Session]:
    """Coming sessions by application of which ``actor`` can open an intake, the next first."""
    rows = Session.objects.visible_to(actor, on=on).filter(
        _run_by(actor, on=on, prefix="offering__"),
        offering__admission="SELECTION",
        state="OPEN",
        starts_at__gt=now,
        intake__isnull=True,
    )
    return list(rows.select_related("offering__programme").order_by("starts_at", "pk")[:50])


def applications_of(person: Person, *, on: date) -> ApplicationQuerySet:
    """What the person has applied for, the latest first."""
    rows = Application.objects.visible_to(person, on=on).filter(person=person)
    return rows.select_related(f"intake__{_RUN_BY}").order_by("-started_at", "-pk")


def application_of(person: Person, intake: Intake) -> Application | None:
    """The one that counts: not withdrawn."""
    rows = intake.applications.filter(person=person)
    return rows.exclude(state=ApplicationState.WITHDRAWN).first()


def competes_for(actor: Actor, intake: Intake) -> bool:
    """Whether ``actor`` has sent an application for the intake and not taken it back, whatever
    has been decided about it; a draft competes with nobody."""
    if not isinstance(actor, Person):
        return False
    rows = intake.applications.filter(person=actor)
    return rows.exclude(state__in=(ApplicationState.DRAFT, ApplicationState.WITHDRAWN)).exists()


def applications_for(intake: Intake, *, actor: Actor, on: date) -> ApplicationQuerySet:
    """What was sent, in the order of the table: by how far it has come, then by name."""
    rows = Application.objects.visible_to(actor, on=on).filter(intake=intake)
    rows = rows.exclude(state=ApplicationState.DRAFT).select_related("person", "organisation")
    return rows.order_by("state", "reserve_rank", "person__family_name", "pk")


def applications_read_by(actor: Actor, *, on: date) -> ApplicationQuerySet:
    """What was sent to be chosen by ``actor``, with what a page about one needs."""
    rows = Application.objects.visible_to(actor, on=on).exclude(state=ApplicationState.DRAFT)
    return rows.select_related("person", "organisation", "intake__session__offering__programme")


def funnel_of(intake: Intake) -> Funnel:
    """Gates of one intake, in one statement; for whoever chooses, who sees each name anyway."""
    shortlisted = Q(decisions__stage="SHORTLIST", decisions__outcome="SHORTLISTED")
    rows = intake.applications.exclude(state=ApplicationState.DRAFT)
    counts = rows.aggregate(
        sent=Count("pk", distinct=True),
        shortlisted=Count("pk", filter=shortlisted, distinct=True),
        assessed=Count("pk", filter=Q(assessed_at__isnull=False), distinct=True),
        offered=Count("pk", filter=Q(offer_ends_at__isnull=False), distinct=True),
        accepted=Count("pk", filter=Q(enrolments__isnull=False), distinct=True),
    )
    return Funnel(**counts)


def answers_of(application: Application) -> list[tuple[IntakeQuestion, str]]:
    """Every question with what was answered, in order."""
    given = answers_by_question(application)
    questions = application.intake.questions.order_by("position")
    return [(question, given.get(question.pk, "")) for question in questions]


def answers_by_question(application: Application) -> Mapping[int, str]:
    return dict(application.answers.values_list("question_id", "text"))


def seats_promised(session: Session) -> int:
    """How many people have been offered a place by selection and may still accept it."""
    rows = Application.objects.filter(intake__session=session, state=ApplicationState.OFFERED)
    return rows.count()


def free_places(intake: Intake, session: Session) -> list[int]:
    """The places of an intake that can be offered, lowest first. True while the session is locked.

    Whoever has an offer is sure of a seat: no more is offered than the session has seats for.
    """
    held = intake.applications.filter(place__isnull=False)
    taken = set(held.values_list("place", flat=True))
    seats = session.capacity - session.enrolments.filter(seat__isnull=False).count()
    free = [place for place in range(1, intake.places + 1) if place not in taken]
    return free[: max(0, seats - seats_promised(session))]
