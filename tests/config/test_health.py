from datetime import timedelta

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config import readiness
from jobs.models import Heartbeat

ELSEWHERE = "10.0.0.7"


def seen(name, *, ago=timedelta()):
    Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": timezone.now() - ago})


@pytest.mark.django_db
def test_healthz_answers_without_the_database_by_any_name(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz", headers={"host": ELSEWHERE})

    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_is_well_once_a_worker_was_seen(client):
    seen("worker")

    response = client.get("/readyz", headers={"host": ELSEWHERE})

    assert response.status_code == 200
    assert response.json()["checks"] == {
        "database": "ok",
        "migrations": "ok",
        "worker": "ok",
        "redis": "ok",
    }
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_readyz_is_503_when_no_worker_was_ever_seen(client):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["worker"] == "never seen"


@pytest.mark.django_db
def test_readyz_is_503_when_the_worker_has_been_silent(client):
    seen("worker", ago=timedelta(minutes=3))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["worker"] == "last seen 3 minutes ago"


@pytest.mark.django_db
def test_a_migration_that_is_not_applied_is_counted():
    MigrationRecorder.Migration.objects.filter(app="talent").order_by("-pk").first().delete()

    finding = readiness.migrations()

    assert (finding.state, finding.remedy) == ("1 not applied", "Run `manage.py migrate`.")
