"""Who writes and reviews a framework besides those whose role it is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import Person
from common.errors import DomainError
from common.forms import form_status
from pathways.forms.reviewing import CollaboratorForm
from pathways.models import Collaborator, FrameworkVersion, Part
from pathways.policies.authoring import may_write_framework
from pathways.selectors.collaborators import collaborators_of, parts_of
from pathways.services.collaborating import end_collaboration, invite_collaborator
from pathways.views.authoring import edition_written
from pathways.views.drafting import refuse_unless_author


@require_http_methods(["GET", "HEAD", "POST"])
def people_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who takes part; for authors with a form that invites somebody."""
    reader, today = request.user, timezone.localdate()
    version = edition_written(reader, pk)
    if request.method == "POST":
        refuse_unless_author(reader, version.framework)
    form = CollaboratorForm(request.POST if request.method == "POST" else None, on=today)
    if request.method == "POST" and form.is_valid() and _invite(form, version, by=reader):
        names = {"person": form.cleaned_data["person"].full_name}
        messages.success(request, _("%(person)s takes part, and has been told.") % names)
        return redirect("pathways:people_list", pk=pk)
    context = {
        "form": form,
        "version": version,
        "rows": collaborators_of(version.framework, actor=reader, on=today),
        "is_author": may_write_framework(parts_of(reader, version.framework, on=today)),
        "today": today,
    }
    return render(request, "pathways/people_list.html", context, status=form_status(form))


def _invite(form: CollaboratorForm, version: FrameworkVersion, *, by: Person) -> bool:
    try:
        invite_collaborator(
            framework=version.framework,
            person=form.cleaned_data["person"],
            part=Part(form.cleaned_data["part"]),
            days=form.days,
            by=by,
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def people_end(request: SignedInRequest, pk: int) -> HttpResponse:
    by, today = request.user, timezone.localdate()
    rows = Collaborator.objects.visible_to(by, on=today).from_day_on(today)
    row = get_object_or_404(rows.select_related("person", "framework"), pk=pk)
    refuse_unless_author(by, row.framework)
    if request.method == "POST":
        end_collaboration(collaborator=row, by=by, now=timezone.now())
        names = {"person": row.person.full_name}
        messages.success(request, _("%(person)s does not take part any more.") % names)
        return redirect("pathways:authoring_list")
    return render(request, "pathways/people_end.html", {"row": row})
