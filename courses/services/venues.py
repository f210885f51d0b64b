"""Describing where sessions take place: venues, who can get into them, and their rooms."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.services.ledger import record
from common.errors import Conflict
from courses.models import Room, Venue
from courses.services.sessions import refuse_unless_runs_at


@dataclass(frozen=True, slots=True)
class VenuePlan:
    """A venue as whoever runs sessions there describes it."""

    name: str
    address: str = ""
    is_step_free: bool = False
    has_hearing_loop: bool = False
    has_accessible_toilet: bool = False
    has_quiet_room: bool = False
    access_text: str = ""


@transaction.atomic
def save_venue(
    *,
    organisation: Organisation,
    plan: VenuePlan,
    by: Actor,
    now: datetime,
    venue: Venue | None = None,
) -> Venue:
    """Describe a new venue of an organisation, or ``venue`` anew.

    Refuses: ``may_not_run``, ``name_taken``.
    """
    refuse_unless_runs_at(organisation.pk, by=by, now=now)
    venue = venue or Venue(organisation=organisation)
    for name, value in asdict(plan).items():
        setattr(venue, name, value)
    try:
        with transaction.atomic():
            venue.save()
    except IntegrityError:
        raise _name_taken() from None
    _record(venue, verb="save_venue", by=by, now=now, facts={"venue": venue.pk})
    return venue


@transaction.atomic
def save_room(
    *, venue: Venue, name: str, seats: int, by: Actor, now: datetime, room: Room | None = None
) -> Room:
    """Describe a new room of a venue, or ``room`` anew.

    Refuses: ``may_not_run``, ``name_taken``.
    """
    refuse_unless_runs_at(venue.organisation_id, by=by, now=now)
    room = room or Room(venue=venue)
    room.name, room.seats = name, seats
    try:
        with transaction.atomic():
            room.save()
    except IntegrityError:
        raise _name_taken() from None
    _record(venue, verb="save_room", by=by, now=now, facts={"room": room.pk, "seats": seats})
    return room


def _name_taken() -> Conflict:
    return Conflict(
        _("There is one with this name already. Enter another name."), code="name_taken"
    )


def _record(venue: Venue, *, verb: str, by: Actor, now: datetime, facts: dict[str, int]) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=venue,
        rule="may_run",
        organisation_id=venue.organisation_id,
        facts=facts,
    )
