"""Files of results, and what they say, as tests need them."""

import csv
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from courses.models import AssessmentResult, Enrolment, ResultFile, ResultKind, ResultLine
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW
from tests.factories.imports import SentAgain

HEADINGS = ("Place number", "Family name", "Result in per cent", "Passed or not passed")
HEADINGS = (*HEADINGS, "Assessed on")


def told(enrolment: Enrolment, score: Any = "", judgement: Any = "", day: Any = "") -> tuple:
    """A row below ``HEADINGS``."""
    return (str(enrolment.pk), enrolment.person.family_name, score, judgement, day)


def csv_of(*rows: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode()


def xlsx_of(*rows: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    workbook = Workbook()
    for cells in (headings, *rows):
        workbook.active.append(cells)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def sent_results(enrolment: Enrolment) -> SimpleUploadedFile:
    """A file with one result, as a browser sends it."""
    return SentAgain("results.csv", csv_of(told(enrolment, "65")), "text/csv")


def result_file(enrolment: Enrolment, **fields: Any) -> ResultFile:
    """One that says a result of ``enrolment``, and was not applied."""
    file = ResultFile.objects.create(
        session=enrolment.session,
        file_name=fields.pop("file_name", "results.csv"),
        checksum="0" * 64,
        row_count=1,
        uploaded_at=NOW,
        uploaded_by=fields.pop("by", None) or PersonFactory(),
        **fields,
    )
    ResultLine.objects.create(file=file, row=2, kind=ResultKind.NEW, enrolment=enrolment, score=65)
    return file


def found(enrolment: Enrolment, score: Any = None, judgement: str = "") -> AssessmentResult:
    """A result that stands, with the file that brought it."""
    by = PersonFactory()
    file = result_file(enrolment, by=by, state="APPLIED", applied_by=by, applied_at=NOW, written=1)
    return AssessmentResult.objects.create(
        enrolment=enrolment, file=file, score=score, judgement=judgement, recorded_at=NOW
    )
