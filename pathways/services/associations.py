"""Tying competencies to each other beside the tree, and taking such a tie away again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.errors import Conflict
from pathways.models import Association, AssociationKind, Competency, FrameworkVersion
from pathways.selectors.associations import BOTH_WAYS, KINDS, WITHIN
from pathways.services.circles import refuse_circles
from pathways.services.items import still_there
from pathways.services.writing import changed, hold_version, refuse_unless_open


@transaction.atomic
def tie_competencies(
    *, competency: Competency, kind: AssociationKind, other: Competency, by: Actor, now: datetime
) -> Association:
    """Say in the draft of ``competency`` that it is tied to ``other``, which may lie elsewhere.

    Nothing is overwritten, so no state of the draft has to be named: two authors at once queue at
    the draft, and the later one is judged by what the earlier one said. Refuses:
    ``may_not_write_framework``, ``draft_closed``, ``item_gone``, ``tie_kind``, ``tied_to_itself``,
    ``tie_within_edition``, ``tied_already``, ``cycle``.
    """
    held = hold_version(competency.version_id, by=by, now=now)
    refuse_unless_open(held)
    row = still_there(Competency.objects.filter(version=held, pk=competency.pk).first())
    _refuse_unless_it_fits(row, kind, other)
    _refuse_twice(held, row, kind, other)
    tie = Association.objects.create(
        version=held,
        kind=kind,
        origin=row,
        origin_identifier=row.identifier,
        origin_title=row.title,
        destination=other,
        destination_identifier=other.identifier,
        destination_title=other.title,
    )
    refuse_circles(held)
    facts = {"code": row.code, "kind": str(kind), "other": other.code, "of": other.version_id}
    changed(held, verb="tie_competencies", about=row, by=by, now=now, facts=facts)
    return tie


@transaction.atomic
def untie_competencies(*, tie: Association, by: Actor, now: datetime) -> None:
    """Take ``tie`` out of its draft.

    Refuses: ``may_not_write_framework``, ``draft_closed``, ``tie_gone``.
    """
    held = hold_version(tie.version_id, by=by, now=now)
    refuse_unless_open(held)
    row = held.associations.filter(pk=tie.pk).first()
    if row is None:
        raise Conflict(_("Somebody has taken this tie away already."), code="tie_gone")
    facts = {
        "kind": row.kind,
        "origin": str(row.origin_identifier),
        "destination": str(row.destination_identifier),
    }
    row.delete()
    changed(held, verb="untie_competencies", about=held, by=by, now=now, facts=facts)


def _refuse_unless_it_fits(row: Competency, kind: AssociationKind, other: Competency) -> None:
    if kind not in KINDS:
        raise Conflict(
            _("The tree and the levels say this. Move the competency instead."), code="tie_kind"
        )
    if other.pk == row.pk:
        raise Conflict(
            _("A competency cannot be tied to itself. Enter another one."), code="tied_to_itself"
        )
    if kind in WITHIN and other.version_id != row.version_id:
        raise Conflict(
            _("Parts and what comes before lie in one edition. Enter a competency of this one."),
            code="tie_within_edition",
        )


def _refuse_twice(
    version: FrameworkVersion, row: Competency, kind: AssociationKind, other: Competency
) -> None:
    ends = [(row.identifier, other.identifier)]
    if kind in BOTH_WAYS:
        ends.append((other.identifier, row.identifier))
    for origin, destination in ends:
        ties = version.associations.filter(kind=kind, origin_identifier=origin)
        if ties.filter(destination_identifier=destination).exists():
            sentence = _("%(code)s and %(other)s are tied in this way already.")
            raise Conflict(sentence % {"code": row.code, "other": other.code}, code="tied_already")
