"""Requests shortly before a session are decided before it starts, whoever is silent."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from courses.models import Session
from courses.selectors.approval_rules import can_be_passed_on
from courses.services.attendance import record_attendance
from courses.services.enrolment import approve
from courses.services.silence import answer_for_the_silent
from notifications.models import Notice
from notifications.registry import WORDINGS
from tests.factories.approvals import around
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, queued, seated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def soon(team, **after):
    """A session so long after a Friday morning."""
    starts_at = NOW + timedelta(**after)
    return SessionFactory(
        offering=team.session.offering,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        closes_at=starts_at,
    )


def sweeps_until(session):
    """Every hour, as the worker does it; how many requests changed at each moment that did any."""
    now, done = NOW + timedelta(minutes=35), {}
    while now < session.starts_at:
        if count := answer_for_the_silent(now=now):
            done[now] = count
        now += timedelta(hours=1)
    return done


@pytest.mark.parametrize("hours", [2, 24, 72, 96, 120, 144, 240])
@pytest.mark.parametrize(("on_silence", "state"), [("GRANT", "CONFIRMED"), ("REFUSE", "REFUSED")])
def test_whoever_asks_shortly_before_a_session_knows_where_they_are(hours, on_silence, state):
    team = around(on_silence=on_silence)
    session = soon(team, hours=hours)
    request = team.asks(session=session)

    sweeps_until(session)

    request.refresh_from_db()
    assert (request.state, request.decided_by_rule[:7]) == (state, "SILENCE")


def test_the_day_to_answer_is_never_after_the_session_nor_is_it_passed_on_then():
    team = around()
    session = soon(team, days=3)
    request = team.asks(session=session)
    stage = request.approvals.get()
    assert stage.due_on == date(2026, 11, 23)

    done = sweeps_until(session)

    stage.refresh_from_db()
    assert (stage.state, stage.escalated_at) == ("APPROVED", None)
    assert list(done.values()) == [1]
    assert not Notice.objects.filter(rule="courses.request_passed_on").exists()


def test_while_there_is_time_the_manager_may_answer_and_nothing_is_decided():
    team = around()
    session = soon(team, hours=3)
    request = team.asks(session=session)

    assert answer_for_the_silent(now=session.starts_at - timedelta(minutes=71)) == 0
    assert approve(enrolment=request, by=team.manager, now=NOW).decided_by == team.manager
    assert answer_for_the_silent(now=session.starts_at - timedelta(minutes=70)) == 0


def test_in_the_last_moment_a_second_approver_is_not_waited_for():
    team = around(price_pence=9_000, second_above_pence=1_000, second_approver="LEARNING_LEAD")
    session = soon(team, hours=2)
    request = team.asks(session=session)

    answer_for_the_silent(now=session.starts_at - timedelta(minutes=30))

    request.refresh_from_db()
    assert request.state == "CONFIRMED"
    assert list(request.approvals.values_list("state", flat=True)) == ["APPROVED", "APPROVED"]


def test_a_session_brought_forward_is_decided_before_it_starts_too():
    team = around()
    request = team.asks()
    starts_at = NOW + timedelta(hours=5)
    Session.objects.filter(pk=team.session.pk).update(starts_at=starts_at, closes_at=starts_at)

    answer_for_the_silent(now=NOW + timedelta(hours=4))

    request.refresh_from_db()
    assert request.state == "CONFIRMED"


@pytest.mark.parametrize(
    ("days", "sentence", "not_said"),
    [
        (3, "the request is granted.", "the request is passed on."),
        (20, "the request is passed on.", "the request is granted."),
    ],
)
def test_the_page_says_what_will_happen(client, days, sentence, not_said):
    team = around()
    session = soon(team, days=days)
    team.asks(session=session)
    client.force_login(team.person)

    response = client.get(reverse("courses:session_show", args=[session.pk]))

    shown = " ".join(response.content.decode().split())
    assert f"If nobody answers, {sentence}" in shown
    assert f"If nobody answers, {not_said}" not in shown


def test_passing_on_needs_a_day_before_that_of_the_session():
    monday = date(2026, 11, 23)

    days = [
        can_be_passed_on(5, on=monday, starts_at=NOW + timedelta(days=later)) for later in (3, 4, 5)
    ]

    assert days == [False, False, True]


def test_whoever_is_left_when_the_register_is_finished_is_told():
    team = around(capacity=1)
    request = team.asks()
    place, waits = seated(team.session, 1), queued(team.session)

    over = team.session.starts_at + timedelta(hours=4)
    record_attendance(session=team.session, attended={place.pk}, by=team.lead, now=over)

    notices = Notice.objects.filter(rule="courses.no_place_came").order_by("recipient")
    told = {request.person, waits.person}
    assert {notice.recipient for notice in notices} == told
    assert WORDINGS[notices[0].rule](notices[0].facts) == (
        f"{team.session.offering.programme.title} on 14 January 2027 is over, and there was no"
        " place for you. You can ask for another session."
    )
