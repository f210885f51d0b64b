"""Bringing a CASE package into a draft: checked and shown first, then applied whole or not at all.

The parts of a package keep their identifiers where nothing has them yet. What has one here already
(the document was published, and its publisher has changed it since) is the same thing by lineage
in the new draft, under an identifier of its own: an identifier names one wording for good.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.scope import lifted
from common.dates import london_date
from common.errors import Conflict
from common.text import clean_line
from pathways.models import (
    Competency,
    Domain,
    FrameworkImport,
    FrameworkVersion,
    ImportFormat,
    ImportLine,
    ImportState,
    Indicator,
    LevelDescriptor,
    LineKind,
)
from pathways.models.authoring import IMPORT_WORKFLOW
from pathways.policies.imports import UNDO_DAYS, may_undo_import
from pathways.selectors.case.arrivals import Arrival, arrival_of, circle_of
from pathways.selectors.case.incoming import Incoming, read_package
from pathways.selectors.case.scales import levels_known
from pathways.selectors.case.vocabulary import ITEMS, Json
from pathways.selectors.collaborators import parts_of
from pathways.selectors.import_lines import Line, lines_of
from pathways.selectors.tree_checks import problems_of, ranks_of_scales
from pathways.selectors.trees import (
    COMPETENCY,
    DESCRIPTOR,
    DOMAIN,
    INDICATOR,
    Tree,
    lineage_as,
    read_tree,
)
from pathways.services.bringing_in import record_import, refuse_unless_importer
from pathways.services.case.ties import (
    Kept,
    drop_ties,
    has_other_ties,
    keep_ties,
    make_scales,
    take_identifier,
    ties_kept,
    write_ties,
)
from pathways.services.checked_copies import packed, unpacked
from pathways.services.doers import doer, put_doer
from pathways.services.imports import MOST_LINES, Upload
from pathways.services.lost_rules import (
    put_rules_back,
    refuse_if_rules_were_said,
    rules_into,
    rules_lost,
)
from pathways.services.tree_lock import count_change
from pathways.services.trees import write_tree

_MODELS = {
    DOMAIN: Domain,
    COMPETENCY: Competency,
    DESCRIPTOR: LevelDescriptor,
    INDICATOR: Indicator,
}
_SEES_IDENTIFIERS = SystemJob("pathways.look_for_identifiers", organisation_ids=None)
_ABOUT, _NAME = 300, 255


@transaction.atomic
def check_package(
    *, version: FrameworkVersion, file: Upload, by: Actor, now: datetime
) -> FrameworkImport:
    """Read a package, compare it with the draft and keep what it would change, or its mistakes.

    Nothing of the draft changes. What is no package at all is refused (``Unreadable``).
    """
    refuse_unless_importer(version, by=by, now=now)
    incoming = read_package(file.content)
    arrival, mistakes = _arrival(incoming, version)
    imported = FrameworkImport.objects.create(
        version=version,
        owner_id=version.framework.owner_id,
        format=ImportFormat.CASE,
        file_name=clean_line(file.name.replace("\x00", ""))[-_NAME:] or _("package"),
        checksum=hashlib.sha256(file.content).hexdigest(),
        state=ImportState.REFUSED if mistakes else ImportState.CHECKED,
        uploaded_at=now,
        row_count=len(incoming.package.get(ITEMS, ())),
        content={} if arrival is None or mistakes else _kept(incoming),
        revision=version.revision,
        **doer("uploaded_by", by),
    )
    changes = [] if arrival is None or mistakes else _changes(version, arrival)
    _keep_lines(imported, mistakes, _left_out(incoming), changes)
    record_import(imported, verb="check_framework_file", by=by, now=now)
    return imported


@transaction.atomic
def check_package_again(*, imported: FrameworkImport, by: Actor, now: datetime) -> FrameworkImport:
    """Compare a package that was read before with what the draft says now."""
    held, version = _hold(imported, ImportState.CHECKED, by=by, now=now)
    incoming = _kept_of(held)
    arrival, mistakes = _arrival(incoming, version)
    held.state = ImportState.REFUSED if mistakes else ImportState.CHECKED
    held.revision = version.revision
    held.save(update_fields=["state", "revision"])
    held.lines.all().delete()
    changes = [] if arrival is None or mistakes else _changes(version, arrival)
    _keep_lines(held, mistakes, _left_out(incoming), changes)
    record_import(held, verb="check_framework_file", by=by, now=now)
    return held


@transaction.atomic
def apply_package(*, imported: FrameworkImport, by: Actor, now: datetime) -> FrameworkImport:
    """Make the draft say what the package says: its items, scales, groups and associations.

    Refuses: ``may_not_import``, ``package_has_mistakes``, ``nothing_to_apply``, ``draft_closed``,
    ``may_not_make_scale``, ``scale_code_taken``, and ``draft_moved_on`` when the draft is not what
    the package was compared with.
    """
    held, version = _hold(imported, ImportState.CHECKED, by=by, now=now)
    arrival, mistakes = _arrival(_kept_of(held), version)
    if arrival is None or mistakes:
        raise Conflict(" ".join(mistakes[:3]), code="package_has_mistakes")
    known, rules = read_tree(version), rules_into(version)
    before = Kept(packed(known), *ties_kept(version), str(version.identifier))
    take_identifier(version, arrival, before)
    make_scales(arrival.scales, by=by, now=now)
    tree = _placed(arrival.tree, version)
    # What is tied to something cannot be left out; the package says what is tied afterwards.
    drop_ties(version)
    changes = write_tree(version=version, tree=tree, revision=held.revision, now=now)
    has_changed = write_ties(version, arrival, before)
    if not changes and not has_changed:
        raise Conflict(
            _("This package says what the draft says already, so there is nothing to apply."),
            code="nothing_to_apply",
        )
    if not changes:
        count_change(version, now=now)
    held.state = IMPORT_WORKFLOW.target("apply", current=held.state)
    held.before, held.revision = before.to_json(), version.revision
    lineages = {node.lineage for node in known.nodes}
    held.rules_lost = rules_lost(version, before=rules, lineages=lineages)
    held.applied_at, doers = now, put_doer(held, "applied_by", by)
    held.save(update_fields=["state", "before", "rules_lost", "revision", "applied_at", *doers])
    record_import(held, verb="apply_framework_file", by=by, now=now)
    return held


@transaction.atomic
def undo_package(*, imported: FrameworkImport, by: Actor, now: datetime) -> FrameworkImport:
    """Put the draft back to what it said before the package was applied, identities included."""
    held, version = _hold(imported, ImportState.APPLIED, by=by, now=now)
    parts = parts_of(by, version.framework, on=london_date(now))
    applied_at = held.applied_at or now
    if not may_undo_import(parts, applied_at=applied_at, now=now):
        raise Conflict(
            _("A package can be undone for %(days)d days. Change the draft by hand instead.")
            % {"days": UNDO_DAYS},
            code="undo_is_over",
        )
    before = Kept.from_json(held.before or {})
    tree = unpacked(before.tree)
    lineages = {node.lineage for node in tree.nodes}
    refuse_if_rules_were_said(version, held.rules_lost, lineages=lineages)
    drop_ties(version)
    write_tree(version=version, tree=tree, revision=held.revision, now=now)
    keep_ties(version, before)
    put_rules_back(version, held.rules_lost)
    held.state = IMPORT_WORKFLOW.target("undo", current=held.state)
    held.undone_at, doers = now, put_doer(held, "undone_by", by)
    held.save(update_fields=["state", "undone_at", *doers])
    record_import(held, verb="undo_framework_file", by=by, now=now)
    return held


def _kept(incoming: Incoming) -> Json:
    """What a later check reads again: the package, and what was left out of it."""
    return {"package": incoming.package, "left_out": dict(incoming.left_out)}


def _kept_of(held: FrameworkImport) -> Incoming:
    return Incoming(held.content["package"], left_out=Counter(held.content.get("left_out", {})))


def _arrival(incoming: Incoming, version: FrameworkVersion) -> tuple[Arrival | None, list[str]]:
    """The package as a tree, or what keeps it from being one."""
    if incoming.mistakes:
        return None, incoming.mistakes
    circle = circle_of(incoming.package)
    if circle:
        return None, [circle]
    arrival = arrival_of(incoming.package, scales=levels_known(), own_scale=version.scale.code)
    ranks = {
        **ranks_of_scales(version),
        **{code: frozenset(one["rank"] for one in new) for code, new in arrival.scales.items()},
    }
    return arrival, [one.message for one in problems_of(arrival.tree, ranks=ranks)]


def _placed(tree: Tree, version: FrameworkVersion) -> Tree:
    """``tree`` with the lineages of what is known, and identifiers only where they are free."""
    known: dict[str, tuple[str, str, bool]] = {}
    named = [node.identifier for node in tree.nodes if node.identifier]
    with lifted(_SEES_IDENTIFIERS):
        for kind, (identifier, lineage, at, framework) in _rows(named):
            is_ours = framework == version.framework_id
            known[str(identifier)] = (kind, str(lineage) if is_ours else "", at == version.pk)
    placed = []
    for node in tree.nodes:
        kind, lineage, is_here = known.get(node.identifier, (node.kind, "", True))
        if lineage and kind != node.kind:
            lineage = lineage_as(node.kind, lineage=lineage)
        placed.append(
            replace(
                node,
                lineage=lineage or node.lineage,
                identifier=node.identifier if is_here else "",
            )
        )
    return Tree(tuple(placed))


def _rows(named: list[str]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    paths = ("version", "domain__version", "competency__domain__version")
    above = (*paths, "descriptor__competency__domain__version")
    for (kind, model), path in zip(_MODELS.items(), above, strict=True):
        rows = model._base_manager.filter(identifier__in=named)  # noqa: SLF001 (documented)
        told = rows.values_list("identifier", "lineage", path, f"{path}__framework")
        yield from ((kind, one) for one in told)


def _changes(version: FrameworkVersion, arrival: Arrival) -> list[Line]:
    """Facts beside the tree's own are told as changed, and not spelt out."""
    before = read_tree(version)
    after = _placed(arrival.tree, version).told_apart(known=before)
    keys = {node.key: node.lineage or node.key for node in after.nodes}
    matched = Tree(
        tuple(
            replace(node, key=keys[node.key], parent=keys.get(node.parent, node.parent))
            for node in after.nodes
        )
    )
    lines = lines_of(before, matched, row_of=lambda node: None)
    told = [replace(one, before="", after="") if one.field == "case" else one for one in lines]
    if has_other_ties(version, arrival):
        about = _("Associations, groups and facts of the whole document")
        told.append(Line(LineKind.CHANGE, None, about, "case"))
    return told


def _left_out(incoming: Incoming) -> list[str]:
    sentence = _("“%(name)s” is not part of CASE 1.1 and is left out (%(count)d times).")
    return [
        sentence % {"name": name[:_ABOUT], "count": count}
        for name, count in sorted(incoming.left_out.items())[:100]
    ]


def _keep_lines(
    imported: FrameworkImport, mistakes: Iterable[str], warnings: Iterable[str], changes: list[Line]
) -> None:
    lines = [
        ImportLine(imported=imported, kind=kind, message=sentence)
        for kind, sentences in ((LineKind.PROBLEM, mistakes), (LineKind.WARNING, warnings))
        for sentence in sentences
    ]
    lines += [
        ImportLine(
            imported=imported,
            kind=line.kind,
            about=line.about,
            field=line.field,
            before=line.before,
            after=line.after,
        )
        for line in changes
    ]
    ImportLine.objects.bulk_create(lines[:MOST_LINES], batch_size=1_000)


def _hold(
    imported: FrameworkImport, state: ImportState, *, by: Actor, now: datetime
) -> tuple[FrameworkImport, FrameworkVersion]:
    """The import and its draft, locked: two authors who apply at once queue here."""
    held = FrameworkImport.objects.select_for_update(of=("self",)).get(pk=imported.pk)
    rows = FrameworkVersion.objects.select_for_update(of=("self",), no_key=True)
    version = rows.select_related("framework", "scale").get(pk=held.version_id or 0)
    refuse_unless_importer(version, by=by, now=now)
    if held.state != state:
        raise Conflict(
            _("This package was dealt with already. Look at what became of it."),
            code=f"file_{held.state.lower()}",
        )
    return held, version
