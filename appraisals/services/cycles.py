"""Planning a round of appraisals and opening it for everybody at once."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.scope import lifted
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from appraisals.models import AppraisalForm, Cycle
from appraisals.policies.appraisals import may_run_cycles
from common.dates import london_date, long_date
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from notifications.services.notices import TELLER


@dataclass(frozen=True, slots=True)
class Round:
    """What a cycle is planned with."""

    title: str
    opens_on: date
    due_on: date
    closes_on: date


# One appraisal per person: for the post held longest among those with a line manager on record.
_OPEN = """
INSERT INTO appraisals_appraisal
       (cycle_id, form_id, role_profile_id, subject_id, appraiser_id, assignment_id,
        state, due_on, opened_at)
SELECT DISTINCT ON (assignment.person_id)
       %(cycle)s, %(form)s, post_role.role_profile_id, assignment.person_id, line.manager_id,
       assignment.id, 'DRAFTING', %(due_on)s, %(now)s
  FROM accounts_assignment assignment
  JOIN accounts_reportingline line ON line.assignment_id = assignment.id
   AND line.kind = 'LINE_MANAGER' AND line.starts_on <= %(on)s
   AND (line.ends_on IS NULL OR line.ends_on >= %(on)s)
  LEFT JOIN pathways_postrole post_role ON post_role.post_id = assignment.post_id
 WHERE assignment.organisation_id = %(organisation)s AND assignment.starts_on <= %(on)s
   AND (assignment.ends_on IS NULL OR assignment.ends_on >= %(on)s)
   AND NOT EXISTS (SELECT 1 FROM appraisals_appraisal known
                    WHERE known.cycle_id = %(cycle)s AND known.subject_id = assignment.person_id)
 ORDER BY assignment.person_id, assignment.starts_on, assignment.id
RETURNING id, subject_id
"""


@transaction.atomic
def plan_cycle(
    *, organisation: Organisation, form: AppraisalForm, round_: Round, by: Actor, now: datetime
) -> Cycle:
    """Plan a round; nobody is asked for anything until it is opened."""
    _refuse_unless_runs(by, organisation_id=organisation.pk, now=now)
    if not round_.opens_on <= round_.due_on <= round_.closes_on:
        raise Conflict(
            _("Enter days in order: the round opens, then appraisals are due, then it closes."),
            code="days_out_of_order",
        )
    cycle = Cycle(organisation=organisation, form=form, **asdict(round_))
    try:
        with transaction.atomic():
            cycle.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            _("%(organisation)s already has a round with this title. Enter another title.")
            % {"organisation": organisation.name},
            code="title_taken",
        ) from None
    _record("plan_cycle", cycle, {"title": cycle.title}, by=by, now=now)
    return cycle


@transaction.atomic
def open_cycle(*, cycle: Cycle, by: Actor, now: datetime) -> int:
    """Open an appraisal for everybody in post with a line manager; return how many were new.

    Opening again adds those who have joined since. Refuses before the opening day (``too_early``)
    and after the closing day (``closed``).
    """
    # Two people opening the same round queue here, so that nobody gets two appraisals.
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("form").get(pk=cycle.pk)
    _refuse_unless_runs(by, organisation_id=cycle.organisation_id, now=now)
    today = london_date(now)
    _refuse_out_of_season(cycle, today)
    opened = _insert_appraisals(cycle, on=today, now=now)
    _tell_all(cycle, opened, now=now)
    cycle.opened_at = cycle.opened_at or now
    cycle.save(update_fields=["opened_at"])
    _record("open_cycle", cycle, {"appraisals": len(opened)}, by=by, now=now)
    return len(opened)


def _refuse_unless_runs(by: Actor, *, organisation_id: int, now: datetime) -> None:
    if not may_run_cycles(roles_at(by, organisation_id, on=london_date(now))):
        raise Forbidden(
            _("Only an HR administrator or a learning lead of the organisation can do this."),
            code="may_not_run_cycles",
        )


def _refuse_out_of_season(cycle: Cycle, today: date) -> None:
    if today < cycle.opens_on:
        raise Conflict(
            _("This round opens on %(day)s.") % {"day": long_date(cycle.opens_on)},
            code="too_early",
        )
    if today > cycle.closes_on:
        raise Conflict(
            _("This round closed on %(day)s.") % {"day": long_date(cycle.closes_on)}, code="closed"
        )


def _insert_appraisals(cycle: Cycle, *, on: date, now: datetime) -> list[tuple[int, int]]:
    """One statement whatever the size of the organisation; returns (appraisal, subject) pairs."""
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "cycle": cycle.pk,
                "form": cycle.form_id,
                "organisation": cycle.organisation_id,
                "due_on": cycle.due_on,
                "on": on,
                "now": now,
            },
        )
        return cursor.fetchall()


def _tell_all(cycle: Cycle, opened: list[tuple[int, int]], *, now: datetime) -> None:
    with lifted(TELLER):
        Notice.objects.bulk_create(
            (
                Notice(
                    recipient_id=subject_id,
                    rule="appraisals.opened",
                    subject_key=f"appraisal:{appraisal_id}:opened",
                    url=reverse("appraisals:appraisal_detail", args=[appraisal_id]),
                    due_on=cycle.due_on,
                    facts={"cycle": cycle.title, "due_on": cycle.due_on.isoformat()},
                    created_at=now,
                )
                for appraisal_id, subject_id in opened
            ),
            batch_size=1000,
            ignore_conflicts=True,
        )


def _record(verb: str, cycle: Cycle, facts: dict[str, object], *, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=cycle,
        rule="may_run_cycles",
        organisation_id=cycle.organisation_id,
        facts=facts,
    )
