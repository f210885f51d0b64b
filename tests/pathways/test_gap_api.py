from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.pathways import RoleProfileFactory, competencies_of, follow, role_asking, show
from tests.factories.signposts import resource_for

pytestmark = pytest.mark.django_db
GAP, SIGNPOSTS, WHOLE = "v1:person_gap", "v1:person_signposts", "v1:organisations_gap"


@pytest.fixture
def trust():
    return OrganisationFactory(name="Riverbank")


@pytest.fixture
def system(trust):
    return hr_system(trust)


@pytest.fixture
def person(trust):
    made = employ(organisation=trust)
    role = role_asking(3, 2)
    follow(made, role)
    show(made, {competencies_of(role)[0]: 2}, on=timezone.localdate())
    return made


def role_of(person):
    return RoleProfileFactory._meta.model.objects.get(post_roles__post__assignments__person=person)


def test_the_gap_of_a_person_is_told_row_by_row(system, person):
    answer = system.get(reverse(GAP, args=[person.pk])).json()

    role = role_of(person)
    assert (answer["person"], answer["role_profile"]) == (person.pk, role.pk)
    below, blank = answer["rows"]
    assert (below["held"], below["state"], below["light"]) == (2, "BELOW", "AMBER")
    assert (blank["held"], blank["state"], blank["light"]) == (None, "NOT_SHOWN", "GREY")
    assert (below["source"], below["attained_on"]) == ("SELF", timezone.localdate().isoformat())


def test_another_role_and_another_day(system, person):
    goal = role_asking(4, 4, 4)
    yesterday = timezone.localdate() - timedelta(days=1)

    of_goal = system.get(reverse(GAP, args=[person.pk]), {"role": goal.pk}).json()
    before = system.get(reverse(GAP, args=[person.pk]), {"on": yesterday.isoformat()}).json()

    assert (of_goal["role_profile"], len(of_goal["rows"])) == (goal.pk, 3)
    assert before["on"] == yesterday.isoformat()
    assert [row["held"] for row in before["rows"]] == [None, None]


@pytest.mark.parametrize(
    ("given", "status"), [({"role": "0"}, 400), ({"on": "soon"}, 400), ({"role": "99999999"}, 404)]
)
def test_bad_questions(system, person, given, status):
    assert system.get(reverse(GAP, args=[person.pk]), given).status_code == status


@pytest.mark.parametrize("name", [GAP, SIGNPOSTS])
def test_people_of_another_organisation_are_not_there(system, name):
    stranger = employ(organisation=OrganisationFactory())

    assert system.get(reverse(name, args=[stranger.pk])).status_code == 404


def test_signposts_tell_their_reasons(system, person):
    skill = competencies_of(role_of(person))[0]
    resource_for(skill, title="Ten ways", rank=3)

    answer = system.get(reverse(SIGNPOSTS, args=[person.pk])).json()

    (signpost,) = answer["signposts"]
    assert (signpost["kind"], signpost["title"], signpost["competency"]) == (
        "RESOURCE",
        "Ten ways",
        skill.pk,
    )
    assert signpost["score"] == sum(reason["points"] for reason in signpost["reasons"]) == 30


def test_a_program_is_told_of_its_own_organisation_only(system, trust):
    role = role_asking(3)
    counted = timezone.localdate().replace(day=1)
    for organisation in (trust, OrganisationFactory(name="Elsewhere")):
        for _ in range(10):
            made = follow(employ(organisation=organisation), role)
            show(made, {competencies_of(role)[0]: 1}, on=counted)

    answer = system.get(reverse(WHOLE)).json()

    assert answer["on"] == counted.isoformat()
    assert answer["groups"] == [
        {
            "name": "Riverbank",
            "people": 10,
            "figures": [
                {
                    "domain": competencies_of(role)[0].domain.code,
                    "met": 0,
                    "below": 100,
                    "not_shown": 0,
                }
            ],
        }
    ]
    assert (answer["hidden_groups"], answer["hidden_people"]) == (0, 0)


def test_too_few_people_are_told_to_no_program(system, person):
    answer = system.get(reverse(WHOLE), {"by": "BAND"}).json()

    assert answer["groups"] == []
    assert (answer["hidden_groups"], answer["hidden_people"]) == (1, 0)


def test_a_day_to_come_is_refused(system):
    """From one day to the next, a month that has not begun would show what one person recorded."""
    answers = [system.get(reverse(WHOLE), {"on": on}) for on in ("2026-11-20", "2199-01-01")]

    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json()["errors"][0]["code"] == "in_the_future"


def test_a_dimension_that_is_none_is_refused(system):
    assert system.get(reverse(WHOLE), {"by": "AGE"}).status_code == 400
