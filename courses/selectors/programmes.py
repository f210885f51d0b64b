"""One programme as its page shows it, and the catalogue as HR systems read it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Person
from courses.models import (
    LIVE_STATES,
    Accreditation,
    Enrolment,
    Offering,
    Outcome,
    Programme,
    ProgrammeQuerySet,
    Session,
)
from courses.selectors.entitlements import is_entitled
from pathways.models import Level


@dataclass(frozen=True, slots=True)
class SessionRow:
    session: Session
    enrolment: Enrolment | None


@dataclass(frozen=True, slots=True)
class OfferingRow:
    offering: Offering
    sessions: tuple[SessionRow, ...]


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """A programme on a day: what accredits it then, what it brings, and where it is run."""

    programme: Programme
    is_entitled: bool
    accreditations: tuple[Accreditation, ...]
    outcomes: tuple[Outcome, ...]
    offerings: tuple[OfferingRow, ...]


def programme_page(
    programme: Programme, *, person: Person, on: date, now: datetime
) -> ProgrammePage:
    """Everything the page of ``programme`` says to ``person``, in seven statements."""
    accreditations = programme.accreditations.on(on).order_by("body", "pk")
    return ProgrammePage(
        programme=programme,
        is_entitled=is_entitled(person_id=person.pk, programme_id=programme.pk, on=on),
        accreditations=tuple(accreditations),
        outcomes=tuple(_outcomes(programme)),
        offerings=_offerings(programme, person=person, on=on, now=now),
    )


def courses_for_api(actor: Actor, *, on: date) -> ProgrammeQuerySet:
    """Programmes with the offerings ``actor`` sees and what accredits them on the day."""
    offerings = Offering.objects.visible_to(actor, on=on).select_related("host").order_by("pk")
    accreditations = Accreditation.objects.on(on).order_by("body", "pk")
    return Programme.objects.visible_to(actor, on=on).prefetch_related(
        Prefetch("offerings", queryset=offerings, to_attr="offered"),
        Prefetch("accreditations", queryset=accreditations, to_attr="accredited"),
    )


def _outcomes(programme: Programme) -> list[Outcome]:
    scale = Coalesce(
        OuterRef("competency__scale_id"), OuterRef("competency__domain__version__scale_id")
    )
    label = Level.objects.filter(scale=scale, rank=OuterRef("rank"))
    rows = programme.outcomes.select_related("competency__domain")
    rows = rows.annotate(label=Subquery(label.values("label")[:1]))
    return list(rows.order_by("competency__domain__position", "competency__position", "pk"))


def _offerings(
    programme: Programme, *, person: Person, on: date, now: datetime
) -> tuple[OfferingRow, ...]:
    offerings = Offering.objects.visible_to(person, on=on).filter(programme=programme)
    coming = (
        Session.objects.visible_to(person, on=on)
        .filter(offering__programme=programme, starts_at__gt=now, state="OPEN")
        .with_places_taken()
        .order_by("starts_at", "pk")
    )
    mine = Enrolment.objects.visible_to(person, on=on).filter(
        person=person, session__offering__programme=programme, state__in=LIVE_STATES
    )
    own = {enrolment.session_id: enrolment for enrolment in mine}
    sessions: dict[int, list[SessionRow]] = {}
    for session in coming:
        row = SessionRow(session, own.get(session.pk))
        sessions.setdefault(session.offering_id, []).append(row)
    return tuple(
        OfferingRow(offering, tuple(sessions.get(offering.pk, ())))
        for offering in offerings.select_related("host").order_by("host__name", "route", "pk")
    )
