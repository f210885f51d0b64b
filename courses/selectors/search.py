"""The search of the catalogue: words, filters, and how many there are beside each filter.

One statement reads what the reader may see once, and finds, orders and counts in that. A programme
is found when one way to take it passes every filter; a count leaves out its own filter, so that it
says what choosing more of it would bring.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.search import (
    SearchQuery,
    SearchRank,
    SearchVector,
    TrigramWordSimilarity,
)
from django.db import connection
from django.db.models import F, Q, QuerySet, Value

from accounts.actors import Actor
from courses.models import Accreditation, Offering, Programme, ProgrammeAward, Session

# Words this alike read as the same word with a slip ("roslind" finds Rosalind, "nursing" does not
# find "training").
ALIKE = 0.45
# Upper limits in pence of what a place costs, each without what the one before it holds.
PRICES = {"FREE": 0, "UNDER_500": 50_000, "UNDER_2000": 200_000}
DEARER = "MORE"
YES = "YES"

# The column of ``way`` that each filter looks at; many: a way can have several of its values.
_ONE = ("mode", "host", "provider", "price", "admission", "accredited")
_MANY = ("language", "kind", "level")
FACETS = (*_ONE, *_MANY)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asks of the catalogue.

    ``purpose`` is "", "MANDATORY", "ENTITLED" or "GAP". Each of ``chosen`` has the values of which
    one is enough, as text; a facet without any lets everything through.
    """

    words: str = ""
    purpose: str = ""
    with_places: bool = False
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Marked:
    """What the reader's pathway asks for, the points of what brings them nearer, and what an
    organisation of theirs has made mandatory."""

    entitled: frozenset[int] = frozenset()
    points: Mapping[int, int] = field(default_factory=dict)
    mandatory: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """Programmes in order, by their ids; ``is_similar`` when none had the words, and these have
    words alike. ``facets``: filter -> value -> how many programmes."""

    ids: tuple[int, ...]
    facets: Mapping[str, Mapping[str, int]]
    is_similar: bool = False


def search_catalogue(
    *, actor: Actor, filters: Filters, marked: Marked, on: date, now: datetime
) -> Found:
    """Return the programmes that fit ``filters``: by words the best match first; else what is
    asked of the reader, then what brings them nearer, by points, then the rest by title.

    A word with a slip in it finds titles with a word like it, but only when nothing has the words
    as they were typed.
    """
    programmes = _for_purpose(Programme.objects.visible_to(actor, on=on), filters, marked)
    ways = _ways(actor=actor, filters=filters, on=on, now=now)
    if not filters.words:
        return _run(programmes.annotate(near=_nought()), ways, filters, marked, on=on)
    query = SearchQuery(filters.words, config="english", search_type="websearch")
    exact = programmes.filter(Q(words=query) | Q(pk__in=_bringing(query)))
    if exact.exists():
        exact = exact.annotate(near=SearchRank(F("words"), query))
        return _run(exact, ways, filters, marked, on=on)
    likeness = TrigramWordSimilarity(filters.words, "title")
    alike = programmes.annotate(near=likeness).filter(near__gte=ALIKE)
    found = _run(alike, ways, filters, marked, on=on)
    return Found(found.ids, found.facets, is_similar=True)


def _nought() -> Value:
    return Value(0)


def _bringing(query: SearchQuery) -> QuerySet[ProgrammeAward, int]:
    """Programmes that bring an award, or an award of a body, with the words."""
    named = SearchVector("award__title", "award__body__name", config="english")
    rows = ProgrammeAward.objects.annotate(named=named).filter(named=query)
    return rows.values_list("programme_id", flat=True)


def _for_purpose(
    rows: QuerySet[Programme], filters: Filters, marked: Marked
) -> QuerySet[Programme]:
    if filters.purpose == "MANDATORY":
        return rows.filter(pk__in=marked.mandatory)
    if filters.purpose == "ENTITLED":
        return rows.filter(pk__in=marked.entitled)
    if filters.purpose == "GAP":
        return rows.filter(pk__in=marked.points)
    return rows


def _ways(*, actor: Actor, filters: Filters, on: date, now: datetime) -> QuerySet[Offering]:
    """The offerings that the reader sees and that are not over; with places, only those."""
    rows = Offering.objects.visible_to(actor, on=on).filter(is_open=True)
    rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    if not filters.with_places:
        return rows
    sessions = Session.objects.visible_to(actor, on=on).taking(now=now).with_room()
    return rows.filter(pk__in=sessions.values("offering_id"))


_PROGRAMME = ("id", "title", "mode", "cost_pence", "near")
_WAY = (
    *("id", "programme_id", "host_id", "provider_id", "mode", "admission", "languages"),
    *("price_pence", "ends_on"),
)
_ACCREDITED = ("programme_id", "offering_id", "provider_id", "body_id", "starts_on", "ends_on")


def _run(
    programmes: QuerySet[Programme],
    ways: QuerySet[Offering],
    filters: Filters,
    marked: Marked,
    *,
    on: date,
) -> Found:
    accredited = Accreditation.objects.from_day_on(on)
    statements = {
        "programmes": _as_statement(programmes.order_by().values(*_PROGRAMME)),
        "ways": _as_statement(ways.order_by().values(*_WAY)),
        "accredited": _as_statement(accredited.order_by().values(*_ACCREDITED)),
    }
    join = "JOIN" if filters.with_places else "LEFT JOIN"
    sql = _STATEMENT.format(join=join, **{name: text for name, (text, _) in statements.items()})
    given: list[Any] = [value for _, values in statements.values() for value in values]
    given += [on, on, on, list(marked.entitled | marked.mandatory)]
    given += [list(marked.points), list(marked.points.values())]
    given += [list(filters.chosen.get(name, ())) for name in FACETS]
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        [(ids, counted)] = cursor.fetchall()
    facets: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    for row in counted or ():
        facets[row["facet"]][row["value"]] = row["found"]
    return Found(tuple(ids or ()), facets)


def _as_statement(rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """Rows of which it is known beforehand that there are none are a statement as well."""
    compiler = rows.query.get_compiler(connection=connection, elide_empty=False)
    statement, params = compiler.as_sql()
    return statement, params


_PRICE = "CASE {cases} WHEN cost IS NULL THEN NULL ELSE '{dearer}' END".format(
    cases=" ".join(f"WHEN cost <= {most} THEN '{name}'" for name, most in PRICES.items()),
    dearer=DEARER,
)


def _but(name: str) -> str:
    """All filters but one."""
    return " AND ".join(f"in_{other}" for other in FACETS if other != name)


def _counts() -> str:
    ones = (
        f"SELECT '{name}' AS facet, {name} AS value, count(DISTINCT programme_id) AS found"  # noqa: S608
        f" FROM sought WHERE {_but(name)} AND {name} IS NOT NULL GROUP BY 2"
        for name in _ONE
    )
    several = (
        f"SELECT '{name}', value, count(DISTINCT programme_id)"  # noqa: S608
        f" FROM sought, unnest({name}) value WHERE {_but(name)} AND value IS NOT NULL GROUP BY 2"
        for name in _MANY
    )
    return " UNION ALL ".join((*ones, *several))


def _in(name: str) -> str:
    asked = f"asked_{name}"
    is_one = f"{name} = ANY({asked})" if name in _ONE else f"{name} && {asked}"
    return f"({asked} = '{{{{}}}}' OR coalesce({is_one}, false)) AS in_{name}"


# The days of one body that touch or overlap are one range: the one that holds today says until
# when it lasts. What is accredited lasts at least as long as the way to take it is offered.
_STATEMENT = f"""
WITH programme AS MATERIALIZED ({{programmes}}),
way AS MATERIALIZED (
    SELECT * FROM ({{ways}}) every WHERE programme_id IN (SELECT id FROM programme)
),
accredited AS ({{accredited}}),
lasting AS MATERIALIZED (
    SELECT programme_id, offering_id, provider_id,
           max(coalesce(upper(days), 'infinity'::date)) AS until
      FROM (SELECT programme_id, offering_id, provider_id,
                   unnest(range_agg(daterange(starts_on, ends_on, '[]'))) AS days
              FROM accredited GROUP BY 1, 2, 3, body_id) known
     WHERE days @> %s::date GROUP BY 1, 2, 3
),
brought AS MATERIALIZED (
    SELECT link.programme_id, array_agg(DISTINCT award.kind::text) AS kinds,
           array_agg(DISTINCT award.level::text) AS levels
      FROM courses_programmeaward link JOIN courses_award award ON award.id = link.award_id
     WHERE link.programme_id IN (SELECT id FROM programme)
     GROUP BY 1
),
added AS MATERIALIZED (
    SELECT link.offering_id, array_agg(DISTINCT award.kind::text) AS kinds,
           array_agg(DISTINCT award.level::text) AS levels
      FROM courses_offeringaward link JOIN courses_award award ON award.id = link.award_id
     GROUP BY 1
),
found AS MATERIALIZED (
    SELECT programme.id AS programme_id, programme.title, programme.near,
           coalesce(nullif(way.mode, ''), programme.mode)::text AS mode,
           way.host_id::text AS host, way.provider_id::text AS provider,
           coalesce(way.price_pence, programme.cost_pence) AS cost,
           way.admission::text AS admission, way.languages::text[] AS language,
           brought.kinds || added.kinds AS kind, brought.levels || added.levels AS level,
           CASE WHEN greatest(its.until, whole.until, teacher.until)
                     > greatest(%s::date, coalesce(way.ends_on, %s::date))
                THEN '{YES}' END AS accredited
      FROM programme
      {{join}} way ON way.programme_id = programme.id
      LEFT JOIN brought ON brought.programme_id = programme.id
      LEFT JOIN added ON added.offering_id = way.id
      LEFT JOIN lasting its ON its.offering_id = way.id
      LEFT JOIN lasting whole ON whole.programme_id = programme.id
      LEFT JOIN lasting teacher ON teacher.provider_id = coalesce(way.provider_id, way.host_id)
),
marked AS (
    SELECT %s::bigint[] AS entitled, %s::bigint[] AS nearer, %s::int[] AS points
),
asked AS (SELECT {", ".join(f"%s::text[] AS asked_{name}" for name in FACETS)}),
sought AS MATERIALIZED (
    SELECT priced.*, {", ".join(_in(name) for name in FACETS)}
      FROM (SELECT found.*, {_PRICE} AS price FROM found) priced, asked
),
wanted AS (
    SELECT programme_id, max(title) AS title, max(near) AS near
      FROM sought WHERE {_but("")} GROUP BY 1
)
SELECT (SELECT array_agg(programme_id ORDER BY near DESC, programme_id <> ALL(entitled),
                         coalesce(points[array_position(nearer, programme_id)], 0) DESC,
                         title, programme_id)
          FROM wanted, marked),
       (SELECT json_agg(counted) FROM ({_counts()}) counted)
"""  # noqa: S608 - names of our own
