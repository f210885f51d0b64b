"""Resources: everybody finds them, learning leads keep them."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import Organisation, Role
from accounts.visibility import standing
from common.errors import Conflict, Forbidden
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.signposts import (
    ResourceChangeForm,
    ResourceFilterForm,
    ResourceForm,
    resource_as_typed,
)
from pathways.models import Resource
from pathways.selectors.resources import (
    competencies_to_help_with,
    organisations_kept,
    resources,
    what_it_helps_with,
)
from pathways.services.signposts import add_resource, change_resource, withdraw_resource


@require_safe
def resource_list(request: SignedInRequest) -> HttpResponse:
    form = ResourceFilterForm(request.GET)
    today = timezone.localdate()
    wanted = form.cleaned_data if form.is_valid() else {}
    context = {
        "form": form,
        "page": page_of(request, resources(actor=request.user, on=today, **wanted)),
        "kept": standing(request.user, on=today).covered_by(Role.LEARNING_LEAD),
    }
    return render(request, "pathways/resource_list.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def resource_add(request: SignedInRequest) -> HttpResponse:
    owners = _owners(request)
    form = _form(request, owners)
    if request.method == "POST" and form.is_valid():
        try:
            add_resource(
                owner=form.cleaned_data["owner"],
                content=form.content(),
                by=request.user,
                now=timezone.now(),
            )
        except Conflict as refusal:
            form.add_error("rank", refusal.message)
        else:
            messages.success(request, _("The resource is there for everybody."))
            return redirect("pathways:resource_list")
    return render(request, "pathways/resource_add.html", {"form": form}, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def resource_change(request: SignedInRequest, pk: int) -> HttpResponse:
    resource = _resource(request, pk)
    owners = _owners(request).filter(pk=resource.owner_id or 0)
    if not owners:
        _refuse()
    form = _change_form(request, resource, owners)
    if request.method == "POST" and form.is_valid():
        content = form.content()
        try:
            change_resource(resource=resource, content=content, by=request.user, now=timezone.now())
        except Conflict as refusal:
            form.add_error("rank", refusal.message)
        else:
            messages.success(request, _("The resource has been changed."))
            return redirect("pathways:resource_list")
    context = {"form": form, "resource": resource}
    return render(request, "pathways/resource_change.html", context, status=form_status(form))


@require_POST
def resource_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    resource = _resource(request, pk)
    try:
        withdraw_resource(resource=resource, by=request.user, now=timezone.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The resource has been withdrawn."))
    return redirect("pathways:resource_list")


def _resource(request: SignedInRequest, pk: int) -> Resource:
    rows = Resource.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(rows, pk=pk)


def _owners(request: SignedInRequest) -> QuerySet[Organisation]:
    """The organisations whose resources the reader keeps; there must be one."""
    today = timezone.localdate()
    if not standing(request.user, on=today).holds(Role.LEARNING_LEAD):
        _refuse()
    return organisations_kept(actor=request.user, on=today)


def _refuse() -> None:
    raise Forbidden(
        _("Only the learning leads of an organisation keep its resources."),
        code="may_not_keep_resources",
    )


def _form(request: SignedInRequest, owners: QuerySet[Organisation]) -> ResourceForm:
    only = list(owners[:2])
    today = timezone.localdate()
    return ResourceForm(
        request.POST or None,
        initial={"owner": only[0] if len(only) == 1 else None},
        owners=owners,
        competencies=competencies_to_help_with(actor=request.user, on=today),
    )


def _change_form(
    request: SignedInRequest, resource: Resource, owners: QuerySet[Organisation]
) -> ResourceChangeForm:
    today = timezone.localdate()
    return ResourceChangeForm(
        request.POST or None,
        initial=resource_as_typed(resource),
        owners=owners,
        competencies=competencies_to_help_with(actor=request.user, on=today),
        helps_with=what_it_helps_with(resource=resource, actor=request.user, on=today),
    )
