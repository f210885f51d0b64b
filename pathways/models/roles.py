"""Role profiles with what they require, the posts that follow them, and the steps between them."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Band, Organisation, Post
from pathways.models.frameworks import Competency, FrameworkVersion, owned_or_national

if TYPE_CHECKING:
    from accounts.actors import Actor


class RoleProfileQuerySet(models.QuerySet["RoleProfile"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "RoleProfileQuerySet":
        return self.filter(owned_or_national(actor, on=on, field="owner_id"), is_published=True)


class RoleProfile(models.Model):
    """A kind of management role ("service manager"), national or of one organisation, with the
    levels it requires in one edition of a framework."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=160)
    summary = models.TextField(_("summary"), blank=True)
    family = models.CharField(_("family"), max_length=60, blank=True)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.ForeignKey(
        FrameworkVersion, on_delete=models.PROTECT, related_name="role_profiles"
    )
    band = models.CharField(_("usual band"), max_length=3, choices=Band.choices, blank=True)
    stage = models.PositiveSmallIntegerField(_("stage on the pathway"))
    is_published = models.BooleanField(_("published"), default=True)

    objects = RoleProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_profile_stage_from_1_to_12", condition=Q(stage__range=(1, 12))
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Requirement(models.Model):
    """The level (a rank of the edition's scale) a role asks for in one competency."""

    role_profile = models.ForeignKey(
        RoleProfile, on_delete=models.PROTECT, related_name="requirements"
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="requirements"
    )
    rank = models.PositiveSmallIntegerField(_("level asked for"))
    is_essential = models.BooleanField(_("essential from the first day"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="requirement_once_per_role_and_competency",
                fields=["role_profile", "competency"],
            ),
            models.CheckConstraint(
                name="requirement_rank_from_1_to_7", condition=Q(rank__range=(1, 7))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_profile_id}: {self.competency_id} at {self.rank}"


class PostRole(models.Model):
    """The role profile a post follows. It stands here because posts lie on a lower floor."""

    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="+")
    role_profile = models.ForeignKey(
        RoleProfile, on_delete=models.PROTECT, related_name="post_roles"
    )

    def __str__(self) -> str:
        return f"{self.post_id} follows {self.role_profile_id}"


class PathwayStep(models.Model):
    """One may go from one role to another; an edge of the pathway map."""

    from_role = models.ForeignKey(RoleProfile, on_delete=models.PROTECT, related_name="steps_on")
    to_role = models.ForeignKey(RoleProfile, on_delete=models.PROTECT, related_name="steps_in")
    usual_months = models.PositiveSmallIntegerField(_("usual months in the first role"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pathway_step_once", fields=["from_role", "to_role"]),
            models.CheckConstraint(
                name="pathway_step_leads_elsewhere", condition=~Q(from_role=F("to_role"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_role_id} to {self.to_role_id}"
