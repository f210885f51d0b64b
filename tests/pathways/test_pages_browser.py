"""The pathway pages in a real browser, as a ward manager who wants to move on meets them."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from pathways.models import Competency
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.pathways import (
    DomainFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
    IndicatorFactory,
    LevelDescriptorFactory,
    PathwayStepFactory,
    RequirementFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    show,
)
from tests.journeys.browser import check_page, screenshot

DOMAINS = {
    "Driving high-quality and sustainable outcomes": ["Uses evidence", "Learns from harm"],
    "Setting strategy and delivering long-term transformation": ["Plans ahead", "Leads change"],
    "Promoting equality and inclusion, and reducing health and workforce inequalities": [
        "Removes barriers",
        "Acts on differences",
    ],
    "Providing robust governance and assurance": ["Manages risk", "Keeps to the budget"],
}
ROLES = ["Rota coordinator", "Ward manager", "Matron", "Service manager", "Associate director"]
STEPS = [(0, 1), (1, 2), (1, 3), (2, 4), (3, 4)]


@pytest.fixture
def framework(transactional_db):
    version = FrameworkVersionFactory(
        framework=FrameworkFactory(title="Leadership competencies", audience="Managers")
    )
    lowest, *_rest, highest, _no_chance = version.scale.levels.order_by("rank")
    for place, (title, skills) in enumerate(DOMAINS.items(), start=1):
        domain = DomainFactory(
            version=version, code=f"L{place}", title=title, position=place, summary="In short."
        )
        for position, skill in enumerate(skills, start=1):
            competency = Competency.objects.create(
                domain=domain,
                code=f"L{place}.{position}",
                title=skill,
                position=position,
                summary="What this is about, in one sentence.",
            )
            LevelDescriptorFactory(competency=competency, level=lowest, text="Needs help.")
            top = LevelDescriptorFactory(competency=competency, level=highest, text="Helps others.")
            IndicatorFactory(descriptor=top)
    return version


@pytest.fixture
def roles(framework):
    found = []
    for stage, title in enumerate(ROLES, start=1):
        role = RoleProfileFactory(title=title, stage=stage, version=framework)
        for competency in Competency.objects.filter(domain__version=framework):
            RequirementFactory(
                role_profile=role,
                competency=competency,
                rank=min(stage, 4),
                is_essential=competency.position == 1,
            )
        found.append(role)
    for before, after in STEPS:
        PathwayStepFactory(
            from_role=found[before], to_role=found[after], note="A secondment helps."
        )
    return found


@pytest.fixture
def manager(roles):
    person = employ(organisation=OrganisationFactory(), title="Ward manager", band="7")
    follow(person, roles[1])
    levels = [3, 2, 4, 1, 2, 2, 3]
    show(
        person,
        dict(zip(competencies_of(roles[1]), levels, strict=False)),
        on=timezone.localdate(),
    )
    return person


def check_and_keep(page, name):
    check_page(page)
    screenshot(page, f"pathways-{name}")
    screenshot(page, f"pathways-{name}", phone=True)


def test_a_manager_finds_the_next_role_and_sees_the_gap(visit, manager, roles):
    page = visit(reverse("pathways:map_show"), as_person=manager)
    check_and_keep(page, "map")

    page.get_by_role("region", name="Roles and the steps between them").get_by_role(
        "link", name="Service manager"
    ).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Service manager")
    check_and_keep(page, "role")
    page.get_by_role("button", name="Work towards this role").click()

    expect(page.get_by_role("main")).to_contain_text("You are working towards Service manager.")
    expect(page.get_by_role("heading", name="Your gap to Service manager")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("1 of 8 levels met")
    check_and_keep(page, "gap")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_manager_assesses_themselves_domain_by_domain(visit, manager, javascript):
    page = visit(reverse("pathways:assessment_show"), as_person=manager, javascript=javascript)
    expect(page.get_by_role("main")).to_contain_text("1 of 2")

    page.get_by_role("link", name="Providing robust governance and assurance").click()
    risk = page.get_by_role("group", name="Manages risk")
    budget = page.get_by_role("group", name="Keeps to the budget")
    expect(risk.get_by_label("Frequently")).to_be_checked()
    budget.get_by_label("No chance to demonstrate").check()
    page.get_by_role("button", name="Save and continue").click()

    expect(page).to_have_title("My gap - Waymark")
    # The answers to "Manages risk" are of today and the same: only the new one is kept.
    expect(page.get_by_role("main")).to_contain_text("1 answer saved.")
    expect(page.get_by_role("main")).to_contain_text("1 has not been shown yet")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("gap_mine", "My gap"),
        ("assessment_show", "Assess yourself"),
        ("role_list", "Roles"),
        ("framework_list", "Frameworks"),
    ],
)
def test_pages_are_accessible_at_both_widths(visit, manager, name, title):
    page = visit(reverse(f"pathways:{name}"), as_person=manager)

    expect(page).to_have_title(f"{title} - Waymark")
    check_and_keep(page, name)


def test_the_framework_page_opens_a_competency(visit, manager, framework):
    page = visit(reverse("pathways:framework_show", args=[framework.pk]), as_person=manager)

    page.get_by_text("Uses evidence").click()

    expect(page.get_by_text("The rota is published six weeks ahead.").first).to_be_visible()
    check_and_keep(page, "framework")


def test_the_assessment_of_a_domain_is_accessible_right_and_wrong(visit, manager, framework):
    domain = framework.domains.get(position=1)
    page = visit(reverse("pathways:assessment_answer", args=[domain.pk]), as_person=manager)
    check_and_keep(page, "assessment")

    page.locator("input[type=radio]").first.evaluate("radio => { radio.value = '9' }")
    page.locator("input[type=radio]").first.check()
    page.get_by_role("button", name="Save and continue").click()

    expect(page).to_have_title(f"Error: {domain.title} - Waymark")
    check_and_keep(page, "assessment-wrong")


def test_a_line_manager_opens_the_gap_of_a_report(visit, roles):
    manager = employ()
    report = employ(manager=manager)
    follow(report, roles[1])
    page = visit(reverse("pathways:gap_show", args=[report.pk]), as_person=manager)

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Gap of {report.full_name}")
    check_and_keep(page, "gap-of-a-report")


def test_somebody_without_a_role_is_offered_the_roles(visit, roles):
    page = visit(reverse("pathways:gap_mine"), as_person=employ())
    check_and_keep(page, "gap-without-a-role")

    page.get_by_role("link", name="See the roles").click()

    expect(page).to_have_title("Roles - Waymark")
