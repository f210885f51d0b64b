"""Organisations as data: their kinds, their tree on a day, their mergers, their units."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice

if TYPE_CHECKING:
    from accounts.actors import Actor


class OrganisationKind(models.TextChoices):
    TRUST = "TRUST", _("Trust")
    ICB = "ICB", _("Integrated care board")
    REGION = "REGION", _("Region")
    NATIONAL = "NATIONAL", _("National body")
    PROVIDER = "PROVIDER", _("Training provider")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "OrganisationQuerySet":
        """Names and codes of organisations are public facts: every actor sees all of them."""
        return self


class Organisation(models.Model):
    """One body: a trust, a board, a region or a provider. Codes are data; identifiers are ours."""

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=OrganisationKind.choices)
    ods_code = models.CharField(_("ODS code"), max_length=10, blank=True)
    opened_on = models.DateField(_("opened"), null=True, blank=True)
    closed_on = models.DateField(_("closed"), null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="organisation_ods_code_once",
                fields=["ods_code"],
                condition=~Q(ods_code=""),
            ),
            models.CheckConstraint(
                name="organisation_closes_after_opening",
                condition=Q(closed_on__isnull=True)
                | Q(opened_on__isnull=True)
                | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationParent(Dated):
    """``organisation`` stands directly below ``parent`` from one day to another."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="parent_links"
    )
    parent = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="child_links")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("organisation_parent_ends_after_start"),
            never_twice("organisation_parent_one_at_a_time", "organisation"),
            models.CheckConstraint(
                name="organisation_parent_not_itself", condition=~Q(organisation=F("parent"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} below {self.parent_id}"


class OrganisationSuccession(models.Model):
    """``predecessor`` became (part of) ``successor`` on a day. History keeps the old code."""

    predecessor = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="succession_links"
    )
    successor = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="predecession_links"
    )
    happened_on = models.DateField(_("day of the merger"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="organisation_succession_once", fields=["predecessor", "successor"]
            ),
            models.CheckConstraint(
                name="organisation_succession_not_itself",
                condition=~Q(predecessor=F("successor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} became {self.successor_id}"


class Unit(models.Model):
    """A directorate, division or team inside one organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="unit_name_once_per_organisation", fields=["organisation", "name"]
            ),
        ]

    def __str__(self) -> str:
        return self.name
