"""Limits on calls of the API: for each program, each person, and each address of the unknown."""

from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.actors import ApiClientPrincipal
from accounts.limits import Limit, limit_for, take
from accounts.models import Person

if TYPE_CHECKING:
    # rest_framework.views imports this module through the settings.
    from rest_framework.views import APIView


TOO_MANY = _("Too many calls. Wait for as many seconds as Retry-After says, then go on.")


class TooManyCalls(APIException):
    """``wait`` becomes the header Retry-After, in seconds."""

    status_code = 429
    default_code = "too_many_calls"
    default_detail = TOO_MANY

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


class CallLimit(BaseThrottle):
    """Counts a call and tells the caller, allowed or not, how many are left."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        limit, key = _who(request)
        verdict = take(limit, key=key)
        view.headers.update(verdict.headers())
        if not verdict.is_allowed:
            raise TooManyCalls(verdict.wait)
        return True


def _who(request: Request) -> tuple[Limit, str]:
    if isinstance(request.user, ApiClientPrincipal):
        return limit_for("client"), str(request.user.client.pk)
    if isinstance(request.user, Person):
        return limit_for("person"), str(request.user.pk)
    return limit_for("address"), address_of(request)


def address_of(request: HttpRequest | Request) -> str:
    """Where the call came from, as far as the proxies before us can be trusted."""
    plain = request._request if isinstance(request, Request) else request  # noqa: SLF001
    return str(get_adapter().get_client_ip(plain))
