"""Funds as their keepers read them: what each has left, and what was committed of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Organisation, Person, Role
from accounts.scope import lifted
from accounts.visibility import members_of, standing
from common.charts import BarRow, Bars, bars
from common.dates import london_date, long_date
from common.text import pounds
from courses.models import Commitment, Enrolment, Fund, FundKind, MoneyRule, Programme
from courses.selectors.exports import Cell, ExportTable

READER = SystemJob("courses.read_commitments", organisation_ids=None)


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """One commitment as a reader finds it; ``person`` is named to whoever may see the place."""

    commitment: Commitment
    person: str
    programme: str
    starts_on: date | None
    why: str


def funds_read_by(actor: Actor, *, on: date, all_years: bool) -> QuerySet[Fund]:
    """Funds that ``actor`` sees, those in force on ``on`` unless all are asked for."""
    rows = Fund.objects.visible_to(actor, on=on).select_related("organisation", "holder")
    rows = rows.with_owed()
    rows = rows if all_years else rows.on(on)
    return rows.order_by("organisation__name", "-starts_on", "title", "pk")


def keeps_money_in(actor: Actor, *, on: date) -> QuerySet[Organisation]:
    """The organisations whose funds ``actor`` keeps, by name."""
    reach = standing(actor, on=on).covered_by(Role.LEARNING_LEAD)
    return Organisation.objects.filter(reach.within("pk")).order_by("name", "pk")


def rules_read_by(actor: Actor, *, on: date) -> QuerySet[MoneyRule]:
    """The rules in force on ``on`` and to come, of organisations ``actor`` belongs to or covers."""
    rows = MoneyRule.objects.visible_to(actor, on=on).from_day_on(on)
    return rows.select_related("organisation").order_by("organisation__name", "starts_on", "pk")


def commitments_of(fund: Fund) -> QuerySet[Commitment]:
    """What was committed of ``fund``, the latest first; ``told_commitments`` says for what."""
    return Commitment.objects.filter(fund=fund).order_by("-reserved_at", "-pk")


def told_commitments(
    commitments: Iterable[Commitment], *, actor: Actor, on: date
) -> list[CommitmentRow]:
    """``commitments`` of a fund that ``actor`` may read, with the names that they may know, in a
    constant number of statements.

    A fund pays for other organisations too: by whose rule, and for which course, its reader may
    know; who it was is for those who may see the place.
    """
    ids = [row.pk for row in commitments]
    with lifted(READER):
        rows = Commitment.objects.select_related(
            "rule", "enrolment__person", "enrolment__session__offering__programme"
        ).in_bulk(ids)
    held = [rows[pk] for pk in ids]
    places = [row.enrolment_id for row in held if row.enrolment_id]
    seen = set(
        Enrolment.objects.visible_to(actor, on=on)
        .filter(pk__in=places)
        .values_list("pk", flat=True)
    )
    passed = {fund["fund"] for row in held for fund in row.passed_over}
    titles = dict(Fund.objects.filter(pk__in=passed).values_list("pk", "title"))
    return [_told(row, is_seen=row.enrolment_id in seen, titles=titles) for row in held]


def fund_chart(fund: Fund) -> Bars:
    """Reserved, spent and left of the budget, on one scale."""
    parts = (
        (_("Reserved"), fund.reserved_pence),
        (_("Spent"), fund.spent_pence),
        (_("Left"), fund.left),
    )
    rows = [BarRow(label, pence, pounds(pence)) for label, pence in parts]
    return bars(rows, maximum=fund.amount_pence)


def commitment_table(fund: Fund, rows: Sequence[CommitmentRow]) -> ExportTable:
    """The commitments of ``fund`` for a spreadsheet; amounts in pounds, as numbers."""
    headings = (
        *(_("Person"), _("Course"), _("Session on"), _("Reserved in pounds")),
        *(_("Spent in pounds"), _("Owed in pounds"), _("State"), _("Why this fund")),
    )
    return ExportTable(fund.title, headings, [_cells(row) for row in rows])


def member_by_email(email: str, *, organisation: Organisation, on: date) -> Person | None:
    """Who belongs to ``organisation`` on ``on`` and signs in with ``email``."""
    here = members_of(frozenset({organisation.pk}), on=on)
    return Person.objects.filter(here, email__iexact=email, is_active=True).first()


def programmes_with_codes(codes: Sequence[str], *, actor: Actor, on: date) -> dict[str, Programme]:
    """The programmes of the catalogue with these codes, in capitals or not, by their code in
    capitals."""
    if not codes:
        return {}
    rows = Programme.objects.visible_to(actor, on=on).filter(
        code__in={variant for code in codes for variant in (code, code.upper())}
    )
    return {programme.code.upper(): programme for programme in rows.order_by("code")}


def kinds_in_words(kinds: Iterable[str]) -> list[str]:
    return [str(FundKind(kind).label) for kind in kinds]


def _told(row: Commitment, *, is_seen: bool, titles: dict[int, str]) -> CommitmentRow:
    place = row.enrolment
    person = place.person.full_name if place and is_seen else _("Not shown to you")
    return CommitmentRow(
        commitment=row,
        person=person if place else _("No longer kept"),
        programme=place.session.offering.programme.title if place else "",
        starts_on=london_date(place.session.starts_at) if place else None,
        why=_why(row, titles),
    )


def _why(row: Commitment, titles: dict[int, Any]) -> str:
    words = {"day": long_date(row.rule.starts_on)}
    if not row.passed_over:
        return _("First by the rule from %(day)s.") % words
    short = ", ".join(
        _("%(fund)s had %(left)s left")
        % {"fund": titles.get(one["fund"], _("Another fund")), "left": pounds(one["left"])}
        for one in row.passed_over
    )
    return _("By the rule from %(day)s: %(short)s.") % {**words, "short": short}


def _cells(row: CommitmentRow) -> tuple[Cell, ...]:
    held = row.commitment
    day = long_date(row.starts_on) if row.starts_on else ""
    return (
        *(row.person, row.programme, day, held.pence / 100, held.spent_pence / 100),
        *(held.owed_pence / 100, held.get_state_display(), row.why),
    )
