"""Who in a team is missing what, as programs read it: the same figures as on the team's page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pathways.selectors.gap_team import TeamQuestion, team_gap, team_people
from tests.api_client import hr_system
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    ReportingLineFactory,
    employ,
)
from tests.factories.pathways import AspirationFactory, competencies_of, follow, role_asking, show

pytestmark = pytest.mark.django_db
TEAM, PEOPLE = "v1:team_gap", "v1:team_gap_people"


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def system(trust):
    return hr_system(trust)


@pytest.fixture
def manager(trust):
    return employ(organisation=trust)


@pytest.fixture
def report(manager, trust):
    """Make somebody who reports to the manager, follows a role and has shown some levels."""

    def made(role=None, levels=(), **names):
        person = employ(person=PersonFactory(**names), organisation=trust, manager=manager)
        if role:
            follow(person, role)
            shown = dict(zip(competencies_of(role), levels, strict=False))
            show(person, shown, on=timezone.localdate())
        return person

    return made


def asked(system, name, manager, **query):
    return system.get(reverse(name, args=[manager.pk]), query).json()


def test_each_competency_counts_the_people_as_the_page_does(system, manager, report):
    role = role_asking(3, 2)
    report(role, (3, 1))
    report(role, (1,))
    first, second = competencies_of(role)

    answer = asked(system, TEAM, manager)

    today = timezone.localdate()
    page = team_gap(people=team_people(actor=manager, on=today), question=TeamQuestion(on=today))
    told = [
        (row["competency"], *(row["people"][light] for light in ("red", "amber", "green", "grey")))
        for row in answer["competencies"]
    ]
    assert (answer["manager"], answer["people"]) == (manager.pk, 2)
    assert told == [
        (row.competency_id, row.counts.red, row.counts.amber, row.counts.green, row.counts.grey)
        for row in page.columns
    ]
    assert told == [(first.pk, 1, 0, 1, 0), (second.pk, 0, 1, 0, 1)]
    assert (answer["competencies"][0]["title"], answer["competencies"][0]["domain"]) == (
        first.title,
        first.domain.code,
    )


def test_people_are_told_by_name_with_every_level_and_page_by_page(system, manager, report):
    role = role_asking(3, 2)
    last = report(family_name="Zimmer")
    first = report(role, (2,), family_name="Abbott")
    middle = report(role, (3, 2), family_name="Moss")

    page = asked(system, PEOPLE, manager, page_size=2)
    rest = system.get(page["next"]).json()

    rows = page["results"] + rest["results"]
    assert [row["person"] for row in rows] == [first.pk, middle.pk, last.pk]
    assert rest["next"] is None
    assert rows[0]["levels"] == {"red": 0, "amber": 1, "green": 0, "grey": 1}
    assert rows[0]["rows"][0] == {
        "competency": competencies_of(role)[0].pk,
        "required": "Frequently",
        "held": "Occasionally",
        "is_essential": False,
        "light": "AMBER",
    }
    assert rows[0]["rows"][1]["held"] == ""
    assert (rows[2]["role_profile"], rows[2]["rows"]) == (None, [])


def test_the_question_is_narrowed_as_on_the_page(system, manager, report):
    role, goal = role_asking(3, 2), role_asking(4)
    below = report(role, (1, 2))
    report(role, (3, 2))
    AspirationFactory(person=below, role_profile=goal)
    skill = competencies_of(role)[0]

    of_skill = asked(system, PEOPLE, manager, competency=skill.pk)
    towards = asked(system, PEOPLE, manager, measure="TARGET", role=goal.pk)
    essential = asked(system, TEAM, manager, essential="true")
    yesterday = timezone.localdate() - timedelta(days=1)
    before = asked(system, TEAM, manager, on=yesterday.isoformat())

    assert [row["person"] for row in of_skill["results"]] == [below.pk]
    assert [(row["person"], row["role_profile"]) for row in towards["results"]] == [
        (below.pk, goal.pk)
    ]
    assert essential["competencies"] == []
    assert before["on"] == yesterday.isoformat()
    assert [row["people"]["grey"] for row in before["competencies"]] == [2, 2]


def test_only_the_line_manager_s_people_of_the_program_s_organisation_are_told(
    system, manager, report, trust
):
    mine = report(role_asking(2))
    supervised = employ(organisation=trust)
    ReportingLineFactory(
        assignment=supervised.assignments.get(), manager=manager, kind="SUPERVISOR"
    )
    employ(organisation=OrganisationFactory(), manager=manager)

    answer = asked(system, PEOPLE, manager)

    assert [row["person"] for row in answer["results"]] == [mine.pk]
    assert asked(system, TEAM, manager)["people"] == 1


def test_somebody_without_a_team_has_no_figures(system, trust):
    answer = asked(system, TEAM, employ(organisation=trust))

    assert (answer["people"], answer["competencies"]) == (0, [])


@pytest.mark.parametrize("name", [TEAM, PEOPLE])
def test_teams_of_another_organisation_are_not_there(system, name):
    stranger = employ(organisation=OrganisationFactory())

    assert system.get(reverse(name, args=[stranger.pk])).status_code == 404


@pytest.mark.parametrize("name", [TEAM, PEOPLE])
def test_a_colleague_is_told_nothing_of_a_team_and_the_manager_of_their_own(
    client, trust, manager, report, name
):
    report(role_asking(2))
    client.force_login(employ(organisation=trust))
    refused = client.get(reverse(name, args=[manager.pk]))
    client.force_login(manager)
    told = client.get(reverse(name, args=[manager.pk]))

    assert refused.status_code == 404
    assert told.status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"on": "soon"}, "on"),
        ({"measure": "AGE"}, "measure"),
        ({"role": "0"}, "role"),
        ({"essential": "perhaps"}, "essential"),
    ],
)
def test_a_wrong_parameter_is_named(system, manager, query, field):
    answer = system.get(reverse(TEAM, args=[manager.pk]), query)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(("name", "statements"), [(TEAM, 15), (PEOPLE, 19)])
@pytest.mark.parametrize("rows", [1, 3])
def test_it_takes_as_many_statements_for_one_person_as_for_three(
    system, manager, report, django_assert_num_queries, rows, name, statements
):
    role = role_asking(3, 2)
    for _ in range(rows):
        report(role, (1, 1))

    with django_assert_num_queries(statements):
        answer = asked(system, name, manager)

    assert answer.get("people", len(answer.get("results", ()))) == rows
