"""How a programme is offered at an organisation, with whom it is shared, and closing it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import Event
from accounts.scope import opened
from common.errors import Conflict, Forbidden
from courses.models import Enrolment, Offering, OfferingShare, SeatAllotment
from courses.policies.offerings import may_keep_offerings
from courses.services.enrolment import enrol
from courses.services.offerings import (
    OfferingTerms,
    change_offering,
    close_offering,
    offer_programme,
    reopen_offering,
    share_offering,
    stop_sharing,
)
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    OfferingFactory,
    OfferingShareFactory,
    ProgrammeFactory,
    SessionFactory,
    entitle,
    seated,
)
from tests.factories.courses_catalogue import lead_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# The session of the sign-in and the person it names come before whatever a page reads; and a
# savepoint around the request, two statements that open its scope, and the end of both.
SIGN_IN = 7
ELSEWHERE = "ZZ9"


@pytest.fixture
def trust():
    return OrganisationFactory(ods_code="AA1")


@pytest.fixture
def other():
    return OrganisationFactory(ods_code=ELSEWHERE, name="Trust across the river")


@pytest.fixture
def lead(client, trust):
    person = lead_at(trust, "LEARNING_LEAD")
    client.force_login(person)
    return person


@pytest.fixture
def offering(trust):
    return OfferingFactory(host=trust, price_pence=10_000)


def typed(**changes):
    return {"admission": "OPEN", "languages": ["en"], **changes}


def text_of(response):
    return " ".join(response.content.decode().split())


def page_of(offering):
    return reverse("courses:offering_show", args=[offering.pk])


def test_a_lead_offers_a_programme_at_their_organisation(lead, trust, other):
    programme = ProgrammeFactory()
    terms = OfferingTerms(route="Evenings", provider=other, price_pence=9_950, languages=("cy",))

    with opened(lead, on=TODAY):
        offering = offer_programme(programme=programme, host=trust, terms=terms, by=lead, now=NOW)

    offering.refresh_from_db()
    assert (offering.host, offering.provider, offering.route) == (trust, other, "Evenings")
    assert (offering.price_pence, offering.languages, offering.is_open) == (9_950, ["cy"], True)
    event = Event.objects.get()
    assert (event.verb, event.organisation, event.about_id) == (
        "offer_programme",
        trust,
        offering.pk,
    )
    assert event.facts["price_pence"] == 9_950


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "TALENT_LEAD", "AUDITOR"])
def test_nobody_else_decides_how_it_is_offered(offering, trust, other, role):
    terms = OfferingTerms(route="Evenings")
    acts = (
        lambda by: offer_programme(
            programme=offering.programme, host=trust, terms=terms, by=by, now=NOW
        ),
        lambda by: change_offering(offering=offering, terms=terms, by=by, now=NOW),
        lambda by: close_offering(offering=offering, by=by, now=NOW),
        lambda by: reopen_offering(offering=offering, by=by, now=NOW),
        lambda by: share_offering(offering=offering, organisation=other, by=by, now=NOW),
        lambda by: stop_sharing(offering=offering, organisation=other, by=by, now=NOW),
    )
    of_the_provider = OrganisationFactory()
    Offering.objects.filter(pk=offering.pk).update(provider=of_the_provider)
    refused = (lead_at(trust, role), lead_at(other, "LEARNING_LEAD"), lead_at(of_the_provider))

    for by in refused:
        for act in acts:
            with pytest.raises(Forbidden) as refusal:
                act(by)
            assert refusal.value.code == "may_not_keep_offerings"
    offering.refresh_from_db()
    assert (offering.route, offering.is_open, Offering.objects.count()) == ("", True, 1)
    assert not OfferingShare.objects.exists()


def test_leads_of_the_host_alone_keep_offerings():
    assert may_keep_offerings({"LEARNING_LEAD"})
    assert may_keep_offerings({"PROGRAMME_LEAD"})
    assert not may_keep_offerings({"HR_ADMINISTRATOR", "COLLEAGUE", "API_CLIENT"})


def test_a_programme_of_another_organisation_is_not_offered(lead, trust, other):
    theirs = ProgrammeFactory(owner=other)
    unlisted = ProgrammeFactory(is_listed=False)

    for programme in (theirs, unlisted):
        with pytest.raises(Conflict) as refusal:
            offer_programme(
                programme=programme, host=trust, terms=OfferingTerms(), by=lead, now=NOW
            )
        assert refusal.value.code == "not_in_catalogue"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"starts_on": TODAY, "ends_on": TODAY - timedelta(days=1)}, "days_out_of_order"),
        ({"ends_on": date(2027, 1, 13)}, "sessions_after_it_ends"),
        ({"languages": ()}, "no_language"),
        ({"offer_hours": 745}, "offered_too_long"),
        ({"route": "Evenings"}, "offered_already"),
    ],
)
def test_terms_that_cannot_be_are_refused_and_nothing_changes(lead, offering, terms, code):
    SessionFactory(offering=offering)
    OfferingFactory(host=offering.host, programme=offering.programme, route="Evenings")

    with pytest.raises(Conflict) as refusal:
        change_offering(offering=offering, terms=OfferingTerms(**terms), by=lead, now=NOW)

    assert refusal.value.code == code
    assert Offering.objects.get(pk=offering.pk).price_pence == 10_000


def test_who_has_a_place_keeps_the_price_they_were_told(lead, offering):
    place = seated(SessionFactory(offering=offering), 1)
    Enrolment.objects.filter(pk=place.pk).exists()
    before = place.price_pence

    change_offering(offering=offering, terms=OfferingTerms(price_pence=99_900), by=lead, now=NOW)

    place.refresh_from_db()
    offering.refresh_from_db()
    assert (place.price_pence, offering.price_pence) == (before, 99_900)


def test_a_host_that_teaches_it_itself_is_no_provider(lead, offering, trust):
    change_offering(offering=offering, terms=OfferingTerms(provider=trust), by=lead, now=NOW)

    offering.refresh_from_db()
    assert offering.provider is None


def test_a_closed_offering_takes_nobody_until_it_is_open_again(lead, trust):
    offering = OfferingFactory(host=trust)
    person = employ(organisation=trust, manager=PersonFactory())
    entitle(person, offering.programme)
    session = SessionFactory(offering=offering)
    close_offering(offering=offering, by=lead, now=NOW)

    with pytest.raises(Conflict) as refusal:
        enrol(session=session, person=person, by=person, now=NOW)
    reopen_offering(offering=offering, by=lead, now=NOW)
    session.refresh_from_db()
    place = enrol(session=session, person=person, by=person, now=NOW)

    assert (refusal.value.code, place.state) == ("enrolment_closed", "CONFIRMED")


def test_closing_twice_is_refused(lead, offering):
    close_offering(offering=offering, by=lead, now=NOW)

    with pytest.raises(Conflict) as refusal:
        close_offering(offering=offering, by=lead, now=NOW)

    assert refusal.value.code == "stale_state"


def test_sharing_opens_it_to_the_other_organisation_until_it_stops(lead, offering, other):
    person = employ(organisation=other)
    found = []
    for act in (
        lambda: None,
        lambda: share_offering(offering=offering, organisation=other, by=lead, now=NOW),
        lambda: stop_sharing(offering=offering, organisation=other, by=lead, now=NOW),
    ):
        act()
        found.append(Offering.objects.visible_to(person, on=TODAY).count())

    assert found == [0, 1, 0]


def test_sharing_that_cannot_be_is_refused(lead, offering, trust, other):
    OfferingShareFactory(offering=offering, organisation=other)
    told = []
    for act, organisation in (
        (share_offering, trust),
        (share_offering, other),
        (stop_sharing, trust),
    ):
        with pytest.raises(Conflict) as refusal:
            act(offering=offering, organisation=organisation, by=lead, now=NOW)
        told.append(refusal.value.code)

    assert told == ["is_the_host", "shared_already", "not_shared"]


def test_seats_that_are_kept_hold_up_the_end_of_sharing(lead, offering, other):
    OfferingShareFactory(offering=offering, organisation=other)
    SeatAllotment.objects.create(
        session=SessionFactory(offering=offering),
        organisation=other,
        seats=2,
        releases_on=TODAY + timedelta(days=7),
    )

    with pytest.raises(Conflict) as refusal:
        stop_sharing(offering=offering, organisation=other, by=lead, now=NOW)

    assert refusal.value.code == "seats_are_kept"
    assert OfferingShare.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_what_one_offers_takes_the_same_queries_for_any_number(
    client, lead, trust, other, django_assert_num_queries, rows
):
    for _ in range(rows):
        OfferingFactory(host=trust, price_pence=12_300)
    OfferingFactory(host=other, price_pence=12_300)

    with django_assert_num_queries(SIGN_IN + 3):  # standing, count, rows
        response = client.get(reverse("courses:offering_list"))

    assert text_of(response).count("£123") == rows


def test_a_programme_is_offered_by_form(client, lead, trust, other):
    programme = ProgrammeFactory()
    sent = typed(
        programme=f"{programme.title} ({programme.code})",
        host=trust.pk,
        route="Evenings",
        provider="zz9",
        price_pence="£99.50",
    )

    response = client.post(reverse("courses:offering_add"), sent)

    offering = Offering.objects.get()
    assert response["Location"] == page_of(offering)
    assert (offering.provider, offering.price_pence, offering.programme) == (
        other,
        9_950,
        programme,
    )


def test_what_was_typed_stays_beside_the_mistake(client, lead, trust, offering):
    sent = typed(
        programme=offering.programme.code, host=trust.pk, provider="NOBODY", price_pence="a lot"
    )

    wrong = text_of(client.post(reverse("courses:offering_add"), sent))
    twice = text_of(
        client.post(
            reverse("courses:offering_add"),
            typed(programme=offering.programme.title, host=trust.pk),
        )
    )

    assert "There is no organisation with this ODS code" in wrong
    assert "Enter an amount in pounds" in wrong
    assert 'value="a lot"' in wrong
    assert "offered there by this route already" in twice
    assert Offering.objects.count() == 1


def test_only_what_one_finds_in_the_catalogue_is_offered_by_its_title(client, lead, trust, other):
    ProgrammeFactory(title="Leading by day")
    ProgrammeFactory(title="Leading by night")
    ProgrammeFactory(title="Rostering there", owner=other)

    several, hidden, empty = (
        client.post(reverse("courses:offering_add"), typed(programme=words, host=trust.pk))
        for words in ("leading", "Rostering there", "")
    )

    assert "Several programmes have these words: Leading by day" in text_of(several)
    assert 'value="leading"' in text_of(several)
    assert "No programme has this title" in text_of(hidden)
    assert "Enter a programme" in text_of(empty)
    assert [page.status_code for page in (several, hidden, empty)] == [422] * 3
    assert not Offering.objects.exists()


def test_each_step_of_an_offering_is_taken_on_its_page(client, lead, offering, other):
    SessionFactory(offering=offering)
    steps = (
        typed(step="TERMS", route="Days", price_pence="120"),
        {"step": "SHARE", "organisation": ELSEWHERE},
        {"step": "CLOSE"},
        {"step": "REOPEN"},
    )
    said = [text_of(client.post(page_of(offering), sent, follow=True)) for sent in steps]
    share = OfferingShare.objects.get()
    client.post(page_of(offering), {"step": "UNSHARE", "share": share.pk})

    offering.refresh_from_db()
    assert (offering.route, offering.price_pence, offering.is_open) == ("Days", 12_000, True)
    assert "shared with Trust across the river" in said[1]
    assert "Open the offering again" in said[2]
    assert "Close the offering" in said[3]
    assert not OfferingShare.objects.exists()


def test_a_refusal_stands_at_its_field_and_a_late_step_is_told(client, lead, offering, trust):
    SessionFactory(offering=offering)
    last = {"ends_on_day": "1", "ends_on_month": "1", "ends_on_year": "2027"}

    early = client.post(page_of(offering), typed(step="TERMS", **last))
    own = client.post(page_of(offering), {"step": "SHARE", "organisation": "aa1"})
    late = client.post(page_of(offering), {"step": "REOPEN"}, follow=True)
    gone = client.post(page_of(offering), {"step": "UNSHARE", "share": "0"})

    assert "A session starts on 14 January 2027" in text_of(early)
    assert "People of the host can use it already" in text_of(own)
    assert "Somebody else has done this already" in text_of(late)
    assert [early.status_code, own.status_code, late.status_code, gone.status_code] == [
        422,
        422,
        200,
        404,
    ]


@pytest.mark.parametrize("name", ["offering_list", "offering_add"])
def test_pages_of_offering_are_refused_to_others(client, trust, name):
    client.force_login(grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust))

    assert client.get(reverse(f"courses:{name}")).status_code == 403


def test_an_offering_of_another_organisation_is_not_found(client, lead, other):
    theirs = OfferingFactory(host=other)

    assert client.get(page_of(theirs)).status_code == 404
    assert client.post(page_of(theirs), {"step": "CLOSE"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.is_open
