"""Somebody who belongs to two organisations goes for the one that may use what they ask for."""

import pytest

from courses.selectors.approval_page import promise_to
from courses.services.enrolment import enrol
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.approvals import ApprovalRuleFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import OfferingShareFactory, SessionFactory, host_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return SessionFactory()


@pytest.fixture
def first():
    """The organisation where the person has been longest."""
    return OrganisationFactory()


@pytest.fixture
def person(session, first):
    return employ(person=employ(organisation=first), organisation=host_of(session))


def test_the_organisation_that_may_use_the_course_answers_for_the_place(session, first, person):
    ApprovalRuleFactory(organisation=host_of(session), working_days=9)

    asked = enrol(session=session, person=person, by=person, now=NOW)

    assert asked.organisation == host_of(session)
    promise = promise_to(person, offering=session.offering, on=TODAY)
    assert promise.rule.working_days == 9


def test_where_both_may_use_it_the_one_where_they_have_been_longest_does(session, first, person):
    OfferingShareFactory(offering=session.offering, organisation=first)

    assert enrol(session=session, person=person, by=person, now=NOW).organisation == first
