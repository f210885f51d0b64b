"""What the token endpoint decides: client credentials, against the secrets that programs have.

oauthlib reads the request and words the answers (RFC 6749, RFC 7009); this says who is who.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from allauth.idp.oidc.models import Token
from django.conf import settings
from oauthlib.common import Request
from oauthlib.oauth2 import BackendApplicationServer, RequestValidator

from accounts.actors import SystemJob
from accounts.authentication import own_scopes
from accounts.client_secrets import is_secret
from accounts.models import ApiClientSecret
from accounts.scope import lifted
from common.dates import london_date

WHO_ASKS = SystemJob("accounts.who_asks", organisation_ids=None)
GRANT = "client_credentials"
# What a client id can look like; nothing else is worth a question to the database.
_CLIENT_ID = re.compile(r"[A-Za-z0-9._~-]{1,100}")
_LONGEST_SECRET = 200


class ClientCredentials(RequestValidator):
    """Answers oauthlib's questions about one request at the moment ``now``."""

    def __init__(self, *, now: datetime) -> None:
        super().__init__()
        self.now = now

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Unknown, wrong, revoked, expired, stopped: all the same answer, all in one query."""
        client_id, given = credentials_of(request.headers, request.client_id, request.client_secret)
        if not _CLIENT_ID.fullmatch(client_id) or not 0 < len(given) <= _LONGEST_SECRET:
            return False
        live = ApiClientSecret.objects.live(at=self.now).filter(
            client__client_id=client_id, client__is_active=True
        )
        # A program has no scope before it has a token.
        with lifted(WHO_ASKS):
            for secret in live.select_related("client__client"):
                if is_secret(given, kept=secret.hash):
                    self._accept(request, secret)
                    return True
        return False

    def _accept(self, request: Request, secret: ApiClientSecret) -> None:
        request.client = secret.client.client
        request.client.client_id = request.client_id = request.client.pk
        request.secret = secret
        today = london_date(self.now)
        if secret.last_used_on != today:
            ApiClientSecret.objects.filter(pk=secret.pk).update(last_used_on=today)

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Request, *args: Any, **kw: Any
    ) -> bool:
        return grant_type == GRANT

    def get_default_scopes(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> list[str]:
        scopes: list[str] = request.client.get_default_scopes()
        return scopes

    def validate_scopes(
        self,
        client_id: str,
        scopes: list[str],
        client: Any,
        request: Request,
        *args: Any,
        **kw: Any,
    ) -> bool:
        # The token is of our scopes, and its answer names them where other names were asked for.
        request.scopes = own_scopes(scopes)
        return set(request.scopes) <= set(request.client.get_scopes())

    def lasts(self, request: Request) -> int:
        """Seconds: a token never outlives the secret it was given for."""
        left = (request.secret.expires_at - self.now) // timedelta(seconds=1)
        return min(settings.IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN, max(left, 1))

    def save_bearer_token(
        self, token: dict[str, Any], request: Request, *args: Any, **kwargs: Any
    ) -> None:
        issued = Token(
            type=Token.Type.ACCESS_TOKEN,
            client=request.client,
            data={"secret": request.secret.pk},
            created_at=self.now,
            expires_at=self.now + timedelta(seconds=token["expires_in"]),
        )
        issued.set_value(token["access_token"])
        issued.set_scopes(request.scopes)
        issued.save(force_insert=True)

    def revoke_token(
        self, token: str, token_type_hint: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """A program ends its own tokens; somebody else's are as good as not there."""
        Token.objects.by_value(token).filter(client=request.client).delete()


def server(*, now: datetime) -> BackendApplicationServer:
    validator = ClientCredentials(now=now)
    return BackendApplicationServer(
        validator, token_generator=_new_token, token_expires_in=validator.lasts
    )


def credentials_of(
    headers: Mapping[str, str], client_id: str | None, secret: str | None
) -> tuple[str, str]:
    """Client id and secret, from Basic authentication or else from the form; empty if neither."""
    scheme, _space, value = headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return client_id or "", secret or ""
    try:
        named, _colon, given = b64decode(value, validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        return "", ""
    return named, given


def _new_token(request: Request) -> str:
    return token_urlsafe(48)
