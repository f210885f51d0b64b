"""Funds, the rules by which organisations pay, and sessions with a price, as tests need them."""

from datetime import date

import factory

from accounts.models import Organisation, Person
from courses.models import Fund, MoneyRule, Session
from tests.factories.accounts import LONG_AGO, OrganisationFactory, PersonFactory, grant
from tests.factories.courses import SessionFactory

YEAR = {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}
PRICE = 120_000


class MoneyRuleFactory(factory.django.DjangoModelFactory):
    """Study leave first, then the training budget; without money a place is refused."""

    class Meta:
        model = MoneyRule

    organisation = factory.SubFactory(OrganisationFactory)
    kinds = factory.LazyFunction(lambda: ["STUDY_LEAVE", "LEVY", "TRAINING", "CENTRAL"])
    starts_on = LONG_AGO


class FundFactory(factory.django.DjangoModelFactory):
    """A training budget of this financial year with money for ten places."""

    class Meta:
        model = Fund

    organisation = factory.SubFactory(OrganisationFactory)
    title = factory.Sequence(lambda n: f"Training budget {n}")
    kind = "TRAINING"
    starts_on = YEAR["starts_on"]
    ends_on = YEAR["ends_on"]
    amount_pence = 10 * PRICE


def priced_session(**fields: object) -> Session:
    """A session of an offering that costs something."""
    fields.setdefault("offering__price_pence", PRICE)
    return SessionFactory(**fields)


def learning_lead_of(organisation: Organisation) -> Person:
    return grant(PersonFactory(), "LEARNING_LEAD", organisation)
