"""Somebody would like to know when a programme has another session."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.catalogue import Programme

if TYPE_CHECKING:
    from accounts.actors import Actor


class InterestEnd(models.TextChoices):
    SELF = "SELF", _("Ended by the person")
    PLACE = "PLACE", _("They have a place")


class InterestQuerySet(models.QuerySet["Interest"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "InterestQuerySet":
        """One's own."""
        return self.filter(person_id=actor.pk) if actor.actor_kind == "person" else self.none()

    def live(self) -> "InterestQuerySet":
        return self.filter(ended_at__isnull=True)


class Interest(models.Model):
    """A person is told once about every session of a programme that opens to them, until they
    want no more of it or have a place. It asks for nothing, and nobody else reads it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField(_("asked to be told"))
    ended_at = models.DateTimeField(_("told no longer"), null=True)
    ended_because = models.CharField(
        _("why it ended"), max_length=5, choices=InterestEnd.choices, blank=True
    )

    objects = InterestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="interest_one_at_a_time",
                fields=["person", "programme"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="interest_ended_means_why",
                condition=Q(ended_at__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
            ),
            models.CheckConstraint(
                name="interest_ends_after_it_starts",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("since_at")),
            ),
        ]
        indexes = [
            models.Index(
                name="interest_told", fields=["programme"], condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is told about programme {self.programme_id}"
