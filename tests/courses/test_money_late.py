"""Who withdrew late pays for the session as it was planned then, and only if it takes place."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from courses.models import Commitment, Enrolment, Session
from courses.selectors.charges import with_due
from courses.services.enrolment import enrol, withdraw
from courses.services.sessions import cancel_session
from tests.factories.clock import NOW
from tests.factories.courses import STARTS, colleague_of, entitle, host_of, seated
from tests.factories.money import (
    PRICE,
    FundFactory,
    MoneyRuleFactory,
    learning_lead_of,
    priced_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def session():
    session = priced_session()
    MoneyRuleFactory(organisation=host_of(session), late_percent=50, late_days=7)
    return session


def withdrawn(session, *, at):
    person = colleague_of(session)
    entitle(person, session.offering.programme)
    place = enrol(session=session, person=person, by=person, now=NOW)
    return withdraw(enrolment=place, by=person, now=at)


def move(session, *, by):
    """Elsewhere in the calendar, with everything that has to come before it."""
    Session.objects.filter(pk=session.pk).update(
        starts_at=session.starts_at + by,
        ends_at=session.ends_at + by,
        closes_at=session.closes_at + by,
    )


def due(enrolment):
    rows = with_due(Enrolment.objects.filter(pk=enrolment.pk))
    return rows.values_list("due_pence", flat=True).get()


@pytest.mark.parametrize(
    ("before", "moved", "pence"),
    [(10, -5, 0), (10, 0, 0), (3, 9, PRICE // 2), (3, 0, PRICE // 2)],
)
def test_moving_the_session_afterwards_makes_nobody_late_or_early(session, before, moved, pence):
    FundFactory(organisation=host_of(session))
    enrolment = withdrawn(session, at=STARTS - timedelta(days=before))

    move(session, by=timedelta(days=moved))

    assert due(enrolment) == pence


def test_who_withdrew_before_the_start_was_kept_is_judged_by_the_session(session):
    FundFactory(organisation=host_of(session))
    enrolment = withdrawn(session, at=STARTS - timedelta(days=10))
    Enrolment.objects.update(start_then=None)

    move(session, by=timedelta(days=-5))

    assert due(enrolment) == PRICE // 2


def test_a_session_that_is_cancelled_costs_who_withdrew_late_nothing(session):
    fund = FundFactory(organisation=host_of(session))
    late = withdrawn(session, at=STARTS - timedelta(days=3))
    seated(session, 1)
    fund.refresh_from_db()
    before = (fund.spent_pence, due(late))

    lead = learning_lead_of(host_of(session))
    cancel_session(session=session, by=lead, now=STARTS - timedelta(days=2))

    fund.refresh_from_db()
    assert before == (PRICE // 2, PRICE // 2)
    assert (fund.spent_pence, fund.reserved_pence, due(late)) == (0, 0, 0)
    assert Commitment.objects.get().state == "RELEASED"


def test_the_start_is_kept_of_who_withdrew_alone(session):
    place = seated(session, 1)

    with pytest.raises(IntegrityError, match="enrolment_start_then_of_who_withdrew"):
        Enrolment.objects.filter(pk=place.pk).update(start_then=NOW)
