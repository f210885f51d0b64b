"""Compliance exports of the staff record, and bringing one in as a worker does."""

import csv
import io
from datetime import date
from typing import Any

from openpyxl import Workbook

from accounts.models import Organisation, Person
from courses.models import Subject, TrainingImport
from courses.services.training_imports import File, apply_training_file, check_training_file
from jobs.models import OutboxMessage
from jobs.services.outbox import deliver_message
from tests.factories.accounts import PersonFactory, employ
from tests.factories.clock import NOW
from tests.factories.compliance import level_of

HEADINGS = (
    *("Assignment Number", "Competency Name", "Expiry Date", "Date Start"),
    *("Last Updated By", "Title", "VPD"),
)
FIRE = "NHS|CSTF|Fire Safety - 2 Years|"


def row(number: str = "20000001", **cells: Any) -> tuple[Any, ...]:
    """A row below ``HEADINGS``."""
    told = {
        "Assignment Number": number,
        "Competency Name": FIRE,
        "Expiry Date": "30-Nov-2027",
        "Date Start": "30-Nov-2025",
        "Last Updated By": "",
        "Title": "",
        "VPD": "",
        **{name.replace("_", " ").title(): cell for name, cell in cells.items()},
    }
    return tuple(told["VPD" if name == "VPD" else name] for name in HEADINGS)


def csv_of(*rows: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue().encode()


def xlsx_of(*rows: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(headings)
    for cells in rows:
        sheet.append(cells)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def numbered(organisation: Organisation, number: str = "20000001", **names: str) -> Person:
    """Somebody who works for ``organisation`` under an employee number."""
    person = employ(organisation=organisation)
    for name, value in names.items():
        setattr(person, name, value)
    person.save()
    person.assignments.update(employee_number=number)
    return person


def imported_for(
    person: Person, organisation: Organisation, subject: Subject, word: str
) -> TrainingImport:
    """A file that was read and would record ``person`` as trained in ``subject``."""
    made = TrainingImport.objects.create(
        organisation=organisation,
        file_name=f"{word}.csv",
        checksum="0" * 64,
        state="CHECKED",
        uploaded_by=PersonFactory(family_name=word),
        uploaded_at=NOW,
        row_count=1,
    )
    made.lines.create(
        row=2,
        kind="NEW",
        number="20000001",
        person=person,
        level=level_of(subject),
        completed_on=date(2026, 2, 3),
    )
    return made


def work() -> None:
    """Do what waits, as a worker does."""
    waiting = OutboxMessage.objects.filter(state="WAITING", kind__startswith="courses.")
    for message_id in list(waiting.order_by("pk").values_list("pk", flat=True)):
        deliver_message(message_id=message_id, now=NOW)


def brought_in(
    organisation: Organisation, by: Person, content: bytes, *, name: str = "export.csv"
) -> TrainingImport:
    """A file that was uploaded and read."""
    made = check_training_file(organisation=organisation, file=File(name, content), by=by, now=NOW)
    work()
    made.refresh_from_db()
    return made


def applied(imported: TrainingImport, by: Person, *, leaves_out: bool = False) -> TrainingImport:
    apply_training_file(imported=imported, leaves_out_problems=leaves_out, by=by, now=NOW)
    work()
    imported.refresh_from_db()
    return imported
