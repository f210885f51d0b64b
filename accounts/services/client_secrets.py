"""A second secret for a program, so that it can change over without a pause, and the end of one."""

from datetime import date, datetime, timedelta

from allauth.idp.oidc.models import Token
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.client_secrets import hash_of, new_secret, prefix_of
from accounts.models import ApiClient, ApiClientSecret
from accounts.policies import may_open_client
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import add_months, london_date, london_midnight, long_date
from common.errors import Conflict, Forbidden

SLOTS = (1, 2)
LONGEST_MONTHS = 12


@transaction.atomic
def add_secret(
    *, client: ApiClient, by: Actor, now: datetime, expires_on: date | None = None
) -> tuple[ApiClientSecret, str]:
    """Give a program another secret, beside the one it has; return it, for it is shown only here.

    It opens until ``expires_on`` has passed, a year at the most. Two can be live at once.
    """
    client = locked(client, by=by, now=now)
    if not client.is_active:
        raise Conflict(_("This program was stopped. Open a new one."), code="client_stopped")
    client.secrets.filter(expires_at__lte=now).update(slot=None)
    taken = set(client.secrets.filter(slot__isnull=False).values_list("slot", flat=True))
    free = [slot for slot in SLOTS if slot not in taken]
    if not free:
        raise Conflict(
            _("This program has two secrets already. Revoke the one that is no longer used."),
            code="two_secrets_already",
        )
    return write_secret(client=client, slot=free[0], by=by, now=now, expires_on=expires_on)


@transaction.atomic
def revoke_secret(*, secret: ApiClientSecret, by: Actor, now: datetime) -> ApiClientSecret:
    """End a secret at once, with every token that was given for it."""
    client = locked(secret.client, by=by, now=now)
    secret = ApiClientSecret.objects.select_for_update(of=("self",)).get(pk=secret.pk)
    if secret.revoked_at is not None:
        raise Conflict(_("This secret was revoked already."), code="already_revoked")
    secret.revoked_at, secret.slot = now, None
    secret.save(update_fields=["revoked_at", "slot"])
    Token.objects.filter(client_id=client.client_id, data__secret=secret.pk).delete()
    record(
        by=by,
        now=now,
        verb="revoke_client_secret",
        about=client,
        organisation_id=client.organisation_id,
        rule="may_open_client",
        facts={"secret": secret.pk, "begins": secret.prefix},
    )
    return secret


def write_secret(
    *, client: ApiClient, slot: int, by: Actor, now: datetime, expires_on: date | None = None
) -> tuple[ApiClientSecret, str]:
    """Write a secret into a free ``slot`` of a client that the caller holds locked."""
    expires_at = _end_of(expires_on, now=now)
    text = new_secret()
    secret = ApiClientSecret.objects.create(
        client=client,
        slot=slot,
        hash=hash_of(text),
        prefix=prefix_of(text),
        created_at=now,
        expires_at=expires_at,
    )
    record(
        by=by,
        now=now,
        verb="add_client_secret",
        about=client,
        organisation_id=client.organisation_id,
        rule="may_open_client",
        facts={
            "secret": secret.pk,
            "begins": secret.prefix,
            "until": london_date(expires_at).isoformat(),
        },
    )
    return secret, text


def locked(client: ApiClient, *, by: Actor, now: datetime) -> ApiClient:
    """The client's row, held; whoever changes its secrets queues here."""
    client = ApiClient.objects.select_for_update(of=("self",)).get(pk=client.pk)
    if not may_open_client(roles_at(by, client.organisation_id, on=london_date(now))):
        raise Forbidden(
            _("Only the organisation's administrators may change its programs."),
            code="may_not_change_client",
        )
    return client


def _end_of(expires_on: date | None, *, now: datetime) -> datetime:
    """The moment after the last day; a year from today when no day is named."""
    today = london_date(now)
    latest = add_months(today, LONGEST_MONTHS) - timedelta(days=1)
    last = latest if expires_on is None else expires_on
    if not today < last <= latest:
        raise Conflict(
            _("Choose a day after today and not after %(latest)s.") % {"latest": long_date(latest)},
            code="expiry_out_of_reach",
        )
    return london_midnight(last + timedelta(days=1))
