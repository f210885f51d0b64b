from datetime import timedelta

import pytest

from accounts.models import Person
from accounts.selectors.relations import Relation
from courses.models import StudyTimeRule
from courses.needs_study_time import time_owed_to_team, time_to_confirm
from courses.policies.study_time import (
    may_confirm_time,
    may_keep_time_rules,
    may_let_go_of_time,
    may_plan_time,
    may_read_why,
    may_see_time_of_organisations,
    may_take_time_back,
)
from courses.reminders_study_time import time_owed, time_owed_long
from courses.wordings_study_time import time_owed as owed_words
from courses.wordings_study_time import time_taken_back as back_words
from tests.factories.accounts import DelegationFactory, PersonFactory, employ, grant
from tests.factories.clock import TODAY
from tests.factories.courses import SessionFactory, seated
from tests.factories.study_time import planned, promised, timed

R = Relation
LONG_AGO = TODAY - timedelta(days=60)


@pytest.fixture
def boss():
    return employ()


@pytest.fixture
def manager(boss):
    return employ(manager=boss)


def owed(manager, *, since, **post):
    person = employ(manager=manager, **post) if manager else employ(**post)
    session = SessionFactory(offering__host=person.assignments.get().organisation)
    return timed(seated(session, 1, person=person), back=since)


def told(source, on=TODAY):
    return {(due.recipient_id, due.subject_key) for due in source(on)}


def key(place, since):
    return f"enrolment:{place.pk}:owed:{since.isoformat()}"


@pytest.mark.django_db
def test_the_line_manager_is_reminded_after_four_weeks_unless_the_organisation_says_otherwise(
    manager,
):
    day = TODAY - timedelta(days=28)
    due, not_yet = owed(manager, since=day), owed(manager, since=day + timedelta(days=1))
    sooner = owed(manager, since=TODAY - timedelta(days=10))
    StudyTimeRule.objects.create(
        organisation=sooner.organisation, starts_on=LONG_AGO, remind_days=10, escalate_days=30
    )

    found = told(time_owed)

    assert found == {
        (manager.pk, key(due, day)),
        (manager.pk, key(sooner, TODAY - timedelta(days=10))),
    }
    assert not_yet.pk not in {int(key.split(":")[1]) for _recipient, key in found}


@pytest.mark.django_db
def test_the_second_line_is_told_later_and_the_first_goes_on_being_reminded(manager, boss):
    day = TODAY - timedelta(days=56)
    place = owed(manager, since=day)
    owed(manager, since=day + timedelta(days=1))

    assert told(time_owed_long) == {(boss.pk, key(place, day))}
    assert (manager.pk, key(place, day)) in told(time_owed)


@pytest.mark.django_db
def test_without_a_line_manager_the_learning_leads_are_reminded():
    place = owed(None, since=LONG_AGO)
    lead = grant(PersonFactory(), "LEARNING_LEAD", place.organisation)
    grant(place.person, "LEARNING_LEAD", place.organisation)
    grant(PersonFactory(), "LEARNING_LEAD", owed(PersonFactory(), since=TODAY).organisation)

    assert told(time_owed) == {(lead.pk, key(place, LONG_AGO))}
    assert told(time_owed_long) == set()


@pytest.mark.django_db
def test_a_reminder_is_once_a_week_on_working_days_and_says_who_and_how_much(manager):
    place = owed(manager, since=LONG_AGO)
    saturday = TODAY + timedelta(days=1)

    (due,) = time_owed(TODAY)

    assert list(time_owed(saturday)) == []
    assert (due.period, due.facts["minutes"]) == ("2026-W47", 60)
    assert owed_words(due.facts).startswith(f"{place.person.full_name} has been owed 1 hour for")
    assert due.url.endswith(f"/enrolments/{place.pk}/study-time/")


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_reminders_take_the_same_statements_for_any_number(
    manager, rows, django_assert_num_queries
):
    for _ in range(rows):
        owed(manager, since=LONG_AGO)

    with django_assert_num_queries(5):
        assert len(list(time_owed(TODAY))) == rows


@pytest.mark.django_db
def test_home_asks_about_own_study_whose_day_has_come_and_not_about_the_session():
    session = SessionFactory()
    place = planned(promised(session=session), day=TODAY)
    timed(place, unanswered=session.starts_at.date())
    on = session.starts_at.date()

    needs = list(time_to_confirm(place.person, on))

    assert [(need.due_on, need.title) for need in needs] == [
        (TODAY, f"Say whether you had 3 hours for {session.offering.programme.title}")
    ]
    assert list(time_to_confirm(place.person, TODAY - timedelta(days=1))) == []


@pytest.mark.django_db
def test_home_shows_what_is_owed_to_the_team_to_who_gives_the_time(manager, boss):
    place = owed(manager, since=LONG_AGO)
    owed(PersonFactory(), since=LONG_AGO)
    stand_in = employ(organisation=place.organisation)
    DelegationFactory(manager=manager, delegate=stand_in, organisation=place.organisation)

    readers = (manager, stand_in, place.person, boss)
    # Whose standing is read anew, as on each request.
    found = [list(time_owed_to_team(Person.objects.get(pk=one.pk), TODAY)) for one in readers]

    titles = [[need.title for need in needs] for needs in found]
    title = f"{place.person.full_name} is owed 1 hour of study time"
    assert titles == [[title], [title], [], []]


def test_a_notice_says_how_much_of_what_on_which_day():
    facts = {"programme": "Leading a ward", "minutes": 90, "day": "2026-12-03"}

    assert back_words(facts) == (
        "1 hour 30 minutes of your protected time for Leading a ward on 3 December 2026 were taken"
        " back and are owed to you. Read why, and what you can do."
    )


@pytest.mark.parametrize(
    ("policy", "yes", "no"),
    [
        (may_plan_time, {R.SELF}, {R.LINE_MANAGER, R.API_CLIENT, R.LEARNING_LEAD}),
        (may_let_go_of_time, {R.SELF}, {R.LINE_MANAGER, R.API_CLIENT, R.DELEGATE}),
        (may_confirm_time, {R.SELF, R.API_CLIENT}, {R.LINE_MANAGER, R.SECOND_LINE, R.DELEGATE}),
        (
            may_read_why,
            {R.SELF, R.LINE_MANAGER, R.SECOND_LINE, R.DELEGATE, R.LEARNING_LEAD, R.API_CLIENT},
            {R.AUDITOR, R.HR_ADMINISTRATOR, R.COLLEAGUE, R.SUPERVISOR, R.PEER},
        ),
        (
            may_keep_time_rules,
            {R.LEARNING_LEAD, R.HR_ADMINISTRATOR},
            {R.AUDITOR, R.COLLEAGUE, R.API_CLIENT, R.PROGRAMME_LEAD},
        ),
        (
            may_see_time_of_organisations,
            {R.LEARNING_LEAD, R.HR_ADMINISTRATOR},
            {R.AUDITOR, R.TALENT_LEAD, R.LINE_MANAGER},
        ),
    ],
)
def test_who_may_and_who_may_not(policy, yes, no):
    assert {one for one in yes | no if policy({one})} == yes


@pytest.mark.parametrize(
    ("relations", "here", "has_manager", "expected"),
    [
        ({R.LINE_MANAGER}, set(), True, True),
        ({R.DELEGATE}, set(), True, True),
        ({R.API_CLIENT}, set(), True, True),
        ({R.LINE_MANAGER, R.SELF}, set(), True, False),
        ({R.SELF}, set(), False, False),
        ({R.SECOND_LINE}, set(), True, False),
        ({R.LEARNING_LEAD}, {R.LEARNING_LEAD}, True, False),
        ({R.LEARNING_LEAD}, {R.LEARNING_LEAD}, False, True),
        ({R.LEARNING_LEAD}, set(), False, False),
        (set(), {R.LEARNING_LEAD}, False, False),
    ],
)
def test_who_may_take_time_back(relations, here, has_manager, expected):
    assert may_take_time_back(relations, here, has_line_manager=has_manager) is expected
