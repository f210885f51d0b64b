"""Mandatory training of the demonstration: what trusts ask for, a day that teaches it, records."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from common.dates import LONDON, is_working_day
from config.demo.world import Body, World
from courses.models import (
    DeliveryMode,
    Offering,
    Programme,
    RefreshPeriod,
    Session,
    Subject,
    SubjectLevel,
    SubjectRequirement,
    SubjectTaught,
)

_SINCE = date(2023, 4, 1)
_OFTENER = "fire-safety"
_WHY = "After two small fires in plant rooms the health and safety committee asked for it yearly."
# Of a hundred records: so many were never made. The others were completed within so many days.
_NEVER, _DAYS = 6, 900

# Each person and subject has a number of its own that is the same at every run.
_RECORDS = """
WITH chance AS (
    SELECT job.person_id, level.id AS level_id, level.subject_id, job.organisation_id,
           ('x' || substr(md5(post.title || ':' || row_number() OVER (ORDER BY job.id, level.id)),
                          1, 6))::bit(24)::int AS number
      FROM accounts_assignment job
      JOIN accounts_post post ON post.id = job.post_id
     CROSS JOIN courses_subjectlevel level
      JOIN courses_subject subject ON subject.id = level.subject_id AND subject.owner_id IS NULL
     WHERE job.organisation_id = ANY(%(places)s) AND level.rank = 1
), done AS (
    SELECT DISTINCT ON (chance.person_id, chance.level_id)
           chance.*, %(today)s::date - 5 - chance.number %% %(days)s AS completed_on
      FROM chance WHERE chance.number %% 100 >= %(never)s
     ORDER BY chance.person_id, chance.level_id, chance.organisation_id
), timed AS (
    SELECT done.*, (
           SELECT period.months FROM courses_refreshperiod period
            WHERE period.subject_id = done.subject_id
              AND (period.level_id = done.level_id OR period.level_id IS NULL)
              AND (period.organisation_id = done.organisation_id
                   OR period.organisation_id IS NULL)
              AND period.starts_on <= done.completed_on
            ORDER BY period.organisation_id NULLS LAST, period.level_id NULLS LAST LIMIT 1
           ) AS months
      FROM done
)
INSERT INTO courses_subjectrecord
       (person_id, level_id, completed_on, expires_on, counts_from, counts_months, source,
        source_key, recorded_at)
SELECT person_id, level_id, completed_on,
       (completed_on + make_interval(months => months))::date, completed_on, months, 'IMPORT',
       'before-waymark', %(now)s
  FROM timed
"""


def write_mandatory_training(world: World) -> None:
    trusts = [body for body in world.bodies if body.is_trust]
    levels = list(SubjectLevel.objects.filter(rank=1, subject__owner=None).order_by("pk"))
    SubjectRequirement.objects.bulk_create(
        SubjectRequirement(organisation=body.organisation, level=level, starts_on=_SINCE)
        for body in trusts
        for level in levels
    )
    if trusts:
        RefreshPeriod.objects.create(
            subject=Subject.objects.get(code=_OFTENER, owner=None),
            organisation=trusts[0].organisation,
            months=12,
            starts_on=_SINCE,
            reason=_WHY,
        )
    _teach(world, trusts, levels)
    given: dict[str, Any] = {
        "places": [body.organisation.pk for body in trusts],
        "today": world.today,
        "now": world.now,
        "days": _DAYS,
        "never": _NEVER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, given)


def _teach(world: World, trusts: list[Body], levels: list[SubjectLevel]) -> None:
    """Every trust runs the same day, which renews everything at the first level."""
    programme = Programme.objects.create(
        code="CORE_SKILLS_DAY",
        title="Core skills day",
        summary="All eleven subjects of mandatory training in one day, at the first level.",
        audience="Everybody",
        mode=DeliveryMode.IN_PERSON,
        study_hours=7,
    )
    SubjectTaught.objects.bulk_create(
        SubjectTaught(level=level, programme=programme) for level in levels
    )
    for body in trusts:
        offering = Offering.objects.create(
            programme=programme, host=body.organisation, route="Local", study_hours=7
        )
        Session.objects.bulk_create(_session(world, offering, offset=offset) for offset in (24, 52))


def _session(world: World, offering: Offering, *, offset: int) -> Session:
    day = world.day(offset)
    while not is_working_day(day):
        day += timedelta(days=1)
    starts_at = datetime.combine(day, time(9), tzinfo=LONDON)
    return Session(
        offering=offering,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=7),
        closes_at=starts_at - timedelta(days=2),
        place=f"Education centre, {offering.host.name}"[:200],
        capacity=40,
    )
