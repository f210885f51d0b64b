"""The answer to a request that is refused: a page that says why and how to go on.

A caller that wants JSON gets the same as problem details, and htmx gets a fragment that fits
where the answer would have gone.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.http.redirects import HOME, is_page_of_ours

PROBLEM_JSON = "application/problem+json"
# Seconds: what the counts of tries at sign-in mostly look back on.
RETRY_AFTER = 60


# How the addresses of a standard begin -> its own form of a refusal, made from problem details.
_OWN_FORMS: dict[str, Callable[[dict[str, Any]], JsonResponse]] = {}


def register_form(beginning: str, form: Callable[[dict[str, Any]], JsonResponse]) -> None:
    """Let refusals below an address read as the standard that is spoken there has them."""
    if beginning in _OWN_FORMS:
        raise ValueError(f"Two forms are given for refusals below {beginning}.")
    _OWN_FORMS[beginning] = form


def wants_json(request: HttpRequest) -> bool:
    """True below ``/api/``, ``/scim/`` and where a standard has its own form of refusals, and for
    whoever accepts JSON but no page."""
    if request.path.startswith(("/api/", "/scim/", *_OWN_FORMS)):
        return True
    accepted = request.headers.get("Accept", "")
    return "json" in accepted and "html" not in accepted


def problem(status: int, *, title: str, code: str, detail: str = "", **more: Any) -> dict[str, Any]:
    """Return the body of problem details (RFC 9457) with our stable ``code``."""
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        **more,
    }


def json_refusal(request: HttpRequest, body: dict[str, Any]) -> JsonResponse:
    """Answer with problem details, or in the form of the standard that is spoken there."""
    for beginning, form in _OWN_FORMS.items():
        if request.path.startswith(beginning):
            return form(body)
    return JsonResponse(body, status=body["status"], content_type=PROBLEM_JSON)


def refusal_page(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Answer with the sentence of a service that said no."""
    current = getattr(refusal, "current", None)
    if wants_json(request):
        more = {} if current is None else {"current": current}
        body = problem(refusal.status, title=refusal.message, code=refusal.code, **more)
        return json_refusal(request, body)
    context = {"refusal": refusal, "current": current, "came_from": _came_from(request)}
    fragment = bool(getattr(request, "htmx", False)) and not getattr(request.htmx, "boosted", False)  # type: ignore[attr-defined]
    template = "components/refusal.html" if fragment else f"{refusal.status}.html"
    return render(request, template, context, status=refusal.status)


def _came_from(request: HttpRequest) -> str:
    """Return the page of ours that the request was sent from, or the home page."""
    address = request.headers.get("Referer", "")
    path = address.removeprefix(f"{request.scheme}://{request.get_host()}")
    return address if is_page_of_ours(request, path) else HOME


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400, _("We could not read what was sent"), "bad_request")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403, _("You cannot do this"), "forbidden")


def not_found(request: HttpRequest, exception: Http404 | None = None) -> HttpResponse:
    """The same answer for what is not there and what is not yours."""
    return _error(request, 404, _("Page not found"), "not_found")


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer to whoever tries too often: when to come back, for people and for programs."""
    response = _error(request, 429, _("There were too many tries"), "too_many_requests")
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the database, the session or the menu: any of them may be what failed."""
    title = _("Sorry, there is a problem with the service")
    if wants_json(request):
        return json_refusal(request, problem(500, title=title, code="server_error"))
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what usually is the matter: the site is reached by another address than it knows."""
    if wants_json(request):
        title = _("The security check of this request failed")
        return json_refusal(request, problem(403, title=title, code="csrf_failed", detail=reason))
    came_by = f"{request.scheme}://{request.get_host()}"
    context = {
        "site_url": settings.SITE_URL,
        "came_by": came_by,
        "is_other_address": came_by != settings.SITE_URL.rstrip("/"),
    }
    return render(request, "403_csrf.html", context, status=403)


def _error(request: HttpRequest, status: int, title: str, code: str) -> HttpResponse:
    if wants_json(request):
        return json_refusal(request, problem(status, title=title, code=code))
    return render(request, f"{status}.html", status=status)
