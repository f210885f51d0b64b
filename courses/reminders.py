"""What is said again by itself: a session that is tomorrow, a request that still waits."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from accounts.models import ReportingKind, ReportingLine, Role, RoleGrant
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

    Two statements for the requests and who decides about them, however many there are, a third
    when somebody has no line manager, and one more for the managers of line managers.
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
    """Each request with whoever is asked at its stage, or whom it was passed on to: the line
    manager and who stands in, that manager's own, or the learning leads of the organisation."""
    managers = _managers_of({stage.enrolment.person_id for stage in waiting}, on=on)
    stand_ins = stand_ins_of(managers, on=on)
    asks_second = {stage.pk for stage in waiting if _is_asked(stage) == Asked.SECOND_LINE}
    firsts = {managers.get(stage.enrolment.person_id) for stage in waiting} - {None}
    seconds = _managers_of({each for each in firsts if each}, on=on) if asks_second else {}
    leads = _leads_of(
        {
            stage.enrolment.organisation_id
            for stage in waiting
            if stage.enrolment.person_id not in managers or _is_asked(stage) == Asked.LEARNING_LEAD
        },
        on=on,
    )
    for stage in waiting:
        enrolment = stage.enrolment
        first = managers.get(enrolment.person_id)
        asked: Iterable[int | None]
        if stage.pk in asks_second and first:
            asked = (seconds.get(first),)
        elif _is_asked(stage) == Asked.LEARNING_LEAD or not first:
            asked = leads.get(enrolment.organisation_id, ())
        else:
            asked = (first, *stand_ins.get(enrolment.person_id, ()))
        yield from ((enrolment, each) for each in asked if each and each != enrolment.person_id)


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


def _leads_of(organisation_ids: Collection[int], *, on: date) -> dict[int, list[int]]:
    if not organisation_ids:
        return {}
    grants = RoleGrant.objects.on(on).filter(
        role=Role.LEARNING_LEAD, organisation_id__in=organisation_ids
    )
    found: dict[int, list[int]] = {}
    for organisation_id, person_id in grants.values_list("organisation_id", "person_id"):
        found.setdefault(organisation_id, []).append(person_id)
    return found


def _open(state: EnrolmentState) -> Any:
    rows = Enrolment.objects.filter(state=state, session__state=SessionState.OPEN)
    return rows.select_related("session__offering__programme").order_by("pk")


def _facts(session: Session) -> dict[str, Any]:
    return {
        "programme": session.offering.programme.title,
        "starts_at": session.starts_at.isoformat(),
    }
