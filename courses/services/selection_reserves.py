"""Places that become free go to the reserve list, in its order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Event
from accounts.services.ledger import event_row
from courses.models import (
    APPLICATION_WORKFLOW,
    UNDECIDED_STATES,
    Application,
    Enrolment,
    EnrolmentState,
    Intake,
    Session,
    SessionState,
)
from courses.selectors.selection import free_places
from courses.services.notices import facts_of
from notifications.services.notices import notify


def offer_to_reserves(intake: Intake, *, session: Session, by: Actor, now: datetime) -> None:
    """Offer every free place of a locked session to whoever comes next on the reserve list."""
    if session.state != SessionState.OPEN or now >= session.settles_at:
        return
    waiting = intake.applications.filter(state="RESERVE").select_related("person")
    in_order = waiting.order_by("reserve_rank")
    moved = []
    for application, place in zip(in_order, free_places(intake, session), strict=False):
        application.state = APPLICATION_WORKFLOW.target("move_up", current=application.state)
        application.place, application.reserve_rank = place, None
        application.offer_ends_at = end_of_offer(intake, session, now=now)
        moved.append(application)
    fields = ["state", "place", "reserve_rank", "offer_ends_at"]
    Application.objects.bulk_update(moved, fields)
    Event.objects.bulk_create(
        application_event(row, verb="offer_to_reserve", rule="reserve_list", by=by, now=now)
        for row in moved
    )
    for application in moved:
        tell_applicant(application, rule="courses.application_offered", session=session, now=now)


def offer_what_is_left(intake: Intake, *, session: Session, by: Actor, now: datetime) -> None:
    """Offer the places of a locked session that are still free to the reserve list, once nobody
    waits to be decided about: until then they may go to one of those."""
    if not intake.applications.filter(state__in=UNDECIDED_STATES).exists():
        offer_to_reserves(intake, session=session, by=by, now=now)


def leave_to_reserves(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """Whoever gives up a place for which they were chosen leaves it to the reserve list.

    Called under the lock of the session, like everything that follows a place."""
    for enrolment in enrolments:
        application = enrolment.application
        if application and enrolment.state == EnrolmentState.WITHDRAWN:
            _leave(enrolment, application, by=by, now=now)


def _leave(enrolment: Enrolment, application: Application, *, by: Actor, now: datetime) -> None:
    application.state = APPLICATION_WORKFLOW.target("give_up", current=application.state)
    application.place, application.answered_at = None, now
    application.save(update_fields=["state", "place", "answered_at"])
    rule = "may_withdraw"
    application_event(application, verb="give_up_selection", rule=rule, by=by, now=now).save()
    # After a move the place that is free is on another session than that of the intake.
    if application.intake.session_id == enrolment.session_id:
        offer_to_reserves(application.intake, session=enrolment.session, by=by, now=now)


def end_of_offer(intake: Intake, session: Session, *, now: datetime) -> datetime:
    """Until when an offer made now can be answered: never later than places stay as they are."""
    return min(now + timedelta(days=intake.offer_days), session.settles_at)


def application_event(
    application: Application, *, verb: str, rule: str, by: Actor, now: datetime
) -> Event:
    return event_row(
        by=by,
        now=now,
        verb=verb,
        about=application,
        rule=rule,
        organisation_id=application.organisation_id,
        subject_id=application.person_id,
        facts={"intake": application.intake_id, "state": str(application.state)},
    )


def tell_applicant(application: Application, *, rule: str, session: Session, now: datetime) -> None:
    """Tell the applicant, once about each state their application comes to."""
    is_offered = application.state == "OFFERED"
    facts = facts_of(session)
    if is_offered and application.offer_ends_at:
        facts["offer_ends_at"] = application.offer_ends_at.isoformat()
    notify(
        recipient=application.person,
        rule=rule,
        subject_key=f"application:{application.pk}:{application.state.lower()}",
        url=reverse("courses:application_show", args=[application.pk]),
        now=now,
        facts=facts,
        is_urgent=is_offered,
    )
