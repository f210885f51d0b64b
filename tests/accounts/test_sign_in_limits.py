"""How many passwords may be tried, however the address is written and wherever one sits."""

import re
import unicodedata

import pytest
from allauth.core.context import request_context
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.adapter import written_alike
from accounts.forms import SignInForm
from accounts.models import Person
from tests.factories.accounts import PersonFactory
from tests.second_step import PASSWORD, send_password, with_password

pytestmark = pytest.mark.django_db

WRONG = "not the password"
TOO_MANY = "There were too many tries. Wait 5 minutes, then try again."
TOKEN = re.compile(rb'name="csrfmiddlewaretoken"\s+value="[^"]+"')


@pytest.fixture
def person():
    return with_password(PersonFactory(email="andre.milki@trust.example"))


@pytest.fixture
def looked_at(monkeypatch):
    """The passwords that were compared with the one of an account."""
    compared = []
    check = Person.check_password

    def counted(self, password):
        compared.append(password)
        return check(self, password)

    monkeypatch.setattr(Person, "check_password", counted)
    return compared


def try_as(address, *, ip="10.0.0.1", password=WRONG, **headers):
    return Client(REMOTE_ADDR=ip, headers=headers).post(
        reverse("account_login"), {"login": address, "password": password}
    )


def test_five_wrong_passwords_in_five_minutes_are_enough(client, person):
    for _ in range(5):
        assert TOO_MANY not in send_password(client, person, "wrong").content.decode()

    blocked = send_password(client, person)

    assert TOO_MANY in blocked.content.decode()
    assert (blocked.status_code, blocked["Retry-After"]) == (429, "60")
    assert not get_user(client).is_authenticated


WRITTEN = [
    "andre.milki@trust.example",
    "ANDRE.MILKI@TRUST.EXAMPLE",
    "Andre.Milki@Trust.Example",
    "andré.milki@trust.example",
    "ANDRE\u0301.MILKI@trust.example",
    "andre.m\u0131lki@trust.example",  # a dotless i, whose capital is I
    "andre.mil\u212ai@trust.example",  # the sign for kelvin, whose small letter is k
    "\uff41ndre.milki@trust.example",  # a wide a
    " andre.milki@trust.example ",
]


@pytest.mark.parametrize("written", WRITTEN)
def test_every_way_to_write_an_address_counts_as_one(person, written):
    assert written_alike(written) == written_alike(person.email)


def test_writing_the_address_otherwise_gives_no_further_tries(person, looked_at):
    for number in range(27):
        try_as(WRITTEN[number % len(WRITTEN)], ip=f"10.0.0.{number}")

    blocked = try_as(person.email, ip="10.0.1.1", password=PASSWORD)

    assert 0 < len(looked_at) <= 5
    assert TOO_MANY in blocked.content.decode()


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP"]
)
def test_claiming_to_come_from_elsewhere_gives_no_further_tries(person, name):
    for number in range(30):
        try_as(f"somebody{number}@trust.example", **{name: f"203.0.113.{number}"})

    blocked = try_as(person.email, password=PASSWORD, **{name: "203.0.113.77"})

    assert (blocked.status_code, blocked["Retry-After"]) == (429, "60")


def test_of_a_thousand_guesses_twenty_are_looked_at_in_an_hour(person, looked_at, rf, monkeypatch):
    start = 1_700_000_000

    for number in range(1_000):
        moment = start + number * 3.6
        monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda now=moment: now)
        given = {"login": person.email, "password": f"guess {number}"}
        request = rf.post("/", given, REMOTE_ADDR=f"10.{number // 250}.0.{number % 250}")
        with request_context(request):
            assert not SignInForm(given, request=request).is_valid()

    assert len(looked_at) == 20


def test_who_signs_in_right_is_not_held_up_by_it(person):
    for _ in range(12):
        client = Client()
        send_password(client, person)
        assert get_user(client) == person


def _told(response):
    headers = {name: value for name, value in response.headers.items() if name != "Expires"}
    return response.status_code, TOKEN.sub(b"", response.content), sorted(headers.items())


@pytest.mark.parametrize("state", ["known", "imported", "closed"])
def test_a_known_address_gets_the_very_same_answer_as_an_unknown_one(state):
    options = {"imported": {"password": "!"}, "closed": {"is_active": False}}
    known = PersonFactory(email="aaaaa@trust.example", **options.get(state, {}))
    if state == "known":
        with_password(known)

    answers = [try_as(address) for address in ("aaaaa@trust.example", "bbbbb@trust.example")]

    first, second = (
        (status, content.replace(b"bbbbb", b"aaaaa"), headers)
        for status, content, headers in map(_told, answers)
    )
    assert first == second
    assert first[0] == 422


def test_asking_for_a_new_password_says_the_same_for_known_and_unknown():
    with_password(PersonFactory(email="aaaaa@trust.example"))

    answers = [
        _told(Client().post(reverse("account_reset_password"), {"email": address}))
        for address in ("aaaaa@trust.example", "bbbbb@trust.example")
    ]

    assert answers[0] == answers[1]
    assert [message.to for message in mail.outbox] == [["aaaaa@trust.example"]]


def test_new_passwords_are_asked_for_five_times_an_hour():
    with_password(PersonFactory(email="aaaaa@trust.example"))

    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{number}").post(
            reverse("account_reset_password"), {"email": "aaaaa@trust.example"}
        )
        for number in range(7)
    ]

    assert len(mail.outbox) == 5
    assert {answer.status_code for answer in answers[5:]} <= {302, 429}


def test_letters_of_other_scripts_stay_different():
    assert written_alike("\u0430ndre@trust.example") != written_alike("andre@trust.example")
    assert unicodedata.name("\u0430") == "CYRILLIC SMALL LETTER A"
