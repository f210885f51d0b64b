"""Keeping seats of a session for organisations, and releasing them to everybody."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Organisation
from accounts.scope import run_as
from accounts.services.ledger import record
from common.dates import london_date, long_date
from common.errors import Conflict
from courses.models import Admission, SeatAllotment, Session, SessionState
from courses.selectors.allotments import Pools, most_for, sharers_of
from courses.services.seats import lock_session, promote_from_waiting_list, refuse_when_settled
from courses.services.sessions import refuse_unless_runs

RELEASER = SystemJob("courses.release_seats", organisation_ids=None)


@transaction.atomic
def keep_seats(
    *,
    session: Session,
    organisation: Organisation,
    seats: int,
    releases_on: date,
    by: Actor,
    now: datetime,
) -> None:
    """Keep ``seats`` for people of ``organisation`` until ``releases_on``; none: keep it no more.

    Whoever waits and has a seat by this moves up in the same transaction.
    Refuses: ``may_not_run``, ``session_not_open``, ``session_started``, ``not_a_sharer``,
    ``release_out_of_order``, ``more_than_are_open``, and ``by_application`` where people are
    chosen: who is chosen is sure of a seat.
    """
    session = lock_session(session.pk)
    refuse_unless_runs(session.offering, by=by, now=now)
    refuse_when_settled(session, now=now)
    _refuse_unless_shared(session, organisation, on=london_date(now))
    if seats:
        _refuse_where_people_are_chosen(session)
        _refuse_days_out_of_order(session, releases_on, now=now)
        _refuse_more_than_are_open(session, organisation, seats)
        SeatAllotment.objects.update_or_create(
            session=session,
            organisation=organisation,
            defaults={"seats": seats, "releases_on": releases_on, "released_at": None},
        )
    else:
        SeatAllotment.objects.filter(session=session, organisation=organisation).delete()
    facts = {
        "organisation": organisation.pk,
        "seats": seats,
        "releases_on": releases_on.isoformat(),
    }
    _record(session, verb="keep_seats", rule="may_run", by=by, now=now, facts=facts)
    promote_from_waiting_list(session=session, by=by, now=now)


def _refuse_where_people_are_chosen(session: Session) -> None:
    if session.offering.admission == Admission.SELECTION:
        raise Conflict(
            _(
                "Places on this course go to people who apply and are chosen, so none can be kept"
                " for an organisation."
            ),
            code="by_application",
        )


def release_seats(*, now: datetime) -> int:
    """Open the kept seats whose day has come to everybody; return of how many sessions.

    Each session in a transaction of its own: one that cannot be locked holds up no other.
    """
    with run_as(RELEASER):
        due = SeatAllotment.objects.kept().filter(
            releases_on__lte=london_date(now), session__state=SessionState.OPEN
        )
        sessions = list(due.order_by("session_id").values_list("session_id", flat=True).distinct())
    for session_id in sessions:
        with run_as(RELEASER):
            _release(lock_session(session_id), now=now)
    return len(sessions)


def _release(session: Session, *, now: datetime) -> None:
    due = session.allotments.filter(released_at__isnull=True, releases_on__lte=london_date(now))
    released = due.update(released_at=now)
    if released:
        facts = {"allotments": released}
        _record(
            session, verb="release_seats", rule="release_day", by=RELEASER, now=now, facts=facts
        )
        promote_from_waiting_list(session=session, by=RELEASER, now=now)


def _refuse_unless_shared(session: Session, organisation: Organisation, *, on: date) -> None:
    if not sharers_of(session, on=on).filter(pk=organisation.pk).exists():
        raise Conflict(
            _("This course is not shared with %(organisation)s. Share it first.")
            % {"organisation": organisation.name},
            code="not_a_sharer",
        )


def _refuse_days_out_of_order(session: Session, releases_on: date, *, now: datetime) -> None:
    starts_on = london_date(session.starts_at)
    if not london_date(now) < releases_on <= starts_on:
        raise Conflict(
            _("Seats are released after today, and on %(day)s at the latest.")
            % {"day": long_date(starts_on)},
            code="release_out_of_order",
        )


def _refuse_more_than_are_open(session: Session, organisation: Organisation, seats: int) -> None:
    most = most_for(session, organisation.pk, pools=Pools(session))
    if seats > most:
        raise Conflict(
            _(
                "At most %(count)d seats can be kept for %(organisation)s: the others are taken or"
                " kept already."
            )
            % {"count": most, "organisation": organisation.name},
            code="more_than_are_open",
        )


def _record(
    session: Session, *, verb: str, rule: str, by: Actor, now: datetime, facts: Mapping[str, object]
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=session,
        rule=rule,
        organisation_id=session.offering.host_id,
        facts=facts,
    )
