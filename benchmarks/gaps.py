"""The gap of one person beside plain SQL for the same answer, and of 140,000 managers in one pass.

Everything is made in one transaction and rolled back, so any database will do.
"""

from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.scope import enter
from benchmarks.roles import as_superuser
from benchmarks.row import Row
from common.dates import london_date
from pathways.models import Requirement, RoleProfile
from pathways.selectors.gap import gap_analysis
from pathways.selectors.gap_organisation import COUNTER, Dimension, organisation_gap
from tests.factories.pathways import RoleProfileFactory, domain_with, role_asking

PEOPLE, TRUSTS, ROLES = 140_000, 250, 8
ROUNDS, ROUNDS_OF_ALL = 40, 3
BUDGET_OF_ALL, AIM_OF_A_PAGE = 30, 1
# A page is looked at by who covers about 1,500 managers.
TRUSTS_OF_A_PAGE = 3

_PEOPLE = """
WITH made AS (
    INSERT INTO accounts_person (password, given_name, family_name, email, is_active, joined_at)
    SELECT '!', 'Amara', 'Gap ' || n, 'gap-' || n || '@waymark.example', true, %(now)s
      FROM generate_series(1, %(people)s) n RETURNING id
), posts AS (
    INSERT INTO accounts_post
           (organisation_id, title, pay_system, band, staff_group, is_management)
    SELECT (%(places)s::bigint[])[1 + n %% %(trusts)s], 'Manager', 'AFC', '7', '08', true
      FROM generate_series(1, %(people)s) n RETURNING id, organisation_id
), follows AS (
    INSERT INTO pathways_postrole (post_id, role_profile_id)
    SELECT id, (%(roles)s::bigint[])[1 + id %% %(many)s] FROM posts
), numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS number FROM made
)
INSERT INTO accounts_assignment
       (person_id, post_id, organisation_id, wte, starts_on, employee_number)
SELECT numbered.id, post.id, post.organisation_id, 1, '2020-04-01', ''
  FROM numbered JOIN (
      SELECT id, organisation_id, row_number() OVER (ORDER BY id) AS number FROM posts
  ) post USING (number)
"""
# Of every fourth competency nothing is known; the others have two rows, of which the later counts.
_LEVELS = """
INSERT INTO pathways_attainment
       (person_id, competency_id, rank, attained_on, source, source_key, recorded_at)
SELECT job.person_id, skill.id, 1 + (job.person_id + skill.id + turn) %% 4,
       DATE '2025-04-01' + 200 * turn, 'SELF', '', %(now)s
  FROM accounts_assignment job
 CROSS JOIN unnest(%(skills)s::bigint[]) skill(id)
 CROSS JOIN generate_series(0, 1) turn
 WHERE job.organisation_id = ANY(%(places)s) AND (job.person_id + skill.id) %% 4 > 0
"""
_PLAIN = """
SELECT requirement.competency_id, requirement.rank, held.rank
  FROM pathways_requirement requirement
  JOIN pathways_competency competency ON competency.id = requirement.competency_id
  JOIN pathways_domain domain ON domain.id = competency.domain_id
  LEFT JOIN LATERAL (
       SELECT rank FROM pathways_attainment shown
        WHERE shown.person_id = %(person)s AND shown.competency_id = requirement.competency_id
          AND shown.rank IS NOT NULL AND shown.attained_on <= %(on)s
          AND (shown.valid_to IS NULL OR shown.valid_to >= %(on)s)
        ORDER BY shown.attained_on DESC, shown.id DESC LIMIT 1
  ) held ON true
 WHERE requirement.role_profile_id = %(role)s
 ORDER BY domain.position, competency.position
"""


def run() -> list[Row]:
    on = london_date(timezone.now())
    with transaction.atomic():
        enter(COUNTER, on=on)
        roles, places = _roles(), _places()
        _write(roles, places)
        with as_superuser(), connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        rows = [_one_person(roles, places, on=on), *_everybody(places, on=on)]
        transaction.set_rollback(True)
    return rows


def _roles() -> list[RoleProfile]:
    first = role_asking()
    domains = [domain_with(first.version, *(f"Skill {n}" for n in range(3))) for _ in range(5)]
    skills = [row for domain in domains for row in domain.competencies.order_by("position")]
    others = RoleProfileFactory.create_batch(ROLES - 1, version=first.version)
    roles = [first, *others]
    Requirement.objects.bulk_create(
        Requirement(role_profile=role, competency=skill, rank=1 + (number + at) % 4)
        for number, role in enumerate(roles)
        for at, skill in enumerate(skills)
    )
    return roles


def _places() -> list[int]:
    made = [Organisation(name=f"Trust with gaps {n}", kind="TRUST") for n in range(TRUSTS)]
    return [place.pk for place in Organisation.objects.bulk_create(made)]


def _write(roles: list[RoleProfile], places: list[int]) -> None:
    skills = list(roles[0].requirements.values_list("competency_id", flat=True))
    given: dict[str, Any] = {"now": timezone.now(), "places": places}
    with connection.cursor() as cursor:
        cursor.execute(
            _PEOPLE,
            {
                **given,
                "people": PEOPLE,
                "trusts": TRUSTS,
                "many": ROLES,
                "roles": [role.pk for role in roles],
            },
        )
        cursor.execute(_LEVELS, {**given, "skills": skills})


def _one_person(roles: list[RoleProfile], places: list[int], *, on: date) -> Row:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(person_id) FROM accounts_assignment WHERE organisation_id = %s", places[:1]
        )
        person_id = cursor.fetchone()[0]

    def plain() -> list[tuple[int, int, int | None]]:
        with connection.cursor() as cursor:
            cursor.execute(_PLAIN, {"person": person_id, "role": roles[0].pk, "on": on})
            found: list[tuple[int, int, int | None]] = cursor.fetchall()
        return found

    def ours() -> list[tuple[int, int, int | None]]:
        gap = gap_analysis(person_id=person_id, role_profile=roles[0], on=on)
        return [(row.competency_id, row.required, row.held) for row in gap.rows]

    if ours() != plain():
        raise RuntimeError("The gap and the plain statement do not agree.")
    figure, beside = _in_turns(ours, plain)
    return Row("the gap of one person", f"{figure:.2f} ms", f"SQL {beside:.2f} ms", figure / beside)


def _everybody(places: list[int], *, on: date) -> list[Row]:
    def counted(ids: list[int]) -> float:
        began = perf_counter()
        organisation_gap(organisation_ids=ids, dimension=Dimension.ORGANISATION, on=on)
        return perf_counter() - began

    page = median(counted(places[:TRUSTS_OF_A_PAGE]) for _ in range(ROUNDS_OF_ALL))
    everybody = median(counted(places) for _ in range(ROUNDS_OF_ALL))
    people = PEOPLE * TRUSTS_OF_A_PAGE // TRUSTS
    return [
        Row(
            f"{people:,} managers by organisation",
            f"{page:.2f} s",
            f"budget {AIM_OF_A_PAGE} s",
            page / AIM_OF_A_PAGE,
        ),
        Row(
            f"{PEOPLE:,} managers by organisation",
            f"{everybody:.2f} s",
            f"budget {BUDGET_OF_ALL} s",
            everybody / BUDGET_OF_ALL,
        ),
    ]


def _in_turns(ours: Callable[[], object], plain: Callable[[], object]) -> tuple[float, float]:
    """The median milliseconds of both, taken in turns so that a busy machine is busy for both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for one, found in zip((ours, plain), times, strict=True):
            began = perf_counter()
            one()
            found.append((perf_counter() - began) * 1000)
    return median(times[0]), median(times[1])
