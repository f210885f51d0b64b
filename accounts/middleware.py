"""Who is signed in, until when, and whether they have passed the second step: asked of every
request before any view is."""

from collections.abc import Callable
from typing import Any

from allauth.account.signals import (
    authentication_step_completed,
    password_changed,
    password_reset,
    password_set,
)
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import second_factor, sessions
from accounts.models import Person
from accounts.services import sessions as own_sessions
from accounts.visibility import Standing, standing
from common.http.refusals import wants_json

GetResponse = Callable[[HttpRequest], HttpResponse]

# What opens before the second step: the way to it, and the way out.
BEFORE_SECOND_STEP = frozenset(
    {
        "accounts:second_step",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
)
_LONGEST_USER_AGENT = 200


class SessionLimitsMiddleware:
    """Ends sessions that are over, and moves the end of those in use.

    Outside the transaction of the request: an end stays an end, whatever is answered.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = timezone.now()
        if ended := sessions.why_ended(request.session, now=now):
            return self._answer_after_the_end(request, ended)
        if sessions.see(request.session, now=now):
            UserSession.objects.filter(session_key=request.session.session_key).update(
                last_seen_at=now
            )
        until = sessions.open_until(request.session)
        request.signed_in_until = until  # type: ignore[attr-defined]
        request.signed_in_seconds = int((until - now).total_seconds()) if until else 0  # type: ignore[attr-defined]
        return self.get_response(request)

    def _answer_after_the_end(self, request: HttpRequest, ended: sessions.Ended) -> HttpResponse:
        sessions.forget(request)
        request.user = AnonymousUser()
        if wants_json(request) or "HX-Request" in request.headers:
            return self.get_response(request)  # which says so in its own way
        if request.method in {"GET", "HEAD"}:
            response = redirect_to_login(request.get_full_path())
            response["Location"] += f"&ended={ended}"
            return response
        context = {"ended": ended, "typed": _typed(request)}
        page = render(request, "accounts/session_ended.html", context, status=401)
        # Nobody is signed in any more, and yet the page holds what somebody wrote.
        page.headers["Cache-Control"] = "private, no-store"
        return page


class SecondStepMiddleware:
    """Whoever can see other people's records opens nothing before the second step is passed.

    Asked of each request, so a role that is given to somebody who is signed in counts at once.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        person = request.user
        if not isinstance(person, Person) or not person.is_authenticated:
            return None
        today = timezone.localdate()
        _renew_key_for_other_roles(request, standing(person, on=today))
        if second_factor.has_passed_second_factor(request):
            return None
        if not second_factor.needs_second_factor(person, on=today):
            return None
        if _name_of(request) in BEFORE_SECOND_STEP:
            request.has_menu = False  # type: ignore[attr-defined]
            return None
        if wants_json(request) or "HX-Request" in request.headers:
            return second_factor.refusal(
                request,
                title=_("Pass the second step of signing in first."),
                code="second_step_missing",
            )
        return second_factor.to_second_step(request)


def _name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _renew_key_for_other_roles(request: HttpRequest, place: Standing) -> None:
    """A session that can do more (or less) than before goes on under another key."""
    roles = _roles(place)
    if roles != sessions.known_roles(request.session):
        sessions.remember_roles(request.session, roles)
        sessions.renew_key(request)


def _roles(place: Standing) -> str:
    return ",".join(
        f"{role}:{organisation_id}"
        for role, ids in sorted(place.granted.items())
        for organisation_id in sorted(ids)
    )


def _typed(request: HttpRequest) -> list[str]:
    """The longer texts of a form that came too late, so that they can be copied."""
    return [
        text
        for name, texts in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for text in texts
        if " " in text.strip()
    ]


@receiver(user_logged_in)
def note_sign_in(
    sender: type[Person], request: HttpRequest, user: Person, **arguments: Any
) -> None:
    """What every way of signing in leaves in the session: since when, and on which device."""
    now = timezone.now()
    # Read by an object of its own: what a caller's object remembers of the day stays as it is.
    place = standing(Person(pk=user.pk), on=timezone.localdate())
    sessions.begin(request.session, roles=_roles(place), now=now)
    # Who signs in where somebody else was signed in gets a session that has no key yet.
    if request.session.session_key is None:
        request.session.create()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": request.META.get("REMOTE_ADDR") or "127.0.0.1",
            "user_agent": request.headers.get("User-Agent", "")[:_LONGEST_USER_AGENT],
            "last_seen_at": now,
        },
    )


@receiver(user_logged_out)
def note_sign_out(sender: Any, request: HttpRequest, user: Any, **arguments: Any) -> None:
    UserSession.objects.filter(session_key=request.session.session_key).delete()


@receiver([password_changed, password_reset, password_set])
def note_new_password(sender: type[Person], user: Person, **arguments: Any) -> None:
    own_sessions.note_new_password(by=user, now=timezone.now())


@receiver(authentication_step_completed)
def note_second_step(
    sender: type[Person], request: HttpRequest, user: Person, method: str, **arguments: Any
) -> None:
    """A code or a passkey counts as the second step, at signing in and when asked again."""
    if method == "mfa":
        second_factor.mark_passed(request, user, how=arguments["type"], now=timezone.now())
        if request.user.is_authenticated:
            sessions.renew_key(request)
