"""What is too grave for a session that was left open asks once more who is there."""

import time
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from jobs.models import Job
from jobs.rights import PACK
from tests.factories.accounts import employ
from tests.factories.jobs import DocumentFactory
from tests.second_step import code_of, send_password, set_up_app, with_password
from tests.security.addresses import SAMPLES, path_to
from tests.security.callers import bytes_of
from tests.security.matrix.walk import rows_written

pytestmark = pytest.mark.django_db

# Who is given a role, stands in or confirms levels, who signs in and how, what programs can do, how
# long records are kept and what holds them, and everything that is known about a person at once.
GRAVE = {
    "accounts:emergency_open": "hr",
    "accounts:hold_lift": "auditor",
    "accounts:hold_set": "auditor",
    "accounts:identity_link": "person",
    "accounts:identity_unlink": "person",
    "accounts:program_narrow": "administrator",
    "accounts:program_open": "administrator",
    "accounts:program_stop": "administrator",
    "accounts:retention_rule_change": "auditor",
    "accounts:role_end": "administrator",
    "accounts:role_give": "administrator",
    "accounts:second_step_reset": "hr",
    "accounts:secret_add": "administrator",
    "accounts:secret_revoke": "administrator",
    "accounts:sign_in_allow": "hr",
    "accounts:sign_in_stop": "hr",
    "accounts:stand_in_add": "manager",
    "accounts:stand_in_end": "manager",
    "courses:certificate_reissue": "learning",
    "courses:certificate_revoke": "learning",
    "courses:key_end": "administrator",
    "jobs:information_ask": "person",
    "jobs:information_ask_for": "auditor",
    "pathways:assessor_appoint": "manager",
    "pathways:assessor_end": "manager",
}
COPY = "/your-information/copy/"
# These hold the libraries' own notes of a sign-in, and what a form sent until it is sent again.
NOTES = ("django_session", "usersessions_usersession")


def grow_stale(client: Client) -> None:
    session = client.session
    passed = session["waymark_second_step"]
    session["waymark_second_step"] = {**passed, "at": passed["at"] - 15 * 60}
    session.save()


@pytest.fixture
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def address_of(name, house):
    if name in SAMPLES:
        return path_to(name, house)
    if name == "accounts:identity_link":
        return reverse(name, args=[house.organisation.ods_code])
    return reverse(name)


@pytest.mark.parametrize("name", GRAVE)
def test_a_second_step_of_a_quarter_of_an_hour_ago_is_asked_for_again(
    town, taken_back, client, name
):
    house = town.ours
    actor = house.people[GRAVE[name]]
    set_up_app(actor)
    client.force_login(actor)
    grow_stale(client)
    path = address_of(name, house)
    before = rows_written(but=NOTES)

    # Linking begins with a page: what it is about comes back from the organisation.
    send = client.get if name == "accounts:identity_link" else client.post
    answer = send(path, SAMPLES[name].sent(house) if name in SAMPLES else {})

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    assert rows_written(but=NOTES) == before


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_a_fragment_and_a_program_are_told(town, taken_back, client, headers):
    client.force_login(town.ours.people["administrator"])
    grow_stale(client)

    answer = client.post(path_to("accounts:role_end", town.ours), headers=headers)

    assert answer.status_code == 403
    assert "Pass the second step of signing in again" in answer.content.decode()


@pytest.fixture
def pack_of():
    return lambda person: DocumentFactory(owner=person, kind=PACK, title="Your information")


def download_of(document):
    return reverse("jobs:document_download", args=[document.public_id])


def test_a_copy_of_everything_is_not_handed_to_a_session_left_open(client, pack_of):
    person = employ()
    document, secret = pack_of(person), set_up_app(person)
    client.force_login(person)
    grow_stale(client)

    asked = client.get(download_of(document))
    client.post(asked["Location"], {"code": code_of(secret), "next": download_of(document)})

    assert asked["Location"].startswith(reverse("mfa_reauthenticate"))
    assert bytes_of(client.get(download_of(document))) == b"%PDF-1.7 a plan"


def test_any_other_document_opens_without_being_asked(client):
    person = employ()
    set_up_app(person)
    client.force_login(person)
    grow_stale(client)

    answer = client.get(download_of(DocumentFactory(owner=person)))

    assert bytes_of(answer) == b"%PDF-1.7 a plan"


def test_who_has_no_second_step_gives_the_password_again(client, monkeypatch):
    person = with_password(employ())
    send_password(client, person)
    later = time.time() + 16 * 60
    monkeypatch.setattr(time, "time", lambda: later)

    asked = client.post(COPY)
    made_before = Job.objects.filter(owner=person).count()
    client.post(asked["Location"], {"password": "three words in a row", "next": COPY})

    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert (made_before, Job.objects.filter(owner=person, kind=PACK).count()) == (0, 1)


def test_who_has_just_given_the_password_is_not_asked_again(client):
    person = with_password(employ())
    send_password(client, person)

    assert client.post(COPY).status_code == 302
    assert Job.objects.filter(owner=person, kind=PACK).count() == 1
