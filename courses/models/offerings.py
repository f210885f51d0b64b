"""How and from whom a programme can be had: an organisation's offering, and with whom it is
shared."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import EVERYTHING, standing
from courses.models.catalogue import DeliveryMode, Programme

if TYPE_CHECKING:
    from accounts.actors import Actor


class Language(models.TextChoices):
    ENGLISH = "en", _("English")
    WELSH = "cy", _("Welsh")


class Admission(models.TextChoices):
    """How people come to a place: by asking, or by being chosen."""

    OPEN = "OPEN", _("Open: ask for a place")
    SELECTION = "SELECTION", _("By application: a panel chooses")


def english_only() -> list[str]:
    return [Language.ENGLISH.value]


def offered_to(actor: "Actor", *, on: date, prefix: str = "") -> Q:
    """Offerings that an organisation of the actor's hosts, stands below, or has been shared; and
    those taught where a role of theirs runs sessions."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    runs = place.covered_by("LEARNING_LEAD", "PROGRAMME_LEAD")
    mine = place.organisation_ids | runs
    shares = OfferingShare.objects.filter(organisation_id__in=mine | place.above_ids)
    return (
        Q(**{f"{prefix}host_id__in": mine | place.above_ids})
        | Q(**{f"{prefix}pk__in": shares.values("offering_id")})
        | runs.within(f"{prefix}provider_id")
    )


class OfferingQuerySet(models.QuerySet["Offering"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "OfferingQuerySet":
        return self.filter(offered_to(actor, on=on), programme__is_listed=True)


class Offering(models.Model):
    """A programme as one organisation runs or buys it: route, place, price, for whom.

    The provider teaches it where that is not the host. With ``offer_hours`` a place that becomes
    free is offered to whoever waits first for so long; without, they are moved up at once.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="offerings")
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    route = models.CharField(_("route"), max_length=120, blank=True)
    mode = models.CharField(_("how"), max_length=10, choices=DeliveryMode.choices, blank=True)
    admission = models.CharField(
        _("admission"), max_length=10, choices=Admission.choices, default=Admission.OPEN
    )
    languages = ArrayField(
        models.CharField(max_length=2, choices=Language.choices),
        verbose_name=_("languages"),
        default=english_only,
    )
    starts_on = models.DateField(_("offered from"), null=True, blank=True)
    ends_on = models.DateField(_("offered until"), null=True, blank=True)
    price_pence = models.PositiveIntegerField(_("price of a place in pence"), default=0)
    study_hours = models.PositiveSmallIntegerField(_("protected study hours"), default=0)
    offer_hours = models.PositiveSmallIntegerField(_("hours to accept an offered place"), default=0)
    is_open = models.BooleanField(_("taking people"), default=True)

    objects = OfferingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="offering_once_per_host_and_route", fields=["programme", "host", "route"]
            ),
            models.CheckConstraint(
                name="offering_ends_after_start",
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="offering_has_a_language", condition=Q(languages__len__gte=1)
            ),
            models.CheckConstraint(
                name="offering_offers_for_a_month_at_most", condition=Q(offer_hours__lte=744)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} at {self.host_id}"

    @property
    def in_other_languages(self) -> bool:
        """Whether to say in which languages: English alone goes without saying."""
        return self.languages != english_only()

    @property
    def language_names(self) -> str:
        return ", ".join(str(Language(code).label) for code in self.languages)


class OfferingShare(models.Model):
    """An offering is open to another organisation too, by agreement."""

    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="shares")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="offering_share_once", fields=["offering", "organisation"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offering_id} shared with {self.organisation_id}"
