"""Tables of frameworks as authors send them, and drafts that they are sent for."""

import csv
import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from pathways.models import FrameworkImport, FrameworkVersion
from pathways.services.imports import Upload, check_file
from tests.factories.authoring import DraftFactory, author_at
from tests.factories.clock import NOW

HEADINGS = (
    "Domain code",
    "Domain title",
    "Competency code",
    "Part of (code)",
    "Title",
    "Summary",
    "Level 1 description",
    "Level 1 indicators",
)
ROWS: tuple[tuple[Any, ...], ...] = (
    ("1", "Care", "1.1", "", "Plans the work", "Sees ahead.", "Plans a week.", "Rota\nLeave"),
    ("1", "", "1.2", "1.1", "Plans the leave", "", "", ""),
    ("2", "People", "2.1", "", "Listens", "", "Asks first.", ""),
)


def csv_file(*rows: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS, **style: Any) -> bytes:
    """The rows (else ``ROWS``) as CSV; ``style`` is that of ``csv.writer``, and ``encoding``."""
    encoding = style.pop("encoding", "utf-8")
    out = io.StringIO()
    writer = csv.writer(out, **style)
    writer.writerow(headings)
    writer.writerows(rows or ROWS)
    return out.getvalue().encode(encoding)


def xlsx_file(*rows: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    workbook = workbook_of(*rows, headings=headings)
    return saved(workbook)


def workbook_of(*rows: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS) -> Workbook:
    workbook = Workbook()
    workbook.active.append(headings)
    for row in rows or ROWS:
        workbook.active.append(row)
    return workbook


def saved(workbook: Workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """A workbook in which the part ``name`` is ``part``."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(out, "w") as changed:
        for other in whole.namelist():
            if other != name:
                changed.writestr(other, whole.read(other))
        changed.writestr(name, part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


class SentAgain(SimpleUploadedFile):
    """A file that can be sent more than once."""

    def read(self, *size: int) -> bytes:
        self.seek(0)
        return bytes(super().read(*size))


def sent_file() -> SimpleUploadedFile:
    return SentAgain("framework.csv", csv_file(), "text/csv")


def drafted() -> tuple[FrameworkVersion, Any]:
    """An empty draft of a trust, and somebody who writes it."""
    version = DraftFactory()
    return version, author_at(version.framework.owner)


def checked(version: FrameworkVersion, by: Any, content: bytes | None = None) -> FrameworkImport:
    """``content`` (else ``ROWS``), uploaded for ``version``."""
    upload = Upload("framework.csv", csv_file() if content is None else content)
    return check_file(version=version, file=upload, by=by, now=NOW)
