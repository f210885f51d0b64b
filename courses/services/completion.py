"""What it takes to complete an offering, and credit for a part of a course."""

from collections.abc import Set
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict
from courses.models import ENROLMENT_WORKFLOW, CompletionRule, Enrolment, Offering, PartialCredit
from courses.selectors.completion import outcomes_of
from courses.services.attendance import lock_to_complete, record_levels
from courses.services.notices import tell_person
from courses.services.sessions import refuse_unless_runs


class Needed(NamedTuple):
    """Whether a result is needed to complete, and the least in per cent if there is one."""

    is_needed: bool
    least: int | None = None


NO_RESULT = Needed(is_needed=False)


@transaction.atomic
def set_completion_rule(
    *,
    offering: Offering,
    least_share: int,
    starts_on: date,
    by: Actor,
    now: datetime,
    needs_evaluation: bool = False,
    result: Needed = NO_RESULT,
) -> CompletionRule:
    """From ``starts_on`` on, sessions that end take ``least_share`` per cent of their meetings,
    with ``needs_evaluation`` that whoever was asked how it was has answered, and such a ``result``
    of what was assessed.

    What held before stays as it was for the sessions that ended under it; what was planned from
    that day on is replaced.
    Refuses: ``may_not_run``, ``rule_in_the_past``.
    """
    offering = Offering.objects.select_for_update(of=("self",)).get(pk=offering.pk)
    refuse_unless_runs(offering, by=by, now=now)
    if starts_on < london_date(now):
        raise Conflict(
            _("Sessions that are over keep the rule they had. Enter today or a later day."),
            code="rule_in_the_past",
        )
    for rule in CompletionRule.objects.filter(offering=offering).from_day_on(starts_on):
        rule.stop(on=starts_on)
    rule = CompletionRule.objects.create(
        offering=offering,
        least_share=least_share,
        needs_evaluation=needs_evaluation,
        needs_result=result.is_needed,
        least_result=result.least if result.is_needed else None,
        starts_on=starts_on,
    )
    record(
        by=by,
        now=now,
        verb="set_completion_rule",
        about=rule,
        rule="may_run",
        organisation_id=offering.host_id,
        facts={
            "offering": offering.pk,
            "least_share": least_share,
            "needs_evaluation": needs_evaluation,
            "needs_result": rule.needs_result,
            "least_result": rule.least_result,
            "starts_on": starts_on.isoformat(),
        },
    )
    return rule


@transaction.atomic
def complete_in_part(
    *, enrolment: Enrolment, competencies: Set[int], by: Actor, now: datetime
) -> Enrolment:
    """Give credit for some of the levels that the programme brings; they count from today.

    The rest is recorded when the person completes in whole.
    Refuses: ``may_not_run``, ``stale_state``, ``nothing_reached``, ``not_an_outcome``,
    ``all_reached``.
    """
    [enrolment] = lock_to_complete([enrolment], by=by, now=now)
    enrolment.state = ENROLMENT_WORKFLOW.target("complete_in_part", current=enrolment.state)
    programme_id = enrolment.session.offering.programme_id
    brings = outcomes_of([programme_id]).get(programme_id, {})
    _refuse_unfit(competencies, set(brings))
    enrolment.ended_at = now
    enrolment.save(update_fields=["state", "ended_at"])
    reached = {key: brings[key] for key in sorted(competencies)}
    PartialCredit.objects.bulk_create(
        PartialCredit(enrolment=enrolment, competency_id=key, rank=rank)
        for key, rank in reached.items()
    )
    record(
        by=by,
        now=now,
        verb="complete_in_part",
        about=enrolment,
        rule="may_run",
        organisation_id=enrolment.organisation_id,
        subject_id=enrolment.person_id,
        facts={
            "session": enrolment.session_id,
            "levels": {str(key): rank for key, rank in reached.items()},
        },
    )
    record_levels([enrolment], levels={enrolment.pk: reached}, by=by, now=now)
    tell_person(enrolment, rule="courses.completed_in_part", session=enrolment.session, now=now)
    return enrolment


def _refuse_unfit(asked: Set[int], offered: Set[int]) -> None:
    if not asked:
        raise Conflict(_("Select at least one thing that was reached."), code="nothing_reached")
    if not asked <= offered:
        raise Conflict(
            _("The course no longer brings one of these. Load the page again."),
            code="not_an_outcome",
        )
    if asked == offered:
        raise Conflict(
            _("This is everything that the course brings. Record that it is completed instead."),
            code="all_reached",
        )
