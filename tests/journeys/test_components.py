"""Every component on one page, for axe and for the eye; menus, messages and drawings included."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from common.navigation import NavigationItem, site
from tests.factories.accounts import OrganisationFactory, PersonFactory
from tests.journeys.browser import PHONE, check_page, screenshot

pytestmark = pytest.mark.urls("tests.common.urls")
TEMPLATES = Path(__file__).resolve().parents[1] / "common" / "templates"


@pytest.fixture
def gallery(settings, transactional_db, monkeypatch):
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], TEMPLATES]}]
    labels = ["Home", "My pathway", "Courses", "Appraisals", "Development plan", "Team", "Talent"]
    items = [
        NavigationItem(label, "account_change_password", order, covers=("nothing:",))
        for order, label in enumerate(labels)
    ]
    monkeypatch.setattr(site, "items", items)
    OrganisationFactory.create_batch(12)


def test_every_component_is_accessible_and_runs_under_the_policy(visit, gallery):
    page = visit("/sample/gallery/?page=6&kind=a", as_person=PersonFactory())

    check_page(page)
    screenshot(page, "gallery")
    screenshot(page, "gallery", phone=True)
    expect(page.get_by_role("img", name="Your gap")).to_be_visible()
    expect(
        page.get_by_role("link", name="Divisional director of operations", exact=True)
    ).to_be_attached()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    expect(page.get_by_label("Page 5", exact=True)).to_have_attribute("href", "?page=5&kind=a")
    expect(page.get_by_text("Have the <form> ready")).to_be_visible()
    expect(page.get_by_text("Enter <your> name")).to_be_visible()


def test_a_narrow_screen_folds_the_menu_away_with_scripts_and_shows_it_whole_without(
    visit, gallery
):
    person = PersonFactory()
    with_scripts = visit("/sample/gallery/", as_person=person)
    with_scripts.set_viewport_size(PHONE)
    without = visit("/sample/gallery/", as_person=person, javascript=False)
    without.set_viewport_size(PHONE)

    expect(with_scripts.get_by_role("link", name="Talent")).to_be_hidden()
    with_scripts.get_by_role("button", name="Browse More").click()
    expect(with_scripts.get_by_role("link", name="Talent")).to_be_visible()
    expect(without.get_by_role("link", name="Talent")).to_be_visible()


def test_the_counter_of_words_counts_down_while_typing(visit, gallery):
    page = visit("/sample/form/")

    page.get_by_label("Reason (optional)").fill("one two three")

    expect(page.locator(".nhsuk-character-count__status")).to_have_text(
        "You have 2 words remaining"
    )
