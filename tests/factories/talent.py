"""Consents, pools, nominations and judgements, as tests need them."""

from datetime import date, timedelta
from typing import Any

import factory

from accounts.models import Organisation, Person
from talent.models import (
    Nomination,
    PanelMember,
    Pool,
    ReadinessJudgement,
    TalentConsent,
    TalentProfile,
)
from talent.services.projection import refresh_profiles
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import RoleProfileFactory


class TalentConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TalentConsent

    person = factory.SubFactory(PersonFactory)
    scope = "ORGANISATION"
    starts_on = TODAY - timedelta(days=30)
    ends_on = TODAY + timedelta(days=180)
    given_at = NOW - timedelta(days=30)


class PoolFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Pool

    organisation = factory.SubFactory(OrganisationFactory)
    role_profile = factory.SubFactory(RoleProfileFactory)
    title = factory.Sequence(lambda n: f"Aspiring service managers {n}")


class PanelMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PanelMember

    pool = factory.SubFactory(PoolFactory)
    person = factory.SubFactory(PersonFactory)
    starts_on = TODAY - timedelta(days=30)


class NominationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Nomination

    pool = factory.SubFactory(PoolFactory)
    person = factory.SubFactory(PersonFactory)
    nominated_by = factory.SelfAttribute("person")
    route = "SELF"
    reason = "Led the move of the discharge lounge."
    nominated_at = NOW - timedelta(days=3)


class ReadinessJudgementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReadinessJudgement

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    readiness = "READY_SOON"
    reason = "One more year with a larger budget."
    judged_by = factory.SubFactory(PersonFactory)
    judged_at = NOW - timedelta(days=10)
    starts_on = TODAY - timedelta(days=10)


def found_person(
    *,
    organisation: Organisation,
    scope: str = "ORGANISATION",
    until: date = TODAY + timedelta(days=180),
    **post: Any,
) -> Person:
    """A person in a post of ``organisation`` who consented and is in the projection."""
    person = employ(organisation=organisation, **post)
    TalentConsentFactory(person=person, scope=scope, ends_on=until)
    refresh_profiles(person_ids=[person.pk], now=NOW)
    return person


def profile_of(person: Person) -> TalentProfile:
    return TalentProfile.objects.get(person=person)
