"""Where programs get a token for their secret, and end one: OAuth 2, addressed as before."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from oauthlib.common import urlencode
from oauthlib.oauth2 import OAuth2Error

from accounts.limits import Verdict, limit_for, take
from accounts.throttling import TOO_MANY, address_of
from accounts.token_requests import credentials_of, server
from common.http.refusals import PROBLEM_JSON, problem

Answer = tuple[dict[str, str], str, int]
Asked = tuple[str, str, str, dict[str, str]]


@csrf_exempt
@login_not_required
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    return _answered(request, server(now=timezone.now()).create_token_response)


@csrf_exempt
@login_not_required
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    return _answered(request, server(now=timezone.now()).create_revocation_response)


def _answered(request: HttpRequest, decide: Callable[..., Answer]) -> HttpResponse:
    verdict = _count(request)
    if not verdict.is_allowed:
        return _too_many(verdict)
    try:
        with transaction.atomic():
            headers, body, status = decide(*_asked(request))
    except OAuth2Error as refused:
        headers, body, status = refused.headers, refused.json, refused.status_code
    told = {"Content-Type": "application/json", **headers, **verdict.headers()}
    return HttpResponse(body or "", status=status, headers=told)


def _count(request: HttpRequest) -> Verdict:
    """By address first: whoever guesses at the ids of programs fills no bucket of theirs."""
    by_address = take(limit_for("token-address"), key=address_of(request))
    if not by_address.is_allowed:
        return by_address
    client_id, _secret = credentials_of(request.headers, request.POST.get("client_id"), None)
    return take(limit_for("token"), key=f"{client_id[:100]}@{address_of(request)}")


def _too_many(verdict: Verdict) -> HttpResponse:
    # ``error`` is what OAuth libraries read, the rest is what our other refusals look like.
    body = problem(
        429,
        title=_("Too many requests"),
        detail=str(TOO_MANY),
        code="too_many_calls",
        error="temporarily_unavailable",
    )
    return JsonResponse(body, status=429, content_type=PROBLEM_JSON, headers=verdict.headers())


def _asked(request: HttpRequest) -> Asked:
    """As oauthlib reads it, which refuses a field given twice and anything in the query."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    headers = {"Content-Type": request.headers.get("Content-Type", "")}
    if "Authorization" in request.headers:
        headers["Authorization"] = request.headers["Authorization"]
    address = f"{request.path}?refused=1" if request.META.get("QUERY_STRING") else request.path
    return address, str(request.method), urlencode(fields), headers
