"""The second step of signing in: who needs one, who has passed it, and how long ago.

Whoever can see another person's record needs one. That a session passed it is a fact of that
session and that person: who signs in again starts without.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.standing import standing
from common.http.refusals import json_refusal, problem, wants_json

FRESH_FOR = timedelta(minutes=15)
# The invented people of a demonstration have no telephones.
DEMONSTRATION = "demonstration"
# Passed at somebody's organisation, where it is agreed that its second step counts here.
ORGANISATION = "organisation"
# What proves a second time who somebody is; recovery codes only stand in for one of these.
STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

_FACTS = "waymark_second_step"
P = ParamSpec("P")


# The rows through which a person sees others and which only an upper floor knows, such as seats on
# a panel. Filled in ``AppConfig.ready()``; looked for in one statement, for those only whom nothing
# else makes need a step.
Sight = Callable[[Person, date], QuerySet[Any, Any]]
OTHER_SIGHTS: list[Sight] = []


def needs_second_factor(person: Person, *, on: date) -> bool:
    """Whether ``person`` can see anybody else's record on ``on``, and so needs a second step.

    A role, people who report to them, people whose manager they stand in for, or what an upper
    floor knows of.
    """
    place = standing(person, on=on)
    if place.granted or place.ties:
        return True
    rows = [sight(person, on).order_by().values_list("pk") for sight in OTHER_SIGHTS]
    return bool(rows) and rows[0].union(*rows[1:], all=True).exists()


def has_second_step(person: Person | AnonymousUser) -> bool:
    """Whether ``person`` has set one up."""
    return Authenticator.objects.filter(user_id=person.pk, type__in=STEPS).exists()


def mark_passed(request: HttpRequest, person: Person, *, how: str, now: datetime) -> None:
    """Note in the session that ``person`` has just passed the second step."""
    request.session[_FACTS] = {"person": person.pk, "how": how, "at": now.timestamp()}


def has_passed_second_factor(request: HttpRequest) -> bool:
    """Whether the person who is signed in passed a second step in this session."""
    return _passed(request) is not None


def has_fresh_second_factor(request: HttpRequest, *, now: datetime) -> bool:
    """Whether they did so within the last quarter of an hour."""
    passed = _passed(request)
    if passed is None:
        return False
    if settings.DEMO and passed["how"] == DEMONSTRATION:
        return True
    age = now - datetime.fromtimestamp(passed["at"], UTC)
    return timedelta(0) <= age < FRESH_FOR


def fresh_second_factor(
    view: Callable[Concatenate[Any, P], HttpResponse],
) -> Callable[Concatenate[Any, P], HttpResponse]:
    """Ask for the second step again before a sensitive act, unless it was passed just now.

    A page leads to the question and comes back, with what was sent; a program and a fragment are
    told so (403, code ``second_step_stale``).
    """

    @wraps(view)
    def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if has_fresh_second_factor(request, now=timezone.now()):  # noqa: TID251 (wraps a view)
            return view(request, *args, **kwargs)
        if wants_json(request) or getattr(request, "htmx", False):
            return refusal(
                request,
                title=_("Pass the second step of signing in again, then do this once more."),
                code="second_step_stale",
            )
        if not has_second_step(request.user):
            return to_second_step(request)
        raise ReauthenticationRequired

    return guarded


def proves_who_it_is(request: SignedInRequest, *, now: datetime) -> None:
    """Ask whoever opens everything that is held about themselves to prove again who they are.

    With the second step where there is one, else with the password. Somebody who has neither came
    from their organisation, which has no way to ask again: their session stands for them.
    """
    if has_fresh_second_factor(request, now=now):
        return
    if has_second_step(request.user):
        raise ReauthenticationRequired
    if request.user.has_usable_password() and not gave_password_just_now(request):
        raise ReauthenticationRequired


def gave_password_just_now(request: HttpRequest) -> bool:
    """Whether a password was entered just now; by the library's clock, which wrote the records."""
    moment, window = time.time(), FRESH_FOR.total_seconds()
    return any(
        record["method"] == "password" and 0 <= moment - record["at"] < window
        for record in get_authentication_records(request, request.user)
    )


def to_second_step(request: HttpRequest) -> HttpResponse:
    """Lead to the page where a second step is set up or passed, and from there back."""
    # What a form sent is not sent again by coming back, so only pages are come back to.
    is_page = request.method in {"GET", "HEAD"} and request.path != "/"
    query = {"next": request.get_full_path()} if is_page else None
    return redirect(reverse("accounts:second_step", query=query))


def refusal(request: HttpRequest, *, title: str, code: str) -> HttpResponse:
    """The same answer for a caller that cannot be led to another page."""
    if wants_json(request):
        return json_refusal(request, problem(403, title=title, code=code))
    return HttpResponse(title, status=403, content_type="text/plain; charset=utf-8")


def _passed(request: HttpRequest) -> dict[str, Any] | None:
    passed = request.session.get(_FACTS)
    if not isinstance(passed, dict) or passed.get("person") != request.user.pk:
        return None
    if passed["how"] == DEMONSTRATION and not settings.DEMO:
        return None
    return passed
