"""People and assignments as the API lists them: flat rows, read in one statement."""

from datetime import date
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from accounts.actors import Actor
from accounts.models import Assignment, Person, ReportingKind, ReportingLine

PERSON_FIELDS = ("id", "given_name", "family_name", "email", "is_active")
ASSIGNMENT_FIELDS = (
    "id",
    "person_id",
    "employee_number",
    "wte",
    "starts_on",
    "ends_on",
    "organisation_code",
    "organisation_name",
    "post_title",
    "unit_name",
    "pay_system",
    "band",
    "staff_group",
    "is_management",
    "line_manager_id",
    "supervisor_id",
)


def person_rows(actor: Actor, *, on: date) -> QuerySet[Any, dict[str, Any]]:
    """Visible people as dicts of ``PERSON_FIELDS``."""
    return Person.objects.visible_to(actor, on=on).values(*PERSON_FIELDS)


def _manager(kind: str, *, on: date) -> Subquery:
    lines = ReportingLine.objects.on(on).filter(assignment=OuterRef("pk"), kind=kind)
    return Subquery(lines.values("manager_id")[:1])


def assignment_rows(actor: Actor, *, on: date, in_force_on: date) -> QuerySet[Any, dict[str, Any]]:
    """Assignments visible on ``on`` and in force on ``in_force_on``, as ``ASSIGNMENT_FIELDS``.

    Line manager and supervisor are two facts and may differ.
    """
    rows = Assignment.objects.visible_to(actor, on=on).on(in_force_on)
    return rows.annotate(
        organisation_code=F("organisation__ods_code"),
        organisation_name=F("organisation__name"),
        post_title=F("post__title"),
        unit_name=F("post__unit__name"),
        pay_system=F("post__pay_system"),
        band=F("post__band"),
        staff_group=F("post__staff_group"),
        is_management=F("post__is_management"),
        line_manager_id=_manager(ReportingKind.LINE_MANAGER, on=in_force_on),
        supervisor_id=_manager(ReportingKind.SUPERVISOR, on=in_force_on),
    ).values(*ASSIGNMENT_FIELDS)
