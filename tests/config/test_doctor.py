import os
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from tests.config.running import ROOT
from tests.config.test_health import seen

MEND_MAIL = "Correct EMAIL_URL, or start the mail server it names."
CHECKED = [
    "packages",
    "database",
    "postgresql version",
    "postgresql compiling",
    "database role",
    "migrations",
    "worker",
    "beat",
    "equality data",
    "redis",
    "broker",
    "pango",
    "fonts",
    "mail",
    "documents",
]


@pytest.mark.django_db
def test_the_doctor_says_ok_line_by_line():
    seen("worker")
    seen("beat")
    said = StringIO()

    call_command("doctor", stdout=said)

    *lines, _, last = said.getvalue().splitlines()
    assert lines == [f"OK       {name}" for name in CHECKED]
    assert last == "Everything is well."


@pytest.mark.django_db
def test_the_doctor_ends_with_1_and_the_sentence_that_mends_it():
    seen("worker")
    said = StringIO()

    with pytest.raises(SystemExit) as ending:
        call_command("doctor", stdout=said)

    assert ending.value.code == 1
    assert "PROBLEM  beat never seen. Start it: `celery --app config beat`." in said.getvalue()
    assert said.getvalue().count("PROBLEM") == 1


@pytest.mark.django_db
def test_the_doctor_finds_a_database_that_compiles_statements():
    said = StringIO()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = on")

    with pytest.raises(SystemExit):
        call_command("doctor", stdout=said)

    assert "PROBLEM  postgresql compiling is on, so that pages are slow." in said.getvalue()


def test_the_doctor_survives_servers_that_are_away(tmp_path):
    away = {
        "DATABASE_URL": "postgres://waymark@127.0.0.1:1/waymark",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "EMBEDDED": "1",
        "DEMO": "0",
        "DATA_DIR": str(tmp_path),
    }

    answer = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env={**os.environ, **away},
        capture_output=True,
        text=True,
        check=False,
    )

    problems = [line for line in answer.stdout.splitlines() if line.startswith("PROBLEM")]
    assert answer.returncode == 1
    assert problems == [
        "PROBLEM  database does not answer. Start PostgreSQL, or correct DATABASE_URL.",
        "PROBLEM  redis does not answer. Start Redis, or correct REDIS_URL.",
        "PROBLEM  broker does not answer. Start Redis, or correct REDIS_URL.",
        "PROBLEM  mail cannot be sent (ConnectionRefusedError). " + MEND_MAIL,
    ]
