"""Role profiles with what they require, the posts that follow them, and the steps between them."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Band, Organisation, Post, Role, StaffGroup
from accounts.models.dated import in_force
from accounts.visibility import EVERYTHING, NOTHING, standing, within
from pathways.models.authoring import Collaborator, Part
from pathways.models.frameworks import FrameworkVersion, owned_or_national
from pathways.models.items import Competency
from pathways.models.roles_triggers import (
    GROUP_TRIGGERS,
    REQUIREMENT_TRIGGERS,
    ROLE_PROFILE_TRIGGERS,
)

if TYPE_CHECKING:
    from accounts.actors import Actor


# The scope of programs that write the role profiles of their organisation.
ROLE_WRITING = "roles:write"


def writes_roles_for(actor: "Actor") -> int | None:
    """The organisation whose role profiles a program writes: its own alone."""
    if actor.actor_kind != "client" or ROLE_WRITING not in actor.scopes:
        return None
    return int(actor.client.organisation_id)


class RoleProfileQuerySet(models.QuerySet["RoleProfile"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "RoleProfileQuerySet":
        """Roles in use that are national or of one's own organisations; a family is no role."""
        seen = owned_or_national(actor, on=on, field="owner_id")
        return self.filter(seen, is_published=True, is_family=False)

    def written_by(self, actor: "Actor", *, on: date) -> "RoleProfileQuerySet":
        """Those ``actor`` writes, drafts and families among them.

        By the role of framework author where the profile belongs; a national one by being an
        author of the framework whose levels it asks for; a program those of its organisation.
        """
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self.filter(EVERYTHING)
        if actor.actor_kind != "person":
            owner_id = writes_roles_for(actor)
            return self.filter(NOTHING if owner_id is None else Q(owner=owner_id))
        writes = Collaborator.objects.filter(in_force(on), person_id=actor.pk, part=Part.AUTHOR)
        shared = Q(owner__isnull=True, version__framework__in=writes.values("framework_id"))
        through = place.covered_by(Role.FRAMEWORK_AUTHOR)
        return self.filter(shared | within(through, field="owner_id") if through else shared)


class RoleProfile(models.Model):
    """A kind of management role ("service manager"), national or of one organisation, with the
    levels it requires in one edition of a framework.

    A family profile (``is_family``) holds what several roles share: their own rows say from which
    row of it each was taken, and where they ask for something else.

    What a profile in use asks for does not change, because people are measured by it: a successor
    is written, which ``replaces`` it from ``in_use_from`` on.
    """

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
    is_family = models.BooleanField(_("describes a family of roles"), default=False)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="members"
    )
    top_band = models.CharField(_("highest band"), max_length=3, choices=Band.choices, blank=True)
    staff_groups = ArrayField(
        models.CharField(max_length=2, choices=StaffGroup.choices),
        verbose_name=_("staff groups"),
        default=list,
        blank=True,
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successor"
    )
    in_use_from = models.DateField(_("in use from"), null=True, blank=True)
    withdrawn_on = models.DateField(_("no longer in use from"), null=True, blank=True)

    objects = RoleProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_profile_stage_from_1_to_12", condition=Q(stage__range=(1, 12))
            ),
            models.CheckConstraint(
                name="role_profile_family_has_no_family",
                condition=Q(is_family=False) | Q(parent__isnull=True),
            ),
            models.CheckConstraint(
                name="role_profile_replaces_another",
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
            ),
            models.CheckConstraint(
                name="role_profile_in_use_is_not_withdrawn",
                condition=Q(is_published=False) | Q(withdrawn_on__isnull=True),
            ),
        ]
        triggers = ROLE_PROFILE_TRIGGERS

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
    inherited_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="inherited_by"
    )
    is_override = models.BooleanField(_("differs from the family"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="requirement_once_per_role_and_competency",
                fields=["role_profile", "competency"],
            ),
            models.CheckConstraint(
                name="requirement_rank_from_1_to_7", condition=Q(rank__range=(1, 7))
            ),
            models.CheckConstraint(
                name="requirement_override_of_something",
                condition=Q(is_override=False) | Q(inherited_from__isnull=False),
            ),
        ]
        triggers = REQUIREMENT_TRIGGERS

    def __str__(self) -> str:
        return f"{self.role_profile_id}: {self.competency_id} at {self.rank}"


class Background(models.TextChoices):
    ANY = "ANY", _("Everybody")
    CLINICAL = "CLINICAL", _("Coming from clinical work")
    ADMINISTRATIVE = "ADMINISTRATIVE", _("Coming from administrative work")


class Operator(models.TextChoices):
    ALL = "ALL", _("All of these")
    ANY = "ANY", _("Any one of these")


class RequirementGroup(models.Model):
    """What a role asks for beside competencies, joined by "and" or "or"; groups hold groups.

    Only those with the ``background`` are asked for it: an alternative for people who come into
    management from clinical or administrative work.
    """

    role_profile = models.ForeignKey(
        RoleProfile, on_delete=models.PROTECT, related_name="condition_groups"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="groups"
    )
    operator = models.CharField(_("joined by"), max_length=3, choices=Operator.choices)
    background = models.CharField(
        _("asked of"), max_length=14, choices=Background.choices, default=Background.ANY
    )
    is_essential = models.BooleanField(_("essential"), default=True)
    position = models.PositiveSmallIntegerField(_("place in the order"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="requirement_group_position_once",
                fields=["role_profile", "parent", "position"],
                nulls_distinct=False,
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="requirement_group_holds_not_itself",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
        ]
        triggers = GROUP_TRIGGERS

    def __str__(self) -> str:
        return f"{self.role_profile_id}: {self.operator}"


class ConditionKind(models.TextChoices):
    QUALIFICATION = "QUALIFICATION", _("Qualification")
    EXPERIENCE = "EXPERIENCE", _("Experience")
    REGISTRATION = "REGISTRATION", _("Professional registration")


class RoleCondition(models.Model):
    """One thing of a group: a qualification of at least a level, or months of experience.

    ``level`` is that of the Regulated Qualifications Framework, 1 to 8.
    """

    group = models.ForeignKey(RequirementGroup, on_delete=models.CASCADE, related_name="conditions")
    kind = models.CharField(_("kind"), max_length=13, choices=ConditionKind.choices)
    title = models.CharField(_("title"), max_length=200)
    awarding_body = models.CharField(_("awarding body"), max_length=120, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    staff_group = models.CharField(
        _("in which staff group"), max_length=2, choices=StaffGroup.choices, blank=True
    )
    in_management = models.BooleanField(_("in a management post"), default=False)
    position = models.PositiveSmallIntegerField(_("place in the order"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_condition_level_from_1_to_8",
                condition=Q(level__isnull=True) | Q(level__range=(1, 8)),
            ),
            models.CheckConstraint(
                name="role_condition_says_what_its_kind_needs",
                condition=Q(kind="EXPERIENCE", months__isnull=False, level__isnull=True)
                | Q(kind__in=["QUALIFICATION", "REGISTRATION"], months__isnull=True),
            ),
            models.UniqueConstraint(
                name="role_condition_position_once",
                fields=["group", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PostRole(models.Model):
    """The role profile a post follows. It stands here because posts lie on a lower floor."""

    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="+")
    role_profile = models.ForeignKey(
        RoleProfile, on_delete=models.PROTECT, related_name="post_roles"
    )

    def __str__(self) -> str:
        return f"{self.post_id} follows {self.role_profile_id}"


class PastPostRole(models.Model):
    """The role profile a post followed until ``until`` (that day included), before another."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    role_profile = models.ForeignKey(
        RoleProfile, on_delete=models.PROTECT, related_name="past_post_roles"
    )
    until = models.DateField(_("last day"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="past_post_role_once_a_day", fields=["post", "until"]),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} followed {self.role_profile_id} until {self.until}"


class StepKind(models.TextChoices):
    PROMOTION = "PROMOTION", _("Promotion")
    SIDEWAYS = "SIDEWAYS", _("Sideways move")
    SECONDMENT = "SECONDMENT", _("Secondment")
    FROM_CLINICAL = "FROM_CLINICAL", _("From clinical work into management")
    FROM_ADMINISTRATIVE = "FROM_ADMINISTRATIVE", _("From administrative work into management")
    NON_EXECUTIVE = "NON_EXECUTIVE", _("Into a non-executive role")


class PathwayStep(models.Model):
    """One may go from one role to another; an edge of the pathway map."""

    from_role = models.ForeignKey(RoleProfile, on_delete=models.PROTECT, related_name="steps_on")
    to_role = models.ForeignKey(RoleProfile, on_delete=models.PROTECT, related_name="steps_in")
    usual_months = models.PositiveSmallIntegerField(_("usual months in the first role"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    kind = models.CharField(
        _("kind"), max_length=19, choices=StepKind.choices, default=StepKind.PROMOTION
    )
    adds = models.CharField(_("what it adds"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pathway_step_once", fields=["from_role", "to_role"]),
            models.CheckConstraint(
                name="pathway_step_leads_elsewhere", condition=~Q(from_role=F("to_role"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_role_id} to {self.to_role_id}"
