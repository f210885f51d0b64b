"""Where somebody could go instead: other sessions of an offering, or of the same programme."""

from collections import defaultdict
from collections.abc import Iterable, Set
from datetime import date, datetime

from django.db import connection
from django.db.models import Case, F, IntegerField, Q, Value, When

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import lifted
from accounts.selectors.relations import main_organisation_id
from accounts.visibility import standing
from courses.models import (
    Admission,
    Enrolment,
    EnrolmentBasis,
    EnrolmentQuerySet,
    EnrolmentState,
    Offering,
    OfferingShare,
    Session,
    SessionQuerySet,
)

SEEKER = SystemJob("courses.look_elsewhere", organisation_ids=None)
# Nobody reads through more.
MOST = 20
# Some have no time for the sessions that come first, so that more room is looked for than people.
_ROOM_FOR_EACH = 3
_ABOVE = """
WITH RECURSIVE above(of, id) AS (
    SELECT one, one FROM unnest(%(of)s::bigint[]) one
    UNION
    SELECT above.of, link.parent_id
      FROM accounts_organisationparent link JOIN above ON above.id = link.organisation_id
     WHERE link.starts_on <= %(on)s AND (link.ends_on IS NULL OR link.ends_on >= %(on)s)
)
SELECT of, id FROM above
"""
_HAD_A_PLACE = (EnrolmentState.OFFERED, EnrolmentState.CONFIRMED)


def others_of(session: Session, *, now: datetime) -> SessionQuerySet:
    """Other sessions of the same offering that take people, with places, the next first."""
    rows = Session.objects.taking(now=now).filter(offering_id=session.offering_id)
    rows = rows.exclude(pk=session.pk).with_places_taken()
    return rows.select_related("offering__programme").order_by("starts_at", "pk")


def instead_of(session: Session, *, on: date, now: datetime) -> list[int]:
    """Where people of a cancelled session could go without a new approval: other sessions that
    have room, of the same offering first and then of others of the same programme that one of
    their organisations may use and that are not dearer; the next first.

    They are as many as have room for everybody several times over, and ``MOST`` at the least:
    whoever cancels locks no more, and nobody is lost because the first few are small. Who the
    people are is read whatever organisation they are from, and shown to nobody.
    """
    with lifted(SEEKER):
        places = Enrolment.objects.filter(session=session, state__in=_HAD_A_PLACE)
        needed = places.count() * _ROOM_FOR_EACH
        rows = Session.objects.taking(now=now).filter(
            _open_to(places, session, on=on), starts_at__gt=now
        )
        is_other = Case(
            When(offering_id=session.offering_id, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        rows = rows.exclude(pk=session.pk).with_room().order_by(is_other, "starts_at", "pk")
        found = rows.annotate(room=F("capacity") - F("seated")).values_list("pk", "room")
        return _enough(found.iterator(), needed=needed)


def who_may_use(offering: Offering, *, among: Iterable[int], on: date) -> set[int]:
    """Those ``among`` these organisations whose people may use ``offering``: of its host, of those
    it is shared with, and of those below either."""
    shares = OfferingShare.objects.filter(offering=offering)
    open_to = {offering.host_id, *shares.values_list("organisation_id", flat=True)}
    return {one for one, above in _with_above(among, on=on).items() if above & open_to}


def organisation_to_go_for(
    person: Person, *, offering: Offering, on: date, within: Set[int] | None = None
) -> int | None:
    """The organisation in whose name ``person`` goes: of those they belong to (and of ``within``,
    if any are named) the one they have been at longest that may use ``offering``, else the one they
    have been at longest. None for who belongs nowhere."""
    belongs = standing(person, on=on).organisation_ids
    among = belongs if within is None else belongs & within
    if len(among) > 1:
        within = who_may_use(offering, among=among, on=on) or among
    return main_organisation_id(person, on=on, within=within)


def _open_to(places: EnrolmentQuerySet, session: Session, *, on: date) -> Q:
    """Sessions of the offering itself, and of others of its programme that an organisation of the
    people may use; whoever a panel chose goes on in the offering they were chosen for."""
    asked = places.exclude(basis=EnrolmentBasis.SELECTION)
    organisations = asked.order_by().values_list("organisation_id", flat=True).distinct()
    above = set[int]().union(*_with_above(organisations, on=on).values())
    shares = OfferingShare.objects.filter(organisation_id__in=above)
    others = Offering.objects.filter(
        Q(host_id__in=above) | Q(pk__in=shares.values("offering_id")),
        programme_id=session.offering.programme_id,
        admission=Admission.OPEN,
    )
    return Q(offering_id=session.offering_id) | Q(offering_id__in=others.values("pk"))


def _with_above(organisation_ids: Iterable[int], *, on: date) -> dict[int, set[int]]:
    """Each organisation -> itself and those above it on ``on``; one statement."""
    found: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, {"of": sorted(organisation_ids), "on": on})
        for organisation_id, above_id in cursor.fetchall():
            found[organisation_id].add(above_id)
    return dict(found)


def _enough(found: Iterable[tuple[int, int]], *, needed: int) -> list[int]:
    """The first sessions (id, free places) that have room for ``needed``; ``MOST`` at the least."""
    chosen: list[int] = []
    for session_id, room in found:
        if needed <= 0 and len(chosen) >= MOST:
            break
        chosen.append(session_id)
        needed -= room
    return chosen
