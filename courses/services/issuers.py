"""An organisation begins to issue, changes its key, and says that a key was stolen."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.scope import lifted
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import Issuer, SigningKey, SigningSecret
from courses.policies.certificates import may_keep_keys
from courses.services.certificate_news import ask_to_sign_again
from courses.services.open_badges import identifier_of
from courses.services.signing_keys import SIGNER, new_key
from courses.services.status_lists import sign_lists_again


@transaction.atomic
def issuer_of(organisation: Organisation, *, by: Actor, now: datetime) -> Issuer:
    """The organisation as an issuer; the first time, with an identifier and a key of its own.

    A part of issuing, which was judged.
    """
    public_id = uuid4()
    issuer, is_new = Issuer.objects.get_or_create(
        organisation=organisation,
        defaults={
            "public_id": public_id,
            "did": identifier_of(public_id),
            "name": organisation.name,
        },
    )
    if is_new:
        key = _take_up_key(issuer, now=now)
        facts = {"did": issuer.did, "key": key.key_id}
        _record(issuer, verb="start_issuing", rule="first_certificate", by=by, now=now, facts=facts)
    return issuer


@transaction.atomic
def change_key(*, issuer: Issuer, by: Actor, now: datetime) -> SigningKey:
    """Sign with a new key from now on. What the former one signed is believed as before.

    Refuses: ``may_not_keep_keys``.
    """
    issuer = _lock(issuer, by=by, now=now)
    key = _next_key(issuer, now=now)
    _record(
        issuer,
        verb="change_signing_key",
        rule="may_keep_keys",
        by=by,
        now=now,
        facts={"key": key.key_id},
    )
    return key


@transaction.atomic
def give_key_up(*, key: SigningKey, by: Actor, now: datetime) -> SigningKey:
    """Say that somebody else may have had ``key``: nothing signed with it is believed any more.

    Its private half is removed, and a new key takes its place if it was in use. A worker
    signs the certificates again that it signed. Refuses: ``may_not_keep_keys``,
    ``key_given_up``.
    """
    issuer = _lock(key.issuer, by=by, now=now)
    key = SigningKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if key.compromised_on is not None:
        raise Conflict(
            _("This key has been given up already. Nothing signed with it is believed."),
            code="key_given_up",
        )
    if key.ends_at is None:
        _next_key(issuer, now=now)
        key.refresh_from_db()
    key.compromised_on = london_date(now)
    key.save(update_fields=["compromised_on"])
    with lifted(SIGNER):
        SigningSecret.objects.filter(key=key).delete()
    # The lists it signed are not believed either, and whoever checks must not be left without.
    sign_lists_again(by=by, now=now, issuer=issuer)
    _record(
        issuer,
        verb="give_up_signing_key",
        rule="may_keep_keys",
        by=by,
        now=now,
        facts={"key": key.key_id},
    )
    ask_to_sign_again(issuer, key=key, now=now)
    return key


def _lock(issuer: Issuer, *, by: Actor, now: datetime) -> Issuer:
    """Whoever changes the key waits for whoever is issuing, and the other way round."""
    if not may_keep_keys(roles_at(by, issuer.pk, on=london_date(now))):
        raise Forbidden(
            _("Only an administrator of the organisation can change its keys."),
            code="may_not_keep_keys",
        )
    return Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)


def _next_key(issuer: Issuer, *, now: datetime) -> SigningKey:
    issuer.keys.filter(ends_at__isnull=True).update(ends_at=now)
    return _take_up_key(issuer, now=now)


def _take_up_key(issuer: Issuer, *, now: datetime) -> SigningKey:
    made = new_key()
    key = SigningKey.objects.create(
        issuer=issuer, key_id=made.key_id, public_jwk=made.public_jwk, starts_at=now
    )
    with lifted(SIGNER):
        SigningSecret.objects.create(key=key, sealed=made.sealed)
    return key


def _record(
    issuer: Issuer, *, verb: str, rule: str, by: Actor, now: datetime, facts: dict[str, str]
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=issuer,
        rule=rule,
        organisation_id=issuer.pk,
        facts=facts,
    )
