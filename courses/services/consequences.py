"""What follows when a place is granted, taken or given up: one door for time, money and diaries.

Every service that moves an enrolment calls these in its own transaction, so that nothing that
hangs on a place is forgotten by one of the ways there are to it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from accounts.actors import Actor
from courses.models import Enrolment, EnrolmentState, Session
from courses.services.certificate_news import ask_for_certificates
from courses.services.compliance_records import record_completions
from courses.services.funding import reserve, settle
from courses.services.interests import end_interests_of
from courses.services.selection_reserves import leave_to_reserves
from courses.services.study_time_follows import follow_register, let_go_of_time, promise_time
from courses.services.study_time_meetings import follow_meetings
from courses.services.swap_ends import end_swaps_of


def granted(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """The wish is granted: there is a place, the offer of one, or a turn on the waiting list."""
    reserve(enrolments, by=by, now=now)


def seated(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """The place is theirs: it was free, came from the waiting list, or an offer was accepted."""
    promise_time(enrolments, by=by, now=now)
    end_interests_of(enrolments, by=by, now=now)


def given_up(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """What was asked for has ended without being used, by whomever and for whatever reason."""
    let_go_of_time(enrolments, by=by, now=now)
    settle(enrolments, by=by, now=now)
    leave_to_reserves(enrolments, by=by, now=now)
    end_swaps_of(enrolments, by=by, now=now)


def called_off(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """Their session is cancelled: nothing is charged, to those who had withdrawn late either."""
    settle(enrolments, by=by, now=now)


def registered(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """The register says who was there and who was not; it may be put right, and is called again."""
    follow_register(enrolments, by=by, now=now)
    settle(enrolments, by=by, now=now)


def rescheduled(session: Session, *, before: Mapping[date, int], by: Actor, now: datetime) -> None:
    """A session meets on other days than ``before`` (day -> minutes)."""
    follow_meetings(session, before=before, by=by, now=now)


def completed(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """What was learned is complete: it brings what it brings."""
    ask_for_certificates(enrolments, now=now)
    record_completions(enrolments, by=by, now=now)


def follow_grant(enrolment: Enrolment, *, by: Actor, now: datetime) -> None:
    """What follows when one wish was granted and has come to a place or a turn."""
    granted([enrolment], by=by, now=now)
    if enrolment.state == EnrolmentState.CONFIRMED:
        seated([enrolment], by=by, now=now)
