"""Stopping somebody's sign-in, and resetting a second step that somebody has lost."""

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Token
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from accounts.actors import SystemJob
from accounts.models import Event
from accounts.services.sign_in import allow_sign_in, reset_second_step, stop_sign_in
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from tests.factories.accounts import (
    OAuthClientFactory,
    OrganisationFactory,
    OrganisationParentFactory,
    PersonFactory,
    employ,
    grant,
)
from tests.factories.clock import NOW
from tests.second_step import (
    recovery_codes_of,
    send_password,
    set_up_app,
    stand_still,
    with_password,
)

pytestmark = pytest.mark.django_db

JOB = SystemJob("tests", organisation_ids=None)


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    stand_still(monkeypatch, NOW)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def person(trust):
    return employ(organisation=trust)


@pytest.fixture
def hr(trust):
    return grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust)


@pytest.mark.parametrize("by_service", [True, False], ids=["stopped", "switched off"])
def test_a_leaver_is_out_on_the_next_request_everywhere(person, hr, by_service):
    clients = [Client() for _ in range(4)]
    for client in clients:
        client.force_login(person)
        assert client.get("/courses/").status_code == 200

    if by_service:
        stop_sign_in(person=person, by=hr, now=NOW)
    else:
        type(person).objects.filter(pk=person.pk).update(is_active=False)

    for client in clients:
        answers = [client.get("/courses/"), client.get("/api/v1/people/"), client.post("/courses/")]
        assert [answer.status_code for answer in answers] == [302, 401, 302]
        assert not get_user(client).is_authenticated


def test_stopping_ends_sessions_and_tokens(person, hr):
    Client().force_login(person)
    Client().force_login(hr)
    Token.objects.create(client=OAuthClientFactory(), user=person, type="at", hash="of a leaver")

    stop_sign_in(person=person, by=hr, now=NOW)

    assert [row.user for row in UserSession.objects.all()] == [hr]
    assert not Token.objects.exists()
    event = Event.objects.get(verb="stop_sign_in")
    assert (event.by_person, event.subject, event.facts) == (hr, person, {"sessions": 1})


def test_whoever_is_stopped_does_not_come_in_again_until_allowed(client, person, hr):
    with_password(person)
    stop_sign_in(person=person, by=hr, now=NOW)

    refused = send_password(client, person)
    allow_sign_in(person=person, by=hr, now=NOW)
    let_in = send_password(client, person)

    assert refused["Location"] == reverse("account_inactive")
    assert let_in["Location"] == "/"
    assert get_user(client) == person


def test_a_closed_account_does_not_say_that_it_is_there(client, person):
    person.is_active = False
    with_password(person)

    wrong = send_password(client, person, "not the password")

    assert wrong.status_code == 422
    assert "closed" not in wrong.content.decode()


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "ORGANISATION_ADMINISTRATOR"])
def test_administrators_of_the_organisation_may(person, trust, role):
    stop_sign_in(person=person, by=grant(PersonFactory(), role, trust), now=NOW)

    person.refresh_from_db()
    assert not person.is_active


def test_an_administrator_above_may(person, trust):
    board = OrganisationParentFactory(organisation=trust).parent
    above = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", board)

    stop_sign_in(person=person, by=above, now=NOW)

    person.refresh_from_db()
    assert not person.is_active


def _line_manager(person, trust):
    manager = employ(organisation=trust)
    employ(person=person, organisation=trust, manager=manager)
    return manager


def _administrator_elsewhere(person, trust):
    return grant(PersonFactory(), "HR_ADMINISTRATOR", OrganisationFactory())


def _administrator_of_one_of_two(person, trust):
    employ(person=person)
    return grant(PersonFactory(), "HR_ADMINISTRATOR", trust)


def _learning_lead(person, trust):
    return grant(PersonFactory(), "LEARNING_LEAD", trust)


def _auditor(person, trust):
    return grant(PersonFactory(), "AUDITOR", trust)


def _oneself(person, trust):
    return grant(person, "HR_ADMINISTRATOR", trust)


@pytest.mark.parametrize("act", [stop_sign_in, allow_sign_in, reset_second_step])
@pytest.mark.parametrize(
    "somebody",
    [
        _line_manager,
        _administrator_elsewhere,
        _administrator_of_one_of_two,
        _learning_lead,
        _auditor,
        _oneself,
    ],
    ids=lambda somebody: somebody.__name__.strip("_"),
)
def test_others_may_not(person, trust, act, somebody):
    set_up_app(person)
    by = somebody(person, trust)

    with pytest.raises(Forbidden):
        act(person=person, by=by, now=NOW)

    person.refresh_from_db()
    assert person.is_active
    assert Authenticator.objects.filter(user=person).exists()
    assert not Event.objects.exists()


def test_of_somebody_who_has_left_the_organisations_of_before_decide(trust, hr):
    gone = employ(organisation=trust, ends_on=NOW.date() - timedelta(days=1))
    nowhere = PersonFactory()

    stop_sign_in(person=gone, by=hr, now=NOW)
    with pytest.raises(Forbidden):
        stop_sign_in(person=nowhere, by=hr, now=NOW)
    stop_sign_in(person=nowhere, by=JOB, now=NOW)

    assert Event.objects.filter(verb="stop_sign_in").count() == 2


def test_what_is_so_already_is_a_conflict(person, hr):
    with pytest.raises(Conflict) as allowed:
        allow_sign_in(person=person, by=hr, now=NOW)
    with pytest.raises(Conflict) as reset:
        reset_second_step(person=person, by=hr, now=NOW)
    stop_sign_in(person=person, by=hr, now=NOW)
    with pytest.raises(Conflict) as stopped:
        stop_sign_in(person=person, by=hr, now=NOW)

    codes = [caught.value.code for caught in (allowed, reset, stopped)]
    assert codes == ["already_allowed", "no_second_step", "already_stopped"]


def test_a_reset_takes_the_step_away_ends_sessions_and_tells_the_person(person, hr):
    set_up_app(person)
    recovery_codes_of(person)
    client = Client()
    client.force_login(person)

    reset_second_step(person=person, by=hr, now=NOW)

    assert not Authenticator.objects.filter(user=person).exists()
    assert client.get("/courses/").status_code == 302
    event = Event.objects.get(verb="reset_second_step")
    assert event.facts == {"kinds": ["recovery_codes", "totp"], "sessions": 1}
    assert Notice.objects.get(recipient=person).rule == "accounts.second_step_reset"


def test_the_pages_find_show_and_change(client, person, hr):
    set_up_app(person)
    client.force_login(hr)

    found = client.post(reverse("accounts:colleague_find"), {"email": person.email.upper()})
    shown = client.get(found["Location"])
    reset = client.post(reverse("accounts:second_step_reset", args=[person.pk]), follow=True)
    stopped = client.post(reverse("accounts:sign_in_stop", args=[person.pk]), follow=True)
    allowed = client.post(reverse("accounts:sign_in_allow", args=[person.pk]), follow=True)

    assert "Reset the second step" in shown.content.decode()
    assert "sets up a second step when they next sign in." in reset.content.decode()
    assert "can no longer sign in." in stopped.content.decode()
    assert "can sign in." in allowed.content.decode()


@pytest.mark.parametrize("typed", ["nobody@elsewhere.example", "", "not an address", "\x00"])
def test_an_address_that_names_nobody_gets_a_sentence(client, hr, typed):
    client.force_login(hr)

    response = client.post(reverse("accounts:colleague_find"), {"email": typed})

    assert response.status_code == 422
    assert "nhsuk-error-summary" in response.content.decode()


def test_a_person_of_another_organisation_is_not_there(client, hr):
    other = employ()
    client.force_login(hr)

    found = client.post(reverse("accounts:colleague_find"), {"email": other.email})
    answers = [
        client.get(reverse("accounts:colleague_show", args=[other.pk])),
        client.post(reverse("accounts:sign_in_stop", args=[other.pk])),
        client.post(reverse("accounts:sign_in_allow", args=[other.pk])),
        client.post(reverse("accounts:second_step_reset", args=[other.pk])),
    ]

    assert found.status_code == 422
    assert [answer.status_code for answer in answers] == [404] * 4


def test_the_page_is_for_administrators(client, person, trust):
    client.force_login(grant(person, "LEARNING_LEAD", trust))

    assert client.get(reverse("accounts:colleague_find")).status_code == 403


def test_password_of_a_leaver_cannot_be_asked_for(client, person, mailoutbox):
    with_password(person)
    type(person).objects.filter(pk=person.pk).update(is_active=False)

    client.post(reverse("account_reset_password"), {"email": person.email})

    assert mailoutbox == []
