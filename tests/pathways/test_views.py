from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from common.dates import long_date
from pathways.models import Aspiration, Attainment
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.pathways import (
    AspirationFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
    IndicatorFactory,
    LevelDescriptorFactory,
    PathwayStepFactory,
    RequirementFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def reader(client, trust):
    person = employ(organisation=trust)
    client.force_login(person)
    return person


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    "name", ["gap_mine", "map_show", "assessment_show", "role_list", "framework_list"]
)
def test_a_stranger_is_asked_to_sign_in(client, name):
    response = client.get(reverse(f"pathways:{name}"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


# --- Frameworks


@pytest.mark.parametrize("rows", [1, 3])
def test_framework_list_shows_what_one_may_see(
    client, reader, trust, django_assert_num_queries, rows
):
    for _row in range(rows):
        FrameworkVersionFactory(framework=FrameworkFactory(owner=trust))
    FrameworkVersionFactory(framework=FrameworkFactory(owner=OrganisationFactory()))
    FrameworkVersionFactory(state="DRAFT")

    with django_assert_num_queries(10):
        response = client.get(reverse("pathways:framework_list"))

    assert response.content.decode().count("data-framework") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_framework_page_goes_down_to_indicators_at_constant_cost(
    client, reader, django_assert_num_queries, rows
):
    role = role_asking(*[2] * rows * 2)
    for competency in competencies_of(role):
        IndicatorFactory(descriptor=LevelDescriptorFactory(competency=competency))

    with django_assert_num_queries(16):
        response = client.get(reverse("pathways:framework_show", args=[role.version_id]))

    page = text_of(response)
    assert page.count("The rota is published six weeks ahead.") == rows * 2
    assert page.count("Plans a week ahead with the team.") == rows * 2
    assert page.count("nhsuk-expander") == rows * 2


def test_framework_of_another_organisation_or_in_draft_is_not_there(client, reader):
    theirs = FrameworkVersionFactory(framework=FrameworkFactory(owner=OrganisationFactory()))
    draft = FrameworkVersionFactory(state="DRAFT")

    for version in (theirs, draft):
        url = reverse("pathways:framework_show", args=[version.pk])
        assert client.get(url).status_code == 404


# --- Roles


@pytest.mark.parametrize("rows", [1, 3])
def test_role_list_query_count_is_flat(client, reader, trust, django_assert_num_queries, rows):
    RoleProfileFactory.create_batch(rows, owner=trust)
    RoleProfileFactory(owner=OrganisationFactory(), title="Not for you")
    RoleProfileFactory(is_published=False, title="Not for anybody")

    with django_assert_num_queries(11):
        response = client.get(reverse("pathways:role_list"))

    page = text_of(response)
    assert page.count("data-role") == rows
    assert "Not for" not in page


def test_role_list_finds_by_every_word_and_by_band(client, reader):
    RoleProfileFactory(title="Ward manager", summary="Leads nurses.", family="Nursing", band="7")
    RoleProfileFactory(title="Ward clerk", summary="Keeps notes.", family="Records", band="4")
    RoleProfileFactory(title="Matron", summary="Oversees wards.", family="Nursing", band="8a")

    def found(**filters):
        page = text_of(client.get(reverse("pathways:role_list"), filters))
        return [title for title in ("Ward manager", "Ward clerk", "Matron") if title in page]

    assert found(words="ward") == ["Ward manager", "Ward clerk", "Matron"]
    assert found(words="nursing WARD") == ["Ward manager", "Matron"]
    assert found(words="ward", band="4") == ["Ward clerk"]
    assert found(words="100%") == []


def test_role_list_is_twenty_a_page_by_stage(client, reader):
    for number in range(21):
        RoleProfileFactory(title=f"Role {number:02}", stage=1 + number // 20)

    first = text_of(client.get(reverse("pathways:role_list")))
    second = text_of(client.get(reverse("pathways:role_list"), {"page": 2}))

    assert first.count("data-role") == 20
    assert second.count("data-role") == 1
    assert "Role 20" in second


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"band": "8z"}, "Select an answer from the list"),
        ({"words": "\x00"}, "Enter text without the hidden characters"),
        ({"words": "w" * 101}, "Enter 100 characters or fewer"),
    ],
)
def test_role_list_says_what_is_wrong_with_a_filter(client, reader, filters, sentence):
    response = client.get(reverse("pathways:role_list"), filters)

    assert response.status_code == 422
    assert sentence in text_of(response)


@pytest.mark.parametrize("rows", [1, 3])
def test_role_page_answers_what_do_i_need_at_constant_cost(
    client, reader, django_assert_num_queries, rows
):
    role = role_asking(*[3] * rows, title="Head of operations")
    show(reader, dict.fromkeys(competencies_of(role), 2), on=timezone.localdate())
    for _row in range(rows):
        PathwayStepFactory(to_role=role, from_role__title="Came from here")
        PathwayStepFactory(from_role=role, to_role__title="Leads on to here")
    PathwayStepFactory(from_role=role, to_role__owner=OrganisationFactory(), to_role__title="Hid")

    with django_assert_num_queries(17):
        response = client.get(reverse("pathways:role_show", args=[role.pk]))

    page = text_of(response)
    assert "What do I need for this role?" in page
    assert page.count("To develop") == rows
    assert page.count("Came from here") == rows
    assert page.count("Leads on to here") == rows
    assert "Hid" not in page


def test_role_of_another_organisation_is_not_there_to_see_or_choose(client, reader):
    theirs = RoleProfileFactory(owner=OrganisationFactory())

    assert client.get(reverse("pathways:role_show", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("pathways:role_choose", args=[theirs.pk])).status_code == 404
    assert not Aspiration.objects.exists()


def test_choosing_a_role_and_leaving_it(client, reader):
    role = RoleProfileFactory(title="Head of operations")

    chosen = client.post(reverse("pathways:role_choose", args=[role.pk]), follow=True)
    left = client.post(reverse("pathways:role_leave"), follow=True)

    assert "You are working towards Head of operations." in text_of(chosen)
    assert "You are no longer working towards another role." in text_of(left)
    assert not Aspiration.objects.exists()
    assert Event.objects.filter(verb="choose_role").count() == 2


def test_choosing_ones_own_role_says_why_not(client, reader):
    role = RoleProfileFactory()
    follow(reader, role)

    response = client.post(reverse("pathways:role_choose", args=[role.pk]), follow=True)

    assert "This is the role you have now." in text_of(response)
    assert not Aspiration.objects.exists()


@pytest.mark.parametrize("name", ["role_leave", "role_choose"])
def test_choosing_needs_a_post(client, reader, name):
    args = [RoleProfileFactory().pk] if name == "role_choose" else []

    assert client.get(reverse(f"pathways:{name}", args=args)).status_code == 405


# --- The gap


@pytest.mark.parametrize("asked", [1, 3])
def test_my_gap_draws_and_tabulates_the_same_figures(
    client, reader, django_assert_num_queries, asked
):
    role = role_asking(*[3, 2] * asked, title="Service lead")
    follow(reader, role)
    show(reader, dict.fromkeys(competencies_of(role), 2), on=timezone.localdate())

    with django_assert_num_queries(14):
        response = client.get(reverse("pathways:gap_mine"))

    page = text_of(response)
    assert f"{asked} of {asked * 2} levels met" in page
    # Once in the sum and once in the rule beside the rows.
    assert page.count("To develop") == asked + 2
    assert ("<polygon" in page) == (asked == 3)
    assert page.count("</span>2.5</td>") == asked


def test_my_gap_measures_against_the_role_i_work_towards(client, reader):
    follow(reader, role_asking(1, title="Ward manager"))
    AspirationFactory(
        person=reader,
        role_profile=role_asking(4, title="Matron"),
        starts_on=timezone.localdate(),
    )

    page = text_of(client.get(reverse("pathways:gap_mine")))

    assert "Your gap to Matron" in page
    assert "Stop working towards this role" in page


def test_my_gap_without_a_role_offers_the_roles(client, reader):
    page = text_of(client.get(reverse("pathways:gap_mine")))

    assert "There is no role to measure your gap against." in page
    assert reverse("pathways:role_list") in page


def test_a_line_manager_and_a_learning_lead_see_the_gap_and_a_colleague_does_not(
    client, reader, trust
):
    person = employ(organisation=trust, manager=reader)
    follow(person, role_asking(3, title="Matron"))
    url = reverse("pathways:gap_show", args=[person.pk])

    seen = client.get(url)
    client.force_login(grant(employ(organisation=trust), "LEARNING_LEAD", trust))
    seen_by_lead = client.get(url)
    client.force_login(employ(organisation=trust))
    colleague = client.get(url)
    client.force_login(grant(employ(), "LEARNING_LEAD", OrganisationFactory()))
    other_lead = client.get(url)

    assert "Measured against Matron, the role they have now." in text_of(seen)
    assert seen_by_lead.status_code == 200
    assert (colleague.status_code, other_lead.status_code) == (404, 404)


def test_the_gap_of_somebody_who_is_not_there_is_the_same_404(client, reader):
    hidden = client.get(reverse("pathways:gap_show", args=[PersonFactory().pk]))
    absent = client.get(reverse("pathways:gap_show", args=[999_999_999]))

    assert (hidden.status_code, absent.status_code) == (404, 404)


# --- The map


@pytest.mark.parametrize("rows", [1, 3])
def test_map_draws_and_lists_the_steps_at_constant_cost(
    client, reader, django_assert_num_queries, rows
):
    here = RoleProfileFactory(title="Ward manager")
    follow(reader, here)
    for number in range(rows):
        PathwayStepFactory(from_role=here, to_role__title=f"Matron {number}")
    PathwayStepFactory(from_role=here, to_role__owner=OrganisationFactory(), to_role__title="Hid")

    with django_assert_num_queries(15):
        response = client.get(reverse("pathways:map_show"))

    page = text_of(response)
    assert page.count("data-step") == rows
    assert page.count("app-graph__node--next") == rows
    assert page.count("app-graph__node--here") == 1
    assert page.count("Next step</strong>") == rows
    assert "Hid" not in page


def test_map_marks_the_goal_even_when_it_is_a_next_step(client, reader):
    step = PathwayStepFactory(from_role__title="Ward manager", to_role__title="Matron")
    follow(reader, step.from_role)
    AspirationFactory(person=reader, role_profile=step.to_role, starts_on=timezone.localdate())

    page = text_of(client.get(reverse("pathways:map_show")))

    assert "app-graph__node--goal" in page
    assert "app-graph__node--next" not in page
    assert "Your goal" in page


def test_roles_without_a_step_in_the_region_are_listed_below(client, reader):
    step = PathwayStepFactory(from_role__title="Ward manager", to_role__title="Matron")
    follow(reader, step.from_role)
    AspirationFactory(person=reader, role_profile=step.to_role, starts_on=timezone.localdate())
    RoleProfileFactory(title="Bed manager", family="Flow")
    RoleProfileFactory(title="Hidden", family="Flow", owner=OrganisationFactory())

    whole = text_of(client.get(reverse("pathways:map_show")))
    flow = text_of(client.get(reverse("pathways:map_show"), {"family": "Flow"}))

    assert (whole.count("data-apart"), flow.count("data-apart")) == (1, 1)
    assert "The dashed green arrows are your way to Matron." in whole
    assert "Your way to Matron lies in another part of the map." in flow
    assert "Bed manager" in flow
    assert "Hidden" not in whole + flow


def test_a_long_list_of_steps_is_folded_below_the_drawing(client, reader):
    here = RoleProfileFactory()
    steps = PathwayStepFactory.create_batch(60, from_role=here)
    short = text_of(client.get(reverse("pathways:map_show"), {"family": here.family}))
    PathwayStepFactory(from_role=steps[0].to_role, to_role=here)

    long = text_of(client.get(reverse("pathways:map_show"), {"family": here.family}))

    said = "The 61 steps as a table"
    assert (said in short, said in long) == (False, True)
    assert long.count("data-step ") + long.count("data-step>") == 61


def test_map_without_steps_says_so(client, reader):
    assert "There are no steps between roles in this part of the map." in text_of(
        client.get(reverse("pathways:map_show"))
    )


# --- The self-assessment


@pytest.fixture
def role(reader):
    role = role_asking(3, 3, 3, title="Service lead")
    follow(reader, role)
    return role


def test_assessment_lists_domains_with_how_much_is_answered(client, reader, role):
    first, second, _third = competencies_of(role)
    show(reader, {first: None}, on=timezone.localdate())

    half = text_of(client.get(reverse("pathways:assessment_show")))
    show(reader, {second: 2}, on=timezone.localdate())
    full = text_of(client.get(reverse("pathways:assessment_show")))

    assert "1 of 2" in half
    assert "0 of 1" in half
    assert f"You last answered on {long_date(timezone.localdate())}." in half
    assert "Answered" in full


def test_assessment_keeps_levels_blanks_and_no_chance_apart(client, reader, role):
    today = timezone.localdate()
    first, second, third = competencies_of(role)
    url = reverse("pathways:assessment_answer", args=[first.domain_id])

    response = client.post(url, {f"level_{first.pk}": "3", f"level_{second.pk}": "none"})
    shown = text_of(client.get(url))

    assert response["Location"].endswith(
        reverse("pathways:assessment_answer", args=[third.domain_id])
    )
    assert set(Attainment.objects.values_list("competency", "rank", "attained_on")) == {
        (first.pk, 3, today),
        (second.pk, None, today),
    }
    assert shown.count("checked") == 2


def test_the_last_domain_leads_to_the_gap_and_a_blank_changes_nothing(client, reader, role):
    last = competencies_of(role)[-1]

    response = client.post(
        reverse("pathways:assessment_answer", args=[last.domain_id]), {}, follow=True
    )

    assert response.redirect_chain[0][0] == reverse("pathways:gap_mine")
    assert "Nothing has changed since you last answered." in text_of(response)
    assert not Attainment.objects.exists()


def test_a_wrong_level_is_said_beside_its_field_and_the_rest_stays(client, reader, role):
    first, second, _third = competencies_of(role)
    url = reverse("pathways:assessment_answer", args=[first.domain_id])

    response = client.post(url, {f"level_{first.pk}": "9", f"level_{second.pk}": "2"})

    page = text_of(response)
    assert response.status_code == 422
    assert f'href="#id_level_{first.pk}"' in page
    assert page.count("checked") == 1
    assert not Attainment.objects.exists()


def test_a_domain_of_another_edition_is_not_there(client, reader, role):
    other = RequirementFactory().competency.domain

    assert client.get(reverse("pathways:assessment_answer", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("skills", [1, 3])
def test_assessment_of_a_domain_is_a_constant_number_of_queries(
    client, reader, django_assert_num_queries, skills
):
    role = role_asking(*[3] * skills, per_domain=skills)
    follow(reader, role)
    url = reverse("pathways:assessment_answer", args=[competencies_of(role)[0].domain_id])

    with django_assert_num_queries(15):
        response = client.get(url)

    assert response.content.decode().count("<fieldset") == skills


def test_somebody_without_a_role_assesses_against_the_newest_edition_in_use(client, reader):
    today = timezone.localdate()
    old = role_asking(1, version__valid_from=today - timedelta(days=400)).version
    new = role_asking(1, version__valid_from=today).version
    role_asking(1, version__valid_from=today + timedelta(days=1))

    page = text_of(client.get(reverse("pathways:assessment_show")))

    assert reverse("pathways:assessment_answer", args=[new.domains.get().pk]) in page
    assert reverse("pathways:assessment_answer", args=[old.domains.get().pk]) not in page
    assert page.count("data-part") == 1
