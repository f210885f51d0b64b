"""The pages of approval: what the person is told, deciding one or several, contests."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.actors import ApiClientPrincipal
from courses.api.serializers import EnrolmentOut
from courses.models import Contest, Enrolment
from courses.selectors.enrolments import enrolments_for_api
from courses.services.enrolment import approve, withdraw
from courses.services.refusals import contest
from courses.services.silence import answer_for_the_silent
from tests.factories.accounts import ApiClientFactory, employ
from tests.factories.approvals import around, working_days_later
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import EnrolmentFactory, SessionFactory, seated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TWO = {"second_above_pence": 50_000, "second_approver": "SECOND_LINE"}


def page(client, person, name, *arguments):
    client.force_login(person)
    response = client.get(reverse(f"courses:{name}", args=arguments))
    assert response.status_code == 200
    return response.content.decode()


def asked_by_several(team, number):
    """Requests of further people of the same line manager, for one session."""
    people = [employ(organisation=team.trust, manager=team.manager) for _each in range(number)]
    return [
        EnrolmentFactory(session=team.session, person=person, requested_at=NOW) for person in people
    ]


def together(client, team, rows, **given):
    client.force_login(team.manager)
    return client.post(
        reverse("courses:approval_list"),
        {"requests": [row.pk for row in rows], **given},
        follow=True,
    )


# --- What the person is told


@pytest.mark.parametrize(
    ("rule", "sentences"),
    [
        (
            {},
            ["They have 5 working days to answer", "If nobody answers then either, it is granted"],
        ),
        (
            {"on_silence": "REFUSE", "working_days": 1},
            ["They have 1 working day to answer", "it is refused, and you can contest that"],
        ),
        (TWO, ["the manager of your line manager is asked too"]),
        ({**TWO, "second_approver": "LEARNING_LEAD"}, ["the learning lead is asked too"]),
        ({"unasked_up_to_pence": 60_000}, ["at this price your organisation asks nobody"]),
    ],
)
def test_before_asking_one_reads_who_decides_and_what_silence_does(client, rule, sentences):
    team = around(price_pence=60_000, **rule)

    text = page(client, team.person, "session_show", team.session.pk)

    assert [sentence for sentence in sentences if sentence not in text] == []


def test_while_waiting_one_reads_until_when_and_what_then(client):
    team = around()
    team.asks()

    before = page(client, team.person, "session_show", team.session.pk)
    answer_for_the_silent(now=working_days_later(6))
    after = page(client, team.person, "session_show", team.session.pk)

    assert "Answer due by 27 November 2026." in before
    assert "the request is passed on" in before
    assert "Answer due by 7 December 2026." in after
    assert "Manager of the line manager" in after
    assert "the request is granted" in after


def test_a_refusal_says_how_long_it_lasts_and_offers_to_contest_it(client):
    team = around(refusal_months=6)
    refused = team.is_refused()
    other = SessionFactory(offering=team.session.offering)

    here = page(client, team.person, "session_show", team.session.pk)
    there = page(client, team.person, "session_show", other.pk)

    address = reverse("courses:contest_make", args=[refused.pk])
    assert ("The refusal lasts until 20 May 2027." in here, address in here) == (True, True)
    assert "The refusal lasts until 20 May 2027" in there
    assert reverse("courses:session_show", args=[team.session.pk]) in there
    assert reverse("courses:session_enrol", args=[other.pk]) not in there


# --- Deciding several together


def test_several_are_approved_together_and_each_is_told(client):
    team = around(capacity=1)
    rows = asked_by_several(team, 2)

    text = together(client, team, rows, decision="APPROVE").content.decode()

    states = Enrolment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["CONFIRMED", "WAITING"]
    assert f"{rows[0].person.full_name} has a place." in text
    assert f"{rows[1].person.full_name} is on the waiting list" in text


def test_several_are_refused_together_with_one_reason(client):
    team = around()
    rows = asked_by_several(team, 3)

    together(client, team, rows[:2], decision="REFUSE", reason="BUDGET", text="Spent.")

    found = list(Enrolment.objects.order_by("pk").values_list("state", "refusal_text"))
    assert found == [("REFUSED", "Spent."), ("REFUSED", "Spent."), ("REQUESTED", "")]


def test_one_that_cannot_be_decided_leaves_the_others_alone(client, monkeypatch):
    """The second session has begun by the time the answer arrives."""
    team = around()
    first, last = asked_by_several(team, 2)
    begun = SessionFactory(offering=team.session.offering)
    late = EnrolmentFactory(
        session=begun, person=employ(organisation=team.trust, manager=team.manager)
    )
    type(begun).objects.filter(pk=begun.pk).update(starts_at=NOW, closes_at=NOW)

    text = together(client, team, [first, late, last], decision="APPROVE").content.decode()

    states = {row.pk: row.state for row in Enrolment.objects.all()}
    assert (states[first.pk], states[late.pk], states[last.pk]) == (
        "CONFIRMED",
        "REQUESTED",
        "CONFIRMED",
    )
    assert f"Nothing changed for {late.person.full_name}: This session has started" in text
    assert late.approvals.get().state == "WAITING"


def test_a_request_of_somebody_else_s_team_cannot_be_ticked(client):
    team, other = around(), around()
    mine, theirs = asked_by_several(team, 2)[0], other.asks()

    response = together(client, team, [mine, theirs], decision="APPROVE")

    assert response.status_code == 422
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"REQUESTED"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Select whether you approve this"),
        ({"decision": "REFUSE", "text": "Spent."}, "Select a reason for refusing"),
        ({"decision": "REFUSE", "reason": "BUDGET"}, "Enter an explanation of your refusal"),
    ],
)
def test_what_is_missing_is_said_and_the_ticks_stay(client, given, sentence):
    team = around()
    rows = asked_by_several(team, 2)

    response = together(client, team, rows[:1], **given)

    text = response.content.decode()
    assert (response.status_code, sentence in text) == (422, True)
    assert f'value="{rows[0].pk}" checked' in text
    assert f'value="{rows[1].pk}" checked' not in text


def test_nothing_ticked_is_said(client):
    team = around()
    asked_by_several(team, 2)

    text = together(client, team, [], decision="APPROVE").content.decode()

    assert "Select the requests that you answer" in text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_statements_for_any_number(client, rows, django_assert_num_queries):
    team = around()
    asked_by_several(team, rows)
    around().asks()
    client.force_login(team.manager)
    client.get(reverse("courses:approval_list"))

    with django_assert_num_queries(10):
        response = client.get(reverse("courses:approval_list"))

    assert len(response.context["page"].object_list) == rows


def test_a_link_from_the_digest_leads_through_sign_in_to_the_requests(client):
    address = reverse("courses:approval_list")

    response = client.get(address)

    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address}")


def test_the_second_approver_finds_what_waits_for_them(client):
    team = around(price_pence=60_000, **TWO)
    request = team.asks()
    approve(enrolment=request, by=team.manager, now=NOW)

    text = page(client, team.second, "approval_list")
    decide = page(client, team.second, "approval_decide", request.pk)

    assert (team.person.full_name in text, "Second approval" in text) == (True, True)
    assert team.manager.full_name in decide


def test_a_first_approval_says_that_a_second_is_asked(client):
    team = around(price_pence=60_000, **TWO)
    request = team.asks()
    client.force_login(team.manager)

    address = reverse("courses:approval_decide", args=[request.pk])
    text = client.post(address, {"decision": "APPROVE"}, follow=True).content.decode()

    assert "waits for the second approval now" in text


def test_a_request_that_was_withdrawn_offers_no_decision(client):
    team = around()
    request = team.asks()
    withdraw(enrolment=request, by=team.person, now=NOW)

    text = page(client, team.manager, "approval_decide", request.pk)

    assert "This request needs no decision any more." in text
    assert 'name="decision"' not in text


# --- Contests


def test_a_person_contests_a_refusal_and_somebody_else_takes_it_back(client):
    team = around()
    refused = team.is_refused()
    client.force_login(team.person)
    make = reverse("courses:contest_make", args=[refused.pk])

    client.post(make, {"text": "The nights are covered."})
    made = Contest.objects.get()
    client.force_login(team.second)
    listed = client.get(reverse("courses:approval_list")).content.decode()
    answer = reverse("courses:contest_answer", args=[made.pk])
    read = client.get(answer).content.decode()
    client.post(answer, {"step": "overturn", "answer": "Agreed with the ward."})

    assert answer in listed
    assert ("The nights are covered." in read, "Nobody covers the nights." in read) == (True, True)
    made.refresh_from_db()
    assert (made.state, made.led_to.state) == ("OVERTURNED", "CONFIRMED")


def test_an_empty_contest_is_said_and_nothing_is_kept(client):
    team = around()
    refused = team.is_refused()
    client.force_login(team.person)

    response = client.post(reverse("courses:contest_make", args=[refused.pk]), {"text": ""})

    assert response.status_code == 422
    assert "Enter why you disagree" in response.content.decode()
    assert not Contest.objects.exists()


def test_where_nothing_is_refused_the_page_offers_no_form(client):
    team = around()
    place = seated(team.session, 1, person=team.person)

    text = page(client, team.person, "contest_make", place.pk)

    assert "There is no refusal here that you can contest." in text


def test_a_contest_is_read_by_whoever_answers_it_only(client):
    team = around()
    made = contest(enrolment=team.is_refused(), text="Why", by=team.person, now=NOW)
    address = reverse("courses:contest_answer", args=[made.pk])
    answers = {}

    people = {"refuser": team.manager, "person": team.person, "second": team.second}
    for name, person in {**people, "stranger": around().lead}.items():
        client.force_login(person)
        answers[name] = client.get(address).status_code

    assert answers == {"refuser": 403, "person": 404, "second": 200, "stranger": 404}


# --- What the HR system is told


def told_to_program(team, row):
    actor = ApiClientPrincipal(client=ApiClientFactory(organisation=team.trust), scopes=frozenset())
    told = EnrolmentOut(enrolments_for_api(actor, on=TODAY).get(pk=row.pk)).data
    return {name: told[name] for name in ("approval_stage", "approval_asked", "approval_due_on")}


def test_the_hr_system_is_told_the_stage_who_is_asked_and_until_when():
    team = around(price_pence=60_000, **TWO)
    request = team.asks()

    first = told_to_program(team, request)
    approve(enrolment=request, by=team.manager, now=NOW)
    second = told_to_program(team, request)
    answer_for_the_silent(now=working_days_later(6))
    passed_on = told_to_program(team, request)

    assert first == {
        "approval_stage": 1,
        "approval_asked": "LINE_MANAGER",
        "approval_due_on": date(2026, 11, 27),
    }
    assert (second["approval_stage"], second["approval_asked"]) == (2, "SECOND_LINE")
    assert passed_on["approval_asked"] == "LEARNING_LEAD"


def test_what_is_decided_waits_for_nobody():
    team = around()
    refused = team.is_refused()

    assert set(told_to_program(team, refused).values()) == {None}
