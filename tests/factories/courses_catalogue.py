"""Renewals of accreditation, and the leads who work on them."""

from datetime import date

import factory

from accounts.models import Organisation, Person
from courses.models import AccreditationRenewal
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW
from tests.factories.courses import AccreditationFactory, OfferingFactory


class OfferingAccreditationFactory(AccreditationFactory):
    """A body accredits one offering."""

    programme = None
    offering = factory.SubFactory(OfferingFactory)


class ProviderAccreditationFactory(AccreditationFactory):
    """A body accredits whatever a provider teaches."""

    programme = None
    provider = factory.SubFactory(OrganisationFactory)


class RenewalFactory(factory.django.DjangoModelFactory):
    """Being prepared, unless told otherwise."""

    class Meta:
        model = AccreditationRenewal

    accreditation = factory.SubFactory(OfferingAccreditationFactory)
    organisation_id = factory.LazyAttribute(lambda renewal: renewal.accreditation.holder_id)
    worked_on_by = factory.SubFactory(PersonFactory)
    due_on = date(2027, 1, 31)
    started_at = NOW


def lead_at(organisation: Organisation, role: str = "PROGRAMME_LEAD") -> Person:
    """Somebody employed elsewhere whose role covers ``organisation``."""
    return grant(employ(organisation=OrganisationFactory()), role, organisation)
