"""Applications that end with their course: it has begun, or was cancelled, and nobody is chosen
any more."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from accounts.actors import SystemJob
from accounts.models import Event
from accounts.scope import run_as
from courses.models import (
    APPLICATION_WORKFLOW,
    Application,
    ApplicationQuerySet,
    ApplicationState,
    Session,
    SessionState,
)
from courses.services.notices import facts_of
from courses.services.seats import lock_session
from courses.services.selection_reserves import application_event
from notifications.services.notices import News, notify_each

SWEEPER = SystemJob("courses.end_applications", organisation_ids=None)
_LIVE = ("SUBMITTED", "SHORTLISTED", "ASSESSED", "RESERVE", "OFFERED")


def end_applications(*, now: datetime) -> int:
    """End every application that can lead to no place any more, and tell each applicant; return
    how many ended. A transaction for each session, as with offers."""
    with run_as(SWEEPER):
        sessions = sorted(set(_left_over(now=now).values_list("intake__session_id", flat=True)))
    return sum(_end_on(session_id, now=now) for session_id in sessions)


@run_as(SWEEPER)
def _end_on(session_id: int, *, now: datetime) -> int:
    session = lock_session(session_id)
    rows = _left_over(now=now).filter(intake__session=session).select_related("person")
    ended = list(rows.order_by("pk"))
    for application in ended:
        application.state = APPLICATION_WORKFLOW.target("end", current=application.state)
        application.place = application.reserve_rank = None
        application.answered_at = now
    Application.objects.bulk_update(ended, ["state", "place", "reserve_rank", "answered_at"])
    Event.objects.bulk_create(
        application_event(row, verb="end_application", rule="course_over", by=SWEEPER, now=now)
        for row in ended
    )
    _tell(ended, session=session, now=now)
    return len(ended)


def _left_over(*, now: datetime) -> ApplicationQuerySet:
    is_over = Q(intake__session__starts_at__lte=now, intake__session__closes_at__lte=now)
    is_cancelled = Q(intake__session__state=SessionState.CANCELLED)
    return Application.objects.filter(is_over | is_cancelled, state__in=_LIVE)


def _tell(ended: list[Application], *, session: Session, now: datetime) -> None:
    facts = {**facts_of(session), "is_cancelled": session.state == SessionState.CANCELLED}
    state = ApplicationState.ENDED.lower()
    notify_each(
        (
            News(
                recipient_id=application.person_id,
                subject_key=f"application:{application.pk}:{state}",
                url=reverse("courses:application_show", args=[application.pk]),
                facts=facts,
            )
            for application in ended
        ),
        rule="courses.application_ended",
        now=now,
    )
