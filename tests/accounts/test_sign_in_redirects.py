"""Wherever a page is asked to lead on to another, it leads to a page of ours."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from common.http.redirects import is_page_of_ours, safe_next
from tests.factories.accounts import employ
from tests.second_step import (
    PASSWORD,
    code_of,
    send_code,
    send_password,
    set_up_app,
    with_password,
)
from tests.signing_in import sign_in_half_way

HOSTILE = [
    "https://evil.example/",
    "http://evil.example",
    "HTTPS://EVIL.EXAMPLE/",
    "//evil.example",
    "//evil.example/courses/",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/courses/\\..\\..\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "ftp://evil.example/",
    "file:///etc/passwd",
    "blob:https://evil.example/x",
    "mailto:somebody@evil.example",
    " //evil.example",
    "\t//evil.example",
    "\n//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\x00/evil.example",
    "/\u2028/evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "https://testserver:80@evil.example/",
    "http://testserver\\@evil.example/",
    "https://[::1]/",
    "http://[evil",
    "//[evil",
    "//testserver@evil.example",
    "//evil.example#/courses/",
    "?next=//evil.example",
    "courses/",
    "evil.example",
    "http://2130706433/",
    "//127.1",
    "/%5cevil.example\n",
    "//\u3002evil.example",
    "http:\u2215\u2215evil.example",
    "/courses/\u202e",
    "http://testserver/courses/",
]
OURS = ["/", "/courses/", "/courses/?words=lead&page=2", "/courses/1/#dates", "/search/?q=a%20b"]


@pytest.mark.parametrize("target", HOSTILE, ids=repr)
def test_no_page_but_ours_is_a_page_of_ours(target):
    request = RequestFactory().get("/", {"next": target})

    assert not is_page_of_ours(request, target)
    assert safe_next(request) == "/"


@pytest.mark.parametrize("target", OURS)
def test_pages_of_ours_are_led_to(target):
    request = RequestFactory().post("/", {"next": target})

    assert safe_next(request) == target


def _sign_in(client, person, target):
    return send_password(client, person, next=target)


def _sign_in_by_address(client, person, target):
    given = {"login": person.email, "password": PASSWORD}
    return client.post(reverse("account_login", query={"next": target}), given)


def _sign_in_when_signed_in(client, person, target):
    client.force_login(person)
    return client.get(reverse("account_login", query={"next": target}))


def _sign_in_with_app(client, person, target):
    secret = set_up_app(person)
    send_password(client, person, next=target)
    return send_code(client, code_of(secret))


def _second_step(client, person, target):
    client.force_login(person)
    return client.get(reverse("accounts:second_step", query={"next": target}))


def _second_step_done(client, person, target):
    employ(manager=person)
    sign_in_half_way(client, person)
    client.get(reverse("accounts:second_step", query={"next": target}))
    client.force_login(person)
    return client.get(reverse("accounts:second_step_done"))


def _password_again(client, person, target):
    client.force_login(person)
    body = {"password": PASSWORD, "next": target}
    return client.post(reverse("account_reauthenticate"), body)


def _code_again(client, person, target):
    secret = set_up_app(person)
    client.force_login(person)
    body = {"code": code_of(secret), "next": target}
    return client.post(reverse("mfa_reauthenticate"), body)


def _sign_out(client, person, target):
    client.force_login(person)
    return client.post(reverse("account_logout"), {"next": target})


DOORS = [
    _sign_in,
    _sign_in_by_address,
    _sign_in_when_signed_in,
    _sign_in_with_app,
    _second_step,
    _second_step_done,
    _password_again,
    _code_again,
    _sign_out,
]


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__.strip("_"))
def test_every_door_leads_to_ours_only(door, client, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    person = with_password(employ())

    led = {target: door(client, person, target)["Location"] for target in ["/courses/"]}
    landed = set()
    for target in HOSTILE:
        client.logout()
        person.authenticator_set.all().delete()
        landed.add(door(client, person, target)["Location"])

    assert led == {"/courses/": "/courses/"}
    assert landed <= {"/", reverse("account_login")}


@pytest.mark.django_db
def test_a_refusal_leads_back_to_a_page_of_ours_only(client):
    client.force_login(employ())
    path = reverse("appraisals:cycle_list")

    for target in [*HOSTILE, "http://testserver//evil.example", "http://testserver\\evil.example"]:
        referer = target.encode("ascii", "replace").decode().replace("\n", "").replace("\r", "")
        page = client.get(path, headers={"Referer": referer}).content.decode()

        assert "evil.example" not in page
