"""The forms of the page of an offering, and what comes of each."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import NHSForm
from courses.forms.offering_awards import AddAwardForm, WriteAwardForm
from courses.forms.offerings import ShareForm, TermsForm
from courses.models import Offering
from courses.selectors.offerings import shares_of
from courses.selectors.programmes import awards_to_bring
from courses.services.offering_awards import add_award, add_award_no_more, write_award
from courses.services.offerings import (
    change_offering,
    close_offering,
    reopen_offering,
    share_offering,
    stop_sharing,
)

TERMS = "TERMS"
# The field to which a refusal belongs.
FIELD_OF = {
    "offered_already": "route",
    "sessions_after_it_ends": "ends_on",
    "not_in_catalogue": "programme",
    "is_the_host": "organisation",
    "shared_already": "organisation",
    "no_such_award": "award",
    "brought_already": "award",
    "code_taken": "code",
    "title_missing": "title",
}


class Step(NamedTuple):
    """What a form asks for is done by ``act``, which says what is done in words."""

    name: str
    act: Callable[[SignedInRequest, Offering, Any], str]


def forms_of(request: SignedInRequest, offering: Offering) -> dict[str, NHSForm]:
    """The forms of the page by the names of the template, the one that was sent bound."""
    step = step_of(request)
    sent = STEPS[step].name if step in STEPS else ""

    def given(name: str) -> Any:
        return request.POST if name == sent else None

    awards = awards_to_bring(request.user, on=timezone.localdate())
    return {
        "form": TermsForm(given("form"), initial=TermsForm.what_is(offering)),
        "share": ShareForm(given("share")),
        "added": AddAwardForm(given("added"), awards=awards),
        "written": WriteAwardForm(given("written"), initial={"kind": "CERTIFICATE"}),
    }


def is_done(request: SignedInRequest, offering: Offering, forms: dict[str, NHSForm]) -> bool:
    """Carry out what was sent, and tell what came of it; False where there is nothing to do, or
    something has to be put right."""
    step = step_of(request)
    if step in _AT_ONCE:
        return _is_done_at_once(request, offering, step)
    form = forms[STEPS[step].name] if step else None
    if form is None or not form.is_valid():
        return False
    try:
        said = STEPS[step].act(request, offering, form)
    except Conflict as refusal:
        form.add_error(FIELD_OF.get(refusal.code), refusal.message)
        return False
    messages.success(request, said)
    return True


def step_of(request: SignedInRequest) -> str:
    """What is asked for; nothing where the page is only read."""
    if request.method != "POST":
        return ""
    step = request.POST.get("step", TERMS)
    return step if step in STEPS or step in _AT_ONCE else TERMS


def _is_done_at_once(request: SignedInRequest, offering: Offering, step: str) -> bool:
    try:
        messages.success(request, _AT_ONCE[step](request, offering))
    except Conflict as refusal:
        messages.error(request, refusal.message)
    return True


def _change(request: SignedInRequest, offering: Offering, form: TermsForm) -> str:
    change_offering(offering=offering, terms=form.terms(), by=request.user, now=timezone.now())
    return _("The offering is changed.")


def _share(request: SignedInRequest, offering: Offering, form: ShareForm) -> str:
    organisation = form.cleaned_data["organisation"]
    now = timezone.now()
    share_offering(offering=offering, organisation=organisation, by=request.user, now=now)
    return _("It is shared with %(name)s.") % {"name": organisation.name}


def _add_award(request: SignedInRequest, offering: Offering, form: AddAwardForm) -> str:
    add_award(offering=offering, wanted=form.wanted(), by=request.user, now=timezone.now())
    return _("Whoever completes it here receives this award.")


def _write_award(request: SignedInRequest, offering: Offering, form: WriteAwardForm) -> str:
    write_award(offering=offering, wanted=form.wanted(), by=request.user, now=timezone.now())
    return _("The award is written, and whoever completes it here receives it.")


def _close(request: SignedInRequest, offering: Offering) -> str:
    close_offering(offering=offering, by=request.user, now=timezone.now())
    return _("It takes no more people. Whoever has a place keeps it.")


def _reopen(request: SignedInRequest, offering: Offering) -> str:
    reopen_offering(offering=offering, by=request.user, now=timezone.now())
    return _("It takes people again.")


def _unshare(request: SignedInRequest, offering: Offering) -> str:
    row = get_object_or_404(shares_of(offering), pk=_number(request, "share"))
    organisation, now = row.organisation, timezone.now()
    stop_sharing(offering=offering, organisation=organisation, by=request.user, now=now)
    return _("It is shared with %(name)s no more.") % {"name": organisation.name}


def _add_award_no_more(request: SignedInRequest, offering: Offering) -> str:
    row = get_object_or_404(offering.offering_awards, pk=_number(request, "row"))
    add_award_no_more(row=row, by=request.user, now=timezone.now())
    return _("It brings this award no more. Whoever received it keeps it.")


def _number(request: SignedInRequest, name: str) -> int:
    given = request.POST.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    return int(given)


STEPS = {
    TERMS: Step("form", _change),
    "SHARE": Step("share", _share),
    "ADD_AWARD": Step("added", _add_award),
    "WRITE_AWARD": Step("written", _write_award),
}
_AT_ONCE: dict[str, Callable[[SignedInRequest, Offering], str]] = {
    "CLOSE": _close,
    "REOPEN": _reopen,
    "UNSHARE": _unshare,
    "ADD_AWARD_NO_MORE": _add_award_no_more,
}
