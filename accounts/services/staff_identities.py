"""Which account at an organisation is a person's here, and how an organisation's people sign in."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationSignIn, Person, StaffIdentity
from accounts.open_id import sealed
from accounts.policies import may_link_identity, may_offer_sign_in
from accounts.selectors.relations import roles_at
from accounts.selectors.staff_identities import is_employed_at
from accounts.services.ledger import record
from accounts.telling import tell
from common.dates import london_date
from common.errors import Conflict, Forbidden

LINKED, UNLINKED = "accounts.identity_linked", "accounts.identity_unlinked"


@dataclass(frozen=True, slots=True)
class Registration:
    """What the organisation's provider calls us, and what we call it."""

    issuer: str
    tenant_id: UUID
    client_id: str
    secret: str
    its_second_factor_counts: bool = False


@transaction.atomic
def offer_sign_in(
    *, organisation: Organisation, registration: Registration, by: Actor, now: datetime
) -> OrganisationSignIn:
    """Let people of ``organisation`` sign in with their account there, or change how they do.

    Refuses: ``may_not_offer_sign_in``, ``issuer_not_https``, ``secret_missing``.
    """
    _refuse_unless_may_offer(organisation, by=by, now=now)
    _refuse_unsafe(registration.issuer)
    if not registration.secret:
        raise Conflict(_("Enter the client secret."), code="secret_missing")
    fields = {
        "issuer": registration.issuer,
        "tenant_id": registration.tenant_id,
        "client_id": registration.client_id,
        "secret": sealed(registration.secret, organisation_id=organisation.pk),
        "its_second_factor_counts": registration.its_second_factor_counts,
        "is_active": True,
    }
    offered, _is_new = OrganisationSignIn.objects.update_or_create(
        organisation=organisation, defaults=fields
    )
    record(
        by=by,
        now=now,
        verb="offer_sign_in",
        about=offered,
        organisation_id=organisation.pk,
        rule="may_offer_sign_in",
        facts={
            "issuer": registration.issuer,
            "client_id": registration.client_id,
            "its_second_factor_counts": registration.its_second_factor_counts,
        },
    )
    return offered


@transaction.atomic
def withdraw_sign_in(*, offered: OrganisationSignIn, by: Actor, now: datetime) -> None:
    """Nobody signs in with an account of this organisation any more; what is linked stays linked.

    Refuses: ``may_not_offer_sign_in``, ``not_offered``.
    """
    offered = OrganisationSignIn.objects.select_for_update(of=("self",)).get(pk=offered.pk)
    _refuse_unless_may_offer(offered.organisation, by=by, now=now)
    if not offered.is_active:
        raise Conflict(_("This sign-in is not offered."), code="not_offered")
    offered.is_active = False
    offered.save(update_fields=["is_active"])
    record(
        by=by,
        now=now,
        verb="withdraw_sign_in",
        about=offered,
        organisation_id=offered.organisation_id,
        rule="may_offer_sign_in",
    )


@transaction.atomic
def link_identity(
    *, person: Person, offered: OrganisationSignIn, object_id: UUID, by: Actor, now: datetime
) -> StaffIdentity:
    """Make an account at the organisation a person's here; the person is told.

    Refuses: ``may_not_link``, ``not_employed_there``, ``linked_already``, ``somebody_elses``.
    """
    # Two who link the same person queue here.
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    _refuse_unless_may_link(person, offered.organisation_id, by=by, now=now)
    if not is_employed_at(person, offered.organisation_id, on=london_date(now)):
        raise Conflict(
            _("Only people of the organisation are linked to its accounts."),
            code="not_employed_there",
        )
    if person.staff_identities.filter(organisation_id=offered.organisation_id).exists():
        raise Conflict(
            _("An account of this organisation is linked already. Unlink it first."),
            code="linked_already",
        )
    identity, is_new = StaffIdentity.objects.get_or_create(
        tenant_id=offered.tenant_id,
        object_id=object_id,
        defaults={
            "person": person,
            "organisation_id": offered.organisation_id,
            "linked_at": now,
        },
    )
    if not is_new:
        raise Conflict(
            _("This account is linked to somebody. Ask your HR team."), code="somebody_elses"
        )
    _record(identity, verb="link_identity", by=by, now=now)
    _tell(identity, rule=LINKED, now=now)
    return identity


@transaction.atomic
def unlink_identity(*, identity: StaffIdentity, by: Actor, now: datetime) -> None:
    """The account at the organisation opens nothing here any more; the person is told.

    Refuses: ``may_not_link``, ``not_linked``, ``last_way_in``.
    """
    identity_row = (
        StaffIdentity.objects.select_for_update(of=("self",))
        .select_related("person", "organisation")
        .filter(pk=identity.pk)
        .first()
    )
    if identity_row is None:
        raise Conflict(_("This account is not linked any more."), code="not_linked")
    _refuse_unless_may_link(identity_row.person, identity_row.organisation_id, by=by, now=now)
    _refuse_to_lock_out(identity_row, by=by)
    _record(identity_row, verb="unlink_identity", by=by, now=now)
    _tell(identity_row, rule=UNLINKED, now=now)
    identity_row.delete()


def _refuse_to_lock_out(identity: StaffIdentity, *, by: Actor) -> None:
    """Nobody takes from themselves the only way to sign in."""
    person = identity.person
    others = person.staff_identities.exclude(pk=identity.pk)
    if by == person and not person.has_usable_password() and not others.exists():
        raise Conflict(
            _("You have no password, so you could not sign in any more. Choose one first."),
            code="last_way_in",
        )


def _record(identity: StaffIdentity, *, verb: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=identity,
        organisation_id=identity.organisation_id,
        subject_id=identity.person_id,
        rule="may_link_identity",
    )


def _tell(identity: StaffIdentity, *, rule: str, now: datetime) -> None:
    tell(
        recipient=identity.person,
        rule=rule,
        subject_key=f"identity:{identity.pk}",
        url=reverse("accounts:identity_list"),
        now=now,
        facts={"organisation": identity.organisation.name},
        is_urgent=True,
    )


def _refuse_unless_may_offer(organisation: Organisation, *, by: Actor, now: datetime) -> None:
    if not may_offer_sign_in(roles_at(by, organisation.pk, on=london_date(now))):
        raise Forbidden(
            _("Only the platform's operators decide how an organisation's people sign in."),
            code="may_not_offer_sign_in",
        )


def _refuse_unless_may_link(
    person: Person, organisation_id: int, *, by: Actor, now: datetime
) -> None:
    is_oneself = isinstance(by, Person) and by.pk == person.pk
    roles = roles_at(by, organisation_id, on=london_date(now))
    if not may_link_identity(roles, is_oneself=is_oneself):
        raise Forbidden(
            _("You link your own account; the platform's operators link anybody's."),
            code="may_not_link",
        )


def _refuse_unsafe(issuer: str) -> None:
    """Tokens and secrets travel to this address, so only the embedded mode does without TLS."""
    parts = urlsplit(issuer)
    is_safe = parts.scheme == "https" or (settings.EMBEDDED and parts.hostname == "127.0.0.1")
    if not is_safe or parts.query or parts.fragment:
        raise Conflict(
            _("Enter the issuer as an https address, without a query."), code="issuer_not_https"
        )
