"""Beginning a development plan: by its owner, or drafted from an appraisal that both signed."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import main_organisation_id, relations_to
from accounts.services.ledger import record
from appraisals.models import (
    ActionKind,
    ActionState,
    Appraisal,
    AppraisalState,
    DevelopmentPlan,
    PlanAction,
)
from appraisals.policies.plans import may_draft_plan, may_start_plan
from common.dates import add_months, add_years, london_date
from common.errors import Conflict, Forbidden
from courses.selectors.recommendations import Recommendation, recommended_programmes
from pathways.selectors.gap import gap_analysis
from pathways.selectors.roles import target_role

COURSES_PROPOSED = 3
EXPERIENCES_PROPOSED = 2
_MONTHS_TO_PRACTISE = 6


@transaction.atomic
def start_plan(*, person: Person, by: Actor, now: datetime) -> DevelopmentPlan:
    """Begin a year's plan for ``person`` without an appraisal, its first actions proposed.

    Refuses ``Conflict`` (``plan_running``) while another plan runs.
    """
    person = _lock_owner(person)
    today = london_date(now)
    if not may_start_plan(relations_to(by, person, on=today)):
        raise Forbidden(_("Only the person whose plan it is can start it."), code="may_not_start")
    if _running_plan(person, on=today):
        raise Conflict(_("A development plan is already running."), code="plan_running")
    plan = _begin(person, on=today, now=now)
    _propose_actions(plan, on=today)
    _record(plan, verb="start_plan", rule="own_plan", by=by, now=now)
    return plan


@transaction.atomic
def draft_plan(
    *, person: Person, appraisal: Appraisal, by: Actor, now: datetime
) -> DevelopmentPlan:
    """Draft the plan that follows a signed appraisal; unfinished actions go on in it.

    The plan that ran until now ends the day before. Drafting again for the same appraisal gives
    the same plan. Refuses ``Conflict`` (``appraisal_not_signed``) before both have signed.
    """
    person = _lock_owner(person)
    today = london_date(now)
    relations = relations_to(by, person, on=today)
    if appraisal.subject_id != person.pk or not may_draft_plan(
        relations, by=by, appraisal=appraisal
    ):
        raise Forbidden(
            _("Only the person and their appraiser can draft this plan."), code="may_not_draft"
        )
    if appraisal.state != AppraisalState.SIGNED:
        raise Conflict(
            _("The plan is drafted once both have signed the appraisal."),
            code="appraisal_not_signed",
        )
    drafted = DevelopmentPlan.objects.filter(appraisal=appraisal).first()
    if drafted:
        return drafted
    plan = _follow_on(person, appraisal=appraisal, on=today, now=now)
    _propose_actions(plan, on=today)
    _record(plan, verb="draft_plan", rule="signed_appraisal", by=by, now=now)
    return plan


def _lock_owner(person: Person) -> Person:
    # Plans of one person begin one after another, so that no two can run at a time.
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _running_plan(person: Person, *, on: date) -> DevelopmentPlan | None:
    plans = DevelopmentPlan.objects.filter(person=person, starts_on__lte=on)
    return plans.filter(ends_on__gte=on).first()


def _begin(
    person: Person, *, on: date, now: datetime, appraisal: Appraisal | None = None
) -> DevelopmentPlan:
    ends_on = add_years(on, 1) - timedelta(days=1)
    return DevelopmentPlan.objects.create(
        person=person,
        appraisal=appraisal,
        role_profile=target_role(person_id=person.pk, on=on),
        title=_("Development plan %(first)s to %(last)s")
        % {"first": on.year, "last": ends_on.year},
        starts_on=on,
        ends_on=ends_on,
        updated_at=now,
    )


def _follow_on(person: Person, *, appraisal: Appraisal, on: date, now: datetime) -> DevelopmentPlan:
    """The plan for ``appraisal``: a new one, or the one that began this very day."""
    running = _running_plan(person, on=on)
    if running and running.starts_on == on:
        running.appraisal, running.updated_at = appraisal, now
        running.save(update_fields=["appraisal", "updated_at"])
        return running
    if running:
        running.ends_on, running.updated_at = on - timedelta(days=1), now
        running.save(update_fields=["ends_on", "updated_at"])
    plan = _begin(person, on=on, now=now, appraisal=appraisal)
    if running:
        _carry_over(running, plan)
    return plan


def _carry_over(ended: DevelopmentPlan, plan: DevelopmentPlan) -> None:
    """Copy what is unfinished. The ended plan keeps its own rows: it is history."""
    unfinished = ended.actions.filter(state__in=[ActionState.PLANNED, ActionState.STARTED])
    PlanAction.objects.bulk_create(
        PlanAction(
            plan=plan,
            kind=action.kind,
            title=action.title,
            competency_id=action.competency_id,
            programme_id=action.programme_id,
            due_on=action.due_on,
            state=action.state,
        )
        for action in unfinished.order_by("pk")
    )


def _propose_actions(plan: DevelopmentPlan, *, on: date) -> None:
    """Propose courses for the widest gaps, and practice at work where no course helps."""
    if plan.role_profile is None:
        return
    gap = gap_analysis(person_id=plan.person_id, role_profile=plan.role_profile, on=on)
    kept = list(plan.actions.exclude(state=ActionState.DROPPED))
    programmes = {action.programme_id for action in kept}
    competencies = {action.competency_id for action in kept}
    recommended = recommended_programmes(gap=gap, actor=plan.person, on=on)
    chosen = [one for one in recommended if one.programme.pk not in programmes][:COURSES_PROPOSED]
    competencies |= {row.competency_id for one in recommended for row in one.closes}
    without_course = [row for row in gap.open_rows if row.competency_id not in competencies]
    PlanAction.objects.bulk_create(
        [_course(plan, one, on=on) for one in chosen]
        + [
            PlanAction(
                plan=plan,
                kind=ActionKind.EXPERIENCE,
                title=row.title,
                competency_id=row.competency_id,
                due_on=add_months(on, _MONTHS_TO_PRACTISE),
            )
            for row in without_course[:EXPERIENCES_PROPOSED]
        ]
    )


def _course(plan: DevelopmentPlan, one: Recommendation, *, on: date) -> PlanAction:
    day = add_months(on, _MONTHS_TO_PRACTISE)
    if one.next_session:
        day = london_date(one.next_session.ends_at)
    return PlanAction(
        plan=plan,
        kind=ActionKind.COURSE,
        title=one.programme.title,
        programme=one.programme,
        competency_id=one.closes[0].competency_id if one.closes else None,
        due_on=day,
    )


def _record(plan: DevelopmentPlan, *, verb: str, rule: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=plan,
        subject_id=plan.person_id,
        organisation_id=main_organisation_id(plan.person, on=london_date(now)),
        rule=rule,
        facts={"appraisal_id": plan.appraisal_id, "role_profile_id": plan.role_profile_id},
    )
