"""Frameworks as their authors see them: the list, what a framework is, and one edition."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person, Role
from accounts.standing import standing
from common.errors import DomainError, Forbidden
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.authoring import (
    EditionFilterForm,
    EditionForm,
    FrameworkEditForm,
    FrameworkStartForm,
    ScaleForm,
)
from pathways.models import FrameworkVersion
from pathways.policies.authoring import may_write_framework
from pathways.selectors.authoring import editions_written, scales, structure_of
from pathways.selectors.collaborators import organisations_authored, parts_of
from pathways.selectors.frameworks import framework_tree, framework_versions, levels_of
from pathways.services.frameworks import describe_edition, describe_framework, start_framework
from pathways.services.scales import make_scale
from pathways.views.asked import key_asked
from pathways.views.drafting import (
    FormPage,
    answer,
    as_it_is_now,
    refuse_unless_author,
    refuse_unless_writable,
)


def shown_to(request: HttpRequest) -> bool:
    """Whether the menu leads here: by a role, which signing in has already read. Who was invited
    comes by their notice, or from the page of all frameworks."""
    person = request.user
    return isinstance(person, Person) and standing(person, on=timezone.localdate()).holds(
        Role.FRAMEWORK_AUTHOR, Role.REVIEWER
    )


@require_safe
def authoring_list(request: SignedInRequest) -> HttpResponse:
    reader, today = request.user, timezone.localdate()
    form = EditionFilterForm(request.GET, reader=reader, on=today)
    wanted = form.cleaned_data if form.is_valid() else {}
    context = {
        "form": form,
        "page": page_of(request, editions_written(reader, on=today, **wanted)),
        "may_start": organisations_authored(reader, on=today).exists(),
    }
    return render(request, "pathways/authoring_list.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def authoring_create(request: SignedInRequest) -> HttpResponse:
    author, today = request.user, timezone.localdate()
    refuse_unless_starts(author)
    sent = request.POST if request.method == "POST" else None
    form = FrameworkStartForm(sent, reader=author, on=today)
    if request.method == "POST" and form.is_valid():
        version = _start(form, by=author)
        if version is not None:
            return redirect("pathways:authoring_show", pk=version.pk)
    context = {"form": form}
    return render(request, "pathways/authoring_create.html", context, status=form_status(form))


def refuse_unless_starts(person: Person) -> None:
    if not organisations_authored(person, on=timezone.localdate()).exists():
        raise Forbidden(
            _("Only framework authors of an organisation can start a framework for it."),
            code="may_not_start_framework",
        )


def _start(form: FrameworkStartForm, *, by: Person) -> FrameworkVersion | None:
    try:
        return start_framework(
            owner=form.cleaned_data["owner"],
            particulars=form.particulars,
            edition=form.edition,
            scale=form.cleaned_data["scale"],
            by=by,
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return None


@require_safe
def authoring_show(request: SignedInRequest, pk: int) -> HttpResponse:
    return show_structure(request, edition_written(request.user, pk))


def edition_written(person: Person, pk: int) -> FrameworkVersion:
    return get_object_or_404(editions_written(person, on=timezone.localdate()), pk=pk)


def show_structure(
    request: SignedInRequest, version: FrameworkVersion, *, refusal: DomainError | None = None
) -> HttpResponse:
    """The edition as its authors work on it; with a ``refusal``, how it is now and why not."""
    parts = parts_of(request.user, version.framework, on=timezone.localdate())
    context: dict[str, Any] = {
        "version": version,
        "structure": structure_of(version, open_domain=key_asked(request, "domain")),
        "is_author": may_write_framework(parts),
        "is_open": version.state == "DRAFT",
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "pathways/authoring_show.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def authoring_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    version = edition_written(request.user, pk)
    refuse_unless_author(request.user, version.framework)
    framework = version.framework
    form = FrameworkEditForm(
        request.POST if request.method == "POST" else None, framework=framework
    )
    page = FormPage(
        title=_("About this framework"),
        back=reverse("pathways:authoring_show", args=[pk]),
        form=form,
        again=lambda: FrameworkEditForm(framework=as_it_is_now(framework)),
        template="pathways/authoring_edit.html",
        context={"version": version},
    )

    def save() -> None:
        describe_framework(
            version=version,
            particulars=form.particulars,
            revision=form.cleaned_data["revision"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))

    return answer(request, page, save)


@require_http_methods(["GET", "HEAD", "POST"])
def edition_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    version = edition_written(request.user, pk)
    refuse_unless_writable(request.user, version)
    form = EditionForm(request.POST if request.method == "POST" else None, version=version)
    page = FormPage(
        title=_("About this edition"),
        back=reverse("pathways:authoring_show", args=[pk]),
        form=form,
        again=lambda: EditionForm(version=as_it_is_now(version)),
    )

    def save() -> None:
        describe_edition(
            version=version,
            particulars=form.edition,
            revision=form.cleaned_data["revision"],
            by=request.user,
            now=timezone.now(),
        )

    return answer(request, page, save)


@require_safe
def framework_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything an edition says on one page, for paper."""
    version = get_object_or_404(
        framework_versions(actor=request.user, on=timezone.localdate()), pk=pk
    )
    context = {
        "version": version,
        "domains": framework_tree(version=version),
        "levels": levels_of(version=version),
    }
    return render(request, "pathways/framework_print.html", context)


@require_safe
def scale_list(request: SignedInRequest) -> HttpResponse:
    refuse_unless_starts(request.user)
    return render(request, "pathways/scale_list.html", {"page": page_of(request, scales())})


@require_http_methods(["GET", "HEAD", "POST"])
def scale_create(request: SignedInRequest) -> HttpResponse:
    refuse_unless_starts(request.user)
    form = ScaleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _make(form, by=request.user):
        messages.success(request, _("The scale can be chosen now."))
        return redirect("pathways:scale_list")
    context = {"form": form}
    return render(request, "pathways/scale_create.html", context, status=form_status(form))


def _make(form: ScaleForm, *, by: Person) -> bool:
    try:
        make_scale(**form.cleaned_data, by=by, now=timezone.now())
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return False
    return True
