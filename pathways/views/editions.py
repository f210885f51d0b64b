"""Pages that put two editions side by side, and that start the next one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from pathways.forms.editions import CompareForm, NextEditionForm
from pathways.models import FrameworkVersion
from pathways.policies.authoring import may_write_framework
from pathways.selectors.collaborators import parts_of
from pathways.selectors.edition_changes import (
    STATE_LABELS,
    edition_changes,
    other_editions,
    usual_other,
)
from pathways.selectors.editions import follower_of
from pathways.services.editions import draft_edition
from pathways.views.drafting import refuse_unless_author

LINES_A_PAGE = 50


def edition_or_404(request: SignedInRequest, pk: int) -> FrameworkVersion:
    rows = FrameworkVersion.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(rows.select_related("framework", "based_on", "scale"), pk=pk)


def writes(request: SignedInRequest, version: FrameworkVersion) -> bool:
    return may_write_framework(parts_of(request.user, version.framework, on=timezone.localdate()))


@require_safe
def edition_compare(request: SignedInRequest, pk: int) -> HttpResponse:
    """What changed between two editions of one framework, word by word."""
    version = edition_or_404(request, pk)
    others = list(other_editions(version, actor=request.user, on=timezone.localdate()))
    usual = usual_other(version, others)
    asked = {"since": str(usual.pk) if usual else "", **request.GET.dict()}
    form = CompareForm(asked, editions=others)
    context: dict[str, Any] = {"version": version, "form": form}
    if usual is not None and form.is_valid():
        since = form.editions.get(form.cleaned_data["since"], usual)
        changes = edition_changes(since, version)
        lines = Paginator(changes.of(form.cleaned_data["state"]), LINES_A_PAGE)
        counts = [(STATE_LABELS[state], count) for state, count in changes.counts().items()]
        page = lines.get_page(request.GET.get("page"))
        context |= {"since": since, "page": page, "counts": counts}
    return render(request, "pathways/edition_compare.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def edition_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Start the edition that is to follow this one."""
    version = edition_or_404(request, pk)
    refuse_unless_author(request.user, version.framework)
    form = NextEditionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = draft_edition(
                framework=version.framework,
                based_on=version,
                label=form.cleaned_data["label"],
                by=request.user,
                now=timezone.now(),
            )
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            told = _("You can now write edition %(edition)s.") % {"edition": draft.label}
            messages.success(request, told)
            return redirect("pathways:authoring_show", pk=draft.pk)
    context = {"version": version, "form": form, "follower": follower_of(version)}
    return render(request, "pathways/edition_draft.html", context, status=form_status(form))
