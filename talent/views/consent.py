"""One's own side of talent: who may find me, what they see, who has looked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from common.forms import form_status
from talent.forms import ConsentForm
from talent.selectors.pools import own_nominations
from talent.selectors.profiles import (
    consent_of,
    own_judgement,
    own_profile,
    reach_of,
)
from talent.selectors.scope import is_talent_lead
from talent.services.consent import give_consent, withdraw_consent


@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    context = {
        "consent": consent_of(person, on=today),
        "nominations": own_nominations(person, on=today)[:20],
        "is_talent_lead": is_talent_lead(person, on=today),
    }
    return render(request, "talent/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def consent_edit(request: SignedInRequest) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    consent, reach = consent_of(person, on=today), reach_of(person, on=today)
    form = ConsentForm(
        request.POST if request.method == "POST" else None, on=today, reach=reach, consent=consent
    )
    if request.method == "POST" and form.is_valid():
        give_consent(person=person, by=person, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Talent teams can find you from now on."))
        return redirect("talent:consent_edit")
    context = {
        "form": form,
        "consent": consent,
        "reach": reach,
        "profile": own_profile(person, on=today),
        "judgement": own_judgement(person, on=today),
    }
    return render(request, "talent/consent_edit.html", context, status=form_status(form))


@require_POST
def consent_withdraw(request: SignedInRequest) -> HttpResponse:
    withdraw_consent(person=request.user, by=request.user, now=timezone.now())
    messages.success(request, _("No talent team can find you any more."))
    return redirect("talent:consent_edit")


@require_safe
def reading_list(request: SignedInRequest) -> HttpResponse:
    """Where the page used to be that now tells of every record."""
    return redirect("accounts:reading_list", permanent=True)
