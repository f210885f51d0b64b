"""Qualifications, evidence, claims, confirmations and assessors as programs read them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import AttainmentFactory, CompetencyFactory
from tests.factories.showing import (
    AssessorAppointmentFactory,
    ClaimedLevelFactory,
    ClaimEvidenceFactory,
    EvidenceFactory,
    EvidenceUseFactory,
    PriorLearningClaimFactory,
    QualificationFactory,
    VerificationEvidenceFactory,
    asking,
)

pytestmark = pytest.mark.django_db
QUALIFICATIONS, EVIDENCE, CLAIMS = "v1:qualification_list", "v1:evidence_list", "v1:claim_list"
CONFIRMATIONS, COUNTS, ASSESSORS = (
    "v1:confirmation_list",
    "v1:confirmation_counts",
    "v1:assessor_list",
)
PRIVATE = "What nobody else may read"


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def system(trust):
    return hr_system(trust)


@pytest.fixture
def person(trust):
    return employ(organisation=trust)


def listed(system, name, **query):
    return system.get(reverse(name), query).json()["results"]


def qualified(person):
    return QualificationFactory(person=person, title=f"Diploma {person.pk}")


def claimed(person, **fields):
    """A claim that its organisation keeps, of one level, with a piece of evidence."""
    claim = PriorLearningClaimFactory(
        person=person, organisation=fields.pop("organisation"), statement=PRIVATE, **fields
    )
    ClaimedLevelFactory(claim=claim)
    shown = EvidenceFactory(person=person, text=PRIVATE, url=f"https://{PRIVATE.split()[0]}.nhs.uk")
    EvidenceUseFactory(evidence=shown)
    ClaimEvidenceFactory(claim=claim, evidence=shown)
    return claim


def asked(person, organisation, **fields):
    request = asking(person, organisation=organisation, message=PRIVATE, **fields)
    shown = EvidenceFactory(person=person, text=PRIVATE)
    VerificationEvidenceFactory(item=request.items.get(), evidence=shown)
    return request


def appointed(person, organisation, **fields):
    return AssessorAppointmentFactory(
        assessor=employ(organisation=OrganisationFactory()),
        subject=person,
        organisation=organisation,
        appointed_by=person,
        **fields,
    )


MADE = {
    QUALIFICATIONS: lambda person, organisation: qualified(person),
    CLAIMS: lambda person, organisation: claimed(person, organisation=organisation),
    EVIDENCE: lambda person, organisation: (
        claimed(person, organisation=organisation).evidence.get().evidence
    ),
    CONFIRMATIONS: asked,
    ASSESSORS: appointed,
}
STATEMENTS = {QUALIFICATIONS: 12, CLAIMS: 13, EVIDENCE: 15, CONFIRMATIONS: 13, ASSESSORS: 12}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("rows", [1, 3])
def test_the_rows_of_ones_own_organisation_in_as_many_statements(
    system, trust, django_assert_num_queries, name, rows
):
    mine = [MADE[name](employ(organisation=trust), trust) for _ in range(rows)]
    elsewhere = OrganisationFactory()
    MADE[name](employ(organisation=elsewhere), elsewhere)

    with django_assert_num_queries(STATEMENTS[name]):
        answer = system.get(reverse(name))

    assert [row["id"] for row in answer.json()["results"]] == [row.pk for row in mine]
    assert PRIVATE.split()[0].lower() not in answer.content.decode().lower()


@pytest.mark.parametrize("name", MADE)
def test_one_person_is_asked_about_page_by_page(system, trust, person, name):
    mine = [
        MADE[name](person, trust) for _ in range(1 if name in {QUALIFICATIONS, ASSESSORS} else 2)
    ]
    MADE[name](employ(organisation=trust), trust)

    first = system.get(reverse(name), {"person_id": person.pk, "page_size": 1}).json()
    rest = system.get(first["next"]).json()["results"] if first["next"] else []

    assert [row["id"] for row in first["results"] + rest] == [row.pk for row in mine]


@pytest.mark.parametrize("name", [*MADE, COUNTS])
def test_the_scope_is_needed(trust, name):
    answer = hr_system(trust, scopes=["attainments:read", "people:read"]).get(reverse(name))

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        (QUALIFICATIONS, {"person_id": "0"}, "person_id"),
        (CLAIMS, {"state": "LOST"}, "state"),
        (CONFIRMATIONS, {"state": "LOST"}, "state"),
        (ASSESSORS, {"on": "soon"}, "on"),
        (EVIDENCE, {"kind": "FILE"}, "kind"),
    ],
)
def test_a_wrong_parameter_is_named(system, name, query, field):
    answer = system.get(reverse(name), query)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_qualification_says_what_it_is_and_whether_it_was_seen(system, person, trust):
    held = QualificationFactory(
        person=person, checked_at=NOW, checked_by=employ(organisation=trust), valid_to=TODAY
    )

    assert listed(system, QUALIFICATIONS) == [
        {
            "id": held.pk,
            "person_id": person.pk,
            "is_registration": False,
            "title": held.title,
            "awarding_body": "ILM",
            "level": 5,
            "awarded_on": held.awarded_on.isoformat(),
            "valid_to": TODAY.isoformat(),
            "checked_at": "2026-11-20T09:00:00Z",
        }
    ]


def test_evidence_says_that_it_was_shown_and_accepted_and_nothing_of_what_is_in_it(
    system, person, trust
):
    claim = claimed(person, organisation=trust)
    shown = claim.evidence.get().evidence
    before = listed(system, EVIDENCE)
    claim.levels.update(accepted=True, accepted_rank=2)

    (after,) = listed(system, EVIDENCE)

    assert [row["is_accepted"] for row in before] == [False]
    assert after == {
        "id": shown.pk,
        "person_id": person.pk,
        "kind": "LINK",
        "title": shown.title,
        "happened_on": None,
        "added_at": "2026-11-20T09:00:00Z",
        "removed_at": None,
        "competencies": [shown.uses.get().competency_id],
        "claims": [claim.pk],
        "confirmations": [],
        "is_accepted": True,
    }


def test_evidence_that_was_shown_to_nobody_is_told_to_no_program_nor_to_its_owner_s_program(
    system, client, person
):
    EvidenceFactory(person=person)
    client.force_login(person)

    assert listed(system, EVIDENCE) == []
    assert client.get(reverse(EVIDENCE)).json()["results"] == []


def test_evidence_that_another_organisation_was_shown_is_not_told(system, person):
    claimed(person, organisation=OrganisationFactory())
    asked(person, OrganisationFactory())

    assert listed(system, EVIDENCE) == []
    assert listed(system, CONFIRMATIONS) == []


@pytest.mark.parametrize("show", ["claims", "confirmations"])
def test_of_two_employers_each_is_told_what_it_keeps_alone(system, trust, person, show):
    other = OrganisationFactory()
    employ(person=person, organisation=other)
    ours = claimed(person, organisation=trust)
    shown = ours.evidence.get().evidence
    if show == "claims":
        theirs = claimed(person, organisation=other)
        theirs.levels.update(accepted=True, accepted_rank=1)
        ClaimEvidenceFactory(claim=theirs, evidence=shown)
    else:
        theirs = asking(person, organisation=other)
        VerificationEvidenceFactory(item=theirs.items.get(), evidence=shown)

    told = listed(system, EVIDENCE, person_id=person.pk)

    assert [(row["id"], row["claims"], row["confirmations"]) for row in told] == [
        (shown.pk, [ours.pk], [])
    ]
    assert told[0]["is_accepted"] is False
    assert [row["id"] for row in listed(system, CLAIMS, person_id=person.pk)] == [ours.pk]
    told_there = listed(hr_system(other), EVIDENCE, person_id=person.pk)
    assert {key for row in told_there for key in row[show]} == {theirs.pk}


def test_a_claim_says_what_was_decided_of_each_level_and_never_why(system, person, trust):
    judge = employ(organisation=trust)
    decided = {"state": "DECIDED", "decided_at": NOW, "decided_by": judge, "decision": PRIVATE}
    claim = claimed(person, organisation=trust, **decided)
    claim.levels.update(accepted=False, reason=PRIVATE)
    claimed(person, organisation=trust)

    (told,) = listed(system, CLAIMS, state="DECIDED")

    assert told == {
        "id": claim.pk,
        "person_id": person.pk,
        "organisation_id": trust.pk,
        "title": claim.title,
        "provider": "Riverbank College",
        "finished_on": claim.finished_on.isoformat(),
        "submitted_at": "2026-11-20T09:00:00Z",
        "state": "DECIDED",
        "assessor_id": None,
        "decided_at": "2026-11-20T09:00:00Z",
        "decided_by_id": judge.pk,
        "levels": [
            {
                "competency_id": claim.levels.get().competency_id,
                "rank": 2,
                "accepted": False,
                "accepted_rank": None,
            }
        ],
    }


def test_a_confirmation_says_how_far_it_is_and_never_what_was_written(system, person, trust):
    judge = employ(organisation=trust)
    decided = {"state": "DECIDED", "decided_at": NOW, "decided_by": judge, "statement": PRIVATE}
    request = asked(person, trust, **decided)
    request.items.update(outcome="SENT_BACK", reason=PRIVATE)
    waiting = asked(person, trust)

    told = {row["id"]: row for row in listed(system, CONFIRMATIONS)}

    assert told[waiting.pk]["state"] == "ASKED"
    assert told[request.pk] == {
        "id": request.pk,
        "person_id": person.pk,
        "organisation_id": trust.pk,
        "assessor_id": None,
        "state": "DECIDED",
        "asked_at": "2026-11-20T09:00:00Z",
        "decided_at": "2026-11-20T09:00:00Z",
        "decided_by_id": judge.pk,
        "levels": [
            {
                "competency_id": request.items.get().competency_id,
                "rank": 2,
                "outcome": "SENT_BACK",
            }
        ],
    }


def test_confirmed_evidence_is_accepted(system, person, trust):
    request = asked(person, trust)
    item = request.items.get()
    item.confirmed = AttainmentFactory(
        person=person, competency=item.competency, source="MANAGER", rank=2
    )
    item.outcome = "CONFIRMED"
    item.save()

    (told,) = listed(system, EVIDENCE)

    assert (told["confirmations"], told["is_accepted"]) == ([request.pk], True)


def test_requests_are_counted_by_organisation_and_state(system, person, trust):
    for _ in range(2):
        asked(person, trust)
    asked(person, trust, state="WITHDRAWN", decided_at=NOW)
    elsewhere = OrganisationFactory()
    asked(employ(organisation=elsewhere), elsewhere)

    answer = system.get(reverse(COUNTS)).json()

    assert answer == {
        "counts": [
            {"organisation_id": trust.pk, "state": "ASKED", "requests": 2},
            {"organisation_id": trust.pk, "state": "WITHDRAWN", "requests": 1},
        ]
    }


def test_assessors_are_told_with_what_for_and_until_when(system, person, trust):
    framework = CompetencyFactory().domain.version.framework
    held = appointed(person, trust, framework=framework)
    whole = AssessorAppointmentFactory(
        assessor=employ(organisation=OrganisationFactory()),
        organisation=trust,
        appointed_by=person,
        starts_on=TODAY - timedelta(days=60),
        ends_on=TODAY - timedelta(days=30),
    )

    told = listed(system, ASSESSORS)
    on_the_day = listed(system, ASSESSORS, on=TODAY.isoformat())

    assert told[0] == {
        "id": held.pk,
        "assessor_id": held.assessor_id,
        "organisation_id": trust.pk,
        "person_id": person.pk,
        "framework": framework.code,
        "starts_on": TODAY.isoformat(),
        "ends_on": held.ends_on.isoformat(),
    }
    assert (told[1]["id"], told[1]["person_id"], told[1]["framework"]) == (whole.pk, None, None)
    assert [row["id"] for row in on_the_day] == [held.pk]


def test_a_person_reads_here_what_they_read_on_their_pages_and_hr_reads_no_requests(
    client, trust, person
):
    request = asked(person, trust)
    client.force_login(person)
    own = client.get(reverse(CONFIRMATIONS)).json()["results"]
    client.force_login(grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust))
    answer = client.get(reverse(CONFIRMATIONS))

    assert [row["id"] for row in own] == [request.pk]
    assert answer.status_code in {200, 403}
    assert answer.json().get("results", []) == []


@pytest.mark.parametrize("name", [*MADE, COUNTS])
def test_nothing_is_asked_answered_or_decided_here(system, name):
    assert system.post(reverse(name), {}).status_code == 405
