"""Finding development plans: the one that runs, the ones before, and all that an actor may see."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.actors import Actor
from accounts.models import Person
from appraisals.models import DevelopmentPlan, PlanAction
from appraisals.models.plans import LIVE_ACTIONS
from pathways.models import Competency


def running_plan(*, person: Person, actor: Actor, on: date) -> DevelopmentPlan | None:
    """The plan of ``person`` in force on ``on``, if there is one and ``actor`` may see it."""
    plans = DevelopmentPlan.objects.visible_to(actor, on=on).filter(
        person=person, starts_on__lte=on, ends_on__gte=on
    )
    return plans.select_related("person", "role_profile").order_by("-starts_on", "-pk").first()


def earlier_plans(*, plan: DevelopmentPlan, actor: Actor, on: date) -> QuerySet[DevelopmentPlan]:
    """The plans the same person had before ``plan``, newest first."""
    plans = DevelopmentPlan.objects.visible_to(actor, on=on).filter(person_id=plan.person_id)
    return plans.filter(starts_on__lt=plan.starts_on).order_by("-starts_on", "-pk")


def plans_visible_to(actor: Actor, *, on: date) -> QuerySet[DevelopmentPlan]:
    """Every plan the actor may see, with its actions."""
    actions = PlanAction.objects.order_by("due_on", "pk")
    plans = DevelopmentPlan.objects.visible_to(actor, on=on)
    return plans.prefetch_related(Prefetch("actions", queryset=actions))


def plan_rows(actor: Actor, *, on: date) -> QuerySet[DevelopmentPlan, Any]:
    """Every plan the actor may see as plain values, for lists of many."""
    return DevelopmentPlan.objects.visible_to(actor, on=on).values(
        "id",
        "person_id",
        "title",
        "starts_on",
        "ends_on",
        "role_profile_id",
        "appraisal_id",
        "updated_at",
    )


def actions_due(*, person: Person, on: date, until: date, limit: int = 20) -> QuerySet[PlanAction]:
    """Unfinished actions of the running plan of ``person`` that are due by ``until``."""
    actions = PlanAction.objects.filter(
        plan__person=person,
        plan__starts_on__lte=on,
        plan__ends_on__gte=on,
        state__in=LIVE_ACTIONS,
        due_on__lte=until,
    )
    return actions.order_by("due_on", "pk")[:limit]


def competencies_asked_for(plan: DevelopmentPlan) -> QuerySet[Competency]:
    """The competencies of the role that ``plan`` works towards, in the framework's order."""
    asked = Competency.objects.filter(requirements__role_profile_id=plan.role_profile_id)
    return asked.order_by("domain__position", "position", "pk")
