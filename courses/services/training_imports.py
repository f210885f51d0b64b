"""Bringing in who was trained from the staff record: read by a worker, shown, applied whole."""

import hashlib
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, Person
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from common.text import clean_line
from courses.models import (
    TRAINING_IMPORT_WORKFLOW,
    ImportedAs,
    TrainingImport,
    TrainingImportState,
)
from courses.policies.compliance import may_record_training
from courses.services.checked_files import refuse_rows_with_problems
from jobs.services.outbox import put

READ, APPLY = "courses.read_training_file", "courses.apply_training_file"
# Each waits with its whole content.
MOST_WAITING = 3
_NAME = 255


class File(NamedTuple):
    """A file as it came: what it was called is told again and decides nothing."""

    name: str
    content: bytes


@transaction.atomic
def check_training_file(
    *, organisation: Organisation, file: File, by: Person, now: datetime
) -> TrainingImport:
    """Keep ``file`` until a worker has read it; nothing of anybody's training changes.

    Refuses: ``may_not_record_training``, ``file_is_waiting``.
    """
    _refuse_unless_kept_by(by, organisation.pk, on=london_date(now))
    waiting = TrainingImport.objects.filter(
        organisation=organisation, state=TrainingImportState.WAITING, uploaded_by=by
    )
    if waiting.count() >= MOST_WAITING:
        raise Conflict(
            _("Wait until the files that you uploaded before are read."), code="file_is_waiting"
        )
    name = clean_line(file.name.replace("\x00", "").encode("utf-8", "replace").decode())
    imported = TrainingImport.objects.create(
        organisation=organisation,
        file_name=name[-_NAME:] or _("file"),
        checksum=hashlib.sha256(file.content).hexdigest(),
        content=file.content,
        uploaded_by=by,
        uploaded_at=now,
    )
    put(kind=READ, key=f"{READ}:{imported.pk}", payload={"import_id": imported.pk}, now=now)
    _record(imported, verb="check_training_file", by=by, now=now)
    return imported


@transaction.atomic
def apply_training_file(
    *, imported: TrainingImport, leaves_out_problems: bool, by: Person, now: datetime
) -> TrainingImport:
    """Have what is new in a checked file recorded: all of it, or none.

    Refuses: ``may_not_record_training``, ``file_not_checked``, ``rows_with_problems`` unless they
    are to be left out, ``nothing_to_apply``.
    """
    held = TrainingImport.objects.select_for_update(of=("self",)).get(pk=imported.pk)
    _refuse_unless_kept_by(by, held.organisation_id, on=london_date(now))
    if held.state != TrainingImportState.CHECKED:
        raise Conflict(
            _("This file is not waiting to be applied. Load the page again to see where it is."),
            code="file_not_checked",
        )
    refuse_rows_with_problems(held, leaves_out=leaves_out_problems)
    if not held.lines.filter(kind=ImportedAs.NEW).exists():
        raise Conflict(
            _("Everything in this file is recorded already, so there is nothing to apply."),
            code="nothing_to_apply",
        )
    held.state = TRAINING_IMPORT_WORKFLOW.target("ask", current=held.state)
    held.applied_by, held.reason = by, ""
    held.save(update_fields=["state", "applied_by", "reason"])
    tries = f"{APPLY}:{held.pk}:{now.isoformat()}"
    put(kind=APPLY, key=tries, payload={"import_id": held.pk}, now=now)
    _record(held, verb="apply_training_file", by=by, now=now)
    return held


def _refuse_unless_kept_by(by: Person, organisation_id: int, *, on: date) -> None:
    if not may_record_training(roles_at(by, organisation_id, on=on)):
        raise Forbidden(
            _(
                "Only learning leads and HR administrators of the organisation bring in training"
                " from the staff record."
            ),
            code="may_not_record_training",
        )


def _record(imported: TrainingImport, *, verb: str, by: Person, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=imported,
        rule="may_record_training",
        organisation_id=imported.organisation_id,
        facts={"import": imported.pk, "rows": imported.row_count, "sha256": imported.checksum},
        private={"file_name": imported.file_name},
    )
