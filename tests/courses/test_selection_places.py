"""Places for which people are chosen: kept for no organisation, and not moved past a choice."""

from datetime import timedelta

import pytest

from common.errors import Conflict
from courses.models import Enrolment, Intake, SeatAllotment
from courses.services.allotments import keep_seats
from courses.services.meetings import MeetingPlan, change_meeting
from courses.services.moves import move
from courses.services.selection_offers import accept_selection
from courses.services.swaps import agree_to_swap, ask_for_swap
from tests.factories.clock import NOW
from tests.factories.courses import STARTS, SessionFactory, host_of
from tests.factories.meetings import only_meeting
from tests.factories.selection import CLOSES, DECIDING, IntakeFactory, lead_of, offered
from tests.factories.swaps import asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


@pytest.fixture
def intake():
    return IntakeFactory()


@pytest.fixture
def another(intake):
    """Another intake of the same course."""
    session = SessionFactory(offering=intake.session.offering, starts_at=STARTS + WEEK)
    return IntakeFactory(session=session)


def chosen(intake):
    application = offered(intake, by=lead_of(intake))
    return accept_selection(application=application, by=application.person, now=DECIDING)


def refusal_of(act, **given):
    before = list(Enrolment.objects.order_by("pk").values_list("pk", "state", "seat"))
    with pytest.raises(Conflict) as refusal:
        act(**{"now": DECIDING, **given})
    assert list(Enrolment.objects.order_by("pk").values_list("pk", "state", "seat")) == before
    return refusal.value


def test_no_seat_is_kept_where_offers_promise_them_and_what_was_kept_can_end(intake):
    session = intake.session
    given = {
        "session": session,
        "organisation": host_of(session),
        "releases_on": (STARTS - WEEK).date(),
        "by": lead_of(intake),
    }
    SeatAllotment.objects.create(
        session=session, organisation=host_of(session), seats=2, releases_on=given["releases_on"]
    )

    refusal = refusal_of(keep_seats, seats=3, **given)
    keep_seats(seats=0, now=NOW, **given)

    assert refusal.code == "by_application"
    assert not SeatAllotment.objects.exists()


def test_whoever_was_chosen_moves_to_no_place_of_another_choice(intake, another):
    place = chosen(intake)

    refusal = refusal_of(move, enrolment=place, session=another.session, by=place.person)

    assert refusal.code == "chosen_for_another"
    assert host_of(intake.session).name in refusal.message


def test_whoever_was_chosen_moves_where_nobody_is_chosen_and_back(intake):
    place = chosen(intake)
    later = SessionFactory(offering=intake.session.offering, starts_at=STARTS + WEEK)

    there = move(enrolment=place, session=later, by=place.person, now=DECIDING)
    back = move(enrolment=there, session=intake.session, by=place.person, now=DECIDING)

    assert (there.basis, back.basis, back.state) == ("SELECTION", "SELECTION", "CONFIRMED")


def test_two_who_were_chosen_by_different_intakes_do_not_swap(intake, another):
    mine, theirs = chosen(intake), chosen(another)
    before = asked(mine, theirs)

    agreeing = refusal_of(agree_to_swap, swap=before, by=theirs.person)
    before.delete()
    asking = refusal_of(
        ask_for_swap,
        enrolment=mine,
        session=another.session,
        email=theirs.person.email,
        by=mine.person,
    )

    assert {agreeing.code, asking.code} == {"chosen_for_another"}


@pytest.mark.parametrize("starts_at", [CLOSES - HOUR, CLOSES + 13 * HOUR])
def test_a_session_is_not_brought_forward_before_people_are_chosen_for_it(intake, starts_at):
    # Two days after they close; the second time is after closing and before that day.
    Intake.objects.filter(pk=intake.pk).update(decided_on=(CLOSES + timedelta(days=2)).date())
    meeting = only_meeting(intake.session)
    plan = MeetingPlan(starts_at=starts_at, ends_at=starts_at + HOUR)

    refusal = refusal_of(change_meeting, meeting=meeting, plan=plan, by=lead_of(intake), now=NOW)

    assert refusal.code == "times_out_of_order"
    assert "2 December 2026" in refusal.message
    meeting.refresh_from_db()
    assert meeting.starts_at == STARTS


def test_a_session_can_be_brought_forward_to_the_day_on_which_people_are_told(intake):
    starts_at = CLOSES + timedelta(days=14)
    plan = MeetingPlan(starts_at=starts_at, ends_at=starts_at + HOUR)

    change_meeting(meeting=only_meeting(intake.session), plan=plan, by=lead_of(intake), now=NOW)

    intake.session.refresh_from_db()
    assert intake.session.starts_at == starts_at
