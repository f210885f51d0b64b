"""The search of talent leads, and the profile of somebody they found."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from common.forms import form_status
from pathways.models import RoleProfile
from talent.forms import ReadinessForm, SearchForm
from talent.models import TalentProfile
from talent.selectors.profiles import profile_page, with_names
from talent.selectors.results import result_rows
from talent.selectors.scope import lead_scope
from talent.selectors.search import PAGE_SIZE, SearchPage, search
from talent.services.readiness import judge_readiness
from talent.services.reading import open_profile


@require_safe
def profile_list(request: SignedInRequest) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    scope = lead_scope(person, on=today)
    form = SearchForm(request.GET or None, scope=scope)
    filters, result = form.filters(), SearchPage(found=(), total=0)
    if filters:
        number = max(_number(request.GET.get("page", "")), 1)
        result = search(actor=person, on=today, filters=filters, page=number)
        form.show_counts(result.facets)
    context = {
        "form": form,
        "result": result,
        "rows": result_rows(result, scope=scope, target=filters.target if filters else None),
        "page": Paginator(range(result.total), PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "talent/profile_list.html", context, status=form_status(form))


def _number(asked: str) -> int:
    """Return the number in an address, or nought when it is none that anything has."""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0


@require_safe
def profile_show(request: SignedInRequest, pk: int) -> HttpResponse:
    profile = _profile(request, pk)
    open_profile(profile=profile, by=request.user, now=timezone.now())
    return _profile_page(request, profile, ReadinessForm())


@require_POST
def readiness_judge(request: SignedInRequest, pk: int) -> HttpResponse:
    profile = _profile(request, pk)
    form = ReadinessForm(request.POST)
    if not form.is_valid():
        # The page with the mistakes shows the profile as well, so it is a reading too.
        open_profile(profile=profile, by=request.user, now=timezone.now())
        return _profile_page(request, profile, form)
    judge_readiness(
        person=profile.person,
        organisation=profile.organisation,
        by=request.user,
        now=timezone.now(),
        **form.cleaned_data,
    )
    messages.success(request, _("Your judgement is kept, and the person can read it."))
    return redirect("talent:profile_show", pk=pk)


def _profile(request: SignedInRequest, pk: int) -> TalentProfile:
    found = TalentProfile.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(with_names(found), pk=pk)


def _profile_page(
    request: SignedInRequest, profile: TalentProfile, form: ReadinessForm
) -> HttpResponse:
    today = timezone.localdate()
    roles = RoleProfile.objects.visible_to(request.user, on=today)
    role = roles.filter(pk=_number(request.GET.get("role", ""))).first()
    context = {
        "profile": profile,
        "page": profile_page(profile, actor=request.user, role=role, on=today),
        "form": form,
    }
    return render(request, "talent/profile_show.html", context, status=form_status(form))
