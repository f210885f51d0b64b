"""The line manager of record of an appraisal, and the appraisals that are with somebody else."""

from datetime import date

from django.db.models import F, OuterRef, Subquery

from accounts.models import Person, ReportingKind, ReportingLine
from appraisals.models import Appraisal


def line_manager_of_record(appraisal: Appraisal, *, on: date) -> Person | None:
    """Who line-manages the assignment the appraisal is about, on ``on``."""
    line = (
        ReportingLine.objects.on(on)
        .filter(assignment_id=appraisal.assignment_id, kind=ReportingKind.LINE_MANAGER)
        .select_related("manager")
        .first()
    )
    return line.manager if line else None


def misplaced(*, on: date) -> list[tuple[Appraisal, Person]]:
    """Open appraisals whose line manager of record on ``on`` is not the appraiser, each with that
    line manager; two queries."""
    lines = ReportingLine.objects.on(on).filter(
        assignment_id=OuterRef("assignment_id"), kind=ReportingKind.LINE_MANAGER
    )
    rows = (
        Appraisal.objects.not_signed()
        .annotate(manager_of_record=Subquery(lines.values("manager_id")[:1]))
        .filter(manager_of_record__isnull=False)
        .exclude(manager_of_record=F("appraiser_id"))
        .exclude(manager_of_record=F("subject_id"))
        .order_by("pk")
    )
    found = list(rows)
    managers = Person.objects.in_bulk([row.manager_of_record for row in found])
    return [(row, managers[row.manager_of_record]) for row in found]
