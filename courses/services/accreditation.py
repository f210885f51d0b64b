"""Entering what accredits something, and having it renewed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, Person
from accounts.models.dated import Days
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date, long_date
from common.errors import Conflict, Forbidden
from courses.models import (
    RENEWAL_WORKFLOW,
    Accreditation,
    AccreditationRenewal,
    Body,
    Offering,
    Programme,
    RenewalState,
)
from courses.policies.accreditation import may_keep_accreditation

RULE = "may_keep_accreditation"
VERBS = {
    "submit": "submit_renewal",
    "send_back": "send_back_renewal",
    "grant": "grant_renewal",
    "refuse": "refuse_renewal",
    "let_go": "let_go_renewal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccreditationTerms:
    """What a body grants: level, credits, its reference, from a day to a day."""

    days: Days
    level: str = ""
    credits: int | None = None
    credit_scheme: str = ""
    reference: str = ""

    def columns(self) -> dict[str, Any]:
        return {
            "starts_on": self.days.starts_on,
            "ends_on": self.days.ends_on,
            "level": self.level,
            "credits": self.credits,
            "credit_scheme": self.credit_scheme,
            "reference": self.reference,
        }


@transaction.atomic
def accredit(
    *,
    of: Programme | Offering | Organisation,
    body: Body,
    terms: AccreditationTerms,
    by: Actor,
    now: datetime,
) -> Accreditation:
    """Enter that ``body`` accredits a programme, an offering or a provider.

    Refuses: ``may_not_keep_accreditation``, ``days_out_of_order``, ``credits_without_scheme``,
    ``accredited_already``.
    """
    row = Accreditation(body=body, **{_column(of): of}, **terms.columns())
    _refuse_unless_keeps(row, by=by, now=now)
    _enter(row)
    _record(row, verb="accredit", by=by, now=now)
    return row


@transaction.atomic
def start_renewal(
    *, accreditation: Accreditation, due_on: date, by: Person, now: datetime
) -> AccreditationRenewal:
    """Begin to have an accreditation renewed; whoever begins works on it.

    Refuses: ``may_not_keep_accreditation``, ``never_ends``, ``renewal_open``, ``due_in_the_past``.
    """
    row = Accreditation.objects.select_for_update(of=("self",)).get(pk=accreditation.pk)
    _refuse_unless_keeps(row, by=by, now=now)
    if row.ends_on is None:
        raise Conflict(
            _("This accreditation has no last day, so there is nothing to renew."),
            code="never_ends",
        )
    if row.renewals.filter(state__in=[RenewalState.PREPARING, RenewalState.SUBMITTED]).exists():
        raise Conflict(_("Somebody works on this renewal already."), code="renewal_open")
    if due_on < london_date(now):
        raise Conflict(
            _("Enter a day from today on for when it is to be sent."), code="due_in_the_past"
        )
    renewal = AccreditationRenewal.objects.create(
        accreditation=row,
        organisation_id=row.holder_id,
        worked_on_by=by,
        due_on=due_on,
        started_at=now,
    )
    _record(row, verb="start_renewal", by=by, now=now, facts={"due_on": due_on.isoformat()})
    return renewal


@transaction.atomic
def take_over_renewal(
    *, renewal: AccreditationRenewal, by: Person, now: datetime
) -> AccreditationRenewal:
    """Work on a renewal in the place of whoever did.

    Refuses: ``may_not_keep_accreditation``, ``stale_state``.
    """
    renewal = _locked(renewal, by=by, now=now)
    RENEWAL_WORKFLOW.target("let_go", current=renewal.state)
    renewal.worked_on_by = by
    renewal.save(update_fields=["worked_on_by"])
    _record(renewal.accreditation, verb="take_over_renewal", by=by, now=now)
    return renewal


@transaction.atomic
def take_renewal_step(
    *,
    renewal: AccreditationRenewal,
    step: str,
    by: Actor,
    now: datetime,
    note: str = "",
    terms: AccreditationTerms | None = None,
) -> AccreditationRenewal:
    """Move a renewal on. Granted, ``terms`` become the accreditation that follows.

    ``note`` is kept apart from the facts, for those who may read the ledger's texts. Refuses:
    ``may_not_keep_accreditation``, ``stale_state``, ``terms_missing``, ``starts_before_it_ends``,
    and what ``accredit`` refuses.
    """
    renewal = _locked(renewal, by=by, now=now)
    state = RENEWAL_WORKFLOW.target(step, current=renewal.state)
    if step == "grant":
        renewal.successor = _successor(renewal.accreditation, terms)
    renewal.state = state
    if not RENEWAL_WORKFLOW.available(current=state):
        renewal.settled_at = now
    renewal.save(update_fields=["state", "successor", "settled_at"])
    private = {"note": note} if note else {}
    _record(renewal.accreditation, verb=VERBS[step], by=by, now=now, private=private)
    return renewal


def refuse_unless_keeps_any(*, keeps: bool) -> None:
    if not keeps:
        raise Forbidden(
            _("Only learning leads and programme leads keep what is accredited."),
            code="may_not_keep_accreditation",
        )


def _successor(before: Accreditation, terms: AccreditationTerms | None) -> Accreditation:
    if terms is None:
        raise Conflict(
            _("Enter from when to when the body has accredited it."), code="terms_missing"
        )
    if before.ends_on and terms.days.starts_on <= before.ends_on:
        raise Conflict(
            _("The accreditation before lasts until %(day)s. Enter a later first day.")
            % {"day": long_date(before.ends_on)},
            code="starts_before_it_ends",
        )
    row = Accreditation(
        programme_id=before.programme_id,
        offering_id=before.offering_id,
        provider_id=before.provider_id,
        body_id=before.body_id,
        **terms.columns(),
    )
    _enter(row)
    return row


def _enter(row: Accreditation) -> None:
    if row.ends_on and row.ends_on < row.starts_on:
        raise Conflict(
            _("The last day is before the first day. Enter a later last day."),
            code="days_out_of_order",
        )
    if row.credits and not row.credit_scheme:
        raise Conflict(
            _("Enter the credit scheme that the credits belong to."), code="credits_without_scheme"
        )
    same = Accreditation.objects.during(Days(row.starts_on, row.ends_on)).filter(
        programme_id=row.programme_id,
        offering_id=row.offering_id,
        provider_id=row.provider_id,
        body_id=row.body_id,
    )
    if same.exists():
        raise Conflict(
            _("This body accredits it on some of these days already. Enter other days."),
            code="accredited_already",
        )
    row.save(force_insert=True)


def _locked(renewal: AccreditationRenewal, *, by: Actor, now: datetime) -> AccreditationRenewal:
    """The renewal under a lock, with what is accredited."""
    Accreditation.objects.select_for_update(of=("self",)).get(pk=renewal.accreditation_id)
    rows = AccreditationRenewal.objects.select_for_update(of=("self",))
    found = rows.select_related(
        "accreditation__programme", "accreditation__offering", "accreditation__body"
    ).get(pk=renewal.pk)
    _refuse_unless_keeps(found.accreditation, by=by, now=now)
    return found


def _refuse_unless_keeps(row: Accreditation, *, by: Actor, now: datetime) -> None:
    holder = row.holder_id
    at_holder = roles_at(by, holder, on=london_date(now)) if holder else frozenset()
    if not may_keep_accreditation(at_holder, has_holder=holder is not None):
        raise Forbidden(
            _("Only a learning lead or programme lead of who teaches this can do that."),
            code="may_not_keep_accreditation",
        )


def _column(of: Programme | Offering | Organisation) -> str:
    if isinstance(of, Organisation):
        return "provider"
    return "programme" if isinstance(of, Programme) else "offering"


def _record(
    row: Accreditation,
    *,
    verb: str,
    by: Actor,
    now: datetime,
    facts: dict[str, Any] | None = None,
    private: dict[str, str] | None = None,
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=row,
        rule=RULE,
        organisation_id=row.holder_id,
        facts={"body": row.body_id, **(facts or {})},
        private=private or {},
    )
