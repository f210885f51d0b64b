"""Letting an HR system act for an organisation, and stopping it."""

from collections.abc import Iterable
from datetime import datetime

from allauth.idp.oidc.models import Client, Token
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.authentication import SCOPES
from accounts.models import ApiClient, Organisation
from accounts.policies import may_open_client
from accounts.selectors.relations import roles_at
from accounts.services.client_secrets import SLOTS, locked, write_secret
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden


@transaction.atomic
def create_client(
    *, name: str, organisation: Organisation, scopes: Iterable[str], by: Actor, now: datetime
) -> tuple[ApiClient, str]:
    """Open a client for ``organisation``; return it with its secret, which is shown only here.

    The secret is kept as a hash and ends after a year. Tokens last an hour.
    """
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        raise Conflict(
            _("Choose scopes from: %(scopes)s.") % {"scopes": ", ".join(SCOPES)},
            code="unknown_scope",
        )
    if not may_open_client(roles_at(by, organisation.pk, on=london_date(now))):
        raise Forbidden(
            _("Only the organisation's administrators may open a client."), code="may_not_open"
        )
    client = Client(name=name[:100], type=Client.Type.CONFIDENTIAL, response_types="")
    client.grant_types = Client.GrantType.CLIENT_CREDENTIALS
    client.set_scopes(wanted)
    client.set_default_scopes(wanted)
    # The library's own secret opens nothing: ours have a table, so that one can replace another.
    client.secret = make_password(None)
    client.save()
    opened = ApiClient.objects.create(client=client, organisation=organisation, name=name)
    record(
        by=by,
        now=now,
        verb="open_client",
        about=opened,
        organisation_id=organisation.pk,
        rule="may_open_client",
        facts={"client_id": client.pk, "scopes": wanted},
    )
    _secret, text = write_secret(client=opened, slot=SLOTS[0], by=by, now=now)
    return opened, text


@transaction.atomic
def narrow_client(
    *, client: ApiClient, scopes: Iterable[str], by: Actor, now: datetime
) -> ApiClient:
    """Take scopes away from a client; tokens it has already lose them with its next call.

    More than a client was opened with takes a new client, whose secret is new as well.
    """
    client = locked(client, by=by, now=now)
    held, kept = set(client.client.get_scopes()), set(scopes)
    if not kept or not kept < held:
        raise Conflict(
            _("Choose fewer of the scopes that the program has. For more, open a new program."),
            code="not_fewer_scopes",
        )
    client.client.set_scopes(sorted(kept))
    client.client.set_default_scopes(sorted(kept))
    client.client.save(update_fields=["scopes", "default_scopes"])
    record(
        by=by,
        now=now,
        verb="narrow_client",
        about=client,
        organisation_id=client.organisation_id,
        rule="may_open_client",
        facts={"taken": sorted(held - kept), "scopes": sorted(kept)},
    )
    return client


@transaction.atomic
def stop_client(*, client: ApiClient, by: Actor, now: datetime) -> ApiClient:
    """Stop a client at once: its secrets and tokens end, and its next call is refused."""
    client = locked(client, by=by, now=now)
    if not client.is_active:
        raise Conflict(_("This program was stopped already."), code="already_stopped")
    client.is_active = False
    client.save(update_fields=["is_active"])
    client.secrets.filter(revoked_at__isnull=True).update(revoked_at=now, slot=None)
    Token.objects.filter(client_id=client.client_id).delete()
    record(
        by=by,
        now=now,
        verb="stop_client",
        about=client,
        organisation_id=client.organisation_id,
        rule="may_open_client",
    )
    return client
