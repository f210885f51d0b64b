"""Which programmes an organisation makes mandatory, and for whom."""

from datetime import date

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Organisation, Person
from accounts.visibility import standing
from courses.models import Mandate, Programme


def mandates_of(organisation: Organisation, *, actor: Actor, on: date) -> QuerySet[Mandate]:
    """Those of ``organisation`` that hold on ``on`` or are to come, by title."""
    rows: QuerySet[Mandate] = Mandate.objects.visible_to(actor, on=on).from_day_on(on)
    rows = rows.filter(organisation=organisation).select_related("programme", "role_profile")
    return rows.order_by("programme__title", "starts_on", "pk")


def mandates_told(*, on: date) -> QuerySet[Mandate]:
    """Those that hold on ``on`` or are to come, with who asks and of which role."""
    rows: QuerySet[Mandate] = Mandate.objects.from_day_on(on)
    rows = rows.select_related("organisation", "role_profile")
    return rows.order_by("starts_on", "organisation__name", "pk")


def mandates_for(programme: Programme, *, person: Person, on: date) -> QuerySet[Mandate]:
    """Who, of the organisations of ``person`` and those above, makes ``programme`` mandatory from
    ``on`` or later, for everybody or for some role."""
    place = standing(person, on=on)
    rows = mandates_told(on=on).filter(programme=programme)
    return rows.filter(organisation_id__in=place.organisation_ids | place.above_ids)
