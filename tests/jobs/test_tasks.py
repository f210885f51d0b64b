from datetime import date, timedelta

import pytest

from accounts.models import Person
from jobs.models import Document, Heartbeat, OutboxMessage, OutboxState
from jobs.services.outbox import put
from jobs.tasks import beat_tick, deliver, purge, sweep
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW
from tests.factories.jobs import DocumentFactory
from tests.jobs.broker import NOBODY_LISTENS, broker_at


def mark(payload, now):
    PersonFactory(given_name=payload["name"])


def poison(payload, now):
    if payload["name"] == "Poison":
        raise RuntimeError
    mark(payload, now)


@pytest.mark.django_db(transaction=True)
def test_asking_works_while_the_broker_is_away_and_the_sweep_does_it_later(handle, clock):
    handle(mark)

    with broker_at(NOBODY_LISTENS):
        message = put(kind="tests.work", key="a", payload={"name": "Mark"}, now=NOW)

    clock.move(seconds=11)
    done = sweep()

    message.refresh_from_db()
    assert done == 1
    assert message.state == OutboxState.DONE
    assert Person.objects.filter(given_name="Mark").count() == 1


@pytest.mark.django_db
def test_a_poisoned_row_does_not_hold_up_the_rows_behind_it(handle, clock):
    handle(poison)
    for name in ("Poison", "First", "Second"):
        put(kind="tests.work", key=name, payload={"name": name}, now=NOW)

    clock.move(minutes=1)
    done = sweep()

    assert done == 2
    assert OutboxMessage.objects.get(state=OutboxState.WAITING).key == "Poison"
    assert Person.objects.filter(given_name__in=["First", "Second"]).count() == 2


@pytest.mark.django_db
def test_a_sweep_gives_way_after_half_a_minute(handle, clock):
    handle(lambda payload, now: clock.move(seconds=31))
    for key in "abc":
        put(kind="tests.work", key=key, payload={}, now=NOW - timedelta(hours=1))

    assert [sweep(), sweep(), sweep(), sweep()] == [1, 1, 1, 0]


@pytest.mark.django_db
def test_a_hint_for_a_row_that_is_gone_is_no_error():
    assert deliver(12345) is None


@pytest.mark.django_db
def test_the_tick_shows_that_beat_and_a_worker_are_alive(clock):
    beat_tick()
    clock.move(seconds=30)
    beat_tick()

    seen = dict(Heartbeat.objects.values_list("name", "seen_at"))
    assert seen == {name: NOW + timedelta(seconds=30) for name in ("beat", "worker")}


@pytest.mark.django_db(transaction=True)
def test_the_purge_removes_what_is_over_row_and_file(clock):
    over = DocumentFactory(expires_on=date(2026, 11, 19))
    kept = DocumentFactory(expires_on=date(2026, 11, 20))
    storage, gone = over.file.storage, over.file.name

    purge()

    assert list(Document.objects.all()) == [kept]
    assert not storage.exists(gone)
    assert storage.exists(kept.file.name)
