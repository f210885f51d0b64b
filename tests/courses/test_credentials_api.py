from datetime import timedelta

import pytest

from courses.services.certificate_ends import Correction, reissue
from tests.api_client import hr_system
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.certificates import certified
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, host_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

AWARDS = "/api/v1/awards/"
SIGN_IN = 11


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(days=2), capacity=60)


def held_by_somebody(session):
    person = employ(organisation=host_of(session))
    at = SessionFactory(offering__host=host_of(session), starts_at=NOW - timedelta(days=3))
    return certified(person, session=at)


@pytest.mark.parametrize("rows", [1, 3])
def test_certificates_are_listed_at_a_constant_cost(session, rows, django_assert_num_queries):
    mine = [held_by_somebody(session) for _ in range(rows)]
    held_by_somebody(SessionFactory())
    system = hr_system(host_of(session))

    with django_assert_num_queries(SIGN_IN + 1):
        response = system.get(AWARDS)

    listed = response.json()["results"]
    assert [row["id"] for row in listed] == [str(row.public_id) for row in mine]


def test_a_certificate_is_told_as_it_was_issued(session):
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    former = held_by_somebody(session)
    newer = reissue(
        certificate=former,
        correction=Correction("Amara Hughes", former.completed_on, "Married"),
        by=lead,
        now=NOW,
    )
    system = hr_system(host_of(session))

    [told] = system.get(AWARDS, {"state": "ISSUED"}).json()["results"]

    assert told == {
        "id": str(newer.public_id),
        "person_id": former.person_id,
        "organisation_id": host_of(session).pk,
        "serial": newer.serial,
        "title": former.title,
        "person_name": "Amara Hughes",
        "issuer": former.issuer_name,
        "programme": former.programme_title,
        "level": "",
        "body": "",
        "accreditation": "",
        "hours": 12,
        "credits": None,
        "completed_on": "2026-11-17",
        "issued_on": "2026-11-20",
        "expires_on": None,
        "state": "ISSUED",
        "ended_at": None,
        "end_reason": "",
        "replaces": str(former.public_id),
    }


def test_they_are_asked_for_by_person_and_by_their_end(session):
    first, second = held_by_somebody(session), held_by_somebody(session)
    system = hr_system(host_of(session))

    by_person = system.get(AWARDS, {"person_id": second.person_id}).json()["results"]
    ending = system.get(AWARDS, {"expires_until": "2027-11-20"}).json()["results"]
    wrong = system.get(AWARDS, {"state": "GONE"})

    assert [row["serial"] for row in by_person] == [second.serial]
    assert ending == []
    assert wrong.status_code == 400
    assert first.pk


def test_the_scope_is_needed(session):
    system = hr_system(host_of(session), scopes=["courses:read"])

    assert system.get(AWARDS).status_code == 403
