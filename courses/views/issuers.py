"""What issuers publish for whoever checks a certificate: keys, and lists of what is revoked.

Open to everybody, the same for everybody, and kept by whoever asked for a few minutes.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import condition, require_safe

from accounts.limits import limit_for, take
from accounts.throttling import TOO_MANY, address_of
from courses.models import Issuer
from courses.selectors.issuers import believed_keys, published_issuer, published_list
from courses.services.open_badges import did_document, key_set

View = Callable[..., HttpResponse]
_KEPT_FOR = 300


def published(view: View) -> View:
    """For whoever checks: counted by address, kept for a while, and read from other sites too."""

    @wraps(view)
    def guarded(request: HttpRequest, public_id: UUID) -> HttpResponse:
        verdict = take(limit_for("verify"), key=address_of(request))
        if not verdict.is_allowed:
            told = {"title": str(TOO_MANY)}
            return JsonResponse(told, status=429, headers=verdict.headers())
        response = view(request, public_id)
        response.headers["Cache-Control"] = f"public, max-age={_KEPT_FOR}"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return login_not_required(guarded)


@require_safe
@published
def issuer_did(request: HttpRequest, public_id: UUID) -> HttpResponse:
    issuer = _issuer(public_id)
    return _json(did_document(issuer, believed_keys(issuer)), "application/did+json")


@require_safe
@published
def issuer_keys_published(request: HttpRequest, public_id: UUID) -> HttpResponse:
    issuer = _issuer(public_id)
    return _json(key_set(issuer, believed_keys(issuer)), "application/jwk-set+json")


def _etag(request: HttpRequest, public_id: UUID) -> str | None:
    found = published_list(public_id)
    return f'"{found.signed[-43:]}"' if found else None


@require_safe
@published
@condition(etag_func=_etag)
def status_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = published_list(public_id)
    if found is None:
        raise Http404
    return HttpResponse(found.signed, content_type="application/vc+jwt")


def _issuer(public_id: UUID) -> Issuer:
    issuer = published_issuer(public_id)
    if issuer is None:
        raise Http404
    return issuer


def _json(said: dict[str, Any], content_type: str) -> JsonResponse:
    return JsonResponse(said, content_type=content_type)
