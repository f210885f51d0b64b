"""Appointing assessors and ending it: the services and their pages."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Event
from accounts.models.dated import Days
from accounts.second_factor import needs_second_factor
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from pathways.models import AssessorAppointment, VerificationRequest
from pathways.selectors.assessors import assessors_of
from pathways.services.assessors import Scope, appoint_assessor, end_assessor
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.showing import AssessorAppointmentFactory, asking_assessor

pytestmark = pytest.mark.django_db

YEAR = Days(TODAY, TODAY + timedelta(days=365))
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def manager(trust):
    return employ(organisation=trust)


@pytest.fixture
def person(trust, manager):
    return employ(organisation=trust, manager=manager)


@pytest.fixture
def lead(trust):
    return grant(employ(organisation=trust), "LEARNING_LEAD", trust)


@pytest.fixture
def assessor():
    """Somebody who works elsewhere."""
    return employ(person=PersonFactory(given_name="Niamh", family_name="Gallagher"))


def appoint(assessor, by, *, days=YEAR, **scope):
    return appoint_assessor(assessor=assessor, scope=Scope(**scope), days=days, by=by, now=NOW)


def test_a_line_manager_appoints_somebody_of_elsewhere_and_both_are_told(
    trust, manager, person, assessor
):
    held = appoint(assessor, manager, organisation=trust, subject=person)

    assert (held.appointed_by, held.ends_on) == (manager, YEAR.ends_on)
    assert list(assessors_of(person=person, on=TODAY)) == [held]
    told = Notice.objects.filter(rule="pathways.assessor_appointed")
    assert {notice.recipient for notice in told} == {assessor, person}
    event = Event.objects.get(verb="appoint_assessor")
    assert (event.subject, event.organisation) == (person, trust)


def test_a_learning_lead_appoints_for_everybody_there_and_for_nobody_elsewhere(
    trust, lead, person, assessor
):
    held = appoint(assessor, lead, organisation=trust)

    assert list(assessors_of(person=person, on=TODAY)) == [held]
    assert not assessors_of(person=employ(), on=TODAY).exists()
    assert not assessors_of(person=assessor, on=TODAY).exists()
    with pytest.raises(Forbidden):
        appoint(assessor, lead, organisation=OrganisationFactory())


def test_who_assesses_sees_others_and_so_needs_a_second_step(trust, lead, assessor):
    assert not needs_second_factor(assessor, on=TODAY)

    appoint(assessor, lead, organisation=trust)

    assert needs_second_factor(assessor, on=TODAY)
    assert not needs_second_factor(assessor, on=YEAR.ends_on + timedelta(days=1))


def test_nobody_appoints_themselves_nor_a_person_as_their_own_assessor(trust, lead, person):
    with pytest.raises(Forbidden):
        appoint(lead, lead, organisation=trust)
    with pytest.raises(Conflict) as refused:
        appoint(person, lead, organisation=trust, subject=person)
    assert refused.value.code == "to_oneself"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (-1, 30, "days_not_in_order"),
        (5, 4, "days_not_in_order"),
        (0, None, "days_not_in_order"),
        (0, 732, "too_long"),
    ],
)
def test_days_are_in_order_and_two_years_at_the_most(trust, lead, assessor, first, last, code):
    ends_on = None if last is None else TODAY + timedelta(days=last)

    with pytest.raises(Conflict) as refused:
        appoint(assessor, lead, organisation=trust, days=Days(TODAY + timedelta(first), ends_on))

    assert refused.value.code == code
    assert not AssessorAppointment.objects.exists()


def test_two_years_to_the_day_are_possible_and_the_same_twice_is_not(trust, lead, assessor):
    whole = Days(TODAY, TODAY.replace(year=TODAY.year + 2))
    appoint(assessor, lead, organisation=trust, days=whole)

    with pytest.raises(Conflict) as refused:
        appoint(assessor, lead, organisation=trust, days=Days(whole.ends_on, whole.ends_on))

    assert refused.value.code == "already_assesses"


def test_somebody_who_works_elsewhere_is_not_appointed_for(manager, person, assessor):
    with pytest.raises(Conflict) as refused:
        appoint(assessor, manager, organisation=OrganisationFactory(), subject=person)

    assert refused.value.code == "not_employed_there"


@pytest.mark.parametrize("begun", ["today", "last week"])
def test_ending_closes_what_was_put_before_the_assessor_at_once_and_tells_who_waits(
    trust, manager, person, assessor, begun
):
    starts_on = TODAY if begun == "today" else TODAY - timedelta(days=7)
    request = asking_assessor(person, assessor, organisation=trust, starts_on=starts_on)
    assert VerificationRequest.objects.visible_to(assessor, on=TODAY).exists()

    end_assessor(appointment=request.appointment, by=manager, now=NOW)

    assert not VerificationRequest.objects.visible_to(assessor, on=TODAY).exists()
    stuck = Notice.objects.get(rule="pathways.verification_stuck")
    assert stuck.recipient == person
    ended = Notice.objects.filter(rule="pathways.assessor_ended")
    assert {notice.recipient for notice in ended} == {assessor, person}
    with pytest.raises(Conflict) as refused:
        end_assessor(appointment=request.appointment, by=manager, now=NOW)
    assert refused.value.code == "is_over"


def test_an_assessor_may_stop_and_a_bystander_may_not_end_it(trust, person, assessor):
    held = AssessorAppointmentFactory(
        assessor=assessor, organisation=trust, subject=person, appointed_by=person
    )

    with pytest.raises(Forbidden):
        end_assessor(appointment=held, by=employ(organisation=trust), now=NOW)
    end_assessor(appointment=held, by=assessor, now=NOW)

    assert not AssessorAppointment.objects.on(TODAY).exists()


# --- Pages


def text_of(response):
    return " ".join(response.content.decode().split())


def day(name, value):
    parts = {"day": value.day, "month": value.month, "year": value.year}
    return {f"{name}_{part}": str(number) for part, number in parts.items()}


def sent(**fields):
    return {**day("starts_on", TODAY), **day("ends_on", YEAR.ends_on), **fields}


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_ones_own_and_nobody_elses(
    client, trust, lead, person, django_assert_num_queries, rows
):
    for _row in range(rows):
        AssessorAppointmentFactory(
            assessor=PersonFactory(), organisation=trust, subject=person, appointed_by=lead
        )
    AssessorAppointmentFactory(assessor=PersonFactory(), appointed_by=lead)
    client.force_login(person)

    with django_assert_num_queries(13):
        response = client.get(reverse("pathways:assessor_list"))

    assert text_of(response).count("data-appointment") == rows


def test_a_line_manager_appoints_on_a_page(client, trust, manager, person, assessor):
    client.force_login(manager)
    url = reverse("pathways:assessor_appoint")

    response = client.post(
        url,
        sent(assessor=assessor.email, organisation=trust.pk, report=person.pk),
        follow=True,
    )

    assert "Niamh Gallagher is an assessor now, and has been told." in text_of(response)
    held = AssessorAppointment.objects.get()
    assert (held.assessor, held.subject, held.organisation) == (assessor, person, trust)


def test_a_learning_lead_appoints_for_everybody_or_for_one_by_address(
    client, trust, lead, person, assessor
):
    client.force_login(lead)
    url = reverse("pathways:assessor_appoint")

    client.post(url, sent(assessor=assessor.email, organisation=trust.pk, subject=""))
    client.post(url, sent(assessor=assessor.email, organisation=trust.pk, subject=person.email))

    found = AssessorAppointment.objects.order_by("pk").values_list("subject", flat=True)
    assert list(found) == [None, person.pk]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"assessor": "nobody@example.org"}, "somebody who signs in to Waymark"),
        ({"assessor": ""}, "Enter the email address of the assessor"),
        ({"subject": "elsewhere"}, "Enter the email address of somebody who works there"),
        ({"organisation": "2147483648"}, "Select an answer from the list"),
        (day("ends_on", TODAY + timedelta(days=732)), "at most 2 years after the first day"),
        (day("ends_on", TODAY - timedelta(days=1)), "Last day must be"),
    ],
)
def test_a_wrong_appointment_says_what_to_do_and_keeps_what_was_typed(
    client, trust, lead, assessor, wrong, sentence
):
    client.force_login(lead)
    if wrong.get("subject"):
        wrong = {"subject": employ().email}
    body = {**sent(assessor=assessor.email, organisation=trust.pk, subject=""), **wrong}

    response = client.post(reverse("pathways:assessor_appoint"), body)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert (body["assessor"] or "email") in text_of(response)
    assert not AssessorAppointment.objects.exists()


def test_who_leads_nobody_cannot_appoint(client, trust):
    client.force_login(employ(organisation=trust))

    assert client.get(reverse("pathways:assessor_appoint")).status_code == 403


def test_ending_on_a_page_and_for_whom_it_is_not_there(client, trust, manager, person, assessor):
    held = AssessorAppointmentFactory(
        assessor=assessor, organisation=trust, subject=person, appointed_by=manager
    )
    url = reverse("pathways:assessor_end", args=[held.pk])
    client.force_login(employ(organisation=trust))
    assert client.post(url).status_code == 404
    client.force_login(person)
    assert client.post(url).status_code == 403

    client.force_login(manager)
    response = client.post(url, follow=True)

    assert "Niamh Gallagher is no assessor here any more." in text_of(response)
    assert not AssessorAppointment.objects.exists()
