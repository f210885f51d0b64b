"""Consent to be found by talent teams, and the indexed projection of those who gave it."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import EVERYTHING, standing
from pathways.models import RoleProfile

if TYPE_CHECKING:
    from accounts.actors import Actor

# Every consent ends: twelve months, one of which may be a February with 29 days.
LONGEST_CONSENT = timedelta(days=366)
CONSENT_MONTHS = 12


class Readiness(models.TextChoices):
    READY_NOW = "READY_NOW", _("Ready now")
    READY_SOON = "READY_SOON", _("Ready soon")
    FUTURE = "FUTURE", _("Future potential")
    DEVELOP_IN_ROLE = "DEVELOP_IN_ROLE", _("Develop in role")


class ConsentScope(models.TextChoices):
    """Whose talent teams may find a person; each holds what the one before it holds."""

    ORGANISATION = "ORGANISATION", _("Their organisation")
    SYSTEM = "SYSTEM", _("Their organisation and its integrated care board")
    REGION = "REGION", _("Their organisation, its integrated care board and its region")


class TalentConsentQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "TalentConsentQuerySet":
        """Only one's own."""
        return self.filter(person_id=actor.pk) if actor.actor_kind == "person" else self.none()

    def on(self, day: date) -> "TalentConsentQuerySet":
        """Consents that held on ``day``; one that was taken back held until the day before."""
        kept = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__date__gt=day)
        return super().on(day).filter(kept)


class TalentConsent(Dated):
    """A person lets talent teams find them, within a scope, from a day to a day.

    ``withdrawn_at`` is the moment the person took it back or put another in its place: from then
    on the row is history, even on the day it was given.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(_("who may find me"), max_length=12, choices=ConsentScope.choices)
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = TalentConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("talent_consent_ends_after_start"),
            never_twice(
                "talent_consent_one_at_a_time", "person", condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="talent_consent_ends_within_twelve_months",
                condition=Q(ends_on__isnull=False, ends_on__lte=F("starts_on") + LONGEST_CONSENT),
            ),
        ]
        indexes = [
            models.Index(
                name="talent_consent_ending", fields=["ends_on"], condition=Q(withdrawn_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.scope}"


class TalentProfileQuerySet(models.QuerySet["TalentProfile"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "TalentProfileQuerySet":
        """People whose consent reaches an organisation where the actor is a talent lead.

        A grant for a region does not open what a person shows to their trust only, so the
        organisations of the grants themselves count here, not those below them.
        """
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self.filter(EVERYTHING)
        granted = sorted(place.granted.get("TALENT_LEAD", frozenset()))
        if not granted:
            return self.none()
        return self.filter(seen_from__overlap=granted, found_until__gte=on)


class TalentProfile(models.Model):
    """What search knows of one person who consented. Rebuilt from the truth, never edited.

    ``levels`` holds one code for every level reached (competency * 8 + level), so that a match is
    one array intersection. ``seen_from`` holds the organisations whose talent leads may see it;
    ``found_until`` is the last day of the consent or of the post, whichever comes first.
    Age, ethnicity, sex, disability and absence are not here and may never be.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    seen_from = ArrayField(models.BigIntegerField(), verbose_name=_("seen from"))
    scope = models.CharField(_("scope of the consent"), max_length=12, choices=ConsentScope.choices)
    consented_until = models.DateField(_("consented until"))
    found_until = models.DateField(_("found until"))
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
            # Words and scope are found in one probe. Without the list of pending entries, which
            # every search would have to read through after a large refresh.
            GinIndex(
                name="talent_profile_found_by", fields=["words", "seen_from"], fastupdate=False
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SearchCursor(models.Model):
    """How far along the ledger, and through the days, the projection has been refreshed."""

    name = models.CharField(_("projection"), max_length=30, primary_key=True)
    event_id = models.BigIntegerField(_("last event read"), default=0)
    moved_at = models.DateTimeField(_("moved"), null=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.event_id}"


class SearchGap(models.Model):
    """Numbers of events that the cursor passed over because their transactions were still open.

    They are looked for again until they have appeared, or are too old to appear any more.
    """

    cursor = models.ForeignKey(SearchCursor, on_delete=models.CASCADE, related_name="gaps")
    first_id = models.BigIntegerField(_("first missing event"))
    last_id = models.BigIntegerField(_("last missing event"))
    noticed_at = models.DateTimeField(_("noticed"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="search_gap_is_not_empty", condition=Q(last_id__gte=F("first_id"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} to {self.last_id}"
