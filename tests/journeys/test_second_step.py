"""Setting up a second step in a real browser, and signing in with each kind."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.factories.accounts import employ
from tests.journeys.browser import check_page, screenshot
from tests.second_step import PASSWORD, code_of, recovery_codes_of, set_up_app, with_password


@pytest.fixture
def manager(transactional_db):
    manager = with_password(employ())
    employ(manager=manager)
    return manager


def enter_password(page, person):
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def look_at(page, name):
    check_page(page)
    screenshot(page, name)
    screenshot(page, name, phone=True)


def plug_in_authenticator(page):
    """A passkey of the browser's own, as a phone or a security key would be."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.parametrize("javascript", [True, False])
def test_a_manager_sets_up_an_app_and_signs_in_with_it(visit, live_site, manager, javascript):
    page = visit("/courses/", javascript=javascript)

    enter_password(page, manager)
    expect(page).to_have_title("Set up a second step - Waymark")
    if javascript:
        look_at(page, "second-step-set-up")
    page.get_by_role("button", name="Set up an authenticator app").click()
    if javascript:
        look_at(page, "second-step-app")
    secret = page.locator("code").inner_text()
    page.get_by_label("Code").fill("abc")
    page.get_by_role("button", name="Set up the app").click()
    expect(page.get_by_role("alert").first).to_contain_text("Enter the 6 numbers that your app")
    assert page.locator("code").inner_text() == secret
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Set up the app").click()

    expect(page).to_have_title("Recovery codes - Waymark")
    if javascript:
        look_at(page, "recovery-codes")
    expect(page.locator("main code")).to_have_count(10)
    page.get_by_role("button", name="I have kept them: continue").click()
    expect(page).to_have_url(live_site.url + "/courses/")

    page.get_by_role("button", name="Sign out").click()
    enter_password(page, manager)
    expect(page).to_have_title("Second step of signing in - Waymark")
    if javascript:
        look_at(page, "second-step-code")
    page.get_by_label("Code").fill(code_of(secret, periods_later=1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("banner")).to_contain_text(manager.full_name)


def test_a_passkey_is_added_and_signs_in_alone(visit, live_site, manager):
    page = visit("/courses/")
    plug_in_authenticator(page)

    enter_password(page, manager)
    page.get_by_role("button", name="Add a passkey").click()
    look_at(page, "passkey-add")
    page.get_by_label("Name of the passkey").fill("Phone")
    page.get_by_label("Sign in with this passkey alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page).to_have_title("Recovery codes - Waymark")

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("banner")).to_contain_text(manager.full_name)

    page.get_by_role("button", name="Sign out").click()
    enter_password(page, manager)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("banner")).to_contain_text(manager.full_name)

    page.goto(f"{live_site.url}/accounts/second-step/")
    look_at(page, "second-step")
    page.get_by_role("link", name="Rename Phone").click()
    look_at(page, "passkey-rename")
    page.get_by_label("Name of the passkey").fill("Key on my badge")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="Remove Key on my badge").click()
    look_at(page, "passkey-remove")
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("so you need a second step")


def test_without_a_passkey_the_page_says_what_to_do(visit, manager):
    page = visit("/accounts/login/")
    plug_in_authenticator(page)

    page.get_by_role("button", name="Use a passkey instead").click()

    problem = page.get_by_text("The passkey could not be used. Try again, or enter your password.")
    expect(problem).to_be_visible()


def test_without_scripts_there_is_no_button_for_a_passkey(visit, manager):
    set_up_app(manager)
    page = visit("/accounts/login/", javascript=False)

    expect(page.get_by_role("button", name="Use a passkey instead")).to_have_count(0)
    enter_password(page, manager)

    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    expect(page.get_by_text("A passkey needs JavaScript")).to_be_visible()


def test_a_recovery_code_signs_in_whoever_lost_the_phone(visit, manager):
    set_up_app(manager)
    code = recovery_codes_of(manager)[0]
    page = visit("/accounts/login/")

    enter_password(page, manager)
    page.get_by_label("Code").fill(f"{code[:4]} {code[4:]}")
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("banner")).to_contain_text(manager.full_name)


def test_where_one_is_signed_in_is_listed_and_ended(visit, live_site, manager):
    elsewhere = visit("/accounts/sessions/", as_person=manager)
    page = visit("/accounts/sessions/", as_person=manager)

    look_at(page, "sessions")
    page.get_by_role("button", name="Sign out everywhere else").click()

    expect(page.get_by_role("main")).to_contain_text("You are signed out everywhere but here.")
    elsewhere.goto(f"{live_site.url}/accounts/sessions/")
    expect(elsewhere).to_have_title("Sign in - Waymark")


def test_a_warning_comes_two_minutes_before_the_end(visit, manager):
    page = visit("/courses/", as_person=manager)
    warning = page.get_by_text("You will be signed out in less than 2 minutes.")
    expect(page.get_by_text(re.compile("You will be signed out at .* unless"))).to_be_visible()
    expect(warning).to_be_hidden()
    page.clock.install(time=time.time())
    page.reload()

    page.clock.fast_forward("28:10")
    expect(warning).to_be_visible()
    look_at(page, "session-warning")
    page.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_be_hidden()

    page.clock.fast_forward("31:00")
    expect(page.get_by_text("You have been signed out.")).to_be_visible()
