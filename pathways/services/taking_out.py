"""Taking domains and competencies out of a draft with all that they hold."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.errors import Conflict
from pathways.models import (
    Association,
    Competency,
    Domain,
    Indicator,
    LevelDescriptor,
    Requirement,
)
from pathways.services.items import still_there
from pathways.services.writing import changed, hold_draft


@transaction.atomic
def remove_domain(*, domain: Domain, revision: int, by: Actor, now: datetime) -> None:
    """Take ``domain`` with all that it holds out of the draft, comments included.

    Refuses what ``hold_draft`` refuses, ``item_gone`` and ``item_referred_to``.
    """
    held = hold_draft(domain.version_id, revision=revision, by=by, now=now)
    row = still_there(held.domains.filter(pk=domain.pk).first())
    _remove_competencies(list(row.competencies.values_list("pk", flat=True)))
    changed(held, verb="remove_domain", about=row, by=by, now=now, facts={"code": row.code})
    row.delete()


@transaction.atomic
def remove_competency(*, competency: Competency, revision: int, by: Actor, now: datetime) -> None:
    """Take ``competency`` with its parts out of the draft. Refuses as ``remove_domain`` does."""
    held = hold_draft(competency.version_id, revision=revision, by=by, now=now)
    rows = Competency.objects.filter(version=held)
    row = still_there(rows.filter(pk=competency.pk).first())
    below = parts_below(row.pk, dict(rows.values_list("pk", "parent_id")))
    changed(held, verb="remove_competency", about=row, by=by, now=now, facts={"code": row.code})
    _remove_competencies([row.pk, *below])


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
        seen.update(parts)
    return found[1:]


def _remove_competencies(ids: list[int]) -> None:
    ties = Association.objects.filter(Q(origin_id__in=ids) | Q(destination_id__in=ids))
    asked = Requirement.objects.filter(competency_id__in=ids)
    codes = set(ties.values_list("origin__code", flat=True)) if ties.exists() else set()
    codes |= set(asked.values_list("role_profile__title", flat=True))
    if codes:
        raise _referred_to(sorted(filter(None, codes)))
    try:
        with transaction.atomic():
            Indicator.objects.filter(descriptor__competency_id__in=ids).delete()
            LevelDescriptor.objects.filter(competency_id__in=ids).delete()
            rows = Competency.objects.filter(pk__in=ids)
            rows.update(parent=None)
            rows.delete()
    except ProtectedError:
        raise _referred_to([]) from None


def _referred_to(names: list[str]) -> Conflict:
    if not names:
        sentence = _("Something else refers to this, such as a rule about an earlier edition.")
    else:
        sentence = _("This is referred to by: %(names)s.") % {"names": ", ".join(names)}
    return Conflict(_("%(why)s Take that away first.") % {"why": sentence}, code="item_referred_to")
