"""Signing in and out, forged requests, answers that stay in caches, and doors that are shut."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from accounts.models import Event
from accounts.urls import CLOSED
from config.demo.personas import PERSONAS
from tests.api.samples import everything_kept
from tests.factories.accounts import PersonFactory, employ
from tests.factories.notifications import KeptMailFactory
from tests.security.addresses import OPEN_TO_ALL, SAMPLES, arguments_of_addresses, path_to
from tests.security.callers import ENDPOINTS, bytes_of, signed_in

pytestmark = pytest.mark.django_db

ELSEWHERE = "https://evil.example/"
WITHOUT_ARGUMENTS = [name for name, taken in arguments_of_addresses().items() if not taken]
# Below the addresses of programs: one is sent files, one is a document that anybody may read.
LIKE_A_PAGE = {"v1:framework_imports", "case:discovery"}


@pytest.fixture
def person():
    person = employ(person=PersonFactory(email="somebody@waymark.example"))
    person.set_password("three words in a row")
    person.save()
    return person


@pytest.mark.parametrize("route", CLOSED)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_what_the_library_offers_and_we_do_not_is_not_there(client, route, is_signed_in):
    if is_signed_in:
        client.force_login(PersonFactory())
    path = "/" + route.replace("<path:key>", "a-key/")

    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_nobody_takes_another_address_for_themselves(client, person):
    client.force_login(person)

    for action in ("action_add", "action_primary"):
        client.post(reverse("account_email"), {action: "", "email": "boss@waymark.example"})

    person.refresh_from_db()
    assert person.email == "somebody@waymark.example"
    assert not EmailAddress.objects.filter(email="boss@waymark.example").exists()


@pytest.mark.parametrize("target", [ELSEWHERE, "//evil.example", "javascript:alert(1)", "/\\evil"])
def test_signing_in_leads_nowhere_else(client, person, target):
    given = {"login": person.email, "password": "three words in a row", "next": target}

    response = client.post(reverse("account_login") + f"?next={target}", given)

    assert get_user(client) == person
    assert (response.status_code, response["Location"]) == (302, "/")


def test_signing_out_leads_nowhere_else(client, person):
    client.force_login(person)

    response = client.post(reverse("account_logout") + f"?next={ELSEWHERE}", {"next": ELSEWHERE})

    assert not get_user(client).is_authenticated
    assert response["Location"] == reverse("account_login")


def test_a_refusal_does_not_lead_to_where_the_request_claims_to_come_from(client, person):
    client.force_login(person)

    response = client.get(reverse("appraisals:cycle_list"), headers={"Referer": ELSEWHERE + "page"})

    assert response.status_code == 403
    assert "evil.example" not in response.content.decode()


@pytest.mark.parametrize("door", ["password", "persona"])
def test_a_session_known_before_signing_in_is_worth_nothing_after(client, person, door):
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    thief = Client()
    thief.cookies = client.cookies.copy()

    if door == "password":
        given = {"login": person.email, "password": "three words in a row"}
        client.post(reverse("account_login"), given)
    else:
        persona = employ(person=PersonFactory(email=PERSONAS[0].email))
        client.post(reverse("demo:persona_sign_in", args=[PERSONAS[0].slug]))
        assert get_user(client) == persona

    assert client.session.session_key != planted
    assert get_user(client).is_authenticated
    assert not get_user(thief).is_authenticated


def test_a_change_without_the_form_s_token_is_refused_everywhere(town):
    forger = Client(enforce_csrf_checks=True)
    forger.force_login(town.theirs.people["person"])
    paths = {name: path_to(name, town.theirs) for name in SAMPLES}
    paths |= {name: reverse(name) for name in WITHOUT_ARGUMENTS}
    paths["demo:persona_sign_in"] = reverse("demo:persona_sign_in", args=[PERSONAS[0].slug])
    before = everything_kept()

    answers = {name: forger.post(path).status_code for name, path in paths.items()}
    as_json = {
        name: forger.post(path, {}, content_type="application/json").status_code
        for name, path in paths.items()
        if path.startswith(ENDPOINTS)
    }

    # Endpoints read nothing that a form of another site could send.
    unread = {name for name, status in answers.items() if status == 415}
    assert unread == set(as_json) - LIKE_A_PAGE
    assert {status for name, status in answers.items() if name not in unread} == {403}
    assert set(as_json.values()) == {403}
    assert everything_kept() == before


def test_a_change_with_the_token_of_somebody_s_form_is_let_through(town):
    """So that the test before says something: with the token the very same request works."""
    honest = Client(enforce_csrf_checks=True)
    honest.force_login(town.theirs.people["person"])
    honest.get(reverse("talent:consent_edit"))
    token = honest.cookies["csrftoken"].value

    response = honest.post(reverse("notifications:notice_read_all"), {"csrfmiddlewaretoken": token})

    assert response.status_code == 302


def test_nothing_of_a_signed_in_person_is_kept_by_browsers(town):
    house = town.theirs
    readers = {name: signed_in(name, person) for name, person in house.people.items()}
    asked = [(readers["person"], reverse(name)) for name in WITHOUT_ARGUMENTS]
    asked += [
        (readers.get(sample.reader, readers["hr"]), path_to(name, house))
        for name, sample in SAMPLES.items()
    ]

    for reader, path in asked:
        response = reader.send("get", path)

        assert bytes_of(response) is not None
        assert "no-store" in response.headers["Cache-Control"], path


def test_the_doors_of_a_demonstration_are_shut_elsewhere(client, settings):
    """The addresses are not even there in production; were they, nobody would come through."""
    settings.DEMO = False
    employ(person=PersonFactory(email=PERSONAS[0].email))

    listed = client.get(reverse("demo:persona_list"))
    signing_in = client.post(reverse("demo:persona_sign_in", args=[PERSONAS[0].slug]))

    assert (listed.status_code, signing_in.status_code) == (404, 404)
    assert not get_user(client).is_authenticated


def test_the_mailbox_of_a_demonstration_is_empty_elsewhere(client, settings):
    mail = KeptMailFactory(to="somebody.else@waymark.example")
    settings.DEMO = False
    client.force_login(PersonFactory())

    assert mail.to not in client.get(reverse("notifications:mailbox_list")).content.decode()
    for name in ("mailbox_show", "mailbox_page"):
        assert client.get(reverse(f"notifications:{name}", args=[mail.pk])).status_code == 404


def test_what_is_open_to_all_is_closed_to_who_has_not_signed_in(town, client):
    rows = {"courses:programme_show": "pk", "v1:course_show": "pk"}
    programme = town.theirs.rows["offering"].programme

    statuses = {
        name: client.get(reverse(name, kwargs={argument: programme.pk})).status_code
        for name, argument in rows.items()
    }

    assert statuses == {"courses:programme_show": 302, "v1:course_show": 401}
    assert set(rows) < set(OPEN_TO_ALL)


def test_the_answer_to_autosave_after_the_session_has_ended_is_the_same_for_every_number(town):
    stranger = Client(headers={"HX-Request": "true"})
    drafting = town.theirs.rows["drafting"]
    before = Event.objects.count()

    answers = {
        pk: stranger.post(reverse("appraisals:draft_write", args=[pk]), {"version": "<b>1</b>"})
        for pk in (drafting.pk, 2**62)
    }

    contents = {response.content for response in answers.values()}
    assert {response.status_code for response in answers.values()} == {401}
    assert len(contents) == 1
    assert b"<b>1</b>" not in contents.pop()
    assert Event.objects.count() == before
