"""Signing in with the account of an organisation, against a real OpenID provider."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc.jwk import RSAKey

from accounts.actors import SystemJob
from accounts.encryption import Unreadable
from accounts.models import OrganisationSignIn, StaffIdentity
from accounts.open_id import _known_as, _secret_of
from accounts.services.staff_identities import (
    Registration,
    link_identity,
    offer_sign_in,
    withdraw_sign_in,
)
from tests.accounts.open_id_provider import OBJECT, OTHER, TENANT, asked, path_of, running
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant

pytestmark = pytest.mark.django_db
SYSTEM = SystemJob("tests", organisation_ids=None)
CLIENT, SECRET = "waymark-at-riverbank", "a secret of the provider"


@pytest.fixture(scope="module")
def provider():
    with running() as found:
        yield found


def offered_by(organisation, provider, *, tenant=TENANT, client_id=CLIENT, counts=False):
    registration = Registration(
        issuer=provider.issuer,
        tenant_id=UUID(tenant),
        client_id=client_id,
        secret=SECRET,
        its_second_factor_counts=counts,
    )
    return offer_sign_in(
        organisation=organisation, registration=registration, by=SYSTEM, now=timezone.now()
    )


@pytest.fixture
def trust(provider):
    """An organisation whose people sign in with its accounts."""
    organisation = OrganisationFactory(ods_code="RX1")
    offered_by(organisation, provider)
    return organisation


def linked(trust, object_id=OBJECT, **fields):
    """Somebody employed by the trust whose account there is linked."""
    person = employ(person=PersonFactory(**fields), organisation=trust)
    link_identity(
        person=person,
        offered=trust.sign_in,
        object_id=UUID(object_id),
        by=SYSTEM,
        now=timezone.now(),
    )
    return person


def go(client, trust, **query):
    """Press the button; returns the provider's address."""
    answer = client.get(reverse("accounts:organisation_go", args=[trust.ods_code]), query)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def through(client, provider, trust, name="amara", **query):
    """The whole way: to the provider, in as ``name``, and back."""
    return client.get(path_of(provider.let_in(go(client, trust, **query), name)))


def who_is_signed_in(client):
    return int(client.session.get("_auth_user_id", 0)) or None


def assert_refused(client, answer, sentence):
    assert answer.status_code == 403
    assert sentence in answer.content.decode()
    assert who_is_signed_in(client) is None


def test_somebody_signs_in_with_their_account_and_comes_to_the_page_they_wanted(
    client, provider, trust
):
    person = linked(trust)
    provider.knows("amara", tid=TENANT, oid=OBJECT)

    answer = through(client, provider, trust, next="/courses/?page=2")

    assert (answer.status_code, answer["Location"]) == (302, "/courses/?page=2")
    assert who_is_signed_in(client) == person.pk


def test_the_way_there_carries_state_nonce_and_a_challenge_and_no_secret(client, provider, trust):
    sent = asked(go(client, trust))

    assert sent.keys() == {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "prompt",
        "code_challenge",
        "code_challenge_method",
    }
    assert sent["code_challenge_method"] == "S256"
    assert sent["prompt"] == "select_account"
    assert sent["scope"] == "openid profile"
    assert urlsplit(sent["redirect_uri"]).path == "/sign-in/RX1/done/"
    again = asked(go(client, trust))
    assert all(sent[name] != again[name] for name in ("state", "nonce", "code_challenge"))


def test_parameters_of_the_address_do_not_reach_the_provider(client, provider, trust):
    sent = asked(go(client, trust, scope="offline_access", auth_params="prompt=none", process="x"))

    assert (sent["scope"], sent["prompt"]) == ("openid profile", "select_account")


def test_the_same_address_and_another_object_is_nobody(client, provider, trust):
    """A tenant can put any address into its tokens, and addresses are given to the next person."""
    person = linked(trust)
    provider.knows("copy", tid=TENANT, oid=OTHER, email=person.email, email_verified=True)

    answer = through(client, provider, trust, "copy")

    assert_refused(client, answer, "is not linked to anybody here")
    assert StaffIdentity.objects.count() == 1


def test_an_address_of_somebody_who_is_not_linked_links_nobody(client, provider, trust):
    person = employ(organisation=trust)
    provider.knows("new", tid=TENANT, oid=OBJECT, email=person.email, email_verified=True)

    answer = through(client, provider, trust, "new")

    assert_refused(client, answer, "is not linked to anybody here")
    assert not StaffIdentity.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"tid": OTHER, "oid": OBJECT},
        {"oid": OBJECT},
        {"tid": "", "oid": OBJECT},
        {"tid": [TENANT, OTHER], "oid": OBJECT},
        {"tid": TENANT},
        {"tid": TENANT, "oid": "amara"},
        {"tid": TENANT, "oid": [OBJECT]},
        {"tid": TENANT, "oid": {"value": OBJECT}},
        {"tid": TENANT, "oid": OBJECT, "aud": "somebody else"},
        {"tid": TENANT, "oid": OBJECT, "aud": [CLIENT, "somebody else"]},
        {"tid": TENANT, "oid": OBJECT, "azp": "somebody else"},
        {"tid": TENANT, "oid": OBJECT, "iss": "https://elsewhere.example"},
        {"tid": TENANT, "oid": OBJECT, "exp": 1},
        {"tid": TENANT, "oid": OBJECT, "nonce": "another"},
    ],
)
def test_a_token_that_does_not_fit_signs_nobody_in(client, provider, trust, claims):
    linked(trust)
    provider.knows("odd", **claims)

    answer = through(client, provider, trust, "odd")

    assert_refused(client, answer, "We could not sign you in with your account at")


def test_another_organisations_sign_in_does_not_open_somebody_linked_to_this_one(
    client, provider, trust
):
    """Not even when both share a tenant, as trusts in NHSmail do."""
    linked(trust)
    other = OrganisationFactory(ods_code="RX2")
    offered_by(other, provider)
    provider.knows("amara", tid=TENANT, oid=OBJECT)

    answer = through(client, provider, other)

    assert_refused(client, answer, "is not linked to anybody here")


def test_what_one_organisation_began_another_does_not_finish(client, provider, trust):
    other = OrganisationFactory(ods_code="RX2")
    offered_by(other, provider)
    linked(trust)
    provider.knows("amara", tid=TENANT, oid=OBJECT)

    back = path_of(provider.let_in(go(client, trust), "amara")).replace("RX1", "RX2")

    assert_refused(client, client.get(back), "Start again")


def test_an_answer_is_taken_once_in_the_browser_that_asked_and_within_ten_minutes(
    client, provider, trust
):
    elsewhere = Client()
    linked(trust)
    provider.knows("amara", tid=TENANT, oid=OBJECT)
    back = path_of(provider.let_in(go(client, trust), "amara"))
    late = path_of(provider.let_in(go(client, trust), "amara"))
    session = client.session
    key = next(name for name in list(session.keys()) if asked(late)["state"] in name)
    session[key]["data"]["at"] -= timedelta(minutes=10).total_seconds()
    session.save()

    assert_refused(elsewhere, elsewhere.get(back), "Start again")
    assert_refused(client, client.get(late), "Start again")
    assert client.get(back).status_code == 302
    client.logout()
    assert_refused(client, client.get(back), "Start again")


@pytest.mark.parametrize("query", ["", "?state=x", "?code=x", "?state=x&code=y", "?error=%00"])
def test_coming_back_without_having_gone_is_refused(client, trust, query):
    answer = client.get(f"/sign-in/RX1/done/{query}")

    assert_refused(client, answer, "Start again")


def test_a_code_that_was_made_up_is_refused(client, provider, trust):
    state = asked(go(client, trust))["state"]

    answer = client.get(f"/sign-in/RX1/done/?state={state}&code=made-up")

    assert_refused(client, answer, "Start again")


def test_whoever_is_turned_away_at_the_provider_is_told_and_can_go_on(client, provider, trust):
    back = path_of(provider.turn_away(go(client, trust)))

    answer = client.get(back)

    assert_refused(client, answer, "Start again")
    assert reverse("account_login") in answer.content.decode()


def test_a_token_signed_with_another_key_signs_nobody_in(client, provider, trust):
    linked(trust)
    provider.knows("amara", tid=TENANT, oid=OBJECT)
    back = path_of(provider.let_in(go(client, trust), "amara"))
    known = cache.get(_known_as(trust.sign_in))
    kept = dict(known) | {"jwks": {"keys": [forged_like(provider)]}}
    cache.set(_known_as(trust.sign_in), kept)

    assert_refused(client, client.get(back), "Start again")


def forged_like(provider):
    """Another key under the name of the provider's own."""
    true = requests.get(f"{provider.issuer}/jwks", timeout=10).json()["keys"][0]
    made = RSAKey.generate_key(2048, private=False).as_dict()
    return made | ({"kid": true["kid"]} if "kid" in true else {})


def test_a_provider_that_does_not_answer_is_named(client, provider, trust):
    trust.sign_in.issuer = "http://127.0.0.1:1"
    trust.sign_in.save()

    answer = client.get(reverse("accounts:organisation_go", args=["RX1"]))

    assert_refused(client, answer, "does not answer")


@pytest.mark.parametrize("page", ["organisation_show", "organisation_go", "organisation_done"])
def test_an_organisation_that_offers_nothing_is_not_there(client, trust, page):
    withdraw_sign_in(offered=trust.sign_in, by=SYSTEM, now=timezone.now())
    OrganisationFactory(ods_code="RX9")

    statuses = [
        client.get(reverse(f"accounts:{page}", args=[code])).status_code
        for code in ("RX1", "RX9", "nobody")
    ]

    assert statuses == [404, 404, 404]


def test_a_leaver_is_not_signed_in(client, provider, trust):
    person = linked(trust)
    provider.knows("amara", tid=TENANT, oid=OBJECT)
    person.is_active = False
    person.save()

    answer = through(client, provider, trust)

    assert answer["Location"] == reverse("account_inactive")
    assert who_is_signed_in(client) is None


@pytest.mark.parametrize(
    "hostile", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere_afterwards(client, provider, trust, hostile):
    linked(trust)
    provider.knows("amara", tid=TENANT, oid=OBJECT)

    answer = through(client, provider, trust, next=hostile)

    assert answer["Location"] == "/"


def test_whoever_was_signed_in_before_is_signed_out(client, provider, trust):
    person = linked(trust)
    provider.knows("amara", tid=TENANT, oid=OBJECT)
    client.force_login(PersonFactory())
    before = client.session.session_key
    address = go(client, trust)

    client.get(path_of(provider.let_in(address, "amara")))

    assert who_is_signed_in(client) == person.pk
    assert client.session.session_key != before


def test_our_second_step_is_asked_for_unless_the_organisations_counts(client, provider, trust):
    person = grant(linked(trust), "LEARNING_LEAD", trust)
    TOTP.activate(person, generate_totp_secret())
    provider.knows("amara", tid=TENANT, oid=OBJECT)

    asked_for = through(client, provider, trust)
    before = who_is_signed_in(client)
    offered_by(trust, provider, counts=True)
    let_in = through(client, provider, trust)

    assert (asked_for["Location"], before) == (reverse("mfa_authenticate"), None)
    assert let_in["Location"] == "/"
    assert client.get("/accounts/sessions/").status_code == 200


def test_whoever_needs_a_second_step_and_has_none_is_sent_to_set_one_up(client, provider, trust):
    grant(linked(trust), "LEARNING_LEAD", trust)
    provider.knows("amara", tid=TENANT, oid=OBJECT)

    through(client, provider, trust)

    answer = client.get("/accounts/sessions/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("accounts:second_step"))


def test_somebody_links_their_own_account_and_signs_in_with_it(client, provider, trust):
    person = employ(organisation=trust)
    provider.knows("amara", tid=TENANT, oid=OBJECT)
    client.force_login(person)

    address = client.get(reverse("accounts:identity_link", args=["RX1"]))["Location"]
    answer = client.get(path_of(provider.let_in(address, "amara")), follow=True)
    client.logout()
    through(client, provider, trust)

    assert asked(address)["prompt"] == "login"
    assert "You can sign in with your account at" in answer.content.decode()
    assert who_is_signed_in(client) == person.pk


def test_a_link_is_finished_only_by_whoever_began_it(client, provider, trust):
    began, other = employ(organisation=trust), employ(organisation=trust)
    provider.knows("amara", tid=TENANT, oid=OBJECT)
    client.force_login(began)
    address = client.get(reverse("accounts:identity_link", args=["RX1"]))["Location"]
    back = path_of(provider.let_in(address, "amara"))
    kept = {name: value for name, value in client.session.items() if name.startswith("_state_")}

    client.force_login(other)
    session = client.session
    session.update(kept)
    session.save()
    answer = client.get(back)

    assert answer.status_code == 403
    assert not StaffIdentity.objects.exists()


def test_the_secret_is_sealed_and_opens_for_its_own_organisation_only(provider, trust):
    other = OrganisationFactory()
    moved = OrganisationSignIn(organisation=other, secret=trust.sign_in.secret)

    assert SECRET not in trust.sign_in.secret
    assert _secret_of(trust.sign_in) == SECRET
    with pytest.raises(Unreadable):
        _secret_of(moved)


def test_pages_of_signing_in_are_counted_by_address(client, settings, trust):
    settings.CALLS_A_MINUTE = settings.CALLS_A_MINUTE | {"sign-in": 2}

    statuses = [client.get("/sign-in/").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert "Retry-After" in client.get("/sign-in/").headers


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_who_offers_it_and_nobody_else(
    client, provider, rows, django_assert_num_queries
):
    for _ in range(rows):
        offered_by(OrganisationFactory(), provider)
    silent = OrganisationFactory(name="Silent NHS Trust")
    withdraw_sign_in(offered=offered_by(silent, provider), by=SYSTEM, now=timezone.now())

    with django_assert_num_queries(6):
        page = client.get("/sign-in/?next=/courses/").content.decode()

    assert page.count("/?next=%2Fcourses%2F") >= rows
    assert page.count("Riverbank") == rows
    assert "Silent NHS Trust" not in page
