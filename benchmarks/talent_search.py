"""The talent search beside raw SQL, over 20,000 people who consented, and the cost of refreshing.

Everything is made in one transaction and rolled back, so any database will do.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
from pathways.models import (
    Competency,
    Domain,
    Framework,
    FrameworkVersion,
    Requirement,
    RoleProfile,
    Scale,
)
from talent.selectors.match import target_of
from talent.selectors.search import Filters, search
from talent.services.projection import refresh_profiles

PEOPLE = 20_000
TRUSTS = 40
ROUNDS = 40
Around = Callable[[], AbstractContextManager[None]]
WORDS = ("manager", "service manager", "nurse", "Siobhan", "theatre or clinic", "planning")

_PEOPLE = """
WITH made AS (
    INSERT INTO accounts_person (password, given_name, family_name, email, is_active, joined_at)
    SELECT '!', (ARRAY['Amara','Wei','Siobhán','Tomasz','Fatima','Owen','Priya'])[1 + n %% 7],
           (ARRAY['Okafor','Chen','Byrne','Nowak','Begum','Evans','Sharma','Silva'])[1 + n %% 8]
           || n, 'bench' || n || '@waymark.example', true, %(now)s
      FROM generate_series(1, %(people)s) n RETURNING id
)
SELECT array_agg(id ORDER BY id) FROM made
"""
_POSTS = """
INSERT INTO accounts_post (organisation_id, title, pay_system, band, staff_group, is_management)
SELECT (%(trusts)s::bigint[])[1 + n %% array_length(%(trusts)s::bigint[], 1)],
       (ARRAY['Ward','Service','Theatre','Clinic','General','Rota'])[1 + n %% 6] || ' '
       || (ARRAY['manager','nurse lead','coordinator'])[1 + n %% 3] || ' bench ' || n,
       'AFC', (ARRAY['4','6','7','8a','8b','8c','9'])[1 + n %% 7], '08', true
  FROM generate_series(1, %(people)s) n
RETURNING id
"""
_REST = """
INSERT INTO accounts_assignment
       (person_id, post_id, organisation_id, wte, starts_on, employee_number)
SELECT person, post.id, post.organisation_id, 1, '2020-04-01', ''
  FROM unnest(%(ids)s::bigint[], %(posts)s::bigint[]) pair(person, post_id)
  JOIN accounts_post post ON post.id = pair.post_id;
INSERT INTO pathways_postrole (post_id, role_profile_id)
SELECT id, (%(roles)s::bigint[])[1 + id %% array_length(%(roles)s::bigint[], 1)]
  FROM unnest(%(posts)s::bigint[]) id;
INSERT INTO pathways_attainment
       (person_id, competency_id, rank, attained_on, source, source_key, recorded_at)
SELECT person, competency, 1 + (person * 7 + competency * 3) %% 4, '2026-05-01', 'SELF', '', %(now)s
  FROM unnest(%(ids)s::bigint[]) person, unnest(%(competencies)s::bigint[]) competency;
INSERT INTO talent_talentconsent (person_id, scope, starts_on, ends_on, given_at)
SELECT id, (ARRAY['REGION','REGION','SYSTEM','ORGANISATION'])[1 + id %% 4],
       %(on)s::date, %(on)s::date + 180, %(now)s
  FROM unnest(%(ids)s::bigint[]) id;
INSERT INTO talent_readinessjudgement
       (person_id, organisation_id, readiness, reason, judged_by_id, judged_at, starts_on)
SELECT id, %(trust)s, (ARRAY['READY_NOW','READY_SOON','FUTURE'])[1 + id %% 3], 'Made for figures.',
       id, %(now)s, %(on)s::date
  FROM unnest(%(ids)s::bigint[]) id WHERE id %% 2 = 0
"""
_ANALYSED = (
    "talent_talentprofile, talent_talentconsent, accounts_person, accounts_assignment, "
    "accounts_post, pathways_attainment, pathways_postrole, talent_readinessjudgement"
)

# What somebody would write by hand for the same answer: the same index, one pass, no ORM.
_BY_HAND = """
WITH matched AS MATERIALIZED (
    SELECT person_id, name, organisation_id, band_rank, role_profile_id, readiness,
           (icount(levels & %(codes)s::int[]) * 120 + %(asked)s) / (2 * %(asked)s)
           + CASE readiness WHEN 'READY_NOW' THEN 20 WHEN 'READY_SOON' THEN 14
                            WHEN 'FUTURE' THEN 7 ELSE 0 END
           + CASE WHEN aspires_to_id = %(role)s THEN 10 ELSE 0 END
           + CASE WHEN band_rank = 0 THEN 0 WHEN abs(band_rank - %(band)s) < 2 THEN 10
                  WHEN abs(band_rank - %(band)s) = 2 THEN 5 ELSE 0 END AS points
      FROM talent_talentprofile
     WHERE words @@ websearch_to_tsquery('waymark_people', %(words)s)
       AND seen_from && ARRAY[%(organisation)s]::bigint[] AND found_until >= %(on)s
), best AS (SELECT * FROM matched ORDER BY points DESC, name, person_id LIMIT 20),
counted AS (
    SELECT organisation_id, band_rank, role_profile_id, readiness, count(*) FROM matched
     GROUP BY GROUPING SETS ((organisation_id), (band_rank), (role_profile_id), (readiness), ())
)
SELECT (SELECT json_agg(shown) FROM (
            SELECT best.*, profile.post_title, profile.band, profile.aspires_to_id,
                   profile.consented_until
              FROM best JOIN talent_talentprofile profile USING (person_id)
             ORDER BY points DESC, name) shown),
       (SELECT json_agg(counted) FROM counted)
"""


@dataclass(frozen=True, slots=True)
class World:
    leads: dict[str, Person]
    organisations: dict[str, Organisation]
    role: RoleProfile
    people: list[int]
    on: date
    now: datetime


def run() -> list[Row]:
    """Return a row per scope, and the cost of refreshing people in the projection."""
    with _rolled_back(), bypassing_role():
        world, written = make_world()
        rows = [_measure(world, scope) for scope in ("trust", "system", "region")]
        return [*rows, *_refreshing(world, written)]


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def make_world() -> tuple[World, float]:
    now = timezone.now()
    on = london_date(now)
    organisations, trusts = _organisations()
    role, roles, competencies = _framework(on)
    params = {"now": now, "on": on, "people": PEOPLE, "trusts": trusts, "trust": trusts[0]}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, params)
        people = cursor.fetchone()[0]
        cursor.execute(_POSTS, params)
        posts = [row[0] for row in cursor.fetchall()]
        for statement in _REST.split(";"):
            given = params | {"ids": people, "posts": posts, "roles": roles}
            cursor.execute(statement, given | {"competencies": competencies})
    _analyse(_ANALYSED)
    begun = perf_counter()
    refresh_profiles(person_ids=people, now=now)
    written = perf_counter() - begun
    _analyse("talent_talentprofile")
    leads = {name: _lead(name, organisation) for name, organisation in organisations.items()}
    return World(leads, organisations, role, people, on, now), written


def _analyse(tables: str) -> None:
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def _organisations() -> tuple[dict[str, Organisation], list[int]]:
    region = Organisation.objects.create(name="Bench region", kind=OrganisationKind.REGION)
    boards = [
        Organisation.objects.create(name=f"Bench board {n}", kind=OrganisationKind.ICB)
        for n in range(5)
    ]
    trusts = [
        Organisation.objects.create(name=f"Bench trust {n}", kind=OrganisationKind.TRUST)
        for n in range(TRUSTS)
    ]
    links = [(board, region) for board in boards]
    links += [(trust, boards[n % 5]) for n, trust in enumerate(trusts)]
    OrganisationParent.objects.bulk_create(
        OrganisationParent(organisation=below, parent=above, starts_on=date(2020, 4, 1))
        for below, above in links
    )
    named = {"trust": trusts[0], "system": boards[0], "region": region}
    return named, [trust.pk for trust in trusts]


def _framework(on: date) -> tuple[RoleProfile, list[int], list[int]]:
    scale = Scale.objects.create(code="BENCH", title="Bench")
    framework = Framework.objects.create(code="BENCH", title="Bench")
    version = FrameworkVersion.objects.create(
        framework=framework, label="1", scale=scale, valid_from=on
    )
    domain = Domain.objects.create(version=version, code="B", title="Bench", position=1)
    competencies = [
        Competency.objects.create(domain=domain, code=f"B{n}", title=f"Planning {n}", position=n)
        for n in range(1, 17)
    ]
    roles = [
        RoleProfile.objects.create(
            code=f"BENCH{n}", title=f"Bench role {n}", version=version, band="8a", stage=4
        )
        for n in range(14)
    ]
    Requirement.objects.bulk_create(
        Requirement(role_profile=role, competency=competency, rank=1 + (role.stage + n) % 4)
        for role in roles
        for n, competency in enumerate(competencies)
    )
    return roles[0], [role.pk for role in roles], [row.pk for row in competencies]


def _lead(name: str, organisation: Organisation) -> Person:
    person = Person.objects.create(family_name=name, email=f"lead-{name}@waymark.example")
    RoleGrant.objects.create(
        person=person, organisation=organisation, role="TALENT_LEAD", starts_on=date(2020, 4, 1)
    )
    return person


def _measure(world: World, scope: str) -> Row:
    """The selector (statement, facets and explanations) beside the statement written by hand."""
    target, lead = target_of(world.role), world.leads[scope]

    def selector(words: str) -> Any:
        filters = Filters(words=words, target=target)
        return search(actor=lead, on=world.on, filters=filters)

    def by_hand(words: str) -> Any:
        params = {
            "words": words,
            "codes": list(target.codes),
            "asked": len(target.codes),
            "role": world.role.pk,
            "band": target.band_rank,
            "organisation": world.organisations[scope].pk,
            "on": world.on,
        }
        with connection.cursor() as cursor:
            cursor.execute(_BY_HAND, params)
            return cursor.fetchone()

    in_scope = partial(opened, lead, on=world.on)
    with in_scope():
        everybody = search(actor=lead, on=world.on, filters=Filters()).total
    ours, theirs = _alternately((in_scope, selector), (bypassing_walls, by_hand))
    return Row(
        name=f"Talent search, {scope} scope ({everybody:,} of {PEOPLE:,} people)",
        figure=f"{median(ours):.1f} ms, 95th percentile {_p95(ours):.1f} ms",
        beside=f"raw SQL {median(theirs):.1f} ms, 95th percentile {_p95(theirs):.1f} ms",
        ratio=round(median(ours) / median(theirs), 2),
    )


def _alternately(*runs: tuple[Around, Callable[[str], Any]]) -> list[list[float]]:
    """Time each run in turn with the same words, so that a noisy minute meets all alike; what is
    around a run is not timed."""
    times: list[list[float]] = [[] for _run in runs]
    for round_number in range(ROUNDS + 2):
        words = WORDS[round_number % len(WORDS)]
        for kept, (around, timed) in zip(times, runs, strict=True):
            with around():
                begun = perf_counter()
                timed(words)
                took = (perf_counter() - begun) * 1000
            if round_number >= 2:
                kept.append(took)
    return times


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95) - 1]


def _refreshing(world: World, written: float) -> list[Row]:
    later = world.now + timedelta(minutes=1)
    begun = perf_counter()
    refresh_profiles(person_ids=world.people, now=later)
    unchanged = perf_counter() - begun
    begun = perf_counter()
    refresh_profiles(person_ids=world.people[:1], now=later)
    one = (perf_counter() - begun) * 1000
    ten_thousand = 10_000 / PEOPLE
    return [
        Row(
            name="Search projection, 10,000 people written",
            figure=f"{written * ten_thousand:.1f} s",
            beside="budget 10 s",
            ratio=round(written * ten_thousand / 10, 2),
        ),
        Row(
            name="Search projection, 10,000 people looked at and unchanged",
            figure=f"{unchanged * ten_thousand:.1f} s",
            beside=f"written {written * ten_thousand:.1f} s",
            ratio=round(unchanged / written, 2),
        ),
        Row(
            name="Search projection, one person (consent given or taken back)",
            figure=f"{one:.1f} ms",
            beside="",
            ratio=None,
        ),
    ]
