"""The pages of asking for confirmation and answering it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Event, ReportingLine
from common.dates import long_date
from pathways.models import Attainment, VerificationRequest
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import competencies_of, role_asking, show
from tests.factories.showing import (
    AssessorAppointmentFactory,
    EvidenceFactory,
    VerificationEvidenceFactory,
    asking,
    asking_assessor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def manager(trust):
    return employ(organisation=trust)


@pytest.fixture
def person(trust, manager):
    named = PersonFactory(given_name="Amara", family_name="Okafor")
    return employ(person=named, organisation=trust, manager=manager)


@pytest.fixture
def skills():
    return competencies_of(role_asking(3, 3))


def text_of(response):
    return " ".join(response.content.decode().split())


def at(name, *args):
    return reverse(f"pathways:{name}", args=args)


def open_page(client, reader, name, *args):
    client.force_login(reader)
    return client.get(at(name, *args))


# --- Asking


def test_asking_on_a_page_shows_levels_people_and_evidence(client, person, manager, trust, skills):
    show(person, {skills[0]: 2})
    show(PersonFactory(), {skills[1]: 2})
    held = AssessorAppointmentFactory(
        assessor=PersonFactory(), subject=person, organisation=trust, appointed_by=manager
    )
    EvidenceFactory(person=person, title="Rota of May")
    EvidenceFactory(person=manager, title="Not yours")

    page = text_of(open_page(client, person, "verification_ask"))

    assert page.count('name="levels"') == 1
    assert f"Occasionally, as you said on {long_date(TODAY)}." in page
    assert f"My line manager, {manager.full_name}" in page
    assert held.assessor.full_name in page
    assert "Rota of May" in page
    assert "Not yours" not in page


def test_asking_sends_the_request_and_says_so(client, person, skills):
    show(person, {skills[0]: 2})
    client.force_login(person)
    level = Attainment.objects.get()
    sent = {"levels": [level.pk], "to": "manager", "message": "Since May."}

    response = client.post(at("verification_ask"), sent, follow=True)

    assert "Your request is on its way." in text_of(response)
    assert VerificationRequest.objects.get().message == "Since May."


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"levels": []}, "Select at least one level to be confirmed"),
        ({"levels": ["9223372036854775807"]}, "Select answers from the list"),
        ({"to": ""}, "Select who you ask"),
        ({"to": "4711"}, "Select an answer from the list"),
        ({"message": "word " * 201}, "200 words or fewer"),
    ],
)
def test_a_wrong_request_says_what_to_do_and_keeps_what_was_typed(
    client, person, skills, wrong, sentence
):
    show(person, {skills[0]: 2})
    client.force_login(person)
    level = Attainment.objects.get()
    sent = {"levels": [level.pk], "to": "manager", "message": "Since May.", **wrong}

    response = client.post(at("verification_ask"), sent)

    assert response.status_code == 422
    page = text_of(response)
    assert sentence in page
    assert sent["message"].strip() in page
    assert not VerificationRequest.objects.exists()


def test_with_nothing_to_confirm_or_nobody_to_ask_the_page_says_what_to_do(client, trust, skills):
    alone = employ(organisation=trust)

    assert "There is nothing to confirm." in text_of(open_page(client, alone, "verification_ask"))
    show(alone, {skills[0]: 2})
    page = text_of(open_page(client, alone, "verification_ask"))

    assert "There is nobody you could ask." in page
    assert "HR team" in page


# --- Reading


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_what_one_asked_costs_the_same_at_any_length(
    client, person, trust, skills, django_assert_num_queries, rows
):
    for _row in range(rows):
        asking(person, skills[0], organisation=trust)
        asking(person, skills[0], organisation=trust, state="WITHDRAWN", decided_at=NOW)
    asking(PersonFactory(), skills[0])
    client.force_login(person)

    with django_assert_num_queries(MINE):
        response = client.get(at("verification_list"))

    assert text_of(response).count("data-request") == rows * 2


def test_who_sees_a_request_and_who_does_not(client, person, manager, trust, skills):
    assessor, second = employ(), employ()
    request = asking_assessor(person, assessor, skills[0], organisation=trust)

    for reader in (person, manager, assessor):
        assert open_page(client, reader, "verification_show", request.pk).status_code == 200
    for reader in (second, employ(organisation=trust)):
        for name in ("verification_show", "verification_answer"):
            assert open_page(client, reader, name, request.pk).status_code == 404
    assert open_page(client, person, "verification_answer", request.pk).status_code == 404
    assert open_page(client, manager, "verification_answer", request.pk).status_code == 403


def test_a_line_manager_who_reads_what_an_assessor_was_asked_leaves_a_trace(
    client, person, manager, trust, skills
):
    assessor = employ()
    request = asking_assessor(person, assessor, skills[0], organisation=trust)

    for reader in (person, assessor, manager, manager):
        open_page(client, reader, "verification_show", request.pk)

    readers = Event.objects.filter(verb="read_verification").values_list("by_person", flat=True)
    assert list(readers) == [manager.pk]


def test_a_request_that_nobody_can_answer_says_so(client, person, trust, skills):
    ended = TODAY - timedelta(days=1)
    assessor = employ()
    days = {"starts_on": ended, "ends_on": ended}
    asking_assessor(person, assessor, skills[0], organisation=trust, **days)
    to_manager = asking(person, skills[1], organisation=trust)
    ReportingLine.objects.filter(person=person).update(ends_on=ended)

    page = text_of(open_page(client, person, "verification_list"))
    told = text_of(open_page(client, person, "verification_show", to_manager.pk))
    home = text_of(client.get(reverse("notifications:home")))

    assert page.count("Nobody can answer") == 2
    assert "You have no line manager on record." in told
    assert home.count("Nobody can answer your request to confirm levels") == 2


# --- Answering


def test_the_answer_page_shows_what_was_put_before_an_assessor_and_nothing_else(
    client, person, trust, skills
):
    assessor = employ()
    request = asking_assessor(person, assessor, skills[0], organisation=trust)
    piece = EvidenceFactory(person=person, title="Rota of May")
    EvidenceFactory(person=person, title="Private diary")
    VerificationEvidenceFactory(item=request.items.get(), evidence=piece)
    show(person, {skills[0]: 4, skills[1]: 4})

    page = text_of(open_page(client, assessor, "verification_answer", request.pk))

    assert "Occasionally" in page
    assert "Rota of May" in page
    assert "They have assessed themselves in this again since they asked." in page
    assert "Almost always" not in page
    assert skills[1].title not in page
    assert "Private diary" not in page
    for name in ("gap_show", "sign_off_list"):
        assert client.get(at(name, person.pk)).status_code == 404


def test_each_level_is_answered_and_a_reason_is_asked_for(client, person, manager, skills):
    request = asking(person, *skills)
    first, second = request.items.order_by("pk")
    client.force_login(manager)
    sent = {f"outcome_{first.pk}": "confirm", f"outcome_{second.pk}": "send_back"}

    refused = client.post(at("verification_answer", request.pk), sent)
    assert refused.status_code == 422
    assert f"Enter a reason for sending back {skills[1].title}" in text_of(refused)
    done = client.post(
        at("verification_answer", request.pk),
        {**sent, f"reason_{second.pk}": "Show me a plan."},
        follow=True,
    )

    assert "You answered Amara Okafor" in text_of(done)
    shown = text_of(open_page(client, person, "verification_show", request.pk))
    assert "Sent back: Show me a plan." in shown
    assert shown.count("Confirmed") == 1


def test_one_button_confirms_all_and_a_second_click_changes_nothing(
    client, person, manager, skills
):
    request = asking(person, *skills)
    client.force_login(manager)
    sent = {"confirm_all": "yes", "statement": "Seen at work."}

    client.post(at("verification_answer", request.pk), sent)
    again = client.post(at("verification_answer", request.pk), sent)

    assert again.status_code == 409
    assert Attainment.objects.filter(source="MANAGER").count() == 2
    assert VerificationRequest.objects.get().statement == "Seen at work."
    shown = client.get(at("verification_answer", request.pk))
    assert shown["Location"] == at("verification_show", request.pk)


def test_a_former_line_manager_finds_neither_the_request_nor_its_answer(
    client, person, manager, trust, skills
):
    request = asking(person, skills[0], organisation=trust)
    client.force_login(manager)
    assert client.get(at("verification_answer", request.pk)).status_code == 200
    ReportingLine.objects.filter(person=person).update(ends_on=TODAY - timedelta(days=1))

    for name in ("verification_show", "verification_answer"):
        assert client.get(at(name, request.pk)).status_code == 404
    refused = client.post(at("verification_answer", request.pk), {"confirm_all": "yes"})

    assert refused.status_code == 404
    assert VerificationRequest.objects.get().state == "ASKED"


@pytest.mark.parametrize("rows", [1, 3])
def test_what_waits_is_listed_at_constant_cost_without_that_of_others(
    client, manager, trust, skills, django_assert_num_queries, rows
):
    for _row in range(rows):
        asking(employ(organisation=trust, manager=manager), skills[0], organisation=trust)
    asking(employ(organisation=trust), skills[0], organisation=trust)
    asking_assessor(
        employ(organisation=trust, manager=manager), PersonFactory(), organisation=trust
    )
    client.force_login(manager)

    with django_assert_num_queries(WAITING):
        response = client.get(at("verification_waiting"))

    assert text_of(response).count("data-request") == rows


def test_selected_requests_are_confirmed_and_the_others_wait(client, trust, skills):
    assessor = employ()
    people = [employ(organisation=trust) for _ in range(3)]
    requests = [
        asking_assessor(one, assessor, skills[0], organisation=trust, rank=3) for one in people
    ]
    client.force_login(assessor)
    sent = {"requests": [requests[0].pk, requests[2].pk]}

    response = client.post(at("verification_waiting"), sent, follow=True)

    names = f"{people[0].full_name}, {people[2].full_name}"
    assert f"You confirmed every level of 2 requests: {names}." in text_of(response)
    confirmed = Attainment.objects.filter(source="ASSESSOR", rank=3)
    assert {row.person for row in confirmed} == {people[0], people[2]}
    assert VerificationRequest.objects.get(pk=requests[1].pk).state == "ASKED"


def test_nothing_selected_or_somebody_elses_request_is_refused(client, manager, skills):
    theirs = asking(employ(manager=employ()), skills[0])
    client.force_login(manager)

    for sent, sentence in (
        ({}, "Select the requests whose levels you confirm"),
        ({"requests": [theirs.pk]}, "Select answers from the list"),
    ):
        response = client.post(at("verification_waiting"), sent)
        assert response.status_code == 422
        assert sentence in text_of(response)
    assert VerificationRequest.objects.get().state == "ASKED"


# --- What was signed off


def decided(person, skill, manager, *, on):
    moment = NOW - (TODAY - on)
    asked_at = moment - timedelta(days=2)
    request = asking(person, skill, asked_at=asked_at)
    item = request.items.get()
    item.outcome, item.reason = "SENT_BACK", "Show me a plan."
    item.save()
    request.state, request.decided_at, request.decided_by = "DECIDED", moment, manager
    request.save()
    return request


def test_sign_offs_are_read_as_of_a_day(client, person, manager, skills):
    day = TODAY - timedelta(days=30)
    decided(person, skills[0], manager, on=day)
    client.force_login(manager)

    def read(on):
        parts = {"day_day": on.day, "day_month": on.month, "day_year": on.year}
        return text_of(client.get(at("sign_off_list", person.pk), parts))

    assert "Sent back: Show me a plan." in read(day)
    before = read(day - timedelta(days=1))
    assert "Waiting for an answer" in before
    assert "Show me a plan." not in before
    assert "data-sign-off" not in read(day - timedelta(days=3))
    assert "Show me a plan." in text_of(client.get(at("sign_off_list", person.pk)))
    assert "Show me a plan." in text_of(client.get(at("verification_answered")))


@pytest.mark.parametrize("rows", [1, 3])
def test_sign_offs_cost_the_same_at_any_length(
    client, person, manager, skills, django_assert_num_queries, rows
):
    for _row in range(rows):
        decided(person, skills[0], manager, on=TODAY)
    client.force_login(person)

    with django_assert_num_queries(SIGN_OFFS):
        response = client.get(at("sign_off_list", person.pk))

    assert text_of(response).count("data-sign-off") == rows


def test_sign_offs_are_the_persons_and_their_line_managers(client, person, manager, trust):
    for reader in (person, manager):
        assert open_page(client, reader, "sign_off_list", person.pk).status_code == 200
    for reader in (employ(organisation=trust), employ()):
        assert open_page(client, reader, "sign_off_list", person.pk).status_code == 404


def test_a_day_that_is_none_or_to_come_is_refused_in_words(client, person):
    client.force_login(person)

    response = client.get(
        at("sign_off_list", person.pk), {"day_day": "31", "day_month": "2", "day_year": "2026"}
    )

    assert response.status_code == 422
    assert "As of must be a real date" in text_of(response)


# Statements of each page at any number of rows.
MINE, WAITING, SIGN_OFFS = 18, 10, 13
