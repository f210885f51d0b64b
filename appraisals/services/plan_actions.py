"""What a plan's owner will do: actions added, started, done, dropped and taken up again."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.selectors.relations import Relation, main_organisation_id, relations_to
from accounts.services.ledger import record
from appraisals.models import (
    PLAN_ACTION_WORKFLOW,
    ActionKind,
    ActionState,
    DevelopmentPlan,
    PlanAction,
)
from appraisals.policies.plans import MAY_TAKE_ACTION_STEP, may_add_action
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import Programme
from pathways.models import Competency


@dataclass(frozen=True, slots=True)
class NewAction:
    """What is to be done; a course names its programme."""

    kind: ActionKind
    title: str
    due_on: date
    competency: Competency | None = None
    programme: Programme | None = None


@transaction.atomic
def add_action(*, plan: DevelopmentPlan, action: NewAction, by: Actor, now: datetime) -> PlanAction:
    """Put ``action`` into ``plan``.

    Refuses ``Conflict``: ``plan_is_over``, ``due_in_the_past``, ``no_programme`` (a course that
    names none) and ``course_in_plan``.
    """
    today = london_date(now)
    plan = _lock(plan.pk)
    if not may_add_action(_relations(by, plan, on=today)):
        raise Forbidden(
            _("Only the plan's owner and their line manager can add to it."), code="may_not_add"
        )
    _refuse_past(plan, action, on=today)
    if action.kind == ActionKind.COURSE and action.programme is None:
        raise Conflict(_("Select the course that you want to take."), code="no_programme")
    _refuse_second_course(plan, action.programme)
    row = PlanAction.objects.create(
        plan=plan,
        kind=action.kind,
        title=action.title,
        competency=action.competency,
        programme=action.programme,
        due_on=action.due_on,
    )
    _end(row, verb="add_action", rule="plan_owner_or_manager", by=by, now=now)
    return row


@transaction.atomic
def take_action_step(*, action: PlanAction, step: str, by: Actor, now: datetime) -> PlanAction:
    """Start, finish, drop or take up again.

    Refuses ``Conflict``: ``plan_is_over``, ``stale_state``, and ``course_in_plan`` when a course
    is taken up again that is in the plan a second time by now.
    """
    today = london_date(now)
    # Everything about one plan queues at its row, so that two windows cannot both be first.
    plan = _lock(action.plan_id)
    action = PlanAction.objects.select_related("plan__person", "programme").get(pk=action.pk)
    if not MAY_TAKE_ACTION_STEP[step](_relations(by, plan, on=today)):
        raise Forbidden(_("Only the plan's owner can change its actions."), code="may_not_change")
    _refuse_over(plan, on=today)
    before = action.state
    target = PLAN_ACTION_WORKFLOW.target(step, current=before)
    if before == ActionState.DROPPED:
        _refuse_second_course(plan, action.programme)
    action.state = ActionState(target)
    action.save(update_fields=["state"])
    _end(action, verb=f"{step}_action", rule="plan_owner", by=by, now=now, came_from=before)
    return action


def _lock(plan_id: int) -> DevelopmentPlan:
    plans = DevelopmentPlan.objects.select_for_update(of=("self",), no_key=True)
    return plans.select_related("person").get(pk=plan_id)


def _relations(by: Actor, plan: DevelopmentPlan, *, on: date) -> frozenset[Relation]:
    return relations_to(by, plan.person, on=on)


def _refuse_over(plan: DevelopmentPlan, *, on: date) -> None:
    if plan.ends_on is not None and plan.ends_on < on:
        raise Conflict(
            _("This plan is over and can no longer be changed. Use the plan that runs now."),
            code="plan_is_over",
        )


def _refuse_past(plan: DevelopmentPlan, action: NewAction, *, on: date) -> None:
    _refuse_over(plan, on=on)
    if action.due_on < on:
        raise Conflict(_("Enter a day that has not passed yet."), code="due_in_the_past")


def _refuse_second_course(plan: DevelopmentPlan, programme: Programme | None) -> None:
    if programme is None:
        return
    same = plan.actions.filter(programme=programme).exclude(state=ActionState.DROPPED)
    if same.exists():
        raise Conflict(_("This course is in the plan already."), code="course_in_plan")


def _end(
    action: PlanAction, *, verb: str, rule: str, by: Actor, now: datetime, came_from: str = ""
) -> None:
    """Note the change on the plan and in the ledger."""
    plan = action.plan
    plan.updated_at = now
    plan.save(update_fields=["updated_at"])
    record(
        by=by,
        now=now,
        verb=verb,
        about=action,
        subject_id=plan.person_id,
        organisation_id=main_organisation_id(plan.person, on=london_date(now)),
        rule=rule,
        facts={"plan_id": plan.pk, "from": came_from, "to": action.state, "kind": action.kind},
    )
