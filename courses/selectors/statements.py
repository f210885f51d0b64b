"""Statements as either side reads them, on the page, on paper, as a file and by program."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.visibility import standing
from common.dates import long_date
from courses.models import (
    SEES_MONEY,
    ChargeReason,
    Enrolment,
    Statement,
    StatementKind,
    StatementLine,
    StatementQuerySet,
)
from courses.selectors.charges import with_due
from courses.selectors.exports import ExportTable


@dataclass(frozen=True, slots=True)
class LineView:
    """One line as a reader finds it: ``person`` is named to the organisation they go for."""

    line: StatementLine
    person: str


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement as one reader finds it; the page, the PDF and the file are made from it."""

    statement: Statement
    title: str
    lines: tuple[LineView, ...]
    total_pence: int
    names_people: bool


def statements_read_by(actor: Actor, *, on: date) -> StatementQuerySet:
    """Statements that ``actor`` sees, the latest first, with their totals and places counted."""
    rows = with_totals(Statement.objects.visible_to(actor, on=on))
    return rows.order_by("-drafted_at", "-pk")


def with_totals(rows: StatementQuerySet) -> StatementQuerySet:
    """Annotate ``total_pence`` and ``places``; a credit note has them as they were charged."""
    lines = StatementLine.objects.filter(statement=OuterRef("pk")).order_by()
    grouped = lines.values("statement")
    total = grouped.annotate(total=Sum("pence")).values("total")
    count = grouped.annotate(count=Count("pk")).values("count")
    return rows.annotate(
        total_pence=Coalesce(Subquery(total, output_field=BigIntegerField()), 0),
        places=Coalesce(Subquery(count), 0),
    ).select_related("host", "payer", "corrects__host")


def charges_for(actor: Actor, *, on: date) -> QuerySet[Organisation]:
    """The organisations in whose name ``actor`` charges, by name."""
    reach = standing(actor, on=on).covered_by("LEARNING_LEAD")
    return Organisation.objects.filter(reach.within("pk")).order_by("name", "pk")


def to_be_charged(host_id: int, *, first: date, last: date) -> Any:
    """Places of people of other organisations on sessions of the host between two days that cost
    something and are not charged yet, with ``due_pence`` and ``charge_reason``."""
    charged = StatementLine.objects.filter(corrects__isnull=True, is_credited=False)
    rows = Enrolment.objects.filter(session__offering__host_id=host_id, price_pence__gt=0)
    rows = rows.exclude(organisation_id=host_id).exclude(
        pk__in=charged.filter(enrolment__isnull=False).values("enrolment")
    )
    due = with_due(rows).filter(session_day__range=(first, last), due_pence__gt=0)
    why = Case(
        When(state="ABSENT", then=Value(ChargeReason.MISSED)),
        When(state="WITHDRAWN", then=Value(ChargeReason.LATE)),
        default=Value(ChargeReason.USED),
        output_field=CharField(),
    )
    return due.annotate(charge_reason=why).order_by("organisation_id", "session_day", "pk")


def statement_view(statement: Statement, *, actor: Actor, on: date) -> StatementView:
    """What ``actor`` reads of a statement they see: names only for whom the payer sends."""
    covered = standing(actor, on=on).covered_by(*SEES_MONEY)
    names_people = actor.actor_kind == "person" and statement.payer_id in covered
    rows = statement.lines.order_by("session_on", "reference", "pk")
    rows = rows.select_related("enrolment__person") if names_people else rows
    lines = tuple(LineView(line, _name(line) if names_people else "") for line in rows)
    return StatementView(
        statement=statement,
        title=_title(statement),
        lines=lines,
        total_pence=sum(row.line.pence for row in lines),
        names_people=names_people,
    )


def statement_table(view: StatementView) -> ExportTable:
    """A statement for a spreadsheet; amounts in pounds as numbers, those of a credit negative."""
    headings = [_("Reference"), _("Course"), _("Session on"), _("Why")]
    headings += [_("Price in pounds"), _("Amount in pounds")]
    if view.names_people:
        headings.insert(1, _("Person"))
    return ExportTable(view.title, headings, _cells(view))


def _cells(view: StatementView) -> Iterator[list[str | float]]:
    sign = -1 if view.statement.kind == StatementKind.CREDIT else 1
    for row in view.lines:
        line = row.line
        named: list[str | float] = [row.person] if view.names_people else []
        yield [
            line.reference,
            *named,
            line.programme,
            long_date(line.session_on),
            line.get_reason_display(),
            line.price_pence / 100,
            sign * line.pence / 100,
        ]


def _name(line: StatementLine) -> str:
    return line.enrolment.person.full_name if line.enrolment else _("No longer kept")


def _title(statement: Statement) -> str:
    words = {"reference": statement.reference}
    if not statement.number:
        return _("Draft statement of charges")
    if statement.kind == StatementKind.CREDIT:
        return _("Credit note %(reference)s") % words
    return _("Statement of charges %(reference)s") % words
