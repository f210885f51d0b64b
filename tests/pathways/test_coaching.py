from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from accounts.selectors.relations import Relation
from common.errors import Conflict, Forbidden
from pathways.models import CoachOffer
from pathways.policies.signposts import may_end_coaching, may_offer_to_coach
from pathways.services.coaching import end_coaching, offer_to_coach
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import competencies_of, follow, role_asking, show
from tests.factories.signposts import CoachOfferFactory

LIST, OFFER, END = "pathways:coach_list", "pathways:coach_offer", "pathways:coach_end"
OWN, THERE = frozenset({Relation.SELF}), frozenset({Relation.COLLEAGUE})


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("held", "asked", "may"),
    [(3, 3, True), (4, 3, True), (2, 3, False), (1, None, True), (None, None, False)],
)
def test_one_coaches_in_what_one_has_reached_oneself(held, asked, may):
    assert may_offer_to_coach(OWN, THERE, held=held, asked=asked) is may


def test_one_coaches_as_oneself_and_where_one_works():
    for relation in Relation:
        to_person, at_place = frozenset({relation}), frozenset({relation})
        is_own, is_there = relation is Relation.SELF, relation is Relation.COLLEAGUE
        assert may_offer_to_coach(to_person, THERE, held=3, asked=3) is is_own
        assert may_offer_to_coach(OWN, at_place, held=3, asked=3) is is_there
        assert may_end_coaching(to_person) is is_own


@pytest.fixture
def trust(db):
    return OrganisationFactory()


@pytest.fixture
def skill():
    return competencies_of(role_asking(3))[0]


@pytest.fixture
def coach(client, trust, skill):
    person = employ(organisation=trust)
    show(person, {skill: 3}, on=TODAY)
    client.force_login(person)
    return person


def test_an_offer_holds_from_today_until_it_is_ended(coach, trust, skill):
    offer = offer_to_coach(organisation=trust, competency=skill, note="Mondays", by=coach, now=NOW)
    later = NOW + timedelta(days=10)

    end_coaching(offer=offer, by=coach, now=later)

    offer.refresh_from_db()
    assert (offer.starts_on, offer.ends_on) == (TODAY, TODAY + timedelta(days=9))
    with pytest.raises(Conflict) as refusal:
        end_coaching(offer=offer, by=coach, now=later)
    assert refusal.value.code == "coaching_ended"
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        "offer_to_coach",
        "end_coaching",
    ]


def test_an_offer_that_is_ended_on_its_first_day_never_held(coach, trust, skill):
    offer = offer_to_coach(organisation=trust, competency=skill, by=coach, now=NOW)

    end_coaching(offer=offer, by=coach, now=NOW)

    assert not CoachOffer.objects.exists()


def test_refusals(coach, trust, skill):
    below = competencies_of(role_asking(3))[0]
    follow(coach, below.requirements.get().role_profile)
    show(coach, {below: 2})
    offer_to_coach(organisation=trust, competency=skill, by=coach, now=NOW)

    for organisation, competency in ((trust, below), (OrganisationFactory(), skill)):
        with pytest.raises(Forbidden) as refusal:
            offer_to_coach(organisation=organisation, competency=competency, by=coach, now=NOW)
        assert refusal.value.code == "may_not_coach"
    with pytest.raises(Conflict) as twice:
        offer_to_coach(organisation=trust, competency=skill, by=coach, now=NOW)
    assert twice.value.code == "coaches_already"
    with pytest.raises(Forbidden) as not_mine:
        end_coaching(offer=CoachOffer.objects.get(), by=employ(organisation=trust), now=NOW)
    assert not_mine.value.code == "may_not_end_coaching"


@pytest.mark.parametrize("rows", [1, 3])
def test_my_offers_are_listed_and_nobody_elses(
    client, coach, trust, django_assert_num_queries, rows
):
    for competency in competencies_of(role_asking(*[3] * rows)):
        CoachOfferFactory(person=coach, organisation=trust, competency=competency)
    CoachOfferFactory(person=employ(organisation=trust), organisation=trust)

    with django_assert_num_queries(9):
        page = text_of(client.get(reverse(LIST)))

    assert page.count("data-offer") == rows


def test_offering_and_ending_on_the_page(client, coach, trust, skill):
    show(coach, {skill: 3}, on=timezone.localdate())

    offered = client.post(
        reverse(OFFER),
        {"competency": skill.pk, "organisation": trust.pk, "note": "Mondays"},
        follow=True,
    )
    twice = client.post(
        reverse(OFFER), {"competency": skill.pk, "organisation": trust.pk, "note": "Kept"}
    )
    ended = client.post(reverse(END, args=[CoachOffer.objects.get().pk]), follow=True)

    assert "People who want to learn this are now led to you." in text_of(offered)
    assert "Mondays" in text_of(offered)
    assert twice.status_code == 422
    assert "You offer to coach in this already." in text_of(twice)
    assert "Kept" in text_of(twice)
    assert "You do not offer to coach in anything yet." in text_of(ended)


def test_only_what_one_has_reached_can_be_chosen(client, coach, trust):
    response = client.post(reverse(OFFER), {"note": ""})
    other = competencies_of(role_asking(3))[0]
    wrong = client.post(reverse(OFFER), {"competency": other.pk, "organisation": trust.pk})

    assert "Select what you can help with" in text_of(response)
    assert wrong.status_code == 422
    assert "Select an answer from the list" in text_of(wrong)


def test_whoever_has_reached_nothing_is_told_what_it_takes(client, trust):
    client.force_login(employ(organisation=trust))

    page = text_of(client.get(reverse(OFFER)))

    assert "There is nothing you can offer to coach in yet." in page


def test_the_offer_of_somebody_elsewhere_or_of_a_colleague_is_not_there(client, coach, trust):
    elsewhere = OrganisationFactory()
    far = CoachOfferFactory(person=employ(organisation=elsewhere), organisation=elsewhere)
    near = CoachOfferFactory(person=employ(organisation=trust), organisation=trust)

    assert client.post(reverse(END, args=[far.pk])).status_code == 404
    assert client.post(reverse(END, args=[near.pk])).status_code == 404
