"""People with roles, as administrators see them: the list, giving a role, ending one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person, Role, RoleGrant
from accounts.role_forms import FindPersonForm, RoleForm
from accounts.second_factor import fresh_second_factor
from accounts.selectors.roles import (
    administers,
    lists_roles,
    may_end,
    people_found,
    people_to_appoint,
    places_to_appoint_for,
    roles_shown,
    roles_to_give,
)
from accounts.services.appointments import appoint, end_role
from common.errors import DomainError, Forbidden
from common.forms import form_status
from common.navigation import page_of


def shown_to(request: HttpRequest) -> bool:
    """The menu names the page for whoever may see others' roles; the standing is read already."""
    user = request.user
    return isinstance(user, Person) and lists_roles(user, on=timezone.localdate())


@require_safe
def role_list(request: SignedInRequest) -> HttpResponse:
    """Everybody reads their own roles here; administrators and auditors those of others too."""
    person, today = request.user, timezone.localdate()
    page = page_of(request, roles_shown(person, on=today))
    context = {
        "page": page,
        "rows": [(grant, may_end(grant, by=person, on=today)) for grant in page],
        "lists_roles": lists_roles(person, on=today),
        "administers": administers(person, on=today),
        "today": today,
    }
    return render(request, "accounts/role_list.html", context)


@require_safe
def role_find(request: SignedInRequest) -> HttpResponse:
    person, today = _administrator(request), timezone.localdate()
    form = FindPersonForm(request.GET if "words" in request.GET else None)
    found = None
    if form.is_bound and form.is_valid():
        found = people_found(form.cleaned_data["words"], administrator=person, on=today)
    context = {"form": form, "found": found}
    return render(request, "accounts/role_find.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def role_give(request: SignedInRequest, pk: int) -> HttpResponse:
    by, today = request.user, timezone.localdate()
    person = get_object_or_404(Person.objects.visible_to(by, on=today), pk=pk)
    _administrator(request)
    person = get_object_or_404(people_to_appoint(by, on=today), pk=person.pk)
    form = RoleForm(
        request.POST if request.method == "POST" else None,
        roles=roles_to_give(by, on=today),
        places=places_to_appoint_for(by, on=today),
        on=today,
    )
    if request.method == "POST" and form.is_valid() and _give(person, form, by=by):
        name = {"person": person.full_name}
        messages.success(request, _("The role is given. %(person)s has been told.") % name)
        return redirect("accounts:role_list")
    context = {"form": form, "person": person}
    return render(request, "accounts/role_give.html", context, status=form_status(form))


def _give(person: Person, form: RoleForm, *, by: Person) -> bool:
    sent = form.cleaned_data
    try:
        appoint(
            person=person,
            role=Role(sent["role"]),
            organisation=sent["organisation"],
            by=by,
            now=timezone.now(),
            days=form.days,
        )
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def role_end(request: SignedInRequest, pk: int) -> HttpResponse:
    by, today = request.user, timezone.localdate()
    rows = RoleGrant.objects.visible_to(by, on=today).from_day_on(today)
    grant = get_object_or_404(rows.select_related("person", "organisation"), pk=pk)
    if not may_end(grant, by=by, on=today):
        raise Forbidden(
            _("Somebody else who administers this organisation has to end this role."),
            code="may_not_appoint",
        )
    if request.method == "POST":
        end_role(grant=grant, by=by, now=timezone.now())
        name = {"person": grant.person.full_name}
        messages.success(request, _("The role has ended. %(person)s has been told.") % name)
        return redirect("accounts:role_list")
    return render(request, "accounts/role_end.html", {"grant": grant})


def _administrator(request: SignedInRequest) -> Person:
    if not administers(request.user, on=timezone.localdate()):
        raise Forbidden(
            _("Only the organisation's administrators may give roles."), code="may_not_appoint"
        )
    return request.user
