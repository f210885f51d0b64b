"""Two people move the same hours at once, with real threads; and what happens when each guard is
taken away.

The last test is the negative control: without the lock and without the guard of the database the
same hours are had and taken back, so the first test can fail.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from common.errors import Conflict
from courses.models import Account, Enrolment
from courses.selectors.study_time import Pocket, balances_of
from courses.services import study_time as service
from courses.services.study_time import confirm_time, take_time_back
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.study_time import STAFFING, planned, promised
from tests.roles import as_owner

pytestmark = pytest.mark.django_db(transaction=True)

HOURS = Pocket(Account.PLANNED, TODAY, 180)


@pytest.fixture
def manager():
    return PersonFactory()


@pytest.fixture
def place(manager):
    return planned(promised(manager=manager), day=TODAY)


def had_and_taken_back_at_once(place, manager, *, times=1):
    """What becomes of either: the account it came to, or who refused it."""

    def have():
        confirm_time(enrolment=place, pocket=HOURS, had_on=TODAY, by=place.person, now=NOW)
        return "DELIVERED"

    def take_back():
        take_time_back(enrolment=place, pocket=HOURS, why=STAFFING, by=manager, now=NOW)
        return "OWED"

    acts = [have, take_back] * times
    start = Barrier(len(acts))

    def run(act):
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return act()
        except Conflict as refusal:
            return refusal.code
        except IntegrityError:
            return "refused by the database"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(run, acts))


def test_the_same_hours_are_moved_once_however_many_try(place, manager):
    answers = had_and_taken_back_at_once(place, manager, times=5)

    assert answers.count("not_so_much_time") == 9
    held = balances_of(place.pk)
    assert held.is_balanced
    assert sorted([held.delivered, held.owed]) == [0, 180]


@pytest.fixture
def no_lock(monkeypatch):
    """Take the lock away, and let everybody look before anybody writes."""
    looked = Barrier(2)

    def read_without_lock(enrolment_id):
        rows = Enrolment.objects.select_related("person", "session__offering__programme")
        return rows.get(pk=enrolment_id)

    def look_then_wait(enrolment, step, pocket):
        looks(enrolment, step, pocket)
        looked.wait(timeout=60)

    looks = service._refuse_unless_there
    monkeypatch.setattr(service, "_lock", read_without_lock)
    monkeypatch.setattr(service, "_refuse_unless_there", look_then_wait)


def test_without_the_lock_the_database_still_moves_no_hour_twice(place, manager, no_lock):
    answers = had_and_taken_back_at_once(place, manager)

    assert max(answers) == "refused by the database"
    assert balances_of(place.pk).is_balanced


@pytest.fixture
def no_guard():
    trigger = "pgtrigger_study_time_is_there"
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname LIKE %s AND NOT tgisinternal",
            [f"{trigger}%"],
        )
        name = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE courses_studytimemove DISABLE TRIGGER {name}")
    yield
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE courses_studytimemove ENABLE TRIGGER {name}")


def test_negative_control_without_lock_and_guard_hours_are_moved_twice(
    place, manager, no_lock, no_guard
):
    answers = had_and_taken_back_at_once(place, manager)

    assert sorted(answers) == ["DELIVERED", "OWED"]
    held = balances_of(place.pk)
    assert not held.is_balanced
    assert (held.delivered, held.owed, held.held(Account.PLANNED, TODAY)) == (180, 180, -180)
