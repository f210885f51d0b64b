"""What it costs to know where somebody stands who has 20,000 people, or organisations, below them.

Everything is made in one transaction and rolled back, so any database will do.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from time import perf_counter

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organisation, Person, RoleGrant
from accounts.selectors.relations import relations_to
from accounts.visibility import standing
from benchmarks.roles import as_superuser
from benchmarks.row import Row
from common.dates import london_date

BELOW = 20_000
ROUNDS = 30
BUDGET = 20
_PAGE = 20

# A person and a post for each, in one organisation; returns the people's ids in order.
_PEOPLE = """
WITH made AS (
    INSERT INTO accounts_person (password, given_name, family_name, email, is_active, joined_at)
    SELECT '!', 'Amara', 'Below ' || n, %(word)s || n || '@waymark.example', true, %(now)s
      FROM generate_series(0, %(below)s) n RETURNING id
), posts AS (
    INSERT INTO accounts_post
           (organisation_id, title, pay_system, band, staff_group, is_management)
    SELECT %(place)s, 'Manager', 'AFC', '7', '08', true
      FROM generate_series(0, %(below)s) n RETURNING id
), numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS number FROM made
), given AS (
    INSERT INTO accounts_assignment
           (person_id, post_id, organisation_id, wte, starts_on, employee_number)
    SELECT numbered.id, post.id, %(place)s, 1, '2020-04-01', ''
      FROM numbered JOIN (
          SELECT id, row_number() OVER (ORDER BY id) AS number FROM posts
      ) post USING (number)
)
SELECT array_agg(id ORDER BY id) FROM made
"""
# ``step`` 0: everybody reports to the first; 1: each to the one before.
_LINES = """
INSERT INTO accounts_reportingline (assignment_id, kind, manager_id, person_id, starts_on)
SELECT job.id, 'LINE_MANAGER',
       (%(ids)s::bigint[])[CASE WHEN %(step)s = 0 THEN 1 ELSE place.number - 1 END],
       job.person_id, '2020-04-01'
  FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY place(person, number)
  JOIN accounts_assignment job ON job.person_id = place.person
 WHERE place.number > 1
"""
# Thirty below each organisation.
_TREE = """
WITH made AS (
    INSERT INTO accounts_organisation (name, kind, ods_code)
    SELECT 'Below ' || n, 'TRUST', '' FROM generate_series(0, %(below)s) n RETURNING id
), numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS number FROM made
), linked AS (
    INSERT INTO accounts_organisationparent (organisation_id, parent_id, starts_on)
    SELECT below.id, above.id, '2020-04-01'
      FROM numbered below JOIN numbered above ON above.number = 1 + (below.number - 2) / 30
     WHERE below.number > 1
)
SELECT array_agg(id ORDER BY id) FROM made
"""


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody with many below them, and one of those."""

    name: str
    actor: Person
    below: Person


def run() -> list[Row]:
    on = london_date(timezone.now())
    with _taken_back():
        cases = [_chain("wide", step=0), _chain("a chain", step=1), _tree()]
        with as_superuser(), connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return [row for case in cases for row in _rows(case, on=on)]


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _ids(statement: str, **values: object) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"below": BELOW, "now": timezone.now(), **values})
        ids: list[int] = cursor.fetchone()[0]
    return ids


def _chain(name: str, *, step: int) -> Case:
    place = Organisation.objects.create(name=f"Figures {name}", kind="TRUST")
    ids = _ids(_PEOPLE, place=place.pk, word=f"below-{step}-")
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"ids": ids, "step": step})
    people = Person.objects.in_bulk([ids[0], ids[1]])
    return Case(f"20,000 people below, {name}", people[ids[0]], people[ids[1]])


def _tree() -> Case:
    """A role at the top; in every organisation below there is one person."""
    places = _ids(_TREE)
    ids = _ids(_PEOPLE, place=places[0], word="below-tree-")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE accounts_assignment job SET organisation_id = pair.place
              FROM unnest(%s::bigint[], %s::bigint[]) pair(person, place)
             WHERE job.person_id = pair.person
            """,
            [ids, places],
        )
    people = Person.objects.in_bulk([ids[0], ids[-1]])
    started = london_date(timezone.now()) - timedelta(days=30)
    RoleGrant.objects.create(
        person=people[ids[0]],
        role="HR_ADMINISTRATOR",
        organisation_id=places[0],
        starts_on=started,
    )
    return Case("20,000 organisations below", people[ids[0]], people[ids[-1]])


def _rows(case: Case, *, on: date) -> list[Row]:
    def known() -> Person:
        """The actor as the next request loads them: nothing remembered."""
        case.actor.__dict__.pop("_standings", None)
        return case.actor

    def first_page() -> int:
        people = Person.objects.visible_to(known(), on=on).in_name_order()
        return len(people[:_PAGE])

    parts: dict[str, Callable[[], object]] = {
        "where they stand": lambda: standing(known(), on=on),
        "what they are to somebody": lambda: relations_to(known(), case.below, on=on),
        "the first page of people": first_page,
    }
    return [_row(f"{case.name}: {name}", part) for name, part in parts.items()]


def _row(name: str, part: Callable[[], object]) -> Row:
    part()
    times = []
    for _ in range(ROUNDS):
        began = perf_counter()
        part()
        times.append((perf_counter() - began) * 1000)
    figure = median(times)
    return Row(name, f"{figure:.1f} ms", f"budget {BUDGET} ms", figure / BUDGET)
