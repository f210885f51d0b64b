"""One's own qualifications, and those of people whose record one may see."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from common.errors import DomainError
from common.forms import form_status
from pathways.forms.qualifications import QualificationForm
from pathways.models import Qualification
from pathways.selectors.qualifications import may_check_of, qualifications_of
from pathways.services.qualifications import (
    add_qualification,
    check_qualification,
    remove_qualification,
)


@require_safe
def qualification_list(request: SignedInRequest) -> HttpResponse:
    rows = qualifications_of(person=request.user, actor=request.user, on=timezone.localdate())
    context = {"person": request.user, "qualifications": rows, "is_mine": True}
    return render(request, "pathways/qualification_list.html", context)


@require_safe
def qualifications_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """Those of somebody whose record the reader may see."""
    reader, today = request.user, timezone.localdate()
    person = get_object_or_404(Person.objects.visible_to(reader, on=today), pk=pk)
    context = {
        "person": person,
        "qualifications": qualifications_of(person=person, actor=reader, on=today),
        "may_check": may_check_of(person=person, actor=reader, on=today),
    }
    return render(request, "pathways/qualification_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def qualification_add(request: SignedInRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = QualificationForm(sent, on=timezone.localdate())
    if form.is_valid() and _add(form, by=request.user):
        messages.success(request, _("Your qualification has been noted."))
        return redirect("pathways:qualification_list")
    context = {"form": form}
    return render(request, "pathways/qualification_add.html", context, status=form_status(form))


def _add(form: QualificationForm, *, by: Person) -> bool:
    try:
        add_qualification(person=by, held=form.held(), by=by, now=timezone.now())
    except DomainError as refusal:
        form.add_error("title", refusal.message)
        return False
    return True


@require_POST
def qualification_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    seen = Qualification.objects.visible_to(request.user, on=timezone.localdate())
    row = get_object_or_404(seen, pk=pk)
    remove_qualification(qualification=row, by=request.user, now=timezone.now())
    messages.success(request, _("The qualification has been removed."))
    return redirect("pathways:qualification_list")


@require_POST
def qualification_check(request: SignedInRequest, pk: int) -> HttpResponse:
    seen = Qualification.objects.visible_to(request.user, on=timezone.localdate())
    row = get_object_or_404(seen, pk=pk)
    check_qualification(qualification=row, by=request.user, now=timezone.now())
    messages.success(request, _("You have marked the qualification as checked."))
    return redirect("pathways:qualifications_show", pk=row.person_id)
