from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection

from notifications.models import Notice, ReminderDay
from notifications.registry import Due, ReminderSource, register_reminder
from notifications.services.reminders import run_due_days
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.notifications import NoticeFactory

DAY = timedelta(days=1)


def remind_daily_of(person, *, period=""):
    """A source that names ``person`` on every day it is asked about."""

    def due(on: date):
        yield Due(
            recipient_id=person.pk,
            subject_key="appraisal:1",
            period=period or on.isoformat(),
            url="/appraisals/1/",
            due_on=on,
            facts={"title": "Your appraisal"},
        )

    source = ReminderSource(name="tests.daily", due=due)
    register_reminder(source, wording=lambda facts: facts["title"])
    return source


@pytest.mark.django_db
def test_run_five_times_tells_once():
    person = PersonFactory()
    remind_daily_of(person)

    written = [run_due_days(now=NOW) for _ in range(5)]

    assert written == [1, 0, 0, 0, 0]
    assert Notice.objects.filter(recipient=person, rule="tests.daily").count() == 1


@pytest.mark.django_db
def test_run_again_after_the_day_was_lost_still_tells_once():
    person = PersonFactory()
    remind_daily_of(person)
    run_due_days(now=NOW)
    ReminderDay.objects.all().delete()

    written = run_due_days(now=NOW)

    assert written == 0
    assert Notice.objects.filter(recipient=person).count() == 1


@pytest.mark.django_db
def test_missed_days_are_caught_up():
    remind_daily_of(PersonFactory())
    run_due_days(now=NOW)

    written = run_due_days(now=NOW + 4 * DAY)

    assert written == 4
    days = ReminderDay.objects.order_by("day").values_list("day", flat=True)
    assert list(days) == [TODAY + offset * DAY for offset in range(5)]


@pytest.mark.django_db
def test_one_period_is_told_once_however_many_days_it_lasts():
    person = PersonFactory()
    remind_daily_of(person, period="2026-W47")

    for offset in range(3):
        run_due_days(now=NOW + offset * DAY)

    assert Notice.objects.filter(recipient=person).count() == 1


@pytest.mark.django_db
def test_a_source_that_fails_loses_nothing():
    person = PersonFactory()
    fails = {"today": True}

    def due(on):
        yield Due(person.pk, "a", "", "/", None, {})
        if fails["today"]:
            raise RuntimeError("The source broke half-way.")
        yield Due(person.pk, "b", "", "/", None, {})

    register_reminder(ReminderSource("tests.breaks", due), wording=lambda facts: "")
    with pytest.raises(RuntimeError):
        run_due_days(now=NOW)
    half_way = Notice.objects.count()
    fails["today"] = False

    written = run_due_days(now=NOW + DAY)

    assert (half_way, written) == (0, 2)


@pytest.mark.django_db
def test_the_database_refuses_the_same_notice_twice():
    first = NoticeFactory(period="2026")

    with pytest.raises(IntegrityError):
        NoticeFactory(recipient=first.recipient, subject_key=first.subject_key, period=first.period)


@pytest.mark.django_db(transaction=True)
def test_five_workers_at_once_tell_once():
    people = PersonFactory.create_batch(30)

    def due(on):
        return [Due(person.pk, "appraisal", on.isoformat(), "/", on, {}) for person in people]

    register_reminder(ReminderSource("tests.rush", due), wording=lambda facts: "")

    def run(_):
        try:
            return run_due_days(now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=5) as pool:
        written = list(pool.map(run, range(5)))

    assert sorted(written) == [0, 0, 0, 0, 30]
    assert Notice.objects.filter(rule="tests.rush").count() == 30
    assert ReminderDay.objects.count() == 1
