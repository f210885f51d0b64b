"""The database keeps the ledger of protected time whatever code writes to it."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from courses.models import TIME_STEPS, Account, Backfill, StudyTimeMove, StudyTimeRule
from tests.factories.accounts import OrganisationFactory, PersonFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, seated
from tests.factories.study_time import A_DAY, SESSION_DAY, promised

pytestmark = pytest.mark.django_db

REASONS = {"OWED": "STAFFING", "RELEASED": "AGREED"}


def move(enrolment, source, target, **fields):
    given = {
        "enrolment": enrolment,
        "person": enrolment.person,
        "organisation": enrolment.organisation,
        "minutes": 60,
        "source": source,
        "target": target,
        "target_on": TODAY,
        "moved_at": NOW,
        **fields,
    }
    return StudyTimeMove.objects.create(**given)


def is_refused(*args, **fields):
    try:
        with transaction.atomic():
            move(*args, **fields)
    except DatabaseError:
        return True
    return False


@pytest.fixture
def place():
    return promised()


def test_every_declared_step_is_possible_and_no_other(place):
    for account in Account:
        if account != Account.PLEDGE:
            fill(place, account)
    declared = {(step.source, step.target) for step in TIME_STEPS.values()}

    possible = set()
    for source in Account:
        for target in Account:
            day = None if source == Account.PLEDGE else A_DAY
            reason = REASONS.get(target, "") if source in {"PLANNED", "OWED"} else ""
            if not is_refused(place, source, target, source_on=day, reason=reason):
                possible.add((source, target))

    assert possible == declared


def fill(place, account):
    """Sixty minutes and more on ``account`` on a day, by steps that are allowed."""
    move(place, "PLEDGE", "PLANNED", target_on=A_DAY, minutes=600)
    if account == Account.PLANNED:
        return
    reason = REASONS.get(account, "")
    move(place, "PLANNED", account, source_on=A_DAY, target_on=A_DAY, reason=reason, minutes=300)


def test_no_pocket_is_overdrawn_not_even_by_a_minute(place):
    drawn = {"source_on": SESSION_DAY, "target_on": SESSION_DAY}

    assert is_refused(place, "PLANNED", "DELIVERED", **drawn, minutes=361)
    assert not is_refused(place, "PLANNED", "DELIVERED", **drawn, minutes=360)
    assert is_refused(place, "PLANNED", "DELIVERED", **drawn, minutes=1)


def test_hours_of_another_day_do_not_count(place):
    assert is_refused(place, "PLANNED", "DELIVERED", source_on=A_DAY, minutes=1)


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": 0},
        {"minutes": 60 * 2_000 + 1},
        {"source": "PLANNED", "target": "OWED", "reason": ""},
        {"source": "PLANNED", "target": "OWED", "reason": "GIVEN_UP"},
        {"source": "PLANNED", "target": "RELEASED", "reason": "STAFFING"},
        {"source": "PLANNED", "target": "DELIVERED", "reason": "STAFFING"},
        {"source": "PLANNED", "target": "DELIVERED", "target_on": None},
        {"source": "PLANNED", "target": "RELEASED", "reason": "AGREED", "text": "No"},
        {"source": "PLANNED", "target": "PLANNED", "target_on": SESSION_DAY},
        {"source": "PLEDGE", "target": "PLANNED", "source_on": SESSION_DAY},
    ],
)
def test_a_move_says_how_much_where_and_why(place, fields):
    given = {"source": "PLANNED", "target": "DELIVERED", "source_on": SESSION_DAY, **fields}

    assert is_refused(place, given.pop("source"), given.pop("target"), **given)


@pytest.mark.parametrize("whose", ["person", "organisation"])
def test_a_move_is_of_the_person_and_the_organisation_of_its_place(place, whose):
    other = {"person": PersonFactory, "organisation": OrganisationFactory}[whose]()

    assert is_refused(place, "PLEDGE", "PLANNED", **{whose: other})


def test_what_has_happened_is_neither_changed_nor_removed(place):
    row = place.study_time_moves.first()

    for act in (row.delete, lambda: StudyTimeMove.objects.update(minutes=1)):
        refused = pytest.raises(DatabaseError, match="Cannot update or delete rows")
        with refused, transaction.atomic():
            act()

    assert place.study_time_moves.count() == 2


def test_a_rule_reminds_the_line_manager_before_theirs():
    for remind, escalate in ((0, 10), (10, 10), (10, 366)):
        with pytest.raises(IntegrityError), transaction.atomic():
            StudyTimeRule.objects.create(
                organisation=OrganisationFactory(),
                starts_on=TODAY,
                remind_days=remind,
                escalate_days=escalate,
            )


def test_cover_costs_its_rate_by_the_minute_once_it_is_arranged():
    place = seated(SessionFactory(), 1)
    given = {
        "enrolment": place,
        "person": place.person,
        "organisation": place.organisation,
        "minutes": 100,
        "asked_at": NOW,
    }

    row = Backfill.objects.create(on_day=A_DAY, state="ARRANGED", rate_pence=2_050, **given)
    row.refresh_from_db()

    assert row.cost_pence == 3_417
    for state, rate in (("WANTED", 2_050), ("WORKED", None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Backfill.objects.create(on_day=date(2026, 12, 4), state=state, rate_pence=rate, **given)
