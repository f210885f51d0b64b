"""Signing in: the second step, where one is signed in, and what of the library is not there."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import second_factor, sessions
from accounts.http import SignedInRequest
from accounts.selectors.sign_in import open_sessions, own_sessions
from accounts.services.sessions import end_other_sessions, end_session
from accounts.services.sign_in import drop_second_step, keep_second_step
from common.http.redirects import HOME, safe_next, safe_redirect_target
from common.http.refusals import RETRY_AFTER, wants_json

TOO_MANY = {"too_many_login_attempts", "rate_limited"}

_WANTED = "waymark_wanted_page"


@login_not_required
def closed(request: HttpRequest, **arguments: Any) -> HttpResponse:
    raise Http404


def _told(response: HttpResponse, *bound: forms.BaseForm) -> HttpResponse:
    """The status of a form that was refused: 429 when there were too many tries, else 422."""
    codes = {
        error.code
        for form in bound
        for errors in form.errors.as_data().values()
        for error in errors
    }
    if codes & TOO_MANY:
        response.status_code = 429
        response.headers["Retry-After"] = str(RETRY_AFTER)
    else:
        response.status_code = 422
    return response


class SignIn(LoginView):
    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        return _told(super().form_invalid(form), form)


class SecondStep(AuthenticateView):
    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        return _told(super().form_invalid(form), form)


class SecondStepAgain(ReauthenticateView):
    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        return _told(super().form_invalid(form), form)


@require_safe
def second_step(request: SignedInRequest) -> HttpResponse:
    """Where whoever needs a second step sets one up, or passes the one they have."""
    wanted = safe_next(request)
    if second_factor.has_passed_second_factor(request):
        return redirect(safe_next(request))
    if second_factor.has_second_step(request.user):
        return redirect(reverse("mfa_reauthenticate", query={"next": wanted}))
    request.session[_WANTED] = wanted
    return render(request, "accounts/second_step.html", {"wanted": wanted})


def _step_added(request: Any, *, kind: str, code: str = "") -> None:
    """The step counts as passed; whoever else is signed in with the password alone is not."""
    now = timezone.now()
    second_factor.mark_passed(request, request.user, how=kind, now=now)
    sessions.renew_key(request)
    keep_second_step(
        by=request.user,
        kind=kind,
        code=code,
        session_key=request.session.session_key,
        now=now,
    )


class SetUpApp(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        code = form.cleaned_data["code"]
        _step_added(self.request, kind=Authenticator.Type.TOTP, code=code)
        return response


class RemoveApp(DeactivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        kind = Authenticator.Type.TOTP
        drop_second_step(by=self.request.user, kind=kind, now=timezone.now())
        return response


class AddPasskey(AddWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"named_address": _named(self.request)}

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _step_added(self.request, kind=Authenticator.Type.WEBAUTHN)
        return response


def _named(request: HttpRequest) -> str:
    """This page under a name, where it was opened by this machine's number: browsers keep
    passkeys for names only."""
    host, _colon, port = request.get_host().rpartition(":")
    if host not in {"127.0.0.1", "[::1]"}:
        return ""
    return f"{request.scheme}://localhost:{port}{request.path}"


class RemovePasskey(RemoveWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        rules = get_mfa_adapter()
        if not rules.can_delete_authenticator(self.object):
            messages.error(self.request, rules.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        response: HttpResponse = super().form_valid(form)
        kind = Authenticator.Type.WEBAUTHN
        drop_second_step(by=self.request.user, kind=kind, now=timezone.now())
        return response


@require_safe
def continue_after_codes(request: SignedInRequest) -> HttpResponse:
    """From the recovery codes to the page that was wanted before there was a second step."""
    return redirect(safe_redirect_target(request, request.session.pop(_WANTED, HOME)))


@require_safe
def session_list(request: SignedInRequest) -> HttpResponse:
    key = request.session.session_key
    found = open_sessions(request.user, key=key, now=timezone.now())
    return render(request, "accounts/session_list.html", {"sessions": found})


@require_POST
def session_end(request: SignedInRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    session = get_object_or_404(own_sessions(request.user, now=now), pk=pk)
    is_this_one = session.session_key == request.session.session_key
    end_session(session=session, by=request.user, now=now)
    if is_this_one:
        get_adapter().logout(request)
        return redirect("account_login")
    messages.success(request, _("The session is ended."))
    return redirect("accounts:session_list")


@require_POST
def session_end_others(request: SignedInRequest) -> HttpResponse:
    key = request.session.session_key or ""
    end_other_sessions(by=request.user, kept_key=key, now=timezone.now())
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("accounts:session_list")


@require_safe
def session_keep(request: SignedInRequest) -> HttpResponse:
    """Opening it is enough: every page keeps the session."""
    until = sessions.open_until(request.session)
    if wants_json(request):
        left = (until - timezone.now()).total_seconds() if until else 0
        return JsonResponse({"seconds": int(left)})
    return render(request, "accounts/session_kept.html", {"until": until})
