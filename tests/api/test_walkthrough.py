"""The guide to the API, typed command by command into a real bash with a real curl."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.authentication import SCOPES
from accounts.services.clients import create_client
from courses.models import RoleProgramme
from tests.api.walkthrough import Comparison, steps_of, type_all
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    UnitFactory,
    employ,
    grant,
)
from tests.factories.appraisals import CycleFactory, appraise
from tests.factories.clock import NOW
from tests.factories.courses import (
    AccreditationFactory,
    BodyFactory,
    OfferingFactory,
    ProgrammeFactory,
    SessionFactory,
    brings,
)
from tests.factories.pathways import (
    CompetencyFactory,
    DomainFactory,
    FrameworkVersionFactory,
    PathwayStepFactory,
    RequirementFactory,
    RoleProfileFactory,
    follow,
)
from tests.factories.plans import DevelopmentPlanFactory, PlanActionFactory
from tests.factories.roles import condition_in, group_of
from tests.factories.showing import QualificationFactory, asking

GUIDE = Path(__file__).resolve().parents[2] / "docs/guides/api.md"


@pytest.fixture
def trust(transactional_db):
    """What the guide shows: the demonstration's trust, in small."""
    trust = OrganisationFactory(
        name="University Hospitals of Derby and Burton NHS Foundation Trust", ods_code="RTG"
    )
    manager = employ(organisation=trust, person=person("Daniel", "Hughes"), band="8a")
    amara = employ(
        organisation=trust,
        person=person("Amara", "Okafor"),
        manager=manager,
        title="Ward manager",
        band="7",
        unit=UnitFactory(organisation=trust, name="Ward 5, Respiratory"),
    )
    appraisal_of(person("Ewa", "Kowalska"), manager, trust)
    grant(manager, "REVIEWER", trust)
    employ()
    plan_for(amara)
    return trust


def person(given_name, family_name):
    email = f"{given_name}.{family_name}@waymark.example".lower()
    return PersonFactory(given_name=given_name, family_name=family_name, email=email)


def plan_for(amara):
    version = FrameworkVersionFactory(label="2026")
    domain = DomainFactory(version=version, code="2", title="Setting strategy")
    competency = CompetencyFactory(domain=domain, code="2.1", title="Plans the work of a team")
    role = RoleProfileFactory(
        version=version,
        code="ward-manager",
        title="Ward manager",
        summary="Answers for the care, the staff and the budget of one ward, day and night.",
        family="Nursing",
        band="7",
        stage=3,
    )
    matron = RoleProfileFactory(
        version=version, code="matron", title="Matron", family="Nursing", band="8a"
    )
    RequirementFactory(role_profile=role, competency=competency, rank=3, is_essential=True)
    RequirementFactory(role_profile=matron, competency=competency, rank=4)
    either = group_of(role, "ANY")
    condition_in(either, title="A degree in any subject", level=6)
    condition_in(either, title="Level 5 in management", level=5, awarding_body="ILM")
    PathwayStepFactory(from_role=role, to_role=matron, usual_months=36)
    follow(amara, role)
    QualificationFactory(person=amara)
    another = CompetencyFactory(domain=domain)
    asking(amara, another, organisation=amara.assignments.get().organisation)
    programme = course_of(amara)
    RoleProgramme.objects.create(role_profile=role, programme=programme)
    plan = DevelopmentPlanFactory(person=amara, role_profile=role)
    PlanActionFactory(
        plan=plan,
        kind="COURSE",
        title=programme.title,
        programme=programme,
        competency=competency,
        due_on=date(2027, 1, 14),
    )


def course_of(amara):
    trust = amara.assignments.get().organisation
    programme = ProgrammeFactory(
        code="MARY_SEACOLE",
        title="Mary Seacole programme",
        provider="NHS Leadership Academy, also delivered locally",
        audience="People in their first formal leadership role",
        length="6 months",
        mode="BLENDED",
        study_hours=100,
        summary="How to lead a team well in your first management post.",
    )
    academy = BodyFactory(name="NHS Leadership Academy")
    title = "NHSLA award in Healthcare Leadership"
    brings(programme, title, code="nhsla-healthcare-leadership", body=academy, level=None)
    AccreditationFactory(programme=programme)
    offering = OfferingFactory(programme=programme, host=trust, study_hours=100)
    SessionFactory(offering=offering, capacity=20)
    return programme


def appraisal_of(subject, manager, trust):
    cycle = CycleFactory(organisation=trust, title="Appraisals 2026/27", opened_at=NOW)
    shared = {"state": "SHARED", "subject_shared_at": NOW, "manager_shared_at": NOW}
    appraise(subject=subject, manager=manager, cycle=cycle, **shared)


@pytest.fixture
def environment(trust, live_server, monkeypatch):
    """What the guide asks the reader to have: tools, the address, the client and its secret."""
    if missing := [tool for tool in ("bash", "curl", "python3") if not shutil.which(tool)]:
        pytest.fail(f"There is no {missing[0]}. Type: sudo apt-get install {missing[0]}")
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client, secret = create_client(
        name="HR system",
        organisation=trust,
        scopes=SCOPES,
        by=SystemJob("tests", organisation_ids=None),
        now=NOW,
    )
    return {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "SITE": live_server.url,
        "CLIENT_ID": client.client_id,
        "CLIENT_SECRET": secret,
    }


def test_the_guide_says_what_is_answered(environment):
    steps = steps_of(GUIDE)

    said = type_all(steps, environment=environment)

    comparison = Comparison(environment["SITE"])
    wrong = [
        f"$ {step.command}\n  {difference}"
        for step, answer in zip(steps, said, strict=True)
        for difference in comparison.differences(step.answer, answer)
    ]
    assert wrong == [], "docs/guides/api.md says otherwise:\n" + "\n".join(wrong)


SHOWN = """HTTP/1.1 201 Created
Location: /api/v1/enrolments/7/

{"id": 7, "person_id": 3, "state": "CONFIRMED", "seats": [1, 2], "token": "a…", "ended_at": null}"""
SAID = SHOWN.replace("7", "71").replace(": 3", ": 34").replace("a…", "abc")


def test_other_numbers_of_rows_are_no_drift():
    assert Comparison("http://localhost").differences(SHOWN, SAID) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("201 Created", "200 OK"),
        ("Location: /api/v1/enrolments/71/", "X: y"),
        ("enrolments/71/", "enrolments/72/"),
        ("enrolments/71/", "requests/71/"),
        ("CONFIRMED", "WAITING"),
        ('"state"', '"status"'),
        ('"ended_at": null', '"ended_at": null, "more": 1'),
        (', "ended_at": null', ""),
        ("null", "false"),
        ("[1, 2]", "[1, 2, 3]"),
        ("[1, 2]", "[1, 3]"),
        ("abc", "xbc"),
        ('"person_id": 34', '"person_id": "34"'),
    ],
)
def test_any_other_difference_is_drift(before, after):
    said = SAID.replace(before, after)

    assert said != SAID
    assert Comparison("http://localhost").differences(SHOWN, said)


def test_a_number_stands_for_one_row_throughout_the_guide():
    comparison = Comparison("http://localhost")
    comparison.differences(SHOWN, SAID)

    later = comparison.differences(SHOWN, SAID.replace("34", "35"))

    assert later == ["body.person_id: 3 stood for 34, and is 35 here"]
