from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from common.dates import add_months
from pathways.models import CountingRule, Framework, Level
from pathways.selectors.gap import gap_analysis
from pathways.selectors.gap_page import gap_page
from pathways.selectors.lights import Light, light_of, light_sql
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    AspirationFactory,
    AttainmentFactory,
    PathwayStepFactory,
    RequirementFactory,
    RoleProfileFactory,
    ScaleFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)

YESTERDAY = TODAY - timedelta(days=1)
LAST_YEAR = TODAY - timedelta(days=365)
RANKS = st.integers(1, 7)


def text_of(response):
    return " ".join(response.content.decode().split())


# --- Red, amber and green


@pytest.mark.parametrize(
    ("required", "held", "is_essential", "light"),
    [
        (3, None, True, Light.GREY),
        (3, None, False, Light.GREY),
        (3, 3, True, Light.GREEN),
        (3, 4, False, Light.GREEN),
        (3, 2, False, Light.AMBER),
        (3, 2, True, Light.RED),
        (3, 1, False, Light.RED),
        (4, 1, True, Light.RED),
    ],
)
def test_the_light_of_a_requirement(required, held, is_essential, light):
    assert light_of(required=required, held=held, is_essential=is_essential) is light


@given(RANKS, RANKS, st.booleans())
def test_reaching_a_level_more_never_turns_a_light_worse(required, held, is_essential):
    order = [Light.RED, Light.AMBER, Light.GREEN]
    before = light_of(required=required, held=held, is_essential=is_essential)
    after = light_of(required=required, held=held + 1, is_essential=is_essential)

    assert order.index(after) >= order.index(before)


@pytest.mark.django_db
def test_the_statement_and_python_agree_on_every_light():
    light = light_sql(held="held.rank", requirement="requirement")
    statement = f"""
        SELECT requirement.rank, held.rank, requirement.is_essential, {light}
          FROM generate_series(1, 7) asked,
               LATERAL (VALUES (asked, true), (asked, false)) requirement(rank, is_essential),
               LATERAL (SELECT generate_series(1, 7) UNION ALL SELECT NULL) held(rank)
    """  # noqa: S608 - the expression is the one under test
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchall()

    assert len(found) == 7 * 2 * 8
    for required, held, is_essential, light in found:
        assert light == light_of(required=required, held=held, is_essential=is_essential)


# --- What counts


@pytest.mark.django_db
def test_the_gap_follows_the_counting_rule_of_the_framework():
    role = role_asking(3)
    person, skill = PersonFactory(), competencies_of(role)[0]
    AttainmentFactory(
        person=person, competency=skill, rank=3, attained_on=YESTERDAY, source="MANAGER"
    )
    show(person, {skill: 2})
    rules = Framework.objects.filter(pk=role.version.framework_id)

    def held():
        return gap_analysis(person_id=person.pk, role_profile=role, on=TODAY).rows[0].held

    assert held() == 2
    rules.update(counting_rule=CountingRule.CONFIRMED)
    assert held() == 3
    rules.update(counting_rule=CountingRule.HIGHEST)
    assert held() == 3


@pytest.mark.django_db
def test_a_level_that_has_ended_no_longer_closes_the_gap():
    role = role_asking(3)
    person, skill = PersonFactory(), competencies_of(role)[0]
    AttainmentFactory(
        person=person, competency=skill, rank=3, attained_on=LAST_YEAR, valid_to=YESTERDAY
    )

    on_the_last_day, after = (
        gap_analysis(person_id=person.pk, role_profile=role, on=day).rows[0].light
        for day in (YESTERDAY, TODAY)
    )

    assert (on_the_last_day, after) == (Light.GREEN, Light.GREY)


@pytest.mark.django_db
def test_a_competency_with_a_scale_of_its_own_takes_its_words_from_there():
    role = role_asking(2)
    person, skill = PersonFactory(), competencies_of(role)[0]
    skill.scale = ScaleFactory(levels=["Beginner", "Expert"])
    skill.save()
    show(person, {skill: 1})

    row = gap_analysis(person_id=person.pk, role_profile=role, on=TODAY).rows[0]

    assert (row.required_label, row.held_label) == ("Expert", "Beginner")
    assert Level.objects.filter(scale=role.version.scale, label="Expert").count() == 0


# --- Against which role, since when


@pytest.fixture
def person():
    return employ(starts_on=LAST_YEAR)


@pytest.mark.django_db
def test_without_a_choice_it_is_the_role_worked_towards_on_that_day(person):
    held, goal = role_asking(2), role_asking(3)
    follow(person, held)
    AspirationFactory(person=person, role_profile=goal, starts_on=TODAY)

    today, before = (gap_page(person=person, on=day) for day in (TODAY, YESTERDAY))

    assert (today.role, today.current, today.aspired) == (goal, held, goal)
    assert (before.role, before.aspired) == (held, None)


@pytest.mark.django_db
def test_any_role_can_be_chosen_and_a_day_before_the_post_has_none(person):
    chosen = role_asking(2)
    follow(person, role_asking(3))

    assert gap_page(person=person, on=TODAY, role=chosen).role == chosen
    assert gap_page(person=person, on=LAST_YEAR - timedelta(days=1)).gap is None


@pytest.mark.django_db
def test_trend_tells_what_closed_and_what_opened(person):
    role = role_asking(3, 2, 3)
    closes, opens, stays = competencies_of(role)
    follow(person, role)
    show(person, {closes: 2, opens: 2, stays: 1}, on=LAST_YEAR)
    show(person, {closes: 3, opens: 1, stays: 1}, on=TODAY)

    trend = gap_page(person=person, on=TODAY, since=YESTERDAY).trend

    assert (trend.met_before, trend.met_now) == (1, 1)
    assert [(c.now.title, c.is_closed, c.is_opened) for c in trend.changes] == [
        (closes.title, True, False),
        (opens.title, False, True),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("months", "is_new"), [(5, True), (6, False), (12, False)])
def test_somebody_is_new_for_six_months(months, is_new):
    began = add_months(TODAY, -months)
    person = employ(starts_on=began)
    follow(person, role_asking(2))

    page = gap_page(person=person, on=TODAY)

    assert page.started_on == (began if is_new else None)
    assert page.promotion is None


@pytest.mark.django_db
def test_a_new_starter_sees_what_is_essential_with_the_open_ones_first():
    person = employ(starts_on=YESTERDAY)
    role = role_asking(2, 2, 2)
    first, second, later = competencies_of(role)
    role.requirements.exclude(competency=later).update(is_essential=True)
    follow(person, role)
    show(person, {first: 2})

    gap = gap_page(person=person, on=TODAY).gap

    assert [row.title for row in gap.essential_rows] == [second.title, first.title]


@pytest.mark.django_db
def test_promotion_names_what_is_new_or_higher_also_across_editions(person):
    held = role_asking(2, 3)
    same, higher = competencies_of(held)
    goal = role_asking(2, 4, 1)
    goal.version.scale = held.version.scale
    goal.version.save()
    kept, raised, new = competencies_of(goal)
    for later, earlier in ((kept, same), (raised, higher)):
        later.lineage = earlier.lineage
        later.save()
    follow(person, held)
    AspirationFactory(person=person, role_profile=goal)
    step = PathwayStepFactory(from_role=held, to_role=goal, adds="Budgets of several teams.")

    promotion = gap_page(person=person, on=TODAY).promotion

    assert (promotion.current, promotion.step) == (held, step)
    assert [(one.row.title, one.before) for one in promotion.additions] == [
        (raised.title, 3),
        (new.title, None),
    ]


@pytest.mark.django_db
def test_promotion_says_of_no_level_of_another_scale_that_it_is_not_higher(person):
    held, goal = role_asking(4), role_asking(2)
    (before,), (after,) = competencies_of(held), competencies_of(goal)
    after.lineage, after.scale = before.lineage, ScaleFactory(code="two", levels=["Low", "High"])
    after.save()
    follow(person, held)
    AspirationFactory(person=person, role_profile=goal)

    (one,) = gap_page(person=person, on=TODAY).promotion.additions

    assert (one.before, one.before_label) == (4, "Almost always")
    assert one.row.title == after.title


# --- The page


@pytest.fixture
def reader(client):
    person = employ(organisation=OrganisationFactory())
    client.force_login(person)
    return person


@pytest.mark.django_db
def test_the_page_shows_another_role_on_another_day_and_what_changed(client, reader):
    role = role_asking(3, title="Matron")
    skill = competencies_of(role)[0]
    today = timezone.localdate()
    then, before = today - timedelta(days=30), today - timedelta(days=60)
    show(reader, {skill: 2}, on=before)
    show(reader, {skill: 3}, on=then)
    show(reader, {skill: 1}, on=today)

    query = {"role": role.pk}
    for name, day in (("day", then), ("since", before)):
        query |= {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
    page = text_of(client.get(reverse("pathways:gap_mine"), query))

    assert "Your gap to Matron" in page
    assert "As it was on" in page
    assert page.count("data-change") == 1
    assert "Gap closed" in page


@pytest.mark.django_db
def test_a_new_starter_and_a_climber_see_their_parts(client, reader):
    today = timezone.localdate()
    assignment = reader.assignments.get()
    assignment.starts_on = today
    assignment.save()
    held = role_asking(2)
    RequirementFactory(role_profile=held, is_essential=True)
    follow(reader, held)

    starter = text_of(client.get(reverse("pathways:gap_mine")))
    AspirationFactory(person=reader, role_profile=role_asking(4, 4), starts_on=today)
    climber = text_of(client.get(reverse("pathways:gap_mine")))

    assert starter.count("data-essential") == 1
    assert "What the step adds" not in starter
    assert climber.count("data-addition") == 2
    assert "The first six months" not in climber


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"day_year": "2026"}, "Day shown must include a day and a month"),
        (
            {"day_day": "1", "day_month": "1", "day_year": "2199"},
            "Day shown must be on or before",
        ),
        (
            {"since_day": "31", "since_month": "2", "since_year": "2026"},
            "Day to compare with must be a real date",
        ),
        ({"role": "999999999"}, "Select an answer from the list"),
    ],
)
def test_the_form_says_what_is_wrong_and_shows_the_gap_of_today(client, reader, typed, sentence):
    follow(reader, role_asking(2, title="Matron"))

    response = client.get(reverse("pathways:gap_mine"), typed)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert "Your gap to Matron" in text_of(response)


@pytest.mark.django_db
def test_a_day_to_compare_with_must_come_before(client, reader):
    today = timezone.localdate()
    typed = {"since_day": today.day, "since_month": today.month, "since_year": today.year}

    response = client.get(reverse("pathways:gap_mine"), typed)

    assert "Day to compare with must be before the day shown" in text_of(response)


@pytest.mark.django_db
def test_a_role_of_another_organisation_cannot_be_chosen(client, reader):
    theirs = RoleProfileFactory(owner=OrganisationFactory(), title="Hidden role")

    response = client.get(reverse("pathways:gap_mine"), {"role": theirs.pk})

    assert response.status_code == 422
    assert "Hidden role" not in text_of(response)
