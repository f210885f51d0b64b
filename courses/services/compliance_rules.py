"""What an organisation asks for, how long training counts there, and how early it is renewed."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Organisation
from accounts.scope import lifted
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from accounts.standing import in_force_sql
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import (
    RefreshPeriod,
    RenewalRule,
    Subject,
    SubjectLevel,
    SubjectRequirement,
)
from courses.policies.compliance import may_set_training_rules
from pathways.models import RoleProfile

COUNTS_AGAIN = SystemJob("courses.count_training_again", organisation_ids=None)

# Of people whose first employer is the organisation, the last record of each level of the subject,
# once more with its new last day. What is for a level of its own has a period of its own.
_COUNT_AGAIN = in_force_sql(
    """
WITH home AS MATERIALIZED (
    SELECT DISTINCT ON (job.person_id) job.person_id, job.organisation_id
      FROM accounts_assignment job
     WHERE in_force(job)
     ORDER BY job.person_id, job.starts_on, job.id
), latest AS (
    SELECT DISTINCT ON (held.person_id, held.level_id)
           held.person_id, held.level_id, held.completed_on, held.expires_on
      FROM courses_subjectrecord held
      JOIN home ON home.person_id = held.person_id AND home.organisation_id = %(organisation)s
     WHERE held.level_id = ANY(%(levels)s) AND held.struck_at IS NULL
     ORDER BY held.person_id, held.level_id, held.completed_on DESC, held.id DESC
), again AS (
    SELECT latest.*, (completed_on + make_interval(months => %(months)s))::date AS until
      FROM latest
)
INSERT INTO courses_subjectrecord
       (person_id, level_id, completed_on, expires_on, counts_from, counts_months, source,
        source_key, recorded_at)
SELECT person_id, level_id, completed_on, until, completed_on, %(months)s, 'RULE', %(key)s, %(now)s
  FROM again WHERE until IS DISTINCT FROM expires_on
"""
)


class Asking(NamedTuple):
    """A level that is asked of everybody, of a role or of a staff group, from a day on."""

    level: SubjectLevel
    starts_on: date
    role_profile: RoleProfile | None = None
    staff_group: str = ""


class Period(NamedTuple):
    """``months`` None: for good. ``level`` None: every level of the subject."""

    subject: Subject
    months: int | None
    starts_on: date
    level: SubjectLevel | None = None
    reaches_back: bool = False
    reason: str = ""


class Renewing(NamedTuple):
    """How early training may be renewed; ``subject`` None: in every subject."""

    window_days: int
    keeps_anniversary: bool
    remind_days: tuple[int, ...]
    starts_on: date
    subject: Subject | None = None


@transaction.atomic
def require_training(
    *, organisation: Organisation, wanted: Asking, by: Actor, now: datetime
) -> SubjectRequirement:
    """Ask a level of people of ``organisation`` and of those below it.

    Refuses: ``may_not_set_training_rules``, ``rule_in_the_past``, ``required_already``,
    ``subject_ended``.
    """
    _lock(organisation, wanted.starts_on, by=by, now=now)
    # Whoever ends the subject meanwhile waits here, or is waited for.
    subjects = Subject.objects.select_for_update(no_key=True)
    if subjects.get(pk=wanted.level.subject_id).ended_on is not None:
        raise Conflict(_("This subject has ended. Select another."), code="subject_ended")
    same = SubjectRequirement.objects.from_day_on(wanted.starts_on).filter(
        organisation=organisation,
        level=wanted.level,
        role_profile=wanted.role_profile,
        staff_group=wanted.staff_group,
    )
    if same.exists():
        raise Conflict(_("This is asked of these people already."), code="required_already")
    made = SubjectRequirement.objects.create(organisation=organisation, **wanted._asdict())
    facts = {
        "level": made.level_id,
        "role": made.role_profile_id,
        "staff_group": made.staff_group,
        "from": made.starts_on.isoformat(),
    }
    _record(made, verb="require_training", by=by, now=now, facts=facts)
    return made


@transaction.atomic
def end_requirement(*, requirement: SubjectRequirement, by: Actor, now: datetime) -> None:
    """It is asked of nobody from today on; what never began is taken away.

    Refuses: ``may_not_set_training_rules``, ``requirement_over``.
    """
    rows = SubjectRequirement.objects.select_for_update(of=("self",))
    held = rows.select_related("organisation").get(pk=requirement.pk)
    _refuse_unless_may(held.organisation_id, by=by, now=now)
    today = london_date(now)
    if held.ends_on is not None and held.ends_on < today:
        raise Conflict(_("This is not asked for any more."), code="requirement_over")
    facts = {"level": held.level_id, "from": today.isoformat()}
    _record(held, verb="end_training_requirement", by=by, now=now, facts=facts)
    held.stop(on=today)


@transaction.atomic
def set_refresh_period(
    *, organisation: Organisation, wanted: Period, by: Actor, now: datetime
) -> RefreshPeriod:
    """Say for how long training in a subject counts at ``organisation`` from a day on.

    It takes the place of what was said of the same before. With ``reaches_back`` what its people
    did before is counted again, as further records.
    Refuses: ``may_not_set_training_rules``, ``rule_in_the_past``, ``reason_missing`` for a period
    shorter than the national one, ``reaches_back_today_only``.
    """
    _lock(organisation, wanted.starts_on, by=by, now=now)
    _refuse_period(wanted, today=london_date(now))
    same = RefreshPeriod.objects.from_day_on(wanted.starts_on).filter(
        organisation=organisation, subject=wanted.subject, level=wanted.level
    )
    for before in same:
        before.stop(on=wanted.starts_on)
    made = RefreshPeriod.objects.create(organisation=organisation, **wanted._asdict())
    again = _count_again(made, now=now) if made.reaches_back else 0
    facts = {
        "subject": made.subject_id,
        "level": made.level_id,
        "months": made.months,
        "from": made.starts_on.isoformat(),
        "records": again,
    }
    _record(made, verb="set_refresh_period", by=by, now=now, facts=facts)
    return made


@transaction.atomic
def set_renewal_rule(
    *, organisation: Organisation, wanted: Renewing, by: Actor, now: datetime
) -> RenewalRule:
    """Say how early training is renewed at ``organisation``, and when people are reminded.

    Refuses: ``may_not_set_training_rules``, ``rule_in_the_past``.
    """
    _lock(organisation, wanted.starts_on, by=by, now=now)
    same = RenewalRule.objects.from_day_on(wanted.starts_on).filter(
        organisation=organisation, subject=wanted.subject
    )
    for before in same:
        before.stop(on=wanted.starts_on)
    days = sorted(set(wanted.remind_days), reverse=True)
    made = RenewalRule.objects.create(
        organisation=organisation, **wanted._replace(remind_days=tuple(days))._asdict()
    )
    facts = {
        "subject": made.subject_id,
        "window_days": made.window_days,
        "keeps_anniversary": made.keeps_anniversary,
        "remind_days": days,
        "from": made.starts_on.isoformat(),
    }
    _record(made, verb="set_renewal_rule", by=by, now=now, facts=facts)
    return made


def _lock(organisation: Organisation, starts_on: date, *, by: Actor, now: datetime) -> None:
    """Two who set rules of one organisation at once queue here."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    _refuse_unless_may(organisation.pk, by=by, now=now)
    if starts_on < london_date(now):
        raise Conflict(
            _("Enter today or a later day: what was said before stays as it was."),
            code="rule_in_the_past",
        )


def _refuse_unless_may(organisation_id: int, *, by: Actor, now: datetime) -> None:
    if not may_set_training_rules(roles_at(by, organisation_id, on=london_date(now))):
        raise Forbidden(
            _("Only a learning lead or an HR administrator of the organisation can do this."),
            code="may_not_set_training_rules",
        )


def _refuse_period(wanted: Period, *, today: date) -> None:
    if wanted.reaches_back and wanted.starts_on != today:
        raise Conflict(
            _("What was completed before is counted again today. Enter today as the first day."),
            code="reaches_back_today_only",
        )
    national = (
        RefreshPeriod.objects.on(wanted.starts_on)
        .filter(subject=wanted.subject, organisation=None)
        .filter(models.Q(level=None) | models.Q(level=wanted.level))
        .order_by(models.F("level").desc(nulls_last=True))
        .first()
    )
    is_oftener = wanted.months is not None and (
        national is not None and (national.months is None or wanted.months < national.months)
    )
    if is_oftener and not wanted.reason.strip():
        raise Conflict(
            _("Enter why you ask for it more often than the national period."),
            code="reason_missing",
        )


def _count_again(period: RefreshPeriod, *, now: datetime) -> int:
    levels = SubjectLevel.objects.filter(subject_id=period.subject_id)
    if period.level_id:
        levels = levels.filter(pk=period.level_id)
    else:
        own = RefreshPeriod.objects.on(period.starts_on).filter(
            organisation_id=period.organisation_id, level__isnull=False
        )
        levels = levels.exclude(pk__in=own.values("level_id"))
    given: dict[str, Any] = {
        "organisation": period.organisation_id,
        "levels": list(levels.values_list("pk", flat=True)),
        "months": period.months,
        "key": f"refresh:{period.pk}",
        "on": period.starts_on,
        "now": now,
    }
    with lifted(COUNTS_AGAIN), connection.cursor() as cursor:
        cursor.execute(_COUNT_AGAIN, given)
        return int(cursor.rowcount)


def _record(
    about: RefreshPeriod | RenewalRule | SubjectRequirement,
    *,
    verb: str,
    by: Actor,
    now: datetime,
    facts: dict[str, Any],
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=about,
        rule="may_set_training_rules",
        organisation_id=about.organisation_id,
        facts=facts,
    )
