"""Writing one's part: kept by itself every few seconds, and by a plain button."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from appraisals.forms.drafts import DraftForm
from appraisals.models import Draft
from appraisals.selectors.reading import Desk, desk_of
from appraisals.services.drafting import save_draft
from appraisals.views.loading import as_party
from common import forms
from common.errors import Conflict, DomainError, Stale


# The middleware would answer autosave with the sign-in page, in the middle of the form.
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft_write(request: SignedInRequest, pk: int) -> HttpResponse:
    if not request.user.is_authenticated:
        return _signed_out(request)
    appraisal, side, today = as_party(request, pk)
    desk = desk_of(appraisal=appraisal, actor=request.user, side=side, on=today)
    if request.method != "POST":
        if appraisal.shared_at(side):
            return redirect("appraisals:appraisal_detail", pk=pk)
        return _page(request, desk, DraftForm(desk=desk))
    form = DraftForm(request.POST, desk=desk)
    if not form.is_valid():
        return _page(request, desk, form)
    try:
        draft = _save(request, desk, form)
    except Conflict as refusal:
        return _page(request, desk, form, refusal=refusal)
    return _saved(request, desk, draft)


def _signed_out(request: SignedInRequest) -> HttpResponse:
    if not request.htmx:
        return redirect_to_login(request.get_full_path())
    context = {"is_signed_out": True, "version": request.POST.get("version", "")}
    return render(request, "appraisals/parts/save_state.html", context, status=401)


def _save(request: SignedInRequest, desk: Desk, form: DraftForm) -> Draft:
    return save_draft(
        appraisal=desk.appraisal,
        by=request.user,
        answers=form.answers(),
        levels=form.levels(),
        version=form.cleaned_data["version"],
        now=timezone.now(),
    )


def _saved(request: SignedInRequest, desk: Desk, draft: Draft) -> HttpResponse:
    if request.htmx:
        context = {"version": draft.version, "saved_at": draft.updated_at}
        return render(request, "appraisals/parts/save_state.html", context)
    messages.success(request, _("What you wrote is kept. Only you can see it until you share it."))
    if "check" in request.POST:
        return redirect("appraisals:appraisal_detail", pk=desk.appraisal.pk)
    return redirect("appraisals:draft_write", pk=desk.appraisal.pk)


def _page(
    request: SignedInRequest, desk: Desk, form: DraftForm, *, refusal: DomainError | None = None
) -> HttpResponse:
    """Draw the form; after a refusal with what was typed still in it, and beside it what another
    window has saved. Sending that page again then saves over it, knowingly."""
    is_stale = isinstance(refusal, Stale)
    # Only who has seen both texts may save over the other: until then the page stays behind.
    has_seen_both = is_stale and not request.htmx
    context = {
        "form": form,
        "groups": list(form.groups(saved=desk.draft if is_stale else None)),
        "appraisal": desk.appraisal,
        "side": desk.side,
        "refusal": refusal,
        "page_has_errors": refusal is not None,
        "is_stale": is_stale,
        "version": desk.draft.version if has_seen_both else form["version"].value(),
        "saved_at": desk.draft.updated_at,
    }
    part = "appraisals/parts/save_state.html"
    page = part if request.htmx else "appraisals/draft_form.html"
    status = refusal.status if refusal else forms.form_status(form)
    return render(request, page, context, status=status)
