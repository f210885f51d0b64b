"""What can be learned: programmes, what they bring, and whose pathway asks for them."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import standing
from pathways.models import Competency, RoleProfile

if TYPE_CHECKING:
    from accounts.actors import Actor


class DeliveryMode(models.TextChoices):
    ONLINE = "ONLINE", _("Online")
    IN_PERSON = "IN_PERSON", _("In person")
    BLENDED = "BLENDED", _("Online and in person")


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "ProgrammeQuerySet":
        """National ones, those of one's organisations and of the ones above, and whatever one is
        offered; while they are listed."""
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self.filter(is_listed=True)
        mine = place.organisation_ids | place.covered_by("LEARNING_LEAD", "PROGRAMME_LEAD")
        offering: Any = self.model.offerings.rel.related_model
        return self.filter(
            Q(owner__isnull=True)
            | Q(owner_id__in=mine | place.above_ids)
            | Q(pk__in=offering.objects.visible_to(actor, on=on).values("programme_id")),
            is_listed=True,
        )


class Programme(models.Model):
    """What can be learned: a national or local programme, however and by whom it is offered.

    A local one has an owner, whose learning and programme leads write it; ``provider`` is who
    teaches a national one, as published.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    audience = models.CharField(_("for whom"), max_length=300, blank=True)
    provider = models.CharField(_("provider"), max_length=200, blank=True)
    length = models.CharField(_("length"), max_length=120, blank=True)
    mode = models.CharField(_("how"), max_length=10, choices=DeliveryMode.choices)
    study_hours = models.PositiveSmallIntegerField(_("study hours"), null=True, blank=True)
    cost_pence = models.PositiveIntegerField(_("cost in pence"), null=True, blank=True)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_listed = models.BooleanField(_("in the catalogue"), default=True)
    is_verified = models.BooleanField(_("checked against a published source"), default=False)
    words = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="english")
        + SearchVector("summary", weight="B", config="english")
        + SearchVector("audience", "provider", weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(name="programme_words", fields=["words"])]

    def __str__(self) -> str:
        return self.title


class Outcome(models.Model):
    """The level of a competency that completing a programme brings."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="outcomes")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(_("level reached"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="outcome_once_per_programme_and_competency", fields=["programme", "competency"]
            ),
            models.CheckConstraint(
                name="outcome_rank_from_1_to_7", condition=Q(rank__range=(1, 7))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.competency_id} to {self.rank}"


class RoleProgramme(models.Model):
    """The pathway asks people in a role to take a programme: that is their entitlement."""

    role_profile = models.ForeignKey(RoleProfile, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="role_programmes"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="role_programme_once", fields=["role_profile", "programme"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_profile_id} takes {self.programme_id}"
