from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Person
from jobs.models import OutboxMessage, OutboxState
from jobs.services.outbox import (
    MAX_ATTEMPTS,
    deliver_message,
    overdue,
    purge_done,
    put,
)
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW
from tests.jobs.undoing import undone

AN_HOUR = timedelta(hours=1)


def waiting(key="work:1", **payload):
    return put(kind="tests.work", key=key, payload=payload, now=NOW)


def note(payload, now):
    """Leave a mark that counts: one person more each time this is done."""
    PersonFactory(given_name="Mark")


def fails(payload, now):
    PersonFactory(given_name="Undone")
    raise RuntimeError("the printer is on fire\x00\ud800")


@pytest.mark.django_db
def test_the_same_key_asks_once(handle):
    handle(note)

    first, second = waiting(), waiting()

    assert first == second
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_a_kind_that_nobody_handles_is_refused():
    with pytest.raises(ValueError, match="Nobody handles"):
        put(kind="tests.unheard", key="work:1", payload={}, now=NOW)


@pytest.mark.django_db
def test_what_is_asked_for_in_a_transaction_that_fails_is_never_done(handle):
    handle(note)

    with undone():
        waiting()

    assert overdue(now=NOW + AN_HOUR) == []


@pytest.mark.django_db
def test_a_delivered_row_is_done_and_not_done_again(handle):
    handle(note)
    message = waiting()

    results = [deliver_message(message_id=message.pk, now=NOW) for _ in range(3)]

    message.refresh_from_db()
    assert results == [True, False, False]
    assert (message.state, message.attempts, message.ended_at) == (OutboxState.DONE, 1, NOW)
    assert Person.objects.filter(given_name="Mark").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", range(5))
def test_a_row_delivered_five_times_at_once_is_done_once(handle, again):
    """Five times over: a row that is claimed and then left would show in one of a few."""
    handle(note)
    message = waiting()
    together = Barrier(5)

    def deliver(_):
        together.wait()
        try:
            return deliver_message(message_id=message.pk, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=5) as pool:
        results = list(pool.map(deliver, range(5)))

    message.refresh_from_db()
    assert sorted(results) == [False, False, False, False, True]
    assert (message.state, message.attempts) == (OutboxState.DONE, 1)
    assert Person.objects.filter(given_name="Mark").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_row_whose_work_takes_longer_than_its_claim_is_not_begun_twice(handle):
    """The second delivery comes when the claim has run out, while the first still works."""
    entered, let_go = Barrier(2), Barrier(2)

    def slow(payload, now):
        note(payload, now)
        entered.wait(timeout=10)
        let_go.wait(timeout=10)

    handle(slow)
    message = waiting()

    def first():
        try:
            return deliver_message(message_id=message.pk, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        working = pool.submit(first)
        entered.wait(timeout=10)
        second = deliver_message(message_id=message.pk, now=NOW + AN_HOUR)
        let_go.wait(timeout=10)

    message.refresh_from_db()
    assert (working.result(), second) == (True, False)
    assert message.attempts == 1
    assert Person.objects.filter(given_name="Mark").count() == 1


@pytest.mark.django_db
def test_a_failure_undoes_the_work_keeps_the_reason_and_waits_longer_each_time(handle):
    handle(fails)
    message = waiting()
    waits = []

    for attempt in range(1, MAX_ATTEMPTS):
        now = NOW + attempt * AN_HOUR
        assert not deliver_message(message_id=message.pk, now=now)
        message.refresh_from_db()
        waits.append(int((message.due_at - now).total_seconds()))

    assert waits == [15, 30, 60, 120]
    assert message.last_error == "RuntimeError: the printer is on fire?"
    assert message.state == OutboxState.WAITING
    assert not Person.objects.filter(given_name="Undone").exists()


@pytest.mark.django_db
def test_a_row_is_parked_after_the_last_try_and_somebody_is_told(handle):
    handle(fails, on_parked=lambda payload, now: PersonFactory(given_name=payload["tell"]))
    message = waiting(tell="Parked")

    for attempt in range(MAX_ATTEMPTS + 2):
        deliver_message(message_id=message.pk, now=NOW + attempt * AN_HOUR)

    message.refresh_from_db()
    assert (message.state, message.attempts) == (OutboxState.PARKED, MAX_ATTEMPTS)
    assert Person.objects.filter(given_name="Parked").count() == 1
    assert overdue(now=NOW + 100 * AN_HOUR) == []


@pytest.mark.django_db
def test_a_row_stays_parked_when_telling_fails_too(handle):
    handle(fails, on_parked=fails)
    message = waiting()

    for attempt in range(MAX_ATTEMPTS):
        deliver_message(message_id=message.pk, now=NOW + attempt * AN_HOUR)

    message.refresh_from_db()
    assert message.state == OutboxState.PARKED


@pytest.mark.django_db
def test_a_row_that_kills_its_worker_each_time_is_parked(handle):
    """A killed process leaves only the counted try behind, as a claim without the work does."""

    def killed(payload, now):
        raise SystemExit

    handle(killed)
    message = waiting()

    for attempt in range(MAX_ATTEMPTS):
        with pytest.raises(SystemExit):
            deliver_message(message_id=message.pk, now=NOW + attempt * AN_HOUR)
    deliver_message(message_id=message.pk, now=NOW + MAX_ATTEMPTS * AN_HOUR)

    message.refresh_from_db()
    assert message.state == OutboxState.PARKED
    assert message.last_error == "The worker ended before it was done."


@pytest.mark.django_db
def test_a_claim_that_fails_counts_as_a_try(handle):
    handle(note, on_claimed=fails)
    message = waiting()

    for attempt in range(MAX_ATTEMPTS):
        deliver_message(message_id=message.pk, now=NOW + attempt * AN_HOUR)

    message.refresh_from_db()
    assert (message.state, message.attempts) == (OutboxState.PARKED, MAX_ATTEMPTS)
    assert not Person.objects.filter(given_name="Mark").exists()


@pytest.mark.django_db
def test_a_row_whose_handler_is_gone_is_parked_with_the_reason(handle):
    handle(note)
    message = waiting()
    OutboxMessage.objects.filter(pk=message.pk).update(kind="tests.removed")

    for attempt in range(MAX_ATTEMPTS):
        deliver_message(message_id=message.pk, now=NOW + attempt * AN_HOUR)

    message.refresh_from_db()
    assert message.state == OutboxState.PARKED
    assert "tests.removed" in message.last_error


@pytest.mark.django_db(transaction=True)
def test_others_see_that_the_work_has_begun_while_it_goes_on(handle):
    seen = []

    def begun(payload, now):
        PersonFactory(given_name="Begun")

    def look(payload, now):
        with ThreadPoolExecutor(max_workers=1) as pool:
            seen.append(pool.submit(from_outside).result())

    def from_outside():
        try:
            return Person.objects.filter(given_name="Begun").count()
        finally:
            connection.close()

    handle(look, on_claimed=begun)

    deliver_message(message_id=waiting().pk, now=NOW)

    assert seen == [1]


@pytest.mark.django_db
def test_rows_are_overdue_ten_seconds_after_they_were_due_oldest_first(handle):
    handle(note)
    late = put(kind="tests.work", key="a", payload={}, now=NOW - timedelta(seconds=10))
    later = put(kind="tests.work", key="b", payload={}, now=NOW - timedelta(days=400))
    put(kind="tests.work", key="c", payload={}, now=NOW - timedelta(seconds=9))

    assert overdue(now=NOW) == [later.pk, late.pk]


@pytest.mark.django_db
def test_rows_long_done_are_removed_and_parked_rows_stay(handle):
    handle(note)
    done, parked, fresh = (waiting(key=key) for key in "abc")
    long_ago = NOW - timedelta(days=31)
    OutboxMessage.objects.filter(pk=done.pk).update(state="DONE", ended_at=long_ago)
    OutboxMessage.objects.filter(pk=parked.pk).update(state="PARKED", ended_at=long_ago)
    OutboxMessage.objects.filter(pk=fresh.pk).update(state="DONE", ended_at=NOW)

    removed = purge_done(before=NOW - timedelta(days=30))

    assert removed == 1
    assert set(OutboxMessage.objects.values_list("key", flat=True)) == {"b", "c"}
