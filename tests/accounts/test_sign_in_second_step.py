"""Who needs a second step, what opens without it, and asking for it again."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from accounts.models import Event
from accounts.second_factor import has_fresh_second_factor
from accounts.second_factor import needs_second_factor as needs
from tests.factories.accounts import (
    DelegationFactory,
    OrganisationFactory,
    ReportingLineFactory,
    employ,
    grant,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.talent import PanelMemberFactory
from tests.resolver import every_address
from tests.second_step import (
    code_of,
    recovery_codes_of,
    send_code,
    send_password,
    set_up_app,
    stand_still,
    with_password,
)
from tests.signing_in import sign_in_half_way

pytestmark = pytest.mark.django_db

SET_UP = "/accounts/second-step/set-up/"
# What is open before the second step; everything else the resolver knows is tried and shut.
WAY_IN_AND_OUT = {
    "accounts:second_step",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    stand_still(monkeypatch, NOW)


@pytest.fixture(scope="module")
def addresses():
    return every_address()


@pytest.fixture
def manager():
    manager = with_password(employ())
    employ(manager=manager)
    return manager


def page_of(client):
    return client.get("/courses/")


def test_whoever_sees_nobody_else_needs_no_second_step(client):
    person = employ(manager=employ())

    sign_in_half_way(client, person)

    assert not needs(person, on=TODAY)
    assert page_of(client).status_code == 200


def _line_manager(person):
    employ(manager=person)


def _supervisor(person):
    ReportingLineFactory(manager=person, kind="SUPERVISOR")


def _with_role(person):
    grant(person, "LEARNING_LEAD", OrganisationFactory())


def _second_line(person):
    employ(manager=employ(manager=person))


def _stand_in(person):
    organisation = person.assignments.get().organisation
    manager = employ(organisation=organisation)
    employ(organisation=organisation, manager=manager)
    DelegationFactory(manager=manager, delegate=person, organisation=organisation)


def _on_a_panel(person):
    PanelMemberFactory(person=person)


# Our own code; a standard with its own form of refusals has the sentence alone.
REFUSED = (
    b'"code": "second_step_missing"',
    b'"imsx_description": "Pass the second step of signing in first."',
)
TIES = [_on_a_panel, _line_manager, _supervisor, _second_line, _with_role, _stand_in]


@pytest.mark.parametrize("tie", TIES, ids=lambda tie: tie.__name__.strip("_"))
def test_whoever_sees_others_needs_one_from_the_next_request_on(client, tie):
    person = employ()
    sign_in_half_way(client, person)
    assert page_of(client).status_code == 200

    tie(person)
    response = page_of(client)

    assert response.status_code == 302
    assert response["Location"] == f"{SET_UP}?next=%2Fcourses%2F"


def test_the_addresses_that_are_tried_are_all_there_are(addresses):
    assert len(addresses) > 100
    assert set(addresses) >= WAY_IN_AND_OUT
    assert {"v1:people", "appraisals:draft_write", "jobs:document_download"} <= set(addresses)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head"])
def test_nothing_opens_half_signed_in(client, manager, addresses, method):
    sign_in_half_way(client, manager)
    before = Event.objects.count()

    answers = {
        name: getattr(client, method)(path)
        for name, path in addresses.items()
        if name not in WAY_IN_AND_OUT
    }

    opened = {
        name: answer.status_code
        for name, answer in answers.items()
        if not _is_shut(answer, has_words=method != "head")
    }
    assert opened == {}
    assert Event.objects.count() == before


def _is_shut(answer, *, has_words):
    if answer.status_code == 302:
        return answer["Location"].startswith(SET_UP)
    told = not has_words or any(words in answer.content for words in REFUSED)
    return answer.status_code == 403 and told


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_autosave_and_programs_are_told_half_signed_in(client, manager, headers):
    sign_in_half_way(client, manager)

    response = client.post(reverse("appraisals:draft_write", args=[1]), headers=headers)

    assert response.status_code == 403
    assert "Pass the second step of signing in first." in response.content.decode()


def test_before_the_code_somebody_with_an_app_is_nobody(client, manager):
    set_up_app(manager)

    response = send_password(client, manager)

    assert response["Location"] == reverse("mfa_authenticate")
    assert not get_user(client).is_authenticated
    assert page_of(client)["Location"].startswith("/accounts/login/")
    assert client.get(reverse("v1:people")).status_code == 401


def test_the_code_of_the_app_signs_in(client, manager):
    secret = set_up_app(manager)
    send_password(client, manager)
    before = client.session.session_key

    response = send_code(client, code_of(secret))

    assert response["Location"] == "/"
    assert page_of(client).status_code == 200
    assert client.session.session_key != before


def test_signing_in_leads_back_to_the_page_that_was_wanted(client, manager):
    secret = set_up_app(manager)

    send_password(client, manager, next="/courses/?words=lead")

    assert send_code(client, code_of(secret))["Location"] == "/courses/?words=lead"


def test_a_recovery_code_signs_in_once(manager):
    set_up_app(manager)
    code, other = recovery_codes_of(manager)[:2]
    first, second, third = Client(), Client(), Client()

    for client, given in ((first, code), (second, code), (third, other)):
        send_password(client, manager)
        send_code(client, given)

    assert [get_user(client).is_authenticated for client in (first, second, third)] == [
        True,
        False,
        True,
    ]


def test_an_app_is_set_up_by_its_first_code(client, manager):
    send_password(client, manager)
    assert page_of(client).status_code == 302
    client.get(f"{SET_UP}?next=/courses/")
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    before = client.session.session_key

    response = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})

    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert page_of(client).status_code == 200
    assert client.session.session_key != before
    assert client.get(reverse("accounts:second_step_done"))["Location"] == "/courses/"
    assert [event.verb for event in Event.objects.filter(by_person=manager)] == [
        "set_up_second_step"
    ]


def test_setting_up_an_app_ends_the_sessions_without_one(client, manager):
    elsewhere = Client()
    for each in (elsewhere, client):
        send_password(each, manager)
    client.get(reverse("mfa_activate_totp"))

    client.post(reverse("mfa_activate_totp"), {"code": code_of(client.session["mfa.totp.secret"])})

    assert get_user(client).is_authenticated
    assert not get_user(elsewhere).is_authenticated


def test_the_code_that_set_up_an_app_does_not_sign_in_as_well(client, manager):
    send_password(client, manager)
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    code = code_of(secret)
    client.post(reverse("mfa_activate_totp"), {"code": code})
    elsewhere = Client()
    send_password(elsewhere, manager)

    again, later = (
        send_code(elsewhere, code),
        send_code(elsewhere, code_of(secret, periods_later=1)),
    )

    assert "This code was used before" in again.content.decode()
    assert later.status_code == 302


def test_seeds_are_not_readable_in_the_database(manager):
    secret = set_up_app(manager)
    codes = recovery_codes_of(manager)

    kept = [str(row.data) for row in Authenticator.objects.filter(user=manager)]

    assert all(word not in text for text in kept for word in (secret, *codes))
    assert all("w1." in text for text in kept)


def test_seeds_are_read_with_a_key_of_before(client, manager, settings):
    secret = set_up_app(manager)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60
    send_password(client, manager)

    response = send_code(client, code_of(secret))

    assert response.status_code == 302
    assert get_user(client) == manager


def test_the_last_step_stays_while_it_is_needed(client, manager):
    set_up_app(manager)
    client.force_login(manager)

    response = client.post(reverse("mfa_deactivate_totp"))

    assert response.status_code == 422
    assert "so you need a second step" in response.content.decode()
    assert Authenticator.objects.filter(user=manager).exists()


def test_a_step_that_nobody_needs_can_be_removed(client):
    person = employ()
    set_up_app(person)
    client.force_login(person)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=person).exists()
    assert Event.objects.get().verb == "remove_second_step"


def test_a_password_alone_changes_nothing_about_the_steps(client, manager):
    set_up_app(manager)
    sign_in_half_way(client, manager)

    added = client.get(reverse("mfa_add_webauthn"))
    asked = client.get(reverse("account_reauthenticate"))

    again = reverse("mfa_reauthenticate")
    assert added["Location"].startswith(again)
    assert asked["Location"].startswith(again)
    assert client.get(SET_UP)["Location"].startswith(again)


@pytest.mark.parametrize(("minutes", "is_fresh"), [(0, True), (14, True), (15, False), (-1, False)])
def test_a_second_step_is_fresh_for_a_quarter_of_an_hour(client, manager, rf, minutes, is_fresh):
    client.force_login(manager)
    request = rf.get("/")
    request.session, request.user = client.session, manager
    at = request.session["waymark_second_step"]["at"]

    moment = datetime.fromtimestamp(at + minutes * 60, UTC)

    assert has_fresh_second_factor(request, now=moment) is is_fresh


def test_a_sensitive_act_waits_for_the_second_step_and_is_then_done(client, manager):
    organisation = manager.assignments.get().organisation
    grant(manager, "HR_ADMINISTRATOR", organisation)
    leaver = employ(organisation=organisation)
    secret = set_up_app(manager)
    client.force_login(manager)
    _grow_stale(client)
    stop = reverse("accounts:sign_in_stop", args=[leaver.pk])

    asked = client.post(stop)
    leaver.refresh_from_db()
    was_active = leaver.is_active
    client.post(asked["Location"], {"code": code_of(secret), "next": stop})

    leaver.refresh_from_db()
    assert asked["Location"] == f"{reverse('mfa_reauthenticate')}?next={quote(stop, safe='')}"
    assert was_active
    assert not leaver.is_active


def _grow_stale(client):
    session = client.session
    passed = session["waymark_second_step"]
    session["waymark_second_step"] = {**passed, "at": passed["at"] - 15 * 60}
    session.save()
