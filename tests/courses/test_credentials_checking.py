"""Whoever has a link or a badge, and nobody else, sees whether it counts."""

import base64
import json
from datetime import timedelta

import jwt
import pgtrigger
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.limits import Limit
from accounts.scope import opened, run_as
from courses.models import Certificate
from courses.selectors.certificates import certificate_behind
from courses.services.certificate_ends import Correction, reissue, revoke
from courses.services.issuers import change_key, give_key_up
from courses.services.open_badges import badge_png, badge_svg, claims_of, list_address
from courses.services.signing_keys import hold_signer
from courses.services.verifying import Finding, judge, judge_image
from tests.factories.accounts import PersonFactory, grant
from tests.factories.certificates import JOB, certified
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, host_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CHECK = "/certificates/check/"


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(days=2))


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


@pytest.fixture
def certificate(session):
    return certified(session=session)


@pytest.fixture
def signed(certificate):
    return certificate.credentials.get().signed


def link_to(certificate):
    return reverse("courses:certificate_check", args=[certificate.token])


def text_of(response):
    return " ".join(response.content.decode().split())


def look_at(client, path):
    """Every request of somebody unknown sees no row at all but what the database tells it."""
    return client.get(path)


def test_whoever_has_the_link_sees_what_the_certificate_says(client, certificate):
    response = look_at(client, link_to(certificate))

    said = text_of(response)
    assert "Genuine and in force" in said
    for words in (certificate.person_name, certificate.title, certificate.serial):
        assert words in said
    assert certificate.person.email not in said
    assert response.headers["X-Robots-Tag"].startswith("noindex")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.cookies == {}


def test_without_the_whole_link_there_is_nothing(client, certificate):
    token = certificate.token
    answers = [
        look_at(client, f"/certificates/{guess}/")
        for guess in (
            token[:-1],
            token.swapcase(),
            f"{token}x",
            str(certificate.pk),
            certificate.serial,
            str(certificate.public_id),
            "%25",
            "a'or'1'='1",
            "%00",
        )
    ]

    assert {answer.status_code for answer in answers} == {404}
    bodies = {answer.content for answer in answers}
    assert bodies == {look_at(client, "/certificates/nobody-has-this/").content}


def test_without_the_link_the_database_shows_no_certificate(certificate):
    with opened(None, on=TODAY):
        assert Certificate.objects.count() == 0
        assert certificate_behind(certificate.token) == certificate
        assert certificate_behind("") is None


def test_a_revoked_one_says_so_and_not_whose_it_was(client, certificate, lead):
    revoke(certificate=certificate, reason="OTHER", text="Mistake", by=lead, now=NOW)

    said = text_of(look_at(client, link_to(certificate)))

    assert "Revoked" in said
    assert certificate.serial in said
    assert certificate.person_name not in said


def test_a_replaced_one_does_not_lead_to_the_new_name(client, certificate, lead):
    correction = Correction("Amara Hughes", certificate.completed_on, "Married")
    newer = reissue(certificate=certificate, correction=correction, by=lead, now=NOW)

    said = text_of(look_at(client, link_to(certificate)))

    assert "Replaced" in said
    for words in (certificate.person_name, "Amara Hughes", newer.token, newer.serial):
        assert words not in said
    assert "Amara Hughes" in text_of(look_at(client, link_to(newer)))


def test_an_expired_one_says_since_when(client, clock, session, lead, certificate):
    over = _lasting(certificate, TODAY)
    clock.move_to(NOW + timedelta(days=1))

    assert "Genuine, but expired" in text_of(look_at(client, link_to(over)))
    assert "20 November 2026" in text_of(look_at(client, link_to(over)))


def test_the_last_day_still_counts(client, certificate):
    assert "in force" in text_of(look_at(client, link_to(_lasting(certificate, TODAY))))


def test_a_link_keeps_working_when_the_course_is_gone(client, certificate):
    certificate.enrolment.delete()

    assert certificate.title in text_of(look_at(client, link_to(certificate)))


def test_whoever_asks_too_often_waits(client, certificate, monkeypatch):
    monkeypatch.setattr(
        "courses.views.verifying.limit_for", lambda name: Limit("verify-test", 2, 60)
    )

    answers = [look_at(client, link_to(certificate)).status_code for _turn in range(3)]

    assert answers == [200, 200, 429]


def test_what_is_published_needs_nobody_and_may_be_kept(client, certificate):
    issuer = certificate.issuer
    held = certificate.status_entry.status_list
    for path, kind in (
        (f"/issuers/{issuer.public_id}/did.json", "application/did+json"),
        (f"/issuers/{issuer.public_id}/jwks.json", "application/jwk-set+json"),
        (f"/issuers/status/{held.public_id}/", "application/vc+jwt"),
    ):
        response = look_at(client, path)

        assert (response.status_code, response.headers["Content-Type"]) == (200, kind)
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.cookies == {}
        assert "private" not in response.content.decode().lower()


def test_a_list_that_has_not_changed_is_not_sent_again(client, certificate, lead):
    path = f"/issuers/status/{certificate.status_entry.status_list.public_id}/"
    known = look_at(client, path).headers["ETag"]

    unchanged = client.get(path, headers={"If-None-Match": known})
    revoke(certificate=certificate, reason="OTHER", text="Mistake", by=lead, now=NOW)
    changed = client.get(path, headers={"If-None-Match": known})

    assert (unchanged.status_code, changed.status_code) == (304, 200)


def test_keys_in_the_document_are_those_that_are_believed(client, certificate, session):
    administrator = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", host_of(session))
    first = certificate.credentials.get().key
    second = change_key(issuer=certificate.issuer, by=administrator, now=NOW)
    path = f"/issuers/{certificate.issuer.public_id}/did.json"

    both = look_at(client, path).json()
    give_key_up(key=first, by=administrator, now=NOW)
    one = look_at(client, path).json()

    assert [method["id"] for method in both["verificationMethod"]] == [
        second.address,
        first.address,
    ]
    assert both["id"] == certificate.issuer.did
    assert one["assertionMethod"] == [second.address]


def test_a_pasted_credential_is_judged(client, signed, certificate):
    response = client.post(CHECK, {"text": f"  {signed}\n"})

    said = text_of(response)
    assert response.status_code == 200
    assert "This credential is genuine and in force." in said
    assert certificate.title in said
    assert certificate.person_name not in said
    assert set(response.cookies) == {"csrftoken"}


def test_a_form_that_another_site_sends_is_not_judged(signed):
    client = Client(enforce_csrf_checks=True)
    client.get(CHECK)
    token = client.cookies["csrftoken"].value

    forged = client.post(CHECK, {"text": signed})
    sent = client.post(CHECK, {"text": signed, "csrfmiddlewaretoken": token})

    assert forged.status_code == 403
    assert "This credential is genuine and in force." in text_of(sent)
    assert set(client.cookies) == {"csrftoken"}


@pytest.mark.parametrize("bake", [badge_svg, badge_png])
def test_a_badge_is_judged(client, signed, certificate, bake):
    badge = SimpleUploadedFile("badge", bake(certificate, signed))

    response = client.post(CHECK, {"file": badge})

    assert "This credential is genuine and in force." in text_of(response)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Paste the text of a credential, or choose a badge file"),
        ({"text": "a" * 50_001}, "50,000 characters"),
    ],
)
def test_a_form_that_has_nothing_to_judge_says_what_to_do(client, sent, sentence):
    response = client.post(CHECK, sent)

    assert response.status_code == 422
    assert sentence in text_of(response).replace("50000", "50,000")


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + b"x" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><svg>&b;</svg>",
        b"",
        b"\xff\xfe\x00",
        b"%PDF-1.7",
    ],
)
def test_a_file_without_a_credential_is_said_to_have_none(content):
    assert judge_image(content, now=NOW).finding == Finding.NOT_A_CREDENTIAL


@pytest.mark.parametrize(
    "text",
    ["", "a.b.c", "..", "eyJ", "a.b", "\x00.\x00.\x00", "eyJhbGciOiJFZERTQSJ9." * 3, "ä.ö.ü", "{}"],
)
def test_a_text_that_is_no_credential_is_said_to_be_none(text):
    assert judge(text, now=NOW).finding in {Finding.NOT_A_CREDENTIAL, Finding.UNKNOWN_ISSUER}


def test_a_tampered_one_is_found_out(signed):
    for name, value in (("name", "A doctorate"), ("validUntil", "2999-01-01T00:00:00Z")):
        assert judge(_changed(signed, 1, name, value), now=NOW).finding == Finding.TAMPERED


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "ES256"])
def test_the_algorithm_is_ours_whatever_the_header_says(signed, algorithm):
    changed = _changed(signed, 0, "alg", algorithm)

    assert judge(changed, now=NOW).finding == Finding.TAMPERED


def test_a_key_of_somebody_else_under_our_name_is_found_out(signed):
    header = jwt.get_unverified_header(signed)
    said = jwt.decode(signed, options={"verify_signature": False})
    forged = jwt.encode(
        said, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": header["kid"]}
    )

    assert judge(forged, now=NOW).finding == Finding.TAMPERED


def test_an_issuer_we_do_not_know_is_said_to_be_unknown(signed):
    said = jwt.decode(signed, options={"verify_signature": False})
    key = Ed25519PrivateKey.generate()
    for headers in ({"kid": "did:web:elsewhere.example#key"}, {"kid": "\ud800#key"}, {}):
        foreign = jwt.encode(said, key, algorithm="EdDSA", headers=headers)

        assert judge(foreign, now=NOW).finding == Finding.UNKNOWN_ISSUER


def test_one_issuer_does_not_sign_for_another(signed, certificate):
    other = certified(session=SessionFactory(starts_at=NOW - timedelta(days=2)))
    said = jwt.decode(signed, options={"verify_signature": False})
    with run_as(JOB):
        crossed = hold_signer(other.issuer).sign(said)

    assert judge(crossed, now=NOW).finding == Finding.NOT_A_CREDENTIAL


def test_a_new_address_of_the_site_takes_nothing_from_what_was_signed_before(
    signed, certificate, lead, settings
):
    settings.SITE_URL = "https://learning.riverbank.example"

    before = judge(signed, now=NOW)
    revoke(certificate=certificate, reason="OTHER", text="Mistake", by=lead, now=NOW)

    assert before.finding == Finding.VALID
    assert judge(signed, now=NOW).finding == Finding.REVOKED


def test_the_list_of_another_issuer_does_not_say_what_counts(signed, certificate):
    other = certified(session=SessionFactory(starts_at=NOW - timedelta(days=2)))
    said = jwt.decode(signed, options={"verify_signature": False})
    said["credentialStatus"]["statusListCredential"] = list_address(other.status_entry.status_list)
    said["credentialStatus"]["statusListIndex"] = str(other.status_entry.index)
    with run_as(JOB):
        crossed = hold_signer(certificate.issuer).sign(said)

    assert judge(crossed, now=NOW).finding == Finding.NOT_A_CREDENTIAL


def test_each_state_has_its_own_finding(signed, certificate, lead, session):
    administrator = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", host_of(session))
    lasting = _lasting(certificate, TODAY)
    found = [judge(signed, now=NOW).finding]
    found.append(judge(_signed_again(lasting), now=NOW + timedelta(days=1)).finding)
    revoke(certificate=certificate, reason="OTHER", text="Mistake", by=lead, now=NOW)
    found.append(judge(signed, now=NOW).finding)
    give_key_up(key=certificate.credentials.get().key, by=administrator, now=NOW)
    found.append(judge(signed, now=NOW).finding)

    assert found == [Finding.VALID, Finding.EXPIRED, Finding.REVOKED, Finding.KEY_GIVEN_UP]


def _lasting(certificate, until):
    """The same certificate with an end, as if it had been issued so."""
    with pgtrigger.ignore("courses.Certificate:certificate_says_what_it_said"):
        Certificate.objects.filter(pk=certificate.pk).update(expires_on=until)
    certificate.refresh_from_db()
    return certificate


def _signed_again(certificate):
    with run_as(JOB):
        signer = hold_signer(certificate.issuer)
        return signer.sign(claims_of(certificate, email="", salt=""))


def _changed(signed, part, name, value):
    parts = signed.split(".")
    content = parts[part]
    said = json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)))
    said[name] = value
    written = json.dumps(said, separators=(",", ":")).encode()
    parts[part] = base64.urlsafe_b64encode(written).rstrip(b"=").decode()
    return ".".join(parts)
