"""One's sessions in one's diary: an address to subscribe to, and a place as a file."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.limits import limit_for, take
from accounts.throttling import address_of
from common.http.refusals import too_many_requests
from courses.models import Enrolment
from courses.selectors.diary import diary_behind, feed_of, invitation, with_meetings_of
from courses.selectors.invitations import wants_invitations
from courses.services.calendars import (
    end_feed,
    refuse_invitations,
    renew_feed,
    take_invitations,
)

_CALENDAR = "text/calendar; charset=utf-8"
View = Callable[..., HttpResponse]
_MAIL = {
    "MAIL_OFF": (refuse_invitations, gettext_lazy("You get no more invitations by mail.")),
    "MAIL_ON": (take_invitations, gettext_lazy("You get invitations by mail.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: SignedInRequest) -> HttpResponse:
    address = ""
    step = request.POST.get("step", "") if request.method == "POST" else ""
    if step == "END":
        end_feed(by=request.user, now=timezone.now())
        messages.success(request, _("The address is taken back. It leads to nothing any more."))
        return redirect("courses:calendar")
    if step in _MAIL:
        change, said = _MAIL[step]
        change(by=request.user, now=timezone.now())
        messages.success(request, said)
        return redirect("courses:calendar")
    if step == "RENEW":
        token = renew_feed(by=request.user, now=timezone.now())
        address = settings.SITE_URL + reverse("courses:calendar_feed", args=[token])
    context = {
        "feed": feed_of(request.user),
        "address": address,
        "is_invited": wants_invitations(request.user.pk),
    }
    response = render(request, "courses/calendar.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def enrolment_calendar(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Enrolment.objects.visible_to(request.user, on=timezone.localdate())
    mine = rows.filter(person=request.user).exclude(state__in=("REQUESTED", "WAITING"))
    enrolment = get_object_or_404(with_meetings_of(mine), pk=pk)
    response = HttpResponse(invitation(enrolment, now=timezone.now()), content_type=_CALENDAR)
    response.headers["Content-Disposition"] = 'attachment; filename="session.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def counted_by_address(view: View) -> View:
    """A diary asks without signing in, so how often an address asks is counted."""

    @wraps(view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
        verdict = take(limit_for("diary"), key=address_of(request))
        if not verdict.is_allowed:
            response = too_many_requests(request)
            for name, value in verdict.headers().items():
                response.headers[name] = value
            return response
        return view(request, **arguments)

    return login_not_required(guarded)


@require_safe
@counted_by_address
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    found = diary_behind(token, on=timezone.localdate(), now=timezone.now())
    if found is None:
        raise Http404
    response = HttpResponse(found, content_type=_CALENDAR)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
