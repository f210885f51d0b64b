"""Competency frameworks: framework → version → domain → competency → level → indicator."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import EVERYTHING, standing
from common.workflow import Workflow, transition

if TYPE_CHECKING:
    from accounts.actors import Actor


class VersionState(models.TextChoices):
    DRAFT = "DRAFT", _("Being written")
    PUBLISHED = "PUBLISHED", _("In use")
    RETIRED = "RETIRED", _("Retired")


VERSION_WORKFLOW = Workflow(
    transition("publish", {VersionState.DRAFT}, VersionState.PUBLISHED),
    transition("retire", {VersionState.PUBLISHED}, VersionState.RETIRED),
)


def owned_or_national(actor: "Actor", *, on: date, field: str) -> Q:
    """Things without an owner are national; others are seen in the owner's organisation, below
    it, and by those whose role covers it."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    seen = place.organisation_ids | place.above_ids | frozenset().union(*place.roles.values())
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__in": seen})


class Framework(models.Model):
    """A body's description of good management, of which there are versions."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    nation = models.CharField(_("nation"), max_length=30, default="England")
    audience = models.CharField(_("audience"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=300, blank=True)

    def __str__(self) -> str:
        return self.title


class FrameworkVersionQuerySet(models.QuerySet["FrameworkVersion"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "FrameworkVersionQuerySet":
        """Published and retired versions that are national or of one's own organisations."""
        seen = owned_or_national(actor, on=on, field="framework__owner_id")
        return self.filter(seen).exclude(state=VersionState.DRAFT)


class Scale(models.Model):
    """A set of levels. A level without a rank means "not applicable", never nought."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    title = models.CharField(_("title"), max_length=120)

    def __str__(self) -> str:
        return self.title


class Level(models.Model):
    """One step of a scale. ``rank`` starts at 1; a missing rank is left out of means and gaps."""

    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="levels")
    rank = models.PositiveSmallIntegerField(_("rank"), null=True, blank=True)
    label = models.CharField(_("label"), max_length=60)
    meaning = models.CharField(_("meaning"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="level_rank_once_per_scale", fields=["scale", "rank"]),
            models.UniqueConstraint(name="level_label_once_per_scale", fields=["scale", "label"]),
            models.CheckConstraint(
                name="level_rank_from_1_to_7",
                condition=Q(rank__isnull=True) | Q(rank__range=(1, 7)),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class FrameworkVersion(models.Model):
    """One edition of a framework. Nothing assessed against it ever moves to another edition."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="versions")
    label = models.CharField(_("edition"), max_length=30)
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    valid_from = models.DateField(_("in use from"))
    valid_to = models.DateField(_("in use until"), null=True, blank=True)

    objects = FrameworkVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="framework_version_label_once", fields=["framework", "label"]
            ),
            models.CheckConstraint(
                name="framework_version_ends_after_start",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="framework_version_steps", field="state", transitions=VERSION_WORKFLOW.fsm()
            ),
        ]

    def __str__(self) -> str:
        return f"{self.framework_id} {self.label}"


class Domain(models.Model):
    """A chapter of a framework's edition."""

    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="domains")
    code = models.CharField(_("code"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    position = models.PositiveSmallIntegerField(_("place in the order"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="domain_code_once", fields=["version", "code"]),
            models.UniqueConstraint(name="domain_position_once", fields=["version", "position"]),
        ]

    def __str__(self) -> str:
        return self.title


class Competency(models.Model):
    """One thing a manager does well or less well. Its code is dotted words, never a number."""

    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="competencies")
    code = models.CharField(_("code"), max_length=30)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    position = models.PositiveSmallIntegerField(_("place in the order"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="competency_code_once", fields=["domain", "code"]),
            models.UniqueConstraint(name="competency_position_once", fields=["domain", "position"]),
        ]

    def __str__(self) -> str:
        return self.title


class LevelDescriptor(models.Model):
    """What a competency looks like at a level."""

    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="descriptors")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("description"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="level_descriptor_once", fields=["competency", "level"]),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Indicator(models.Model):
    """Something one could see a person do who has reached the level."""

    descriptor = models.ForeignKey(
        LevelDescriptor, on_delete=models.PROTECT, related_name="indicators"
    )
    text = models.CharField(_("what one sees"), max_length=300)
    position = models.PositiveSmallIntegerField(_("place in the order"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="indicator_position_once", fields=["descriptor", "position"]
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
