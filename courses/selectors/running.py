"""What those who run sessions see: their sessions, who is on them, and what waits to be done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from accounts.actors import Actor
from accounts.models import Role
from accounts.selectors.relations import Relation, roles_at
from accounts.visibility import standing
from courses.models import (
    Enrolment,
    Offering,
    OfferingQuerySet,
    Session,
    SessionQuerySet,
    SessionState,
)

RUNS_SESSIONS = (Role.LEARNING_LEAD, Role.PROGRAMME_LEAD)
# How long after the end of a session something about it still waits for its learning lead.
_RECENT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Register:
    """Everybody on a session by name; the waiting list in its order."""

    places: tuple[Enrolment, ...]
    waiting: tuple[Enrolment, ...]
    requests: tuple[Enrolment, ...]

    @property
    def attended(self) -> tuple[Enrolment, ...]:
        """Who attended and has not completed yet."""
        return tuple(row for row in self.places if row.state == "ATTENDED")


def relations_to_offering(actor: Actor, offering: Offering, *, on: date) -> frozenset[Relation]:
    """What ``actor`` is to whoever hosts ``offering`` and to whoever teaches it."""
    at_host = roles_at(actor, offering.host_id, on=on)
    if offering.provider_id is None:
        return at_host
    return at_host | roles_at(actor, offering.provider_id, on=on)


def sessions_run_by(actor: Actor, *, on: date) -> SessionQuerySet:
    """Sessions of offerings that an organisation in which ``actor`` runs sessions hosts or teaches,
    with places, the latest first."""
    return (
        Session.objects.visible_to(actor, on=on)
        .filter(_run_by(actor, on=on, prefix="offering__"))
        .with_places_taken()
        .annotate(attended=Count("enrolments", filter=Q(enrolments__state="ATTENDED")))
        .select_related("offering__programme", "offering__host")
        .order_by("-starts_at", "-pk")
    )


def registers_to_keep(actor: Actor, *, on: date, now: datetime) -> SessionQuerySet:
    """Sessions that have started and whose attendance nobody has recorded, the oldest first."""
    rows = sessions_run_by(actor, on=on).filter(state=SessionState.OPEN)
    # A register is finished after the last meeting, which may be years after the first.
    return rows.filter(starts_at__lt=now, ends_at__gte=now - _RECENT).order_by("starts_at", "pk")


def waiting_lists(actor: Actor, *, on: date, now: datetime) -> SessionQuerySet:
    """Coming sessions that are full with people waiting, the next first."""
    rows = sessions_run_by(actor, on=on).filter(state=SessionState.OPEN, starts_at__gt=now)
    return rows.with_people_waiting().order_by("starts_at", "pk")


def offerings_run_by(actor: Actor, *, on: date) -> OfferingQuerySet:
    """Offerings that take people and of which a role of ``actor`` lets them open a session."""
    return (
        Offering.objects.visible_to(actor, on=on)
        .filter(_run_by(actor, on=on), is_open=True)
        .select_related("programme", "host")
        .order_by("programme__title", "host__name", "route", "pk")
    )


def _run_by(actor: Actor, *, on: date, prefix: str = "") -> Q:
    """Offerings hosted or taught where a role of ``actor`` lets them run sessions."""
    runs = standing(actor, on=on).covered_by(*RUNS_SESSIONS)
    return runs.within(f"{prefix}host_id") | runs.within(f"{prefix}provider_id")


def register_of(session: Session, *, actor: Actor, on: date) -> Register:
    """The people on ``session``, in one statement."""
    rows = (
        Enrolment.objects.visible_to(actor, on=on)
        .filter(session=session)
        .select_related("person", "organisation")
        .order_by("person__family_name", "person__given_name", "pk")
    )
    people = list(rows)
    waiting = [row for row in people if row.queued_at and row.state == "WAITING"]
    return Register(
        places=tuple(row for row in people if row.seat),
        waiting=tuple(sorted(waiting, key=lambda row: (row.queued_at, row.pk))),
        requests=tuple(row for row in people if row.state == "REQUESTED"),
    )
