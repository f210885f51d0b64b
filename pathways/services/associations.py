"""Tying competencies to each other beside the tree, and taking such a tie away again."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.scope import lifted
from common.dates import london_date
from common.errors import Conflict
from pathways.models import Association, AssociationKind, Competency, FrameworkVersion
from pathways.models.frameworks import IN_PUBLIC
from pathways.selectors.associations import BOTH_WAYS, KINDS, WITHIN, editions_to_tie
from pathways.services.circles import refuse_circles
from pathways.services.items import still_there
from pathways.services.writing import changed, hold_version, refuse_unless_open

_READS_THE_OTHER = SystemJob("pathways.read_what_is_tied", organisation_ids=None)


@transaction.atomic
def tie_competencies(
    *, competency: Competency, kind: AssociationKind, other: Competency, by: Actor, now: datetime
) -> Association:
    """Say in the draft of ``competency`` that it is tied to ``other``, which may lie elsewhere.

    Nothing is overwritten, so no state of the draft has to be named: two authors at once queue at
    the draft, and the later one is judged by what the earlier one said. Refuses:
    ``may_not_write_framework``, ``draft_closed``, ``item_gone``, ``tie_kind``, ``tied_to_itself``,
    ``tie_within_edition``, ``tie_to_draft``, ``tie_to_narrower``, ``tied_already``, ``cycle``.
    """
    held = hold_version(competency.version_id, by=by, now=now)
    refuse_unless_open(held)
    row = still_there(Competency.objects.filter(version=held, pk=competency.pk).first())
    other = _as_it_is(other)
    _refuse_unless_it_fits(row, kind, other)
    _refuse_unless_named(held, other, on=london_date(now))
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


def _as_it_is(other: Competency) -> Competency:
    """Read again while the draft is held; it may lie where the author sees nothing any more."""
    with lifted(_READS_THE_OTHER):
        rows = Competency.objects.select_related("version__framework")
        return still_there(rows.filter(pk=other.pk).first())


def _refuse_unless_named(version: FrameworkVersion, other: Competency, *, on: date) -> None:
    """An edition that is published names its ties for good, and to everybody who reads it. What
    another draft says may still be taken out, and belongs to its authors alone until then."""
    if other.version_id == version.pk:
        return
    if other.version.state not in IN_PUBLIC:
        raise Conflict(
            _("That edition is a draft. Tie to it once it is published."), code="tie_to_draft"
        )
    with lifted(_READS_THE_OTHER):
        rows = FrameworkVersion.objects.filter(pk=other.version_id)
        is_wide = editions_to_tie(version, seen=rows, on=on).exists()
    if not is_wide:
        sentence = _(
            "Some who read this framework may not read %(title)s. Enter a competency of a national "
            "framework, or of one that belongs to the same organisation."
        )
        raise Conflict(sentence % {"title": other.version.framework.title}, code="tie_to_narrower")


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
