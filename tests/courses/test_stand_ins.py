from datetime import timedelta

import pytest

from common.errors import Forbidden
from courses.models import Enrolment, RefusalReason
from courses.reminders import approvals_waiting
from courses.selectors.deciders import deciders_of, requests_to_decide
from courses.services.enrolment import approve, enrol, refuse
from notifications.models import Notice
from tests.factories.accounts import (
    DelegationFactory,
    OrganisationFactory,
    ReportingLineFactory,
    employ,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import EnrolmentFactory, OfferingFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    """A line manager, who stands in for them, and somebody who asks for a place."""
    trust = OrganisationFactory()
    manager, delegate = employ(organisation=trust), employ(organisation=trust)
    person = employ(organisation=trust, manager=manager)
    DelegationFactory(manager=manager, delegate=delegate, organisation=trust)
    return manager, delegate, person


def asked_by(person):
    trust = person.assignments.get().organisation
    session = SessionFactory(offering=OfferingFactory(host=trust))
    return EnrolmentFactory(
        session=session, person=person, organisation=trust, requested_at=NOW - timedelta(days=9)
    )


def test_a_request_reaches_the_line_manager_and_who_stands_in(team):
    manager, delegate, person = team
    trust = person.assignments.get().organisation
    session = SessionFactory(offering=OfferingFactory(host=trust))

    enrol(session=session, person=person, by=person, now=NOW)

    asked = Notice.objects.filter(rule="courses.approval_asked").values_list(
        "recipient_id", flat=True
    )
    assert set(asked) == {manager.pk, delegate.pk}
    assert deciders_of(person, organisation_id=trust.pk, on=TODAY) == [manager, delegate]


def test_who_stands_in_finds_the_request_and_decides(team):
    _manager, delegate, person = team
    mine, other = asked_by(person), asked_by(employ(manager=employ()))

    waiting = list(requests_to_decide(delegate, on=TODAY))
    approved = approve(enrolment=mine, by=delegate, now=NOW)

    assert waiting == [mine]
    assert (approved.state, approved.decided_by) == ("CONFIRMED", delegate)
    with pytest.raises(Forbidden):
        approve(enrolment=other, by=delegate, now=NOW)


def test_once_it_is_over_nobody_stands_in(team):
    manager, delegate, person = team
    request = asked_by(person)
    manager.delegations.update(ends_on=TODAY - timedelta(days=1))

    assert not requests_to_decide(delegate, on=TODAY).exists()
    assert not Enrolment.objects.visible_to(delegate, on=TODAY).exists()
    with pytest.raises(Forbidden):
        refuse(enrolment=request, reason=RefusalReason.NOT_NOW, text="Later.", by=delegate, now=NOW)


def test_who_stands_in_is_reminded_with_the_line_manager_and_never_about_themselves(team):
    manager, delegate, person = team
    theirs, own = asked_by(person), asked_by(delegate)
    ReportingLineFactory(assignment=delegate.assignments.get(), manager=manager)

    due = {(row.subject_key, row.recipient_id) for row in approvals_waiting(TODAY)}

    assert due == {
        (f"enrolment:{theirs.pk}", manager.pk),
        (f"enrolment:{theirs.pk}", delegate.pk),
        (f"enrolment:{own.pk}", manager.pk),
    }
