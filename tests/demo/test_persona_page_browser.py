"""Choosing a persona in a real browser, at both widths and without scripts."""

import pytest
from playwright.sync_api import expect

from config.demo.client import DemoClient, keep
from config.demo.personas import PERSONAS
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.journeys.browser import check_page, screenshot


@pytest.fixture
def personas(transactional_db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    keep(
        DemoClient("384e68ab483142389847cb647c1a1af3", "-)%x1e41x&3ckbw+0-5xj@!ys(zd^h", "A trust")
    )
    trust = OrganisationFactory()
    for persona in PERSONAS:
        person = PersonFactory(
            given_name=persona.given_name, family_name=persona.family_name, email=persona.email
        )
        employ(person=person, organisation=trust)


def test_the_personas_can_be_read_by_everybody(personas, visit):
    page = visit("/demo/")

    check_page(page)

    expect(page.get_by_role("button", name="Sign in as Siân Pritchard")).to_be_visible()
    screenshot(page, "personas")
    screenshot(page, "personas", phone=True)


def test_one_click_is_enough_without_scripts(personas, visit):
    page = visit("/demo/", javascript=False)

    page.get_by_role("button", name="Sign in as Amara Okafor").click()

    expect(page.get_by_text("Amara Okafor", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Sign out").first.wait_for()
