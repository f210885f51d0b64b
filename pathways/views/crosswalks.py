"""Pages about what became of competencies, and about carrying levels over."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.text import unstorable
from pathways.forms.editions import BecameForm, LevelMapForm
from pathways.models import Competency, Crosswalk, CrosswalkKind, FrameworkVersion
from pathways.selectors.crosswalks import (
    competencies_of,
    fates_of,
    levels_for,
    rule_of,
    usual_levels,
)
from pathways.services.carrying_over import ask_to_carry_over
from pathways.services.crosswalks import (
    confirm_crosswalk,
    confirm_what_stayed,
    say_what_became_of,
)
from pathways.views.drafting import FormPage, answer, as_it_is_now, refuse_unless_author
from pathways.views.editions import edition_or_404, writes

FATES_A_PAGE = 50


@require_safe
def crosswalk_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """What became of each competency of the edition before."""
    version = edition_or_404(request, pk)
    fates = fates_of(version)
    # What still has to be said comes first; each group keeps the order of the framework.
    fates.sort(key=lambda fate: (fate.is_accounted_for, fate.is_confirmed))
    context = {
        "version": version,
        "page": Paginator(fates, FATES_A_PAGE).get_page(request.GET.get("page")),
        "open_count": sum(not fate.is_accounted_for for fate in fates),
        "stayed_count": sum(fate.same is not None and not fate.rules for fate in fates),
        "unconfirmed_count": sum(bool(fate.rules) and not fate.is_confirmed for fate in fates),
        "is_author": writes(request, version),
    }
    return render(request, "pathways/crosswalk_show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def crosswalk_say(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what became of the competency whose code the address names."""
    version = edition_or_404(request, pk)
    refuse_unless_author(request.user, version.framework)
    code = request.GET.get("of", "")
    if not code:
        return redirect("pathways:crosswalk_show", pk=version.pk)
    if unstorable(code):
        raise Http404
    before = get_object_or_404(competencies_of(version.based_on_id), code=code)

    def drawn(sent: QueryDict | None = None) -> BecameForm:
        newer = competencies_of(version.pk)
        return BecameForm(sent, version=version, before=before, competencies=newer)

    form = drawn(request.POST if request.method == "POST" else None)
    page = FormPage(
        title=_("What became of %(code)s") % {"code": before.code},
        back=reverse("pathways:crosswalk_show", args=[pk]),
        form=form,
        again=drawn,
        template="pathways/crosswalk_say.html",
        context={"version": version, "before": before},
    )

    def save() -> None:
        say_what_became_of(
            version=version,
            before=before,
            after=form.cleaned_data["after"],
            kind=CrosswalkKind(form.cleaned_data["kind"]),
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["revision"],
            by=request.user,
            now=timezone.now(),
        )

    return answer(request, page, save)


@require_http_methods(["GET", "HEAD", "POST"])
def crosswalk_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm which level before stands for which level after."""
    rule, after = _rule_or_404(request, pk)
    version = after.version
    refuse_unless_author(request.user, version.framework)
    form = _level_form(rule, after, request.POST if request.method == "POST" else None)
    page = FormPage(
        title=_("Which level stands for which"),
        back=reverse("pathways:crosswalk_show", args=[version.pk]),
        form=form,
        again=lambda: _level_form(as_it_is_now(rule), after),
        template="pathways/crosswalk_confirm.html",
        context={"version": version, "rule": rule},
    )

    def save() -> None:
        rule.revision = form.cleaned_data["revision"]
        confirm_crosswalk(
            version=version, rule=rule, levels=form.levels, by=request.user, now=timezone.now()
        )

    return answer(request, page, save)


@require_POST
def crosswalk_confirm_stayed(request: SignedInRequest, pk: int) -> HttpResponse:
    version = edition_or_404(request, pk)
    made = confirm_what_stayed(version=version, by=request.user, now=timezone.now())
    told = ngettext("%(count)d rule confirmed.", "%(count)d rules confirmed.", made)
    messages.success(request, told % {"count": made})
    return redirect("pathways:crosswalk_show", pk=version.pk)


@require_POST
def crosswalk_carry(request: SignedInRequest, pk: int) -> HttpResponse:
    version = edition_or_404(request, pk)
    try:
        job = ask_to_carry_over(version=version, by=request.user, now=timezone.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return redirect("pathways:crosswalk_show", pk=version.pk)
    return redirect("jobs:job_show", job.public_id)


def _rule_or_404(request: SignedInRequest, pk: int) -> tuple[Crosswalk, Competency]:
    editions = FrameworkVersion.objects.visible_to(request.user, on=timezone.localdate())
    rule = get_object_or_404(rule_of(editions), pk=pk)
    if rule.after is None:
        raise Http404
    return rule, rule.after


def _level_form(rule: Crosswalk, after: Competency, sent: QueryDict | None = None) -> LevelMapForm:
    old, new = levels_for(rule.before), levels_for(after)
    said = usual_levels(rule, old, new)
    return LevelMapForm(sent, rule=rule, before=old, after=new, said=said)
