from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client, Token
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.client_secrets import is_secret
from accounts.models import ApiClientSecret, Event
from accounts.services.clients import create_client, stop_client
from common.errors import Conflict, Forbidden
from tests.api_client import hr_system, token_for
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant, place_below
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db
SYSTEM = SystemJob("tests", organisation_ids=None)
PEOPLE = "/api/v1/people/"


def test_a_client_gets_a_token_and_reads_its_organisation():
    trust = OrganisationFactory()
    ours, theirs = employ(organisation=trust), employ()

    response = hr_system(trust).get(PEOPLE)

    assert response.status_code == 200
    assert [row["id"] for row in response.json()["results"]] == [ours.pk]
    assert theirs.email not in response.content.decode()


def test_a_client_of_a_care_board_reads_the_trusts_below_it():
    board = OrganisationFactory(kind="ICB")
    below = employ(organisation=place_below(OrganisationFactory(), board))
    employ()

    response = hr_system(board).get(PEOPLE)

    assert [row["id"] for row in response.json()["results"]] == [below.pk]


def test_the_secret_is_kept_as_a_hash_and_the_event_without_it():
    _client, secret = create_client(
        name="HR", organisation=OrganisationFactory(), scopes=["people:read"], by=SYSTEM, now=NOW
    )

    stored = ApiClientSecret.objects.get()
    facts = str([event.facts for event in Event.objects.all()])
    assert secret not in str(vars(stored))
    assert is_secret(secret, kept=stored.hash)
    assert not Client.objects.get().check_secret(secret)
    assert secret not in facts
    assert stored.hash not in facts


def test_a_wrong_secret_gets_no_token():
    client, _secret = create_client(
        name="HR", organisation=OrganisationFactory(), scopes=["people:read"], by=SYSTEM, now=NOW
    )

    response = token_for(client.client_id, "something else")

    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"
    assert not Token.objects.exists()


def test_a_client_cannot_ask_for_a_scope_it_was_not_given():
    client, secret = create_client(
        name="HR", organisation=OrganisationFactory(), scopes=["people:read"], by=SYSTEM, now=NOW
    )

    response = token_for(client.client_id, secret, scope="people:read enrolments:write")

    assert response.status_code == 400
    assert response.json()["error"] == "invalid_scope"


def test_an_endpoint_outside_the_scopes_is_forbidden_and_says_why():
    response = hr_system(OrganisationFactory(), scopes=["courses:read"]).get(PEOPLE)

    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert "people:read" in response.json()["detail"]


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Bearer a b"])
def test_an_unknown_token_is_401_with_a_challenge(client, header):
    response = client.get(PEOPLE, headers={"Authorization": header})

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert response.json()["status"] == 401


def test_nobody_is_401(client):
    response = client.get(PEOPLE)

    assert response.status_code == 401


def test_an_expired_token_is_refused():
    system = hr_system(OrganisationFactory())
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert system.get(PEOPLE).status_code == 401


def test_a_stopped_client_is_refused_on_its_next_call():
    system = hr_system(OrganisationFactory())
    before = system.get(PEOPLE).status_code

    stop_client(client=system.api_client, by=SYSTEM, now=NOW)

    assert (before, system.get(PEOPLE).status_code) == (200, 401)


def test_an_administrator_opens_clients_only_for_the_own_organisation():
    trust, other = OrganisationFactory(), OrganisationFactory()
    administrator = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", trust)
    fields = {"name": "HR", "scopes": ["people:read"], "by": administrator, "now": NOW}

    opened, _secret = create_client(organisation=trust, **fields)
    with pytest.raises(Forbidden) as refusal:
        create_client(organisation=other, **fields)

    assert opened.organisation == trust
    assert refusal.value.code == "may_not_open"
    assert Client.objects.count() == 1


@pytest.mark.parametrize("scopes", [[], ["everything"], ["people:read", "people:write"]])
def test_scopes_must_be_known(scopes):
    with pytest.raises(Conflict) as refusal:
        create_client(
            name="HR", organisation=OrganisationFactory(), scopes=scopes, by=SYSTEM, now=NOW
        )

    assert refusal.value.code == "unknown_scope"


def test_the_token_endpoint_takes_no_other_grant(client):
    system = hr_system(OrganisationFactory())

    response = client.post(
        reverse("idp:oidc:token"),
        {"grant_type": "password", "client_id": system.api_client.client_id, "username": "a"},
    )

    assert response.status_code in {400, 401}
    assert "access_token" not in response.json()
