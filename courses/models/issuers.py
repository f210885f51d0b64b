"""Who issues certificates, with which keys, and which of them no longer count."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import EVERYTHING, standing

if TYPE_CHECKING:
    from accounts.actors import Actor

# The least that the standard allows: so many that nobody is found by their place in the list.
LIST_SIZE = 131_072


class IssuerQuerySet(models.QuerySet["Issuer"]):
    def visible_to(self, actor: "Actor | None", *, on: date) -> "IssuerQuerySet":
        """Whoever holds a certificate may ask whose it is: nobody needs to be known for that."""
        return self.filter(EVERYTHING)

    def kept_by(self, actor: "Actor", *, on: date) -> "IssuerQuerySet":
        """Those of the organisations that ``actor`` administers."""
        place = standing(actor, on=on)
        return self.filter(place.covered_by("ORGANISATION_ADMINISTRATOR").within("pk"))


class Issuer(models.Model):
    """An organisation as the world outside knows it when it reads a certificate.

    ``did`` is its identifier on the web and stands in every credential it has signed, so it stays
    what it was; the name is what is published today.
    """

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    did = models.CharField(_("identifier on the web"), max_length=300, unique=True)
    name = models.CharField(_("name"), max_length=200)

    objects = IssuerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="issuer_is_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="issuer_has_an_identifier", condition=Q(did__startswith="did:web:")
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="issuer_keeps_its_identifier", fields=["organisation", "public_id", "did"]
            ),
            pgtrigger.Protect(name="issuer_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    def visible_to(self, actor: "Actor | None", *, on: date) -> "SigningKeyQuerySet":
        """Public keys are for everybody."""
        return self.filter(EVERYTHING)

    def believed(self) -> "SigningKeyQuerySet":
        """Those whose signatures count: the one in use and all before it, but for the stolen."""
        return self.filter(compromised_on__isnull=True)


class SigningKey(models.Model):
    """The public half of an Ed25519 key. One is in use; those before it verify for ever.

    With ``compromised_on`` somebody else may have had it, so that nothing signed with it counts.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="keys")
    key_id = models.CharField(_("key"), max_length=43, unique=True)
    public_jwk = models.JSONField(_("public key"))
    starts_at = models.DateTimeField(_("in use from"))
    ends_at = models.DateTimeField(_("in use until"), null=True)
    compromised_on = models.DateField(_("not believed since"), null=True)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="signing_key_one_in_use",
                fields=["issuer"],
                condition=Q(ends_at__isnull=True),
            ),
            models.CheckConstraint(
                name="signing_key_ends_after_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
            ),
            models.CheckConstraint(
                name="signing_key_compromised_is_not_in_use",
                condition=Q(compromised_on__isnull=True) | Q(ends_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="signing_key_is_what_it_was",
                fields=["issuer", "key_id", "public_jwk", "starts_at"],
            ),
            pgtrigger.Trigger(
                name="signing_key_is_not_taken_up_again",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(
                    old__ends_at__isnull=False, new__ends_at__df=pgtrigger.F("old__ends_at")
                )
                | pgtrigger.Q(
                    old__compromised_on__isnull=False,
                    new__compromised_on__df=pgtrigger.F("old__compromised_on"),
                ),
                func="RAISE EXCEPTION 'pgtrigger: the end of a key is final';",
            ),
            pgtrigger.Protect(name="signing_key_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.key_id

    @property
    def address(self) -> str:
        """How a signature names it."""
        return f"{self.issuer.did}#{self.key_id}"


class SigningSecret(models.Model):
    """The private half of a signing key, encrypted; taken out when the key is compromised."""

    key = models.OneToOneField(
        SigningKey, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    sealed = models.TextField(_("private key, encrypted"))

    def __str__(self) -> str:
        return f"private half of {self.key_id}"


class StatusListQuerySet(models.QuerySet["StatusList"]):
    def visible_to(self, actor: "Actor | None", *, on: date) -> "StatusListQuerySet":
        """What is published for whoever checks a credential."""
        return self.filter(EVERYTHING)


class StatusList(models.Model):
    """Which credentials of an issuer no longer count, as numbers in a list that it signs.

    ``signed`` is what is served. It lapses, so that nobody can show an old list for a new one; it
    is signed again each day, and whenever a number is added.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="status_lists")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    size = models.PositiveIntegerField(_("numbers"), default=LIST_SIZE)
    signed = models.TextField(_("as it is served"))
    signed_at = models.DateTimeField(_("signed"))

    objects = StatusListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="status_list_is_signed", condition=~Q(signed="")),
            models.CheckConstraint(
                name="status_list_hides_in_a_crowd", condition=Q(size__gte=LIST_SIZE)
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="status_list_keeps_its_address", fields=["issuer", "public_id", "size"]
            ),
            pgtrigger.Protect(name="status_list_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"status list {self.pk} of {self.issuer_id}"


class StatusEntry(models.Model):
    """A number of a list that has been given to a credential, drawn by lot; once revoked, always.

    It outlives the certificate: a number is never given twice, and what was revoked stays so.
    """

    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="entries")
    index = models.PositiveIntegerField(_("number"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="status_entry_once", fields=["status_list", "index"]),
        ]
        indexes = [
            models.Index(
                name="status_entry_revoked",
                fields=["status_list"],
                condition=Q(revoked_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="status_entry_stays_put", fields=["status_list", "index"]),
            pgtrigger.Protect(
                name="status_entry_is_not_taken_back",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False),
            ),
            pgtrigger.Protect(name="status_entry_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"number {self.index} of list {self.status_list_id}"
