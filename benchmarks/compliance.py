"""Mandatory training of 100,000 people by 11 subjects in one pass, and of one person.

Everything is made in one transaction and rolled back, so any database will do.
"""

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
from courses.models import RefreshPeriod, Subject, SubjectLevel, SubjectRequirement
from courses.selectors.compliance import asked_of
from courses.selectors.compliance_figures import COUNTER, GroupBy, training_figures

PEOPLE, TRUSTS, SUBJECTS = 100_000, 20, 11
ROUNDS, ROUNDS_OF_ALL = 40, 3
AIM_OF_ALL, AIM_OF_ONE = 10, 10

_PEOPLE = """
WITH made AS (
    INSERT INTO accounts_person (password, given_name, family_name, email, is_active, joined_at)
    SELECT '!', 'Amara', 'Training ' || n, 'training-' || n || '@waymark.example', true, %(now)s
      FROM generate_series(1, %(people)s) n RETURNING id
), units AS (
    INSERT INTO accounts_unit (organisation_id, name)
    SELECT place, 'Division ' || n
      FROM unnest(%(places)s::bigint[]) place, generate_series(1, 10) n
    RETURNING id, organisation_id
), posts AS (
    INSERT INTO accounts_post
           (organisation_id, unit_id, title, pay_system, band, staff_group, is_management)
    SELECT unit.organisation_id, unit.id, 'Manager', 'AFC', '7', '08', true
      FROM units unit, generate_series(1, %(people)s / (10 * %(trusts)s))
    RETURNING id, organisation_id
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
# One in ten was never trained; the others have two records, of which the later counts.
_RECORDS = """
INSERT INTO courses_subjectrecord
       (person_id, level_id, completed_on, expires_on, counts_from, counts_months, source,
        source_key, recorded_at)
SELECT made.*, (made.completed_on + make_interval(months => 24))::date, made.completed_on, 24,
       'IMPORT', made.completed_on::text, %(now)s
  FROM (SELECT job.person_id, level.id,
               DATE '2022-01-01' + ((job.person_id + level.id) * 7 %% 700)::int + 900 * turn
                   AS completed_on
          FROM accounts_assignment job
         CROSS JOIN unnest(%(levels)s::bigint[]) level(id)
         CROSS JOIN generate_series(0, 1) turn
         WHERE job.organisation_id = ANY(%(places)s) AND (job.person_id + level.id) %% 10 > 0
       ) made
"""


def run() -> list[Row]:
    now = timezone.now()
    on = london_date(now)
    with transaction.atomic():
        enter(COUNTER, on=on)
        places = _places()
        _write(places, _levels(places, on=on), now=now)
        with as_superuser(), connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        rows = [_everybody(places, on=on), _one(places, on=on)]
        transaction.set_rollback(True)
    return rows


def _places() -> list[int]:
    made = [Organisation(name=f"Trust that trains {n}", kind="TRUST") for n in range(TRUSTS)]
    return [place.pk for place in Organisation.objects.bulk_create(made)]


def _levels(places: list[int], *, on: date) -> list[int]:
    since = date(2020, 1, 1)
    levels = []
    for number in range(SUBJECTS):
        subject = Subject.objects.create(
            code=f"bench-{number}", title=f"Subject {number}", subject_set="CSTF"
        )
        RefreshPeriod.objects.create(subject=subject, months=24, starts_on=since)
        levels.append(SubjectLevel.objects.create(subject=subject))
    SubjectRequirement.objects.bulk_create(
        SubjectRequirement(organisation_id=place, level=level, starts_on=since)
        for place in places
        for level in levels
    )
    return [level.pk for level in levels]


def _write(places: list[int], levels: list[int], *, now: Any) -> None:
    given = {"now": now, "places": places, "people": PEOPLE, "trusts": TRUSTS, "levels": levels}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, given)
        cursor.execute(_RECORDS, given)


def _everybody(places: list[int], *, on: date) -> Row:
    times = []
    for _turn in range(ROUNDS_OF_ALL):
        began = perf_counter()
        figures = training_figures(organisation_ids=places, group_by=GroupBy.UNIT, on=on)
        times.append(perf_counter() - began)
    if len(figures.subjects) != SUBJECTS or figures.total is None:
        raise RuntimeError("Not everything was counted.")
    found = median(times)
    return Row(
        f"{PEOPLE:,} people by {SUBJECTS} subjects, by unit",
        f"{found:.2f} s",
        f"aim {AIM_OF_ALL} s",
        found / AIM_OF_ALL,
    )


def _one(places: list[int], *, on: date) -> Row:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(person_id) FROM accounts_assignment WHERE organisation_id = %s", places[:1]
        )
        person_id = cursor.fetchone()[0]
    times = []
    for _turn in range(ROUNDS):
        began = perf_counter()
        if len(asked_of([person_id], on=on)) != SUBJECTS:
            raise RuntimeError("Not everything was asked.")
        times.append((perf_counter() - began) * 1000)
    found = median(times)
    return Row(
        f"one person by {SUBJECTS} subjects",
        f"{found:.2f} ms",
        f"aim {AIM_OF_ONE} ms",
        found / AIM_OF_ONE,
    )
