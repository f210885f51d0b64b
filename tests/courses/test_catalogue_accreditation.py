"""What accredits an offering and for how long, and having it renewed."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import Event, EventText
from accounts.models.dated import Days
from accounts.scope import opened
from common.errors import Conflict, Forbidden
from courses.models import Accreditation, AccreditationRenewal, Enrolment, Offering
from courses.reminders_catalogue import accreditation_ending, renewal_overdue
from courses.selectors.accreditation import (
    accreditation_of,
    accreditations_of,
    accreditations_to_renew,
)
from courses.services.accreditation import (
    AccreditationTerms,
    accredit,
    start_renewal,
    take_over_renewal,
    take_renewal_step,
)
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    AccreditationFactory,
    BodyFactory,
    EnrolmentFactory,
    OfferingFactory,
    SessionFactory,
)
from tests.factories.courses_catalogue import (
    OfferingAccreditationFactory,
    ProviderAccreditationFactory,
    RenewalFactory,
    lead_at,
)

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)
NEXT_YEAR = AccreditationTerms(days=Days(date(2027, 3, 1), date(2029, 2, 28)), level="Level 5")


@pytest.fixture
def provider():
    return OrganisationFactory()


@pytest.fixture
def offering(provider):
    return OfferingFactory(provider=provider, ends_on=date(2027, 6, 30))


@pytest.fixture
def lead(provider):
    return lead_at(provider)


@pytest.fixture
def ending(offering):
    return OfferingAccreditationFactory(offering=offering, ends_on=date(2027, 2, 28))


def names(rows):
    return [row.accreditation for row in rows]


def test_an_offering_is_accredited_itself_through_its_programme_or_through_who_teaches_it(
    offering, provider
):
    by_programme = AccreditationFactory(programme=offering.programme)
    itself = OfferingAccreditationFactory(offering=offering)
    by_provider = ProviderAccreditationFactory(provider=provider)
    ProviderAccreditationFactory(provider=offering.host)
    OfferingAccreditationFactory()

    found = accreditation_of(offering, on=TODAY)

    assert names(found.throughout) == [itself, by_programme, by_provider]
    assert found.lapsing == ()


def test_what_lapses_before_the_offering_ends_cannot_be_called_accredited(offering, ending):
    found = accreditation_of(offering, on=TODAY)

    assert found.throughout == ()
    assert [(row.accreditation, row.until) for row in found.lapsing] == [(ending, ending.ends_on)]
    assert names(found.through(ending.ends_on)) == [ending]
    assert found.through(ending.ends_on + A_DAY) == ()


@pytest.mark.parametrize(("gap", "lasts"), [(1, True), (2, False)])
def test_what_follows_without_a_gap_makes_it_last(offering, ending, gap, lasts):
    starts_on = ending.ends_on + gap * A_DAY
    OfferingAccreditationFactory(offering=offering, starts_on=starts_on, ends_on=None)

    found = accreditation_of(offering, on=TODAY)

    assert names(found.throughout) == ([ending] if lasts else [])


def test_another_body_that_takes_over_does_not_make_the_first_last(offering, ending):
    OfferingAccreditationFactory(
        offering=offering, body__name="ILM", starts_on=ending.ends_on + A_DAY
    )

    assert accreditation_of(offering, on=TODAY).throughout == ()


@pytest.mark.parametrize("rows", [1, 3])
def test_many_offerings_are_asked_about_in_one_statement(django_assert_num_queries, rows):
    for _ in range(rows):
        OfferingAccreditationFactory()
    known = list(Offering.objects.order_by("pk"))

    with django_assert_num_queries(1):
        found = accreditations_of(known, on=TODAY)

    assert [len(found[row.pk].throughout) for row in known] == [1] * rows


@pytest.mark.parametrize(
    ("fields", "promise"),
    [
        ({"programme": None}, "accreditation_of_one_thing"),
        ({"credits": 10}, "accreditation_credits_have_a_scheme"),
    ],
)
def test_the_database_refuses_an_accreditation_that_says_too_little(fields, promise):
    with pytest.raises(IntegrityError, match=promise):
        AccreditationFactory(**fields)


@pytest.mark.parametrize(
    ("factory", "promise"),
    [
        (OfferingAccreditationFactory, "accreditation_of_offering_once"),
        (ProviderAccreditationFactory, "accreditation_of_provider_once"),
    ],
)
def test_a_body_accredits_a_thing_once_at_a_time(factory, promise):
    first = factory()

    with pytest.raises(IntegrityError, match=promise):
        factory(offering=first.offering, provider=first.provider)


def test_a_renewal_takes_no_step_that_the_workflow_does_not_have():
    renewal = RenewalFactory()

    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        AccreditationRenewal.objects.filter(pk=renewal.pk).update(state="REFUSED", settled_at=NOW)


def test_a_lead_of_the_provider_enters_what_a_body_accredits(offering, lead, provider):
    row = accredit(of=offering, body=BodyFactory(), terms=NEXT_YEAR, by=lead, now=NOW)

    event = Event.objects.get(verb="accredit")
    assert (row.offering, row.level, row.ends_on) == (offering, "Level 5", date(2029, 2, 28))
    assert (event.organisation_id, event.about_id) == (provider.pk, row.pk)


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "AUDITOR"])
def test_nobody_else_does(offering, provider, role):
    other = lead_at(provider, role)

    with pytest.raises(Forbidden) as refused:
        accredit(of=offering, body=BodyFactory(), terms=NEXT_YEAR, by=other, now=NOW)

    assert refused.value.code == "may_not_keep_accreditation"
    assert not Accreditation.objects.exists()


def test_a_lead_of_the_host_does_not_keep_what_somebody_else_teaches(offering):
    other = lead_at(offering.host)

    with pytest.raises(Forbidden):
        accredit(of=offering, body=BodyFactory(), terms=NEXT_YEAR, by=other, now=NOW)


def test_a_national_programme_is_accredited_by_nobody_here(offering, lead):
    with pytest.raises(Forbidden):
        accredit(of=offering.programme, body=BodyFactory(), terms=NEXT_YEAR, by=lead, now=NOW)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (AccreditationTerms(days=Days(TODAY, TODAY - A_DAY)), "days_out_of_order"),
        (AccreditationTerms(days=Days(TODAY), credits=10), "credits_without_scheme"),
        (AccreditationTerms(days=Days(TODAY)), "accredited_already"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(offering, ending, lead, terms, code):
    with pytest.raises(Conflict) as refused:
        accredit(of=offering, body=ending.body, terms=terms, by=lead, now=NOW)

    assert refused.value.code == code
    assert list(Accreditation.objects.all()) == [ending]


def test_a_renewal_is_prepared_sent_and_granted_as_the_next_accreditation(offering, ending, lead):
    renewal = start_renewal(accreditation=ending, due_on=date(2027, 1, 15), by=lead, now=NOW)
    take_renewal_step(renewal=renewal, step="submit", by=lead, now=NOW, note="By courier")

    done = take_renewal_step(renewal=renewal, step="grant", by=lead, now=NOW, terms=NEXT_YEAR)

    assert (done.state, done.settled_at) == ("GRANTED", NOW)
    assert done.successor.starts_on == date(2027, 3, 1)
    assert names(accreditation_of(offering, on=TODAY).throughout) == [ending]
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["start_renewal", "submit_renewal", "grant_renewal"]
    assert EventText.objects.get().text == "By courier"


def test_a_renewal_that_is_let_go_can_be_begun_again(ending, lead):
    first = start_renewal(accreditation=ending, due_on=TODAY, by=lead, now=NOW)
    take_renewal_step(renewal=first, step="let_go", by=lead, now=NOW)

    start_renewal(accreditation=ending, due_on=TODAY, by=lead, now=NOW)

    states = list(ending.renewals.order_by("pk").values_list("state", flat=True))
    assert states == ["LET_GO", "PREPARING"]


def test_somebody_else_takes_a_renewal_over(ending, lead, provider):
    renewal = start_renewal(accreditation=ending, due_on=TODAY, by=lead, now=NOW)
    other = lead_at(provider, "LEARNING_LEAD")

    assert take_over_renewal(renewal=renewal, by=other, now=NOW).worked_on_by == other


def test_two_do_not_renew_the_same(ending, lead):
    start_renewal(accreditation=ending, due_on=TODAY, by=lead, now=NOW)

    with pytest.raises(Conflict) as refused:
        start_renewal(accreditation=ending, due_on=TODAY, by=lead, now=NOW)

    assert refused.value.code == "renewal_open"


@pytest.mark.parametrize(
    ("fields", "due_on", "code"),
    [
        ({"ends_on": None}, TODAY, "never_ends"),
        ({"reference": "R1"}, TODAY - A_DAY, "due_in_the_past"),
    ],
)
def test_a_renewal_that_makes_no_sense_is_not_begun(ending, lead, fields, due_on, code):
    Accreditation.objects.filter(pk=ending.pk).update(**fields)

    with pytest.raises(Conflict) as refused:
        start_renewal(accreditation=ending, due_on=due_on, by=lead, now=NOW)

    assert refused.value.code == code
    assert not AccreditationRenewal.objects.exists()


@pytest.mark.parametrize(
    ("state", "terms", "code"),
    [
        ("PREPARING", NEXT_YEAR, "stale_state"),
        ("SUBMITTED", None, "terms_missing"),
        ("SUBMITTED", AccreditationTerms(days=Days(date(2027, 2, 28))), "starts_before_it_ends"),
    ],
)
def test_a_step_out_of_turn_leaves_everything_as_it_was(ending, lead, state, terms, code):
    renewal = RenewalFactory(accreditation=ending, state=state)

    with pytest.raises(Conflict) as refused:
        take_renewal_step(renewal=renewal, step="grant", by=lead, now=NOW, terms=terms)

    renewal.refresh_from_db()
    assert (refused.value.code, renewal.state) == (code, state)
    assert list(Accreditation.objects.all()) == [ending]


def test_the_work_list_has_what_ends_soon_and_nobody_has_renewed(offering, ending, lead):
    lapsed = OfferingAccreditationFactory(
        offering=offering, body__name="ILM", ends_on=TODAY - A_DAY
    )
    far = OfferingAccreditationFactory(
        offering=offering, body__name="Academy", ends_on=date(2028, 6, 1)
    )
    OfferingAccreditationFactory(ends_on=ending.ends_on)
    renewal = RenewalFactory(accreditation=ending)

    found = list(accreditations_to_renew(lead, on=TODAY, months=6))

    assert found == [lapsed, ending]
    assert [row.open_renewals for row in found] == [[], [renewal]]
    assert far in accreditations_to_renew(lead, on=TODAY, months=24)
    OfferingAccreditationFactory(offering=offering, starts_on=ending.ends_on + A_DAY)
    assert list(accreditations_to_renew(lead, on=TODAY, months=6)) == [lapsed]


def test_leads_are_reminded_while_nobody_works_on_it(offering, ending, lead):
    OfferingAccreditationFactory(ends_on=date(2028, 1, 1))

    [due] = accreditation_ending(TODAY)
    RenewalFactory(accreditation=ending)

    assert (due.recipient_id, due.due_on) == (lead.pk, ending.ends_on)
    assert offering.programme.title in due.facts["what"]
    assert list(accreditation_ending(TODAY)) == []


def test_whoever_works_on_a_renewal_is_told_that_it_is_overdue(ending, lead):
    RenewalFactory(accreditation=ending, worked_on_by=lead, due_on=TODAY - A_DAY)
    RenewalFactory(due_on=TODAY)
    RenewalFactory(state="SUBMITTED", due_on=TODAY - A_DAY)

    assert [due.recipient_id for due in renewal_overdue(TODAY)] == [lead.pk]


def test_leads_of_the_provider_see_what_it_teaches_and_who_is_on_it(offering, lead, provider):
    EnrolmentFactory(session=SessionFactory(offering=offering))
    EnrolmentFactory()

    for actor, seen in ((lead, 1), (employ(organisation=provider), 0)):
        with opened(actor, on=TODAY):
            assert Offering.objects.visible_to(actor, on=TODAY).count() == seen
            assert Enrolment.objects.visible_to(actor, on=TODAY).count() == seen


def test_the_wall_shows_renewals_to_the_organisation_that_works_on_them(ending, lead):
    RenewalFactory(accreditation=ending)

    for actor, seen in ((lead, 1), (lead_at(OrganisationFactory()), 0)):
        with opened(actor, on=TODAY):
            assert AccreditationRenewal.objects.count() == seen
