"""The rules of retention, and the legal holds that stop them: a data protection officer's work."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import (
    LegalHold,
    Organisation,
    Person,
    RetentionAction,
    RetentionRule,
    RetentionStart,
)
from accounts.policies import may_keep_retention
from accounts.selectors.relations import roles_at
from accounts.selectors.retention import rules_for
from accounts.selectors.rights import organisations_ever
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """What an organisation decides about a class of records."""

    keep_months: int | None
    action: RetentionAction
    is_automatic: bool
    is_duty: bool
    is_confirmed: bool
    source: str


@transaction.atomic
def change_rule(
    *,
    organisation: Organisation,
    record_class: str,
    terms: RuleTerms,
    reason: str,
    by: Actor,
    now: datetime,
) -> RetentionRule:
    """Give ``organisation`` its own rule for a class of records, in place of the service's.

    Refuses ``Conflict`` (``not_confirmed``) a rule that runs by itself and that nobody has checked.
    """
    _may(organisation, by=by, now=now)
    if terms.is_automatic and not (terms.is_confirmed and terms.keep_months):
        raise Conflict(
            _("Only a rule with a time that was checked against its source can run by itself."),
            code="not_confirmed",
        )
    # One officer at a time changes the rules of an organisation.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    before = rules_for(organisation.pk)[record_class]
    rule = before if before.organisation_id else RetentionRule(starts=before.starts)
    rule.record_class, rule.organisation = record_class, organisation
    rule.starts = RetentionStart(before.starts)
    rule.keep_months, rule.action = terms.keep_months, terms.action
    rule.is_automatic, rule.is_duty = terms.is_automatic, terms.is_duty
    rule.is_confirmed, rule.source = terms.is_confirmed, terms.source
    was = _facts(rules_for(organisation.pk)[record_class])
    rule.version += 1
    rule.save()
    record(
        by=by,
        now=now,
        verb="change_retention_rule",
        about=rule,
        organisation_id=organisation.pk,
        rule="may_keep_retention",
        facts={"record_class": record_class, "from": was, "to": _facts(rule)},
        private={"reason": reason},
    )
    return rule


def _facts(rule: RetentionRule) -> dict[str, object]:
    return {
        "months": rule.keep_months,
        "action": str(rule.action),
        "automatic": rule.is_automatic,
        "duty": rule.is_duty,
        "confirmed": rule.is_confirmed,
    }


@transaction.atomic
def set_hold(
    *,
    organisation: Organisation,
    person: Person | None,
    reason: str,
    by: Person,
    now: datetime,
) -> LegalHold:
    """Keep everything about ``person``, or about everybody who worked in ``organisation``, until
    the hold is lifted. Refuses ``Conflict`` while one is in force, and for who is from elsewhere.
    """
    _may(organisation, by=by, now=now)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if person is not None and organisation.pk not in organisations_ever(person):
        raise Conflict(
            _("This person has never worked in your organisation."), code="never_worked_there"
        )
    if LegalHold.objects.in_force().filter(organisation=organisation, person=person).exists():
        raise Conflict(_("There is a hold already."), code="already_held")
    hold = LegalHold.objects.create(
        organisation=organisation, person=person, reason=reason, set_by=by, set_at=now
    )
    _record_hold(hold, verb="set_legal_hold", reason=reason, by=by, now=now)
    return hold


@transaction.atomic
def lift_hold(*, hold: LegalHold, by: Person, now: datetime) -> LegalHold:
    """End a hold: from now on what is due goes. Refuses ``Conflict`` when it was lifted before."""
    hold = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    _may(hold.organisation, by=by, now=now)
    if hold.lifted_at is not None:
        raise Conflict(_("This hold was lifted before."), code="already_lifted")
    hold.lifted_by, hold.lifted_at = by, now
    hold.save(update_fields=["lifted_by", "lifted_at"])
    _record_hold(hold, verb="lift_legal_hold", reason="", by=by, now=now)
    return hold


def _record_hold(hold: LegalHold, *, verb: str, reason: str, by: Person, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=hold,
        organisation_id=hold.organisation_id,
        subject_id=hold.person_id,
        rule="may_keep_retention",
        facts={"everybody": hold.person_id is None},
        private={"reason": reason} if reason else {},
    )


def _may(organisation: Organisation, *, by: Actor, now: datetime) -> None:
    if not may_keep_retention(roles_at(by, organisation.pk, on=london_date(now))):
        raise Forbidden(
            _("Only the organisation's data protection officer can decide this."),
            code="may_not_keep_retention",
        )
