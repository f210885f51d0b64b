from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.models import Event
from appraisals.models import Appraisal, Cycle
from appraisals.services.cycles import Round, open_cycle, plan_cycle
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from tests.factories.accounts import (
    AssignmentFactory,
    OrganisationFactory,
    PersonFactory,
    PostFactory,
    ReportingLineFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.appraisals import (
    AppraisalFormFactory,
    CycleFactory,
    appraise,
    hr_administrator,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import follow, role_asking

pytestmark = pytest.mark.django_db
ROUND = Round("Appraisals 2027", date(2027, 4, 1), date(2027, 6, 30), date(2027, 9, 30))


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def hr(trust):
    return hr_administrator(trust)


@pytest.fixture
def cycle(trust):
    return CycleFactory(organisation=trust)


def test_opening_makes_an_appraisal_for_everybody_with_a_line_manager(trust, hr, cycle):
    chief = employ(organisation=trust)
    managers = [employ(organisation=trust, manager=chief) for _ in range(3)]
    employ(organisation=OrganisationFactory(), manager=chief)

    count = open_cycle(cycle=cycle, by=hr, now=NOW)

    assert count == 3
    rows = Appraisal.objects.values_list("subject_id", "appraiser_id", "state", "due_on")
    assert set(rows) == {(one.pk, chief.pk, "DRAFTING", cycle.due_on) for one in managers}
    assert Cycle.objects.get().opened_at == NOW


def test_opening_takes_form_role_and_post_from_the_record(trust, hr, cycle):
    role = role_asking(3)
    person = follow(employ(organisation=trust, manager=employ(organisation=trust)), role)

    open_cycle(cycle=cycle, by=hr, now=NOW)

    appraisal = Appraisal.objects.get()
    assert (appraisal.form, appraisal.role_profile) == (cycle.form, role)
    assert appraisal.assignment == person.assignments.get()


def test_one_appraisal_for_the_post_held_longest(trust, hr, cycle):
    manager = employ(organisation=trust)
    person = employ(organisation=trust, manager=manager, starts_on=date(2024, 1, 1))
    longest = AssignmentFactory(
        person=person, post=PostFactory(organisation=trust), starts_on=date(2021, 1, 1)
    )
    ReportingLineFactory(assignment=longest, manager=manager)

    assert open_cycle(cycle=cycle, by=hr, now=NOW) == 1
    assert Appraisal.objects.get().assignment == longest


@pytest.mark.parametrize(
    "dates",
    [
        {"starts_on": TODAY + timedelta(days=1)},
        {"starts_on": date(2020, 4, 1), "ends_on": TODAY - timedelta(days=1)},
    ],
)
def test_only_posts_held_today_count(trust, hr, cycle, dates):
    employ(organisation=trust, manager=employ(organisation=trust), **dates)

    assert open_cycle(cycle=cycle, by=hr, now=NOW) == 0


def test_a_supervisor_is_not_the_line_manager(trust, hr, cycle):
    person = employ(organisation=trust)
    ReportingLineFactory(
        assignment=person.assignments.get(),
        manager=employ(organisation=trust),
        kind="SUPERVISOR",
    )

    assert open_cycle(cycle=cycle, by=hr, now=NOW) == 0


def test_opening_again_adds_only_those_who_have_joined(trust, hr, cycle):
    chief = employ(organisation=trust)
    employ(organisation=trust, manager=chief)
    open_cycle(cycle=cycle, by=hr, now=NOW)
    newcomer = employ(organisation=trust, manager=chief, starts_on=TODAY)

    assert open_cycle(cycle=cycle, by=hr, now=NOW + timedelta(hours=1)) == 1
    assert Appraisal.objects.order_by("-pk").first().subject == newcomer
    assert Cycle.objects.get().opened_at == NOW


def test_everybody_is_told_once(trust, hr, cycle):
    person = employ(organisation=trust, manager=employ(organisation=trust))
    open_cycle(cycle=cycle, by=hr, now=NOW)
    open_cycle(cycle=cycle, by=hr, now=NOW)

    notice = Notice.objects.get()
    assert (notice.recipient, notice.rule) == (person, "appraisals.opened")


@pytest.mark.parametrize("people", [1, 30])
def test_opening_costs_the_same_whatever_the_size(
    trust, hr, cycle, people, django_assert_num_queries
):
    chief = employ(organisation=trust)
    for _ in range(people):
        employ(organisation=trust, manager=chief)

    with django_assert_num_queries(10):
        assert open_cycle(cycle=cycle, by=hr, now=NOW) == people


@pytest.mark.parametrize(
    ("today", "code"),
    [
        (date(2026, 10, 31), "too_early"),
        (date(2027, 4, 1), "closed"),
    ],
)
def test_a_round_opens_within_its_days(cycle, hr, today, code):
    with pytest.raises(Conflict) as refusal:
        open_cycle(cycle=cycle, by=hr, now=NOW + (today - TODAY))

    assert refusal.value.code == code


@pytest.mark.parametrize("role", ["TALENT_LEAD", "AUDITOR", "EQUALITY_ANALYST"])
def test_other_roles_open_nothing(trust, cycle, role):
    with pytest.raises(Forbidden) as refusal:
        open_cycle(cycle=cycle, by=grant(PersonFactory(), role, trust), now=NOW)

    assert refusal.value.code == "may_not_run_cycles"
    assert not Event.objects.exists()


def test_a_role_of_a_body_above_covers_the_trust(trust, cycle):
    board = OrganisationFactory(kind="ICB")
    place_below(trust, board)

    open_cycle(cycle=cycle, by=hr_administrator(board), now=NOW)

    assert Cycle.objects.get().opened_at == NOW


def test_a_round_is_planned_before_it_is_opened(trust, hr):
    form = AppraisalFormFactory()

    cycle = plan_cycle(organisation=trust, form=form, round_=ROUND, by=hr, now=NOW)

    kept = Cycle.objects.get()
    assert (kept.pk, kept.title, kept.due_on) == (cycle.pk, "Appraisals 2027", date(2027, 6, 30))
    assert kept.opened_at is None
    assert Event.objects.get().verb == "plan_cycle"


def test_a_title_stands_once_in_an_organisation(trust, hr):
    form = AppraisalFormFactory()
    plan_cycle(organisation=trust, form=form, round_=ROUND, by=hr, now=NOW)

    with pytest.raises(Conflict) as refusal:
        plan_cycle(organisation=trust, form=form, round_=ROUND, by=hr, now=NOW)

    assert refusal.value.code == "title_taken"


def test_days_out_of_order_are_refused(trust, hr):
    backwards = Round("Backwards", date(2027, 4, 1), date(2027, 3, 1), date(2027, 9, 30))

    with pytest.raises(Conflict) as refusal:
        plan_cycle(
            organisation=trust, form=AppraisalFormFactory(), round_=backwards, by=hr, now=NOW
        )

    assert refusal.value.code == "days_out_of_order"


def test_nobody_plans_for_another_organisation(hr):
    with pytest.raises(Forbidden):
        plan_cycle(
            organisation=OrganisationFactory(),
            form=AppraisalFormFactory(),
            round_=ROUND,
            by=hr,
            now=NOW,
        )
    assert not Cycle.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_opened_by_two_at_once_everybody_gets_one_appraisal():
    cycle = CycleFactory()
    chief = employ(organisation=cycle.organisation)
    for _ in range(5):
        employ(organisation=cycle.organisation, manager=chief)
    hr = hr_administrator(cycle.organisation)

    def attempt(_):
        try:
            return open_cycle(cycle=cycle, by=hr, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        counts = sorted(pool.map(attempt, range(4)))

    assert counts == [0, 0, 0, 5]
    assert Appraisal.objects.count() == 5


def test_the_words_of_a_cycle_are_its_title(cycle):
    assert str(cycle) == cycle.title
    assert appraise(cycle=cycle).cycle == cycle
