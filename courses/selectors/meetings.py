"""The meetings of a session with where they are and who leads them; venues with their rooms."""

from datetime import date

from django.db.models import Prefetch, QuerySet

from accounts.actors import Actor
from accounts.models import Organisation, Person
from accounts.models.organisations import OrganisationQuerySet
from accounts.visibility import standing
from courses.models import Facilitation, Meeting, Offering, Room, Session, Venue, VenueQuerySet
from courses.selectors.running import RUNS_SESSIONS


def meetings_of(session: Session) -> QuerySet[Meeting]:
    """The meetings of ``session`` in their order, with room, venue and who leads them."""
    leads = Facilitation.objects.order_by("pk")
    rows = Meeting.objects.filter(session=session).select_related("room__venue")
    return rows.prefetch_related(Prefetch("facilitations", leads)).order_by("starts_at")


def meetings_seen_by(actor: Actor, *, on: date) -> QuerySet[Meeting]:
    """The meetings of the sessions that ``actor`` sees."""
    sessions = Session.objects.visible_to(actor, on=on)
    return Meeting.objects.filter(session__in=sessions.values("pk"))


def with_meetings() -> "Prefetch[str, QuerySet[Meeting], str]":
    """For lists of sessions: their meetings with room and venue, in one statement more."""
    rows = Meeting.objects.select_related("room__venue").order_by("starts_at")
    return Prefetch("meetings", rows, to_attr="held")


def venues_run_by(actor: Actor, *, on: date) -> VenueQuerySet:
    """Venues that ``actor`` may describe, by organisation and name, with their rooms."""
    rows = Venue.objects.visible_to(actor, on=on).select_related("organisation")
    rooms = Prefetch("rooms", Room.objects.order_by("name"))
    return rows.prefetch_related(rooms).order_by("organisation__name", "name", "pk")


def organisations_run_by(person: Person, *, on: date) -> OrganisationQuerySet:
    """Organisations in which ``person`` may run sessions, and so describe venues."""
    hosts = standing(person, on=on).covered_by(*RUNS_SESSIONS)
    rows = Organisation.objects.visible_to(person, on=on).filter(pk__in=hosts)
    return rows.order_by("name", "pk")


def rooms_of(offering: Offering) -> QuerySet[Room]:
    """The rooms that sessions of ``offering`` can be in: of who hosts it and of who teaches it."""
    owners = {offering.host_id, offering.provider_id or offering.host_id}
    rows = Room.objects.filter(venue__organisation_id__in=owners).select_related("venue")
    return rows.order_by("venue__name", "name", "pk")
