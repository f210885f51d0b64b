"""What may be changed on the page of one person's mandatory training, and by whom."""

from dataclasses import dataclass

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from accounts.models import Person
from common.errors import Conflict, Forbidden
from courses.forms.compliance import ExemptionForm, StrikeOutForm
from courses.models import Subject, SubjectExemption
from courses.selectors.compliance import records_of
from courses.selectors.compliance_places import organisations_exempting
from courses.services.compliance_exemptions import end_exemption, exempt
from courses.services.compliance_strikes import strike_out


@dataclass(frozen=True, slots=True)
class PersonForms:
    """``sent`` is the one of the two that was posted."""

    exemption: ExemptionForm
    strike: StrikeOutForm
    sent: ExemptionForm | StrikeOutForm | None = None


def person_forms(request: SignedInRequest, person: Person) -> PersonForms | None:
    """The forms for ``person``, empty or with what was sent; None for who may change nothing.

    Whoever sends something that they may not is refused: ``may_not_exempt``.
    """
    today, is_sent = timezone.localdate(), request.method == "POST"
    organisations = organisations_exempting(request.user, person, on=today)
    if not organisations:
        if is_sent:
            raise Forbidden(
                _("Only a learning lead or an HR administrator of the organisation can do this."),
                code="may_not_exempt",
            )
        return None
    step = request.POST.get("step", "")
    exemption = ExemptionForm(
        request.POST if is_sent and step != "strike" else None,
        organisations=organisations,
        subjects=Subject.objects.visible_to(request.user, on=today).order_by("title", "pk"),
    )
    records = records_of(person, actor=request.user, on=today).filter(struck_at__isnull=True)
    strike = StrikeOutForm(request.POST if step == "strike" else None, records=records)
    sent = (strike if step == "strike" else exemption) if is_sent else None
    return PersonForms(exemption, strike, sent)


def change(request: SignedInRequest, person: Person, shown: PersonForms) -> str:
    """Carry out what was sent, and say what came of it; "" when something has to be put right."""
    if request.POST.get("step") == "end":
        end_exemption(exemption=_exemption(request, person), by=request.user, now=timezone.now())
        return _("The subject is asked for again from today.")
    form = shown.sent
    if form is None or not form.is_valid():
        return ""
    try:
        return _carry_out(request, person, form)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return ""


def exemptions_of(request: SignedInRequest, person: Person) -> list[SubjectExemption]:
    """What is not asked of ``person`` today or later."""
    today = timezone.localdate()
    rows = SubjectExemption.objects.visible_to(request.user, on=today).filter(person=person)
    lasting = rows.filter(Q(ends_on__gte=today)).select_related("subject", "organisation")
    return list(lasting.order_by("starts_on", "pk"))


def _carry_out(
    request: SignedInRequest, person: Person, form: ExemptionForm | StrikeOutForm
) -> str:
    given, now = form.cleaned_data, timezone.now()
    if isinstance(form, StrikeOutForm):
        strike_out(training=given["record"], reason=given["why"], by=request.user, now=now)
        return _("The record is struck out. It counts no more.")
    organisation, wanted = given["organisation"], form.exemption
    exempt(person=person, organisation=organisation, wanted=wanted, by=request.user, now=now)
    return _("The subject is not asked for on these days. The person can read why.")


def _exemption(request: SignedInRequest, person: Person) -> SubjectExemption:
    rows = SubjectExemption.objects.visible_to(request.user, on=timezone.localdate())
    number = request.POST.get("exemption", "")
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    return get_object_or_404(rows.filter(person=person), pk=int(number) if is_number else 0)
