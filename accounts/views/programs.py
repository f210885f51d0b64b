"""Programs that call Waymark for an organisation: opening them, their secrets, their end.

A secret is in the answer to the form that made it and nowhere else: not in an address, a session
or a log.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authentication import SCOPES
from accounts.http import SignedInRequest
from accounts.models import ApiClient, ApiClientSecret, Person
from accounts.program_forms import ProgramForm, ScopesForm
from accounts.second_factor import fresh_second_factor
from accounts.selectors.programs import (
    administers_programs,
    places_for_programs,
    programs_shown,
)
from accounts.services.client_secrets import add_secret, revoke_secret
from accounts.services.clients import create_client, narrow_client, stop_client
from common.errors import Forbidden
from common.forms import form_status
from common.navigation import page_of

BOTH = ["GET", "HEAD", "POST"]


def shown_to(request: HttpRequest) -> bool:
    """The menu names the page for administrators; the standing is read already."""
    user = request.user
    return isinstance(user, Person) and administers_programs(user, on=timezone.localdate())


@require_safe
def program_list(request: SignedInRequest) -> HttpResponse:
    _refuse_unless_administrator(request)
    page = page_of(request, programs_shown(request.user, on=timezone.localdate()))
    return render(request, "accounts/program_list.html", {"page": page, "now": timezone.now()})


@require_safe
def program_show(request: SignedInRequest, pk: int) -> HttpResponse:
    program = _program(request, pk)
    context = {
        "program": program,
        "scopes": [SCOPES.get(scope, scope) for scope in program.client.get_scopes()],
        "now": timezone.now(),
    }
    return render(request, "accounts/program_show.html", context)


@require_http_methods(BOTH)
@fresh_second_factor
def program_open(request: SignedInRequest) -> HttpResponse:
    _refuse_unless_administrator(request)
    places = places_for_programs(request.user, on=timezone.localdate())
    form = ProgramForm(request.POST if request.method == "POST" else None, places=places)
    if request.method == "POST" and form.is_valid():
        program, secret = create_client(**form.cleaned_data, by=request.user, now=timezone.now())
        return _shown_once(request, program, secret)
    return render(request, "accounts/program_open.html", {"form": form}, status=form_status(form))


@require_POST
@fresh_second_factor
def secret_add(request: SignedInRequest, pk: int) -> HttpResponse:
    program = _program(request, pk)
    _secret, text = add_secret(client=program, by=request.user, now=timezone.now())
    return _shown_once(request, program, text)


@require_http_methods(BOTH)
@fresh_second_factor
def secret_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    secret = get_object_or_404(
        ApiClientSecret.objects.visible_to(request.user, on=timezone.localdate()).filter(
            revoked_at__isnull=True
        ),
        pk=pk,
    )
    if request.method == "POST":
        revoke_secret(secret=secret, by=request.user, now=timezone.now())
        messages.success(request, _("The secret opens nothing any more."))
        return redirect("accounts:program_show", pk=secret.client_id)
    context = {"program": secret.client, "secret": secret}
    return render(request, "accounts/secret_revoke.html", context)


@require_http_methods(BOTH)
@fresh_second_factor
def program_narrow(request: SignedInRequest, pk: int) -> HttpResponse:
    program = _program(request, pk)
    held = program.client.get_scopes()
    sent = request.POST if request.method == "POST" else None
    form = ScopesForm(sent, held=held, initial={"scopes": held})
    if request.method == "POST" and form.is_valid():
        scopes = form.cleaned_data["scopes"]
        narrow_client(client=program, scopes=scopes, by=request.user, now=timezone.now())
        messages.success(request, _("The program may do less from now on."))
        return redirect("accounts:program_show", pk=pk)
    context = {"form": form, "program": program}
    return render(request, "accounts/program_narrow.html", context, status=form_status(form))


@require_http_methods(BOTH)
@fresh_second_factor
def program_stop(request: SignedInRequest, pk: int) -> HttpResponse:
    program = _program(request, pk)
    if request.method == "POST":
        stop_client(client=program, by=request.user, now=timezone.now())
        messages.success(request, _("%(program)s may no longer call.") % {"program": program.name})
        return redirect("accounts:program_list")
    return render(request, "accounts/program_stop.html", {"program": program})


def _program(request: SignedInRequest, pk: int) -> ApiClient:
    return get_object_or_404(programs_shown(request.user, on=timezone.localdate()), pk=pk)


def _refuse_unless_administrator(request: SignedInRequest) -> None:
    if not administers_programs(request.user, on=timezone.localdate()):
        raise Forbidden(
            _("Only the organisation's administrators see its programs."),
            code="may_not_see_programs",
        )


def _shown_once(request: SignedInRequest, program: ApiClient, secret: str) -> HttpResponse:
    context = {"program": program, "secret": secret}
    return render(request, "accounts/secret_once.html", context)
