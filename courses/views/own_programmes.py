"""Pages of those who write programmes of their own organisation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from courses.forms.own_programmes import NewProgrammeForm
from courses.models import Programme
from courses.selectors.offerings import hosts_for, programmes_written_by
from courses.selectors.prerequisites import prerequisites_of
from courses.selectors.programmes import outcomes_of, programme_awards
from courses.services.offerings import refuse_unless_keeps_any
from courses.services.own_programmes import write_programme
from courses.views.authoring import forms_of, is_done


@require_http_methods(["GET", "HEAD", "POST"])
def own_programme_list(request: SignedInRequest) -> HttpResponse:
    """Programmes of one's organisations, and a new one."""
    refuse_unless_keeps_any(by=request.user, now=timezone.now())
    today = timezone.localdate()
    form = NewProgrammeForm(
        request.POST if request.method == "POST" else None,
        initial={"mode": "IN_PERSON"},
        owners=hosts_for(request.user, on=today),
    )
    if form.is_valid():
        programme = _written(request, form)
        if programme:
            messages.success(request, _("The programme is in the catalogue. Offer it next."))
            return redirect("courses:own_programme_show", programme.pk)
    context = {
        "page": page_of(request, programmes_written_by(request.user, on=today)),
        "form": form,
    }
    return render(request, "courses/own_programme_list.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def own_programme_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """The words of one programme, what it builds on and brings, and whether it is listed."""
    today = timezone.localdate()
    programme = get_object_or_404(programmes_written_by(request.user, on=today), pk=pk)
    forms = forms_of(request, programme)
    if is_done(request, programme, forms):
        return redirect("courses:own_programme_show", pk)
    context = {
        "programme": programme,
        "needed": prerequisites_of(programme, person=None, on=today),
        "outcomes": outcomes_of(programme),
        "awards": programme_awards().filter(programme=programme),
        **forms,
    }
    status = max(form_status(form) for form in forms.values())
    return render(request, "courses/own_programme_show.html", context, status=status)


def _written(request: SignedInRequest, form: NewProgrammeForm) -> Programme | None:
    try:
        return write_programme(
            owner=form.cleaned_data["owner"],
            code=form.cleaned_data["code"],
            words=form.wanted(),
            by=request.user,
            now=timezone.now(),
        )
    except Conflict as refusal:
        form.add_error("code" if refusal.code == "code_taken" else None, refusal.message)
        return None
