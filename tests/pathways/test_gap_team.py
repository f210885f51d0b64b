import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from common.dates import add_months
from pathways.selectors.gap import gap_analysis
from pathways.selectors.gap_page import new_starter_since
from pathways.selectors.gap_team import Sort, TeamQuestion, team_gap, team_members, team_people
from pathways.selectors.gap_team_people import Who
from pathways.selectors.held_roles import Measure
from pathways.selectors.lights import Light
from tests.factories.accounts import (
    AssignmentFactory,
    DelegationFactory,
    OrganisationFactory,
    PersonFactory,
    PostFactory,
    ReportingLineFactory,
    employ,
)
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    AspirationFactory,
    PostRoleFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)

pytestmark = pytest.mark.django_db
URL, FILE = "pathways:gap_team", "pathways:gap_team_file"
YESTERDAY = TODAY - timedelta(days=1)


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def manager(client, trust):
    person = employ(organisation=trust)
    client.force_login(person)
    return person


@pytest.fixture
def report(manager, trust):
    """Make somebody who reports to the manager, follows a role and has shown some levels."""

    def made(role=None, levels=(), on=TODAY, **names):
        named = PersonFactory(**names)
        person = employ(person=named, organisation=trust, manager=manager)
        if role:
            follow(person, role)
            show(person, dict(zip(competencies_of(role), levels, strict=False)), on=on)
        return person

    return made


def everybody():
    return Person.objects.order_by("family_name", "given_name", "pk")


# --- Who is in the team


def test_the_team_is_whom_one_manages_or_stands_in_for_and_nobody_else(manager, report, trust):
    mine = report()
    elsewhere = OrganisationFactory()
    other = employ(organisation=trust)
    theirs = employ(organisation=trust, manager=other)
    of_another_trust = employ(organisation=elsewhere, manager=employ(organisation=elsewhere))
    supervised = employ(organisation=trust)
    ReportingLineFactory(
        assignment=supervised.assignments.get(), manager=manager, kind="SUPERVISOR"
    )

    before = list(team_people(actor=manager, on=TODAY))
    DelegationFactory(manager=other, delegate=manager, organisation=trust)
    stood_in = list(team_people(actor=Person.objects.get(pk=manager.pk), on=TODAY))

    assert before == [mine]
    assert set(stood_in) == {mine, theirs}
    assert of_another_trust not in stood_in


# --- The figures


def test_a_team_is_counted_by_competency_and_by_person(report):
    role = role_asking(3, 2, 2)
    first, second, third = competencies_of(role)
    role.requirements.filter(competency=second).update(is_essential=True)
    ada = report(role, (2, 1))
    ben = report(role, (3, 2, 2))
    cai = report()

    gap = team_gap(people=everybody(), question=TeamQuestion(on=TODAY))

    columns = {c.competency_id: c.counts for c in gap.columns}
    assert list(columns) == [first.pk, second.pk, third.pk]
    assert [(c.red, c.amber, c.green, c.grey) for c in columns.values()] == [
        (0, 1, 1, 0),
        (1, 0, 1, 0),
        (0, 0, 1, 1),
    ]
    assert (gap.counts[ada.pk].missing, gap.counts[ada.pk].grey) == (2, 1)
    assert (gap.counts[ben.pk].missing, gap.counts[ben.pk].green) == (0, 3)
    assert cai.pk not in gap.counts
    assert [c.competency_id for c in gap.by_missing] == [second.pk, first.pk]


def test_the_team_agrees_with_the_gap_of_each_person(report):
    roles = [role_asking(3, 1, 4), role_asking(2, 2)]
    people = [report(roles[0], (2, None, 4)), report(roles[1], (2, 1)), report(roles[0])]

    gap = team_gap(people=everybody(), question=TeamQuestion(on=TODAY))
    members = {m.person: m for m in team_members(gap=gap, person_ids=gap.person_ids)}

    for person, role in zip(people, [roles[0], roles[1], roles[0]], strict=True):
        alone = gap_analysis(person_id=person.pk, role_profile=role, on=TODAY)
        assert members[person].role_title == role.title
        assert {
            key: (cell.light, cell.held_label, cell.required_label)
            for key, cell in members[person].cells.items()
        } == {
            row.competency_id: (row.light, row.held_label, row.required_label) for row in alone.rows
        }


def test_filters_narrow_what_is_counted_and_who_is_listed(report):
    role, other = role_asking(3, 3, 3), role_asking(1)
    first, second, third = competencies_of(role)
    role.requirements.filter(competency=second).update(is_essential=True)
    ada, ben = report(role, (1, 3)), report(other, (1,))

    def found(**asked):
        gap = team_gap(
            people=everybody().filter(pk__in=[ada.pk, ben.pk]),
            question=TeamQuestion(on=TODAY, **asked),
        )
        return {c.competency_id for c in gap.columns}, set(gap.person_ids)

    assert found(role_id=other.pk) == ({competencies_of(other)[0].pk}, {ben.pk})
    assert found(domain_id=third.domain_id) == ({third.pk}, {ada.pk, ben.pk})
    assert found(is_essential_only=True) == ({second.pk}, {ada.pk, ben.pk})
    assert found(competency_id=first.pk)[1] == {ada.pk}
    assert found(competency_id=second.pk)[1] == set()


def test_the_team_can_be_measured_against_where_people_want_to_go_and_on_a_day(report):
    held, goal = role_asking(1), role_asking(4)
    person = report(held, (1,), on=YESTERDAY)
    show(person, dict.fromkeys(competencies_of(goal), 2), on=YESTERDAY)
    show(person, dict.fromkeys(competencies_of(goal), 4), on=TODAY)
    AspirationFactory(person=person, role_profile=goal)

    def light(**asked):
        gap = team_gap(people=everybody().filter(pk=person.pk), question=TeamQuestion(**asked))
        (member,) = team_members(gap=gap, person_ids=gap.person_ids)
        (cell,) = member.cells.values()
        return member.role_title, cell.light

    assert light(on=TODAY) == (held.title, Light.GREEN)
    assert light(on=TODAY, measure=Measure.TARGET) == (goal.title, Light.GREEN)
    assert light(on=YESTERDAY, measure=Measure.TARGET) == (goal.title, Light.RED)


def test_new_starters_are_those_new_in_the_role_and_not_in_a_further_post(trust, manager, report):
    role = role_asking(3)
    fresh, known = report(role, family_name="Ahmed"), report(role, family_name="Brown")
    moved = report(role, family_name="Clark")
    for person, began in ((fresh, add_months(TODAY, -6) + timedelta(days=1)), (moved, TODAY)):
        person.assignments.update(starts_on=began)
    # The same role in a further post makes nobody new.
    further = PostFactory(organisation=trust)
    AssignmentFactory(person=known, post=further, starts_on=TODAY)
    PostRoleFactory(post=further, role_profile=role)

    for day, new in ((TODAY, [fresh, moved]), (TODAY + timedelta(days=1), [moved])):
        gap = team_gap(people=everybody(), question=TeamQuestion(on=day, who=Who.NEW))
        members = team_members(gap=gap, person_ids=gap.person_ids)
        assert [member.person for member in members] == new
        began = {member.person: member.began for member in members}
        assert began == {one: new_starter_since(person_id=one.pk, role=role, on=day) for one in new}


def test_those_who_aim_at_another_role_are_measured_by_it(report):
    role, goal = role_asking(1), role_asking(4)
    aiming, _staying = report(role, (1,)), report(role, (1,))
    AspirationFactory(person=aiming, role_profile=goal, starts_on=YESTERDAY)
    past = report(role, (1,))
    AspirationFactory(person=past, role_profile=goal, starts_on=YESTERDAY, ends_on=YESTERDAY)

    gap = team_gap(
        people=everybody(),
        question=TeamQuestion(on=TODAY, who=Who.AIMING, measure=Measure.TARGET),
    )

    assert gap.person_ids == (aiming.pk,)
    assert [column.counts.grey for column in gap.columns] == [1]


@pytest.mark.parametrize(("who", "listed"), [("NEW", "New"), ("AIMING", "Aiming")])
def test_the_page_lists_whom_it_is_asked_about(client, report, who, listed):
    role = role_asking(3)
    new, aiming = report(role, family_name="New"), report(role, family_name="Aiming")
    new.assignments.update(starts_on=timezone.localdate())
    AspirationFactory(person=aiming, starts_on=timezone.localdate())

    page = text_of(client.get(reverse(URL), {"who": who}))

    assert page.count("data-member") == 1
    assert f"{listed}</a>" in page
    assert ("Since " in page) == (who == "NEW")


def test_most_to_develop_comes_first_and_equals_stay_in_order_of_name(report):
    role = role_asking(3, 3)
    calm = report(role, (3, 3), family_name="Abara")
    second = report(role, (2, 3), family_name="Brown")
    first = report(role, (1, 1), family_name="Zhou")
    third = report(role, (2, 3), family_name="Clark")
    team = everybody().filter(pk__in=[calm.pk, first.pk, second.pk, third.pk])

    gap = team_gap(people=team, question=TeamQuestion(on=TODAY, sort=Sort.MISSING))

    assert gap.person_ids == (first.pk, second.pk, third.pk, calm.pk)


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_a_team_is_read_in_a_constant_number_of_statements(report, django_assert_num_queries, rows):
    role = role_asking(*[2] * rows)
    for _row in range(rows):
        report(role, [1] * rows)

    with django_assert_num_queries(6):
        gap = team_gap(people=everybody(), question=TeamQuestion(on=TODAY))
        members = team_members(gap=gap, person_ids=gap.person_ids)

    assert sum(len(member.cells) for member in members) == rows * rows


# --- The page and the file


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_lists_the_team_and_nobody_elses(
    client, manager, report, trust, django_assert_num_queries, rows
):
    today = timezone.localdate()
    role = role_asking(3)
    for _row in range(rows):
        report(role, (2,), on=today)
    stranger = employ(
        person=PersonFactory(family_name="Unseen"),
        organisation=trust,
        manager=employ(organisation=trust),
    )
    follow(stranger, role)

    with django_assert_num_queries(16):
        response = client.get(reverse(URL))

    page = text_of(response)
    assert page.count("data-member") == rows
    assert page.count("data-below") == rows
    assert page.count("data-missing") == 1
    assert "Unseen" not in page


def test_a_competency_leads_to_those_who_are_below_in_it(client, report):
    today = timezone.localdate()
    role = role_asking(3)
    report(role, (1,), on=today, family_name="Below")
    report(role, (3,), on=today, family_name="Reached")

    page = text_of(client.get(reverse(URL), {"competency": competencies_of(role)[0].pk}))

    assert "Below" in page
    assert "Reached" not in page
    assert f"Below what their role asks for in {competencies_of(role)[0].title}" in page


def test_whoever_manages_nobody_is_told_so(client, manager):
    assert "Nobody reports to you." in text_of(client.get(reverse(URL)))


def test_a_wrong_filter_is_explained_and_the_whole_team_shown(client, report):
    report(role_asking(3), family_name="Okonkwo")

    response = client.get(reverse(URL), {"role": "999999999", "day_day": "40"})

    assert response.status_code == 422
    assert "Select an answer from the list" in text_of(response)
    assert "Okonkwo" in text_of(response)


def test_a_filter_that_fits_nobody_says_so(client, report):
    report(role_asking(3))
    other = role_asking(2)

    page = text_of(client.get(reverse(URL), {"role": other.pk}))

    assert "Nobody in your team fits what you chose." in page


def test_a_large_team_comes_page_by_page(client, report):
    for number in range(26):
        report(family_name=f"Person{number:02}")

    first, second = (text_of(client.get(reverse(URL), {"page": n})) for n in (1, 2))

    assert (first.count("data-member"), second.count("data-member")) == (25, 1)


def test_the_file_has_everybody_and_no_formula(client, report):
    today = timezone.localdate()
    role = role_asking(3, title="=HYPERLINK(1)")
    report(role, (2,), on=today, given_name="+Amara", family_name="Okafor")
    report(given_name="Ben", family_name="Zed")

    response = client.get(reverse(FILE))

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="team-gaps.csv"'
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    code = competencies_of(role)[0].code
    assert rows == [
        ["Person", "Role", f"{code} Skill 0"],
        ["'+Amara Okafor", "'=HYPERLINK(1)", "To develop: Occasionally, asked for Frequently"],
        ["Ben Zed", "No role set", "Not asked for"],
    ]
