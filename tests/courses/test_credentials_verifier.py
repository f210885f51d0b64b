"""What is issued is believed outside, by two verifiers that read it over HTTP, until it is not."""

import base64
import json
import subprocess
import sys
from datetime import timedelta
from urllib.request import urlopen

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.utils import timezone
from jsonschema import Draft202012Validator

from accounts.scope import run_as
from courses.services.certificate_ends import Correction, reissue, revoke
from courses.services.certificate_work import sign_again_waiting
from courses.services.issuers import change_key, give_key_up
from courses.services.open_badges import badge_png, badge_svg
from jobs.models import OutboxMessage
from tests.architecture.source import ROOT
from tests.courses.credential_reader import Rejected, decoded, read
from tests.factories.accounts import PersonFactory, grant
from tests.factories.certificates import JOB, certified
from tests.factories.courses import SessionFactory, host_of, outcome
from tests.factories.pathways import CompetencyFactory
from tests.journeys.conftest import wait_until_served
from tests.roles import as_in_production

pytestmark = pytest.mark.django_db(transaction=True)

_TEXT = {"type": "string", "minLength": 1}
# What Open Badges 3.0 and the Verifiable Credentials data model ask for, as far as we use them.
SCHEMA = {
    "type": "object",
    "required": ["@context", "id", "type", "issuer", "validFrom", "credentialSubject"],
    "properties": {
        "@context": {
            "type": "array",
            "prefixItems": [
                {"const": "https://www.w3.org/ns/credentials/v2"},
                {"pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context"},
            ],
            "minItems": 2,
        },
        "id": {"pattern": "^urn:uuid:"},
        "type": {
            "allOf": [
                {"contains": {"const": "VerifiableCredential"}},
                {"contains": {"const": "OpenBadgeCredential"}},
            ]
        },
        "issuer": {
            "required": ["id", "type", "name"],
            "properties": {"id": {"pattern": "^did:web:"}, "name": _TEXT},
        },
        "validFrom": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)$"},
        "credentialSubject": {
            "required": ["id", "type", "achievement"],
            "properties": {
                "type": {"contains": {"const": "AchievementSubject"}},
                "identifier": {
                    "items": {
                        "required": ["type", "identityHash", "identityType", "hashed", "salt"],
                        "properties": {
                            "type": {"const": "IdentityObject"},
                            "salt": {"type": "string", "minLength": 16},
                            "hashed": {"const": True},
                            "identityType": {"const": "emailAddress"},
                            "identityHash": {"pattern": r"^sha256\$[0-9a-f]{64}$"},
                        },
                        "additionalProperties": False,
                    },
                    "minItems": 1,
                },
                "achievement": {
                    "required": ["id", "type", "name", "description", "criteria"],
                    "properties": {
                        "type": {"contains": {"const": "Achievement"}},
                        "name": _TEXT,
                        "description": _TEXT,
                        "criteria": {"required": ["narrative"]},
                        "alignment": {
                            "items": {"required": ["type", "targetName", "targetUrl", "targetType"]}
                        },
                    },
                },
            },
        },
        "credentialStatus": {
            "required": ["type", "statusPurpose", "statusListIndex", "statusListCredential"],
            "properties": {
                "type": {"const": "BitstringStatusListEntry"},
                "statusListIndex": {"type": "string", "pattern": r"^\d+$"},
            },
        },
    },
}


@pytest.fixture
def served(live_server, settings):
    """The running site, at its own address; the database walls stand as in production."""
    settings.SITE_URL = live_server.url
    connection.ensure_connection()
    with as_in_production():
        yield live_server.url
    wait_until_served()


@pytest.fixture
def session(served):
    session = SessionFactory(starts_at=timezone.now() - timedelta(days=2))
    outcome(session.offering.programme, CompetencyFactory(title="Leads a shift"), 2)
    return session


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


@pytest.fixture
def certificate(session):
    return certified(session=session, now=timezone.now() - timedelta(minutes=1))


def fetched_from(served):
    host = served.partition("://")[2]

    def fetch(address):
        assert address.startswith((f"https://{host}/", f"{served}/"))
        path = address.partition(host)[2]
        with urlopen(served + path, timeout=10) as answer:  # noqa: S310 - our own server
            assert not answer.headers.get("Set-Cookie")
            return answer.read()

    return fetch


def signed_of(certificate):
    with run_as(JOB):
        return certificate.credentials.order_by("-signed_at", "-pk").first().signed


def library_says(tmp_path, served, certificate, content):
    name = tmp_path / ("badge.png" if content.startswith(b"\x89PNG") else "badge.svg")
    name.write_bytes(content)
    recipient = f"urn:uuid:{certificate.lineage}"
    asked = [sys.executable, "-m", "tests.courses.library_verifier"]
    done = subprocess.run(
        [*asked, str(name), recipient, served, served],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def rejected(signed, served):
    with pytest.raises(Rejected) as refused:
        read(signed, fetched_from(served))
    return str(refused.value)


def test_two_verifiers_believe_it_and_reject_it_once_it_is_revoked(
    served, certificate, lead, tmp_path
):
    signed = signed_of(certificate)
    baked = badge_svg(certificate, signed)

    believed = read(signed, fetched_from(served))
    before = library_says(tmp_path, served, certificate, baked)
    as_picture = library_says(tmp_path, served, certificate, badge_png(certificate, signed))
    with run_as(JOB):
        revoke(certificate=certificate, reason="OTHER", text="Mistake", by=lead, now=timezone.now())
    after = library_says(tmp_path, served, certificate, baked)

    assert believed["credentialSubject"]["achievement"]["name"] == certificate.title
    assert (before[0], as_picture[0]) == (0, 0), before
    assert after[0] == 1
    assert "revocation" in after[1]["reason"]
    assert rejected(signed, served) == "revoked"


def test_the_command_of_the_library_itself_checks_the_signature(served, certificate, tmp_path):
    """Offline, with the published key in its hand: the command fetches from public hosts only."""
    signed = signed_of(certificate)
    kid = json.loads(decoded(signed.split(".")[0]))["kid"]
    keys = json.loads(fetched_from(served)(f"{served}/issuers/{_public_id(kid)}/jwks.json"))
    [jwk] = [key for key in keys["keys"] if key["kid"] == kid]
    pem = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00" + decoded(jwk["x"])
    written = base64.encodebytes(pem).decode()
    (tmp_path / "key.pem").write_text(
        f"-----BEGIN PUBLIC KEY-----\n{written}-----END PUBLIC KEY-----\n"
    )
    badge = tmp_path / "badge.svg"
    command = [
        *(sys.executable, "-m", "openbadgeslib.openbadges_verifier", "-V", "3", "--json"),
        *("-i", str(badge), "-k", str(tmp_path / "key.pem")),
        *("-r", f"urn:uuid:{certificate.lineage}"),
    ]

    badge.write_bytes(badge_svg(certificate, signed))
    genuine = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    badge.write_bytes(badge_svg(certificate, _changed(signed, 1, "name", "A doctorate")))
    forged = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (genuine.returncode, json.loads(genuine.stdout)["valid"]) == (0, True), genuine.stdout
    assert (forged.returncode, json.loads(forged.stdout)["valid"]) == (1, False)


def test_a_replaced_one_is_rejected_and_the_newer_believed(served, certificate, lead):
    former = signed_of(certificate)
    correction = Correction("Amara Hughes", certificate.completed_on, "Married")

    with run_as(JOB):
        newer = reissue(certificate=certificate, correction=correction, by=lead, now=timezone.now())

    assert rejected(former, served) == "revoked"
    said = read(signed_of(newer), fetched_from(served))
    assert said["credentialSubject"]["id"] == f"urn:uuid:{certificate.lineage}"


def test_a_changed_key_leaves_it_believed_and_a_stolen_one_does_not(served, certificate, session):
    administrator = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", host_of(session))
    signed = signed_of(certificate)
    with run_as(JOB):
        key = certificate.credentials.get().key
        change_key(issuer=certificate.issuer, by=administrator, now=timezone.now())
    after_change = read(signed, fetched_from(served))

    with run_as(JOB):
        give_key_up(key=key, by=administrator, now=timezone.now())
        asked = OutboxMessage.objects.get(kind="courses.sign_certificates_again")
        sign_again_waiting(asked.payload, timezone.now())

    assert after_change["id"] == f"urn:uuid:{certificate.public_id}"
    assert rejected(signed, served) == "key"
    assert read(signed_of(certificate), fetched_from(served))["id"] == after_change["id"]


@pytest.mark.parametrize(
    ("part", "name", "value", "step"),
    [
        (1, "name", "A doctorate", "signature"),
        (1, "validUntil", "2999-01-01T00:00:00Z", "signature"),
        (1, "credentialStatus", {"statusListIndex": "1"}, "signature"),
        (0, "alg", "none", "algorithm"),
        (0, "alg", "HS256", "algorithm"),
        (0, "kid", "did:web:elsewhere#key", "key"),
    ],
)
def test_a_change_to_any_part_is_rejected(served, certificate, part, name, value, step):
    changed = _changed(signed_of(certificate), part, name, value)

    assert rejected(changed, served) == step


def test_another_s_signature_is_rejected(served, certificate):
    head, body, _signature = signed_of(certificate).split(".")
    other = Ed25519PrivateKey.generate().sign(f"{head}.{body}".encode())

    assert rejected(f"{head}.{body}.{_encoded(other)}", served) == "signature"


def test_it_has_what_the_standard_asks_for_and_no_plain_address(served, certificate):
    said = read(signed_of(certificate), fetched_from(served))

    assert list(Draft202012Validator(SCHEMA).iter_errors(said)) == []
    written = json.dumps(said)
    assert certificate.person.email not in written
    assert certificate.person.family_name not in written
    assert [
        (row["targetName"], row["targetType"])
        for row in said["credentialSubject"]["achievement"]["alignment"]
    ] == [("Leads a shift", "CFItem")]


def _public_id(kid):
    return kid.partition("#")[0].rpartition(":")[2]


def _changed(signed, part, name, value):
    parts = signed.split(".")
    said = json.loads(decoded(parts[part]))
    said[name] = said[name] | value if isinstance(value, dict) else value
    parts[part] = _encoded(json.dumps(said, separators=(",", ":")).encode())
    return ".".join(parts)


def _encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
