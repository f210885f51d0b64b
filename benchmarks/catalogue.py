"""The search of a catalogue with 20,000 offerings, beside what one would write by hand for the same
answer: words, a word with a slip in it, filters with what each would leave, and the order of gaps.

Everything is made in one transaction and rolled back, so any database will do.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organisation, OrganisationKind, OrganisationParent, Person, RoleGrant
from accounts.scope import opened
from benchmarks.roles import as_superuser, bypassing_role, bypassing_walls
from benchmarks.row import Row
from common.dates import london_date
from courses.models import Programme
from courses.selectors.search import ALIKE, Filters, Marked, search_catalogue

PROGRAMMES, OFFERINGS, TRUSTS, ROUNDS = 2_000, 20_000, 40, 12
# Every fourth programme brings the reader nearer to the role they aim at.
NEARER = 4
Way = tuple[Callable[[], AbstractContextManager[Any]], Callable[[str], tuple[int, ...]]]
_TABLES = (
    "courses_programme, courses_offering, courses_award, courses_programmeaward,"
    " courses_offeringaward, courses_accreditation, accounts_organisation"
)

_MAKE = """
INSERT INTO courses_programme
       (code, title, summary, audience, provider, length, mode, cost_pence, is_listed, is_verified)
SELECT 'BENCH' || n,
       (ARRAY['Leading', 'Planning', 'Improving', 'Rostering'])[1 + n %% 4] || ' '
       || (ARRAY['a ward', 'finance', 'a service', 'a board', 'people'])[1 + n %% 5] || ' ' || n,
       'Six days about running a service well.', '', '', '',
       (ARRAY['ONLINE', 'IN_PERSON', 'BLENDED'])[1 + n %% 3], NULL, true, true
  FROM generate_series(1, %(programmes)s) n;
INSERT INTO courses_body (code, name, site, is_verified)
SELECT 'bench' || n, 'Bench body ' || n, '', true FROM generate_series(1, 10) n;
INSERT INTO courses_award (code, title, kind, level, body_id, criteria, is_listed, is_verified)
SELECT 'bench' || row_number() OVER (), 'Certificate of ' || name,
       (ARRAY['CERTIFICATE', 'ACADEMIC', 'MEMBERSHIP'])[1 + id %% 3], 1 + id %% 8, id, '',
       true, true
  FROM courses_body WHERE code LIKE 'bench%%';
INSERT INTO courses_programmeaward (programme_id, award_id, is_optional)
SELECT programme.id, award.id, false
  FROM courses_programme programme JOIN courses_award award ON award.id %% 10 = programme.id %% 10
 WHERE programme.code LIKE 'BENCH%%' AND award.code LIKE 'bench%%';
INSERT INTO courses_offering
       (programme_id, host_id, route, mode, admission, languages, price_pence, study_hours,
        offer_hours, is_open)
SELECT (SELECT min(id) FROM courses_programme WHERE code LIKE 'BENCH%%') + n %% %(programmes)s,
       (%(trusts)s::bigint[])[1 + n / %(programmes)s * 4 %% %(count)s + n %% 4],
       'Route ' || n, '', 'OPEN',
       CASE WHEN n %% 7 = 0 THEN ARRAY['en', 'cy'] ELSE ARRAY['en'] END,
       (ARRAY[0, 20000, 90000, 300000])[1 + n %% 4], 12, 0, true
  FROM generate_series(0, %(offerings)s - 1) n;
INSERT INTO courses_accreditation
       (offering_id, body_id, level, credit_scheme, reference, starts_on, ends_on)
SELECT offering.id, (SELECT min(id) FROM courses_body WHERE code LIKE 'bench%%'), '', '', '',
       '2020-01-01', CASE WHEN offering.id %% 2 = 0 THEN NULL ELSE date '2040-01-01' END
  FROM courses_offering offering WHERE offering.route LIKE 'Route %%' AND offering.id %% 3 = 0
"""

# Counts leave out their own filter; a filter of which nothing is chosen lets everything through.
_BY_HAND = """
WITH programme AS MATERIALIZED (
    SELECT id, title, mode, cost_pence, {near} AS near FROM courses_programme
     WHERE is_listed AND (owner_id IS NULL OR owner_id = ANY(%(trusts)s)) AND {found}
), lasting AS MATERIALIZED (
    SELECT DISTINCT offering_id, programme_id, provider_id FROM courses_accreditation
     WHERE starts_on <= %(on)s AND (ends_on IS NULL OR ends_on > %(on)s)
), brought AS (
    SELECT link.programme_id, array_agg(DISTINCT award.kind) AS kind,
           array_agg(DISTINCT award.level) AS level
      FROM courses_programmeaward link JOIN courses_award award ON award.id = link.award_id
     GROUP BY 1
), way_found AS (
    SELECT programme.id, title, near, coalesce(nullif(way.mode, ''), programme.mode) AS mode,
           way.host_id, way.provider_id, way.admission, way.languages,
           coalesce(way.price_pence, cost_pence) AS cost, brought.kind, brought.level,
           coalesce(its.offering_id, whole.programme_id, teacher.provider_id) IS NOT NULL
           AS accredited
      FROM programme
      LEFT JOIN courses_offering way
        ON way.programme_id = programme.id AND way.is_open AND way.host_id = ANY(%(trusts)s)
       AND (way.ends_on IS NULL OR way.ends_on >= %(on)s)
      LEFT JOIN lasting its ON its.offering_id = way.id
      LEFT JOIN lasting whole ON whole.programme_id = programme.id
      LEFT JOIN lasting teacher ON teacher.provider_id = coalesce(way.provider_id, way.host_id)
      LEFT JOIN brought ON brought.programme_id = programme.id
), priced AS (
    SELECT way_found.*,
           CASE WHEN cost = 0 THEN 'FREE' WHEN cost <= 50000 THEN 'UNDER_500'
                WHEN cost <= 200000 THEN 'UNDER_2000' WHEN cost IS NOT NULL THEN 'MORE'
           END AS price
      FROM way_found
), sought AS MATERIALIZED (
    SELECT priced.*, %(mode)s = '' OR mode = %(mode)s AS in_mode,
           %(price)s = '' OR price = %(price)s AS in_price,
           %(accredited)s = '' OR accredited AS in_accredited
      FROM priced
), fit AS MATERIALIZED (SELECT * FROM sought WHERE in_mode AND in_price AND in_accredited)
SELECT (SELECT array_agg(id ORDER BY near DESC, coalesce(points, 0) DESC, title, id)
          FROM (SELECT id, max(title) AS title, max(near) AS near FROM fit GROUP BY 1) wanted
          LEFT JOIN unnest(%(nearer)s::bigint[], %(points)s::int[]) gap(of_id, points)
            ON of_id = id),
       (SELECT json_agg(counted) FROM (
    SELECT 'mode' AS facet, mode::text AS value, count(DISTINCT id) FROM sought
     WHERE in_price AND in_accredited GROUP BY 2
     UNION ALL SELECT 'price', price, count(DISTINCT id) FROM sought
     WHERE in_mode AND in_accredited GROUP BY 2
     UNION ALL SELECT 'accredited', accredited::text, count(DISTINCT id) FROM sought
     WHERE in_mode AND in_price GROUP BY 2
     UNION ALL SELECT 'host', host_id::text, count(DISTINCT id) FROM fit GROUP BY 2
     UNION ALL SELECT 'provider', provider_id::text, count(DISTINCT id) FROM fit GROUP BY 2
     UNION ALL SELECT 'admission', admission, count(DISTINCT id) FROM fit GROUP BY 2
     UNION ALL SELECT 'language', of_it, count(DISTINCT id) FROM fit, unnest(languages) of_it
     GROUP BY 2
     UNION ALL SELECT 'kind', of_it, count(DISTINCT id) FROM fit, unnest(kind) of_it GROUP BY 2
     UNION ALL SELECT 'level', of_it::text, count(DISTINCT id) FROM fit, unnest(level) of_it
     GROUP BY 2
       ) counted)
"""
_QUERY = "websearch_to_tsquery('english', %(words)s)"
_BROUGHT = f"""
id IN (SELECT link.programme_id FROM courses_programmeaward link
         JOIN courses_award award ON award.id = link.award_id
         JOIN courses_body body ON body.id = award.body_id
        WHERE to_tsvector('english', award.title || ' ' || body.name) @@ {_QUERY})
"""  # noqa: S608 - words of our own
_EVERYTHING = _BY_HAND.format(near="0", found="true")
_EXACT = _BY_HAND.format(
    near=f"ts_rank(words, {_QUERY})", found=f"(words @@ {_QUERY} OR {_BROUGHT})"
)
_ALIKE = _BY_HAND.format(
    near="word_similarity(%(words)s, title)", found=f"word_similarity(%(words)s, title) >= {ALIKE}"
)


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked, each of ``words`` in turn. ``chosen``: filter -> value."""

    title: str
    words: tuple[str, ...] = ("",)
    chosen: dict[str, str] = field(default_factory=dict)
    by_gap: bool = False


CASES = (
    Case("words", words=("leading", "finance", "rostering ward")),
    Case("a word with a slip", words=("rosterring", "finanse")),
    Case("in the order of gaps", by_gap=True),
    Case("three filters", chosen={"mode": "ONLINE", "price": "FREE", "accredited": "YES"}),
)


@dataclass(frozen=True, slots=True)
class World:
    lead: Person
    trusts: list[int]
    points: dict[int, int]


def run() -> list[Row]:
    """Return a row for each of the cases."""
    with _rolled_back(), bypassing_role():
        world = _make()
        return [_measure(world, case) for case in CASES]


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _make() -> World:
    lead, trusts = _people()
    given: dict[str, Any] = {
        "programmes": PROGRAMMES,
        "offerings": OFFERINGS,
        "trusts": trusts,
        "count": TRUSTS - 4,
    }
    with connection.cursor() as cursor:
        for statement in _MAKE.split(";"):
            cursor.execute(statement, given)
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {_TABLES}")
    made = Programme.objects.filter(code__startswith="BENCH").order_by("pk")
    points = {pk: 5 + pk % 40 for pk in made.values_list("pk", flat=True)[::NEARER]}
    return World(lead, trusts, points)


def _people() -> tuple[Person, list[int]]:
    region = Organisation.objects.create(name="Bench region", kind=OrganisationKind.REGION)
    trusts = [
        Organisation.objects.create(name=f"Bench trust {n}", kind=OrganisationKind.TRUST)
        for n in range(TRUSTS)
    ]
    OrganisationParent.objects.bulk_create(
        OrganisationParent(organisation=trust, parent=region, starts_on=date(2020, 4, 1))
        for trust in trusts
    )
    lead = Person.objects.create(family_name="Lead", email="catalogue@waymark.example")
    RoleGrant.objects.create(
        person=lead, organisation=region, role="LEARNING_LEAD", starts_on=date(2020, 4, 1)
    )
    return lead, [trust.pk for trust in trusts]


def _measure(world: World, case: Case) -> Row:
    now = timezone.now()
    on = london_date(now)
    points = world.points if case.by_gap else {}
    chosen = {name: (value,) for name, value in case.chosen.items()}

    def selector(words: str) -> tuple[int, ...]:
        filters = Filters(words=words, chosen=chosen)
        marked = Marked(points=points)
        return search_catalogue(
            actor=world.lead, filters=filters, marked=marked, on=on, now=now
        ).ids

    def by_hand(words: str) -> tuple[int, ...]:
        given = {
            **dict.fromkeys(("mode", "price", "accredited"), ""),
            **case.chosen,
            "words": words,
            "on": on,
            "trusts": world.trusts,
            "nearer": list(points),
            "points": list(points.values()),
        }
        return _found_by_hand(given)

    around = partial(opened, world.lead, on=on)
    found = _refuse_unless_alike((around, selector), (bypassing_walls, by_hand), case)
    ours, theirs = _alternately((around, selector), (bypassing_walls, by_hand), case.words)
    return Row(
        name=f"Catalogue of {OFFERINGS:,} offerings, {case.title} ({found:,} programmes)",
        figure=f"{median(ours):.0f} ms",
        beside=f"raw SQL {median(theirs):.0f} ms",
        ratio=round(median(ours) / median(theirs), 2),
    )


def _found_by_hand(given: dict[str, Any]) -> tuple[int, ...]:
    """By the words as they are typed, and by words like them only when nothing has those."""
    with connection.cursor() as cursor:
        for statement in (_EXACT, _ALIKE) if given["words"] else (_EVERYTHING,):
            cursor.execute(statement, given)
            ids, _counted = cursor.fetchone()
            if ids:
                return tuple(ids)
    return ()


def _refuse_unless_alike(ours: Way, theirs: Way, case: Case) -> int:
    """Both find the same in the same order, or the figure would say nothing."""
    answers = []
    for around, timed in (ours, theirs):
        with around():
            answers.append([timed(words) for words in case.words])
    if answers[0] != answers[1] or not all(answers[0]):
        raise AssertionError(f"The search and the statement differ: {case.title}.")
    return len(answers[0][0])


def _alternately(ours: Way, theirs: Way, words: tuple[str, ...]) -> list[list[float]]:
    """Time each in turn with the same words; what is around a run is not timed."""
    times: list[list[float]] = [[], []]
    for number in range(ROUNDS):
        for kept, (around, timed) in zip(times, (ours, theirs), strict=True):
            with around():
                began = perf_counter()
                timed(words[number % len(words)])
                kept.append((perf_counter() - began) * 1000)
    return times
