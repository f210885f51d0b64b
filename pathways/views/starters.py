from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from pathways.forms.imports import StarterForm
from pathways.models import FrameworkImport
from pathways.selectors.collaborators import organisations_authored
from pathways.selectors.starters import starter, starters
from pathways.services.starters import start_from
from pathways.views.authoring import refuse_unless_starts


@require_safe
def starter_list(request: SignedInRequest) -> HttpResponse:
    places = organisations_authored(request.user, on=timezone.localdate())
    context = {"starters": starters(), "may_start": places.exists()}
    return render(request, "pathways/starter_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def starter_use(request: SignedInRequest) -> HttpResponse:
    refuse_unless_starts(request.user)
    given = request.POST if request.method == "POST" else None
    code = request.GET.get("starter", "")
    initial = {"starter": code, "code": code} if starter(code) else {}
    form = StarterForm(given, reader=request.user, on=timezone.localdate(), initial=initial)
    if form.is_valid() and (imported := _started(request, form)):
        return redirect("pathways:import_show", public_id=imported.public_id)
    return render(request, "pathways/starter_use.html", {"form": form}, status=form_status(form))


def _started(request: SignedInRequest, form: StarterForm) -> FrameworkImport | None:
    """The checked copy; or None when the code is taken, which the form then says."""
    found = starter(form.cleaned_data["starter"])
    if found is None:
        raise Http404
    try:
        return start_from(
            starter=found,
            owner=form.cleaned_data["owner"],
            code=form.cleaned_data["code"],
            edition=form.edition,
            by=request.user,
            now=timezone.now(),
        )
    except Conflict as refusal:
        form.add_error("code", refusal.message)
        return None
