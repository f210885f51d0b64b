"""Charging other organisations for places: drafting, issuing, and putting right by credit note."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby, islice

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.models import Organisation, Person, RoleGrant
from accounts.scope import lifted
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date, long_date
from common.errors import Conflict, Forbidden
from courses.models import (
    Enrolment,
    Statement,
    StatementKind,
    StatementLine,
    StatementState,
)
from courses.policies.statements import may_charge
from courses.selectors.statements import to_be_charged
from notifications.services.notices import notify

CHARGING = SystemJob("courses.charging", organisation_ids=None)
_BATCH = 2_000


@transaction.atomic
def draft_statements(
    *, host: Organisation, first: date, last: date, by: Person, now: datetime
) -> list[Statement]:
    """Draft what ``host`` charges each other organisation for sessions between two days. Places
    that are charged already are left out.

    Drafts of these days, or of some of them, are discarded and made anew; nothing is returned where
    that leaves nothing to charge.
    Refuses: ``may_not_charge``, ``days_not_in_order``, ``not_over_yet``, ``nothing_to_charge``.
    """
    # Two who draft at once queue here.
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=host.pk)
    _refuse_unless_charges(host.pk, by=by, now=now)
    _refuse_days_out_of_order(first, last, now=now)
    # What is charged is decided by rows of other organisations, which the host counts here.
    with lifted(CHARGING):
        is_anew = _discard(host, first=first, last=last, by=by, now=now)
        made = _draft(host, first=first, last=last, now=now)
    if not made and not is_anew:
        raise Conflict(
            _("No place of another organisation is left to be charged on these days."),
            code="nothing_to_charge",
        )
    for statement in made:
        _record(statement, verb="draft_statement", by=by, now=now, facts={})
    return made


@transaction.atomic
def issue_statement(*, statement: Statement, by: Person, now: datetime) -> Statement:
    """Give a draft the next number of the organisation that charges, and freeze it; who is charged
    is told.

    Refuses: ``may_not_charge``, ``stale_state``.
    """
    statement = _locked(statement, by=by, now=now)
    if statement.state != StatementState.DRAFT:
        raise Conflict(_("This statement has been issued already."), code="stale_state")
    _issue(statement, by=by, now=now)
    _record(statement, verb="issue_statement", by=by, now=now, facts={"number": statement.number})
    _tell_payer(statement, now=now)
    return statement


@transaction.atomic
def credit(
    *, statement: Statement, line_ids: set[int], reason: str, by: Person, now: datetime
) -> Statement:
    """Take lines of an issued statement back by a credit note, which is issued at once. What is
    due for these places can be charged anew.

    Refuses: ``may_not_charge``, ``not_issued``, ``nothing_chosen``, ``reason_missing``,
    ``already_credited``.
    """
    statement = _locked(statement, by=by, now=now)
    if statement.state != StatementState.ISSUED or statement.kind != StatementKind.CHARGE:
        raise Conflict(_("Only issued statements of charges are credited."), code="not_issued")
    if not line_ids:
        raise Conflict(_("Select the lines to credit."), code="nothing_chosen")
    if not reason.strip():
        raise Conflict(_("Enter why they are credited."), code="reason_missing")
    lines = list(statement.lines.filter(pk__in=line_ids, is_credited=False).order_by("pk"))
    if {line.pk for line in lines} != line_ids:
        raise Conflict(
            _("A line you selected has been credited already. Load the page again."),
            code="already_credited",
        )
    note = _credit_note(statement, lines, reason=reason, by=by, now=now)
    facts = {"number": note.number, "corrects": statement.pk, "lines": sorted(line_ids)}
    _record(note, verb="credit_statement", by=by, now=now, facts=facts)
    _tell_payer(note, now=now)
    return note


def _discard(host: Organisation, *, first: date, last: date, by: Person, now: datetime) -> bool:
    """Discard drafts of days from ``first`` to ``last``; whether there were any."""
    drafts = Statement.objects.filter(host=host, starts_on__gte=first, ends_on__lte=last)
    drafts = drafts.filter(state=StatementState.DRAFT, kind=StatementKind.CHARGE)
    gone = list(drafts.order_by("pk"))
    for statement in gone:
        _record(statement, verb="discard_statement", by=by, now=now, facts={})
    drafts.delete()
    return bool(gone)


def _draft(host: Organisation, *, first: date, last: date, now: datetime) -> list[Statement]:
    made = []
    due = to_be_charged(host.pk, first=first, last=last).select_related("session__offering")
    rows = due.select_related("session__offering__programme").iterator(chunk_size=_BATCH)
    for payer_id, places in groupby(rows, key=lambda place: int(place.organisation_id)):
        statement = Statement.objects.create(
            host=host, payer_id=payer_id, starts_on=first, ends_on=last, drafted_at=now
        )
        made.append(statement)
        while batch := [line_of(statement, place) for place in islice(places, _BATCH)]:
            StatementLine.objects.bulk_create(batch)
    return made


def line_of(statement: Statement, place: Enrolment) -> StatementLine:
    """The unsaved line of a place from ``to_be_charged``, as it is charged now."""
    return StatementLine(
        statement=statement,
        enrolment=place,
        reference=f"E{place.pk}",
        programme=place.session.offering.programme.title,
        session_on=london_date(place.session.starts_at),
        reason=place.charge_reason,  # type: ignore[attr-defined]
        price_pence=place.price_pence,
        pence=place.due_pence,  # type: ignore[attr-defined]
    )


def _credit_note(
    statement: Statement, lines: list[StatementLine], *, reason: str, by: Person, now: datetime
) -> Statement:
    note = Statement.objects.create(
        host_id=statement.host_id,
        payer_id=statement.payer_id,
        kind=StatementKind.CREDIT,
        corrects=statement,
        reason=reason,
        starts_on=statement.starts_on,
        ends_on=statement.ends_on,
        drafted_at=now,
    )
    StatementLine.objects.bulk_create(_credited(note, lines))
    _issue(note, by=by, now=now)
    return note


def _credited(note: Statement, lines: list[StatementLine]) -> Iterator[StatementLine]:
    for line in lines:
        yield StatementLine(
            statement=note,
            corrects=line,
            enrolment_id=line.enrolment_id,
            reference=line.reference,
            programme=line.programme,
            session_on=line.session_on,
            reason=line.reason,
            price_pence=line.price_pence,
            pence=line.pence,
        )


def _locked(statement: Statement, *, by: Person, now: datetime) -> Statement:
    # Numbers follow each other without a gap, so whoever else issues for the same host waits.
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=statement.host_id)
    _refuse_unless_charges(statement.host_id, by=by, now=now)
    rows = Statement.objects.select_for_update(of=("self",)).select_related("host", "payer")
    return rows.get(pk=statement.pk)


def _issue(statement: Statement, *, by: Person, now: datetime) -> None:
    last = Statement.objects.filter(host_id=statement.host_id).aggregate(last=Max("number"))["last"]
    statement.number = (last or 0) + 1
    statement.state, statement.issued_at, statement.issued_by = StatementState.ISSUED, now, by
    statement.save(update_fields=["number", "state", "issued_at", "issued_by"])


def _tell_payer(statement: Statement, *, now: datetime) -> None:
    with lifted(CHARGING):
        leads = RoleGrant.objects.on(london_date(now)).filter(
            role="LEARNING_LEAD", organisation_id=statement.payer_id
        )
        people = Person.objects.filter(pk__in=leads.values("person_id"), is_active=True)
        for recipient in people.order_by("pk"):
            notify(
                recipient=recipient,
                rule="courses.statement_issued",
                subject_key=f"statement:{statement.pk}",
                url=reverse("courses:statement_show", args=[statement.pk]),
                now=now,
                facts={
                    "host": statement.host.name,
                    "reference": statement.reference,
                    "is_credit": statement.kind == StatementKind.CREDIT,
                },
            )


def _refuse_unless_charges(host_id: int, *, by: Person, now: datetime) -> None:
    if not may_charge(roles_at(by, host_id, on=london_date(now))):
        raise Forbidden(
            _("Only a learning lead of the organisation that charges can do this."),
            code="may_not_charge",
        )


def _refuse_days_out_of_order(first: date, last: date, *, now: datetime) -> None:
    if last < first:
        raise Conflict(_("The last day cannot be before the first."), code="days_not_in_order")
    if last > london_date(now):
        raise Conflict(
            _("What is charged is known once the days are over. Enter %(day)s or an earlier day.")
            % {"day": long_date(london_date(now))},
            code="not_over_yet",
        )


def _record(
    statement: Statement, *, verb: str, by: Person, now: datetime, facts: Mapping[str, object]
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=statement,
        rule="may_charge",
        organisation_id=statement.host_id,
        facts={"payer": statement.payer_id, **facts},
    )
