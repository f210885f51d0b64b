from datetime import date
from typing import Any

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
from pathways.views.asked import key_asked


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
        return redirect(reverse("pathways:framework_show", args=[then.pk], query=request.GET))
    told = {"form": form, "asked": asked, "is_of_that_day": then is not None}
    context = {**_as_it_reads(request, version, on=today), **told}
    return render(request, "pathways/framework_show.html", context, status=form_status(form))


def _as_it_reads(
    request: SignedInRequest, version: FrameworkVersion, *, on: date
) -> dict[str, Any]:
    editions = FrameworkVersion.objects.visible_to(request.user, on=on)
    chapters = chapters_of(version, editions=editions, open_domain=key_asked(request, "domain"))
    return {
        "version": version,
        "chapters": chapters,
        "chapters_closed": not all(chapter.is_open for chapter in chapters),
        "levels": levels_of(version=version),
        "editions": list(editions_in_public(version.framework_id, actor=request.user, on=on)),
    }


def _in_use(
    request: SignedInRequest, version: FrameworkVersion, day: date
) -> FrameworkVersion | None:
    today = timezone.localdate()
    return edition_on(version.framework_id, actor=request.user, on=day, today=today)
