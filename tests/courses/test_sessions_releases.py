"""Whoever runs a session releases a place that its person cannot give up any more."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Event, EventText
from common.errors import Conflict, Forbidden
from courses.models import Enrolment, MoneyRule, Session
from courses.selectors.charges import with_due
from courses.services.releases import ReleaseReason, release_place
from notifications.models import Notice
from notifications.registry import WORDINGS
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    STARTS,
    EnrolmentFactory,
    SessionFactory,
    colleague_of,
    host_of,
    queued,
    seated,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LAST = NOW - timedelta(days=1)


@pytest.fixture
def session():
    return SessionFactory(capacity=1, withdraw_by=LAST)


@pytest.fixture
def mine(session):
    return seated(session, 1, person=colleague_of(session))


@pytest.fixture
def lead(client, session):
    person = grant(colleague_of(session), "LEARNING_LEAD", host_of(session))
    client.force_login(person)
    return person


def release(enrolment, *, by, now=NOW, text="Rang on Monday"):
    reason = ReleaseReason.CANNOT_COME
    return release_place(enrolment=enrolment, reason=reason, text=text, by=by, now=now)


def state_of(enrolment):
    enrolment.refresh_from_db()
    return enrolment.state


def page_of(enrolment):
    return reverse("courses:enrolment_release", args=[enrolment.pk])


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_place_goes_to_whoever_waits_first_and_the_person_reads_why(session, mine, lead):
    waits = queued(session, person=colleague_of(session))

    release(mine, by=lead)

    assert (state_of(mine), state_of(waits)) == ("WITHDRAWN", "CONFIRMED")
    notice = Notice.objects.get(recipient=mine.person)
    assert WORDINGS[notice.rule](notice.facts) == (
        f"{host_of(session).name} released your place on {session.offering.programme.title} on"
        " 14 January 2027. The reason given: They told us that they cannot come."
    )
    event = Event.objects.get(verb="release_place")
    assert (event.by_person, event.subject, event.facts["reason"]) == (
        lead,
        mine.person,
        "CANNOT_COME",
    )
    assert EventText.objects.get(event=event).text == "Rang on Monday"
    assert "Rang" not in str(event.facts) + str(notice.facts)


@pytest.mark.parametrize("who", ["host", "provider"])
@pytest.mark.parametrize(("late_days", "pence"), [(60, 5_000), (30, 0)])
def test_it_is_charged_as_the_rule_has_it_for_late_withdrawals(client, lead, late_days, pence, who):
    session = SessionFactory(
        offering__price_pence=10_000,
        withdraw_by=LAST,
        **{f"offering__{who}": lead.role_grants.get().organisation},
    )
    MoneyRule.objects.create(
        organisation=host_of(session),
        starts_on=TODAY - timedelta(days=400),
        late_percent=50,
        late_days=late_days,
        missed_percent=100,
    )
    place = EnrolmentFactory(
        session=session,
        organisation=OrganisationFactory(),
        state="CONFIRMED",
        seat=1,
        confirmed_at=NOW - timedelta(days=9),
        price_pence=10_000,
    )

    shown = text_of(client.get(page_of(place)))
    release(place, by=lead)

    due = with_due(Enrolment.objects.filter(pk=place.pk)).values_list("due_pence", flat=True)
    assert list(due) == [pence]
    assert ("is charged £50" in shown) == bool(pence)


def test_a_lead_releases_it_by_form(client, session, mine, lead):
    register = reverse("courses:session_register", args=[session.pk])
    listed = client.get(register)

    wrong = client.post(page_of(mine), {"reason": "CANNOT_COME", "text": " "})
    response = client.post(page_of(mine), {"reason": "CANNOT_COME", "text": "Rang on Monday"})

    assert page_of(mine) in listed.content.decode()
    assert (wrong.status_code, "Enter what happened" in text_of(wrong)) == (422, True)
    assert response["Location"] == register
    assert state_of(mine) == "WITHDRAWN"
    assert page_of(mine) not in client.get(register).content.decode()


def test_while_people_can_withdraw_themselves_nobody_does_it_for_them(client, session, mine, lead):
    Session.objects.update(withdraw_by=NOW + timedelta(seconds=1))

    with pytest.raises(Conflict) as refusal:
        release(mine, by=lead)

    assert (refusal.value.code, state_of(mine)) == ("still_theirs", "CONFIRMED")
    register = client.get(reverse("courses:session_register", args=[session.pk]))
    assert page_of(mine) not in register.content.decode()


@pytest.mark.parametrize(
    ("now", "text", "state", "code"),
    [
        (STARTS, "Rang", "CONFIRMED", "session_started"),
        (NOW, " ", "CONFIRMED", "reason_missing"),
        (NOW, "Rang", "WAITING", "stale_state"),
    ],
)
def test_what_cannot_be_released_stays_as_it_is(session, lead, now, text, state, code):
    make = seated(session, 1) if state == "CONFIRMED" else queued(session)

    with pytest.raises(Conflict) as refusal:
        release(make, by=lead, now=now, text=text)

    assert (refusal.value.code, state_of(make)) == (code, state)
    assert not Notice.objects.exists()


def test_only_who_runs_it_does(client, session, mine):
    elsewhere = grant(PersonFactory(), "LEARNING_LEAD", SessionFactory().offering.host)
    manager = grant(colleague_of(session), "HR_ADMINISTRATOR", host_of(session))

    for somebody in (elsewhere, manager, mine.person):
        with pytest.raises(Forbidden) as refusal:
            release(mine, by=somebody)
        assert refusal.value.code == "may_not_run"
    client.force_login(mine.person)
    own = client.get(page_of(mine))
    client.force_login(elsewhere)
    theirs = client.get(page_of(mine))

    assert (own.status_code, theirs.status_code) == (403, 404)
    assert state_of(mine) == "CONFIRMED"
