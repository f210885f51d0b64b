"""Letting an HR system act for an organisation, and stopping it."""

from collections.abc import Iterable
from datetime import datetime
from secrets import token_urlsafe

from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.authentication import SCOPES
from accounts.models import ApiClient, Organisation
from accounts.policies import may_open_client
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden


@transaction.atomic
def create_client(
    *, name: str, organisation: Organisation, scopes: Iterable[str], by: Actor, now: datetime
) -> tuple[ApiClient, str]:
    """Open a client for ``organisation``; return it with its secret, which is shown only here.

    The secret is kept as an Argon2 hash. Tokens come from client credentials and last an hour.
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
    # Of letters that neither a shell nor an address nor Basic authentication reads as its own.
    secret = token_urlsafe(48)
    client = Client(name=name, type=Client.Type.CONFIDENTIAL, response_types="")
    client.grant_types = Client.GrantType.CLIENT_CREDENTIALS
    client.set_scopes(wanted)
    client.set_default_scopes(wanted)
    client.set_secret(secret)
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
    return opened, secret


@transaction.atomic
def stop_client(*, client: ApiClient, by: Actor, now: datetime) -> ApiClient:
    """Stop a client at once: its tokens go, and its next call is refused."""
    client = ApiClient.objects.select_for_update(of=("self",)).get(pk=client.pk)
    if not may_open_client(roles_at(by, client.organisation_id, on=london_date(now))):
        raise Forbidden(
            _("Only the organisation's administrators may stop a client."), code="may_not_stop"
        )
    client.is_active = False
    client.save(update_fields=["is_active"])
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
