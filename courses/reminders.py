"""What is said again by itself: a session that is tomorrow, a request that still waits."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from accounts.models import ReportingKind, ReportingLine
from accounts.selectors.delegations import stand_ins_of
from common.dates import add_working_days, is_working_day, london_date, london_midnight
from courses.models import (
    UNANSWERED,
    Approval,
    ApprovalState,
    Asked,
    Enrolment,
    EnrolmentState,
    Session,
    SessionState,
)
from courses.selectors.deciders import learning_leads_of, who_decided_each
from notifications.registry import Due

WORKING_DAYS_TO_DECIDE = 2


def sessions_tomorrow(on: date) -> Iterator[Due]:
    """Everybody with a place on a session that begins on the day after ``on``."""
    tomorrow = on + timedelta(days=1)
    rows = _open(EnrolmentState.CONFIRMED).filter(
        session__starts_at__gte=london_midnight(tomorrow),
        session__starts_at__lt=london_midnight(tomorrow + timedelta(days=1)),
    )
    for enrolment in rows.iterator(chunk_size=2_000):
        yield Due(
            recipient_id=enrolment.person_id,
            subject_key=f"session:{enrolment.session_id}",
            period=tomorrow.isoformat(),
            url=reverse("courses:session_show", args=[enrolment.session_id]),
            due_on=tomorrow,
            facts={**_facts(enrolment.session), "place": enrolment.session.place},
        )


def approvals_waiting(on: date) -> Iterable[Due]:
    """Requests that have waited two working days, told once a week to whoever is asked.

    Three statements for the requests, line managers and who stands in, however many there are, and
    at most five more for managers of line managers, who approved before, and learning leads.
    """
    if not is_working_day(on):
        return
    # Asked on this day at the latest, two working days have gone by at the end of ``on``.
    last = add_working_days(on, 1 - WORKING_DAYS_TO_DECIDE) - timedelta(days=1)
    rows = Approval.objects.filter(
        state__in=UNANSWERED,
        asked_at__lt=london_midnight(last + timedelta(days=1)),
        enrolment__state=EnrolmentState.REQUESTED,
        enrolment__session__state=SessionState.OPEN,
        enrolment__session__starts_at__gte=london_midnight(on),
    )
    waiting = list(
        rows.select_related("enrolment__person", "enrolment__session__offering__programme")
    )
    year, week, _weekday = on.isocalendar()
    for enrolment, recipient_id in _with_deciders(waiting, on=on):
        yield Due(
            recipient_id=recipient_id,
            subject_key=f"enrolment:{enrolment.pk}",
            period=f"{year}-W{week:02}",
            url=reverse("courses:approval_decide", args=[enrolment.pk]),
            due_on=london_date(enrolment.session.starts_at),
            facts={**_facts(enrolment.session), "person": enrolment.person.full_name},
        )


def _with_deciders(waiting: list[Approval], *, on: date) -> Iterator[tuple[Enrolment, int]]:
    """Each request with whoever is asked at its stage, or whom it was passed on to, the same as
    ``asked_about``: the line manager and who stands in, that manager's own, or the learning leads;
    never who approved another stage."""
    managers = _managers_of({stage.enrolment.person_id for stage in waiting}, on=on)
    stand_ins = stand_ins_of(managers, on=on)
    of_second = {one.enrolment.person_id for one in waiting if _is_asked(one) == Asked.SECOND_LINE}
    firsts = {managers[person_id] for person_id in of_second if person_id in managers}
    seconds = _managers_of(firsts, on=on) if firsts else {}
    decided = who_decided_each([stage.enrolment_id for stage in waiting if stage.stage > 1])
    of_leads = [stage.enrolment for stage in waiting if _asks_leads(stage, managers)]
    leads = learning_leads_of(of_leads, on=on, decided=decided)
    for stage in waiting:
        enrolment = stage.enrolment
        first = managers.get(enrolment.person_id)
        asked: Iterable[int | None]
        if _asks_leads(stage, managers):
            asked = leads[enrolment.pk]
        elif _is_asked(stage) == Asked.SECOND_LINE:
            asked = (seconds.get(first),) if first else ()
        else:
            asked = (first, *stand_ins.get(enrolment.person_id, ()))
        never = {None, enrolment.person_id, *decided.get(enrolment.pk, ())}
        yield from ((enrolment, each) for each in asked if each and each not in never)


def _asks_leads(stage: Approval, managers: Mapping[int, int]) -> bool:
    """A stage for the learning leads, or for a line manager where there is none."""
    asks, is_managed = _is_asked(stage), stage.enrolment.person_id in managers
    return asks == Asked.LEARNING_LEAD or (asks == Asked.LINE_MANAGER and not is_managed)


def _is_asked(stage: Approval) -> str:
    return stage.escalated_to if stage.state == ApprovalState.ESCALATED else stage.asks


def _managers_of(person_ids: Collection[int], *, on: date) -> dict[int, int]:
    """Person -> the line manager of the assignment held longest."""
    lines = (
        ReportingLine.objects.on(on)
        .filter(kind=ReportingKind.LINE_MANAGER, person_id__in=person_ids)
        .order_by("person_id", "assignment__starts_on", "pk")
        .distinct("person_id")
    )
    return dict(lines.values_list("person_id", "manager_id"))


def _open(state: EnrolmentState) -> Any:
    rows = Enrolment.objects.filter(state=state, session__state=SessionState.OPEN)
    return rows.select_related("session__offering__programme").order_by("pk")


def _facts(session: Session) -> dict[str, Any]:
    return {
        "programme": session.offering.programme.title,
        "starts_at": session.starts_at.isoformat(),
    }
