"""What it takes to complete an offering, who completed without it, and what part was reached."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from courses.models.enrolments import Enrolment
from courses.models.offerings import Offering
from pathways.models import Competency

if TYPE_CHECKING:
    from accounts.actors import Actor


class CompletionRuleQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "CompletionRuleQuerySet":
        """With the offering they are of."""
        return self.filter(offering__in=Offering.objects.visible_to(actor, on=on))


class CompletionRule(Dated):
    """What it takes to complete sessions of an offering that end on one of these days.

    ``least_share``: of the meetings of a session, in per cent, that somebody has to have been at.
    ``least_result``: of what was assessed, in per cent; without one, whatever was not failed.
    """

    offering = models.ForeignKey(
        Offering, on_delete=models.PROTECT, related_name="completion_rules"
    )
    least_share = models.PositiveSmallIntegerField(_("least attendance in per cent"), default=0)

    needs_evaluation = models.BooleanField(_("the evaluation is answered"), default=False)
    needs_result = models.BooleanField(_("there is a result that is good enough"), default=False)
    least_result = models.PositiveSmallIntegerField(_("least result in per cent"), null=True)

    objects = CompletionRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("completion_rule_ends_after_start"),
            never_twice("completion_rule_one_at_a_time", "offering"),
            models.CheckConstraint(
                name="completion_rule_share_in_per_cent", condition=Q(least_share__lte=100)
            ),
            models.CheckConstraint(
                name="completion_rule_least_result_of_one_that_is_needed",
                condition=Q(least_result__isnull=True)
                | Q(needs_result=True, least_result__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offering_id}: {self.least_share} per cent from {self.starts_on}"


class Missing(models.TextChoices):
    """What a rule asks for and somebody does not have."""

    ATTENDANCE = "ATTENDANCE", _("Attendance")
    EVALUATION = "EVALUATION", _("Evaluation")
    RESULT = "RESULT", _("Result")


class CompletionException(models.Model):
    """Somebody completed although something that the rule asks for was missing, and why."""

    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.CASCADE, related_name="completion_exception"
    )
    missing = ArrayField(
        models.CharField(max_length=10, choices=Missing.choices), verbose_name=_("what was missing")
    )
    reason = models.CharField(_("why it was completed all the same"), max_length=300)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="completion_exception_means_what_and_why",
                condition=Q(missing__len__gte=1) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} without {', '.join(self.missing)}"


class PartialCredit(models.Model):
    """A level that somebody reached on a course they completed in part.

    It holds its own words of what was reached, so that it stays when the programme changes.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="credits")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(_("level reached"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="partial_credit_once", fields=["enrolment", "competency"]),
            models.CheckConstraint(
                name="partial_credit_rank_from_1_to_7", condition=Q(rank__range=(1, 7))
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="partial_credit_stays", fields=["enrolment", "competency", "rank"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.competency_id} to {self.rank}"
