"""The forms of the page of a programme of one's own, and what comes of each."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import NHSForm
from courses.forms.authoring import (
    AwardForm,
    CompletedFirstForm,
    LevelBroughtForm,
    LevelFirstForm,
)
from courses.forms.own_programmes import ProgrammeForm
from courses.models import Programme
from courses.selectors.offerings import programmes_to_offer
from courses.selectors.programmes import awards_to_bring
from courses.services.brings import (
    bring_award,
    bring_award_no_more,
    bring_level,
    bring_level_no_more,
)
from courses.services.own_programmes import (
    change_programme,
    put_programme_back,
    take_programme_out,
)
from courses.services.prerequisites import need_first, need_no_more
from pathways.selectors.resources import competencies_to_help_with

CHANGE = "CHANGE"


class Step(NamedTuple):
    """``act`` is done with what the form called ``name`` asks for; then ``said`` is told."""

    name: str
    act: Callable[..., Any]
    said: Promise


STEPS = {
    CHANGE: Step("form", change_programme, _("The programme is changed.")),
    "NEED_PROGRAMME": Step("first", need_first, _("People need it before they ask for a place.")),
    "NEED_LEVEL": Step("level", need_first, _("People need it before they ask for a place.")),
    "BRING_LEVEL": Step("brings", bring_level, _("Whoever completes it reaches this level.")),
    "BRING_AWARD": Step("award", bring_award, _("Whoever completes it receives this award.")),
}
# What is done to the programme, without a form.
AT_ONCE = {
    "TAKE_OUT": (take_programme_out, _("The programme is out of the catalogue.")),
    "PUT_BACK": (put_programme_back, _("The programme is in the catalogue again.")),
}
# What is taken away: of which rows of the programme, and how.
_TAKEN_AWAY: dict[str, tuple[str, Callable[..., Any], Promise]] = {
    "NEED_NO_MORE": ("prerequisites", need_no_more, _("It is not needed any more.")),
    "BRING_LEVEL_NO_MORE": (
        "outcomes",
        bring_level_no_more,
        _("It brings this level no more. Whoever reached it keeps it."),
    ),
    "BRING_AWARD_NO_MORE": (
        "programme_awards",
        bring_award_no_more,
        _("It brings this award no more. Whoever received it keeps it."),
    ),
}
# The field to which a refusal belongs.
_FIELD_OF = {
    "not_in_catalogue": "programme",
    "brought_already": "award",
    "no_such_award": "award",
    "needs_itself": "programme",
    "no_such_level": "rank",
    "title_missing": "title",
}


def forms_of(request: SignedInRequest, programme: Programme) -> dict[str, NHSForm]:
    """The forms of the page by the names of the template, the one that was sent bound."""
    today = timezone.localdate()
    competencies = competencies_to_help_with(actor=request.user, on=today)
    programmes = programmes_to_offer(request.user, on=today).exclude(pk=programme.pk)
    sent = _name_sent(request)

    def given(name: str) -> Any:
        return request.POST if name == sent else None

    return {
        "form": ProgrammeForm(given("form"), initial=ProgrammeForm.what_is(programme)),
        "first": CompletedFirstForm(given("first"), programmes=programmes),
        "level": LevelFirstForm(given("level"), competencies=competencies),
        "brings": LevelBroughtForm(given("brings"), competencies=competencies),
        "award": AwardForm(given("award"), awards=awards_to_bring(request.user, on=today)),
    }


def is_done(request: SignedInRequest, programme: Programme, forms: dict[str, NHSForm]) -> bool:
    """Carry out what was sent, and tell what came of it; False where there is nothing to do, or
    something has to be put right."""
    step = request.POST.get("step", CHANGE) if request.method == "POST" else ""
    if not step:
        return False
    if step in AT_ONCE or step in _TAKEN_AWAY:
        messages.success(request, str(_at_once(request, programme, step)))
        return True
    sent = STEPS.get(step, STEPS[CHANGE])
    form: Any = forms[sent.name]
    if not form.is_valid():
        return False
    try:
        sent.act(programme=programme, wanted=form.wanted(), by=request.user, now=timezone.now())
    except Conflict as refusal:
        form.add_error(_FIELD_OF.get(refusal.code), refusal.message)
        return False
    messages.success(request, str(sent.said))
    return True


def _name_sent(request: SignedInRequest) -> str:
    if request.method != "POST":
        return ""
    step = request.POST.get("step", CHANGE)
    if step in AT_ONCE or step in _TAKEN_AWAY:
        return ""
    return STEPS.get(step, STEPS[CHANGE]).name


def _at_once(request: SignedInRequest, programme: Programme, step: str) -> Promise:
    by, now = request.user, timezone.now()
    if step in AT_ONCE:
        act, told = AT_ONCE[step]
        act(programme=programme, by=by, now=now)
        return told
    rows, take_away, said = _TAKEN_AWAY[step]
    number = request.POST.get("row", "")
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    row = get_object_or_404(getattr(programme, rows), pk=int(number) if is_number else 0)
    take_away(row=row, by=by, now=now)
    return said
