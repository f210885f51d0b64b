"""Taking domains and competencies out of a draft with all that they hold."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from pathways.models import Competency, Domain
from pathways.services.items import still_there
from pathways.services.tree_removal import remove_branches
from pathways.services.writing import changed, hold_draft


@transaction.atomic
def remove_domain(*, domain: Domain, revision: int, by: Actor, now: datetime) -> None:
    """Take ``domain`` with all that it holds out of the draft; the comments stay.

    Refuses what ``hold_draft`` and ``remove_rows`` refuse, and ``item_gone``.
    """
    held = hold_draft(domain.version_id, revision=revision, by=by, now=now)
    row = still_there(held.domains.filter(pk=domain.pk).first())
    changed(held, verb="remove_domain", about=row, by=by, now=now, facts={"code": row.code})
    inside = row.competencies.values_list("pk", flat=True)
    remove_branches(domains=[row.pk], competencies=list(inside))


@transaction.atomic
def remove_competency(*, competency: Competency, revision: int, by: Actor, now: datetime) -> None:
    """Take ``competency`` with its parts out of the draft. Refuses as ``remove_domain`` does."""
    held = hold_draft(competency.version_id, revision=revision, by=by, now=now)
    rows = Competency.objects.filter(version=held)
    row = still_there(rows.filter(pk=competency.pk).first())
    below = parts_below(row.pk, dict(rows.values_list("pk", "parent_id")))
    changed(held, verb="remove_competency", about=row, by=by, now=now, facts={"code": row.code})
    remove_branches(competencies=[row.pk, *below])


def count_parts(competency: Competency) -> int:
    """How many parts go with ``competency``, at any depth."""
    rows = Competency.objects.filter(version_id=competency.version_id)
    return len(parts_below(competency.pk, dict(rows.values_list("pk", "parent_id"))))


def parts_below(top: int, parents: Mapping[int, int | None]) -> list[int]:
    """The ids of what is below ``top``, at any depth, from id -> id of the parent."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in parents.items():
        below[parent].append(pk)
    found, seen = [top], {top}
    for above in found:
        parts = [pk for pk in below[above] if pk not in seen]
        found += parts
        seen |= set(parts)
    return found[1:]
