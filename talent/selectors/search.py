"""The talent search: words, filters, counts beside each filter and a page, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, Value
from django.db.models.expressions import Combinable

from accounts.actors import Actor
from talent.models import TalentProfile, TalentProfileQuerySet
from talent.selectors.match import Match, Target, explain, match_columns

PAGE_SIZE = 20
NOT_JUDGED = "NONE"
WORDS_CONFIG = "waymark_people"

# The column each filter looks at; the same names are used for the counts.
FACETS = {
    "organisation": "organisation_id",
    "band": "band_rank",
    "role": "role_profile_id",
    "readiness": "readiness",
}
_POINTS = (
    "levels_reached",
    "level_points",
    "readiness_points",
    "aspiration_points",
    "band_points",
    "match_points",
)
# GROUPING() has a bit for every column that a row was not grouped by.
_COUNTED = {0b0111: "organisation", 0b1011: "band", 0b1101: "role", 0b1110: "readiness"}
_TOTAL = 0b1111
_DETAILS = ("post_title", "band", "aspires_to_id", "consented_until")


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for. An empty filter lets everybody through; bands are ranks, both included."""

    words: str = ""
    organisations: tuple[int, ...] = ()
    lowest_band: int | None = None
    highest_band: int | None = None
    roles: tuple[int, ...] = ()
    readiness: tuple[str, ...] = ()
    target: Target | None = None
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One person of a page. ``match`` is None unless a role was chosen to match with."""

    person_id: int
    name: str
    post_title: str
    band: str
    organisation_id: int
    role_profile_id: int | None
    aspires_to_id: int | None
    readiness: str
    consented_until: date
    match: Match | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of people. ``facets``: filter -> value -> how many there would be with it, given
    the other filters but not its own."""

    found: tuple[Found, ...]
    total: int
    facets: Mapping[str, Mapping[Any, int]] = field(default_factory=dict)


def matching_words(rows: TalentProfileQuerySet, words: str) -> TalentProfileQuerySet:
    """Rows with all of ``words``; "or", -not and "a phrase" work as in other search boxes."""
    if not words.strip():
        return rows
    return rows.filter(words=SearchQuery(words, config=WORDS_CONFIG, search_type="websearch"))


def search(*, actor: Actor, on: date, filters: Filters, page: int = 1) -> SearchPage:
    """Return page ``page`` (the last one there is, if that is less) of the people ``actor`` may
    find on ``on``, best match first, or by name when asked or when there is no role to match."""
    rows = matching_words(TalentProfile.objects.visible_to(actor, on=on), filters.words)
    rows = rows.annotate(**_passes(filters)).order_by()
    columns = ["person_id", "name", *FACETS.values(), *(f"in_{name}" for name in FACETS)]
    if filters.target:
        rows = rows.annotate(**match_columns(filters.target))
        columns += _POINTS
    try:
        matched, params = rows.values(*columns).query.sql_with_params()
    except EmptyResultSet:
        return SearchPage(found=(), total=0)
    statement = _STATEMENT.format(
        matched=matched,
        order="name, person_id" if _is_by_name(filters) else "match_points DESC, name, person_id",
        details=", ".join(f"profile.{name}" for name in _DETAILS),
        size=PAGE_SIZE,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, (page - 1) * PAGE_SIZE])
        people, counts = cursor.fetchone()
    return SearchPage(
        found=tuple(_found(SimpleNamespace(**person), filters.target) for person in people or ()),
        total=next(row["in_all"] for row in counts if row["which"] == _TOTAL),
        facets=_facets(counts),
    )


def _found(row: SimpleNamespace, target: Target | None) -> Found:
    return Found(
        person_id=row.person_id,
        name=row.name,
        post_title=row.post_title,
        band=row.band,
        organisation_id=row.organisation_id,
        role_profile_id=row.role_profile_id,
        aspires_to_id=row.aspires_to_id,
        readiness=row.readiness,
        consented_until=date.fromisoformat(row.consented_until),
        match=explain(row, target) if target else None,
    )


def _facets(counts: list[dict[str, Any]]) -> dict[str, dict[Any, int]]:
    facets: dict[str, dict[Any, int]] = {name: {} for name in FACETS}
    for row in counts:
        if name := _COUNTED.get(row["which"]):
            facets[name][row[FACETS[name]]] = row[f"in_this_{name}"]
    return facets


def _is_by_name(filters: Filters) -> bool:
    return filters.by_name or filters.target is None


def _passes(filters: Filters) -> dict[str, Combinable | Q]:
    """Return, for each filter, whether a row passes it."""
    band = Q()
    if filters.lowest_band:
        band &= Q(band_rank__gte=filters.lowest_band)
    if filters.highest_band:
        band &= Q(band_rank__range=(1, filters.highest_band))
    readiness = ["" if value == NOT_JUDGED else value for value in filters.readiness]
    conditions = {
        "organisation": Q(organisation_id__in=filters.organisations)
        if filters.organisations
        else Q(),
        "band": band,
        "role": Q(role_profile_id__in=filters.roles) if filters.roles else Q(),
        "readiness": Q(readiness__in=readiness) if readiness else Q(),
    }
    return {f"in_{name}": condition or Value(True) for name, condition in conditions.items()}


# ``matched`` is read from the index once. A count leaves out its own filter, so that the reader
# sees what choosing more of it would bring; all of them are made in one pass.
_STATEMENT = """
WITH matched AS MATERIALIZED ({matched}),
wanted AS (
    SELECT * FROM matched
     WHERE in_organisation AND in_band AND in_role AND in_readiness
     ORDER BY {order}
     LIMIT {size} OFFSET least(%s::bigint, (
           SELECT greatest(count(*) - 1, 0) / {size} * {size} FROM matched
            WHERE in_organisation AND in_band AND in_role AND in_readiness))
),
counted AS (
    SELECT organisation_id, band_rank, role_profile_id, readiness,
           GROUPING(organisation_id, band_rank, role_profile_id, readiness) AS which,
           count(*) FILTER (WHERE in_band AND in_role AND in_readiness) AS in_this_organisation,
           count(*) FILTER (WHERE in_organisation AND in_role AND in_readiness) AS in_this_band,
           count(*) FILTER (WHERE in_organisation AND in_band AND in_readiness) AS in_this_role,
           count(*) FILTER (WHERE in_organisation AND in_band AND in_role) AS in_this_readiness,
           count(*) FILTER (
               WHERE in_organisation AND in_band AND in_role AND in_readiness) AS in_all
      FROM matched
     GROUP BY GROUPING SETS ((organisation_id), (band_rank), (role_profile_id), (readiness), ())
)
SELECT (SELECT json_agg(page) FROM (
            SELECT wanted.*, {details} FROM wanted
              JOIN talent_talentprofile profile USING (person_id)
             ORDER BY {order}) page),
       (SELECT json_agg(counted) FROM counted)
"""
