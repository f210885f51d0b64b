"""How long a refusal lasts, and contesting it before somebody else than who refused."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Contest, Enrolment
from courses.selectors.refusals import contests_to_answer
from courses.services.enrolment import approve, refuse
from courses.services.refusals import answer_contest, contest
from courses.services.silence import answer_for_the_silent
from notifications.models import Notice
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.approvals import around, working_days_later
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import OfferingFactory, SessionFactory, entitle, queued, seated

pytestmark = pytest.mark.django_db

WHY = "The nights are covered by two colleagues."


def told(person):
    return list(
        Notice.objects.filter(recipient=person).order_by("pk").values_list("rule", flat=True)
    )


def contested(team, *, by=None):
    refused = team.is_refused(by=by)
    return refused, contest(enrolment=refused, text=WHY, by=team.person, now=NOW)


def answered(made, step, *, by, now=NOW):
    return answer_contest(contest=made, step=step, answer="I asked the ward.", by=by, now=now)


# --- A refusal lasts


def test_asking_again_for_the_same_course_says_until_when_why_and_what_to_do():
    team = around(refusal_months=6)
    team.is_refused()
    another = SessionFactory(offering=team.session.offering)

    with pytest.raises(Conflict) as refusal:
        team.asks(session=another)

    assert refusal.value.code == "refused_until"
    assert "20 May 2027" in refusal.value.message
    assert "The service cannot be covered on that day" in refusal.value.message
    assert "contest it" in refusal.value.message
    assert Enrolment.objects.count() == 1


def test_another_course_may_be_asked_for_at_once():
    team = around()
    team.is_refused()
    other = SessionFactory(offering=OfferingFactory(host=team.trust))

    assert team.asks(session=other).state == "REQUESTED"


@pytest.mark.parametrize(("days", "may"), [(0, False), (1, True)])
def test_a_refusal_holds_on_its_last_day_and_not_after(days, may):
    team = around(refusal_months=1)
    last = team.is_refused().refused_until
    now = NOW + timedelta(days=(last - TODAY).days + days)

    if may:
        assert team.asks(now=now).state == "REQUESTED"
    else:
        with pytest.raises(Conflict):
            team.asks(now=now)


def test_what_the_pathway_has_come_to_ask_for_is_given_whatever_was_refused():
    team = around()
    team.is_refused()
    entitle(team.person, team.session.offering.programme)

    assert team.asks().state == "CONFIRMED"


def test_a_refusal_of_a_former_employer_holds_nobody_back():
    team = around()
    team.is_refused()
    team.person.assignments.update(ends_on=TODAY)
    team.person.managed_by_lines.update(ends_on=TODAY)
    elsewhere = OrganisationFactory()
    employ(person=team.person, organisation=elsewhere, starts_on=TODAY)
    programme = team.session.offering.programme
    there = SessionFactory(offering=OfferingFactory(host=elsewhere, programme=programme))

    assert team.asks(session=there, now=NOW + timedelta(days=1)).state == "REQUESTED"


def test_nobody_refuses_for_silence():
    team = around()

    with pytest.raises(Conflict) as refusal:
        refuse(enrolment=team.asks(), reason="NO_ANSWER", text="-", by=team.manager, now=NOW)

    assert refusal.value.code == "reason_missing"


# --- Contesting


def test_a_contest_goes_to_the_next_line_and_not_to_who_refused():
    team = around()

    _refused, made = contested(team)

    assert (made.state, made.contested_at) == ("OPEN", NOW)
    assert told(team.second) == ["courses.refusal_contested"]
    assert "courses.refusal_contested" not in told(team.manager)
    assert list(contests_to_answer(team.second, on=TODAY)) == [made]
    for nobody in (team.manager, team.person, employ(organisation=team.trust)):
        assert not contests_to_answer(nobody, on=TODAY).exists()


def test_what_a_person_says_stays_out_of_facts_and_notices():
    team = around()

    contested(team)

    event = Event.objects.latest("pk")
    assert (event.verb, WHY in str(event.facts)) == ("contest", False)
    assert event.texts.get(name="text").text == WHY
    assert not any(WHY in str(notice.facts) for notice in Notice.objects.all())


def test_only_the_person_contests_and_once():
    team = around()
    refused, _made = contested(team)

    for by in (team.manager, team.lead, employ(organisation=team.trust)):
        with pytest.raises(Forbidden):
            contest(enrolment=refused, text=WHY, by=by, now=NOW)
    with pytest.raises(Conflict) as refusal:
        contest(enrolment=refused, text=WHY, by=team.person, now=NOW)

    assert refusal.value.code == "already_contested"


@pytest.mark.parametrize(("text", "code"), [(WHY, "not_refused"), (" ", "not_refused")])
def test_there_is_nothing_to_contest_about_a_request_that_waits(text, code):
    team = around()

    with pytest.raises(Conflict) as refusal:
        contest(enrolment=team.asks(), text=text, by=team.person, now=NOW)

    assert refusal.value.code == code


def test_a_contest_says_why():
    team = around()

    with pytest.raises(Conflict) as refusal:
        contest(enrolment=team.is_refused(), text=" ", by=team.person, now=NOW)

    assert refusal.value.code == "reason_missing"


# --- Answering


def test_overturned_it_gives_a_place_by_the_same_door_and_the_refusal_stays_on_record():
    team = around(capacity=2)
    refused, made = contested(team)
    seated(team.session, 1)

    done = answered(made, "overturn", by=team.second)

    again = done.led_to
    assert (again.state, again.seat, again.basis) == ("CONFIRMED", 2, "APPROVAL")
    assert again.decided_by == team.second
    assert (again.price_pence, again.study_hours) == (refused.price_pence, refused.study_hours)
    refused.refresh_from_db()
    assert refused.state == "REFUSED"
    assert told(team.person)[-2:] == ["courses.request_approved", "courses.contest_answered"]
    events = Event.objects.filter(about_type="courses.enrolment").order_by("pk")
    verbs = [verb for verb in events.values_list("verb", flat=True) if verb != "promise_time"]
    assert verbs == ["enrol", "refuse", "contest", "overturn_refusal", "enrol", "approve"]


def test_overturned_on_a_full_session_it_waits_behind_whoever_waits():
    team = around(capacity=1)
    _refused, made = contested(team)
    seated(team.session, 1)
    queued(team.session)

    assert answered(made, "overturn", by=team.second).led_to.state == "WAITING"


def test_overturned_after_the_session_it_opens_the_course_again():
    team = around()
    _refused, made = contested(team)
    after = team.session.starts_at + timedelta(days=1)

    done = answered(made, "overturn", by=team.second, now=after)

    later = SessionFactory(offering=team.session.offering, starts_at=after + timedelta(days=30))
    assert (done.state, done.led_to) == ("OVERTURNED", None)
    assert team.asks(session=later, now=after).state == "REQUESTED"


def test_upheld_the_refusal_lasts_and_the_person_reads_why():
    team = around()
    refused, made = contested(team)

    done = answered(made, "uphold", by=team.second)

    assert (done.state, done.answer, done.led_to) == ("UPHELD", "I asked the ward.", None)
    assert told(team.person)[-1] == "courses.contest_answered"
    with pytest.raises(Conflict):
        team.asks()
    assert refused.session.enrolments.count() == 1


def test_never_by_who_refused_whatever_else_they_are():
    team = around()
    grant(team.manager, "LEARNING_LEAD", team.trust)
    _refused, made = contested(team)

    for by in (team.manager, team.person, employ(organisation=team.trust), PersonFactory()):
        with pytest.raises(Forbidden) as refusal:
            answered(made, "overturn", by=by)
        assert refusal.value.code == "may_not_answer"
    with pytest.raises(DatabaseError, match="somebody else answers"), transaction.atomic():
        Contest.objects.update(
            state="UPHELD", decided_at=NOW, decided_by=team.manager, answer="No."
        )


def test_where_the_next_line_refused_the_learning_lead_answers():
    team = around()
    request = team.asks()
    answer_for_the_silent(now=working_days_later(6))
    late = working_days_later(6)
    refused = refuse(enrolment=request, reason="BUDGET", text="Spent.", by=team.second, now=late)

    made = contest(enrolment=refused, text=WHY, by=team.person, now=late)

    assert told(team.lead) == ["courses.refusal_contested"]
    with pytest.raises(Forbidden):
        answered(made, "overturn", by=team.second, now=late)
    assert answered(made, "overturn", by=team.lead, now=late).led_to.state == "CONFIRMED"


def test_a_refusal_of_silence_can_be_contested_too():
    team = around(on_silence="REFUSE")
    request = team.asks()
    for days in (6, 12):
        answer_for_the_silent(now=working_days_later(days))
    late = working_days_later(12)
    request.refresh_from_db()

    made = contest(enrolment=request, text=WHY, by=team.person, now=late)

    assert answered(made, "overturn", by=team.second, now=late).led_to.state == "CONFIRMED"


def test_a_contest_won_skips_no_approver():
    team = around(price_pence=60_000, second_above_pence=50_000, second_approver="LEARNING_LEAD")
    _refused, made = contested(team)

    again = answered(made, "overturn", by=team.second).led_to

    assert (again.state, again.seat) == ("REQUESTED", None)
    assert told(team.lead) == ["courses.approval_asked"]
    assert approve(enrolment=again, by=team.lead, now=NOW).state == "CONFIRMED"


def test_a_contest_against_the_second_approver_keeps_the_first_approval():
    team = around(price_pence=60_000, second_above_pence=50_000, second_approver="LEARNING_LEAD")
    request = team.asks()
    approve(enrolment=request, by=team.manager, now=NOW)
    refused = refuse(enrolment=request, reason="BUDGET", text="Spent.", by=team.lead, now=NOW)
    made = contest(enrolment=refused, text=WHY, by=team.person, now=NOW)

    again = answered(made, "overturn", by=team.second).led_to

    assert again.state == "CONFIRMED"
    decided = again.approvals.order_by("stage").values_list("decided_by", flat=True)
    assert list(decided) == [team.manager.pk, team.second.pk]


def test_a_contest_is_answered_once_and_with_a_reason():
    team = around()
    _refused, made = contested(team)

    with pytest.raises(Conflict) as silent:
        answer_contest(contest=made, step="uphold", answer=" ", by=team.second, now=NOW)
    answered(made, "uphold", by=team.second)
    with pytest.raises(Conflict) as twice:
        answered(made, "overturn", by=team.second)

    assert (silent.value.code, twice.value.code) == ("reason_missing", "stale_state")


def test_contests_of_other_organisations_do_not_show(django_assert_num_queries):
    team = around()
    _refused, made = contested(team)
    contested(around())
    on = date(2026, 11, 20)
    contests_to_answer(team.lead, on=on).exists()

    with django_assert_num_queries(1):
        assert list(contests_to_answer(team.lead, on=on)) == [made]
