from datetime import date, timedelta

import pytest

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Account, StudyTimeMove
from courses.selectors.study_time import Pocket
from courses.services.enrolment import withdraw
from courses.services.study_time import (
    Why,
    confirm_time,
    let_go_of_own_time,
    plan_time,
    put_time_right,
    rearrange_time,
    take_time_back,
)
from notifications.models import Notice
from tests.factories.accounts import DelegationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.study_time import (
    A_DAY,
    SESSION_DAY,
    STAFFING,
    planned,
    promised,
    stands,
    taken_back,
)

pytestmark = pytest.mark.django_db

UNPLANNED = Pocket(Account.PLANNED, None, 120)
ON_DAY = Pocket(Account.PLANNED, A_DAY, 180)
OF_SESSION = Pocket(Account.PLANNED, SESSION_DAY, 360)
OWED = Pocket(Account.OWED, A_DAY, 180)


@pytest.fixture
def manager():
    return PersonFactory()


@pytest.fixture
def place(manager):
    return promised(manager=manager)


def refused(act, **given):
    with pytest.raises((Conflict, Forbidden)) as refusal:
        act(now=NOW, **given)
    return refusal.value.code


def test_a_place_promises_the_hours_of_the_session_and_the_rest_for_study(place):
    assert stands(place) == {("PLANNED", "2027-01-14"): 360, ("PLANNED", ""): 360}


def test_the_person_plans_own_study_for_a_day_and_then_for_another(place):
    person = place.person

    plan_time(enrolment=place, pocket=UNPLANNED, day=A_DAY, by=person, now=NOW)
    plan_time(
        enrolment=place,
        pocket=Pocket(Account.PLANNED, A_DAY, 30),
        day=date(2026, 12, 4),
        by=person,
        now=NOW,
    )

    assert stands(place) == {
        ("PLANNED", "2026-12-03"): 90,
        ("PLANNED", "2026-12-04"): 30,
        ("PLANNED", "2027-01-14"): 360,
        ("PLANNED", ""): 240,
    }
    event = Event.objects.filter(verb="plan_time").latest("pk")
    assert event.facts == {"minutes": 30, "from": "2026-12-03", "to": "2026-12-04"}


@pytest.mark.parametrize(
    ("pocket", "day", "code"),
    [
        (UNPLANNED, TODAY - timedelta(days=1), "day_in_the_past"),
        (UNPLANNED, SESSION_DAY, "day_of_the_session"),
        (OF_SESSION, A_DAY, "day_of_the_session"),
        (Pocket(Account.PLANNED, None, 361), A_DAY, "not_so_much_time"),
        (Pocket(Account.PLANNED, None, 0), A_DAY, "not_so_much_time"),
        (Pocket(Account.PLANNED, A_DAY, 60), A_DAY, "same_day"),
        (Pocket(Account.PLANNED, None, 721), A_DAY, "too_much_for_a_day"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_changes_nothing(place, pocket, day, code):
    before = stands(place)

    given = {"enrolment": place, "pocket": pocket, "day": day, "by": place.person}
    assert refused(plan_time, **given) == code

    assert stands(place) == before


def test_nobody_else_plans_somebodys_study(place, manager):
    given = {"enrolment": place, "pocket": UNPLANNED, "day": A_DAY}

    assert refused(plan_time, by=manager, **given) == "may_not_plan_time"


def test_the_person_says_that_own_study_was_had(place):
    planned(place, day=TODAY)

    confirm_time(
        enrolment=place,
        pocket=Pocket(Account.PLANNED, TODAY, 180),
        had_on=TODAY,
        by=place.person,
        now=NOW,
    )

    assert stands(place)["DELIVERED", "2026-11-20"] == 180


def test_what_the_register_says_is_not_for_the_person_to_say(place):
    given = {"enrolment": place, "pocket": OF_SESSION, "had_on": TODAY, "by": place.person}

    assert refused(confirm_time, **given) == "register_confirms"


def test_time_is_not_had_before_its_day(place):
    given = {"enrolment": place, "pocket": UNPLANNED, "by": place.person}

    code = refused(confirm_time, had_on=TODAY + timedelta(days=1), **given)

    assert code == "day_to_come"


def test_whoever_has_to_give_time_never_vouches_for_it(place, manager):
    given = {"enrolment": place, "pocket": UNPLANNED, "had_on": TODAY}

    assert refused(confirm_time, by=manager, **given) == "may_not_confirm_time"


def test_the_line_manager_takes_time_back_and_the_person_is_told(place, manager):
    taken_back(place, by=manager)

    assert stands(place) == {
        ("OWED", "2026-12-03"): 180,
        ("PLANNED", "2027-01-14"): 360,
        ("PLANNED", ""): 180,
    }
    move = StudyTimeMove.objects.latest("pk")
    assert (move.reason, move.text, move.moved_by) == (*vars_of(STAFFING), manager)
    notice = Notice.objects.get(rule="courses.time_taken_back")
    assert notice.recipient == place.person
    assert (notice.facts["minutes"], notice.facts["day"]) == (180, "2026-12-03")
    event = Event.objects.get(verb="take_time_back")
    assert "nurses" not in str(event.facts)
    assert event.texts.get().text == "Two nurses rang in sick."


def vars_of(why):
    return why.reason, why.text


@pytest.mark.parametrize(
    "why", [Why("", "Needed"), Why("STAFFING", " "), Why("GIVEN_UP", "Needed"), Why("X", "Needed")]
)
def test_taking_back_takes_a_reason_from_the_list_and_an_explanation(place, manager, why):
    planned(place)

    given = {"enrolment": place, "pocket": ON_DAY, "why": why, "by": manager}
    assert refused(take_time_back, **given) == "reason_missing"


def test_hours_of_the_session_itself_can_be_taken_back_by_the_line_manager(place, manager):
    take_time_back(enrolment=place, pocket=OF_SESSION, why=STAFFING, by=manager, now=NOW)

    assert stands(place)["OWED", "2027-01-14"] == 360


def test_what_is_on_no_day_cannot_be_taken_back(place, manager):
    given = {"enrolment": place, "pocket": UNPLANNED, "why": STAFFING, "by": manager}

    assert refused(take_time_back, **given) == "not_so_much_time"


def test_whoever_stands_in_takes_back_and_arranges_another_day(place, manager):
    stand_in = employ(organisation=place.organisation)
    DelegationFactory(manager=manager, delegate=stand_in, organisation=place.organisation)
    taken_back(place, by=stand_in)

    rearrange_time(enrolment=place, pocket=OWED, day=date(2026, 12, 10), by=stand_in, now=NOW)

    assert stands(place)["PLANNED", "2026-12-10"] == 180
    notice = Notice.objects.get(rule="courses.time_rearranged")
    assert (notice.recipient, notice.facts["day"]) == (place.person, "2026-12-10")


@pytest.mark.parametrize("who", ["person", "colleague", "lead", "elsewhere"])
def test_nobody_else_takes_time_back_or_arranges_a_day(place, manager, who):
    people = {
        "person": place.person,
        "colleague": employ(organisation=place.organisation),
        "lead": grant(PersonFactory(), "LEARNING_LEAD", place.organisation),
        "elsewhere": promised(manager=PersonFactory()).person,
    }
    taken_back(place, by=manager, minutes=60)
    planned(place, day=date(2026, 12, 4))

    given = {"enrolment": place, "by": people[who]}
    on_day = Pocket(Account.PLANNED, date(2026, 12, 4), 60)
    owed = Pocket(Account.OWED, A_DAY, 60)
    codes = {
        refused(take_time_back, pocket=on_day, why=STAFFING, **given),
        refused(rearrange_time, pocket=owed, day=date(2026, 12, 10), **given),
    }

    assert codes == {"may_not_take_time_back"}


def test_without_a_line_manager_the_learning_lead_takes_back():
    place = planned(promised())
    lead = grant(PersonFactory(), "LEARNING_LEAD", place.organisation)
    elsewhere = grant(PersonFactory(), "LEARNING_LEAD", promised().organisation)
    given = {"enrolment": place, "pocket": ON_DAY, "why": STAFFING}

    code = refused(take_time_back, by=elsewhere, **given)
    take_time_back(**given, by=lead, now=NOW)

    assert code == "may_not_take_time_back"
    assert stands(place)["OWED", "2026-12-03"] == 180


@pytest.mark.parametrize(
    ("day", "minutes", "code"),
    [
        (TODAY - timedelta(days=1), 180, "day_in_the_past"),
        (SESSION_DAY, 180, "day_of_the_session"),
        (date(2026, 12, 10), 181, "not_so_much_time"),
    ],
)
def test_another_day_is_to_come_and_for_what_is_owed(place, manager, day, minutes, code):
    taken_back(place, by=manager)

    pocket = Pocket(Account.OWED, A_DAY, minutes)
    given = {"enrolment": place, "pocket": pocket, "day": day, "by": manager}
    assert refused(rearrange_time, **given) == code


def test_owed_time_that_was_had_after_all_is_confirmed_by_the_person(place, manager):
    taken_back(place, by=manager)

    confirm_time(enrolment=place, pocket=OWED, had_on=TODAY, by=place.person, now=NOW)

    assert stands(place)["DELIVERED", "2026-11-20"] == 180
    assert ("OWED", "2026-12-03") not in stands(place)


def test_only_the_person_lets_go_of_what_was_promised(place, manager):
    taken_back(place, by=manager)

    code = refused(let_go_of_own_time, enrolment=place, pocket=OWED, by=manager)
    let_go_of_own_time(enrolment=place, pocket=OWED, by=place.person, now=NOW)

    assert code == "may_not_let_go"
    assert stands(place)["RELEASED", "2026-11-20"] == 180
    assert StudyTimeMove.objects.latest("pk").reason == "AGREED"


def test_what_was_confirmed_by_mistake_is_put_right(place):
    planned(place, day=TODAY)
    had = Pocket(Account.PLANNED, TODAY, 180)
    confirm_time(enrolment=place, pocket=had, had_on=TODAY, by=place.person, now=NOW)

    pocket = Pocket(Account.DELIVERED, TODAY, 60)
    put_time_right(enrolment=place, pocket=pocket, by=place.person, now=NOW)

    assert stands(place)["DELIVERED", "2026-11-20"] == 120
    assert stands(place)["PLANNED", "2026-11-20"] == 60


def test_what_was_had_of_a_place_that_was_given_up_stays_had(place):
    planned(place, day=TODAY)
    had = Pocket(Account.PLANNED, TODAY, 180)
    confirm_time(enrolment=place, pocket=had, had_on=TODAY, by=place.person, now=NOW)
    withdraw(enrolment=place, by=place.person, now=NOW)
    before, pocket = stands(place), Pocket(Account.DELIVERED, TODAY, 60)

    with pytest.raises(Conflict) as refusal:
        put_time_right(enrolment=place, pocket=pocket, by=place.person, now=NOW)

    assert refusal.value.code == "place_given_up"
    assert stands(place) == before
