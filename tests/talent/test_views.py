from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Event
from talent.models import Nomination, ReadinessJudgement, TalentConsent, TalentProfile
from talent.services.reading import open_profile
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import role_asking
from tests.factories.talent import (
    NominationFactory,
    PoolFactory,
    ReadinessJudgementFactory,
    found_person,
    profile_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(name="Riverbank Trust")


@pytest.fixture
def lead(trust):
    return grant(PersonFactory(), "TALENT_LEAD", trust)


def signed_in(client, person):
    client.force_login(person)
    return client


def text_of(response):
    return response.content.decode()


# --- Being found


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
    for _each in range(readings):
        open_profile(profile=profile_of(person), by=lead, now=NOW)
    open_profile(profile=profile_of(other), by=lead, now=NOW)
    signed_in(client, person)

    with django_assert_num_queries(6):
        page = text_of(client.get(reverse("talent:reading_list")))

    assert page.count("data-reading") == readings
    assert lead.full_name in page
    assert "Riverbank Trust" in page


# --- The search


@pytest.mark.parametrize("people", [1, 3])
def test_the_search_lists_people_in_a_constant_number_of_queries(
    client, trust, lead, people, django_assert_num_queries
):
    role = role_asking(2, title="Service manager")
    for _each in range(people):
        found_person(organisation=trust)
    found_person(organisation=OrganisationFactory(), scope="REGION")
    signed_in(client, lead)

    with django_assert_num_queries(7):
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
        ({"q": "a\x00b"}, "Enter text without the hidden characters"),
        ({"q": "word " * 60}, "Enter 200 characters or fewer"),
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

    page = text_of(client.get(reverse("talent:profile_list"), {"q": "riverbank", "page": "2"}))

    assert page.count("data-person") == 1
    assert "?q=riverbank&amp;page=1" in page


# --- A profile


def test_opening_a_profile_explains_the_match_and_leaves_a_trace(client, trust, lead):
    role = role_asking(3, title="Chief nurse")
    person = found_person(organisation=trust)
    signed_in(client, lead)

    page = text_of(client.get(reverse("talent:profile_show", args=[person.pk]), {"role": role.pk}))

    assert "Match with Chief nurse" in page
    assert page.count("data-part") == 4
    assert f"mailto:{person.email}" in page
    event = Event.objects.get(verb="read_talent_profile")
    assert (event.by_person, event.subject, event.facts) == (lead, person, {"through": [trust.pk]})


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


# --- Pools and nominations


@pytest.mark.parametrize("pools", [1, 3])
def test_pools_are_listed_in_a_constant_number_of_queries(
    client, trust, lead, pools, django_assert_num_queries
):
    for _each in range(pools):
        pool = PoolFactory(organisation=trust)
        NominationFactory(pool=pool, person=found_person(organisation=trust))
        NominationFactory(pool=pool, person=employ(organisation=trust))
    PoolFactory()
    signed_in(client, lead)

    with django_assert_num_queries(6):
        page = text_of(client.get(reverse("talent:pool_list")))

    assert page.count("data-pool") == pools
    assert page.count("0 in the pool, 1 waiting") == pools


@pytest.mark.parametrize("people", [1, 3])
def test_a_pool_lists_whom_the_lead_may_find_in_a_constant_number_of_queries(
    client, trust, lead, people, django_assert_num_queries
):
    pool = PoolFactory(organisation=trust)
    for _each in range(people):
        NominationFactory(pool=pool, person=found_person(organisation=trust))
    NominationFactory(pool=pool, person=employ(organisation=trust))
    signed_in(client, lead)

    with django_assert_num_queries(6):
        page = text_of(client.get(reverse("talent:pool_show", args=[pool.pk])))

    assert page.count("data-nomination") == people


def test_a_pool_of_another_organisation_does_not_exist(client, lead):
    signed_in(client, lead)
    pool = PoolFactory()

    for name in ("pool_show", "nomination_add"):
        assert client.get(reverse(f"talent:{name}", args=[pool.pk])).status_code == 404


def test_a_manager_sees_in_a_pool_only_what_they_took_part_in(client, trust):
    pool, manager = PoolFactory(organisation=trust), employ(organisation=trust)
    NominationFactory(pool=pool, person=found_person(organisation=trust))
    NominationFactory(pool=pool, person=employ(organisation=trust), nominated_by=manager)
    signed_in(client, manager)

    page = text_of(client.get(reverse("talent:pool_show", args=[pool.pk])))

    assert page.count("data-nomination") == 1
    assert "in the pool," not in text_of(client.get(reverse("talent:pool_list")))


def test_a_colleague_is_put_forward_by_their_address(client, trust):
    pool, peer = PoolFactory(organisation=trust), employ(organisation=trust)
    person = employ(organisation=trust)
    signed_in(client, peer)
    sent = {"who": "other", "email": person.email.upper(), "reason": "Runs a calm theatre."}

    response = client.post(reverse("talent:nomination_add", args=[pool.pk]), sent, follow=True)

    nomination = Nomination.objects.get()
    assert (nomination.person, nomination.route) == (person, "PEER")
    assert "Runs a calm theatre." in text_of(response)


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({}, "Select who you put forward"),
        ({"who": "other"}, "Enter their work email address"),
        ({"who": "other", "email": "x"}, "Enter an email address in the correct format"),
        ({"who": "me"}, "Enter why you put them forward"),
    ],
)
def test_a_wrong_nomination_is_shown_again(client, trust, sent, complaint):
    pool = PoolFactory(organisation=trust)
    signed_in(client, employ(organisation=trust))

    response = client.post(reverse("talent:nomination_add", args=[pool.pk]), sent)

    assert response.status_code == 422
    assert complaint in text_of(response)
    assert not Nomination.objects.exists()


def test_somebody_elsewhere_is_as_if_there_were_nobody(client, trust):
    pool = PoolFactory(organisation=trust)
    signed_in(client, employ(organisation=trust))
    address = reverse("talent:nomination_add", args=[pool.pk])

    answers = [
        client.post(address, {"who": "other", "email": email, "reason": "Good."})
        for email in (employ().email, "nobody@waymark.example")
    ]

    for answer in answers:
        assert answer.status_code == 422
        assert "work email address of somebody in your organisation" in text_of(answer)


def test_a_second_nomination_is_refused_with_what_was_typed(client, trust):
    person = employ(organisation=trust)
    pool = PoolFactory(organisation=trust)
    NominationFactory(pool=pool, person=person)
    signed_in(client, person)

    response = client.post(
        reverse("talent:nomination_add", args=[pool.pk]), {"who": "me", "reason": "Kept words."}
    )

    assert response.status_code == 422
    assert "Somebody has already put this person forward" in text_of(response)
    assert "Kept words." in text_of(response)


def test_a_lead_decides_and_the_person_reads_why(client, trust, lead):
    person = found_person(organisation=trust)
    nomination = NominationFactory(pool=PoolFactory(organisation=trust), person=person)
    address = reverse("talent:nomination_decide", args=[nomination.pk])
    shown = reverse("talent:nomination_show", args=[nomination.pk])

    signed_in(client, lead)
    wrong = client.post(address, {"step": "perhaps", "reason": ""})
    right = client.post(address, {"step": "decline", "reason": "One more year."}, follow=True)
    signed_in(client, person)
    read = text_of(client.get(shown))

    assert wrong.status_code == 422
    assert "Your decision is kept" in text_of(right)
    assert "One more year." in read
    assert "Not this time" in read


def test_who_put_somebody_forward_reads_the_outcome_but_not_the_reason(client, trust, lead):
    peer = employ(organisation=trust)
    nomination = NominationFactory(
        pool=PoolFactory(organisation=trust),
        person=found_person(organisation=trust),
        nominated_by=peer,
        route="PEER",
        state="DECLINED",
        decided_by=lead,
        decided_at=NOW,
        decision_reason="Between us.",
    )
    signed_in(client, peer)

    page = text_of(client.get(reverse("talent:nomination_show", args=[nomination.pk])))

    assert "Not this time" in page
    assert "Between us." not in page


def test_a_person_learns_that_the_team_cannot_see_it_and_steps_back(client, trust):
    person = employ(organisation=trust)
    nomination = NominationFactory(pool=PoolFactory(organisation=trust), person=person)
    signed_in(client, person)

    shown = client.get(reverse("talent:nomination_show", args=[nomination.pk]))
    left = client.post(reverse("talent:nomination_withdraw", args=[nomination.pk]), follow=True)

    assert "The talent team cannot see this yet." in text_of(shown)
    assert "You are not considered for this pool any more." in text_of(left)


def test_a_nomination_one_has_no_part_in_does_not_exist(client, trust, lead):
    nomination = NominationFactory(
        pool=PoolFactory(organisation=trust), person=employ(organisation=trust)
    )
    signed_in(client, lead)

    shown = client.get(reverse("talent:nomination_show", args=[nomination.pk]))
    decided = client.post(reverse("talent:nomination_decide", args=[nomination.pk]), {})
    left = client.post(reverse("talent:nomination_withdraw", args=[nomination.pk]))

    assert {shown.status_code, decided.status_code, left.status_code} == {404}


def test_deciding_about_oneself_is_forbidden(client, trust, lead):
    found_person(organisation=trust, person=lead)
    nomination = NominationFactory(pool=PoolFactory(organisation=trust), person=lead)
    signed_in(client, lead)

    response = client.post(
        reverse("talent:nomination_decide", args=[nomination.pk]),
        {"step": "accept", "reason": "Of course."},
    )

    assert response.status_code == 403
    assert "Somebody else in the talent team has to decide" in text_of(response)


@pytest.mark.parametrize("nominations", [1, 3])
def test_the_overview_costs_the_same_for_any_number_of_nominations(
    client, trust, nominations, django_assert_num_queries
):
    person = employ(organisation=trust)
    for _each in range(nominations):
        NominationFactory(pool=PoolFactory(organisation=trust), person=person)
    NominationFactory(pool=PoolFactory(organisation=trust))
    signed_in(client, person)

    with django_assert_num_queries(5):
        page = text_of(client.get(reverse("talent:overview")))

    assert page.count("data-nomination") == nominations
    assert "Search for people" not in page


def test_pages_are_for_people_who_are_signed_in(client):
    for name in ("overview", "consent_edit", "reading_list", "profile_list", "pool_list"):
        response = client.get(reverse(f"talent:{name}"))
        assert response.status_code == 302
        assert reverse("account_login") in response["Location"]
