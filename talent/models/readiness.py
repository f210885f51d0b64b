"""Judgements of how ready somebody is for a next role: dated, with a reason, readable by them."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from talent.models.search import Readiness, TalentProfile

if TYPE_CHECKING:
    from accounts.actors import Actor


class ReadinessJudgementQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "ReadinessJudgementQuerySet":
        """The person themselves, and talent leads who can find the person."""
        found = TalentProfile.objects.visible_to(actor, on=on)
        seen = Q(person_id__in=found.values("person_id"))
        if actor.actor_kind == "person":
            seen |= Q(person_id=actor.pk)
        return self.filter(seen)

    def on(self, day: date) -> "ReadinessJudgementQuerySet":
        return super().on(day).filter(replaced_at__isnull=True)


class ReadinessJudgement(Dated):
    """How ready a person is for a next role, judged on a day, with the reason.

    ``replaced_at`` marks one that was judged again on the day it was made; otherwise the next
    judgement ends the one before it the day before.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    readiness = models.CharField(_("readiness"), max_length=15, choices=Readiness.choices)
    reason = models.TextField(_("why"))
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    judged_at = models.DateTimeField(_("judged"))
    replaced_at = models.DateTimeField(_("judged again"), null=True)

    objects = ReadinessJudgementQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("readiness_judgement_ends_after_start"),
            never_twice(
                "readiness_judgement_one_at_a_time", "person", condition=Q(replaced_at__isnull=True)
            ),
            models.CheckConstraint(
                name="readiness_judgement_has_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.readiness}"
