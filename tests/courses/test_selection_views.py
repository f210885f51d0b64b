"""Pages of applying and choosing: what they show, count, keep and refuse."""

import pytest
from django.urls import reverse

from accounts.models import Event
from courses.models import Application, Enrolment, Intake
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import TODAY
from tests.factories.courses import SessionFactory, colleague_of, host_of
from tests.factories.selection import (
    CLOSES,
    DECIDING,
    IntakeFactory,
    drafted,
    lead_of,
    offered,
    reserve,
    sent,
    shortlisted,
)
from tests.security.sample import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# See test_running_views.py.
SIGN_IN = 7


@pytest.fixture
def intake():
    return IntakeFactory()


@pytest.fixture
def reader(client, intake):
    person = colleague_of(intake.session)
    client.force_login(person)
    return person


def address(name, *args):
    return reverse(f"courses:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("rows", [1, 3])
def test_ones_applications_take_the_same_queries_for_any_number(
    client, reader, intake, django_assert_num_queries, rows
):
    others = [IntakeFactory(session__offering__host=host_of(intake.session)) for _ in range(rows)]
    for other in others:
        sent(other, reader)
    sent(IntakeFactory(), None)
    sent(intake)

    with django_assert_num_queries(SIGN_IN + 4):  # standing, count, rows, what can be applied for
        response = client.get(address("application_list"))

    assert len(response.context["page"].object_list) == rows
    assert len(response.context["intakes"]) == rows + 1


@pytest.mark.parametrize("rows", [1, 3])
def test_who_has_applied_takes_the_same_queries_for_any_number(
    client, intake, django_assert_num_queries, rows
):
    client.force_login(lead_of(intake))
    for _ in range(rows):
        sent(intake)
    drafted(intake)
    sent(IntakeFactory())

    # Standing, intake, roles, own application, gates, count, rows.
    with django_assert_num_queries(SIGN_IN + 6):
        response = client.get(address("intake_show", intake.pk))

    assert response.context["funnel"].sent == rows
    assert text_of(response).count("/decide/") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_intakes_one_runs_take_the_same_queries_for_any_number(
    client, intake, django_assert_num_queries, rows
):
    client.force_login(lead_of(intake))
    for _ in range(rows - 1):
        IntakeFactory(session__offering__host=host_of(intake.session))
    IntakeFactory()

    with django_assert_num_queries(SIGN_IN + 4):  # standing, count, rows, sessions without
        response = client.get(address("intake_list"))

    assert len(response.context["page"].object_list) == rows


def test_an_application_is_saved_returned_to_and_sent(client, reader, intake):
    page = address("intake_apply", intake.pk)
    field = f"answer_{intake.questions.get().pk}"
    client.post(page, {field: "A first thought", "act": "save"})
    assert "A first thought" in text_of(client.get(page))
    assert Application.objects.get().state == "DRAFT"

    response = client.post(page, {field: "To lead a trust.", "act": "send"}, follow=True)

    assert "Your application is sent." in text_of(response)
    assert Application.objects.get().state == "SUBMITTED"
    assert client.get(page)["Location"] == address("application_show", Application.objects.get().pk)


def test_what_is_sent_without_an_answer_comes_back_and_nothing_is_kept(client, reader, intake):
    response = client.post(address("intake_apply", intake.pk), {"act": "send"})

    assert response.status_code == 422
    assert "Answer the question" in text_of(response)
    assert not Application.objects.exists()


def test_what_is_sent_after_closing_is_refused_with_what_was_typed_still_there(
    client, intake, clock
):
    clock.move_to(CLOSES)
    client.force_login(colleague_of(intake.session))
    field = f"answer_{intake.questions.get().pk}"

    response = client.post(
        address("intake_apply", intake.pk), {field: "To lead a trust.", "act": "send"}
    )

    assert response.status_code == 422
    assert "Applications closed on 30 November 2026 at 10am" in text_of(response)
    assert "To lead a trust." in text_of(response)
    assert not Application.objects.exists()


def test_an_offer_is_accepted_on_the_page_and_reasons_are_read(client, intake, clock):
    application = offered(intake, by=lead_of(intake))
    clock.move_to(DECIDING)
    client.force_login(application.person)
    page = address("application_show", application.pk)
    assert text_of(client.get(page)).count("Shown in the answers.") == 2

    response = client.post(page, {"answer": "ACCEPT"}, follow=True)

    assert "You have accepted the place." in text_of(response)
    assert Enrolment.objects.get().basis == "SELECTION"


def test_declining_on_the_page_offers_the_place_to_the_reserve_list(client, clock):
    intake = IntakeFactory(places=1)
    lead = lead_of(intake)
    application, waiting = offered(intake, by=lead), reserve(intake, by=lead)
    clock.move_to(DECIDING)
    client.force_login(application.person)

    client.post(address("application_show", application.pk), {"answer": "DECLINE"})

    waiting.refresh_from_db()
    assert waiting.state == "OFFERED"


def test_somebody_elses_application_is_not_found(client, reader, intake):
    other = sent(intake)

    for name in ("application_show", "application_decide"):
        assert client.get(address(name, other.pk)).status_code == 404


def test_a_lead_reads_decides_and_the_reading_is_written_down(client, intake, clock):
    application, lead = sent(intake), lead_of(intake)
    clock.move_to(DECIDING)
    client.force_login(lead)
    page = address("application_decide", application.pk)
    assert "To lead." in text_of(client.get(page))

    response = client.post(page, {"step": "shortlist", "reasons": "A strong answer."})

    application.refresh_from_db()
    assert (response.status_code, application.state) == (302, "SHORTLISTED")
    assert Event.objects.filter(verb="read_application", by_person=lead).count() == 1


def test_deciding_too_early_is_refused_with_the_reasons_still_there(client, intake):
    application = sent(intake)
    client.force_login(lead_of(intake))

    response = client.post(
        address("application_decide", application.pk),
        {"step": "shortlist", "reasons": "A strong answer."},
    )

    application.refresh_from_db()
    assert (response.status_code, application.state) == (422, "SUBMITTED")
    assert "A strong answer." in text_of(response)


def test_whoever_runs_the_session_and_applies_does_not_decide_about_themselves(client, intake):
    lead = grant(colleague_of(intake.session), "LEARNING_LEAD", host_of(intake.session))
    own = sent(intake, lead)
    client.force_login(lead)

    assert client.get(address("application_decide", own.pk)).status_code == 403


def test_an_intake_is_planned_on_the_page_to_the_minute(client):
    session = SessionFactory(offering__admission="SELECTION")
    client.force_login(grant(PersonFactory(), "LEARNING_LEAD", host_of(session)))
    typed = {
        "guidance": "For people who lead a service.",
        "places": "3",
        "closes_time": "10am",
        "offer_days": "7",
        "question_1": "Why do you apply?",
        "question_3": "What have you led?",
        "most_words": "200",
        **day_of("opens_on", TODAY),
        **day_of("closes_on", CLOSES.date()),
        **day_of("decided_on", CLOSES.date()),
    }

    early = client.post(address("intake_plan", session.pk), {**typed, "places": "11"})
    client.post(address("intake_plan", session.pk), typed)

    intake = Intake.objects.get()
    assert (early.status_code, intake.closes_at, intake.places) == (422, CLOSES, 3)
    asked = list(intake.questions.order_by("position").values_list("words", flat=True))
    assert asked == ["Why do you apply?", "What have you led?"]


def test_a_session_by_application_leads_to_applying_and_offers_no_form(client, reader, intake):
    response = client.get(address("session_show", intake.session_id))

    assert address("intake_apply", intake.pk) in text_of(response)
    assert "Ask for a place" not in text_of(response)


def test_only_who_runs_it_sees_who_has_applied(client, reader, intake):
    shortlisted(intake, by=lead_of(intake))

    assert client.get(address("intake_show", intake.pk)).status_code == 403
    assert client.get(address("intake_plan", intake.session_id)).status_code == 403
    elsewhere = lead_of(IntakeFactory())
    client.force_login(elsewhere)
    assert client.get(address("intake_show", intake.pk)).status_code == 404
