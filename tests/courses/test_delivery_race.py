"""Two who keep one register at the same moment, with real threads."""

from datetime import timedelta

import pytest

from courses.models import MeetingMark
from courses.services import registers as service
from courses.services.registers import Marked, MarkedMeanwhile, keep_register
from tests.courses.test_overbooking import at_once
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, host_of, seated
from tests.factories.delivery import mark

pytestmark = pytest.mark.django_db(transaction=True)

LEADS = 4


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(hours=8), capacity=20)


def told_by(session, places, lead, number):
    """What becomes of marking everybody late by ``number`` minutes, having seen the first mark."""
    marks = {place.pk: Marked("LATE", minutes_late=number, seen=1) for place in places}
    try:
        keep_register(session=session, begins_at=session.starts_at, marks=marks, by=lead, now=NOW)
    except MarkedMeanwhile:
        return "told what somebody else marked"
    return "kept"


def all_at_once(session):
    places = [seated(session, seat) for seat in range(1, 11)]
    for place in places:
        mark(place)
    leads = [grant(PersonFactory(), "LEARNING_LEAD", host_of(session)) for _ in range(LEADS)]
    acts = [(lead, number) for number, lead in enumerate(leads, start=1)]
    outcomes = at_once(lambda act: told_by(session, places, *act), acts)
    return outcomes, MeetingMark.objects.filter(enrolment__in=places)


def test_of_leads_who_save_at_once_one_is_kept_whole_and_the_others_are_told(session):
    outcomes, rows = all_at_once(session)

    assert sorted(outcomes) == ["kept"] + ["told what somebody else marked"] * (LEADS - 1)
    assert len(set(rows.values_list("minutes_late", flat=True))) == 1
    assert set(rows.values_list("version", flat=True)) == {2}


def test_without_looking_at_what_was_seen_the_last_one_writes_over_the_others(session, monkeypatch):
    """The negative control: what the version guards against happens once it is not asked for."""
    monkeypatch.setattr(service, "_refuse_unseen", lambda known, asked: None)

    outcomes, rows = all_at_once(session)

    assert outcomes == ["kept"] * LEADS
    assert set(rows.values_list("version", flat=True)) == {LEADS + 1}
