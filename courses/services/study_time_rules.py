"""Saying by what owed time is measured, and what an hour of cover costs, from a day on."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.models.dated import DatedQuerySet
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import BackfillRate, StudyTimeRule
from courses.policies.study_time import may_keep_time_rules
from courses.selectors.study_time_rules import Days


@transaction.atomic
def keep_time_rule(
    *, organisation: Organisation, days: Days, starts_on: date, by: Actor, now: datetime
) -> StudyTimeRule:
    """From ``starts_on`` on owed time is measured by ``days``; what held before ends the day
    before.

    Refuses: ``may_not_keep_time_rules``, ``day_in_the_past``, ``days_out_of_order``.
    """
    _refuse_unless_may(organisation, by=by, now=now)
    _refuse_past(starts_on, now=now)
    if not 1 <= days.remind < days.escalate <= 365:
        raise Conflict(
            _("The line manager is reminded first, and theirs is told later, within a year."),
            code="days_out_of_order",
        )
    given = {"organisation": organisation}
    _end_before(StudyTimeRule.objects.filter(**given), starts_on)
    rule = StudyTimeRule.objects.create(
        **given, starts_on=starts_on, remind_days=days.remind, escalate_days=days.escalate
    )
    facts = {"remind_days": days.remind, "escalate_days": days.escalate}
    _record(rule, "keep_time_rule", facts, by=by, now=now)
    return rule


@transaction.atomic
def keep_backfill_rate(*, rate: BackfillRate, by: Actor, now: datetime) -> BackfillRate:
    """``rate`` (unsaved) is what an hour of cover for its band costs from its first day on.

    Refuses: ``may_not_keep_time_rules``, ``day_in_the_past``.
    """
    _refuse_unless_may(rate.organisation, by=by, now=now)
    _refuse_past(rate.starts_on, now=now)
    rows = BackfillRate.objects.filter(organisation=rate.organisation, band=rate.band)
    _end_before(rows, rate.starts_on)
    rate.save(force_insert=True)
    facts = {"band": rate.band, "pence_per_hour": rate.pence_per_hour}
    _record(rate, "keep_backfill_rate", facts, by=by, now=now)
    return rate


def _end_before(rows: DatedQuerySet, day: date) -> None:
    """What is in force on ``day`` ends the day before, and what was to come never comes."""
    held = rows.select_for_update().from_day_on(day)
    held.filter(starts_on__gte=day).delete()
    held.filter(starts_on__lt=day).update(ends_on=day - timedelta(days=1))


def _refuse_unless_may(organisation: Organisation, *, by: Actor, now: datetime) -> None:
    # Two at once would each end what held before and leave two rules: they queue here.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if not may_keep_time_rules(roles_at(by, organisation.pk, on=london_date(now))):
        raise Forbidden(
            _("Only a learning lead or HR administrator of the organisation can change this."),
            code="may_not_keep_time_rules",
        )


def _refuse_past(day: date, *, now: datetime) -> None:
    if day < london_date(now):
        raise Conflict(_("Select today or a day to come."), code="day_in_the_past")


def _record(
    row: StudyTimeRule | BackfillRate, verb: str, facts: dict[str, Any], *, by: Actor, now: datetime
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=row,
        rule="may_keep_time_rules",
        organisation_id=row.organisation_id,
        facts={**facts, "starts_on": row.starts_on.isoformat()},
    )
