from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.attainments import AsOfForm
from pathways.models import FrameworkVersion
from pathways.selectors.edition_changes import edition_on
from pathways.selectors.framework_page import chapters_of, editions_in_public
from pathways.selectors.frameworks import framework_versions, levels_of


@require_safe
def framework_list(request: SignedInRequest) -> HttpResponse:
    versions = framework_versions(actor=request.user, on=timezone.localdate()).in_public()
    context = {"page": page_of(request, versions)}
    return render(request, "pathways/framework_list.html", context)


@require_safe
def framework_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """One edition; asked for a day, the edition of the same framework that was in use then."""
    today = timezone.localdate()
    version = get_object_or_404(framework_versions(actor=request.user, on=today), pk=pk)
    form = AsOfForm(request.GET if "on_day" in request.GET else None, today=today)
    asked = form.day if form.is_valid() else None
    then = _in_use(request, version, asked) if asked else None
    if then is not None and then.pk != version.pk:
        there = reverse("pathways:framework_show", args=[then.pk])
        return redirect(f"{there}?{request.GET.urlencode()}")
    context = {
        "version": version,
        "chapters": chapters_of(version, open_domain=_number(request.GET.get("domain", ""))),
        "levels": levels_of(version=version),
        "editions": list(editions_in_public(version.framework_id, actor=request.user, on=today)),
        "form": form,
        "asked": asked,
        "is_of_that_day": then is not None,
    }
    return render(request, "pathways/framework_show.html", context, status=form_status(form))


def _in_use(
    request: SignedInRequest, version: FrameworkVersion, day: date
) -> FrameworkVersion | None:
    today = timezone.localdate()
    return edition_on(version.framework_id, actor=request.user, on=day, today=today)


def _number(asked: str) -> int | None:
    return int(asked) if asked.isdecimal() and len(asked) < 19 else None
