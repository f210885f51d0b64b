"""Training records, and courses taken elsewhere."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import ExternalLearning, PartialCredit
from courses.selectors.training_records import training_record
from courses.services.external_learning import record_external_learning
from notifications.models import Notice
from pathways.models import Attainment, PriorLearningClaim
from pathways.selectors.evidence import competencies_to_show
from pathways.services.prior_learning import Claimed, Decision, decide_claim, withdraw_claim
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, seated
from tests.factories.pathways import CompetencyFactory, follow, role_asking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SIGN_IN = 7
LAST_YEAR = TODAY - timedelta(days=300)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def manager(trust):
    return employ(organisation=trust)


@pytest.fixture
def person(trust, manager):
    return follow(employ(organisation=trust, manager=manager), role_asking(3, 3))


def completed(person, trust, *, state="COMPLETED", days=10, **fields):
    session = SessionFactory(offering__host=trust, starts_at=NOW - timedelta(days=days), **fields)
    return seated(session, 1, person=person, state=state)


def elsewhere(person, *, by=None, started_on=LAST_YEAR, **fields):
    [skill, *_] = competencies_to_show(person=person, on=TODAY)
    claimed = Claimed(
        **{
            "title": "Finance for managers",
            "provider": "Open University",
            "finished_on": LAST_YEAR + timedelta(days=30),
            "statement": "I can read a budget.",
            "ranks": {skill.pk: 2},
            **fields,
        }
    )
    return record_external_learning(
        person=person, claimed=claimed, started_on=started_on, hours=40, by=by or person, now=NOW
    )


def titles(person, actor):
    record = training_record(person, actor=actor, on=TODAY)
    return [(one.title, one.state) for one in record]


def test_a_record_holds_what_was_completed_here_and_elsewhere_the_latest_first(
    person, trust, manager
):
    done = completed(person, trust)
    part = completed(person, trust, state="PARTIAL")
    PartialCredit.objects.create(
        enrolment=part, competency=CompetencyFactory(title="Budgets"), rank=2
    )
    completed(person, trust, state="ABSENT")
    completed(employ(organisation=trust), trust)
    elsewhere(person)

    for actor in (person, manager):
        record = training_record(person, actor=actor, on=TODAY)
        assert {one.title for one in record[:2]} == {
            row.session.offering.programme.title for row in (done, part)
        }
        assert [one.reached for one in record if one.reached] == [("Budgets to level 2",)]
        assert (record[2].title, record[2].hours, record[2].is_ours) == (
            "Finance for managers",
            40,
            False,
        )


def test_a_course_elsewhere_is_checked_as_a_claim_and_counts_as_far_as_it_is_accepted(
    person, manager
):
    learning = elsewhere(person)
    before = titles(person, manager)
    [level] = learning.claim.levels.all()

    decide_claim(
        claim=learning.claim,
        decisions={level.pk: Decision(rank=1, reason="Only the first half")},
        by=manager,
        now=NOW,
    )

    assert before == [("Finance for managers", "Taken elsewhere, waiting to be checked")]
    [entry] = training_record(person, actor=person, on=TODAY)
    assert entry.state == "Taken elsewhere, checked"
    assert entry.reached == (f"{level.competency.title} to level 1",)
    row = Attainment.objects.get(person=person, source="PRIOR")
    assert (row.rank, row.attained_on) == (1, LAST_YEAR + timedelta(days=30))
    asked = Notice.objects.get(rule="pathways.claim_submitted")
    assert asked.recipient == manager
    event = Event.objects.get(verb="record_external_learning")
    assert (event.subject, event.facts["hours"]) == (person, 40)


def test_a_course_that_was_taken_back_is_on_no_record(person):
    learning = elsewhere(person)

    withdraw_claim(claim=learning.claim, by=person, now=NOW)

    assert training_record(person, actor=person, on=TODAY) == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"started_on": LAST_YEAR + timedelta(days=31)}, "ends_before_it_began"),
        ({"ranks": {}}, "nothing_claimed"),
        ({"finished_on": TODAY + timedelta(days=1)}, "not_finished_yet"),
        ({"evidence": [10**9]}, "evidence_not_yours"),
    ],
)
def test_a_wrong_course_elsewhere_leaves_nothing(person, fields, code):
    with pytest.raises(Conflict) as refusal:
        elsewhere(person, **fields)

    assert refusal.value.code == code
    assert not ExternalLearning.objects.exists()
    assert not PriorLearningClaim.objects.exists()


def test_nobody_puts_a_course_on_somebody_elses_record(person, manager):
    with pytest.raises(Forbidden):
        elsewhere(person, by=manager)

    assert not ExternalLearning.objects.exists()


def address(name, *args):
    return reverse(f"courses:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("rows", [1, 3])
def test_a_record_takes_the_same_queries_for_any_number(
    client, person, trust, django_assert_num_queries, rows
):
    for _ in range(rows):
        part = completed(person, trust, state="PARTIAL")
        PartialCredit.objects.create(enrolment=part, competency=CompetencyFactory(), rank=2)
        elsewhere(person)
    client.force_login(person)

    with django_assert_num_queries(SIGN_IN + 6):
        response = client.get(address("training_record_mine"))

    page = text_of(response)
    assert page.count("Completed in part") == rows
    assert page.count("Finance for managers") == rows


def test_a_record_leaves_as_a_file_without_formulas(client, person, trust):
    completed(
        person, trust, offering__programme__title="=SUM(A1:A9)", offering__programme__code="S"
    )
    client.force_login(person)

    response = client.get(address("training_record_mine"), {"format": "csv"})

    heading, row = response.content.decode("utf-8-sig").splitlines()
    assert heading == "Course,Provider,Finished,Hours,State,What was reached,Certificates"
    assert row.startswith("'=SUM(A1:A9),")
    assert 'filename="training-record-' in response["Content-Disposition"]


def test_an_empty_record_says_so(client, person):
    client.force_login(person)

    assert "Nothing is on this record yet" in text_of(client.get(address("training_record_mine")))


def test_a_record_is_read_by_line_manager_and_hr_and_nobody_else(client, person, trust, manager):
    completed(person, trust)
    page = address("training_record_of", person.pk)
    hr = grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust)
    answers = {}
    readers = {"manager": manager, "hr": hr, "colleague": employ(organisation=trust)}
    for name, reader in {**readers, "stranger": employ()}.items():
        client.force_login(reader)
        answers[name] = client.get(page).status_code

    assert answers == {"manager": 200, "hr": 200, "colleague": 404, "stranger": 404}


def sent(person, **changes):
    [skill, *_] = competencies_to_show(person=person, on=TODAY)
    days = {"started_on": LAST_YEAR, "finished_on": LAST_YEAR + timedelta(days=30)}
    parts = {
        f"{name}_{part}": str(getattr(day, part))
        for name, day in days.items()
        for part in ("day", "month", "year")
    }
    return {
        "title": "Finance for managers",
        "provider": "Open University",
        "hours": "40",
        "statement": "I can read a budget.",
        "to": "manager",
        f"level_{skill.pk}": "2",
        **parts,
        **changes,
    }


def test_a_course_elsewhere_is_added_by_form(client, person):
    client.force_login(person)

    response = client.post(address("external_learning_add"), sent(person))

    assert response["Location"] == address("training_record_mine")
    learning = ExternalLearning.objects.get()
    assert (learning.hours, learning.started_on, learning.claim.title) == (
        40,
        LAST_YEAR,
        "Finance for managers",
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Enter the course"),
        ({"hours": "0"}, "Enter a number that is 1 or more"),
        ({"hours": "5001"}, "Enter a number that is 5000 or less"),
        ({"started_on_year": "2027"}, "must be on or before 20 November 2026"),
        ({"started_on_month": "3"}, "First day must not be after the last day"),
        ({"finished_on_day": ""}, "Last day of the course must include a day"),
    ],
)
def test_a_wrong_form_keeps_what_was_typed(client, person, changes, sentence):
    client.force_login(person)

    response = client.post(address("external_learning_add"), sent(person, **changes))

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert "I can read a budget." in text_of(response)
    assert not ExternalLearning.objects.exists()


def test_programs_read_what_people_of_their_organisation_completed(client, person, trust):
    part = completed(person, trust, state="PARTIAL")
    skill = CompetencyFactory()
    PartialCredit.objects.create(enrolment=part, competency=skill, rank=2)
    completed(person, trust, state="ATTENDED")
    completed(employ(), OrganisationFactory())
    system = hr_system(trust, scopes=["enrolments:read"])
    headers = {"Authorization": f"Bearer {system.token}"}

    found = client.get("/api/v1/training-records/", headers=headers).json()["results"]
    late = client.get(
        "/api/v1/training-records/",
        {"completed_from": (TODAY + timedelta(days=1)).isoformat()},
        headers=headers,
    ).json()["results"]
    other = client.get(
        "/api/v1/training-records/", {"person_id": person.pk + 10**6}, headers=headers
    ).json()["results"]

    [row] = found
    assert (row["id"], row["state"], row["completed_on"]) == (part.pk, "PARTIAL", "2026-11-20")
    assert row["credits"] == [{"competency_id": skill.pk, "rank": 2}]
    assert (late, other) == ([], [])
