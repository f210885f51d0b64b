from datetime import timedelta

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config import readiness
from jobs.models import Heartbeat
from tests.roles import as_owner

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
        "database role": "ok",
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


@pytest.fixture
def migration_not_applied(transactional_db):
    newest = MigrationRecorder.Migration.objects.filter(app="talent").order_by("-pk").first()
    with as_owner():
        newest.delete()
    yield
    with as_owner():
        newest.save(force_insert=True)


@pytest.mark.usefixtures("migration_not_applied")
def test_a_migration_that_is_not_applied_is_counted():
    finding = readiness.migrations()

    assert (finding.state, finding.remedy) == ("1 not applied", "Run `manage.py migrate`.")


@pytest.mark.django_db(transaction=True)
def test_readyz_is_503_when_the_role_could_pass_every_wall(client):
    seen("worker")

    with as_owner():
        response = client.get("/readyz")

    assert response.status_code == 503
    assert "owns the tables" in response.json()["checks"]["database role"]


@pytest.mark.django_db(transaction=True)
def test_a_process_of_production_ends_with_a_sentence_when_its_role_owns_the_tables(settings):
    settings.EMBEDDED = False
    readiness.refuse_to_serve_with_powers()

    with as_owner(), pytest.raises(SystemExit) as ending:
        readiness.refuse_to_serve_with_powers()

    assert "The database role owns the tables, so no wall" in str(ending.value)
