"""Which competencies of other frameworks stand for those of an edition."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import Person
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.equivalences import EquivalenceForm
from pathways.models import CrosswalkKind, FrameworkVersion
from pathways.selectors.authoring import editions_written
from pathways.selectors.crosswalks import rule_of, rules_of
from pathways.services.crosswalks import say_it_stands_for
from pathways.services.equivalences import take_back_equivalence
from pathways.views.authoring import edition_written
from pathways.views.drafting import refuse_unless_author


@require_http_methods(["GET", "HEAD", "POST"])
def equivalence_list(request: SignedInRequest, pk: int) -> HttpResponse:
    version = edition_written(request.user, pk)
    refuse_unless_author(request.user, version.framework)
    sent = request.POST if request.method == "POST" else None
    form = EquivalenceForm(sent, version=version, reader=request.user, on=timezone.localdate())
    if form.is_valid() and _said(form, version, by=request.user):
        messages.success(request, _("Saved. Confirm its levels, so that they can be carried over."))
        return redirect("pathways:equivalence_list", pk=pk)
    rules = rules_of(version).filter(kind=CrosswalkKind.EQUIVALENT)
    context = {"form": form, "version": version, "page": page_of(request, rules)}
    return render(request, "pathways/equivalence_list.html", context, status=form_status(form))


def _said(form: EquivalenceForm, version: FrameworkVersion, *, by: Person) -> bool:
    told = form.cleaned_data
    try:
        say_it_stands_for(
            version=version,
            before=told["before"],
            after=told["after"],
            reason=told["reason"],
            by=by,
            now=timezone.now(),
        )
    except Conflict as refusal:
        form.add_error("before", refusal.message)
        return False
    return True


@require_POST
def equivalence_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = rule_of(editions_written(request.user, on=timezone.localdate()))
    rule = get_object_or_404(rows.filter(kind=CrosswalkKind.EQUIVALENT), pk=pk)
    if rule.after is None:
        raise Http404
    take_back_equivalence(rule=rule, by=request.user, now=timezone.now())
    messages.success(request, _("It was taken back."))
    return redirect("pathways:equivalence_list", pk=rule.after.version_id)
