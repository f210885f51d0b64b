"""What every answer tells the browser to refuse, whatever kind of answer it is."""

import pytest
from django.test import Client, override_settings
from django.urls import path, reverse

from config.demo.personas import PERSONAS
from config.urls import urlpatterns as ours
from tests.factories.accounts import PersonFactory, employ
from tests.security.addresses import SAMPLES, arguments_of_addresses, path_to
from tests.security.callers import bytes_of, program, signed_in

pytestmark = pytest.mark.django_db

WITHOUT_ARGUMENTS = [name for name, taken in arguments_of_addresses().items() if not taken]
NOT_GIVEN = ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "http:", "https:", "*", "blob:")
# The demonstration's mailbox draws mail, whose style sheet stands in its elements, in a frame of
# its own that runs nothing.
MAIL = "notifications:mailbox_page"


def breaks(request):
    raise RuntimeError("A mistake of ours.")


urlpatterns = [path("breaks/", breaks), *ours]


def directives(response):
    written = response.headers["Content-Security-Policy"].split(";")
    words = [directive.split() for directive in written if directive.strip()]
    return {first: rest for first, *rest in words}


def what_it_lets_through(response):
    """Names of what a browser is not told, or is allowed; nothing when all is well."""
    policy = directives(response)
    given = {word for words in policy.values() for word in words}
    wanted = {
        "frames": policy.get("frame-ancestors") == ["'none'"],
        "default": policy.get("default-src") == ["'none'"],
        "base": policy.get("base-uri") == ["'none'"],
        "forms": policy.get("form-action") in (["'self'"], ["'none'"]),
        "nosniff": response.headers.get("X-Content-Type-Options") == "nosniff",
        "frame option": response.headers.get("X-Frame-Options") == "DENY",
        "referrer": response.headers.get("Referrer-Policy") == "same-origin",
        "opener": response.headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "features": "camera=()" in response.headers.get("Permissions-Policy", ""),
        "nothing inline": not given & set(NOT_GIVEN),
    }
    return [name for name, is_so in wanted.items() if not is_so]


def test_every_answer_to_somebody_signed_in_carries_them(town):
    house = town.theirs
    people = {name: signed_in(name, person) for name, person in house.people.items()}
    people["client"] = program("client", house.client)
    asked = [(people["hr"], name, reverse(name)) for name in WITHOUT_ARGUMENTS]
    asked += [
        (people[sample.reader], name, path_to(name, house)) for name, sample in SAMPLES.items()
    ]

    for caller, name, address in asked:
        response = caller.send("get", address)

        assert bytes_of(response) is not None
        assert what_it_lets_through(response) == [], name
        assert "no-store" in response.headers["Cache-Control"] or caller.name == "client", name


@pytest.mark.parametrize("name", WITHOUT_ARGUMENTS)
def test_every_answer_to_nobody_carries_them(client, name):
    response = client.get(reverse(name))

    assert what_it_lets_through(response) == []


@pytest.mark.parametrize("address", ["/nothing/here/", "/api/v1/nothing/", "/accounts/login/"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "options"])
def test_refusals_carry_them(client, address, method):
    response = getattr(client, method)(address)

    assert what_it_lets_through(response) == []


def test_a_forged_form_and_an_unknown_host_carry_them():
    client = Client(enforce_csrf_checks=True)
    client.force_login(PersonFactory())

    forged = client.post(reverse("notifications:notice_read_all"))
    strange = client.get("/", headers={"Host": "elsewhere.example"})

    assert (forged.status_code, strange.status_code) == (403, 400)
    assert what_it_lets_through(forged) == []
    assert what_it_lets_through(strange) == []


@override_settings(ROOT_URLCONF=__name__)
def test_a_mistake_of_ours_carries_them():
    client = Client(raise_request_exception=False)
    client.force_login(PersonFactory())

    response = client.get("/breaks/")

    assert response.status_code == 500
    assert what_it_lets_through(response) == []
    assert b"RuntimeError" not in response.content


def test_what_is_let_through_is_found(client):
    response = client.get("/accounts/login/")
    response.headers["Content-Security-Policy"] = "default-src 'self' 'unsafe-inline'"
    del response.headers["X-Frame-Options"]

    assert what_it_lets_through(response) == [
        "frames",
        "default",
        "base",
        "forms",
        "frame option",
        "nothing inline",
    ]


def test_cookies_are_for_the_server_alone(client):
    employ(person=PersonFactory(email=PERSONAS[0].email))

    client.post(reverse("demo:persona_sign_in", args=[PERSONAS[0].slug]))
    client.get(reverse("talent:consent_edit"))

    kept = {name: (kind["httponly"], kind["samesite"]) for name, kind in client.cookies.items()}
    assert kept == {"sessionid": (True, "Lax"), "csrftoken": (True, "Lax")}
