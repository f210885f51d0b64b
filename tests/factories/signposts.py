"""Resources and people who offer to coach, as tests need them."""

from datetime import date

import factory

from pathways.models import CoachOffer, Competency, Resource, ResourceLevel
from tests.factories.pathways import CompetencyFactory


class ResourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Resource

    kind = "READING"
    title = factory.Sequence(lambda n: f"Ten ways to delegate {n}")
    summary = "A short guide."
    url = "https://www.example.org/guide"


class ResourceLevelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ResourceLevel

    resource = factory.SubFactory(ResourceFactory)
    competency = factory.SubFactory(CompetencyFactory)
    rank = 3


class CoachOfferFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CoachOffer

    competency = factory.SubFactory(CompetencyFactory)
    note = "An hour a month."
    starts_on = date(2026, 9, 1)


def resource_for(competency: Competency, *, rank: int = 4, **fields: object) -> Resource:
    """A resource that helps with ``competency`` up to ``rank``."""
    resource: Resource = ResourceFactory(**fields)
    ResourceLevelFactory(resource=resource, competency=competency, rank=rank)
    return resource
