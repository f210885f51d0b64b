"""Applying, choosing, offering and accepting: what each step promises and refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Event, EventText
from common.errors import Conflict, Forbidden
from courses.models import Application, Enrolment, Intake
from courses.services.enrolment import enrol, withdraw
from courses.services.moves import move
from courses.services.selection_applying import (
    save_application,
    send_application,
    withdraw_application,
)
from courses.services.selection_choosing import Judgement, decide_application
from courses.services.selection_intakes import IntakePlan, plan_intake
from courses.services.selection_offers import (
    accept_selection,
    decline_selection,
    lapse_selections,
)
from courses.services.sessions import change_capacity
from notifications.models import Notice
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, colleague_of, host_of, seated
from tests.factories.selection import (
    CLOSES,
    DECIDING,
    IntakeFactory,
    decided,
    drafted,
    lead_of,
    offered,
    reserve,
    sent,
    shortlisted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    return IntakeFactory()


@pytest.fixture
def lead(intake):
    return lead_of(intake)


def state_of(application):
    application.refresh_from_db()
    return application.state


def told(person):
    return set(Notice.objects.filter(recipient=person).values_list("rule", flat=True))


def plan(**changes):
    values = {
        "opens_at": NOW,
        "closes_at": CLOSES,
        "decided_on": CLOSES.date() + timedelta(days=14),
        "places": 5,
        "offer_days": 7,
        "guidance": "For people who lead a service.",
        "questions": [("Why do you apply?", 200), ("What have you led?", 300)],
    }
    return IntakePlan(**values | changes)


def test_an_intake_is_planned_by_a_lead_and_planned_anew_while_nobody_has_applied():
    session = SessionFactory(offering__admission="SELECTION")
    lead = grant(PersonFactory(), "PROGRAMME_LEAD", host_of(session))
    plan_intake(session=session, plan=plan(), by=lead, now=NOW)

    questions = [("How would you lead a trust?", 500)]
    plan_intake(session=session, plan=plan(places=3, questions=questions), by=lead, now=NOW)

    intake = Intake.objects.get(session=session)
    asked = list(intake.questions.values_list("position", "words", "most_words"))
    assert (intake.places, asked) == (3, [(1, "How would you lead a trust?", 500)])


def test_an_intake_stays_as_it_is_once_somebody_has_started_to_apply(intake, lead):
    drafted(intake)

    with pytest.raises(Conflict) as refusal:
        plan_intake(session=intake.session, plan=plan(), by=lead, now=NOW)

    assert refusal.value.code == "already_applied_for"
    with pytest.raises(IntegrityError), transaction.atomic():
        Intake.objects.filter(pk=intake.pk).update(places=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        intake.questions.update(words="Something else")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closes_at": NOW}, "times_out_of_order"),
        ({"opens_at": CLOSES}, "times_out_of_order"),
        ({"decided_on": NOW.date()}, "times_out_of_order"),
        ({"places": 11}, "too_many_places"),
        ({"questions": []}, "no_questions"),
    ],
)
def test_a_plan_that_does_not_hold_is_refused(changes, code):
    session = SessionFactory(offering__admission="SELECTION")
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))

    with pytest.raises(Conflict) as refusal:
        plan_intake(session=session, plan=plan(**changes), by=lead, now=NOW)

    assert (refusal.value.code, Intake.objects.exists()) == (code, False)


def test_only_leads_of_the_course_plan_an_intake_and_only_where_people_apply():
    session = SessionFactory(offering__admission="SELECTION")
    elsewhere = grant(PersonFactory(), "LEARNING_LEAD", host_of(SessionFactory()))
    with pytest.raises(Forbidden):
        plan_intake(session=session, plan=plan(), by=elsewhere, now=NOW)

    ordinary = SessionFactory()
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(ordinary))
    with pytest.raises(Conflict) as refusal:
        plan_intake(session=ordinary, plan=plan(), by=lead, now=NOW)

    assert refusal.value.code == "not_by_application"


def test_a_draft_is_kept_returned_to_and_sent_and_the_line_manager_is_told(intake):
    manager = PersonFactory()
    person = employ(organisation=host_of(intake.session), manager=manager)
    drafted(intake, person, text="A first thought")

    again = drafted(intake, person, text="To lead a trust.")
    send_application(application=again, by=person, now=CLOSES - timedelta(seconds=1))

    application = Application.objects.get()
    assert application.state == "SUBMITTED"
    assert list(application.answers.values_list("text", flat=True)) == ["To lead a trust."]
    assert told(manager) == {"courses.application_told"}


def test_nothing_is_saved_or_sent_from_the_closing_moment_on(intake):
    application = drafted(intake)
    person = application.person

    for late in (
        lambda: send_application(application=application, by=person, now=CLOSES),
        lambda: save_application(intake=intake, answers={}, person=person, by=person, now=CLOSES),
    ):
        with pytest.raises(Conflict) as refusal:
            late()
        assert refusal.value.code == "applications_closed"

    assert state_of(application) == "DRAFT"
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(state="SUBMITTED", sent_at=CLOSES)


@pytest.mark.parametrize(
    ("text", "code"), [(" ", "answers_missing"), ("word " * 201, "answer_too_long")]
)
def test_an_application_with_a_missing_or_long_answer_is_not_sent(intake, text, code):
    application = drafted(intake, text=text)

    with pytest.raises(Conflict) as refusal:
        send_application(application=application, by=application.person, now=NOW)

    assert (refusal.value.code, state_of(application)) == (code, "DRAFT")


def test_what_is_sent_does_not_change_and_is_sent_once(intake):
    application = sent(intake)
    person = application.person

    with pytest.raises(Conflict) as refusal:
        drafted(intake, person, text="Something else")
    assert refusal.value.code == "already_sent"
    with pytest.raises(IntegrityError), transaction.atomic():
        application.answers.update(text="Something else")
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(
            intake=intake, person=person, organisation=application.organisation, started_at=NOW
        )


def test_nobody_applies_for_somebody_else_or_where_the_course_is_not_offered(intake):
    person, stranger = colleague_of(intake.session), employ()

    for applicant, by in ((person, lead_of(intake)), (stranger, stranger)):
        with pytest.raises(Forbidden) as refusal:
            save_application(intake=intake, answers={}, person=applicant, by=by, now=NOW)
        assert refusal.value.code == "may_not_apply"


def test_asking_for_a_place_on_such_a_course_leads_to_applying(intake):
    person = colleague_of(intake.session)

    with pytest.raises(Conflict) as refusal:
        enrol(session=intake.session, person=person, by=person, now=NOW)

    assert refusal.value.code == "by_application"


def test_whoever_is_shortlisted_and_offered_a_place_accepts_it(intake, lead):
    application = offered(intake, by=lead)
    assert told(application.person) == {
        "courses.application_shortlisted",
        "courses.application_offered",
    }

    enrolment = accept_selection(application=application, by=application.person, now=DECIDING)

    assert (enrolment.state, enrolment.basis, enrolment.seat) == ("CONFIRMED", "SELECTION", 1)
    assert (state_of(application), enrolment.application_id) == ("ACCEPTED", application.pk)
    assert enrolment.study_hours == intake.session.offering.study_hours


def test_a_place_by_selection_needs_an_accepted_application(intake, lead):
    application = offered(intake, by=lead)
    values = {
        "session": intake.session,
        "person": application.person,
        "organisation": application.organisation,
        "state": "CONFIRMED",
        "seat": 1,
        "basis": "SELECTION",
        "requested_at": NOW,
    }

    for besides in ({}, {"application": application}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Enrolment.objects.create(**values | besides)

    assert not Enrolment.objects.exists()


def test_nobody_decides_while_people_can_still_apply_or_without_reasons(intake, lead):
    application = sent(intake)

    with pytest.raises(Conflict) as early:
        decided(application, "shortlist", by=lead, now=CLOSES - timedelta(seconds=1))
    with pytest.raises(Conflict) as silent:
        decide_application(
            application=application, judgement=Judgement("shortlist", " "), by=lead, now=DECIDING
        )

    assert (early.value.code, silent.value.code) == ("still_open", "reasons_missing")
    assert state_of(application) == "SUBMITTED"


def test_nobody_decides_about_themselves_about_a_report_or_elsewhere(intake, lead):
    organisation = host_of(intake.session)
    employ(person=lead, organisation=organisation)
    own, report = sent(intake, lead), sent(intake, employ(organisation=organisation, manager=lead))
    elsewhere = lead_of(IntakeFactory())

    for application, by in ((own, lead), (report, lead), (sent(intake), elsewhere)):
        with pytest.raises(Forbidden) as refusal:
            decided(application, "shortlist", by=by)
        assert refusal.value.code == "may_not_choose"

    assert set(Application.objects.values_list("state", flat=True)) == {"SUBMITTED"}


def test_the_database_takes_no_step_without_a_decision_and_none_by_the_applicant(intake):
    application = sent(intake)

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(state="SHORTLISTED")
    with pytest.raises(IntegrityError), transaction.atomic():
        application.decisions.create(
            stage="SHORTLIST",
            outcome="SHORTLISTED",
            reasons="I am good.",
            decided_by=application.person,
            decided_at=DECIDING,
        )


def test_reasons_are_read_by_the_applicant_and_kept_out_of_the_facts(intake, lead):
    application = decided(sent(intake), "not_shortlist", by=lead)

    event = Event.objects.get(verb="shortlist_application")
    assert application.decisions.get().reasons == "Shown in the answers."
    assert "Shown in the answers." not in str(event.facts)
    assert EventText.objects.get(event=event, name="reasons").text == "Shown in the answers."


def test_no_more_places_are_offered_than_there_are_and_the_rest_is_on_the_reserve_list(lead):
    intake = IntakeFactory(places=1)
    lead = lead_of(intake)
    offered(intake, by=lead)
    second = shortlisted(intake, by=lead)

    with pytest.raises(Conflict) as refusal:
        decided(second, "offer", by=lead)
    decided(second, "reserve", by=lead)

    assert refusal.value.code == "no_place_left"
    assert (state_of(second), second.reserve_rank) == ("RESERVE", 1)


def test_a_place_that_is_offered_has_a_seat_on_the_session():
    intake = IntakeFactory(session__capacity=2, places=2)
    lead = lead_of(intake)
    seated(intake.session, 1)
    offered(intake, by=lead)
    second = shortlisted(intake, by=lead)

    with pytest.raises(Conflict) as refusal:
        decided(second, "offer", by=lead)

    assert refusal.value.code == "no_place_left"


def test_places_are_not_taken_away_below_those_that_are_offered():
    intake = IntakeFactory(session__capacity=3, places=2)
    lead = lead_of(intake)
    offered(intake, by=lead)
    offered(intake, by=lead)

    with pytest.raises(Conflict) as refusal:
        change_capacity(session=intake.session, capacity=1, by=lead, now=DECIDING)
    change_capacity(session=intake.session, capacity=2, by=lead, now=DECIDING)

    assert refusal.value.code == "fewer_than_seated"


def test_nobody_moves_into_the_seat_of_who_may_still_accept():
    intake = IntakeFactory(session__capacity=1, places=1)
    chosen = offered(intake, by=lead_of(intake))
    later = intake.session.starts_at + timedelta(days=30)
    beside = SessionFactory(offering=intake.session.offering, starts_at=later)
    place = seated(beside, 1, person=colleague_of(beside))

    with pytest.raises(Conflict) as refusal:
        move(enrolment=place, session=intake.session, by=place.person, now=DECIDING)
    accepted = accept_selection(application=chosen, by=chosen.person, now=DECIDING)

    assert refusal.value.code == "chosen_for_another"
    assert (accepted.state, accepted.seat) == ("CONFIRMED", 1)


def test_who_declines_leaves_the_place_to_the_first_on_the_reserve_list(lead):
    intake = IntakeFactory(places=1)
    lead = lead_of(intake)
    declining, first, second = offered(intake, by=lead), reserve(intake, by=lead), None
    second = reserve(intake, by=lead)

    decline_selection(application=declining, by=declining.person, now=DECIDING)

    assert (state_of(declining), state_of(first), state_of(second)) == (
        "DECLINED",
        "OFFERED",
        "RESERVE",
    )
    assert first.offer_ends_at == DECIDING + timedelta(days=7)
    assert "courses.application_offered" in told(first.person)


def test_an_offer_that_nobody_answers_lapses_once_and_goes_to_the_reserve_list():
    intake = IntakeFactory(places=1)
    lead = lead_of(intake)
    silent, waiting = offered(intake, by=lead), reserve(intake, by=lead)
    over = silent.offer_ends_at

    assert lapse_selections(now=over - timedelta(seconds=1)) == 0
    assert lapse_selections(now=over) == 1
    assert lapse_selections(now=over) == 0

    assert (state_of(silent), state_of(waiting)) == ("LAPSED", "OFFERED")
    assert "courses.application_lapsed" in told(silent.person)


def test_an_offer_is_accepted_in_time_and_by_the_person_only(intake, lead):
    application = offered(intake, by=lead)

    with pytest.raises(Conflict) as late:
        accept_selection(
            application=application, by=application.person, now=application.offer_ends_at
        )
    with pytest.raises(Forbidden):
        accept_selection(application=application, by=lead, now=DECIDING)

    assert late.value.code == "offer_over"
    assert (state_of(application), Enrolment.objects.exists()) == ("OFFERED", False)


def test_who_gives_the_place_up_later_leaves_it_to_the_reserve_list():
    intake = IntakeFactory(places=1)
    lead = lead_of(intake)
    leaving, waiting = offered(intake, by=lead), reserve(intake, by=lead)
    enrolment = accept_selection(application=leaving, by=leaving.person, now=DECIDING)

    withdraw(enrolment=enrolment, by=leaving.person, now=DECIDING)

    assert (state_of(leaving), state_of(waiting)) == ("WITHDRAWN", "OFFERED")


def test_an_application_is_withdrawn_and_written_anew_while_there_is_time(intake):
    first = sent(intake)
    withdraw_application(application=first, by=first.person, now=NOW)

    second = sent(intake, first.person)

    assert (state_of(first), state_of(second)) == ("WITHDRAWN", "SUBMITTED")


def test_drafts_are_ones_own_and_what_is_sent_is_seen_by_who_chooses(intake, lead):
    draft, there = drafted(intake), sent(intake)
    other = sent(IntakeFactory())
    on = NOW.date()

    assert list(Application.objects.visible_to(draft.person, on=on)) == [draft]
    assert list(Application.objects.visible_to(lead, on=on)) == [there]
    assert list(Application.objects.visible_to(other.person, on=on)) == [other]
