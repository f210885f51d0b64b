"""Who is asked about a request and until when, the rule an organisation has for it, and what a
person says against a refusal."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import covers, standing
from common.workflow import Workflow, transition
from courses.models.enrolments import DecidedBy, Enrolment

if TYPE_CHECKING:
    from accounts.actors import Actor

KEEPS_RULES = ("LEARNING_LEAD", "ORGANISATION_ADMINISTRATOR")


class OnSilence(models.TextChoices):
    """What happens to a request that nobody answers, neither at first nor once it has gone on."""

    GRANT = "GRANT", _("The request is granted")
    REFUSE = "REFUSE", _("The request is refused")


class Asked(models.TextChoices):
    """Who answers a stage, as they stand on the day."""

    LINE_MANAGER = "LINE_MANAGER", _("Line manager")
    SECOND_LINE = "SECOND_LINE", _("Manager of the line manager")
    LEARNING_LEAD = "LEARNING_LEAD", _("Learning lead")


SECOND_APPROVERS = (Asked.SECOND_LINE, Asked.LEARNING_LEAD)


class ApprovalRuleQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "ApprovalRuleQuerySet":
        """Those of the organisations whose rule one keeps."""
        place = standing(actor, on=on)
        return self.filter(covers(place, place.covered_by(*KEEPS_RULES), field="organisation_id"))


class ApprovalRule(Dated):
    """How an organisation decides about requests, from a day on; never overwritten.

    Without an organisation it is the rule of the whole service. Whoever has ``working_days`` to
    answer and does not is passed over once; after as many again ``on_silence`` decides.
    ``unasked_up_to_pence``: up to this price nobody is asked. ``second_above_pence``: above it
    ``second_approver`` is asked too. A refusal lasts ``refusal_months``.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    working_days = models.PositiveSmallIntegerField(_("working days to answer"), default=5)
    on_silence = models.CharField(
        _("if nobody answers"), max_length=6, choices=OnSilence.choices, default=OnSilence.GRANT
    )
    unasked_up_to_pence = models.PositiveIntegerField(_("nobody is asked up to"), null=True)
    second_above_pence = models.PositiveIntegerField(_("a second approver above"), null=True)
    second_approver = models.CharField(
        _("second approver"),
        max_length=13,
        choices=[(each.value, each.label) for each in SECOND_APPROVERS],
        blank=True,
    )
    refusal_months = models.PositiveSmallIntegerField(_("months a refusal lasts"), default=6)

    objects = ApprovalRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("approval_rule_ends_after_start"),
            never_twice("approval_rule_one_at_a_time", "organisation"),
            models.UniqueConstraint(
                name="approval_rule_one_for_the_service",
                fields=["starts_on"],
                condition=Q(organisation__isnull=True),
            ),
            models.CheckConstraint(
                name="approval_rule_leaves_time_to_answer", condition=Q(working_days__range=(1, 30))
            ),
            models.CheckConstraint(
                name="approval_rule_refusal_ends", condition=Q(refusal_months__range=(1, 24))
            ),
            models.CheckConstraint(
                name="approval_rule_second_means_who",
                condition=Q(second_above_pence__isnull=True, second_approver="")
                | (Q(second_above_pence__isnull=False) & ~Q(second_approver="")),
            ),
            models.CheckConstraint(
                name="approval_rule_second_above_the_first",
                condition=Q(unasked_up_to_pence__isnull=True)
                | Q(second_above_pence__isnull=True)
                | Q(second_above_pence__gte=F("unasked_up_to_pence")),
            ),
        ]

    def __str__(self) -> str:
        return f"Rule of {self.organisation_id} from {self.starts_on}"


class ApprovalState(models.TextChoices):
    WAITING = "WAITING", _("Waiting for an answer")
    ESCALATED = "ESCALATED", _("Passed on, because nobody answered")
    APPROVED = "APPROVED", _("Approved")
    REFUSED = "REFUSED", _("Refused")


UNANSWERED = (ApprovalState.WAITING, ApprovalState.ESCALATED)

APPROVAL_WORKFLOW = Workflow(
    transition("escalate", {ApprovalState.WAITING}, ApprovalState.ESCALATED),
    transition("approve", set(UNANSWERED), ApprovalState.APPROVED),
    transition("refuse", set(UNANSWERED), ApprovalState.REFUSED),
)

_ANSWERED = Q(decided_at__isnull=False) & (
    Q(decided_by__isnull=False, decided_by_rule="")
    | (Q(decided_by__isnull=True) & ~Q(decided_by_rule=""))
)


class Approval(models.Model):
    """One stage of a request: who is asked, until when, and what came of it.

    The second stage is there from the beginning and is asked once the first is approved
    (``asked_at``). What was promised to the person about silence stays as it was then.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="approvals")
    stage = models.PositiveSmallIntegerField(_("stage"), default=1)
    asks = models.CharField(
        _("who is asked"), max_length=13, choices=Asked.choices, default=Asked.LINE_MANAGER
    )
    state = models.CharField(
        _("state"), max_length=9, choices=ApprovalState.choices, default=ApprovalState.WAITING
    )
    working_days = models.PositiveSmallIntegerField(_("working days to answer"), default=5)
    on_silence = models.CharField(
        _("if nobody answers"), max_length=6, choices=OnSilence.choices, default=OnSilence.GRANT
    )
    asked_at = models.DateTimeField(_("asked"), null=True)
    due_on = models.DateField(_("answer due by"), null=True)
    escalated_at = models.DateTimeField(_("passed on"), null=True)
    escalated_to = models.CharField(
        _("passed on to"),
        max_length=13,
        choices=[(each.value, each.label) for each in SECOND_APPROVERS],
        blank=True,
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_by_rule = models.CharField(
        _("rule that decided"), max_length=15, choices=DecidedBy.choices, blank=True
    )

    class Meta:
        ordering = ("stage",)
        constraints = [
            models.UniqueConstraint(
                name="approval_stage_once_per_enrolment", fields=["enrolment", "stage"]
            ),
            models.UniqueConstraint(
                name="approval_one_asked_at_a_time",
                fields=["enrolment"],
                condition=Q(state__in=UNANSWERED, asked_at__isnull=False),
            ),
            # Two approvers are two people.
            models.UniqueConstraint(
                name="approval_each_stage_by_somebody_else", fields=["enrolment", "decided_by"]
            ),
            models.CheckConstraint(name="approval_first_or_second", condition=Q(stage__in=(1, 2))),
            models.CheckConstraint(
                name="approval_asked_means_until_when",
                condition=Q(asked_at__isnull=True, due_on__isnull=True)
                | Q(asked_at__isnull=False, due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="approval_escalated_means_when_and_to_whom",
                condition=(Q(escalated_at__isnull=True, escalated_to="") & ~Q(state="ESCALATED"))
                | (Q(escalated_at__isnull=False, asked_at__isnull=False) & ~Q(escalated_to="")),
            ),
            models.CheckConstraint(
                name="approval_decided_means_who_and_when",
                condition=(Q(state__in=("APPROVED", "REFUSED")) & _ANSWERED)
                | Q(
                    state__in=UNANSWERED,
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    decided_by_rule="",
                ),
            ),
        ]
        indexes = [
            # What the sweep asks for: the unanswered, the longest overdue first.
            models.Index(
                name="approval_overdue",
                fields=["due_on", "id"],
                condition=Q(state__in=UNANSWERED, asked_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="approval_steps", field="state", transitions=APPROVAL_WORKFLOW.fsm()
            ),
            pgtrigger.ReadOnly(
                name="approval_keeps_what_was_promised",
                fields=["enrolment", "stage", "asks", "working_days", "on_silence"],
            ),
            pgtrigger.Trigger(
                name="approval_never_by_oneself",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("decided_by_id"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__decided_by__isnull=False),
                func="""
                    IF EXISTS (
                        SELECT FROM courses_enrolment
                         WHERE id = NEW.enrolment_id AND person_id = NEW.decided_by_id
                    ) THEN
                        RAISE EXCEPTION 'nobody approves their own request %', NEW.enrolment_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Stage {self.stage} of {self.enrolment_id}: {self.state}"


class ContestState(models.TextChoices):
    OPEN = "OPEN", _("Waiting for an answer")
    UPHELD = "UPHELD", _("The refusal stands")
    OVERTURNED = "OVERTURNED", _("The refusal is taken back")


CONTEST_WORKFLOW = Workflow(
    transition("uphold", {ContestState.OPEN}, ContestState.UPHELD),
    transition("overturn", {ContestState.OPEN}, ContestState.OVERTURNED),
)


class ContestQuerySet(models.QuerySet["Contest"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "ContestQuerySet":
        """With the request that was refused."""
        return self.filter(enrolment__in=Enrolment.objects.visible_to(actor, on=on).values("pk"))


class Contest(models.Model):
    """What a person says against a refusal, and what somebody else than the refuser answers.

    A refusal that is taken back stays a refusal that was made; ``led_to`` is the enrolment that
    came of it, where the session could still be had.
    """

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="contest")
    text = models.TextField(_("why the person disagrees"))
    state = models.CharField(
        _("state"), max_length=10, choices=ContestState.choices, default=ContestState.OPEN
    )
    contested_at = models.DateTimeField(_("contested"))
    decided_at = models.DateTimeField(_("answered"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer = models.TextField(_("answer"), blank=True)
    led_to = models.OneToOneField(
        Enrolment, on_delete=models.SET_NULL, null=True, related_name="won_back_from"
    )

    objects = ContestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contest_answered_means_who_when_and_why",
                condition=Q(
                    state="OPEN", decided_at__isnull=True, decided_by__isnull=True, answer=""
                )
                | (~Q(state="OPEN") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="contest_leads_somewhere_when_overturned",
                condition=Q(led_to__isnull=True) | Q(state="OVERTURNED"),
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="contest_steps", field="state", transitions=CONTEST_WORKFLOW.fsm()),
            pgtrigger.ReadOnly(name="contest_keeps_its_refusal", fields=["enrolment"]),
            pgtrigger.Trigger(
                name="contest_never_by_the_refuser",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("decided_by_id"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__decided_by__isnull=False),
                func="""
                    IF EXISTS (
                        SELECT FROM courses_enrolment
                         WHERE id = NEW.enrolment_id
                           AND NEW.decided_by_id IN (person_id, decided_by_id)
                    ) THEN
                        RAISE EXCEPTION 'somebody else answers the contest of %', NEW.enrolment_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Contest of {self.enrolment_id}: {self.state}"
