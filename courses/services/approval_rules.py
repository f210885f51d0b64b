"""Writing an organisation's rule for requests: from a day on, never over an older one."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import ApprovalRule, Asked, OnSilence
from courses.policies.approvals import may_keep_approval_rule


@dataclass(frozen=True, slots=True)
class Terms:
    """What an organisation says about requests."""

    working_days: int
    on_silence: OnSilence
    refusal_months: int
    unasked_up_to_pence: int | None = None
    second_above_pence: int | None = None
    second_approver: Asked | str = ""


@transaction.atomic
def set_rule(
    *, organisation: Organisation, terms: Terms, starts_on: date, by: Actor, now: datetime
) -> ApprovalRule:
    """Let ``terms`` hold from ``starts_on`` on; the rule before ends the day before, and stays to
    be read. Requests that wait keep what their people were told.

    Refuses: ``may_not_keep_rule``, ``rule_in_the_past``, ``rule_begins_already``,
    ``terms_contradict``.
    """
    refuse_unless_may_keep(organisation, by=by, now=now)
    # One at a time writes the rules of an organisation.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    _refuse_what_cannot_hold(terms, starts_on, today=london_date(now))
    rules = ApprovalRule.objects.filter(organisation=organisation)
    if rules.filter(starts_on__gte=starts_on).exists():
        raise Conflict(
            _("A rule begins on that day or later already. Choose a day after it."),
            code="rule_begins_already",
        )
    rules.on(starts_on).update(ends_on=starts_on - timedelta(days=1))
    rule = ApprovalRule.objects.create(
        organisation=organisation, starts_on=starts_on, **asdict(terms)
    )
    record(
        by=by,
        now=now,
        verb="set_approval_rule",
        about=rule,
        rule="may_keep_approval_rule",
        organisation_id=organisation.pk,
        facts={"from": starts_on.isoformat(), **_facts(terms)},
    )
    return rule


def refuse_unless_may_keep(organisation: Organisation, *, by: Actor, now: datetime) -> None:
    if not may_keep_approval_rule(roles_at(by, organisation.pk, on=london_date(now))):
        raise Forbidden(
            _("Only a learning lead or administrator of the organisation can do this."),
            code="may_not_keep_rule",
        )


def _refuse_what_cannot_hold(terms: Terms, starts_on: date, *, today: date) -> None:
    if starts_on < today:
        raise Conflict(_("A rule begins today or later."), code="rule_in_the_past")
    first, second = terms.unasked_up_to_pence, terms.second_above_pence
    if (second is None) == bool(terms.second_approver):
        raise Conflict(
            _("A second approver needs a price, and a price needs a second approver."),
            code="terms_contradict",
        )
    if first is not None and second is not None and second < first:
        raise Conflict(
            _("A second approver is asked above the price up to which nobody is."),
            code="terms_contradict",
        )


def _facts(terms: Terms) -> dict[str, object]:
    return {name: value if value is None else str(value) for name, value in asdict(terms).items()}
