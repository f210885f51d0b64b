"""Letting go of what has been kept for long enough: looked at first, in batches, and resumable."""

from datetime import datetime, timedelta

import pgtrigger
from django.apps import apps
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import (
    Organisation,
    Person,
    RetentionAction,
    RetentionCount,
    RetentionRule,
    RetentionRun,
    Role,
    RoleGrant,
)
from accounts.policies import may_keep_retention
from accounts.rights import Expiry, guards_of
from accounts.scope import run_as
from accounts.selectors.relations import roles_at
from accounts.selectors.retention import due_rows, expiries_in_order, rules_for, without_held
from accounts.services.ledger import record
from accounts.telling import tell
from common.dates import add_months, london_date
from common.errors import Forbidden

BATCH = 500
DUE = "accounts.retention_due"
_LOOKS_KEPT_FOR = timedelta(days=90)
# What is due is counted and dealt with whoever may see it, and a hold of another organisation is
# heeded: an officer is judged, and is shown how many there are.
KEEPER = SystemJob("accounts.retention", organisation_ids=None)


def look(*, organisation: Organisation, by: Actor, now: datetime) -> RetentionRun:
    """Count what is due in ``organisation``, and what a hold keeps. Changes no record."""
    _may(organisation, by=by, now=now)
    run = _begin(organisation, by=by, now=now, is_dry=True)
    for rule, expiry in _due_kinds(organisation):
        _count(run, rule, expiry)
    return _finish(run, by=by, now=now)


def let_go(*, organisation: Organisation, by: Actor, now: datetime) -> RetentionRun:
    """Deal with what is due in ``organisation``, and return what was done.

    Each batch commits on its own with its event and its count, so that a run that was killed loses
    nothing: the next one takes it up where it ended. A named data protection officer lets go
    everything; a job of the system only what the rules say runs by itself.
    """
    _may(organisation, by=by, now=now)
    run = _take_up(organisation, by=by) or _begin(organisation, by=by, now=now, is_dry=False)
    for rule, expiry in _due_kinds(organisation):
        if not isinstance(by, Person) and not rule.is_automatic:
            continue
        count = _count(run, rule, expiry)
        if expiry.offers(rule.action):
            while _batch(count, rule, expiry, by=by, now=now):
                pass
    return _finish(run, by=by, now=now)


def look_everywhere(*, by: SystemJob, now: datetime) -> int:
    """Each night: do what runs by itself, count the rest, and tell the officers what waits for
    them, once a week. Returns how many organisations have something due."""
    _forget_old_looks(now=now)
    waiting = 0
    for organisation in Organisation.objects.order_by("pk"):
        if any(rule.is_automatic for rule, _expiry in _due_kinds(organisation)):
            let_go(organisation=organisation, by=by, now=now)
        run = look(organisation=organisation, by=by, now=now)
        due = _waiting_in(run)
        if due:
            waiting += 1
            _tell_officers(run, due=due, now=now)
    return waiting


@run_as(KEEPER)
def _forget_old_looks(*, now: datetime) -> None:
    RetentionRun.objects.filter(is_dry=True, started_at__lt=now - _LOOKS_KEPT_FOR).delete()


@run_as(KEEPER)
def _waiting_in(run: RetentionRun) -> int:
    return sum(count.due - count.held for count in run.counts.all())


@run_as(KEEPER)
def _tell_officers(run: RetentionRun, *, due: int, now: datetime) -> None:
    year, week, _weekday = run.on_day.isocalendar()
    officers = RoleGrant.objects.on(run.on_day).filter(
        role=Role.AUDITOR, organisation_id=run.organisation_id, person__is_active=True
    )
    for grant in officers.select_related("person"):
        tell(
            recipient=grant.person,
            rule=DUE,
            subject_key=f"retention:{run.organisation_id}:{year}-W{week:02}",
            url=reverse("accounts:retention_show", args=[run.organisation_id]),
            now=now,
            facts={"records": due},
        )


@run_as(KEEPER)
def _may(organisation: Organisation, *, by: Actor, now: datetime) -> None:
    roles = roles_at(by, organisation.pk, on=london_date(now))
    if not may_keep_retention(roles) and "SYSTEM" not in roles:
        raise Forbidden(
            _("Only the organisation's data protection officer can decide this."),
            code="may_not_keep_retention",
        )


@run_as(KEEPER)
def _due_kinds(organisation: Organisation) -> list[tuple[RetentionRule, Expiry]]:
    rules = rules_for(organisation.pk)
    ruled = [(rules.get(expiry.record_class), expiry) for expiry in expiries_in_order()]
    return [(rule, expiry) for rule, expiry in ruled if rule and rule.keep_months is not None]


@run_as(KEEPER)
def _take_up(organisation: Organisation, *, by: Actor) -> RetentionRun | None:
    unfinished = RetentionRun.objects.filter(
        organisation=organisation,
        is_dry=False,
        finished_at__isnull=True,
        asked_by=by if isinstance(by, Person) else None,
    )
    return unfinished.order_by("pk").last()


@run_as(KEEPER)
def _begin(organisation: Organisation, *, by: Actor, now: datetime, is_dry: bool) -> RetentionRun:
    run = RetentionRun.objects.create(
        organisation=organisation,
        on_day=london_date(now),
        is_dry=is_dry,
        asked_by=by if isinstance(by, Person) and not is_dry else None,
        started_at=now,
    )
    if is_dry:
        _tell_ledger(run, verb="look_at_retention", by=by, now=now)
    else:
        _tell_ledger(run, verb="begin_retention", by=by, now=now)
    return run


@run_as(KEEPER)
def _finish(run: RetentionRun, *, by: Actor, now: datetime) -> RetentionRun:
    run.finished_at = now
    run.save(update_fields=["finished_at"])
    if not run.is_dry:
        _tell_ledger(run, verb="finish_retention", by=by, now=now)
    return run


def _tell_ledger(run: RetentionRun, *, verb: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=run,
        organisation_id=run.organisation_id,
        rule="may_keep_retention",
    )


@run_as(KEEPER)
def _count(run: RetentionRun, rule: RetentionRule, expiry: Expiry) -> RetentionCount:
    """What is due of one kind, counted once for each run."""
    place, on = run.organisation_id, run.on_day
    known = RetentionCount.objects.filter(run=run, expiry=expiry.name).first()
    if known:
        return known
    due = due_rows(expiry, rule, organisation_id=place, on=on)
    total = due.count()
    return RetentionCount.objects.create(
        run=run,
        expiry=expiry.name,
        record_class=expiry.record_class,
        action=rule.action,
        before=add_months(on, -(rule.keep_months or 0)),
        due=total,
        held=total - without_held(expiry, due).count(),
    )


@run_as(KEEPER)
def _batch(
    count: RetentionCount, rule: RetentionRule, expiry: Expiry, *, by: Actor, now: datetime
) -> int:
    """Deal with up to ``BATCH`` rows, count them and record it: all of it, or none."""
    run = count.run
    due = due_rows(expiry, rule, organisation_id=run.organisation_id, on=run.on_day)
    rows = without_held(expiry, due).select_for_update(of=("self",), skip_locked=True)
    keys = list(rows.values_list("pk", flat=True)[:BATCH])
    if not keys:
        return 0
    _act(expiry, rule.action, keys)
    # In the database, because another worker may be at the same run.
    RetentionCount.objects.filter(pk=count.pk).update(done=F("done") + len(keys))
    record(
        by=by,
        now=now,
        verb="let_go",
        about=run,
        organisation_id=run.organisation_id,
        rule="may_keep_retention",
        facts={"kind": expiry.name, "action": str(rule.action), "rows": len(keys)},
    )
    return len(keys)


def _act(expiry: Expiry, action: str, keys: list[int]) -> None:
    rows = expiry.rows.filter(pk__in=keys)
    if action == RetentionAction.ANONYMISE:
        rows.update(**expiry.empties)
        return
    # What is append-only while it is kept may go with what it belongs to.
    with pgtrigger.ignore(*guards_of(label for label, _foreign_key in expiry.children)):
        for label, foreign_key in expiry.children:
            children = apps.get_model(label)._base_manager  # noqa: SLF001 (documented by Django)
            children.filter(**{f"{foreign_key}__in": keys}).delete()
        rows.delete()
