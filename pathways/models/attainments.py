"""What a person has reached, dated and with its source, and where the person wants to go."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import STANDS_IN, people_visible_to
from pathways.models.items import Competency
from pathways.models.roles import RoleProfile

if TYPE_CHECKING:
    from accounts.actors import Actor


class AttainmentSource(models.TextChoices):
    SELF = "SELF", _("Own assessment")
    APPRAISAL = "APPRAISAL", _("Appraisal")
    COURSE = "COURSE", _("Course")
    EVIDENCE = "EVIDENCE", _("Evidence")
    PRIOR = "PRIOR", _("Prior learning")
    MANAGER = "MANAGER", _("Line manager")
    ASSESSOR = "ASSESSOR", _("Assessor")
    IMPORTED = "IMPORTED", _("Brought from another system")
    CROSSWALK = "CROSSWALK", _("Carried over from another edition")
    CARRIED = "CARRIED", _("Own assessment, carried over from another edition")


# What a person says of themselves, also where it was carried over: that confirms nothing. Every
# other source is somebody else's word.
OWN_WORD = (AttainmentSource.SELF, AttainmentSource.CARRIED)


class AttainmentQuerySet(models.QuerySet["Attainment"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "AttainmentQuerySet":
        """Whoever may see the person, and whoever stands in for their line manager."""
        seen = people_visible_to(actor, on=on, prefix="person__", ties=STANDS_IN)
        return self.filter(seen)


class Attainment(models.Model):
    """A level of a competency that a person reached on a day, and from what we know it.

    Rows are added, never changed, but for ``valid_to``: the last day on which the row counts,
    which may be set or brought forward once more is known. Which of several rows counts is the
    rule of the framework. ``rank`` None means "no chance to demonstrate": it is history, and never
    opens a gap.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(_("level reached"), null=True)
    attained_on = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=10, choices=AttainmentSource.choices)
    source_key = models.CharField(_("where it came from"), max_length=60, blank=True)
    valid_to = models.DateField(_("counts until"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = AttainmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="attainment_rank_from_1_to_7",
                condition=Q(rank__isnull=True) | Q(rank__range=(1, 7)),
            ),
            models.UniqueConstraint(
                name="attainment_once_per_source",
                fields=["person", "competency", "source", "source_key"],
                condition=~Q(source_key=""),
            ),
            models.CheckConstraint(
                name="attainment_ends_after_start",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("attained_on") - 1),
            ),
        ]
        indexes = [
            # The order in which "what counts on a day" is read, without going to the table.
            models.Index(
                name="attainment_latest",
                fields=["person", "competency", "-attained_on", "-id"],
                include=["rank", "source", "valid_to"],
                condition=Q(rank__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="attainment_is_append_only", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="attainment_only_closes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - 'valid_to' = to_jsonb(OLD) - 'valid_to'
                       AND NEW.valid_to IS NOT NULL
                       AND (OLD.valid_to IS NULL OR NEW.valid_to <= OLD.valid_to) THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.competency_id} at {self.rank}"


class AspirationQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "AspirationQuerySet":
        return self.filter(people_visible_to(actor, on=on, prefix="person__"))


class Aspiration(Dated):
    """The role a person is working towards, from a day until they choose another or none."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role_profile = models.ForeignKey(RoleProfile, on_delete=models.PROTECT, related_name="+")

    objects = AspirationQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("aspiration_ends_after_start"),
            never_twice("aspiration_one_at_a_time", "person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} towards {self.role_profile_id}"
