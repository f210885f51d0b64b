"""Signing in, being refused and finding nothing: what everybody meets before any feature."""

import pytest
from playwright.sync_api import expect

from tests.factories.accounts import PersonFactory
from tests.journeys.browser import check_page, screenshot

PASSWORD = "waymark-signpost-lantern"


@pytest.fixture
def person(transactional_db):
    person = PersonFactory(given_name="Amara", family_name="Okafor", email="amara@trust.example")
    person.set_password(PASSWORD)
    person.save()
    return person


def test_wrong_sign_in_keeps_what_was_typed_and_leads_to_the_field(visit):
    page = visit("/accounts/login/")
    check_page(page)
    screenshot(page, "sign-in")
    screenshot(page, "sign-in", phone=True)

    page.get_by_label("Email address").fill("not an address")
    with page.expect_navigation() as answer:
        page.get_by_role("button", name="Sign in", exact=True).click()

    assert answer.value.status == 422
    expect(page).to_have_title("Error: Sign in - Waymark")
    expect(page.get_by_label("Email address")).to_have_value("not an address")
    check_page(page)
    screenshot(page, "sign-in-wrong")
    page.get_by_role("alert").get_by_role("link", name="Enter your password").click()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_person_signs_in_and_out(visit, live_site, person, javascript):
    page = visit("/accounts/login/", javascript=javascript)

    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{live_site.url}/accounts/password/change/")
    expect(page.get_by_role("banner")).to_contain_text("Amara Okafor")
    page.get_by_role("button", name="Sign out").click()

    expect(page).to_have_title("Sign in - Waymark")
    expect(page.get_by_role("main")).to_contain_text("You have signed out.")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/accounts/logout/", "Sign out"),
        ("/accounts/password/change/", "Change your password"),
        ("/nowhere/", "Page not found"),
    ],
)
def test_pages_of_somebody_signed_in_are_accessible(visit, person, path, title):
    page = visit(path, as_person=person)

    expect(page).to_have_title(f"{title} - Waymark")
    check_page(page)
    screenshot(page, title.lower().replace(" ", "-"))
    screenshot(page, title.lower().replace(" ", "-"), phone=True)


@pytest.mark.parametrize("path", ["/accounts/password/reset/", "/accounts/password/reset/done/"])
def test_pages_for_a_forgotten_password_are_accessible(visit, path):
    page = visit(path)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_page(page)
