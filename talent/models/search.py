"""Consent to be found by talent teams, and the indexed projection of those who gave it."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import EVERYTHING, standing
from pathways.models import RoleProfile
from talent.models.pools import Readiness

if TYPE_CHECKING:
    from accounts.actors import Actor


class ConsentScope(models.TextChoices):
    ORGANISATION = "ORGANISATION", _("The talent team of my organisation")
    SYSTEM = "SYSTEM", _("Also the talent team of my integrated care board")
    REGION = "REGION", _("Also the talent team of my region")


class TalentConsentQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "TalentConsentQuerySet":
        """Only one's own."""
        return self.filter(person_id=actor.pk) if actor.actor_kind == "person" else self.none()


class TalentConsent(Dated):
    """A person lets talent teams find them, within a scope, from a day to a day."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(_("who may find me"), max_length=12, choices=ConsentScope.choices)
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = TalentConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("talent_consent_ends_after_start"),
            never_twice("talent_consent_one_at_a_time", "person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.scope}"


class TalentProfileQuerySet(models.QuerySet["TalentProfile"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "TalentProfileQuerySet":
        """People whose consent reaches an organisation where the actor is a talent lead."""
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self.filter(EVERYTHING)
        granted = sorted(place.granted.get("TALENT_LEAD", frozenset()))
        if not granted:
            return self.none()
        return self.filter(seen_from__overlap=granted, consented_until__gte=on)


class TalentProfile(models.Model):
    """What search knows of one person who consented. Rebuilt from the truth, never edited.

    ``levels`` holds one code for every level reached (competency × 8 + level), so that a match is
    one array intersection. ``seen_from`` holds the organisations whose talent leads may see it.
    Age, ethnicity, sex, disability and absence are not here and may never be.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    seen_from = ArrayField(models.BigIntegerField(), verbose_name=_("seen from"))
    consented_until = models.DateField(_("consented until"))
    name = models.CharField(_("name"), max_length=201)
    post_title = models.CharField(_("post"), max_length=160, blank=True)
    band = models.CharField(_("band"), max_length=3, blank=True)
    band_rank = models.SmallIntegerField(_("band's place in the order"), default=0)
    role_profile = models.ForeignKey(
        RoleProfile, on_delete=models.CASCADE, null=True, related_name="+"
    )
    aspires_to = models.ForeignKey(
        RoleProfile, on_delete=models.CASCADE, null=True, related_name="+"
    )
    readiness = models.CharField(
        _("readiness"), max_length=15, choices=Readiness.choices, blank=True
    )
    levels = ArrayField(models.IntegerField(), default=list, verbose_name=_("levels reached"))
    words = SearchVectorField(_("words"), null=True)
    refreshed_at = models.DateTimeField(_("refreshed"))

    objects = TalentProfileQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(name="talent_profile_words", fields=["words"]),
            GinIndex(name="talent_profile_seen_from", fields=["seen_from"]),
            models.Index(name="talent_profile_facets", fields=["organisation", "band_rank"]),
            models.Index(name="talent_profile_name", fields=["name", "person"]),
        ]

    def __str__(self) -> str:
        return self.name


class SearchCursor(models.Model):
    """How far along the ledger the projection has been refreshed; there is one row."""

    name = models.CharField(_("projection"), max_length=30, primary_key=True)
    event_id = models.BigIntegerField(_("last event read"), default=0)
    moved_at = models.DateTimeField(_("moved"), null=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.event_id}"
