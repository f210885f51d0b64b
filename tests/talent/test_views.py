from datetime import timedelta

import pytest
from django.urls import reverse

from talent.models import TalentConsent, TalentProfile
from talent.services.reading import open_profile
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    employ,
    place_below,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.talent import (
    NominationFactory,
    PoolFactory,
    ReadinessJudgementFactory,
    found_person,
    profile_of,
)
from tests.talent.pages import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_the_consent_page_names_whom_each_scope_adds(client):
    region = OrganisationFactory(kind="REGION", name="Region of Hills")
    icb = place_below(OrganisationFactory(kind="ICB", name="Board of Valleys"), region)
    trust = place_below(OrganisationFactory(name="Riverbank Trust"), icb)
    signed_in(client, employ(organisation=trust))

    page = text_of(client.get(reverse("talent:consent_edit")))

    assert "No talent team can find you at the moment." in page
    for names in (
        "Riverbank Trust",
        "Riverbank Trust and Board of Valleys",
        "Riverbank Trust, Board of Valleys and Region of Hills",
    ):
        assert f">{names}</label>" in page


def test_only_scopes_that_exist_are_offered(client, trust):
    signed_in(client, employ(organisation=trust))

    page = text_of(client.get(reverse("talent:consent_edit")))

    assert 'value="ORGANISATION"' in page
    assert 'value="SYSTEM"' not in page


def test_consent_is_given_and_taken_back_on_the_page(client, trust):
    person = employ(organisation=trust)
    signed_in(client, person)
    until = TODAY + timedelta(days=90)
    sent = {
        "scope": "ORGANISATION",
        "until_day": until.day,
        "until_month": until.month,
        "until_year": until.year,
    }

    given = client.post(reverse("talent:consent_edit"), sent, follow=True)
    consent = TalentConsent.objects.get()
    taken_back = client.post(reverse("talent:consent_withdraw"), follow=True)

    assert "Talent teams can find you until" in text_of(given)
    assert (consent.person, consent.ends_on) == (person, until)
    assert "No talent team can find you any more." in text_of(taken_back)
    assert not TalentProfile.objects.exists()


def test_a_wrong_consent_is_shown_again_with_what_was_typed(client, trust):
    signed_in(client, employ(organisation=trust))
    sent = {"scope": "REGION", "until_day": "31", "until_month": "2", "until_year": "2027"}

    response = client.post(reverse("talent:consent_edit"), sent)

    page = text_of(response)
    assert response.status_code == 422
    assert "Until which day must be a real date" in page
    assert "Select an answer from the list" in page
    assert 'value="31"' in page
    assert not TalentConsent.objects.exists()


def test_taking_back_nothing_is_a_conflict_page(client, trust):
    signed_in(client, employ(organisation=trust))

    response = client.post(reverse("talent:consent_withdraw"))

    assert response.status_code == 409
    assert "there is nothing to take back" in text_of(response)


def test_who_holds_no_post_is_offered_no_consent(client):
    signed_in(client, PersonFactory())

    page = text_of(client.get(reverse("talent:consent_edit")))

    assert "Let them find me" not in page


def test_a_person_reads_what_talent_teams_see_and_why_they_were_judged(client, trust):
    person = found_person(organisation=trust, title="Matron of theatres")
    ReadinessJudgementFactory(person=person, organisation=trust, reason="Ran the winter plan.")
    signed_in(client, person)

    page = text_of(client.get(reverse("talent:consent_edit")))

    assert "Matron of theatres" in page
    assert "Ran the winter plan." in page


@pytest.mark.parametrize("readings", [1, 3])
def test_who_looked_is_listed_in_a_constant_number_of_queries(
    client, trust, lead, readings, django_assert_num_queries
):
    person, other = found_person(organisation=trust), found_person(organisation=trust)
    for day in range(readings):
        open_profile(profile=profile_of(person), by=lead, now=NOW - timedelta(days=day))
    open_profile(profile=profile_of(other), by=lead, now=NOW)
    signed_in(client, person)

    with django_assert_num_queries(11):
        page = text_of(client.get(reverse("accounts:reading_list")))

    assert page.count("data-reading") == readings
    assert lead.full_name in page
    assert "Riverbank Trust" in page


@pytest.mark.parametrize("nominations", [1, 3])
def test_the_overview_costs_the_same_for_any_number_of_nominations(
    client, trust, nominations, django_assert_num_queries
):
    person = employ(organisation=trust)
    for _each in range(nominations):
        NominationFactory(pool=PoolFactory(organisation=trust), person=person)
    NominationFactory(pool=PoolFactory(organisation=trust))
    signed_in(client, person)

    with django_assert_num_queries(10):
        page = text_of(client.get(reverse("talent:overview")))

    assert page.count("data-nomination") == nominations
    assert "Search for people" not in page


def test_pages_are_for_people_who_are_signed_in(client):
    for name in ("overview", "consent_edit", "reading_list", "profile_list", "pool_list"):
        response = client.get(reverse(f"talent:{name}"))
        assert response.status_code == 302
        assert reverse("account_login") in response["Location"]
