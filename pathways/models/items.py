"""What an edition of a framework says: domain → competency → level descriptor → indicator.

Competencies nest to any depth; associations and crosswalks tie them to others, also elsewhere.
"""

import uuid

import pgtrigger
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pathways.models.doers import done, done_by_client, done_by_person, not_done
from pathways.models.frameworks import FrameworkVersion, Level, Scale
from pathways.models.frozen import frozen_with_its_edition


class Item(models.Model):
    """What every part of an edition has.

    ``identifier`` names this row and no other, for good; ``lineage`` is shared by the same thing
    in every edition of the framework. ``case`` holds what an imported CASE item says beyond what
    we model, as it was said.
    """

    identifier = models.UUIDField(
        default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False
    )
    lineage = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    case = models.JSONField(_("further facts of a CASE item"), default=dict, blank=True)

    class Meta:
        abstract = True


class Domain(Item):
    """A chapter of a framework's edition."""

    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="domains")
    code = models.CharField(_("code"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    position = models.PositiveIntegerField(_("place in the order"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="domain_code_once",
                fields=["version", "code"],
                # Judged when a statement ends, so that one can let two rows change codes.
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            models.UniqueConstraint(
                name="domain_position_once",
                fields=["version", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(name="domain_lineage_once", fields=["version", "lineage"]),
        ]
        triggers = frozen_with_its_edition("domain")

    def __str__(self) -> str:
        return self.title


class Competency(Item):
    """One thing a manager does well or less well. Its code is dotted words, never a number.

    ``parent`` is the competency it is a part of; ``scale`` overrides that of the edition. Only an
    assessable one is asked about: what merely groups others is not. ``version`` is that of the
    domain and is filled by the database.
    """

    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="competencies")
    version = models.ForeignKey(
        FrameworkVersion, on_delete=models.PROTECT, related_name="+", editable=False
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts"
    )
    scale = models.ForeignKey(
        Scale, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_assessable = models.BooleanField(_("asked about"), default=True)
    code = models.CharField(_("code"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    position = models.PositiveIntegerField(_("place in the order"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="competency_code_once",
                fields=["version", "code"],
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            models.UniqueConstraint(
                name="competency_position_once",
                fields=["domain", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(name="competency_lineage_once", fields=["version", "lineage"]),
            models.CheckConstraint(
                name="competency_is_no_part_of_itself",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
        ]
        indexes = [
            models.Index(name="competency_lineage", fields=["lineage"]),
        ]
        triggers = [
            *frozen_with_its_edition("competency"),
            pgtrigger.Trigger(
                name="competency_has_its_domains_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("domain_id", "version_id"),
                func="""
                    SELECT version_id INTO NEW.version_id
                      FROM pathways_domain WHERE id = NEW.domain_id;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title


class LevelDescriptor(Item):
    """What a competency looks like at a level."""

    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="descriptors")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("description"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="level_descriptor_once",
                fields=["competency", "level"],
                deferrable=models.Deferrable.IMMEDIATE,
            ),
        ]
        triggers = frozen_with_its_edition("leveldescriptor")

    def __str__(self) -> str:
        return self.text[:60]


class Indicator(Item):
    """Something one could see a person do who has reached the level."""

    descriptor = models.ForeignKey(
        LevelDescriptor, on_delete=models.PROTECT, related_name="indicators"
    )
    text = models.CharField(_("what one sees"), max_length=1000)
    position = models.PositiveIntegerField(_("place in the order"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="indicator_position_once",
                fields=["descriptor", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        triggers = frozen_with_its_edition("indicator")

    def __str__(self) -> str:
        return self.text[:60]


class AssociationKind(models.TextChoices):
    """The types of the CASE 1.1 standard, by its own names."""

    CHILD = "isChildOf", _("Is part of, in the tree")
    PEER = "isPeerOf", _("Stands beside")
    PART = "isPartOf", _("Is a part of")
    SAME = "exactMatchOf", _("Says the same as")
    BEFORE = "precedes", _("Comes before")
    RELATED = "isRelatedTo", _("Is related to")
    REPLACED = "replacedBy", _("Is replaced by")
    EXAMPLE = "exemplar", _("Has as an example")
    SKILL = "hasSkillLevel", _("Has the skill level")
    TRANSLATION = "isTranslationOf", _("Is a translation of")


class AssociationGroup(models.Model):
    """A named set of associations, as CASE has it ("the crosswalk to the standards of 2027")."""

    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="groups")
    identifier = models.UUIDField(
        default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False
    )
    title = models.CharField(_("title"), max_length=300)
    case = models.JSONField(default=dict, blank=True)

    class Meta:
        triggers = frozen_with_its_edition("associationgroup")

    def __str__(self) -> str:
        return self.title


class Association(models.Model):
    """``origin`` has a typed relation to ``destination``: a further parent, or a crosswalk.

    Either end may lie in another edition or nowhere in this system: it is named by its CASE
    identifier, and by the competency where it is one of ours. What is a part of what in the tree
    itself stands in ``Competency``, not here.
    """

    version = models.ForeignKey(
        FrameworkVersion, on_delete=models.PROTECT, related_name="associations"
    )
    identifier = models.UUIDField(
        default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False
    )
    group = models.ForeignKey(
        AssociationGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=AssociationKind.choices)
    position = models.IntegerField(_("place in the order"), null=True, blank=True)
    origin_identifier = models.UUIDField()
    origin_title = models.TextField(blank=True)
    origin_uri = models.CharField(max_length=500, blank=True)
    origin = models.ForeignKey(
        Competency, on_delete=models.PROTECT, null=True, blank=True, related_name="ties_from"
    )
    destination_identifier = models.UUIDField()
    destination_title = models.TextField(blank=True)
    destination_uri = models.CharField(max_length=500, blank=True)
    destination = models.ForeignKey(
        Competency, on_delete=models.PROTECT, null=True, blank=True, related_name="ties_to"
    )
    case = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="association_once",
                fields=["version", "kind", "origin_identifier", "destination_identifier"],
            ),
            models.CheckConstraint(
                name="association_leads_elsewhere",
                condition=~Q(origin_identifier=F("destination_identifier")),
            ),
        ]
        indexes = [
            models.Index(name="association_origin", fields=["origin_identifier"]),
            models.Index(name="association_destination", fields=["destination_identifier"]),
        ]
        triggers = frozen_with_its_edition("association")

    def __str__(self) -> str:
        return f"{self.origin_identifier} {self.kind} {self.destination_identifier}"


class CrosswalkKind(models.TextChoices):
    SAME = "SAME", _("Unchanged, or worded better")
    REPLACED = "REPLACED", _("Replaced by")
    SPLIT = "SPLIT", _("Split into")
    MERGED = "MERGED", _("Merged into")
    RETIRED = "RETIRED", _("Left out")
    EQUIVALENT = "EQUIVALENT", _("Stands for, in another framework")


class Crosswalk(models.Model):
    """What became of a competency in a later edition, or what stands for it elsewhere, and why.

    Only a rule that an author has confirmed carries levels over; see ``CrosswalkLevel``. Once it
    has (``carried_at``), people's levels name it as where they came from, and it stays.
    ``revision`` counts what was said of it, so that two authors do not overwrite each other.
    """

    before = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="became")
    after = models.ForeignKey(
        Competency, on_delete=models.PROTECT, null=True, blank=True, related_name="came_from"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=CrosswalkKind.choices)
    reason = models.TextField(_("reason"), blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    confirmed_by = done_by_person()
    confirmed_by_client = done_by_client()
    carried_at = models.DateTimeField(_("levels carried over"), null=True)
    revision = models.PositiveIntegerField(_("changes of the rule"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="crosswalk_once", fields=["before", "after"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="crosswalk_retired_means_nothing_after",
                condition=Q(kind="RETIRED", after__isnull=True)
                | ~Q(kind="RETIRED") & Q(after__isnull=False),
            ),
            models.CheckConstraint(
                name="crosswalk_change_needs_a_reason",
                condition=Q(kind__in=["SAME", "EQUIVALENT"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="crosswalk_confirmed_means_who_and_when",
                condition=Q(confirmed_at__isnull=True) & not_done("confirmed_by")
                | Q(confirmed_at__isnull=False) & done("confirmed_by"),
            ),
            models.CheckConstraint(
                name="crosswalk_carried_by_what_was_confirmed",
                condition=Q(carried_at__isnull=True) | Q(confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} {self.kind} {self.after_id}"


class CrosswalkLevel(models.Model):
    """A level held of the competency before stands for this level of the one after."""

    crosswalk = models.ForeignKey(Crosswalk, on_delete=models.CASCADE, related_name="levels")
    rank = models.PositiveSmallIntegerField(_("level before"))
    becomes = models.PositiveSmallIntegerField(_("level after"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="crosswalk_level_once", fields=["crosswalk", "rank"]),
            models.CheckConstraint(
                name="crosswalk_level_ranks_from_1_to_7",
                condition=Q(rank__range=(1, 7), becomes__range=(1, 7)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank} becomes {self.becomes}"
