"""Codes of every wrong kind, codes used twice, and how many may be tried."""

import contextlib
import threading
import unicodedata

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import one_time
from accounts.one_time import spend_code
from config.cache import ForgivingClient
from tests.factories.accounts import employ
from tests.second_step import (
    code_of,
    recovery_codes_of,
    send_code,
    send_password,
    set_up_app,
    with_password,
    wrong_code,
)

pytestmark = pytest.mark.django_db

NOTHING_ENTERED = "Enter the code that your app shows, or a recovery code"
WRONG_KIND = "Enter 6 numbers from your app, or a recovery code of 8 numbers"
NOT_RIGHT = "This code is not right, or was used before."


@pytest.fixture
def person():
    return with_password(employ())


@pytest.fixture
def secret(person):
    return set_up_app(person)


@pytest.fixture
def half_way(client, person, secret):
    send_password(client, person)
    return client


WRONG_CODES = {
    "": NOTHING_ENTERED,
    "   ": NOTHING_ENTERED,
    "abcdef": WRONG_KIND,
    "12345": WRONG_KIND,
    "1234567": WRONG_KIND,
    "123456789": WRONG_KIND,
    "12345a": WRONG_KIND,
    "None": WRONG_KIND,
    "null": WRONG_KIND,
    "-123456.0": WRONG_KIND,
    "\uff11\uff12\uff13\uff14\uff15\uff21": WRONG_KIND,
    "\u0660\u0661\u0662\u0663\u0664x": WRONG_KIND,
    "\x00123456": WRONG_KIND,
    "1" * 100_000: WRONG_KIND,
    "<script>": WRONG_KIND,
    "['123456']": WRONG_KIND,
}


@pytest.mark.parametrize("code", WRONG_CODES, ids=lambda code: repr(code)[:20])
def test_a_code_of_the_wrong_kind_gets_a_sentence(half_way, code):
    response = send_code(half_way, code)

    page = response.content.decode()
    assert response.status_code == 422
    assert WRONG_CODES[code] in page
    assert "<title>Error: " in " ".join(page.split())
    assert not get_user(half_way).is_authenticated


@pytest.mark.parametrize(
    "body", [{}, {"credential": ""}, {"credential": "null"}, {"credential": "[]"}, {"code": []}]
)
def test_nothing_at_all_gets_a_sentence(half_way, body):
    response = half_way.post(reverse("mfa_authenticate"), body)

    assert response.status_code == 422
    assert not get_user(half_way).is_authenticated


@pytest.mark.parametrize(
    "credential", ["{", "1", '"x"', "[1, 2]", '{"id": null}', "{}", '{"id": "AA", "response": {}}']
)
def test_a_passkey_that_cannot_be_read_signs_nobody_in(client, half_way, credential):
    second = half_way.post(reverse("mfa_authenticate"), {"credential": credential})
    first = Client().post(reverse("mfa_login_webauthn"), {"credential": credential})

    assert second.status_code == 422
    assert first["Location"] == "/accounts/login/"
    assert not get_user(half_way).is_authenticated


def test_a_list_of_codes_is_one_code(half_way, secret):
    given = [code_of(secret), wrong_code(secret)]

    response = half_way.post(reverse("mfa_authenticate"), {"code": given})

    assert NOT_RIGHT in response.content.decode()


@pytest.mark.parametrize("written", ["{0} {1}", " {0}-{1} ", "{0}\u2011{1}", "wide"])
def test_a_code_is_taken_as_it_is_read_out(half_way, secret, written):
    code = code_of(secret)
    if written == "wide":
        given = "".join(chr(ord(digit) - ord("0") + ord("\uff10")) for digit in code)
        assert unicodedata.normalize("NFKC", given) == code
    else:
        given = written.format(code[:3], code[3:])

    assert send_code(half_way, given).status_code == 302


def test_a_code_of_half_a_minute_ago_counts_and_of_two_minutes_ago_does_not(half_way, secret):
    old = send_code(half_way, code_of(secret, periods_later=-4))
    late = send_code(half_way, code_of(secret, periods_later=-1))

    assert NOT_RIGHT in old.content.decode()
    assert late.status_code == 302


@pytest.mark.parametrize("cache_is_there", [True, False])
def test_a_code_signs_in_once(person, secret, monkeypatch, cache_is_there):
    if not cache_is_there:
        monkeypatch.setattr(ForgivingClient, "add", lambda *arguments, **options: True)
    code = code_of(secret)
    first, second = Client(), Client()

    for client in (first, second):
        send_password(client, person)
        send_code(client, code)

    assert get_user(first).is_authenticated
    assert not get_user(second).is_authenticated


def test_no_code_of_before_the_last_one_counts(person, secret):
    authenticator = Authenticator.objects.get(user=person)

    taken = [
        spend_code(authenticator, code_of(secret, periods_later=later)) for later in (0, -1, 0, 1)
    ]

    assert taken == [True, False, False, True]


def test_a_code_that_came_off_the_screen_of_somebody_else_is_not_theirs(person, secret):
    other = with_password(employ())
    set_up_app(other)
    client = Client()
    send_password(client, other)

    assert NOT_RIGHT in send_code(client, code_of(secret)).content.decode()


def test_the_form_of_a_sign_in_that_took_too_long_leads_to_the_beginning(
    half_way, secret, settings
):
    settings.ACCOUNT_LOGIN_TIMEOUT = 0

    response = send_code(half_way, code_of(secret))

    assert response["Location"] == "/accounts/login/"
    assert not get_user(half_way).is_authenticated


def test_five_wrong_codes_are_enough(half_way, person, secret):
    for _ in range(5):
        assert NOT_RIGHT in send_code(half_way, wrong_code(secret)).content.decode()

    blocked = send_code(half_way, code_of(secret))

    assert (blocked.status_code, blocked["Retry-After"]) == (429, "60")
    assert "There were too many tries." in blocked.content.decode()
    assert not get_user(half_way).is_authenticated


def test_wrong_codes_are_counted_for_the_account_whoever_sends_them(person, secret):
    for number in range(5):
        client = Client(REMOTE_ADDR=f"10.0.0.{number}")
        send_password(client, person)
        send_code(client, wrong_code(secret))
    client = Client(REMOTE_ADDR="10.0.1.1")
    send_password(client, person)

    blocked = send_code(client, code_of(secret))

    assert "There were too many tries." in blocked.content.decode()


def test_recovery_codes_are_limited_with_the_others(half_way, person, secret):
    codes = recovery_codes_of(person)
    for number in range(5):
        send_code(half_way, f"{number:08}")

    assert "There were too many tries." in send_code(half_way, codes[0]).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_many_who_send_one_code_at_once_one_gets_in(person, secret, kind):
    codes = {"app": code_of(secret), "recovery": recovery_codes_of(person)[0]}
    clients = [Client() for _ in range(4)]
    for client in clients:
        send_password(client, person)
    together = threading.Barrier(len(clients))

    def send(client):
        together.wait()
        send_code(client, codes[kind])
        connection.close()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(get_user(client).is_authenticated for client in clients) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("has_lock", "taken"), [(True, 1), (False, 2)])
def test_it_is_the_lock_that_lets_one_in(person, secret, monkeypatch, has_lock, taken):
    """Both read before either writes, unless the lock makes the second wait."""
    code, together, answers = code_of(secret), threading.Barrier(2), []
    find = one_time._period_of

    def find_together(*arguments):
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=1)
        return find(*arguments)

    monkeypatch.setattr(one_time, "_period_of", find_together)
    if not has_lock:
        monkeypatch.setattr(Authenticator.objects, "select_for_update", Authenticator.objects.all)

    def spend():
        answers.append(spend_code(Authenticator.objects.get(user=person), code))
        connection.close()

    threads = [threading.Thread(target=spend) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.count(True) == taken
