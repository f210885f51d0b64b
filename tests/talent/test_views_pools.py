import pytest
from django.urls import reverse

from talent.models import Nomination
from tests.factories.accounts import (
    employ,
)
from tests.factories.clock import NOW
from tests.factories.talent import (
    NominationFactory,
    PoolFactory,
    found_person,
)
from tests.talent.pages import signed_in, text_of

pytestmark = pytest.mark.django_db


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

    with django_assert_num_queries(11):
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

    with django_assert_num_queries(12):
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
