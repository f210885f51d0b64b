"""Imports as their authors see them: what was uploaded for a draft, and what one would change."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet

from accounts.actors import Actor
from common.dates import london_date
from pathways.models import (
    FrameworkImport,
    FrameworkVersion,
    ImportLine,
    ImportState,
    LineKind,
    VersionState,
)
from pathways.policies.imports import UNDO_DAYS, may_import, may_undo_import
from pathways.selectors.collaborators import parts_of

# The order in which they are told: what has to be put right comes before what would happen.
KINDS = (
    LineKind.PROBLEM,
    LineKind.WARNING,
    LineKind.ADD,
    LineKind.CHANGE,
    LineKind.MOVE,
    LineKind.RETIRE,
)
_CHANGES = frozenset({LineKind.ADD, LineKind.CHANGE, LineKind.MOVE, LineKind.RETIRE})


def imports_seen(actor: Actor, *, on: date) -> QuerySet[FrameworkImport]:
    """Those ``actor`` may see, without the copies themselves, which are large."""
    rows = FrameworkImport.objects.visible_to(actor, on=on).filter(version__isnull=False)
    doers = (
        f"{step}_by{of}" for step in ("uploaded", "applied", "undone") for of in ("", "_client")
    )
    return rows.select_related("version__framework", *doers).defer("content", "before")


def imports_of(version: FrameworkVersion, *, actor: Actor, on: date) -> QuerySet[FrameworkImport]:
    """What was uploaded for ``version``, the newest first."""
    return imports_seen(actor, on=on).filter(version=version).order_by("-uploaded_at", "-pk")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an import stands: how many lines it has of each kind, and what can be done with it."""

    counts: tuple[tuple[LineKind, int], ...]
    has_moved_on: bool
    can_apply: bool
    can_check_again: bool
    can_undo: bool
    undo_until: date | None

    @property
    def change_count(self) -> int:
        return sum(count for kind, count in self.counts if kind in _CHANGES)


def standing_of(imported: FrameworkImport, *, actor: Actor, now: datetime) -> Standing:
    """What ``actor`` can do with ``imported``; the services judge again when it is done."""
    version = imported.version
    if version is None:
        raise ValueError("This copy is not about an edition.")
    found = dict(imported.lines.values_list("kind").annotate(n=Count("pk")).order_by())
    counts = tuple((kind, found[kind]) for kind in KINDS if kind in found)
    parts = parts_of(actor, version.framework, on=london_date(now))
    is_open = may_import(parts) and version.state == VersionState.DRAFT
    has_moved_on = version.revision != imported.revision
    is_checked = imported.state == ImportState.CHECKED
    undo_until = _undo_until(imported)
    return Standing(
        counts=counts,
        has_moved_on=has_moved_on,
        can_apply=is_open and is_checked and not has_moved_on and bool(_CHANGES & set(found)),
        can_check_again=is_open and is_checked and has_moved_on,
        can_undo=is_open
        and not has_moved_on
        and imported.state == ImportState.APPLIED
        and imported.applied_at is not None
        and may_undo_import(parts, applied_at=imported.applied_at, now=now),
        undo_until=undo_until,
    )


def _undo_until(imported: FrameworkImport) -> date | None:
    if imported.applied_at is None:
        return None
    return london_date(imported.applied_at + timedelta(days=UNDO_DAYS))


def lines_shown(imported: FrameworkImport, *, kind: str = "") -> QuerySet[ImportLine]:
    """The lines of one kind, or all of them: mistakes first, then in the order of the file."""
    rows = imported.lines.order_by("pk")
    return rows.filter(kind=kind) if kind in LineKind.values else rows
