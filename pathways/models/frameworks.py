"""Competency frameworks, their editions and the scales they measure with."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.apps import apps
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Role
from accounts.models.dated import in_force
from accounts.visibility import EVERYTHING, NOTHING, standing, within
from common.workflow import Workflow, transition
from pathways.models.frozen import (
    COUNTING_RULE_STAYS,
    LEVEL_STAYS_FROZEN,
    VERSION_STAYS_FROZEN,
)

if TYPE_CHECKING:
    from accounts.actors import Actor


class VersionState(models.TextChoices):
    DRAFT = "DRAFT", _("Being written")
    IN_REVIEW = "IN_REVIEW", _("In review")
    PUBLISHED = "PUBLISHED", _("In use")
    RETIRED = "RETIRED", _("Retired")


VERSION_WORKFLOW = Workflow(
    transition("ask_for_review", {VersionState.DRAFT}, VersionState.IN_REVIEW),
    transition("back_to_writing", {VersionState.IN_REVIEW}, VersionState.DRAFT),
    transition("publish", {VersionState.DRAFT, VersionState.IN_REVIEW}, VersionState.PUBLISHED),
    transition("retire", {VersionState.PUBLISHED}, VersionState.RETIRED),
)


IN_PUBLIC = (VersionState.PUBLISHED, VersionState.RETIRED)


class CountingRule(models.TextChoices):
    """Which of several attainments of one competency counts on a day."""

    LATEST = "LATEST", _("The latest level, whoever says so")
    CONFIRMED = "CONFIRMED", _("The latest level that somebody else confirmed, else one's own view")
    HIGHEST = "HIGHEST", _("The highest level that was shown")


def owned_or_national(actor: "Actor", *, on: date, field: str) -> Q:
    """Things without an owner are national; others are seen in the owner's organisation, below
    it, and by those whose role covers it."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    seen = place.organisation_ids | place.above_ids | frozenset().union(*place.roles.values())
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__in": seen})


# The scope of programs that write what their organisation owns.
WRITING = "frameworks:write"


def writes_for(actor: "Actor") -> int | None:
    """The organisation whose frameworks a program writes: its own alone, not those above or below
    it."""
    if actor.actor_kind != "client" or WRITING not in actor.scopes:
        return None
    return int(actor.client.organisation_id)


def authored_by(actor: "Actor", *, on: date, prefix: str) -> Q:
    """Frameworks (reached through ``prefix``) that ``actor`` writes or reviews on ``on``: as a
    collaborator, by the role of author or reviewer where the framework belongs, or as a program
    of the organisation that owns it."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    if actor.actor_kind != "person":
        owner_id = writes_for(actor)
        return NOTHING if owner_id is None else Q(**{f"{prefix}owner_id": owner_id})
    framework = apps.get_model("pathways", "Framework")
    # Both conditions in one ``filter``, so that they speak of the same invitation.
    mine = framework.objects.filter(
        in_force(on, prefix="collaborators__"), collaborators__person_id=actor.pk
    )
    through = place.covered_by(Role.FRAMEWORK_AUTHOR, Role.REVIEWER)
    seen = Q(**{f"{prefix}pk__in": mine.values("pk")})
    return seen | within(through, field=f"{prefix}owner_id") if through else seen


class Framework(models.Model):
    """A body's description of good management, of which there are versions.

    ``revision`` counts how often it was described anew, so that two authors do not overwrite each
    other.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    nation = models.CharField(_("nation"), max_length=30, default="England")
    audience = models.CharField(_("audience"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=300, blank=True)
    identifier = models.UUIDField(
        default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False
    )
    counting_rule = models.CharField(
        _("which level counts"),
        max_length=10,
        choices=CountingRule.choices,
        default=CountingRule.LATEST,
    )
    revision = models.PositiveIntegerField(_("changes of the description"), default=0)

    class Meta:
        triggers = [COUNTING_RULE_STAYS]

    def __str__(self) -> str:
        return self.title


class FrameworkVersionQuerySet(models.QuerySet["FrameworkVersion"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "FrameworkVersionQuerySet":
        """Published and retired versions that are national or of one's own organisations; and
        every edition of the frameworks one writes or reviews."""
        seen = owned_or_national(actor, on=on, field="framework__owner_id")
        return self.filter(
            seen & Q(state__in=IN_PUBLIC) | authored_by(actor, on=on, prefix="framework__")
        )

    def in_public(self) -> "FrameworkVersionQuerySet":
        """What is or was in use, without what is still being written."""
        return self.filter(state__in=IN_PUBLIC)

    def written_by(self, actor: "Actor", *, on: date) -> "FrameworkVersionQuerySet":
        """Every edition of the frameworks that ``actor`` writes or reviews."""
        return self.filter(authored_by(actor, on=on, prefix="framework__"))


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
        triggers = [LEVEL_STAYS_FROZEN]

    def __str__(self) -> str:
        return self.label


class FrameworkVersion(models.Model):
    """One edition of a framework. Nothing assessed against it ever moves to another edition.

    ``frozen_at`` is when its content stopped to change, which the database then refuses.
    ``revision`` counts the changes of a draft, so that two authors do not overwrite each other.
    ``ended_for`` is the edition before which this one ends: should that be retired before it
    begins, this one goes on. ``case`` holds what an imported CASE document says beyond what we
    model, as it was said.
    """

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="versions")
    label = models.CharField(_("edition"), max_length=30)
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    valid_from = models.DateField(_("in use from"))
    valid_to = models.DateField(_("in use until"), null=True, blank=True)
    identifier = models.UUIDField(
        default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False
    )
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    ended_for = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    change_summary = models.TextField(_("what is new"), blank=True)
    revision = models.PositiveIntegerField(_("changes of the draft"), default=0)
    changed_at = models.DateTimeField(_("last changed"), null=True)
    frozen_at = models.DateTimeField(_("frozen"), null=True)
    retired_at = models.DateTimeField(_("retired"), null=True)
    retire_reason = models.TextField(_("why it was retired"), blank=True)
    case = models.JSONField(_("further facts of a CASE document"), default=dict, blank=True)

    objects = FrameworkVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "framework", Lower("label"), name="framework_version_label_once"
            ),
            models.CheckConstraint(
                name="framework_version_ends_after_start",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="framework_version_retired_means_why_and_when",
                condition=Q(state="RETIRED", retired_at__isnull=False) & ~Q(retire_reason="")
                | ~Q(state="RETIRED") & Q(retired_at__isnull=True, retire_reason=""),
            ),
            models.CheckConstraint(
                name="framework_version_draft_is_not_frozen",
                condition=Q(state__in=["PUBLISHED", "RETIRED"]) | Q(frozen_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="framework_version_steps", field="state", transitions=VERSION_WORKFLOW.fsm()
            ),
            VERSION_STAYS_FROZEN,
        ]

    def __str__(self) -> str:
        return f"{self.framework_id} {self.label}"
