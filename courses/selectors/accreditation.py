"""What accredits an offering, for how long without a gap, and what has to be renewed when.

Pages, endpoints and certificates ask here and nowhere else whether something is accredited.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.actors import Actor
from common.dates import add_months, london_date
from courses.models import (
    Accreditation,
    AccreditationQuerySet,
    AccreditationRenewal,
    Body,
    Offering,
    Session,
)

# How long what has lapsed without being renewed still stands on the list of what to renew.
_STILL_LISTED = 12
_TARGETS = ("programme_id", "offering_id", "provider_id")


@dataclass(frozen=True, slots=True)
class Accredited:
    """An accreditation in force on the day; ``until`` is the last day that it and the ones that
    follow it without a gap cover, None when they have no end."""

    accreditation: Accreditation
    until: date | None

    def covers(self, day: date) -> bool:
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class OfferingAccreditation:
    """What accredits one offering on a day: its programme's, its own and its teacher's.

    ``runs_until``: the last day on which it is offered, None when that is not known.
    """

    held: tuple[Accredited, ...]
    runs_until: date | None

    def through(self, day: date) -> tuple[Accredited, ...]:
        """Those that last through ``day``: what ends on it may be called accredited by these."""
        return tuple(row for row in self.held if row.covers(day))

    @property
    def throughout(self) -> tuple[Accredited, ...]:
        """Those that last until the offering ends; it may be called accredited by these alone."""
        return self.through(self.runs_until) if self.runs_until else self.held

    @property
    def lapsing(self) -> tuple[Accredited, ...]:
        """Those that end before the offering does."""
        return tuple(row for row in self.held if row not in self.throughout)


@dataclass(frozen=True, slots=True)
class SessionAccreditation:
    """What accredits a session until it is over, and what ends before that."""

    through: tuple[Accredited, ...]
    lapsing: tuple[Accredited, ...]


def accreditation_of_session(session: Session, *, on: date) -> SessionAccreditation:
    """What may be said of ``session`` on ``on``; one statement."""
    found = accreditation_of(session.offering, on=on)
    through = found.through(london_date(session.ends_at))
    return SessionAccreditation(through, tuple(row for row in found.held if row not in through))


def bodies() -> QuerySet[Body]:
    """Whoever accredits and awards, by name. The list is open to everybody."""
    return Body.objects.order_by("name", "pk")


def accreditation_of(offering: Offering, *, on: date) -> OfferingAccreditation:
    """What accredits ``offering`` on ``on``; one statement."""
    return accreditations_of([offering], on=on)[offering.pk]


def accreditations_of(
    offerings: Iterable[Offering], *, on: date
) -> dict[int, OfferingAccreditation]:
    """What accredits each of ``offerings`` on ``on``, by its id; one statement for all."""
    known = list(offerings)
    teachers = {row.provider_id or row.host_id for row in known}
    rows = Accreditation.objects.from_day_on(on).filter(
        Q(programme_id__in={row.programme_id for row in known})
        | Q(offering_id__in={row.pk for row in known})
        | Q(provider_id__in=teachers)
    )
    by_target: dict[tuple[str, int], list[Accreditation]] = defaultdict(list)
    for row in rows.select_related("body").order_by("body__name", "starts_on", "pk"):
        by_target[_target(row)].append(row)
    chains = {target: tuple(_in_force(found, on=on)) for target, found in by_target.items()}
    return {row.pk: _of(row, chains, on=on) for row in known}


def accreditations_to_renew(actor: Actor, *, on: date, months: int) -> AccreditationQuerySet:
    """What a role of ``actor`` keeps and that ends within ``months``, or ended in the last year,
    with nothing to follow it; the first to end first, each with ``open_renewals``."""
    renewals = AccreditationRenewal.objects.open().select_related("worked_on_by")
    rows = ending_unfollowed(
        with_targets(Accreditation.objects.kept_by(actor, on=on)),
        first=add_months(on, -_STILL_LISTED),
        last=add_months(on, months),
    )
    open_renewals = Prefetch("renewals", queryset=renewals, to_attr="open_renewals")
    return rows.prefetch_related(open_renewals).order_by("ends_on", "pk")


def ending_unfollowed(
    rows: AccreditationQuerySet, *, first: date, last: date
) -> AccreditationQuerySet:
    """Those of ``rows`` that end from ``first`` to ``last`` and that no later one of the same body
    for the same thing follows."""
    following = Accreditation.objects.filter(
        Q(programme_id=OuterRef("programme_id"))
        | Q(offering_id=OuterRef("offering_id"))
        | Q(provider_id=OuterRef("provider_id")),
        body_id=OuterRef("body_id"),
        starts_on__gt=OuterRef("starts_on"),
    )
    return rows.filter(ends_on__gte=first, ends_on__lte=last).exclude(Exists(following))


def with_targets(rows: AccreditationQuerySet) -> AccreditationQuerySet:
    """With the body and what is accredited, as pages name it."""
    return rows.select_related(
        "body", "programme", "provider", "offering__programme", "offering__host"
    )


def _of(
    offering: Offering, chains: dict[tuple[str, int], tuple[Accredited, ...]], *, on: date
) -> OfferingAccreditation:
    targets = (
        ("offering_id", offering.pk),
        ("programme_id", offering.programme_id),
        ("provider_id", offering.provider_id or offering.host_id),
    )
    held = tuple(row for target in targets for row in chains.get(target, ()))
    return OfferingAccreditation(held, offering.ends_on)


def _target(row: Accreditation) -> tuple[str, int]:
    return next((name, key) for name in _TARGETS if (key := getattr(row, name)) is not None)


def _in_force(rows: list[Accreditation], *, on: date) -> Iterable[Accredited]:
    """One for each body, from its rows in order of their days."""
    by_body: dict[int, list[Accreditation]] = defaultdict(list)
    for row in rows:
        by_body[row.body_id].append(row)
    for found in by_body.values():
        first = found[0]
        if not first.is_in_force(on=on):
            continue
        until = first.ends_on
        for following in found[1:]:
            if until is None or following.starts_on > until + timedelta(days=1):
                break
            until = following.ends_on
        yield Accredited(first, until)
