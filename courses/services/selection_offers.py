"""Answering the offer of a place for which one was chosen; offers that nobody answers."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.scope import run_as
from common.dates import long_moment
from common.errors import Conflict
from courses.models import (
    APPLICATION_WORKFLOW,
    Application,
    ApplicationQuerySet,
    ApplicationState,
    Enrolment,
    EnrolmentBasis,
    Session,
)
from courses.services.approvals import record_step
from courses.services.clashes import refuse_on_a_clash
from courses.services.consequences import follow_grant
from courses.services.notices import tell_person
from courses.services.seats import give_seat_or_queue, lock_session, refuse_when_settled
from courses.services.selection_applying import lock_application, refuse_unless_own
from courses.services.selection_reserves import (
    application_event,
    offer_to_reserves,
    tell_applicant,
)

SWEEPER = SystemJob("courses.lapse_selections", organisation_ids=None)


@transaction.atomic
def accept_selection(*, application: Application, by: Actor, now: datetime) -> Enrolment:
    """Take the place that is offered: money and study time follow as with any other place.

    Refuses: ``may_not_answer``, ``stale_state``, ``offer_over``, ``session_not_open``,
    ``session_started``, ``clash``, ``no_budget``.
    """
    application, session = lock_application(application.pk)
    refuse_unless_own(application, by=by, now=now)
    _refuse_when_over(application, now=now)
    application.state = APPLICATION_WORKFLOW.target("accept", current=application.state)
    refuse_when_settled(session, now=now)
    refuse_on_a_clash(session, person=application.person)
    application.answered_at = now
    application.save(update_fields=["state", "answered_at"])
    application_event(
        application, verb="accept_selection", rule="may_answer_selection", by=by, now=now
    ).save(force_insert=True)
    return _enrol(application, session=session, by=by, now=now)


@transaction.atomic
def decline_selection(*, application: Application, by: Actor, now: datetime) -> Application:
    """Leave the place that is offered to whoever comes next on the reserve list.

    Refuses: ``may_not_answer``, ``stale_state``.
    """
    application, session = lock_application(application.pk)
    refuse_unless_own(application, by=by, now=now)
    application.state = APPLICATION_WORKFLOW.target("decline", current=application.state)
    application.place, application.answered_at = None, now
    application.save(update_fields=["state", "place", "answered_at"])
    application_event(
        application, verb="decline_selection", rule="may_answer_selection", by=by, now=now
    ).save(force_insert=True)
    offer_to_reserves(application.intake, session=session, by=by, now=now)
    return application


def lapse_selections(*, now: datetime) -> int:
    """End every offer whose time is over and offer its place to the next on the reserve list;
    return how many ended. A transaction for each session, as with offers of places."""
    with run_as(SWEEPER):
        sessions = sorted(set(_over(now=now).values_list("intake__session_id", flat=True)))
    return sum(_lapse_on(session_id, now=now) for session_id in sessions)


@run_as(SWEEPER)
def _lapse_on(session_id: int, *, now: datetime) -> int:
    session = lock_session(session_id)
    over = _over(now=now).filter(intake__session=session)
    lapsed = list(over.select_related("person", "intake").order_by("pk"))
    for application in lapsed:
        application.state = APPLICATION_WORKFLOW.target("lapse", current=application.state)
        application.place, application.answered_at = None, now
        application.save(update_fields=["state", "place", "answered_at"])
        application_event(
            application, verb="lapse_selection", rule="offer_over", by=SWEEPER, now=now
        ).save(force_insert=True)
        tell_applicant(application, rule="courses.application_lapsed", session=session, now=now)
    if lapsed:
        offer_to_reserves(lapsed[0].intake, session=session, by=SWEEPER, now=now)
    return len(lapsed)


def _over(*, now: datetime) -> ApplicationQuerySet:
    return Application.objects.filter(state=ApplicationState.OFFERED, offer_ends_at__lte=now)


def _refuse_when_over(application: Application, *, now: datetime) -> None:
    ends_at = application.offer_ends_at
    if application.state == ApplicationState.OFFERED and ends_at and now >= ends_at:
        raise Conflict(
            _("This offer ended on %(when)s. The place goes to the next on the reserve list.")
            % {"when": long_moment(ends_at)},
            code="offer_over",
        )


def _enrol(application: Application, *, session: Session, by: Actor, now: datetime) -> Enrolment:
    enrolment = Enrolment(
        session=session,
        person=application.person,
        organisation_id=application.organisation_id,
        basis=EnrolmentBasis.SELECTION,
        application=application,
        study_hours=session.offering.study_hours,
        price_pence=session.offering.price_pence,
        requested_at=now,
    )
    give_seat_or_queue(enrolment, session=session, now=now)
    enrolment.save(force_insert=True)
    record_step(enrolment, verb="enrol", rule="selection", by=by, now=now)
    follow_grant(enrolment, by=by, now=now)
    tell_person(enrolment, rule="courses.place_given", session=session, now=now)
    return enrolment
