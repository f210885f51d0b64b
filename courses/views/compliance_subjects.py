"""An organisation's own subjects of mandatory training, and what teaches a subject there."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import Organisation
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from courses.forms.compliance_subjects import EndForm, LevelForm, SubjectForm, TaughtForm
from courses.models import Subject, SubjectTaught
from courses.selectors.compliance_rules import organisations_ruled
from courses.selectors.compliance_subjects import (
    SubjectPage,
    offerings_run,
    programmes_owned,
    subject_page,
    subjects_of,
    subjects_told,
)
from courses.services.compliance_subjects import add_subject, end_subject, write_level
from courses.services.compliance_taught import say_no_longer_taught, say_taught
from courses.views.compliance_rules import chosen_organisation, number_of

SUBJECTS_ON_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class SubjectForms:
    """``sent`` is the one that was posted. ``levels`` has one for each, and one for the next."""

    levels: tuple[LevelForm, ...]
    taught: TaughtForm
    end: EndForm

    @property
    def sent(self) -> LevelForm | TaughtForm | EndForm | None:
        every: tuple[LevelForm | TaughtForm | EndForm, ...] = (self.taught, self.end, *self.levels)
        return next((one for one in every if one.is_bound), None)


@require_http_methods(["GET", "HEAD", "POST"])
def training_subjects(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    organisations = list(organisations_ruled(actor=request.user, on=today))
    organisation = chosen_organisation(request, organisations)
    rows = subjects_of(organisation, actor=request.user, on=today)
    chosen = {"organisation": organisation.pk}
    form = SubjectForm(
        request.POST if request.method == "POST" else None,
        initial={"vpd": next((one.vpd for one in rows[:1]), "")},
    )
    if form.is_valid() and (made := _added(request, organisation, form)):
        messages.success(request, _("The subject is added. Say now who it is asked of."))
        return redirect(reverse("courses:training_subject", args=[made.pk], query=chosen))
    context = {
        "organisations": organisations,
        "organisation": organisation,
        "back": reverse("courses:training_rules", query=chosen),
        "page": page_of(request, rows, size=SUBJECTS_ON_A_PAGE),
        "form": form,
    }
    status = form_status(form)
    return render(request, "courses/training_subjects.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def training_subject(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    subject = get_object_or_404(subjects_told(request.user, on=today), pk=pk)
    organisation = _keeper(request, subject)
    shown = subject_page(subject, organisation, actor=request.user, on=today)
    chosen = {"organisation": organisation.pk}
    forms = _forms(request, shown)
    if request.method == "POST" and (said := _change(request, shown, forms)):
        messages.success(request, said)
        return redirect(reverse("courses:training_subject", args=[subject.pk], query=chosen))
    context = {
        "shown": shown,
        "forms": forms,
        "sent": forms.sent,
        "back": reverse("courses:training_subjects", query=chosen),
    }
    status = form_status(forms.sent) if forms.sent else 200
    return render(request, "courses/training_subject.html", context, status=status)


def _keeper(request: SignedInRequest, subject: Subject) -> Organisation:
    """Whose subject it is where the reader keeps that, else the one that is asked for."""
    organisations = list(organisations_ruled(actor=request.user, on=timezone.localdate()))
    owning = [one for one in organisations if one.pk == subject.owner_id]
    return owning[0] if owning else chosen_organisation(request, organisations)


def _added(
    request: SignedInRequest, organisation: Organisation, form: SubjectForm
) -> Subject | None:
    by, now = request.user, timezone.now()
    try:
        return add_subject(organisation=organisation, wanted=form.subject, by=by, now=now)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return None


def _forms(request: SignedInRequest, shown: SubjectPage) -> SubjectForms:
    today, step = timezone.localdate(), request.POST.get("step", "")
    chosen = request.POST.get("level", "") if step == "level" else None
    taught = TaughtForm(
        request.POST if step == "taught" else None,
        levels=shown.subject.levels.select_related("subject").order_by("rank"),
        programmes=programmes_owned(shown.organisation, actor=request.user, on=today),
        offerings=offerings_run(shown.organisation, actor=request.user, on=today),
    )
    levels = tuple(
        LevelForm(request.POST if chosen == _name(level) else None, level=level)
        for level in (*shown.levels, None)
    )
    end = EndForm(request.POST if step == "end" else None)
    return SubjectForms(levels, taught, end)


def _name(level: object) -> str:
    return str(getattr(level, "pk", "new"))


def _change(request: SignedInRequest, shown: SubjectPage, forms: SubjectForms) -> str:
    """Carry out what was sent, and say what came of it; "" when something has to be put right."""
    by, now, step = request.user, timezone.now(), request.POST.get("step")
    if step == "not_taught":
        say_no_longer_taught(taught=_taught(request, shown), by=by, now=now)
        return _("Completing it brings no training in this subject from now on.")
    if forms.sent is None or not forms.sent.is_valid():
        return ""
    try:
        return _carry_out(request, shown.subject, forms.sent)
    except Conflict as refusal:
        forms.sent.add_error(None, refusal.message)
        return ""


def _carry_out(
    request: SignedInRequest, subject: Subject, form: LevelForm | TaughtForm | EndForm
) -> str:
    by, now = request.user, timezone.now()
    if isinstance(form, EndForm):
        end_subject(subject=subject, by=by, now=now)
        return _("The subject has ended. It is asked of nobody, and what was learned stays.")
    if isinstance(form, TaughtForm):
        say_taught(level=form.cleaned_data["level"], what=form.what, by=by, now=now)
        return _("It is written down. Whoever completes it from now on is trained in this.")
    write_level(subject=subject, level=form.level, wanted=form.words, by=by, now=now)
    return _("The level is written down.")


def _taught(request: SignedInRequest, shown: SubjectPage) -> SubjectTaught:
    number = number_of(request.POST.get("taught", ""))
    for one in shown.taught:
        if one.taught.pk == number:
            return one.taught
    raise Http404
