"""What people learned elsewhere, beside the claim by which it is checked."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pathways.models import PriorLearningClaim

if TYPE_CHECKING:
    from accounts.actors import Actor

MOST_HOURS = 5_000


class ExternalLearningQuerySet(models.QuerySet["ExternalLearning"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "ExternalLearningQuerySet":
        """With the claim it is part of."""
        return self.filter(claim__in=PriorLearningClaim.objects.visible_to(actor, on=on))


class ExternalLearning(models.Model):
    """A course that somebody took elsewhere: when it began and how long it took.

    What it was, where and what it taught stands in the claim of prior learning, with the levels
    claimed, the evidence and who checked it. It stands in the person's training record, and is no
    award of ours.
    """

    claim = models.OneToOneField(PriorLearningClaim, on_delete=models.CASCADE, related_name="+")
    started_on = models.DateField(_("began"))
    hours = models.PositiveSmallIntegerField(_("hours"))

    objects = ExternalLearningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="external_learning_took_some_hours",
                condition=Q(hours__range=(1, MOST_HOURS)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} from {self.started_on}"
