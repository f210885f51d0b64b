"""Where a gap can be closed beside courses: resources to use, and people who offer to coach."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import NOTHING, standing
from pathways.models.frameworks import owned_or_national
from pathways.models.items import Competency

if TYPE_CHECKING:
    from accounts.actors import Actor


class ResourceKind(models.TextChoices):
    READING = "READING", _("Reading")
    VIDEO = "VIDEO", _("Video")
    ONLINE = "ONLINE", _("Online learning")
    TOOL = "TOOL", _("Tool or template")
    EXPERIENCE = "EXPERIENCE", _("Something to do at work")


class ResourceQuerySet(models.QuerySet["Resource"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "ResourceQuerySet":
        return self.filter(owned_or_national(actor, on=on, field="owner_id"), is_in_use=True)


class Resource(models.Model):
    """Something to learn from without enrolling, of one organisation or of all."""

    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ResourceKind.choices)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    minutes = models.PositiveIntegerField(_("minutes it takes"), null=True, blank=True)
    is_in_use = models.BooleanField(_("in use"), default=True)

    objects = ResourceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title


class ResourceLevel(models.Model):
    """A resource helps with a competency, up to a level."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="levels")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(_("up to level"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="resource_level_once", fields=["resource", "competency"]),
            models.CheckConstraint(
                name="resource_level_rank_from_1_to_7", condition=Q(rank__range=(1, 7))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id}: {self.competency_id} up to {self.rank}"


class CoachOfferQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "CoachOfferQuerySet":
        """One's own, and those made to an organisation one belongs to or is below."""
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self
        seen = Q(person_id=actor.pk) if actor.actor_kind == "person" else NOTHING
        near = place.organisation_ids | place.above_ids
        return self.filter(seen | Q(organisation_id__in=near))


class CoachOffer(Dated):
    """A person offers the people of an organisation, and of those below it, to coach them in a
    competency, from a day until they stop."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("how you can help"), max_length=300, blank=True)

    objects = CoachOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("coach_offer_ends_after_start"),
            never_twice("coach_offer_once_at_a_time", "person", "competency"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} coaches {self.competency_id}"
