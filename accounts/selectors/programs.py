"""Programs that call for an organisation, as its administrators see them."""

from datetime import date

from django.db.models import Prefetch, QuerySet

from accounts.models import ApiClient, ApiClientSecret, Organisation, Person
from accounts.models.clients import ADMINISTERS_PROGRAMS
from accounts.visibility import standing


def administers_programs(person: Person, *, on: date) -> bool:
    return standing(person, on=on).holds(*ADMINISTERS_PROGRAMS)


def programs_shown(reader: Person, *, on: date) -> QuerySet[ApiClient]:
    """With their organisations, scopes and secrets that were not revoked; the stopped ones last."""
    kept = ApiClientSecret.objects.filter(revoked_at__isnull=True).order_by("created_at", "pk")
    return (
        ApiClient.objects.visible_to(reader, on=on)
        .select_related("organisation", "client")
        .prefetch_related(Prefetch("secrets", queryset=kept, to_attr="kept_secrets"))
        .order_by("-is_active", "name", "pk")
    )


def places_for_programs(reader: Person, *, on: date) -> QuerySet[Organisation]:
    """The organisations that ``reader`` may open a program for."""
    place = standing(reader, on=on).covered_by(*ADMINISTERS_PROGRAMS)
    rows = Organisation.objects.visible_to(reader, on=on).filter(place.within("pk"))
    return rows.filter(closed_on__isnull=True).order_by("name", "pk")


def is_name_taken(name: str, organisation: Organisation) -> bool:
    """Whether a program of that name calls for ``organisation`` already."""
    return organisation.api_clients.filter(name__iexact=name, is_active=True).exists()
