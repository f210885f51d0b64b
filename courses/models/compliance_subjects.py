"""Subjects in which training is mandatory, their levels, and what teaches them."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from courses.models.catalogue import Programme
from courses.models.offerings import Offering
from pathways.models.frameworks import owned_or_national

if TYPE_CHECKING:
    from accounts.actors import Actor

MOST_LEVELS = 7


class SubjectSet(models.TextChoices):
    """The sets in which the Electronic Staff Record keeps its competencies."""

    CSTF = "CSTF", _("Core Skills Training Framework")
    CORE = "CORE", _("Core")
    MANDATORY = "MANDATORY", _("Mandatory")
    LOCAL = "LOCAL", _("Local")


class SubjectQuerySet(models.QuerySet["Subject"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "SubjectQuerySet":
        """National subjects, and those of one's own organisations and of the ones above."""
        return self.filter(owned_or_national(actor, on=on, field="owner_id"))


class Subject(models.Model):
    """Something that people must be trained in again and again: fire safety, safeguarding adults.

    Without an owner it is national. ``vpd`` is the three-digit number by which the staff record
    names the owner of a local subject. ``higher_counts``: whoever holds a higher level needs no
    lower one. From ``ended_on`` on it is asked of nobody; what was learned in it stays.
    """

    code = models.CharField(_("code"), max_length=40)
    prefix = models.CharField(_("claim prefix"), max_length=4, blank=True)
    title = models.CharField(_("title"), max_length=120)
    subject_set = models.CharField(_("set"), max_length=10, choices=SubjectSet.choices)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    vpd = models.CharField(_("VPD of the owner"), max_length=3, blank=True)
    higher_counts = models.BooleanField(_("a higher level counts for a lower"), default=True)
    is_verified = models.BooleanField(_("checked against a published source"), default=False)
    ended_on = models.DateField(_("asked of nobody from"), null=True, blank=True)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="subject_code_once_per_owner",
                fields=["owner", "code"],
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="subject_title_once_per_owner_and_set",
                fields=["owner", "subject_set", "title"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="subject_local_means_a_vpd",
                condition=Q(owner__isnull=True, vpd="")
                | Q(owner__isnull=False, vpd__regex=r"^[0-9]{3}$"),
            ),
            models.CheckConstraint(
                name="subject_title_can_be_told_to_the_staff_record",
                condition=~Q(title__contains="|") & ~Q(title=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SubjectLevel(models.Model):
    """One level of a subject; a subject without levels has one, which has no label.

    ``esr_titles`` are further titles under which the staff record keeps the level.
    """

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="levels")
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    label = models.CharField(_("level"), max_length=40, blank=True)
    esr_titles = ArrayField(
        models.CharField(max_length=160),
        verbose_name=_("other titles in the staff record"),
        default=list,
        blank=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="subject_level_rank_once_per_subject", fields=["subject", "rank"]
            ),
            models.UniqueConstraint(
                name="subject_level_label_once_per_subject", fields=["subject", "label"]
            ),
            models.CheckConstraint(
                name="subject_level_rank_from_1", condition=Q(rank__range=(1, MOST_LEVELS))
            ),
            models.CheckConstraint(
                name="subject_level_label_has_no_bar", condition=~Q(label__contains="|")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject.title} {self.label}".strip()


class SubjectTaught(models.Model):
    """Completing a programme, or one offering of it, brings a level of a subject."""

    level = models.ForeignKey(SubjectLevel, on_delete=models.PROTECT, related_name="taught_by")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    offering = models.ForeignKey(
        Offering, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="subject_taught_by_a_programme_or_an_offering",
                condition=Q(programme__isnull=False, offering__isnull=True)
                | Q(programme__isnull=True, offering__isnull=False),
            ),
            models.UniqueConstraint(
                name="subject_taught_once",
                fields=["level", "programme", "offering"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level_id} by {self.programme_id or self.offering_id}"
