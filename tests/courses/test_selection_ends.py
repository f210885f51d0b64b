"""Applications that end with their course, and closing times that are put off."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Application, Intake
from courses.services.selection_applying import send_application
from courses.services.selection_ends import end_applications
from courses.services.selection_intakes import put_off_closing
from courses.services.selection_offers import accept_selection
from courses.services.sessions import cancel_session
from notifications.models import Notice
from tests.factories.clock import NOW
from tests.factories.courses import colleague_of
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
)
from tests.security.sample import day_of

pytestmark = pytest.mark.django_db
LATER = CLOSES + timedelta(days=2)


@pytest.fixture
def intake():
    return IntakeFactory()


def states():
    return dict(Application.objects.values_list("person_id", "state"))


def put_off(intake, by, closes_at=LATER, **changes):
    values = {"decided_on": intake.decided_on, "now": NOW} | changes
    return put_off_closing(intake=intake, closes_at=closes_at, by=by, **values)


def test_the_reserve_list_ends_when_the_course_begins_and_each_is_told_once(intake):
    lead = lead_of(intake)
    accepted = offered(intake, by=lead)
    accept_selection(application=accepted, by=accepted.person, now=DECIDING)
    waiting, turned_down = reserve(intake, by=lead), decided(sent(intake), "not_shortlist", by=lead)
    begins = max(intake.session.starts_at, intake.session.closes_at)

    early = end_applications(now=begins - timedelta(seconds=1))
    ended, again = end_applications(now=begins), end_applications(now=begins)

    assert (early, ended, again) == (0, 1, 0)
    assert states() == {
        accepted.person_id: "ACCEPTED",
        waiting.person_id: "ENDED",
        turned_down.person_id: "NOT_SHORTLISTED",
    }
    notice = Notice.objects.get(rule="courses.application_ended")
    assert (notice.recipient, notice.facts["is_cancelled"]) == (waiting.person, False)
    assert Event.objects.get(verb="end_application").subject_id == waiting.person_id


def test_everything_undecided_ends_when_the_course_is_cancelled_and_elsewhere_nothing(intake):
    lead = lead_of(intake)
    rows = [offered(intake, by=lead), reserve(intake, by=lead), sent(intake)]
    elsewhere = sent(IntakeFactory())
    cancel_session(session=intake.session, by=lead, now=DECIDING)

    ended = end_applications(now=DECIDING)

    assert ended == 3
    assert states() == {row.person_id: "ENDED" for row in rows} | {elsewhere.person_id: "SUBMITTED"}
    told = Notice.objects.filter(rule="courses.application_ended")
    assert [notice.facts["is_cancelled"] for notice in told] == [True] * 3


def test_closing_is_put_off_and_whoever_still_writes_is_told(intake):
    draft, done = drafted(intake), sent(intake)

    put_off(intake, lead_of(intake))
    send_application(application=draft, by=draft.person, now=CLOSES)

    assert Intake.objects.get().closes_at == LATER
    told = Notice.objects.filter(rule="courses.closing_put_off")
    assert [notice.recipient for notice in told] == [draft.person]
    assert states() == {draft.person_id: "SUBMITTED", done.person_id: "SUBMITTED"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closes_at": CLOSES}, "not_later"),
        ({"closes_at": CLOSES - timedelta(days=1)}, "not_later"),
        ({"decided_on": CLOSES.date()}, "not_later"),
        ({"closes_at": CLOSES + timedelta(days=400)}, "times_out_of_order"),
        ({"now": CLOSES}, "applications_closed"),
    ],
)
def test_closing_is_never_brought_forward_nor_put_off_too_late(intake, changes, code):
    drafted(intake)

    with pytest.raises(Conflict) as refusal:
        put_off(intake, lead_of(intake), **changes)

    assert (refusal.value.code, Intake.objects.get().closes_at) == (code, CLOSES)


def test_only_leads_of_the_course_put_closing_off(intake):
    with pytest.raises(Forbidden):
        put_off(intake, colleague_of(intake.session))


def test_the_database_takes_more_time_and_nothing_else_once_somebody_has_started(intake):
    drafted(intake)
    rows = Intake.objects.filter(pk=intake.pk)

    rows.update(closes_at=LATER)
    for change in ({"closes_at": CLOSES}, {"closes_at": LATER, "places": 9}, {"quorum": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)

    assert rows.get().closes_at == LATER


@pytest.mark.usefixtures("clock")
def test_more_time_is_given_on_the_page_and_less_is_refused(client, intake):
    drafted(intake)
    client.force_login(lead_of(intake))
    page = reverse("courses:intake_plan", args=[intake.session_id])
    typed = {
        "closes_time": "10am",
        **day_of("closes_on", LATER.date()),
        **day_of("decided_on", intake.decided_on),
    }
    shown = client.get(page).content.decode()

    less = client.post(page, {**typed, **day_of("closes_on", NOW.date())})
    client.post(page, typed)

    assert ("so what is asked stays as it is" in shown, "question_1" in shown) == (True, False)
    assert (less.status_code, Intake.objects.get().closes_at) == (422, LATER)
