"""Access tokens of API clients become principals that act for one organisation, never a person."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from allauth.idp.oidc.contrib.rest_framework.authentication import TokenAuthentication
from allauth.idp.oidc.models import Token
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.actors import ApiClientPrincipal, SystemJob
from accounts.models import ApiClientSecret
from accounts.scope import enter

if TYPE_CHECKING:
    # rest_framework.views imports this module through the settings.
    from rest_framework.views import APIView

# Whose secret it is decides what can be seen, so it is read before anything can be.
WHO_CALLS = SystemJob("accounts.who_calls", organisation_ids=None)
SCOPES: dict[str, Promise] = {
    "people:read": gettext_lazy("Read people, their posts and assignments"),
    "frameworks:read": gettext_lazy("Read frameworks and role profiles"),
    "frameworks:write": gettext_lazy(
        "Draft and change the organisation's frameworks, bring in files, say what became of "
        "competencies, comment, ask for reviews, publish what people signed off and retire it"
    ),
    "roles:write": gettext_lazy("Draft, change and publish the organisation's role profiles"),
    "attainments:read": gettext_lazy("Read the levels that people have shown"),
    "attainments:write": gettext_lazy("Record levels that another system knows"),
    "evidence:read": gettext_lazy(
        "Read which qualifications, evidence, claims and requests there are, never what they say"
    ),
    "courses:read": gettext_lazy("Read courses, offerings and sessions"),
    "enrolments:read": gettext_lazy("Read enrolments"),
    "enrolments:write": gettext_lazy("Enrol and withdraw people"),
    "study-time:write": gettext_lazy(
        "Say that study time was had, take it back for the service, and arrange another day"
    ),
    "funds:read": gettext_lazy("Read what funds have left, and statements of charges"),
    "compliance:read": gettext_lazy("Read how far mandatory training has come"),
    "mandatory_training:write": gettext_lazy("Record training that another system knows"),
    "awards:read": gettext_lazy("Read which certificates people have, and whether they count"),
    "appraisals:read": gettext_lazy("Read how far appraisals are, never what they say"),
    "plans:read": gettext_lazy("Read development plans"),
}

# What a standard calls a scope of ours -> the scope. Upper floors fill it in ``ready()``.
_OTHER_NAMES: dict[str, str] = {}


def also_called(name: str, scope: str) -> None:
    """Let programs ask for ``scope`` by the name that a standard has for it."""
    if scope not in SCOPES or name in _OTHER_NAMES:
        raise ValueError(f"{name} cannot be another name of {scope}.")
    _OTHER_NAMES[name] = scope


def own_scopes(names: Iterable[str]) -> list[str]:
    """The scopes that are asked for, each by our own name and once."""
    return list(dict.fromkeys(_OTHER_NAMES.get(name, name) for name in names))


class ApiTokenAuthentication(TokenAuthentication):
    """A bearer token from client credentials; anything else is somebody we do not know."""

    def authenticate(self, request: Request) -> tuple[ApiClientPrincipal, Token] | None:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            return None
        found = super().authenticate(request)
        token = found[1] if found else None
        if token is None:
            raise _unknown_token()
        today = timezone.localdate()
        enter(WHO_CALLS, on=today)
        secret = _live_secret_of(token)
        if secret is None or found[0] is not None:
            enter(None, on=today)
            raise _unknown_token()
        client = secret.client
        scopes = frozenset(token.get_scopes()) & frozenset(client.client.get_scopes())
        principal = ApiClientPrincipal(client=client, scopes=scopes)
        enter(principal, on=today)
        return principal, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _live_secret_of(token: Token) -> ApiClientSecret | None:
    """The secret the token was given for, unless it has ended since, or its program was stopped.

    Asked with every call: a token written in the moment its secret is revoked opens nothing.
    """
    return (
        ApiClientSecret.objects.live(at=Now())
        .select_related("client__organisation", "client__client")
        .filter(
            pk=(token.data or {}).get("secret") or 0,
            client__client_id=token.client_id,
            client__is_active=True,
        )
        .first()
    )


def _unknown_token() -> AuthenticationFailed:
    """One answer for every token that opens nothing, so that it tells nothing."""
    return AuthenticationFailed(
        _("The access token is missing, expired or revoked. Ask for a new one."),
        code="token_unknown",
    )


class HasScope(BasePermission):
    """A client needs the view's ``required_scopes`` for the method; a signed-in person none.

    What a person may read or change is decided by ``visible_to`` and the policies, as on a page.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.user, ApiClientPrincipal):
            return bool(request.user and request.user.is_authenticated)
        needed: dict[str, str] = getattr(view, "required_scopes", {})
        method = "GET" if request.method in {"HEAD", "OPTIONS"} else str(request.method)
        if not hasattr(view, str(request.method).lower()):
            return True  # nothing would be done: the answer is 405, with the methods there are
        if method not in needed:
            raise PermissionDenied(_("This is not for API clients."), code="not_for_clients")
        if needed[method] not in request.user.scopes:
            raise PermissionDenied(
                _("This needs the scope %(scope)s, which the token does not have.")
                % {"scope": needed[method]},
                code="scope_missing",
            )
        return True
