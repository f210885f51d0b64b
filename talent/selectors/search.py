"""The talent search: words, filters, counts beside each filter and a page, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import EmptyResultSet
from django.db import connection

from accounts.actors import Actor
from talent.models import TalentProfile, TalentProfileQuerySet
from talent.selectors.match import (
    ASKED,
    LEVELS_REACHED,
    MATCH_POINTS,
    PARTS,
    Match,
    Target,
    asked_values,
    explain,
)

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
# GROUPING() has a bit for every column that a row was not grouped by.
_COUNTED = {0b0111: "organisation", 0b1011: "band", 0b1101: "role", 0b1110: "readiness"}
_TOTAL = 0b1111
_COLUMNS = ("person_id", "name", "levels", "aspires_to_id", *FACETS.values())
_NO_BAND = 0
_ALL_BANDS = 32_767


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


# The same rows through the view whose conditions may be looked up in an index: row-level security
# must be judged before most operators, and so before any index that they need.
_TABLE = ' FROM "talent_talentprofile"'
_FINDABLE = ' FROM "talent_findable" AS "talent_talentprofile"'


def through_the_view(rows: TalentProfileQuerySet) -> tuple[str, tuple[Any, ...]]:
    """The statement of ``rows``, with its parameters, as the search reads them."""
    statement, params = rows.order_by().values(*_COLUMNS).query.sql_with_params()
    return statement.replace(_TABLE, _FINDABLE), params


def matching_words(rows: TalentProfileQuerySet, words: str) -> TalentProfileQuerySet:
    """Rows with all of ``words``; "or", -not and "a phrase" work as in other search boxes."""
    if not words.strip():
        return rows
    return rows.filter(words=SearchQuery(words, config=WORDS_CONFIG, search_type="websearch"))


def search(*, actor: Actor, on: date, filters: Filters, page: int = 1) -> SearchPage:
    """Return page ``page`` (the last one there is, if that is less) of the people ``actor`` may
    find on ``on``, best match first, or by name when asked or when there is no role to match."""
    rows = matching_words(TalentProfile.objects.visible_to(actor, on=on), filters.words)
    try:
        visible, params = through_the_view(rows)
    except EmptyResultSet:
        return SearchPage(found=(), total=0)
    order = "name, person_id" if _is_by_name(filters) else "match_points DESC, name, person_id"
    asked = asked_values(filters.target)
    given = [*params, *asked, *_wanted_values(filters), *asked, (page - 1) * PAGE_SIZE]
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT.format(visible=visible, order=order), given)
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


def _wanted_values(filters: Filters) -> list[Any]:
    """Return the parameters of ``sought``; an upper limit of bands leaves out who has none."""
    readiness = ["" if value == NOT_JUDGED else value for value in filters.readiness]
    lowest = filters.lowest_band or (1 if filters.highest_band else _NO_BAND)
    return [
        list(filters.organisations),
        lowest,
        filters.highest_band or _ALL_BANDS,
        list(filters.roles),
        readiness,
    ]


# ``matched`` is read from the index once. A count leaves out its own filter, so that the reader
# sees what choosing more of it would bring; all of them are made in one pass. Points are worked
# out for those alone who pass every filter. The braces left are for the rows that the actor may
# see, as ``visible_to`` says, and for the order.
_STATEMENT = f"""
WITH visible AS NOT MATERIALIZED ({{visible}}),
matched AS MATERIALIZED (
    SELECT person_id, name, organisation_id, band_rank, role_profile_id, readiness,
           aspires_to_id, {LEVELS_REACHED},
           organisations_sought = '{{{{}}}}' OR organisation_id = ANY(organisations_sought)
               AS in_organisation,
           band_rank BETWEEN lowest AND highest AS in_band,
           roles_sought = '{{{{}}}}' OR role_profile_id = ANY(roles_sought) AS in_role,
           readiness_sought = '{{{{}}}}' OR readiness = ANY(readiness_sought)
               AS in_readiness
      FROM visible, {ASKED},
           (VALUES (%s::bigint[], %s::int, %s::int, %s::bigint[], %s::text[]))
               sought(organisations_sought, lowest, highest, roles_sought, readiness_sought)
),
wanted AS (
    SELECT scored.*, {MATCH_POINTS} AS match_points
      FROM (SELECT person.*, {PARTS} FROM matched person, {ASKED}
             WHERE in_organisation AND in_band AND in_role AND in_readiness) scored
     ORDER BY {{order}}
     LIMIT {PAGE_SIZE} OFFSET least(%s::bigint, (
           SELECT greatest(count(*) - 1, 0) / {PAGE_SIZE} * {PAGE_SIZE} FROM matched
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
            SELECT wanted.*, profile.post_title, profile.band, profile.consented_until
              FROM wanted JOIN talent_talentprofile profile USING (person_id)
             ORDER BY {{order}}) page),
       (SELECT json_agg(counted) FROM counted)
"""  # noqa: S608 - made of constants; what people send goes in as parameters
