from datetime import timedelta

import pytest
from celery.signals import heartbeat_sent, worker_ready
from django.db import connection

from jobs import heartbeat
from jobs.models import Heartbeat
from tests.factories.clock import NOW
from tests.roles import as_owner


@pytest.fixture(autouse=True)
def a_worker_that_was_not_seen_yet(monkeypatch):
    monkeypatch.setattr(heartbeat, "_seen", {})


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_seen_when_it_is_ready_and_then_every_twenty_seconds(clock):
    seen = []

    for seconds, signal in [(0, worker_ready), *((n, heartbeat_sent) for n in (2, 19, 20, 22, 40))]:
        clock.now = NOW + timedelta(seconds=seconds)
        signal.send(sender=None)
        seen.append((Heartbeat.objects.get(name="worker").seen_at - NOW).seconds)

    assert seen == [0, 0, 0, 20, 20, 40]


@pytest.mark.django_db(transaction=True)
def test_a_worker_leaves_no_connection_for_the_processes_it_forks():
    worker_ready.send(sender=None)

    assert connection.connection is None
    assert Heartbeat.objects.filter(name="worker").exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_does_not_stop_a_worker():
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_heartbeat RENAME TO jobs_heartbeat_away")
    try:
        responses = worker_ready.send(sender=None)
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE jobs_heartbeat_away RENAME TO jobs_heartbeat")

    assert not any(isinstance(answer, Exception) for _receiver, answer in responses)
    assert not Heartbeat.objects.exists()
