"""Files of the staff record as work that waits: read by a worker, and written once applied."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organisation
from common.dates import london_date
from courses.models import (
    TRAINING_IMPORT_WORKFLOW,
    Ends,
    ImportedAs,
    RecordSource,
    SubjectRecord,
    TrainingImport,
    TrainingImportLine,
    TrainingImportState,
)
from courses.selectors.compliance_places import organisations_above
from courses.selectors.staff_record_cells import read_staff_record
from courses.selectors.staff_record_matching import LevelBook, Matcher, compare
from courses.services.compliance_records import Learned, Until, write_records
from pathways.selectors.workbooks.problems import Unreadable

AT_ONCE = 2_000
_REASON = 500


def read_file(payload: Mapping[str, Any], now: datetime) -> None:
    """Read a file that waits and compare it with what is recorded. Safe to run again."""
    held = TrainingImport.objects.select_for_update(of=("self",)).get(pk=payload["import_id"])
    if held.state != TrainingImportState.WAITING:
        return
    try:
        read = read_staff_record(bytes(held.content))
    except Unreadable as refusal:
        _move(held, "fail", reason=str(refusal.message)[:_REASON], content=b"")
        return
    on = london_date(now)
    above = organisations_above([held.organisation_id], on=on)[held.organisation_id]
    book = LevelBook(held.organisation_id, above=above)
    matcher = Matcher(held, book=book, today=on)
    for some in _parts(read.rows):
        TrainingImportLine.objects.bulk_create(matcher.lines(some), batch_size=AT_ONCE)
    _move(held, "read", row_count=len(read.rows), remarks=read.remarks, content=b"")


def give_up_reading(payload: Mapping[str, Any], now: datetime) -> None:
    """Say that a file could not be read after every try; the handler's ``on_parked``."""
    held = TrainingImport.objects.select_for_update(of=("self",)).get(pk=payload["import_id"])
    sentence = _("We tried several times and could not read it. Export it again and upload it.")
    _move(held, "fail", reason=sentence, content=b"")


def write_file(payload: Mapping[str, Any], now: datetime) -> None:
    """Record what is new in a file, in the one transaction of the work. Safe to run again."""
    held = (
        TrainingImport.objects.select_for_update(of=("self",))
        .select_related("applied_by")
        .get(pk=payload["import_id"])
    )
    if held.state != TrainingImportState.APPLYING or held.applied_by is None:
        return
    # Two files of one organisation that are applied at once wait for each other here, so that the
    # second sees what the first has written.
    Organisation.objects.select_for_update(no_key=True).get(pk=held.organisation_id)
    lines = held.lines.filter(kind=ImportedAs.NEW).order_by("person_id", "completed_on", "row")
    written = 0
    for some in _parts(lines.iterator(chunk_size=AT_ONCE)):
        compare(some)
        learned = list(_learned(some, held.organisation_id))
        written += len(write_records(learned=learned, by=held.applied_by, now=now))
    _move(held, "apply", written=written, applied_at=now)


def give_up_applying(payload: Mapping[str, Any], now: datetime) -> None:
    """Give a file back that could not be applied, to be tried again; ``on_parked``."""
    held = TrainingImport.objects.select_for_update(of=("self",)).get(pk=payload["import_id"])
    sentence = _("We tried several times and could not apply it. Nothing was recorded. Try again.")
    _move(held, "give_back", reason=sentence)


def _learned(lines: list[TrainingImportLine], organisation_id: int) -> Iterator[Learned]:
    """What is still new, under a key that says number, level, day and end: an end that the staff
    record has put right is another key, and so is one that it puts back."""
    held: dict[tuple[int, int, date], int] = {}
    known = SubjectRecord.objects.filter(
        person_id__in=[line.person_id for line in lines if line.person_id],
        level_id__in=[line.level_id for line in lines if line.level_id],
    )
    for fact in known.values_list("person_id", "level_id", "completed_on"):
        held[fact] = held.get(fact, 0) + 1
    for line in lines:
        if line.kind != ImportedAs.NEW or not line.person_id or not line.level_id:
            continue
        day = line.completed_on
        if day is None:
            continue
        before = held.get((line.person_id, line.level_id, day), 0)
        yield Learned(
            person_id=line.person_id,
            level_id=line.level_id,
            completed_on=day,
            source=RecordSource.IMPORT,
            source_key=f"esr:{line.number}:{day}:{line.expires_on or line.ends}:{before}",
            organisation_id=organisation_id,
            until=None if line.ends == Ends.RULES else Until(line.expires_on),
        )


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """``rows`` in the parts that are dealt with at once."""
    waiting = iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        yield some


def _move(held: TrainingImport, step: str, **fields: Any) -> None:
    held.state = TRAINING_IMPORT_WORKFLOW.target(step, current=held.state)
    for name, value in fields.items():
        setattr(held, name, value)
    held.save(update_fields=["state", *fields])
