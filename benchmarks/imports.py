"""Files of 5,000 rows: read and checked against a draft, applied, and checked again."""

from collections.abc import Callable
from datetime import date, datetime
from time import perf_counter
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import run_as
from benchmarks.row import Row
from pathways.models import Collaborator, Framework, FrameworkVersion, Level, Scale
from pathways.selectors.workbooks.columns import columns_for, level_field
from pathways.selectors.workbooks.sheets import read_sheet
from pathways.selectors.workbooks.tables import Table
from pathways.selectors.workbooks.writing import as_csv, as_xlsx
from pathways.services.imports import Upload, apply_import, check_file

ROWS = 5_000
PER_DOMAIN = 50
RANKS = (1, 2, 3, 4)
AIM = 5.0
Found = TypeVar("Found")


def run() -> list[Row]:
    with run_as(SystemJob("benchmarks.imports", organisation_ids=None)):
        rows = _rows(timezone.now())
        transaction.set_rollback(True)
    return rows


def _rows(now: datetime) -> list[Row]:
    author = Person.objects.create(given_name="Amara", family_name="Bench")
    version = _draft(author, on=now.date())
    csv_file, xlsx_file = as_csv(_table("Plans")), as_xlsx(_table("Plans"))
    changed = as_csv(_table("Plans ahead"))

    def check(content: bytes) -> Callable[[], object]:
        upload = Upload("framework", content)
        return lambda: check_file(version=version, file=upload, by=author, now=now)

    read_csv, _sheet = _timed(lambda: read_sheet(csv_file))
    read_xlsx, _sheet = _timed(lambda: read_sheet(xlsx_file))
    new_csv, imported = _timed(
        lambda: check_file(version=version, file=Upload("f", csv_file), by=author, now=now)
    )
    new_xlsx, _again = _timed(check(xlsx_file))
    applied, _done = _timed(lambda: apply_import(imported=imported, by=author, now=now))
    again, _again = _timed(check(changed))
    told = f"{ROWS:,} rows with {len(RANKS)} levels"
    return [
        _row(f"A CSV file of {told} checked against an empty draft", new_csv, read_csv),
        _row(f"A workbook of {told} checked against an empty draft", new_xlsx, read_xlsx),
        _row("The CSV file with every title changed, against the full draft", again, read_csv),
        Row(f"The CSV file of {told} applied", f"{applied:.1f} s", "", None),
    ]


def _row(name: str, seconds: float, read: float) -> Row:
    return Row(f"{name} (aim {AIM:.0f} s)", f"{seconds:.2f} s", f"read: {read:.2f} s", None)


def _timed(work: Callable[[], Found]) -> tuple[float, Found]:
    began = perf_counter()
    found = work()
    return perf_counter() - began, found


def _draft(author: Person, *, on: date) -> FrameworkVersion:
    framework = Framework.objects.create(code="BENCH-IMPORTS", title="Imports measured")
    scale = Scale.objects.create(code="BENCH-IMPORTS", title="How often")
    Level.objects.bulk_create(
        Level(scale=scale, rank=rank, label=f"Level {rank}") for rank in RANKS
    )
    Collaborator.objects.create(framework=framework, person=author, part="AUTHOR", starts_on=on)
    return FrameworkVersion.objects.create(
        framework=framework, label="Draft", scale=scale, valid_from=on
    )


def _table(words: str) -> Table:
    columns = columns_for(RANKS)
    rows = []
    for number in range(ROWS):
        domain = number // PER_DOMAIN
        cells = {
            "domain_code": str(domain),
            "domain_title": f"Domain {domain}",
            "code": f"{domain}.{number % PER_DOMAIN}",
            "title": f"{words} the work of team {number}",
            "summary": "Sees what is coming and says so before it is there.",
        }
        for rank in RANKS:
            cells[level_field(rank, "text")] = f"Plans {rank} weeks ahead with the team."
            cells[level_field(rank, "indicators")] = f"The rota of {number} is out\nLeave is agreed"
        rows.append(tuple(cells.get(column.name, "") for column in columns))
    return Table("bench", columns, tuple(rows))
