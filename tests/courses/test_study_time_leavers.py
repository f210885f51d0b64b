"""Time is let go of by itself when whoever it was promised to has left."""

from datetime import timedelta

import pytest

from accounts.models import Event
from courses.models import StudyTimeMove
from courses.services import study_time_leavers
from courses.services.study_time_leavers import let_go_of_leavers
from courses.tasks import let_go_of_time_of_leavers
from tests.factories.accounts import BoardSeatFactory, OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.study_time import A_DAY, planned, promised, stands, taken_back

pytestmark = pytest.mark.django_db

LONG_AGO = TODAY - timedelta(days=29)


def leaves(place, *, last_day):
    place.person.assignments.update(ends_on=last_day)
    return place


def test_what_is_planned_and_owed_is_let_go_of_and_what_was_had_stays():
    manager = PersonFactory()
    place = taken_back(promised(manager=manager), by=manager)
    leaves(place, last_day=LONG_AGO)

    assert let_go_of_leavers(now=NOW) == 1

    assert stands(place) == {("RELEASED", TODAY.isoformat()): 720}
    reasons = StudyTimeMove.objects.filter(target="RELEASED").values_list("reason", flat=True)
    assert set(reasons) == {"LEFT"}
    event = Event.objects.get(verb="let_go_of_time")
    assert (event.by_job, event.subject) == ("courses.let_go_of_leavers", place.person)


def test_once_is_enough():
    leaves(promised(), last_day=LONG_AGO)

    assert [let_go_of_leavers(now=NOW), let_go_of_leavers(now=NOW)] == [1, 0]


@pytest.mark.parametrize("days", [0, 1, 28])
def test_a_contract_that_may_still_be_renewed_loses_nothing(days):
    place = leaves(promised(), last_day=TODAY - timedelta(days=days))

    assert let_go_of_leavers(now=NOW) == 0
    assert sum(stands(place).values()) == 720


def test_who_works_there_in_another_post_or_sits_on_the_board_has_not_left():
    other_post = leaves(promised(), last_day=LONG_AGO)
    employ(person=other_post.person, organisation=other_post.organisation)
    to_come = leaves(promised(), last_day=LONG_AGO)
    employ(
        person=to_come.person,
        organisation=to_come.organisation,
        starts_on=TODAY + timedelta(days=9),
    )
    on_board = leaves(promised(), last_day=LONG_AGO)
    BoardSeatFactory(person=on_board.person, organisation=on_board.organisation)

    assert let_go_of_leavers(now=NOW) == 0


def test_who_works_elsewhere_now_has_left_and_keeps_what_was_promised_there():
    left = leaves(promised(), last_day=LONG_AGO)
    employ(person=left.person, organisation=OrganisationFactory())
    stays = planned(promised())

    assert let_go_of_leavers(now=NOW) == 1

    assert stands(left) == {("RELEASED", TODAY.isoformat()): 720}
    assert stands(stays)[("PLANNED", A_DAY.isoformat())] == 180


@pytest.mark.usefixtures("clock")
def test_the_task_goes_through_all_of_them_in_batches(monkeypatch):
    monkeypatch.setattr(study_time_leavers, "_AT_ONCE", 2)
    places = [leaves(promised(), last_day=LONG_AGO) for _number in range(5)]

    assert let_go_of_time_of_leavers() == 5
    assert all(stands(place) == {("RELEASED", TODAY.isoformat()): 720} for place in places)
