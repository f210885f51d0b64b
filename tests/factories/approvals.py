"""Organisations' rules for requests, and people around somebody who asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import factory

from accounts.models import Organisation, Person
from common.dates import add_working_days
from courses.models import ApprovalRule, Contest, Enrolment, RefusalReason, Session
from courses.services.enrolment import enrol, refuse
from tests.factories.accounts import (
    LONG_AGO,
    DelegationFactory,
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
)
from tests.factories.clock import NOW
from tests.factories.courses import OfferingFactory, SessionFactory


class ApprovalRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ApprovalRule

    organisation = factory.SubFactory(OrganisationFactory)
    starts_on = LONG_AGO


class ContestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contest

    contested_at = NOW
    text = "The ward can be covered."


@dataclass(frozen=True)
class Around:
    """Somebody who asks for a place, and everybody who may have to answer."""

    trust: Organisation
    person: Person
    manager: Person
    deputy: Person
    second: Person
    lead: Person
    session: Session

    def asks(self, *, now: datetime = NOW, session: Session | None = None) -> Enrolment:
        return enrol(session=session or self.session, person=self.person, by=self.person, now=now)

    def is_refused(self, *, by: Person | None = None, now: datetime = NOW) -> Enrolment:
        return refuse(
            enrolment=self.asks(now=now),
            reason=RefusalReason.SERVICE_COVER,
            text="Nobody covers the nights.",
            by=by or self.manager,
            now=now,
        )


def around(*, price_pence: int = 0, capacity: int = 10, **rule: object) -> Around:
    """A team in a trust with a session of its own, and a rule where one is given."""
    trust = OrganisationFactory()
    second = employ(organisation=trust)
    manager = employ(organisation=trust, manager=second)
    deputy = employ(organisation=trust)
    DelegationFactory(manager=manager, delegate=deputy, organisation=trust)
    offering = OfferingFactory(host=trust, price_pence=price_pence)
    if rule:
        ApprovalRuleFactory(organisation=trust, **rule)
    return Around(
        trust=trust,
        person=employ(organisation=trust, manager=manager),
        manager=manager,
        deputy=deputy,
        second=second,
        lead=grant(PersonFactory(), "LEARNING_LEAD", trust),
        session=SessionFactory(offering=offering, capacity=capacity),
    )


def working_days_later(days: int, *, now: datetime = NOW) -> datetime:
    """At the same time of day, so many working days after ``now``."""
    on = add_working_days(now.date(), days)
    return now + timedelta(days=(on - now.date()).days)
