from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from common.navigation import page_of
from pathways.selectors.frameworks import framework_tree, framework_versions, levels_of


@require_safe
def framework_list(request: SignedInRequest) -> HttpResponse:
    versions = framework_versions(actor=request.user, on=timezone.localdate()).in_public()
    context = {"page": page_of(request, versions)}
    return render(request, "pathways/framework_list.html", context)


@require_safe
def framework_show(request: SignedInRequest, pk: int) -> HttpResponse:
    versions = framework_versions(actor=request.user, on=timezone.localdate())
    version = get_object_or_404(versions, pk=pk)
    context = {
        "version": version,
        "domains": framework_tree(version=version),
        "levels": levels_of(version=version),
    }
    return render(request, "pathways/framework_show.html", context)
