"""Bringing a file into a draft: checked first and shown, then applied whole or not at all."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.dates import london_date
from common.errors import Conflict
from common.text import clean_line
from pathways.models import (
    FrameworkImport,
    FrameworkVersion,
    ImportFormat,
    ImportLine,
    ImportState,
    LineKind,
)
from pathways.models.authoring import IMPORT_WORKFLOW
from pathways.policies.imports import UNDO_DAYS, may_undo_import
from pathways.selectors.collaborators import parts_of
from pathways.selectors.import_lines import Line, lines_of
from pathways.selectors.tree_checks import ranks_of_scales
from pathways.selectors.trees import Tree, read_tree
from pathways.selectors.workbooks.matching import placed, strange_references
from pathways.selectors.workbooks.problems import Problem
from pathways.selectors.workbooks.readings import Reading, read_framework, read_records
from pathways.selectors.workbooks.sheets import read_sheet
from pathways.services.bringing_in import record_import, refuse_unless_importer
from pathways.services.checked_copies import OF_ROWS, packed, rows_kept, rows_of, unpacked
from pathways.services.doers import doer, put_doer
from pathways.services.lost_rules import (
    put_rules_back,
    refuse_if_rules_were_said,
    rules_into,
    rules_lost,
)
from pathways.services.trees import write_tree

MOST_LINES = 20_000
_NAME, _ABOUT, _FIELD = 255, 300, 40


class Upload(NamedTuple):
    """A file as it came: what it was called is told again and decides nothing."""

    name: str
    content: bytes


class Checked(NamedTuple):
    """What was read, against which state of the draft, and how it is to be called."""

    reading: Reading
    shape: tuple[Problem, ...]
    format: ImportFormat
    file: Upload


@transaction.atomic
def check_file(
    *, version: FrameworkVersion, file: Upload, by: Actor, now: datetime
) -> FrameworkImport:
    """Read ``file``, compare it with the draft and keep what it would change, or its mistakes.

    Nothing of the draft changes. A file that cannot be read at all is refused (``Unreadable``).
    """
    # The state is read before the content, so that a change in between is found when applying.
    version = FrameworkVersion.objects.select_related("framework", "scale").get(pk=version.pk)
    refuse_unless_importer(version, by=by, now=now)
    sheet = read_sheet(file.content)
    reading = read_framework(sheet, ranks=ranks_of_scales(version))
    checked = Checked(reading, sheet.problems, sheet.format, file)
    return keep_check(version=version, checked=checked, by=by, now=now)


def keep_check(
    *, version: FrameworkVersion, checked: Checked, by: Actor, now: datetime
) -> FrameworkImport:
    """Keep what was read for ``version``, with a line for each mistake and each change."""
    reading = checked.reading
    imported = FrameworkImport.objects.create(
        version=version,
        owner_id=version.framework.owner_id,
        format=checked.format,
        file_name=_file_name(checked.file.name),
        checksum=hashlib.sha256(checked.file.content).hexdigest(),
        state=ImportState.REFUSED if reading.has_mistakes else ImportState.CHECKED,
        uploaded_at=now,
        row_count=len(reading.records),
        content={} if reading.has_mistakes else rows_kept(reading.records, checked.shape),
        revision=version.revision,
        **doer("uploaded_by", by),
    )
    _keep_lines(imported, reading, before=read_tree(version))
    record_import(imported, verb="check_framework_file", by=by, now=now)
    return imported


@transaction.atomic
def check_again(*, imported: FrameworkImport, by: Actor, now: datetime) -> FrameworkImport:
    """Compare a file that was read before with what the draft says now."""
    held, version = _hold(imported)
    refuse_unless_importer(version, by=by, now=now)
    _refuse_unless_in(held, ImportState.CHECKED)
    reading = _read_again(held, version)
    held.state = ImportState.REFUSED if reading.has_mistakes else ImportState.CHECKED
    held.revision = version.revision
    held.save(update_fields=["state", "revision"])
    held.lines.all().delete()
    _keep_lines(held, reading, before=read_tree(version))
    record_import(held, verb="check_framework_file", by=by, now=now)
    return held


@transaction.atomic
def apply_import(*, imported: FrameworkImport, by: Actor, now: datetime) -> FrameworkImport:
    """Make the draft say what the file says, all of it or nothing.

    Refuses: ``may_not_import``, ``file_has_mistakes``, ``nothing_to_apply``, ``draft_closed``, and
    ``draft_moved_on`` when the draft is not what the file was compared with.
    """
    held, version = _hold(imported)
    refuse_unless_importer(version, by=by, now=now)
    _refuse_unless_in(held, ImportState.CHECKED)
    before, rules = read_tree(version), rules_into(version)
    changes = write_tree(
        version=version, tree=_wanted(held, version, before), revision=held.revision, now=now
    )
    if not changes:
        raise Conflict(
            _("This file says what the draft says already, so there is nothing to apply."),
            code="nothing_to_apply",
        )
    held.state = IMPORT_WORKFLOW.target("apply", current=held.state)
    held.before, held.revision = packed(before), version.revision
    lineages = {node.lineage for node in before.nodes}
    held.rules_lost = rules_lost(version, before=rules, lineages=lineages)
    held.applied_at, doers = now, put_doer(held, "applied_by", by)
    held.save(update_fields=["state", "before", "rules_lost", "revision", "applied_at", *doers])
    record_import(held, verb="apply_framework_file", by=by, now=now)
    return held


@transaction.atomic
def undo_import(*, imported: FrameworkImport, by: Actor, now: datetime) -> FrameworkImport:
    """Put the draft back to what it said before the file was applied, identities included.

    Comments and rules that went with what it left out come back with it. Refuses:
    ``may_not_import``, ``undo_is_over``, ``draft_closed``, and ``draft_moved_on`` or
    ``rules_moved_on``: what was written since would be lost.
    """
    held, version = _hold(imported)
    refuse_unless_importer(version, by=by, now=now)
    _refuse_unless_in(held, ImportState.APPLIED)
    if held.applied_at is None or held.before is None:
        raise ValueError("What was applied has to say when, and what was there before.")
    parts = parts_of(by, version.framework, on=london_date(now))
    if not may_undo_import(parts, applied_at=held.applied_at, now=now):
        raise Conflict(
            _("A file can be undone for %(days)d days. Change the draft by hand instead.")
            % {"days": UNDO_DAYS},
            code="undo_is_over",
        )
    before = unpacked(held.before)
    lineages = {node.lineage for node in before.nodes}
    refuse_if_rules_were_said(version, held.rules_lost, lineages=lineages)
    write_tree(version=version, tree=before, revision=held.revision, now=now)
    put_rules_back(version, held.rules_lost)
    held.state = IMPORT_WORKFLOW.target("undo", current=held.state)
    held.undone_at, doers = now, put_doer(held, "undone_by", by)
    held.save(update_fields=["state", "undone_at", *doers])
    record_import(held, verb="undo_framework_file", by=by, now=now)
    return held


def _hold(imported: FrameworkImport) -> tuple[FrameworkImport, FrameworkVersion]:
    """The import and its draft, locked: two authors who apply at once queue here."""
    rows = FrameworkImport.objects.select_for_update(of=("self",))
    held = rows.get(pk=imported.pk)
    if held.version_id is None:
        raise ValueError("This copy is not about an edition.")
    version = (
        FrameworkVersion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("framework", "scale")
        .get(pk=held.version_id)
    )
    return held, version


def _refuse_unless_in(imported: FrameworkImport, state: ImportState) -> None:
    if imported.state == state:
        return
    sentences = {
        ImportState.CHECKED: _("This file has been checked and not applied."),
        ImportState.REFUSED: _("This file has mistakes. Put them right and upload it again."),
        ImportState.APPLIED: _("This file has been applied already."),
        ImportState.UNDONE: _("This file was applied and undone. Upload it again to use it."),
    }
    raise Conflict(sentences[ImportState(imported.state)], code=f"file_{imported.state.lower()}")


def _read_again(imported: FrameworkImport, version: FrameworkVersion) -> Reading:
    records, shape = rows_of(imported)
    return read_records(records, ranks=ranks_of_scales(version), problems=shape)


def _wanted(imported: FrameworkImport, version: FrameworkVersion, before: Tree) -> Tree:
    if imported.format not in OF_ROWS:
        return Tree.from_json(imported.content["tree"])
    reading = _read_again(imported, version)
    if reading.has_mistakes:
        # What was right when it was checked may be wrong by now: a scale, for one, has changed.
        raise Conflict(
            _("This file has mistakes by now. Upload it again to see them."),
            code="file_has_mistakes",
        )
    return placed(reading, before=before)


def _keep_lines(imported: FrameworkImport, reading: Reading, *, before: Tree) -> None:
    """A line for each mistake; without any, for what is worth a look and for each change."""
    told: list[Problem | Line] = [*reading.problems, *strange_references(reading, before=before)]
    if not reading.has_mistakes:
        after = placed(reading, before=before)
        told += lines_of(before, after, row_of=reading.row_of)
    lines = (_line(one, imported) for one in _at_most(told))
    ImportLine.objects.bulk_create(lines, batch_size=1_000)


def _at_most(told: list[Problem | Line]) -> Sequence[Problem | Line]:
    """Cut before any row is made of them: a hostile file has mistakes without end."""
    if len(told) <= MOST_LINES:
        return told
    sentence = _("There are %(count)d more lines, which are not listed.") % {
        "count": len(told) - MOST_LINES
    }
    return [*told[:MOST_LINES], Problem(sentence, kind=LineKind.WARNING)]


def _line(told: Problem | Line, imported: FrameworkImport) -> ImportLine:
    line = ImportLine(imported=imported, row=told.row, kind=told.kind, about=told.about[:_ABOUT])
    if isinstance(told, Line):
        line.field, line.before, line.after = told.field, told.before, told.after
    else:
        line.field, line.message = told.field[:_FIELD], told.message
    return line


def _file_name(name: str) -> str:
    """The name without what would turn its letters round or could not be stored."""
    storable = name.replace("\x00", "").encode("utf-8", "replace").decode()
    return clean_line(storable)[-_NAME:] or _("file")
