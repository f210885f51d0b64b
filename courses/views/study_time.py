"""Protected time: one's own, of one place, and of the team."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from common.errors import Conflict, Forbidden
from common.forms import form_status
from common.navigation import page_of
from courses.forms.study_time import (
    ConfirmForm,
    NewDayForm,
    PocketForm,
    SettleCoverForm,
    TakeBackForm,
)
from courses.models import Enrolment
from courses.selectors.study_time import (
    added_up,
    balances_where,
    enrolments_with_time,
    per_enrolment,
)
from courses.selectors.study_time_figures import organisations_told
from courses.selectors.study_time_page import Act, StudyTimePage, study_time_page
from courses.selectors.study_time_team import Shown, lines_of, team_balances, with_enrolments
from courses.services.backfill import ask_for_backfill, settle_backfill
from courses.services.study_time import (
    confirm_time,
    let_go_of_own_time,
    plan_time,
    put_time_right,
    rearrange_time,
    take_time_back,
)

_LINES_ON_A_PAGE = 25
_ACTS = {act.value: act for act in Act}
_SHOWN = {shown.value: shown for shown in Shown}
_FORMS: dict[Act, type[PocketForm]] = {
    Act.PLAN: NewDayForm,
    Act.CONFIRM: ConfirmForm,
    Act.LET_GO: PocketForm,
    Act.PUT_RIGHT: PocketForm,
    Act.TAKE_BACK: TakeBackForm,
    Act.REARRANGE: NewDayForm,
    Act.COVER: PocketForm,
    Act.SETTLE_COVER: SettleCoverForm,
}
_DONE = {
    Act.PLAN: gettext_lazy("The hours are planned."),
    Act.CONFIRM: gettext_lazy("It is noted that you had the hours."),
    Act.LET_GO: gettext_lazy("You have let go of the hours."),
    Act.PUT_RIGHT: gettext_lazy("It is noted that you did not have the hours after all."),
    Act.TAKE_BACK: gettext_lazy("The hours are taken back and owed. The person is told."),
    Act.REARRANGE: gettext_lazy("Another day is arranged. The person is told."),
    Act.COVER: gettext_lazy("Cover is asked for. Say here what became of it."),
    Act.SETTLE_COVER: gettext_lazy("It is noted what became of the cover."),
}


@require_safe
def study_time_mine(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    rows = enrolments_with_time(request.user, on=today).filter(person=request.user)
    page = page_of(request, rows)
    balances = balances_where("person_id = %(person)s", person=request.user.pk)
    context = {
        "page": page,
        "places": per_enrolment(page.object_list, balances),
        "total": added_up(balances.values()),
        "today": today,
        "sees_organisations": organisations_told(actor=request.user, on=today) is not None,
    }
    return render(request, "courses/study_time_mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def study_time_show(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = enrolments_with_time(request.user, on=timezone.localdate())
    enrolment = get_object_or_404(rows, pk=pk)
    page = study_time_page(enrolment, actor=request.user, on=timezone.localdate())
    act = _act(request)
    if act is None:
        return _page(request, page)
    form = _form(request, page, act)
    if request.method == "POST" and form.is_valid():
        try:
            _do(enrolment, act, form, by=request.user, now=timezone.now())
        except Conflict as refusal:
            form.refuse(refusal.message, code=refusal.code)
        else:
            messages.success(request, _DONE[act])
            return redirect("courses:study_time_show", enrolment.pk)
    return _page(request, page, act=act, form=form)


@require_safe
def study_time_team(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    balances = team_balances(request.user, on=today)
    lines = lines_of(balances, on=today)
    first = next((shown for shown in Shown if lines[shown]), Shown.OWED)
    shown = _SHOWN.get(request.GET.get("show", ""), first)
    page = Paginator(lines[shown], _LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "shown": shown,
        "rows": with_enrolments(list(page.object_list)),
        "counts": [(s, _TITLES[s], sum(line.minutes for line in lines[s])) for s in Shown],
        "title": _TITLES[shown],
        "total": added_up(balances.values()),
        "sees_organisations": organisations_told(actor=request.user, on=today) is not None,
    }
    return render(request, "courses/study_time_team.html", context)


_TITLES = {
    Shown.OWED: gettext_lazy("Owed"),
    Shown.COMING: gettext_lazy("Planned"),
    Shown.UNANSWERED: gettext_lazy("Not answered for"),
}


def _act(request: HttpRequest) -> Act | None:
    """What is to be done; None where the page is only read."""
    given = (request.POST if request.method == "POST" else request.GET).get("act", "")
    if given not in _ACTS and (given or request.method == "POST"):
        raise Http404
    return _ACTS.get(given)


def _form(request: SignedInRequest, page: StudyTimePage, act: Act) -> Any:
    if act not in page.may:
        raise Forbidden(
            _("You cannot do this about the protected time of this person."),
            code="may_not_change_time",
        )
    if act not in page.offered:
        raise Conflict(
            _("There are no hours left to do this to. Load the page again to see where they are."),
            code="not_so_much_time",
        )
    data = request.POST if request.method == "POST" else None
    return _FORMS[act](data, pockets=page.offered[act], today=timezone.localdate())


def _page(
    request: SignedInRequest,
    page: StudyTimePage,
    *,
    act: Act | None = None,
    form: PocketForm | None = None,
) -> HttpResponse:
    context = {"page": page, "enrolment": page.enrolment, "act": act, "form": form}
    context["today"] = timezone.localdate()
    status = form_status(form) if form else 200
    return render(request, "courses/study_time_show.html", context, status=status)


def _do(enrolment: Enrolment, act: Act, form: Any, *, by: Any, now: datetime) -> None:
    done: dict[str, Any] = {"by": by, "now": now}
    if act == Act.SETTLE_COVER:
        backfill = enrolment.backfills.get(on_day=form.day())
        settle_backfill(backfill=backfill, step=form.cleaned_data["step"], **done)
        return
    pocket = form.pocket()
    given: dict[str, Any] = {"enrolment": enrolment, "pocket": pocket, **done}
    acts: dict[Act, Callable[[], Any]] = {
        Act.PLAN: lambda: plan_time(**given, day=form.cleaned_data["day"]),
        Act.CONFIRM: lambda: confirm_time(**given, had_on=form.had()),
        Act.LET_GO: lambda: let_go_of_own_time(**given),
        Act.PUT_RIGHT: lambda: put_time_right(**given),
        Act.TAKE_BACK: lambda: take_time_back(**given, why=form.why()),
        Act.REARRANGE: lambda: rearrange_time(**given, day=form.cleaned_data["day"]),
        Act.COVER: lambda: ask_for_backfill(
            enrolment=enrolment, day=pocket.on, minutes=pocket.minutes, **done
        ),
    }
    acts[act]()
