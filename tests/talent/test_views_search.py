import pytest
from django.urls import reverse

from accounts.models import Event
from talent.models import ReadinessJudgement
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.pathways import role_asking
from tests.factories.talent import (
    found_person,
)
from tests.talent.pages import signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("people", [1, 3])
def test_the_search_lists_people_in_a_constant_number_of_queries(
    client, trust, lead, people, django_assert_num_queries
):
    role = role_asking(2, title="Service manager")
    for _each in range(people):
        found_person(organisation=trust)
    found_person(organisation=OrganisationFactory(), scope="REGION")
    signed_in(client, lead)

    with django_assert_num_queries(12):
        response = client.get(reverse("talent:profile_list"), {"match": role.pk})

    page = text_of(response)
    assert page.count("data-person") == people
    assert page.count("data-part") == 4 * people
    assert f"Riverbank Trust ({people})" in page


def test_who_is_no_talent_lead_is_told_so(client, trust):
    signed_in(client, grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust))

    response = client.get(reverse("talent:profile_list"))

    assert response.status_code == 403
    assert "Only talent leads can search." in text_of(response)


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"lowest": "9", "highest": "4"}, "The highest band must not be below the lowest"),
        ({"lowest": "99"}, "Select an answer from the list"),
        ({"organisation": "abc"}, "Select answers from the list"),
        ({"words": "a\x00b"}, "Enter text without the hidden characters"),
        ({"words": "word " * 60}, "Enter 200 characters or fewer"),
    ],
)
def test_a_wrong_filter_is_said_and_finds_nobody(client, trust, lead, asked, complaint):
    found_person(organisation=trust)
    signed_in(client, lead)

    response = client.get(reverse("talent:profile_list"), asked)

    page = text_of(response)
    assert response.status_code == 422
    assert complaint in page
    assert "data-person" not in page


@pytest.mark.parametrize("asked", ["abc", "-1", "0", "99999999999999999999", "\u0663"])
def test_a_strange_page_number_shows_a_page(client, trust, lead, asked):
    found_person(organisation=trust)
    signed_in(client, lead)

    response = client.get(reverse("talent:profile_list"), {"page": asked})

    assert response.status_code == 200
    assert text_of(response).count("data-person") == 1


def test_the_next_page_keeps_the_filters(client, trust, lead):
    for _each in range(21):
        found_person(organisation=trust)
    signed_in(client, lead)

    page = text_of(client.get(reverse("talent:profile_list"), {"words": "riverbank", "page": "2"}))

    assert page.count("data-person") == 1
    assert "?words=riverbank&amp;page=1" in page


def test_opening_a_profile_explains_the_match_and_leaves_a_trace(client, trust, lead):
    role = role_asking(3, title="Chief nurse")
    person = found_person(organisation=trust)
    signed_in(client, lead)

    page = text_of(client.get(reverse("talent:profile_show", args=[person.pk]), {"role": role.pk}))

    assert "Match with Chief nurse" in page
    assert page.count("data-part") == 4
    assert f"mailto:{person.email}" in page
    event = Event.objects.get(verb="read_talent_profile")
    through = {"as": "TALENT_LEAD", "through": [trust.pk]}
    assert (event.by_person, event.subject, event.facts) == (lead, person, through)


@pytest.mark.parametrize(
    "reader", ["other lead", "line manager", "colleague", "lead above a narrower consent"]
)
def test_a_profile_out_of_reach_does_not_exist(client, trust, reader):
    icb = OrganisationFactory(kind="ICB")
    place_below(trust, icb)
    manager = PersonFactory()
    person = found_person(organisation=trust, manager=manager)
    by = {
        "other lead": grant(PersonFactory(), "TALENT_LEAD", OrganisationFactory()),
        "line manager": manager,
        "colleague": employ(organisation=trust),
        "lead above a narrower consent": grant(PersonFactory(), "TALENT_LEAD", icb),
    }[reader]
    signed_in(client, by)

    shown = client.get(reverse("talent:profile_show", args=[person.pk]))
    judged = client.post(reverse("talent:readiness_judge", args=[person.pk]), {})

    assert (shown.status_code, judged.status_code) == (404, 404)
    assert not Event.objects.filter(verb="read_talent_profile").exists()


@pytest.mark.parametrize("role", ["", "abc", "0", "99999999999999"])
def test_a_strange_role_is_passed_over(client, trust, lead, role):
    person = found_person(organisation=trust)
    signed_in(client, lead)

    response = client.get(reverse("talent:profile_show", args=[person.pk]), {"role": role})

    assert response.status_code == 200


def test_a_lead_judges_readiness_on_the_page(client, trust, lead):
    person = found_person(organisation=trust)
    signed_in(client, lead)
    address = reverse("talent:readiness_judge", args=[person.pk])

    wrong = client.post(address, {"readiness": "SOON", "reason": "Kept words."})
    right = client.post(address, {"readiness": "READY_SOON", "reason": "Kept words."}, follow=True)

    assert wrong.status_code == 422
    assert "Kept words." in text_of(wrong)
    assert "Your judgement is kept" in text_of(right)
    assert ReadinessJudgement.objects.get().reason == "Kept words."
