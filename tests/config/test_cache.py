import socket
from contextlib import suppress
from threading import Thread

import pytest
from django.test import Client
from kombu.exceptions import OperationalError

from config.cache import ForgivingCache
from config.celery import app
from tests.factories.accounts import PersonFactory


@pytest.fixture
def away():
    """A cache whose Redis does not answer: nothing listens on port 1."""
    return ForgivingCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 1}})


@pytest.fixture
def here(settings):
    cache = settings.CACHES["default"]
    return ForgivingCache(cache["LOCATION"], {"KEY_FUNCTION": cache["KEY_FUNCTION"]})


def test_the_cache_keeps_what_it_is_given(here):
    here.set("name", "Öznur")

    assert here.get("name") == "Öznur"
    assert here.add("name", "Ewa") is False
    assert here.has_key("name") is True
    assert here.delete("name") is True


def test_a_cache_that_is_away_finds_and_keeps_nothing(away):
    away.set("name", "Öznur")
    away.set_many({"a": 1})
    away.delete_many(["a"])

    assert away.get("name", "nobody") == "nobody"
    assert away.get_many(["name"]) == {}
    assert away.has_key("name") is False
    assert away.add("name", "Ewa") is True
    assert away.incr("count", 2) == 2
    assert (away.touch("name"), away.delete("name")) == (False, False)


@pytest.mark.django_db
def test_pages_work_and_people_are_refused_politely_while_redis_is_away(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "config.cache.ForgivingCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }

    page = client.get("/accounts/login/")
    attempt = client.post("/accounts/login/", {"login": "a@nhs.example", "password": "wrong"})

    assert page.status_code == 200
    assert attempt.status_code < 500
    assert "password" in attempt.content.decode()


def test_a_hint_to_a_broker_that_is_away_is_tried_once_and_again(settings):
    """Whoever presses a button stands still for as long as this goes on."""
    with socket.create_server(("127.0.0.1", 0)) as broken:
        calls = []
        Thread(target=hang_up_on_everybody, args=(broken, calls), daemon=True).start()
        url = f"redis://127.0.0.1:{broken.getsockname()[1]}/0"
        options = settings.CELERY_BROKER_TRANSPORT_OPTIONS

        with (
            app.connection_for_write(url, transport_options=options) as link,
            pytest.raises(OperationalError),
        ):
            app.send_task("jobs.deliver", args=[1], connection=link, retry=False)

    assert 1 <= len(calls) <= 4


def hang_up_on_everybody(server, calls):
    with suppress(OSError):
        while True:
            link, _ = server.accept()
            calls.append(link)
            link.close()


def test_guesses_are_limited_while_redis_is_away(away, settings, db):
    settings.CACHES = {
        "default": {
            "BACKEND": "config.cache.ForgivingCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }
    person = PersonFactory()

    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{number}").post(
            "/accounts/login/", {"login": person.email, "password": f"guess {number}"}
        )
        for number in range(6)
    ]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
