from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Delegation, RoleGrant
from tests.factories.accounts import (
    DelegationFactory,
    OrganisationFactory,
    PersonFactory,
    RoleGrantFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def parts(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def administrator(client, trust):
    person = grant(employ(organisation=trust), "ORGANISATION_ADMINISTRATOR", trust)
    client.force_login(person)
    return person


@pytest.mark.parametrize("rows", [1, 3])
def test_an_administrator_lists_the_roles_of_the_organisations_below(
    client, trust, administrator, rows, django_assert_num_queries
):
    below = place_below(OrganisationFactory(), trust)
    for _ in range(rows):
        RoleGrantFactory(organisation=below)
    elsewhere = RoleGrantFactory()
    RoleGrantFactory(organisation=trust, ends_on=TODAY - timedelta(days=1))

    with django_assert_num_queries(10):
        response = client.get(reverse("accounts:role_list"))

    page = response.content.decode()
    assert page.count("data-role") == rows + 1
    assert elsewhere.person.full_name not in page


def test_everybody_else_reads_their_own_roles_and_gives_none(client, trust):
    lead = grant(employ(organisation=trust), "LEARNING_LEAD", trust)
    other = grant(employ(organisation=trust), "TALENT_LEAD", trust)
    client.force_login(lead)

    listed = client.get(reverse("accounts:role_list")).content.decode()

    assert "Learning lead" in listed
    assert other.full_name not in listed
    assert reverse("accounts:role_find") not in listed
    assert client.get(reverse("accounts:role_find")).status_code == 403
    assert client.get(reverse("accounts:role_give", args=[other.pk])).status_code == 403
    assert client.post(reverse("accounts:role_end", args=[other.pk])).status_code == 404


def test_the_menu_names_the_page_for_administrators_only(client, trust, administrator):
    path = reverse("accounts:role_list")
    seen = client.get(reverse("notifications:notice_list")).content.decode()
    client.force_login(grant(employ(organisation=trust), "LEARNING_LEAD", trust))
    unseen = client.get(reverse("notifications:notice_list")).content.decode()

    assert f'href="{path}"' in seen
    assert f'href="{path}"' not in unseen


def test_a_colleague_is_found_by_name_or_address_and_given_a_role(client, trust, administrator):
    named = PersonFactory(given_name="Wei", family_name="Quigley")
    employ(person=named, organisation=trust)
    employ(person=PersonFactory(family_name="Quigley"))
    find = reverse("accounts:role_find")

    for words in ("quigley wei", named.email):
        found = client.get(find, {"words": words}).content.decode()
        assert found.count("data-found") == 1
    given = client.post(
        reverse("accounts:role_give", args=[named.pk]),
        {"role": "AUDITOR", "organisation": trust.pk, **parts("starts_on", TODAY)},
        follow=True,
    )

    assert "Wei Quigley has been told" in given.content.decode()
    assert named.role_grants.get().role == "AUDITOR"


def test_a_role_for_an_organisation_elsewhere_is_not_offered(client, trust, administrator):
    person, elsewhere = employ(organisation=trust), OrganisationFactory()
    sent = {"role": "AUDITOR", **parts("starts_on", TODAY)}

    response = client.post(
        reverse("accounts:role_give", args=[person.pk]), {**sent, "organisation": elsewhere.pk}
    )

    assert response.status_code == 422
    assert "Select an answer from the list" in response.content.decode()
    assert not person.role_grants.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"role": ""}, "Select a role"),
        ({"role": "PLATFORM_OPERATOR"}, "Select an answer from the list"),
        ({"starts_on_day": "31", "starts_on_month": "2"}, "First day must be a real date"),
        ({"starts_on_year": "2020"}, "First day must be on or after 20 November 2026"),
        (parts("ends_on", TODAY - timedelta(days=1)), "Last day must be on or after"),
    ],
)
def test_what_is_wrong_is_said_and_kept(client, trust, administrator, change, sentence):
    person = employ(organisation=trust)
    sent = {"role": "AUDITOR", "organisation": trust.pk, **parts("starts_on", TODAY), **change}

    response = client.post(reverse("accounts:role_give", args=[person.pk]), sent)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert f'value="{sent["starts_on_year"]}"' in response.content.decode()
    assert not person.role_grants.exists()


def test_a_refusal_of_the_service_is_shown_in_the_form(client, trust, administrator):
    person = grant(employ(organisation=trust), "AUDITOR", trust)
    sent = {"role": "AUDITOR", "organisation": trust.pk, **parts("starts_on", TODAY)}

    response = client.post(reverse("accounts:role_give", args=[person.pk]), sent)

    assert response.status_code == 422
    assert "holds this role already" in response.content.decode()


def test_nobody_is_offered_a_role_of_their_own(client, trust, administrator):
    own = administrator.role_grants.get()

    found = client.get(reverse("accounts:role_find"), {"words": administrator.email})

    assert "data-found" not in found.content.decode()
    assert client.get(reverse("accounts:role_give", args=[administrator.pk])).status_code == 404
    assert client.post(reverse("accounts:role_end", args=[own.pk])).status_code == 403
    assert RoleGrant.objects.get(pk=own.pk).ends_on is None


def test_a_role_is_ended_after_a_question(client, trust, administrator):
    lead = grant(PersonFactory(), "LEARNING_LEAD", trust)
    address = reverse("accounts:role_end", args=[lead.role_grants.get().pk])

    asked = client.get(address)
    assert lead.role_grants.get().ends_on is None
    ended = client.post(address, follow=True)

    assert lead.full_name in asked.content.decode()
    assert "The role has ended" in ended.content.decode()
    assert lead.role_grants.get().ends_on == TODAY - timedelta(days=1)
    assert client.post(address).status_code == 404


@pytest.fixture
def team(client, trust):
    """A line manager who is signed in, and whom they may name."""
    manager, colleague = employ(organisation=trust), employ(organisation=trust)
    employ(organisation=trust, manager=manager)
    client.force_login(manager)
    return manager, colleague


def naming(colleague, **change):
    days = {**parts("starts_on", TODAY), **parts("ends_on", TODAY + timedelta(days=14))}
    return {"delegate": colleague.email.upper(), **days, **change}


def test_a_line_manager_names_a_stand_in_and_ends_it(client, trust, team):
    manager, colleague = team

    named = client.post(reverse("accounts:stand_in_add"), naming(colleague), follow=True)
    handed = Delegation.objects.get()
    ended = client.post(reverse("accounts:stand_in_end", args=[handed.pk]), follow=True)

    assert f"{colleague.full_name} stands in, and has been told" in named.content.decode()
    assert (handed.manager, handed.delegate, handed.organisation) == (manager, colleague, trust)
    assert "does not stand in any more" in ended.content.decode()
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_one_reads_who_stands_in_for_oneself_and_for_whom_one_stands_in(
    client, trust, team, rows, django_assert_num_queries
):
    manager, colleague = team
    for _ in range(rows):
        DelegationFactory(manager=manager, organisation=trust)
    DelegationFactory(delegate=manager, organisation=trust)
    others = DelegationFactory(delegate=colleague, organisation=trust)

    with django_assert_num_queries(10):
        response = client.get(reverse("accounts:stand_in_list"))

    page = response.content.decode()
    assert page.count("data-stand-in") == rows + 1
    assert others.manager.full_name not in page


def test_a_stand_in_without_a_post_there_is_not_found(client, team):
    _manager, _colleague = team
    stranger = employ()

    response = client.post(reverse("accounts:stand_in_add"), naming(stranger))

    assert response.status_code == 422
    page = response.content.decode()
    assert "Enter the work email address of somebody with a post at" in page
    assert stranger.email.upper() in page
    assert not Delegation.objects.exists()


def test_a_stand_in_without_a_last_day_is_asked_for_one(client, team):
    _manager, colleague = team
    sent = naming(colleague, ends_on_day="", ends_on_month="", ends_on_year="")

    response = client.post(reverse("accounts:stand_in_add"), sent)

    assert response.status_code == 422
    assert "Enter the last day" in response.content.decode()
    assert not Delegation.objects.exists()


def test_a_year_is_the_longest(client, team):
    _manager, colleague = team
    sent = naming(colleague, **parts("ends_on", TODAY.replace(year=2028)))

    response = client.post(reverse("accounts:stand_in_add"), sent)

    assert response.status_code == 422
    assert "within 12 months of the first day" in response.content.decode()


def test_somebody_with_teams_in_two_trusts_says_for_which(client, trust, team):
    manager, colleague = team
    other = OrganisationFactory()
    employ(organisation=other, manager=manager)

    unsaid = client.post(reverse("accounts:stand_in_add"), naming(colleague))
    said = naming(colleague, organisation=trust.pk)
    client.post(reverse("accounts:stand_in_add"), said)

    assert "Select where the team is" in unsaid.content.decode()
    assert Delegation.objects.get().organisation == trust


def test_hr_names_a_stand_in_for_a_line_manager_of_their_organisation(client, trust, team):
    manager, colleague = team
    elsewhere = employ()
    employ(manager=elsewhere, organisation=elsewhere.assignments.get().organisation)
    client.force_login(grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust))

    refused = client.post(
        reverse("accounts:stand_in_add"), naming(colleague, manager=elsewhere.email)
    )
    nobody = client.post(reverse("accounts:stand_in_add"), naming(colleague))
    client.post(reverse("accounts:stand_in_add"), naming(colleague, manager=manager.email))

    assert "a line manager in your organisation" in refused.content.decode()
    assert "so nobody can stand in" in nobody.content.decode()
    assert Delegation.objects.get().manager == manager


def test_somebody_without_a_team_names_nobody_and_ends_nothing(client, trust, team):
    manager, colleague = team
    handed = DelegationFactory(manager=manager, delegate=colleague, organisation=trust)
    client.force_login(colleague)

    listed = client.get(reverse("accounts:stand_in_list")).content.decode()

    assert manager.full_name in listed
    assert client.get(reverse("accounts:stand_in_add")).status_code == 403
    assert client.post(reverse("accounts:stand_in_end", args=[handed.pk])).status_code == 403
    client.force_login(employ(organisation=trust))
    assert client.post(reverse("accounts:stand_in_end", args=[handed.pk])).status_code == 404
    assert Delegation.objects.get() == handed


def test_the_team_page_leads_to_whom_one_stands_in_for(client, trust, team):
    manager, colleague = team
    person = manager.reporting_lines.get().person
    DelegationFactory(manager=manager, delegate=colleague, organisation=trust)
    client.force_login(colleague)

    page = client.get(reverse("appraisals:team_list")).content.decode()
    gap = client.get(reverse("pathways:gap_show", args=[person.pk]))
    plan = client.get(reverse("appraisals:plan_of_person", args=[person.pk]))

    assert f"The team of {manager.full_name}" in page
    assert page.count("data-stood-in-for") == 1
    assert reverse("accounts:stand_in_list") in page
    assert (gap.status_code, plan.status_code) == (200, 403)
    assert "has no development plan" not in plan.content.decode()
