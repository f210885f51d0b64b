"""The whole way in a browser: here, at the organisation's provider, and here again."""

import re
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.actors import SystemJob
from accounts.services.clients import create_client
from accounts.services.staff_identities import Registration, link_identity, offer_sign_in
from tests.accounts.open_id_provider import OBJECT, OTHER, TENANT, running
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.journeys.browser import check_page, screenshot
from tests.journeys.conftest import browser, live_site

__all__ = ["browser", "live_site"]
SYSTEM = SystemJob("tests", organisation_ids=None)


@pytest.fixture(scope="module")
def provider():
    with running() as found:
        yield found


@pytest.fixture
def trust(live_site, provider):
    organisation = OrganisationFactory(name="Leeds Teaching Hospitals NHS Trust", ods_code="RR8")
    registration = Registration(
        issuer=provider.issuer, tenant_id=UUID(TENANT), client_id="waymark", secret="quiet"
    )
    offer_sign_in(
        organisation=organisation, registration=registration, by=SYSTEM, now=timezone.now()
    )
    return organisation


@pytest.fixture
def person(trust):
    person = employ(
        person=PersonFactory(given_name="Amara", family_name="Okafor"), organisation=trust
    )
    link_identity(
        person=person,
        offered=trust.sign_in,
        object_id=UUID(OBJECT),
        by=SYSTEM,
        now=timezone.now(),
    )
    return person


def to_the_provider(site, trust, *, javascript=True, check=lambda page: None):
    """From our sign-in page to the provider's; ``check`` looks at each of ours."""
    page = site.page(javascript=javascript)
    page.goto(f"{site.url}/accounts/login/?next=/accounts/sessions/")
    page.get_by_role("link", name="Sign in with your organisation").click()
    check(page)
    page.get_by_role("link", name=trust.name).click()
    check(page)
    page.get_by_role("button", name=f"Sign in with {trust.name}").click()
    return page


def let_in(page, name):
    page.get_by_placeholder("sub").fill(name)
    page.get_by_role("button", name="Authorize").click()


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_signs_in_at_work_and_comes_to_the_page_they_wanted(
    live_site, provider, trust, person, javascript
):
    provider.knows("amara", tid=TENANT, oid=OBJECT)

    page = to_the_provider(
        live_site, trust, javascript=javascript, check=check_page if javascript else lambda _: None
    )
    let_in(page, "amara")

    expect(page.get_by_role("heading", level=1)).to_have_text("Where you are signed in")
    assert page.url == f"{live_site.url}/accounts/sessions/"


def test_somebody_who_is_not_linked_reads_why_and_how_to_go_on(live_site, provider, trust, person):
    provider.knows("copy", tid=TENANT, oid=OTHER, email=person.email, email_verified=True)

    page = to_the_provider(live_site, trust)
    let_in(page, "copy")

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "You are not signed in with that account"
    )
    expect(page.get_by_text("is not linked to anybody here")).to_be_visible()
    check_page(page)
    screenshot(page, "organisation-refused")
    page.get_by_role("link", name="Sign in with your email address and password").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_somebody_links_their_account_and_sees_it_in_the_list(live_site, provider, trust):
    person = employ(organisation=trust)
    provider.knows("amara", tid=TENANT, oid=OBJECT)
    page = live_site.page(as_person=person)
    page.goto(f"{live_site.url}/accounts/organisations/")
    check_page(page)

    page.get_by_role("link", name=re.compile("Link your account at")).click()
    let_in(page, "amara")

    expect(page.get_by_role("heading", level=2, name=trust.name)).to_be_visible()
    check_page(page)
    screenshot(page, "identity-list")


def test_an_administrator_opens_a_program_and_changes_its_secret(live_site, trust):
    administrator = grant(employ(organisation=trust), "ORGANISATION_ADMINISTRATOR", trust)
    create_client(
        name="Rostering",
        organisation=trust,
        scopes=["people:read", "courses:read"],
        by=SYSTEM,
        now=timezone.now(),
    )
    page = live_site.page(as_person=administrator)
    page.goto(f"{live_site.url}/programs/")
    check_page(page)
    screenshot(page, "program-list")

    page.get_by_role("button", name="Open a program").click()
    check_page(page)
    page.get_by_label("Name of the program").fill("HR system")
    page.get_by_label("Organisation it calls for").select_option(label=trust.name)
    page.get_by_label("Read people, their posts and assignments").check()
    screenshot(page, "program-open")
    page.get_by_role("button", name="Open it and show its secret").click()
    check_page(page)
    screenshot(page, "secret-once")
    first = page.locator("[data-client-secret]").inner_text()
    page.get_by_role("link", name="I have kept it").click()
    page.get_by_role("button", name="Add a secret").click()
    second = page.locator("[data-client-secret]").inner_text()
    page.get_by_role("link", name="I have kept it").click()
    expect(page.locator("[data-secret]")).to_have_count(2)
    check_page(page)
    screenshot(page, "program-show")
    page.get_by_role("link", name=f"Revoke {first[:9]}…").click()
    check_page(page)
    page.get_by_role("button", name="Revoke the secret").click()

    expect(page.locator("[data-secret]")).to_have_count(1)
    expect(page.locator("[data-secret]")).to_contain_text(second[:9])
