"""The catalogue as a page of it reads: what is found, and what each means for the reader."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Organisation, Person
from courses.models import Offering, Outcome, Programme, Session
from courses.selectors.entitlements import AskedFor, asked_for
from courses.selectors.recommendations import brings_nearer
from courses.selectors.search import Marked
from courses.selectors.sessions import next_sessions
from pathways.selectors.gap import Gap, GapRow, gap_analysis
from pathways.selectors.roles import aspired_role, current_role

# What a level nearer to what the role asks for counts, and reaching it.
POINTS_LEVEL, POINTS_REACHED = 10, 5


@dataclass(frozen=True, slots=True)
class Nearer:
    """What a programme brings of one requirement: from the level held to the level it brings."""

    competency_id: int
    title: str
    held: int
    brings: int
    required: int

    @property
    def points(self) -> int:
        """For every level towards the one asked for, and for reaching it."""
        levels = min(self.brings, self.required) - min(self.held, self.required)
        return POINTS_LEVEL * levels + (POINTS_REACHED if self.brings >= self.required else 0)


@dataclass(frozen=True, slots=True)
class Reader:
    """What is asked of the reader, and what would bring them nearer to the role they aim at."""

    asked: AskedFor = field(default_factory=AskedFor)
    closing: dict[int, tuple[Nearer, ...]] = field(default_factory=dict)

    @property
    def marked(self) -> Marked:
        points = {key: sum(one.points for one in rows) for key, rows in self.closing.items()}
        return Marked(self.asked.by_pathway, points, mandatory=self.asked.mandatory)


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One programme. The points of ``nearer`` add up to ``points``, most first."""

    programme: Programme
    is_entitled: bool
    is_mandatory: bool
    nearer: tuple[Nearer, ...]
    next_session: Session | None

    @property
    def points(self) -> int:
        return sum(one.points for one in self.nearer)


def reader_of(person: Person, *, on: date) -> Reader:
    """Read once per page what the catalogue marks for ``person``."""
    current = current_role(person_id=person.pk, on=on)
    asked = asked_for(person_id=person.pk, role_id=current.pk if current else None, on=on)
    role = aspired_role(person_id=person.pk, on=on) or current
    if role is None:
        return Reader(asked)
    gap = gap_analysis(person_id=person.pk, role_profile=role, on=on)
    return Reader(asked, closing_programmes(gap))


def closing_programmes(gap: Gap) -> dict[int, tuple[Nearer, ...]]:
    """The programmes with an outcome above the level held, where less is held than asked for, and
    what each brings nearer, most points first.

    What is pitched for somebody further on closes nothing, as among the recommendations.
    """
    wanted = {row.competency_id: row for row in gap.open_rows}
    outcomes = Outcome.objects.filter(competency_id__in=wanted).order_by("programme_id", "pk")
    closing: dict[int, list[Nearer]] = {}
    for programme_id, competency_id, rank in outcomes.values_list(
        "programme_id", "competency_id", "rank"
    ):
        row = wanted[competency_id]
        if brings_nearer(row, rank=rank):
            closing.setdefault(programme_id, []).append(_nearer(row, rank=rank))
    return {
        key: tuple(sorted(rows, key=lambda one: (-one.points, one.title, one.competency_id)))
        for key, rows in closing.items()
    }


def _nearer(row: GapRow, *, rank: int) -> Nearer:
    return Nearer(
        competency_id=row.competency_id,
        title=row.title,
        held=row.held or 0,
        brings=rank,
        required=row.required,
    )


def catalogue_rows(
    programme_ids: Sequence[int], *, actor: Actor, reader: Reader, on: date, now: datetime
) -> list[CatalogueRow]:
    """What one page of the catalogue says about each programme, in order; two statements."""
    programmes = Programme.objects.visible_to(actor, on=on).in_bulk(programme_ids)
    upcoming = next_sessions(programmes, actor=actor, on=on, now=now) if programmes else {}
    return [
        CatalogueRow(
            programme=programmes[key],
            is_entitled=key in reader.asked.by_pathway,
            is_mandatory=key in reader.asked.mandatory,
            nearer=reader.closing.get(key, ()),
            next_session=upcoming.get(key),
        )
        for key in programme_ids
    ]


def hosts_seen_by(actor: Actor, *, on: date) -> dict[int, str]:
    """The organisations that offer ``actor`` anything, by name."""
    return _named(Offering.objects.visible_to(actor, on=on).values("host_id"))


def providers_seen_by(actor: Actor, *, on: date) -> dict[int, str]:
    """The organisations that teach for others what ``actor`` is offered, by name."""
    taught = Offering.objects.visible_to(actor, on=on).filter(provider__isnull=False)
    return _named(taught.values("provider_id"))


def _named(ids: QuerySet[Offering, Any]) -> dict[int, str]:
    rows = Organisation.objects.filter(pk__in=ids).order_by("name", "pk")
    return dict(rows.values_list("pk", "name"))
