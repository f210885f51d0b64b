"""What a competency of a draft is tied to, beside the tree."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import Person
from common.errors import Conflict
from common.forms import form_status
from common.navigation import PAGE_SIZE
from pathways.forms.associations import TieForm
from pathways.models import AssociationKind, Competency, FrameworkVersion
from pathways.selectors.associations import ties_told, ties_written
from pathways.services.associations import tie_competencies, untie_competencies
from pathways.views.drafting import refuse_unless_writable
from pathways.views.items import competency_written, to_domain


@require_http_methods(["GET", "HEAD", "POST"])
def tie_list(request: SignedInRequest, pk: int) -> HttpResponse:
    competency = competency_written(request.user, pk)
    refuse_unless_writable(request.user, competency.version)
    sent = request.POST if request.method == "POST" else None
    form = TieForm(sent, competency=competency, reader=request.user, on=timezone.localdate())
    if form.is_valid() and _tied(form, competency, by=request.user):
        messages.success(request, _("Tied."))
        return redirect("pathways:tie_list", pk=pk)
    editions = FrameworkVersion.objects.visible_to(request.user, on=timezone.localdate())
    ties = ties_told({pk}, editions=editions).get(pk, ())
    context = {
        "form": form,
        "competency": competency,
        "version": competency.version,
        "back": to_domain(competency.version, competency.domain),
        "page": Paginator(ties, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "pathways/tie_list.html", context, status=form_status(form))


def _tied(form: TieForm, competency: Competency, *, by: Person) -> bool:
    told = form.cleaned_data
    try:
        tie_competencies(
            competency=competency,
            kind=AssociationKind(told["kind"]),
            other=told["other"],
            by=by,
            now=timezone.now(),
        )
    except Conflict as refusal:
        form.add_error("code", refusal.message)
        return False
    return True


@require_POST
def tie_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    tie = get_object_or_404(ties_written(request.user, on=timezone.localdate()), pk=pk)
    untie_competencies(tie=tie, by=request.user, now=timezone.now())
    messages.success(request, _("The tie was taken away."))
    ends = (end for end in (tie.origin, tie.destination) if end is not None)
    ours = next((end.pk for end in ends if end.version_id == tie.version_id), None)
    if ours is None:
        return redirect("pathways:authoring_show", pk=tie.version_id)
    return redirect("pathways:tie_list", pk=ours)
