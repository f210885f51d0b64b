"""Something to learn from, and an offer to coach, in every town."""

from django.db.models import Model

from accounts.models import Organisation, Person
from pathways.models import RoleProfile
from tests.factories.signposts import CoachOfferFactory, resource_for


def resource_of(organisation: Organisation, role: RoleProfile, *, title: str) -> Model:
    """A resource of ``organisation`` that helps with what ``role`` asks for."""
    competency = role.requirements.order_by("pk")[0].competency
    resource: Model = resource_for(competency, owner=organisation, title=title)
    return resource


def coach_offer_of(person: Person, organisation: Organisation, role: RoleProfile) -> Model:
    offer: Model = CoachOfferFactory(
        person=person,
        organisation=organisation,
        competency=role.requirements.order_by("pk")[0].competency,
    )
    return offer
