import subprocess
import sys

import pytest

from config import environment, places
from config.environment import SettingsRefused
from tests.config.running import ROOT

PRODUCTION = {
    "DATABASE_URL": "postgres://waymark:secret@db.example.nhs.uk/waymark",
    "REDIS_URL": "redis://redis.example.nhs.uk:6379/0",
    "SECRET_KEY": "kM2vR8xQ4nB7wZ1cF5hJ9pL3tY6sD0gA-uE_iOqWeRtYuIoPaSdFgH",
    "EQUALITY_KEYS": "Zq8vXw2LrT5nYc7HdK4mJs9PbG3fAe6U-one,Ht5bQm9WcR2xVk8LzN4jFy7DsG6pTa3E-two",
    "SITE_URL": "https://waymark.trust.nhs.uk",
}


@pytest.fixture
def production(clean_environment, tmp_path):
    for name, value in PRODUCTION.items():
        clean_environment.setenv(name, value)
    clean_environment.setenv("DATA_DIR", str(tmp_path))
    return clean_environment


def problems():
    with pytest.raises(SettingsRefused) as refusal:
        environment.load()
    return refusal.value.problems


def test_five_settings_are_enough_in_production(production):
    values = environment.load()

    keys = PRODUCTION["EQUALITY_KEYS"].split(",")
    assert {name: values[name] for name in PRODUCTION} == PRODUCTION | {"EQUALITY_KEYS": keys}
    assert values["EQUALITY_DATABASE_URL"] == ""
    assert values["MAIL_FROM"] == "Waymark <no-reply@waymark.trust.nhs.uk>"
    assert (values["EMBEDDED"], values["DEMO"], values["DEBUG"]) == (False, False, False)
    assert values["TRUSTED_PROXY_COUNT"] == 1


def test_nothing_is_required_in_the_embedded_mode(clean_environment, tmp_path):
    clean_environment.setenv("EMBEDDED", "1")
    clean_environment.setenv("DATA_DIR", str(tmp_path))
    clean_environment.setenv("PORT", "8123")

    values = environment.load()

    assert values["DATABASE_URL"] == places.database_url(tmp_path)
    assert values["EQUALITY_DATABASE_URL"] == places.equality_database_url(tmp_path)
    assert values["REDIS_URL"] == places.redis_url(tmp_path)
    assert values["SITE_URL"] == "http://127.0.0.1:8123"
    assert values["DEMO"] is True
    assert values["TRUSTED_PROXY_COUNT"] == 0


def test_another_database_is_not_thought_to_have_the_role_of_equality_data(
    clean_environment, tmp_path
):
    clean_environment.setenv("EMBEDDED", "1")
    clean_environment.setenv("DATA_DIR", str(tmp_path))
    clean_environment.setenv("DATABASE_URL", "postgres://waymark@db.example.nhs.uk/waymark")

    assert environment.load()["EQUALITY_DATABASE_URL"] == ""


@pytest.mark.parametrize("key", ["short", "a" * 40, "Zq8vXw2LrT5nYc7HdK4mJs9PbG3fAe6U,abc"])
def test_a_key_of_equality_data_that_can_be_guessed_is_refused(production, key):
    production.setenv("EQUALITY_KEYS", key)

    assert [problem.partition(".")[0] for problem in problems()] == ["EQUALITY_KEYS can be guessed"]


def test_the_keys_of_the_embedded_mode_are_made_once_and_kept_private(clean_environment, tmp_path):
    clean_environment.setenv("EMBEDDED", "1")
    clean_environment.setenv("DATA_DIR", str(tmp_path))

    first, second = environment.load(), environment.load()

    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 50
    assert first["EQUALITY_KEYS"] == second["EQUALITY_KEYS"]
    assert [len(key) >= 32 for key in first["EQUALITY_KEYS"]] == [True]
    for name in ("secret_key", "equality_key"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_everything_missing_is_named_at_once(clean_environment):
    found = problems()

    assert [problem.split(" ")[0] for problem in found] == list(PRODUCTION)
    assert all("is not set. Set it to " in problem for problem in found)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "1", "DEBUG is on"),
        ("DEMO", "1", "DEMO is on"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS lets in every host name"),
        ("ALLOWED_HOSTS", "a.nhs.uk,*.nhs.uk", "ALLOWED_HOSTS lets in every host name"),
        ("SITE_URL", "http://waymark.trust.nhs.uk", "SITE_URL is not https"),
        ("SECRET_KEY", "short", "SECRET_KEY can be guessed"),
        ("SECRET_KEY", "a" * 80, "SECRET_KEY can be guessed"),
        ("SECRET_KEY", "django-insecure-" + PRODUCTION["SECRET_KEY"], "SECRET_KEY can be guessed"),
    ],
)
def test_an_unsafe_setting_is_refused_in_production(production, name, value, sentence):
    production.setenv(name, value)

    (problem,) = problems()

    assert problem.startswith(sentence)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "sqlite:///waymark.db"),
        ("DATABASE_URL", "db.example.nhs.uk"),
        ("DATABASE_URL", "postgres://db.example.nhs.uk"),
        ("REDIS_URL", "http://redis"),
        ("SITE_URL", "waymark.trust.nhs.uk"),
        ("SITE_URL", "https://trust.nhs.uk/waymark"),
        ("SITE_URL", "https://[broken"),
        ("EMAIL_URL", "mail.example.nhs.uk"),
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("WEB_PROCESSES", "0"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("LOG_LEVEL", "LOUD"),
        ("DEBUG", "perhaps"),
        ("EMBEDDED", "perhaps"),
    ],
)
def test_a_setting_that_cannot_be_understood_is_named_with_its_remedy(production, name, value):
    production.setenv(name, value)

    (problem,) = problems()

    assert problem == f"{name} cannot be understood. {environment.BY_NAME[name].remedy}"


def test_several_kinds_of_problems_are_reported_together(production):
    production.delenv("REDIS_URL")
    production.setenv("PORT", "eighty")
    production.setenv("DEBUG", "1")

    found = problems()

    assert sorted(problem.split(" ")[0] for problem in found) == ["DEBUG", "PORT", "REDIS_URL"]


def test_a_secret_may_come_from_a_file(production, tmp_path):
    kept = tmp_path / "key"
    kept.write_text(PRODUCTION["SECRET_KEY"] + "\n")
    production.delenv("SECRET_KEY")
    production.setenv("SECRET_KEY_FILE", str(kept))

    assert environment.load()["SECRET_KEY"] == PRODUCTION["SECRET_KEY"]


def test_a_file_that_cannot_be_read_is_named(production, tmp_path):
    production.delenv("SECRET_KEY")
    production.setenv("SECRET_KEY_FILE", str(tmp_path / "nowhere"))

    assert problems() == ["SECRET_KEY_FILE names a file that cannot be read."]


def test_a_command_says_the_sentences_and_no_traceback(production):
    production.setenv("DEBUG", "1")

    answer = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert "  - DEBUG is on" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_django_finds_nothing_unsafe_in_production_settings(production):
    answer = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stderr


def test_the_broker_is_the_same_server_in_the_words_of_its_library():
    assert environment.broker_url("redis://host:6379/3") == "redis://host:6379/3"
    assert (
        environment.broker_url("unix:///run/redis.sock?db=2")
        == "redis+socket:///run/redis.sock?virtual_host=2"
    )
