"""Passkeys of somebody else are not there; what of them is asked needs a fresh second step."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from tests.factories.accounts import employ
from tests.second_step import set_up_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs():
    data = {"name": "Phone of somebody", "credential": {}}
    return Authenticator.objects.create(user=employ(), type="webauthn", data=data)


@pytest.mark.parametrize("name", ["mfa_remove_webauthn", "mfa_edit_webauthn"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_passkey_of_somebody_else_answers_as_none(client, theirs, name, method):
    person = employ()
    set_up_app(person)
    client.force_login(person)

    answers = [
        getattr(client, method)(reverse(name, args=[pk]), {"name": "Mine"})
        for pk in (theirs.pk, 2**62)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Phone of somebody"


@pytest.mark.parametrize(
    "name",
    [
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_add_webauthn",
    ],
)
def test_what_a_second_step_is_changed_by_asks_for_it_again(client, name):
    person = employ()
    set_up_app(person)
    Authenticator.objects.create(
        user=person, type="recovery_codes", data={"seed": "", "used_mask": 0}
    )
    client.force_login(person)
    session = client.session
    session["waymark_second_step"] |= {"at": session["waymark_second_step"]["at"] - 15 * 60}
    session.save()

    response = client.get(reverse(name))

    assert response["Location"].startswith(reverse("mfa_reauthenticate"))


@pytest.mark.parametrize(
    ("host", "is_led"), [("127.0.0.1:8000", True), ("[::1]:8000", True), ("localhost:8000", False)]
)
def test_whoever_is_at_a_number_is_led_to_the_same_page_under_a_name(client, host, is_led):
    person = employ()
    set_up_app(person)
    client.force_login(person)

    page = client.get(reverse("mfa_add_webauthn"), headers={"Host": host})

    assert page.status_code == 200
    led = 'href="http://localhost:8000/accounts/second-step/passkeys/add/"'
    assert (led in page.content.decode()) == is_led
