"""How many calls somebody may make, counted for all processes together."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.cache import caches
from django.urls import reverse

from accounts import limits
from accounts.limits import Limit, take
from tests.api_client import hr_system, token_for
from tests.factories.accounts import OrganisationFactory, PersonFactory

PEOPLE = "/api/v1/people/"
THREE = Limit("client", calls=3, seconds=60)


@pytest.fixture
def few(settings):
    """Three calls a minute for everybody."""
    settings.CALLS_A_MINUTE = dict.fromkeys(settings.CALLS_A_MINUTE, 3)


@pytest.fixture
def redis_away(settings):
    """Redis does not answer: nothing listens on port 1."""
    settings.CACHES = {
        "default": {
            "BACKEND": "config.cache.ForgivingCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "KEY_FUNCTION": settings.CACHES["default"]["KEY_FUNCTION"],
        }
    }


def assert_refused(response):
    assert response.status_code == 429
    assert response["Content-Type"] == "application/problem+json"
    assert 1 <= int(response["Retry-After"]) <= 20
    assert response.json()["code"] == "too_many_calls"
    assert response["RateLimit"].startswith('"')
    assert ";r=0;t=" in response["RateLimit"]


def test_a_bucket_gives_what_it_holds_and_then_refuses():
    verdicts = [take(THREE, key="one") for _ in range(4)]

    assert [verdict.is_allowed for verdict in verdicts] == [True, True, True, False]
    assert [verdict.remaining for verdict in verdicts] == [2, 1, 0, 0]
    assert 19 <= verdicts[3].wait <= 20


def test_a_bucket_fills_again_one_call_at_a_time():
    limit = Limit("client", calls=2, seconds=1)
    first = [take(limit, key="one").is_allowed for _ in range(3)]

    time.sleep(0.55)

    assert first == [True, True, False]
    assert [take(limit, key="one").is_allowed for _ in range(2)] == [True, False]


def test_a_refusal_costs_nothing():
    limit = Limit("client", calls=2, seconds=1)
    for _ in range(50):
        take(limit, key="one")

    time.sleep(0.55)

    assert take(limit, key="one").is_allowed


def test_buckets_are_apart():
    verdicts = [
        take(limit, key=key).is_allowed
        for _ in range(3)
        for limit in (THREE, Limit("person", 3))
        for key in ("one", "two")
    ]

    assert verdicts == [True] * 12


def take_at_once(take_one, callers=40):
    together = Barrier(callers, timeout=20)

    def call(_nth):
        together.wait()
        return take_one()

    with ThreadPoolExecutor(max_workers=callers) as pool:
        return sum(pool.map(call, range(callers)))


def test_calls_at_once_do_not_get_more_than_the_bucket_holds():
    ten = Limit("client", calls=10, seconds=600)

    assert take_at_once(lambda: take(ten, key="one").is_allowed) == 10


def test_reading_and_writing_back_would_give_too_many():
    """The negative control: the same, counted in two steps."""
    cache = caches["default"]

    def read_then_write():
        count = cache.get("count", 0)
        time.sleep(0.01)
        if count >= 10:
            return False
        cache.set("count", count + 1)
        return True

    assert take_at_once(read_then_write) > 10


def test_the_count_is_kept_no_longer_than_it_matters():
    take(Limit("client", calls=1, seconds=1), key="one")
    name = caches["default"].make_key("calls:client:one")

    time.sleep(1.1)

    assert not caches["default"]._cache.get_client(None).exists(name)


@pytest.mark.usefixtures("redis_away")
def test_each_process_counts_for_itself_while_redis_is_away():
    verdicts = [take(THREE, key="one") for _ in range(4)]

    assert [verdict.is_allowed for verdict in verdicts] == [True, True, True, False]
    assert 19 <= verdicts[3].wait <= 20


@pytest.mark.usefixtures("redis_away")
def test_redis_is_not_waited_for_with_every_call_while_it_is_away(monkeypatch):
    take(THREE, key="one")
    server = limits._server("redis://127.0.0.1:1/0")
    asked = []
    monkeypatch.setattr(server, "script", lambda **_given: asked.append(1))

    take(THREE, key="one")

    assert asked == []


def test_what_a_process_counts_itself_does_not_grow_for_ever(monkeypatch):
    monkeypatch.setattr(limits, "_MOST_KEYS", 5)
    own = limits._OwnCount()
    moment = Limit("client", calls=1_000_000, seconds=1)

    for nth in range(100):
        own.take(moment, f"caller {nth}")
        time.sleep(0.0001)

    assert len(own._full_at) <= 10


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_a_program_that_calls_too_often_waits_and_another_does_not():
    noisy, quiet = hr_system(OrganisationFactory()), hr_system(OrganisationFactory())

    answers = [noisy.get(PEOPLE) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert_refused(answers[3])
    assert answers[0]["RateLimit-Policy"] == '"client";q=3;w=60'
    assert answers[0]["RateLimit"] == '"client";r=2;t=20'
    assert quiet.get(PEOPLE).status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_a_program_does_not_get_more_calls_with_another_token():
    system = hr_system(OrganisationFactory())
    for _ in range(3):
        system.get(PEOPLE)
    again = type(system)(api_client=system.api_client, token=system.token)

    assert again.get("/api/v1/courses/").status_code == 429


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_a_signed_in_person_has_a_limit_of_their_own(client):
    client.force_login(PersonFactory())

    answers = [client.get(PEOPLE) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert_refused(answers[3])
    assert answers[0]["RateLimit-Policy"] == '"person";q=3;w=60'


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_calls_that_are_refused_for_their_scope_count_too():
    system = hr_system(OrganisationFactory(), scopes=["courses:read"])

    statuses = [system.get(PEOPLE).status_code for _ in range(4)]

    assert statuses == [403, 403, 403, 429]


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer guess"}])
def test_somebody_unknown_is_counted_by_their_address(client, headers):
    answers = [client.get(PEOPLE, headers=headers) for _ in range(4)]
    elsewhere = client.get(PEOPLE, headers=headers, REMOTE_ADDR="192.0.2.7")

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert_refused(answers[3])
    assert elsewhere.status_code == 401


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_an_address_that_the_caller_made_up_is_not_believed(client):
    answers = [
        client.get(PEOPLE, headers={"X-Forwarded-For": f"192.0.2.{nth}"}) for nth in range(4)
    ]

    assert answers[3].status_code == 429


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_tokens_are_given_a_few_times_a_minute():
    answers = [token_for("nobody", "wm_wrong") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert_refused(answers[3])
    assert answers[3].json()["error"] == "temporarily_unavailable"


@pytest.mark.django_db
@pytest.mark.usefixtures("few", "redis_away")
def test_guesses_at_a_secret_are_limited_while_redis_is_away():
    statuses = [token_for("nobody", "wm_wrong").status_code for _ in range(4)]

    assert statuses == [401, 401, 401, 429]


@pytest.mark.django_db
def test_guesses_from_elsewhere_do_not_keep_a_program_from_its_token(client, settings):
    settings.CALLS_A_MINUTE = settings.CALLS_A_MINUTE | {"token": 2, "token-address": 100}
    system = hr_system(OrganisationFactory())
    form = {
        "grant_type": "client_credentials",
        "client_id": system.api_client.client_id,
        "client_secret": "wm_wrong",
    }

    guesses = [
        client.post(reverse("idp:oidc:token"), form, REMOTE_ADDR="192.0.2.7").status_code
        for _ in range(3)
    ]

    assert guesses == [401, 401, 429]
    assert token_for(form["client_id"], "wm_wrong").status_code == 401
