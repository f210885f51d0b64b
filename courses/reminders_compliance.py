"""What is said again by itself: training that ends soon or has ended, and teams that are behind."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse

from accounts.standing import in_force_sql
from common.dates import london_midnight
from courses.selectors.compliance_sql import OF_EVERYBODY, states_of
from notifications.registry import Due

_MONDAY = 0
# Only those are looked at of whom a record ends on a day that somebody is told about: the days of
# all rules in force before it, and the day after it.
_ENDS = in_force_sql(
    """SELECT ending.person_id FROM courses_subjectrecord ending
        WHERE ending.struck_at IS NULL AND ending.expires_on IN (
              SELECT %(on)s::date - 1
              UNION
              SELECT %(on)s::date + days
                FROM courses_renewalrule told, unnest(told.remind_days) days
               WHERE in_force(told))"""
)
_ENDING = states_of(
    people=f"job.person_id IN ({_ENDS})", held=f"held.person_id IN ({_ENDS})"
) + in_force_sql(
    """, told AS (
    SELECT states.person_id, states.subject_id, states.expires_on, states.state,
           states.expires_on - %(on)s::date AS days,
           (SELECT rule.remind_days FROM courses_renewalrule rule
             WHERE in_force(rule)
               AND (rule.organisation_id = states.organisation_id
                    OR rule.organisation_id IS NULL)
               AND (rule.subject_id = states.subject_id OR rule.subject_id IS NULL)
             ORDER BY rule.organisation_id NULLS LAST, rule.subject_id NULLS LAST LIMIT 1
           ) AS remind_days
      FROM states WHERE state IN ('DUE', 'COMPLIANT', 'EXPIRED') AND expires_on IS NOT NULL
)
SELECT DISTINCT ON (told.person_id, told.subject_id)
       told.person_id, told.subject_id, subject.title, told.expires_on, told.days
  FROM told JOIN courses_subject subject ON subject.id = told.subject_id
 WHERE told.days = ANY(told.remind_days) OR told.days = -1
 ORDER BY told.person_id, told.subject_id, told.expires_on
"""
)
_BEHIND = OF_EVERYBODY + in_force_sql(
    """
SELECT line.manager_id, count(DISTINCT states.person_id),
       count(DISTINCT states.person_id) FILTER (WHERE states.state <> 'DUE')
  FROM states
  JOIN accounts_reportingline line ON line.person_id = states.person_id
   AND line.kind = 'LINE_MANAGER' AND in_force(line)
 WHERE states.state IN ('DUE', 'EXPIRED', 'NEVER')
 GROUP BY 1 ORDER BY 1
"""
)


def training_ends(on: date) -> Iterator[Due]:
    """Everybody of whom training is asked that ends so many days after ``on`` as a rule says, or
    that counted until the day before; one statement."""
    for person_id, subject_id, title, expires_on, days in _read(_ENDING, on):
        yield Due(
            recipient_id=person_id,
            subject_key=f"training:{subject_id}",
            period=f"{expires_on.isoformat()}:{days}",
            url=reverse("courses:training_mine"),
            due_on=expires_on,
            facts={"subject": title, "expires_on": expires_on.isoformat(), "days": days},
        )


def team_is_behind(on: date) -> Iterator[Due]:
    """Each Monday one item for every line manager in whose team something has to be done; one
    statement. It counts people and names nobody."""
    if on.weekday() != _MONDAY:
        return
    year, week, _weekday = on.isocalendar()
    for manager_id, people, overdue in _read(_BEHIND, on):
        yield Due(
            recipient_id=manager_id,
            subject_key="training:team",
            period=f"{year}-W{week:02}",
            url=reverse("courses:training_team"),
            due_on=None,
            facts={"people": people, "overdue": overdue},
        )


def _read(statement: str, on: date) -> Iterator[Any]:
    until = london_midnight(on + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"on": on, "until": until})
        while rows := cursor.fetchmany(2_000):
            yield from rows
