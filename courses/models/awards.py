"""What one receives: awards, the bodies that give or accredit, and what brings which award."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import EVERYTHING, standing
from courses.models.catalogue import Programme
from courses.models.offerings import Offering

if TYPE_CHECKING:
    from accounts.actors import Actor


class Body(models.Model):
    """Who gives awards or accredits what brings them: an institute, a university, an academy."""

    code = models.CharField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160, unique=True)
    site = models.URLField(_("address of its site"), blank=True)
    is_verified = models.BooleanField(_("checked against a published source"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="body_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class AwardKind(models.TextChoices):
    CERTIFICATE = "CERTIFICATE", _("Certificate or award")
    ACADEMIC = "ACADEMIC", _("Academic qualification")
    APPRENTICESHIP = "APPRENTICESHIP", _("Apprenticeship")
    MEMBERSHIP = "MEMBERSHIP", _("Professional membership or title")
    CREDENTIAL = "CREDENTIAL", _("Digital credential")


class AwardQuerySet(models.QuerySet["Award"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "AwardQuerySet":
        """National ones, those of one's organisations and of the ones above, and those that what
        one is offered brings."""
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self.filter(EVERYTHING)
        mine = place.organisation_ids | place.covered_by("LEARNING_LEAD", "PROGRAMME_LEAD")
        programmes = Programme.objects.visible_to(actor, on=on).values("pk")
        offerings = Offering.objects.visible_to(actor, on=on).values("pk")
        taught = ProgrammeAward.objects.filter(programme__in=programmes).values("award_id")
        added = OfferingAward.objects.filter(offering__in=offerings).values("award_id")
        return self.filter(
            Q(owner__isnull=True)
            | Q(owner_id__in=mine | place.above_ids)
            | Q(pk__in=taught)
            | Q(pk__in=added)
        )

    def listed(self) -> "AwardQuerySet":
        """Those that new programmes and offerings may bring."""
        return self.filter(is_listed=True)


class Award(models.Model):
    """What one receives for completing something: a title at a level, given by a body.

    Without an owner it is national; otherwise the organisation that owns it keeps its words.
    ``level`` is that of the national qualification frameworks, from 1 to 8.
    """

    code = models.CharField(_("code"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=14, choices=AwardKind.choices)
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="+")
    criteria = models.TextField(_("what it is given for"), blank=True)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    is_listed = models.BooleanField(_("in the catalogue"), default=True)
    is_verified = models.BooleanField(_("checked against a published source"), default=False)

    objects = AwardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="award_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="award_level_from_1_to_8",
                condition=Q(level__isnull=True) | Q(level__range=(1, 8)),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ProgrammeAward(models.Model):
    """Completing the programme brings the award, wherever it is taken; or may, if optional."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="programme_awards"
    )
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="programme_awards")
    is_optional = models.BooleanField(_("only for those who choose it"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="programme_award_once", fields=["programme", "award"]),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} brings {self.award_id}"


class OfferingAward(models.Model):
    """This offering brings the award beside those of its programme; or may, if optional."""

    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="offering_awards")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="offering_awards")
    is_optional = models.BooleanField(_("only for those who choose it"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="offering_award_once", fields=["offering", "award"]),
        ]

    def __str__(self) -> str:
        return f"{self.offering_id} brings {self.award_id}"
