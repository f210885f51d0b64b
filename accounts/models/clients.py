"""HR systems and other programs that call the API on behalf of one organisation."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.visibility import covers, standing
from common.dates import london_date

if TYPE_CHECKING:
    from accounts.actors import Actor

LONGEST_LIFE = timedelta(days=366)


# Who opens and stops programs, and changes their secrets.
ADMINISTERS_PROGRAMS = ("ORGANISATION_ADMINISTRATOR", "PLATFORM_OPERATOR")


def _administered_by(actor: "Actor", *, on: date, field: str) -> Q:
    place = standing(actor, on=on)
    return covers(place, place.covered_by(*ADMINISTERS_PROGRAMS), field=field)


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "ApiClientQuerySet":
        """Programs of the organisations that ``actor`` administers."""
        return self.filter(_administered_by(actor, on=on, field="organisation_id"))


class ApiClient(models.Model):
    """What we add to an OAuth client: the organisation it acts for, and its secrets."""

    client = models.OneToOneField(
        "allauth_idp_oidc.Client", on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="api_clients"
    )
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("may call the API"), default=True)

    objects = ApiClientQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class ApiClientSecretQuerySet(models.QuerySet["ApiClientSecret"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "ApiClientSecretQuerySet":
        """As their programs."""
        return self.filter(_administered_by(actor, on=on, field="client__organisation_id"))

    def live(self, *, at: datetime | Now) -> "ApiClientSecretQuerySet":
        """Secrets that open something at that moment: neither revoked nor over."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=at)


class ApiClientSecret(models.Model):
    """One secret of a program, kept as a hash. Two can be live, so that one replaces the other.

    ``slot`` is 1 or 2 while the secret counts towards the two, and empty afterwards.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="secrets")
    slot = models.PositiveSmallIntegerField(_("place among the two"), null=True, blank=True)
    hash = models.CharField(_("hash of the secret"), max_length=200, unique=True)
    prefix = models.CharField(_("how it begins"), max_length=12, blank=True)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_on = models.DateField(_("last used"), null=True, blank=True)

    objects = ApiClientSecretQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="client_secret_two_at_the_most", fields=["client", "slot"]
            ),
            models.CheckConstraint(
                name="client_secret_slot_is_one_of_two",
                condition=Q(slot__isnull=True) | Q(slot__in=[1, 2]),
            ),
            models.CheckConstraint(
                name="client_secret_revoked_frees_its_slot",
                condition=Q(revoked_at__isnull=True) | Q(slot__isnull=True),
            ),
            models.CheckConstraint(
                name="client_secret_lives_a_year_at_the_most",
                condition=Q(expires_at__gt=F("created_at"))
                & Q(expires_at__lte=F("created_at") + LONGEST_LIFE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @property
    def last_day(self) -> date:
        """The last day on which it opens; most end with that day."""
        return london_date(self.expires_at - timedelta(microseconds=1))

    def is_live(self, *, at: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > at
