"""Programs that call for an organisation, as its administrators see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import ApiClient, ApiClientSecret, Organisation, Person
from accounts.models.clients import ADMINISTERS_PROGRAMS
from accounts.visibility import standing
from common.dates import london_midnight


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


@dataclass(frozen=True, slots=True)
class Ending:
    """A secret whose last day is near, and who is to be told."""

    secret: ApiClientSecret
    recipient_ids: list[int]


_NEAREST_ADMINISTRATORS = """
WITH RECURSIVE upwards(start, id, steps) AS (
    SELECT place, place, 0 FROM unnest(%(places)s::bigint[]) place
    UNION
    SELECT upwards.start, link.parent_id, upwards.steps + 1
      FROM upwards JOIN accounts_organisationparent link ON link.organisation_id = upwards.id
     WHERE link.starts_on <= %(on)s AND (link.ends_on IS NULL OR link.ends_on >= %(on)s)
       AND upwards.steps < 20
), holders AS (
    SELECT upwards.start, held.person_id, upwards.steps,
           min(upwards.steps) OVER (PARTITION BY upwards.start) AS nearest
      FROM upwards
      JOIN accounts_rolegrant held ON held.organisation_id = upwards.id
      JOIN accounts_person person ON person.id = held.person_id AND person.is_active
     WHERE held.role = 'ORGANISATION_ADMINISTRATOR'
       AND held.starts_on <= %(on)s AND (held.ends_on IS NULL OR held.ends_on >= %(on)s)
)
SELECT DISTINCT start, person_id FROM holders WHERE steps = nearest ORDER BY start, person_id
"""


def secrets_ending(*, on: date, days_left: tuple[int, ...]) -> Iterator[Ending]:
    """Secrets of programs that may call whose last day is so many days after ``on``, unless the
    program has another that lasts longer. Two statements, however many there are."""
    ends = Q()
    for day in (on + timedelta(days=days) for days in days_left):
        begins, next_begins = london_midnight(day), london_midnight(day + timedelta(days=1))
        ends |= Q(expires_at__gt=begins, expires_at__lte=next_begins)
    newer = ApiClientSecret.objects.filter(
        client=OuterRef("client"), revoked_at__isnull=True, expires_at__gt=OuterRef("expires_at")
    )
    rows = ApiClientSecret.objects.filter(
        ends, ~Exists(newer), revoked_at__isnull=True, client__is_active=True
    )
    found = list(rows.select_related("client__organisation").order_by("expires_at", "pk"))
    told = _nearest_administrators({row.client.organisation_id for row in found}, on=on)
    for secret in found:
        yield Ending(secret, told.get(secret.client.organisation_id, []))


def _nearest_administrators(places: set[int], *, on: date) -> dict[int, list[int]]:
    """Those of each organisation, or of the nearest one above that has any."""
    told: dict[int, list[int]] = {}
    if not places:
        return told
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST_ADMINISTRATORS, {"places": sorted(places), "on": on})
        for place, person_id in cursor.fetchall():
            told.setdefault(place, []).append(person_id)
    return told
