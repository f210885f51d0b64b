"""The pages on which leads keep what is accredited; a programme says what accredits it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from courses.models import Accreditation, AccreditationRenewal
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import TODAY
from tests.factories.courses import STARTS, BodyFactory, OfferingFactory, SessionFactory, seated
from tests.factories.courses_catalogue import (
    OfferingAccreditationFactory,
    RenewalFactory,
    lead_at,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


SIGN_IN = 7


def address(name, *args):
    return reverse(f"courses:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


def day(name, when):
    return {f"{name}_day": when.day, f"{name}_month": when.month, f"{name}_year": when.year}


@pytest.fixture
def offering():
    return OfferingFactory(ends_on=date(2027, 6, 30))


@pytest.fixture
def lead(client, offering):
    person = lead_at(offering.host)
    client.force_login(person)
    return person


@pytest.fixture
def ending(offering):
    return OfferingAccreditationFactory(offering=offering, ends_on=date(2027, 2, 28))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_work_list_takes_the_same_queries_for_any_number(
    client, lead, offering, django_assert_num_queries, rows
):
    for number in range(rows):
        RenewalFactory(
            accreditation__offering=offering,
            accreditation__body__name=f"Body {number}",
            accreditation__ends_on=TODAY + timedelta(days=30),
            due_on=TODAY - timedelta(days=1),
        )
    OfferingAccreditationFactory(body__name="Elsewhere", ends_on=TODAY + timedelta(days=30))

    with django_assert_num_queries(SIGN_IN + 4):
        page = text_of(client.get(address("accreditation_list")))

    assert page.count("Overdue") == rows
    assert "Elsewhere" not in page


def test_the_work_list_says_when_there_is_nothing_to_renew(client, lead):
    assert "Nothing ends in this time" in text_of(client.get(address("accreditation_list")))


def test_the_work_list_looks_as_far_ahead_as_was_asked(client, lead, offering):
    OfferingAccreditationFactory(offering=offering, ends_on=TODAY + timedelta(days=300))

    near = text_of(client.get(address("accreditation_list")))
    far = text_of(client.get(address("accreditation_list"), {"months": "12"}))

    assert offering.programme.title not in near
    assert offering.programme.title in far


@pytest.mark.parametrize("name", ["accreditation_list", "accreditation_add"])
def test_whoever_leads_nothing_is_told_so(client, name):
    client.force_login(employ())

    assert client.get(address(name)).status_code == 403


def test_a_lead_of_somewhere_else_does_not_see_it(client, ending):
    client.force_login(lead_at(OrganisationFactory()))

    assert client.get(address("accreditation_show", ending.pk)).status_code == 404


def test_an_accreditation_is_entered_and_shown(client, lead, offering):
    given = {
        "of": f"offering-{offering.pk}",
        "body": BodyFactory().pk,
        "level": "Level 5",
        "credits": "20",
        "credit_scheme": "CATS",
        **day("starts_on", TODAY),
        **day("ends_on", date(2027, 8, 31)),
    }

    page = text_of(client.post(address("accreditation_add"), given, follow=True))

    row = Accreditation.objects.get()
    assert (row.offering, row.credits, row.ends_on) == (offering, 20, date(2027, 8, 31))
    assert "The accreditation is entered." in page
    assert "20 CATS" in page


def test_what_was_typed_stays_when_something_is_missing(client, lead, offering):
    given = {"of": f"offering-{offering.pk}", "credits": "20", **day("starts_on", TODAY)}

    response = client.post(address("accreditation_add"), given)

    page = text_of(response)
    assert response.status_code == 422
    assert "Select the accrediting body" in page
    assert "Enter the credit scheme that the credits belong to" in page
    assert 'value="20"' in response.content.decode()
    assert not Accreditation.objects.exists()


def test_a_renewal_goes_its_way_on_one_page(client, lead, ending):
    here = address("accreditation_show", ending.pk)

    begun = client.post(here, day("due_on", date(2027, 1, 15)), follow=True)
    sent = client.post(here, {"step": "submit", "note": ""}, follow=True)
    missing = client.post(here, {"step": "grant"})
    client.post(here, {"step": "grant", **day("starts_on", date(2027, 3, 1))})

    renewal = AccreditationRenewal.objects.get()
    assert "to be sent by 15 January 2027" in text_of(begun)
    assert "Sent to the body" in text_of(sent)
    assert "Enter the first day of what was granted" in text_of(missing)
    assert (renewal.state, renewal.successor.starts_on) == ("GRANTED", date(2027, 3, 1))


def test_a_colleague_takes_the_work_over(client, lead, ending):
    RenewalFactory(accreditation=ending)

    client.post(address("accreditation_show", ending.pk), {"act": "take_over"})

    assert AccreditationRenewal.objects.get().worked_on_by == lead


def test_a_programme_warns_its_leads_and_calls_nothing_accredited_that_lapses(
    client, lead, offering, ending
):
    lasting = OfferingAccreditationFactory(offering=offering, body__name="Academy")
    here = address("programme_show", offering.programme_id)

    for_lead = text_of(client.get(here))
    client.force_login(employ(organisation=offering.host))
    for_learner = text_of(client.get(here))

    warning = "ends on 28 February 2027, before this offering does"
    assert f"Accredited by {lasting.body.name}" in for_learner
    assert f"Accredited by {ending.body.name}" not in for_learner
    assert warning in for_lead
    assert warning not in for_learner


def test_a_session_says_who_accredits_it_while_that_lasts(client, lead, offering, ending):
    during = SessionFactory(offering=offering)
    after = SessionFactory(offering=offering, starts_at=STARTS + timedelta(days=60))
    learner = seated(after, 1).person
    ends_first = "ends on 28 February 2027, before this session does"

    pages = {
        (name, session.pk): text_of(client.get(address(name, session.pk)))
        for name in ("session_show", "session_register")
        for session in (during, after)
    }
    client.force_login(learner)
    of_learner = text_of(client.get(address("session_show", after.pk)))

    for name in ("session_show", "session_register"):
        assert "Accredited by" in pages[name, during.pk]
        assert ends_first not in pages[name, during.pk]
        assert "Accredited by" not in pages[name, after.pk]
        assert ends_first in pages[name, after.pk]
    assert "Accredited by" not in of_learner
    assert ends_first not in of_learner
