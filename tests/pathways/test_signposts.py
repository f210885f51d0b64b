from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from accounts.scope import opened
from courses.models import Outcome
from pathways.selectors.gap import gap_analysis
from pathways.selectors.signposts import SignpostKind, register_signposts, signposts_of
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, place_below
from tests.factories.clock import TODAY
from tests.factories.courses import OfferingFactory
from tests.factories.pathways import competencies_of, follow, role_asking, show
from tests.factories.signposts import CoachOfferFactory, resource_for

pytestmark = pytest.mark.django_db


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def person(trust):
    return employ(organisation=trust)


def coach(competency, organisation, *, rank, offer=None, **names):
    """Somebody who works in ``organisation``, has reached ``rank`` and offers to coach."""
    made = employ(person=PersonFactory(**names), organisation=organisation)
    show(made, {competency: rank}, on=TODAY - timedelta(days=30))
    CoachOfferFactory(person=made, organisation=organisation, competency=competency, **offer or {})
    return made


def found(person, role, *, kind=None, **asked):
    gap = gap_analysis(person_id=person.pk, role_profile=role, on=TODAY)
    rows = signposts_of(gap=gap, person=person, actor=person, on=TODAY, **asked)
    return [
        [(one.title, one.score) for one in row.signposts if kind in (None, one.kind)]
        for row in rows
    ]


def test_nothing_is_signposted_where_there_is_no_gap(person, django_assert_num_queries):
    role = role_asking(2)
    show(person, dict.fromkeys(competencies_of(role), 2))
    gap = gap_analysis(person_id=person.pk, role_profile=role, on=TODAY)

    with django_assert_num_queries(0):
        assert signposts_of(gap=gap, person=person, actor=person, on=TODAY) == ()


def test_resources_are_weighed_and_the_parts_add_up(person, trust):
    role = role_asking(3)
    skill = competencies_of(role)[0]
    show(person, {skill: 1})
    resource_for(skill, rank=3, title="Whole", owner=trust, minutes=30)
    resource_for(skill, rank=3, title="Long", minutes=600)
    resource_for(skill, rank=2, title="Half way")
    resource_for(skill, rank=1, title="Known already")
    resource_for(skill, rank=4, title="Withdrawn", is_in_use=False)
    resource_for(skill, rank=4, title="Elsewhere", owner=OrganisationFactory())

    (best,) = found(person, role)

    assert best == [("Whole", 50), ("Long", 30), ("Half way", 20)]


def test_every_score_is_the_sum_of_reasons_that_are_told(person, trust):
    role = role_asking(3)
    skill = competencies_of(role)[0]
    resource_for(skill, rank=3, owner=trust, minutes=1)
    coach(skill, trust, rank=4)
    gap = gap_analysis(person_id=person.pk, role_profile=role, on=TODAY)

    (row,) = signposts_of(gap=gap, person=person, actor=person, on=TODAY)

    for one in row.signposts:
        assert one.score == sum(reason.points for reason in one.reasons)
        assert all(reason.words and reason.points > 0 for reason in one.reasons)
    assert {reason.words for reason in row.signposts[-1].reasons} | {
        reason.words for reason in row.signposts[0].reasons
    } == {
        "Helps up to the level asked for",
        "Made where you work",
        "Takes 1 minute",
        "Holds a level above the one asked for",
        "Coaches where you work",
    }


def test_a_coach_needs_the_level_asked_for_on_the_day(person, trust):
    role = role_asking(3)
    skill = competencies_of(role)[0]
    coach(skill, trust, rank=4, family_name="Above", given_name="A")
    coach(skill, trust, rank=3, family_name="Exactly", given_name="B")
    coach(skill, trust, rank=2, family_name="Below", given_name="C")
    lost = coach(skill, trust, rank=3, family_name="Lost", given_name="D")
    show(lost, {skill: 1})

    assert found(person, role, kind=SignpostKind.COACH) == [[("A Above", 50), ("B Exactly", 45)]]


def test_coaches_who_ended_left_or_are_not_for_these_people_are_left_out(person, trust):
    role = role_asking(3)
    skill = competencies_of(role)[0]
    coach(skill, trust, rank=4, offer={"ends_on": TODAY - timedelta(days=1)})
    left = coach(skill, trust, rank=4)
    left.assignments.update(ends_on=TODAY - timedelta(days=1))
    stopped = coach(skill, trust, rank=4)
    Person.objects.filter(pk=stopped.pk).update(is_active=False)
    coach(skill, OrganisationFactory(), rank=4)
    show(person, {skill: 2})
    CoachOfferFactory(person=person, organisation=trust, competency=skill)

    assert found(person, role) == [[]]


def test_a_coach_of_the_organisation_above_is_found_by_those_below(person, trust):
    board = OrganisationFactory(kind="ICB")
    place_below(trust, board)
    role = role_asking(3)
    coach(competencies_of(role)[0], board, rank=3, given_name="Ada", family_name="Above")

    assert found(person, role) == [[("Ada Above", 30)]]


def test_a_reader_is_told_of_no_coach_whose_offer_they_do_not_see(person, trust):
    role = role_asking(3)
    made = coach(competencies_of(role)[0], trust, rank=3)
    gap = gap_analysis(person_id=person.pk, role_profile=role, on=TODAY)

    def told(reader):
        with opened(reader, on=TODAY):
            (row,) = signposts_of(gap=gap, person=person, actor=reader, on=TODAY)
        return [one.title for one in row.signposts]

    assert told(employ(organisation=trust)) == told(person) == [made.full_name]
    assert told(employ(organisation=OrganisationFactory())) == []


def test_courses_are_signposted_with_what_they_teach(person, trust):
    role = role_asking(3, 2)
    first, second = competencies_of(role)
    show(person, {first: 2, second: 1})
    programme = OfferingFactory(host=trust, programme__title="Delegating").programme
    Outcome.objects.create(programme=programme, competency=first, rank=3)

    assert found(person, role) == [[("Delegating", 25)], []]


def test_the_order_is_by_score_then_title_and_stops_at_the_limit(person):
    role = role_asking(3)
    skill = competencies_of(role)[0]
    for title in ("Cedar", "Ash", "Beech"):
        resource_for(skill, rank=3, title=title)

    assert found(person, role, limit=2) == [[("Ash", 30), ("Beech", 30)]]


@pytest.mark.parametrize("rows", [1, 3])
def test_contributors_are_asked_once_for_all_rows(person, trust, django_assert_num_queries, rows):
    role = role_asking(*[3] * rows)
    for skill in competencies_of(role):
        resource_for(skill)
        coach(skill, trust, rank=4)
    gap = gap_analysis(person_id=person.pk, role_profile=role, on=TODAY)
    reader = Person.objects.get(pk=person.pk)

    # Where the reader and whose gap it is stand, what is mandatory for them, the walls lifted and
    # put back for the coaches.
    with django_assert_num_queries(10):
        signposted = signposts_of(gap=gap, person=reader, actor=reader, on=TODAY)

    assert [len(row.signposts) for row in signposted] == [2] * rows


def test_a_contributor_registers_once():
    with pytest.raises(ValueError, match="contributes signposts already"):
        register_signposts("resources", lambda asked: ())


# --- The pages


def test_my_page_names_what_helps_and_why(client, person, trust):
    client.force_login(person)
    today = timezone.localdate()
    role = role_asking(3, title="Matron")
    follow(person, role)
    skill = competencies_of(role)[0]
    show(person, {skill: 2}, on=today)
    resource_for(skill, title="Ten ways", rank=3)
    coach(skill, trust, rank=3, given_name="Ada", family_name="Coach")

    page = text_of(client.get(reverse("pathways:signpost_mine")))

    assert page.count("data-signpost") == 2
    assert "Ten ways" in page
    assert "Ada Coach" in page
    assert "Helps up to the level asked for: 30" in page
    assert "Why: 45 points" in page


def test_a_line_manager_sees_what_would_help_a_report_and_a_colleague_does_not(client, trust):
    manager = employ(organisation=trust)
    report = employ(organisation=trust, manager=manager)
    role = role_asking(3)
    follow(report, role)
    resource_for(competencies_of(role)[0], title="Ten ways")
    url = reverse("pathways:signpost_show", args=[report.pk])

    client.force_login(manager)
    seen = client.get(url)
    client.force_login(employ(organisation=trust))
    hidden = client.get(url)

    assert "Ten ways" in text_of(seen)
    assert hidden.status_code == 404


def test_without_a_role_or_a_gap_the_page_says_so(client, person):
    client.force_login(person)
    url = reverse("pathways:signpost_mine")
    without_role = text_of(client.get(url))
    role = role_asking(1)
    follow(person, role)
    show(person, dict.fromkeys(competencies_of(role), 1), on=timezone.localdate())

    assert "There is no role to measure a gap against." in without_role
    assert "There is no gap to close." in text_of(client.get(url))
