"""Checking a certificate: for whoever has its link or its file, without anybody being known.

Nothing is kept or counted but how often an address asks, and no cookie is set but the one that the
form's token against forgery needs.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.limits import limit_for, take
from accounts.throttling import address_of
from common.forms import form_status
from common.http.refusals import too_many_requests
from courses.forms.certificates import CheckForm
from courses.selectors.certificate_view import certificate_view
from courses.selectors.certificates import certificate_behind

View = Callable[..., HttpResponse]


def for_whoever_checks(view: View) -> View:
    """Open to everybody, counted by address, found by no search engine and kept by no cache.

    That no other site hears of the link is what the house's Referrer-Policy sees to. A stricter
    one would have browsers send forms of these pages without an origin, which are refused.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
        verdict = take(limit_for("verify"), key=address_of(request))
        if not verdict.is_allowed:
            response = too_many_requests(request)
            for name, value in verdict.headers().items():
                response.headers[name] = value
            return response
        response = view(request, **arguments)
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return login_not_required(guarded)


@require_safe
@for_whoever_checks
def certificate_check(request: HttpRequest, token: str) -> HttpResponse:
    certificate = certificate_behind(token)
    if certificate is None:
        raise Http404
    context = {
        "certificate": certificate,
        "view": certificate_view(certificate),
        "is_in_force": certificate.is_in_force(on=timezone.localdate()),
    }
    return render(request, "courses/certificate_check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_whoever_checks
def credential_check(request: HttpRequest) -> HttpResponse:
    sent = request.method == "POST"
    form = CheckForm(request.POST, request.FILES) if sent else CheckForm()
    verdict = form.verdict(now=timezone.now()) if sent and form.is_valid() else None
    context = {"form": form, "verdict": verdict}
    status = form_status(form) if verdict is None else 200
    return render(request, "courses/credential_check.html", context, status=status)
