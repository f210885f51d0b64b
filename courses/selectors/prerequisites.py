"""What a programme builds on, and what of that somebody has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import lifted
from courses.models import Enrolment, EnrolmentState, Prerequisite, Programme
from pathways.models import Level
from pathways.selectors.gap import levels_held

# What a programme needs may be written, and somebody may have it, where a reader sees neither: a
# course of another trust, completed while they worked there. Its title is told with the programme.
READER = SystemJob("courses.read_prerequisites", organisation_ids=None)


@dataclass(frozen=True, slots=True)
class Needed:
    """One thing that a programme builds on. ``programme_id``: the programme to complete first;
    ``may_open``: the reader finds it in the catalogue. ``is_met``: the person has it."""

    prerequisite_id: int
    title: str
    level: str
    programme_id: int | None
    competency_id: int | None
    rank: int | None
    is_met: bool = False
    may_open: bool = False

    @property
    def said(self) -> str:
        """As a part of a sentence: what has to be completed or reached."""
        if self.programme_id:
            return _("%(title)s, completed") % {"title": self.title}
        return _("%(title)s, at the level “%(level)s”") % {
            "title": self.title,
            "level": self.level,
        }


def prerequisites_of(
    programme: Programme, *, person: Person | None, on: date
) -> tuple[Needed, ...]:
    """What ``programme`` builds on, programmes first, and which of it ``person`` has on ``on``.

    One statement where it builds on nothing. The caller may see the programme.
    """
    if not Prerequisite.objects.filter(programme=programme).exists():
        return ()
    with lifted(READER):
        found: list[Any] = list(prerequisites_told().filter(programme=programme))
        met = _met_by(person.pk, found, on=on) if person is not None else set()
    seen = _seen_by(person, found, on=on) if person is not None else set()
    return tuple(
        Needed(
            prerequisite_id=row.pk,
            title=str(row.needs or row.competency),
            level=row.label or str(row.rank or ""),
            programme_id=row.needs_id,
            competency_id=row.competency_id,
            rank=row.rank,
            is_met=row.pk in met,
            may_open=row.needs_id in seen,
        )
        for row in found
    )


def prerequisites_told() -> QuerySet[Prerequisite]:
    """What programmes build on with titles and levels, programmes first."""
    return (
        Prerequisite.objects.select_related("needs", "competency")
        .annotate(label=level_label())
        .order_by("needs__title", "competency__title", "pk")
    )


def level_label() -> Subquery:
    """What the level of a row with ``competency`` and ``rank`` is called on its scale."""
    scale = Coalesce(
        OuterRef("competency__scale_id"), OuterRef("competency__domain__version__scale_id")
    )
    label = Level.objects.filter(scale=scale, rank=OuterRef("rank"))
    return Subquery(label.values("label")[:1])


def _met_by(person_id: int, rows: Sequence[Prerequisite], *, on: date) -> set[int]:
    needed = [row.needs_id for row in rows if row.needs_id]
    completed = Enrolment.objects.filter(
        person_id=person_id,
        state=EnrolmentState.COMPLETED,
        session__offering__programme_id__in=needed,
    )
    done = set(completed.values_list("session__offering__programme_id", flat=True))
    asks_levels = any(row.competency_id for row in rows)
    held = levels_held(person_ids=[person_id], on=on).get(person_id, {}) if asks_levels else {}
    return {
        row.pk
        for row in rows
        if row.needs_id in done or (row.rank and held.get(row.competency_id or 0, 0) >= row.rank)
    }


def _seen_by(person: Person, rows: Sequence[Prerequisite], *, on: date) -> set[int]:
    needed = [row.needs_id for row in rows if row.needs_id]
    if not needed:
        return set()
    found = Programme.objects.visible_to(person, on=on).filter(pk__in=needed)
    return set(found.values_list("pk", flat=True))
