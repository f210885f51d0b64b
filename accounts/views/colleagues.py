"""Whether a colleague may sign in, and resetting a second step that they have lost."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import FindColleagueForm
from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.policies import may_run_sign_in
from accounts.second_factor import fresh_second_factor
from accounts.selectors.sign_in import roles_everywhere_of, runs_sign_in, second_steps_of
from accounts.services.sign_in import allow_sign_in, reset_second_step, stop_sign_in
from common.errors import Forbidden
from common.forms import form_status


def shown_to(request: HttpRequest) -> bool:
    """The menu names the page for whoever may use it; the standing is read already."""
    user = request.user
    return isinstance(user, Person) and runs_sign_in(user, on=timezone.localdate())


@require_http_methods(["GET", "HEAD", "POST"])
def colleague_find(request: SignedInRequest) -> HttpResponse:
    """By the whole address, which is sent and never part of the page's own address."""
    today = timezone.localdate()
    if not runs_sign_in(request.user, on=today):
        raise Forbidden(
            _("Only HR administrators and organisation administrators look after sign-in."),
            code="may_not_run_sign_in",
        )
    form = FindColleagueForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        seen = Person.objects.visible_to(request.user, on=today)
        found = seen.filter(email__iexact=form.cleaned_data["email"]).first()
        if found:
            return redirect("accounts:colleague_show", pk=found.pk)
        form.add_error("email", _("Nobody in your organisations has this address. Check it."))
    context = {"form": form}
    return render(request, "accounts/colleague_find.html", context, status=form_status(form))


@require_safe
def colleague_show(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _colleague(request, pk)
    context = {"person": person, "steps": second_steps_of(person)}
    return render(request, "accounts/colleague_show.html", context)


@require_POST
@fresh_second_factor
def sign_in_stop(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _colleague(request, pk)
    stop_sign_in(person=person, by=request.user, now=timezone.now())
    messages.success(request, _("%(person)s can no longer sign in.") % {"person": person.full_name})
    return redirect("accounts:colleague_show", pk=pk)


@require_POST
@fresh_second_factor
def sign_in_allow(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _colleague(request, pk)
    allow_sign_in(person=person, by=request.user, now=timezone.now())
    messages.success(request, _("%(person)s can sign in.") % {"person": person.full_name})
    return redirect("accounts:colleague_show", pk=pk)


@require_POST
@fresh_second_factor
def second_step_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _colleague(request, pk)
    reset_second_step(person=person, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("%(person)s sets up a second step when they next sign in.")
        % {"person": person.full_name},
    )
    return redirect("accounts:colleague_show", pk=pk)


def _colleague(request: SignedInRequest, pk: int) -> Person:
    """Somebody the reader may see, and whose sign-in they look after."""
    today = timezone.localdate()
    person = get_object_or_404(Person.objects.visible_to(request.user, on=today), pk=pk)
    roles = roles_everywhere_of(person, by=request.user, on=today)
    if not may_run_sign_in(roles, is_oneself=person.pk == request.user.pk):
        raise Forbidden(
            _("You do not look after how %(person)s signs in.") % {"person": person.full_name},
            code="may_not_run_sign_in",
        )
    return cast("Person", person)
