"""OpenID Connect as organisations use it (Entra ID): the way there, and who comes back.

Authlib carries the protocol: discovery, PKCE, state, nonce, and the signature of the token. What
is believed of a token is narrower than the standard asks: the organisation's own issuer, client
and tenant, and of the person only the object in that tenant. An e-mail address is never read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from joserfc.errors import JoseError
from requests import RequestException

from accounts.encryption import KeyRing
from accounts.models import OrganisationSignIn
from common.errors import Forbidden

log = structlog.get_logger(__name__)

SIGN_IN, LINK = "sign-in", "link"
SCOPE = "openid profile"
# What Entra ID signs with; what a provider says it could also sign with is not asked for.
ALGORITHMS = ["RS256"]
TIME_AT_THE_PROVIDER = timedelta(minutes=10)
_SECONDS_TO_ANSWER = 5
_KEEP_METADATA = 3600
_LEEWAY = 60


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody whom the organisation knows: the object in its tenant, and why they came."""

    object_id: UUID
    purpose: str
    next_page: str
    person_id: int | None


def secrets_ring() -> KeyRing:
    """The keys under which organisations' client secrets are kept."""
    return KeyRing([settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], purpose="single sign-on")


def sealed(secret: str, *, organisation_id: int) -> str:
    return secrets_ring().encrypt(secret, bound_to=str(organisation_id))


def rewritten(sign_in: OrganisationSignIn) -> bool:
    """Seal the secret again if a former key sealed it; whether it was."""
    if not secrets_ring().needs_rotation(sign_in.secret):
        return False
    sign_in.secret = sealed(_secret_of(sign_in), organisation_id=sign_in.organisation_id)
    return True


def _secret_of(sign_in: OrganisationSignIn) -> str:
    return secrets_ring().decrypt(sign_in.secret, bound_to=str(sign_in.organisation_id))


def way_there(
    request: HttpRequest,
    sign_in: OrganisationSignIn,
    *,
    purpose: str,
    next_page: str,
    now: datetime,
    callback: str,
) -> str:
    """The address at the provider; what must come back with it is kept in the session."""
    client = _client(sign_in)
    prompt = "login" if purpose == LINK else "select_account"
    try:
        asked = client.create_authorization_url(callback, prompt=prompt)
    except (RequestException, ValueError, RuntimeError) as fault:
        raise _does_not_answer(sign_in, fault) from fault
    _keep_metadata(sign_in, client)
    client.save_authorize_data(
        request,
        redirect_uri=callback,
        purpose=purpose,
        next_page=next_page,
        person=request.user.pk,
        at=now.timestamp(),
        **asked,
    )
    return str(asked["url"])


def arrival(request: HttpRequest, sign_in: OrganisationSignIn, *, now: datetime) -> Arrival:
    """Who came back from the provider; refused unless everything about the answer fits."""
    client = _client(sign_in)
    begun = client.framework.get_state_data(request.session, request.GET.get("state"))
    if not begun or not _is_recent(begun, now=now):
        raise _refused(sign_in, "state_unknown")
    try:
        token = client.authorize_access_token(request, leeway=_LEEWAY)
    except OAuthError as refusal:
        raise _refused(sign_in, str(refusal.error or "refused")) from refusal
    except JoseError as wrong:
        raise _refused(sign_in, f"token_{wrong.error}") from wrong
    except (RequestException, ValueError, KeyError, RuntimeError) as fault:
        raise _does_not_answer(sign_in, fault) from fault
    return Arrival(
        object_id=_object_in(token.get("userinfo"), sign_in),
        purpose=begun["purpose"],
        next_page=begun["next_page"],
        person_id=begun["person"],
    )


def _object_in(claims: Any, sign_in: OrganisationSignIn) -> UUID:
    """The object of a token whose claims are checked; without an ID token there are none.

    Authlib takes a claim that is a list for each of its values, so what must be one thing is
    compared here.
    """
    try:
        is_ours = (
            claims["iss"].rstrip("/") == sign_in.issuer.rstrip("/")
            and claims["aud"] in (sign_in.client_id, [sign_in.client_id])
            and UUID(claims["tid"]) == sign_in.tenant_id
        )
        object_id = UUID(claims["oid"])
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise _refused(sign_in, "claims_missing") from wrong
    if not is_ours:
        raise _refused(sign_in, "claims_of_another")
    return object_id


def _is_recent(begun: dict[str, Any], *, now: datetime) -> bool:
    age = now.timestamp() - begun["at"]
    return 0 <= age < TIME_AT_THE_PROVIDER.total_seconds()


class Provider(DjangoOAuth2App):
    """One organisation's provider, believed in one algorithm only."""

    def load_server_metadata(self) -> dict[str, Any]:
        metadata: dict[str, Any] = super().load_server_metadata()
        metadata["id_token_signing_alg_values_supported"] = ALGORITHMS
        return metadata


def _client(sign_in: OrganisationSignIn) -> Provider:
    """Named after the organisation, so that what one began another cannot finish."""
    name = f"organisation-{sign_in.organisation_id}"
    return Provider(
        DjangoIntegration(name),
        name,
        client_id=sign_in.client_id,
        client_secret=_secret_of(sign_in),
        server_metadata_url=f"{sign_in.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS_TO_ANSWER,
        },
        **(cache.get(_known_as(sign_in)) or {}),
    )


def _keep_metadata(sign_in: OrganisationSignIn, client: Provider) -> None:
    """Addresses and keys of a provider change rarely; an unknown key is fetched all the same."""
    cache.set(_known_as(sign_in), dict(client.server_metadata), _KEEP_METADATA)


def _known_as(sign_in: OrganisationSignIn) -> str:
    return f"open-id:{sha256(sign_in.issuer.encode()).hexdigest()}"


def _refused(sign_in: OrganisationSignIn, why: str) -> Forbidden:
    log.warning("organisation_sign_in_refused", organisation=sign_in.organisation_id, why=why)
    return Forbidden(
        _("We could not sign you in with your account at %(organisation)s. Start again.")
        % {"organisation": sign_in.organisation},
        code="organisation_sign_in_refused",
    )


def _does_not_answer(sign_in: OrganisationSignIn, fault: Exception) -> Forbidden:
    log.error(
        "organisation_sign_in_unavailable",
        organisation=sign_in.organisation_id,
        error=type(fault).__name__,
    )
    return Forbidden(
        _("The sign-in of %(organisation)s does not answer. Wait a few minutes, then try again.")
        % {"organisation": sign_in.organisation},
        code="organisation_sign_in_unavailable",
    )
