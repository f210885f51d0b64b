from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.selectors.relations import relations_to
from common.errors import Conflict
from common.forms import form_status
from pathways.forms.attainments import AsOfForm, CloseForm
from pathways.models import Attainment
from pathways.policies.attainments import may_close_attainment
from pathways.selectors.attainments import history_of, shown_by
from pathways.services.closing import close_attainment, refuse_unless_may_close


@require_safe
def attainment_list(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """What one has shown oneself, or somebody whose record one may see."""
    person, form = _person(request, pk), _as_of(request)
    context = {
        "person": person,
        "is_mine": person == request.user,
        "form": form,
        "on": form.day,
        "shown": shown_by(person=person, on=form.day),
    }
    return render(request, "pathways/attainment_list.html", context, status=form_status(form))


@require_safe
def attainment_history(
    request: SignedInRequest, competency_pk: int, pk: int | None = None
) -> HttpResponse:
    person, form = _person(request, pk), _as_of(request)
    history = history_of(person=person, competency_id=competency_pk, on=form.day)
    if history is None:
        raise Http404
    context = {
        "person": person,
        "is_mine": person == request.user,
        "form": form,
        "on": form.day,
        "history": history,
        "rows": _with_end(request, person, history.entries),
    }
    return render(request, "pathways/attainment_history.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def attainment_close(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    rows = Attainment.objects.visible_to(request.user, on=today)
    attainment = get_object_or_404(rows.select_related("person", "competency"), pk=pk)
    refuse_unless_may_close(attainment, by=request.user, on=today)
    data = request.POST if request.method == "POST" else None
    form = CloseForm(data, attained_on=attainment.attained_on)
    if form.is_valid() and _closed(request, attainment, form):
        messages.success(request, _("The level has an end now."))
        if attainment.person_id == request.user.pk:
            return redirect("pathways:attainment_history_mine", pk=attainment.competency_id)
        return redirect(
            "pathways:attainment_history", attainment.person_id, attainment.competency_id
        )
    context = {
        "form": form,
        "attainment": attainment,
        "back": _history_address(request, attainment),
    }
    return render(request, "pathways/attainment_close.html", context, status=form_status(form))


def _closed(request: SignedInRequest, attainment: Attainment, form: CloseForm) -> bool:
    try:
        close_attainment(
            attainment=attainment, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except Conflict as refusal:
        form.add_error("last_day", refusal.message)
        return False
    return True


def _person(request: SignedInRequest, pk: int | None) -> Person:
    if pk is None:
        return request.user
    people = Person.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(people, pk=pk)


def _as_of(request: SignedInRequest) -> AsOfForm:
    form = AsOfForm(request.GET or None, today=timezone.localdate())
    form.is_valid()
    return form


def _with_end(request: SignedInRequest, person: Person, entries: Any) -> list[tuple[Any, bool]]:
    """Each entry, and whether the reader may say when it ends."""
    today = timezone.localdate()
    relations = relations_to(request.user, person, on=today)
    return [
        (
            entry,
            entry.attainment.valid_to is None
            and may_close_attainment(relations, source=entry.attainment.source),
        )
        for entry in entries
    ]


def _history_address(request: SignedInRequest, attainment: Attainment) -> str:
    if attainment.person_id == request.user.pk:
        return reverse("pathways:attainment_history_mine", args=[attainment.competency_id])
    return reverse(
        "pathways:attainment_history", args=[attainment.person_id, attainment.competency_id]
    )
