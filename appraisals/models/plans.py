"""Development plans: what a person will do to grow, and by when."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.dated import Dated, ends_after_start, never_twice
from accounts.visibility import people_visible_to
from appraisals.models.appraisals import Appraisal
from common.workflow import Workflow, transition
from courses.models import Programme
from pathways.models import Competency, RoleProfile

if TYPE_CHECKING:
    from accounts.actors import Actor


class DevelopmentPlanQuerySet(models.QuerySet["DevelopmentPlan"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "DevelopmentPlanQuerySet":
        """The owner, the line managers above, and whom a role gives sight of the person."""
        return self.filter(people_visible_to(actor, on=on, prefix="person__"))


class DevelopmentPlan(Dated):
    """A person's plan for a year. The person owns it; one runs at a time."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role_profile = models.ForeignKey(
        RoleProfile, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    appraisal = models.ForeignKey(
        Appraisal, on_delete=models.PROTECT, related_name="plans", null=True, blank=True
    )
    title = models.CharField(_("title"), max_length=160)
    updated_at = models.DateTimeField(_("last changed"))

    objects = DevelopmentPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("development_plan_ends_after_start"),
            never_twice("development_plan_one_at_a_time", "person"),
        ]

    def __str__(self) -> str:
        return self.title


class ActionKind(models.TextChoices):
    COURSE = "COURSE", _("Course")
    EXPERIENCE = "EXPERIENCE", _("Experience at work")
    SUPPORT = "SUPPORT", _("Coaching or mentoring")


class ActionState(models.TextChoices):
    PLANNED = "PLANNED", _("Planned")
    STARTED = "STARTED", _("Started")
    DONE = "DONE", _("Done")
    DROPPED = "DROPPED", _("Dropped")


LIVE_ACTIONS = (ActionState.PLANNED, ActionState.STARTED)

PLAN_ACTION_WORKFLOW = Workflow(
    transition("start", {ActionState.PLANNED}, ActionState.STARTED, label=_("Start")),
    transition("finish", LIVE_ACTIONS, ActionState.DONE, label=_("Mark as done")),
    transition("drop", LIVE_ACTIONS, ActionState.DROPPED, label=_("Drop")),
    transition(
        "take_up_again", {ActionState.DROPPED}, ActionState.PLANNED, label=_("Take up again")
    ),
)


class PlanActionQuerySet(models.QuerySet["PlanAction"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "PlanActionQuerySet":
        return self.filter(people_visible_to(actor, on=on, prefix="plan__person__"))


class PlanAction(models.Model):
    """One thing to do: a course, an experience, or support; for a competency where there is one."""

    plan = models.ForeignKey(DevelopmentPlan, on_delete=models.PROTECT, related_name="actions")
    kind = models.CharField(_("kind"), max_length=10, choices=ActionKind.choices)
    title = models.CharField(_("what"), max_length=200)
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    due_on = models.DateField(_("by"))
    state = models.CharField(
        _("state"), max_length=8, choices=ActionState.choices, default=ActionState.PLANNED
    )

    objects = PlanActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="plan_action_course_means_a_programme",
                condition=~Q(kind="COURSE") | Q(programme__isnull=False),
            ),
            models.UniqueConstraint(
                name="plan_action_programme_once",
                fields=["plan", "programme"],
                condition=Q(programme__isnull=False) & ~Q(state="DROPPED"),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="plan_action_steps", field="state", transitions=PLAN_ACTION_WORKFLOW.fsm()
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_overdue(self, *, on: date) -> bool:
        return self.state in LIVE_ACTIONS and self.due_on < on
