"""Signing in with the account of one's organisation (OpenID Connect): whose, and as whom."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.people import Person

if TYPE_CHECKING:
    from accounts.actors import Actor


class OrganisationSignInQuerySet(models.QuerySet["OrganisationSignIn"]):
    def visible_to(self, actor: "Actor | None", *, on: date) -> "OrganisationSignInQuerySet":
        """Which organisations offer it is told to whoever wants to sign in: nobody is yet."""
        return self.filter(is_active=True, organisation__closed_on__isnull=True)


class OrganisationSignIn(models.Model):
    """How the people of one organisation sign in with their account there.

    ``secret`` is encrypted with the keys of this system and bound to the organisation.
    """

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="sign_in"
    )
    issuer = models.URLField(_("issuer"), max_length=300)
    tenant_id = models.UUIDField(_("tenant"))
    client_id = models.CharField(_("client id"), max_length=200)
    secret = models.TextField(_("client secret, encrypted"), blank=True)
    its_second_factor_counts = models.BooleanField(
        _("its second step counts as ours"), default=False
    )
    is_active = models.BooleanField(_("offered"), default=True)

    objects = OrganisationSignInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="organisation_sign_in_has_issuer_and_client",
                condition=~Q(issuer="") & ~Q(client_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"sign-in of {self.organisation_id}"


class StaffIdentityQuerySet(models.QuerySet["StaffIdentity"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "StaffIdentityQuerySet":
        """One's own: which accounts open one's record is nobody else's to see."""
        return self.filter(person_id=actor.pk) if isinstance(actor, Person) else self.none()


class StaffIdentity(models.Model):
    """An account at an organisation that is a person's here: the tenant and the object in it.

    Never an e-mail address: addresses are given to the next person, and a tenant can put any
    address into its tokens.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="staff_identities")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="staff_identities"
    )
    tenant_id = models.UUIDField(_("tenant"))
    object_id = models.UUIDField(_("object in the tenant"))
    linked_at = models.DateTimeField(_("linked"))

    objects = StaffIdentityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="staff_identity_is_one_person", fields=["tenant_id", "object_id"]
            ),
            models.UniqueConstraint(
                name="staff_identity_one_in_an_organisation", fields=["person", "organisation"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.organisation_id}"
