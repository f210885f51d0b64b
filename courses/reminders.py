"""What is said again by itself: a session that is tomorrow, a request that still waits."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from accounts.models import ReportingKind, ReportingLine, Role, RoleGrant
from accounts.selectors.delegations import stand_ins_of
from common.dates import add_working_days, is_working_day, london_date, london_midnight
from courses.models import Enrolment, EnrolmentState, Session, SessionState
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
    """Requests that have waited two working days, told once a week to whoever decides.

    Two statements for the requests and who decides about them, however many there are, and a
    third when somebody has no line manager.
    """
    if not is_working_day(on):
        return
    # Asked on this day at the latest, two working days have gone by at the end of ``on``.
    last = add_working_days(on, 1 - WORKING_DAYS_TO_DECIDE) - timedelta(days=1)
    rows = _open(EnrolmentState.REQUESTED).select_related("person")
    waiting = list(
        rows.filter(
            requested_at__lt=london_midnight(last + timedelta(days=1)),
            session__starts_at__gte=london_midnight(on),
        )
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


def _with_deciders(waiting: list[Enrolment], *, on: date) -> Iterator[tuple[Enrolment, int]]:
    """Each request with whoever decides: the line manager of the assignment held longest and who
    stands in, else the learning leads of the organisation."""
    lines = (
        ReportingLine.objects.on(on)
        .filter(kind=ReportingKind.LINE_MANAGER, person_id__in={e.person_id for e in waiting})
        .order_by("person_id", "assignment__starts_on", "pk")
        .distinct("person_id")
    )
    managers = dict(lines.values_list("person_id", "manager_id"))
    stand_ins = stand_ins_of(managers, on=on)
    alone = {e.organisation_id for e in waiting if e.person_id not in managers}
    leads: dict[int, list[int]] = {}
    if alone:
        grants = RoleGrant.objects.on(on).filter(role=Role.LEARNING_LEAD, organisation_id__in=alone)
        for organisation_id, person_id in grants.values_list("organisation_id", "person_id"):
            leads.setdefault(organisation_id, []).append(person_id)
    for enrolment in waiting:
        if enrolment.person_id in managers:
            asked = (managers[enrolment.person_id], *stand_ins.get(enrolment.person_id, ()))
            yield from ((enrolment, recipient_id) for recipient_id in asked)
            continue
        for person_id in leads.get(enrolment.organisation_id, ()):
            if person_id != enrolment.person_id:
                yield enrolment, person_id


def _open(state: EnrolmentState) -> Any:
    rows = Enrolment.objects.filter(state=state, session__state=SessionState.OPEN)
    return rows.select_related("session__offering__programme").order_by("pk")


def _facts(session: Session) -> dict[str, Any]:
    return {
        "programme": session.offering.programme.title,
        "starts_at": session.starts_at.isoformat(),
    }
