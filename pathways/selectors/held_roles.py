"""Which role many people are measured against on a day, as fragments of larger statements."""

from datetime import date
from enum import StrEnum

from django.db import connection

from accounts.standing import in_force_sql
from pathways.models import RoleProfile


class Measure(StrEnum):
    """Against what people are measured: the role they have, or the one they work towards."""

    HELD = "HELD"
    TARGET = "TARGET"


# ``current_role`` for many: the post held longest, and the role that it followed on that day.
_HELD = in_force_sql(
    """
SELECT DISTINCT ON (job.person_id{by})
       job.person_id, job.organisation_id, job.post_id, job.starts_on,
       coalesce(past.role_profile_id, follows.role_profile_id) AS role_id
  FROM accounts_assignment job
  LEFT JOIN pathways_postrole follows ON follows.post_id = job.post_id
  LEFT JOIN (
       SELECT DISTINCT ON (post_id) post_id, role_profile_id
         FROM pathways_pastpostrole WHERE until >= %(on)s ORDER BY post_id, until
  ) past ON past.post_id = job.post_id
 WHERE in_force(job) AND coalesce(past.role_profile_id, follows.role_profile_id) IS NOT NULL
   AND {people}
 ORDER BY job.person_id{by}, job.starts_on, job.id
"""
)
_TARGET = in_force_sql(
    """
SELECT goal.person_id, goal.role_profile_id AS role_id
  FROM pathways_aspiration goal WHERE in_force(goal) AND {people}
"""
)


def roles_followed(*, people: str, by: str = "") -> str:
    """Return a select of the role each person held on ``%(on)s``, one row per person.

    ``people`` is a condition over ``job``, an assignment. With ``by`` (a column of it) there is a
    row for each of its values beside. Columns: person_id, organisation_id, post_id, starts_on and
    role_id.
    """
    return _HELD.format(people=people, by=f", job.{by}" if by else "")


def roles_measured(measure: Measure) -> str:
    """Return a select of person_id and role_id of everybody in ``%(people)s`` on ``%(on)s``."""
    if measure is Measure.TARGET:
        return _TARGET.format(people="goal.person_id = ANY(%(people)s)")
    return roles_followed(people="job.person_id = ANY(%(people)s)")


_STARTED = f"""
SELECT min(held.starts_on) FROM ({
    roles_followed(people="job.person_id = %(person)s", by="post_id")
}) held WHERE held.role_id = %(role)s
"""  # noqa: S608 - one fragment of this module


def started_in_role(*, person_id: int, role: RoleProfile, on: date) -> date | None:
    """The first day of the oldest post that a person holds on ``on`` and that follows ``role``."""
    with connection.cursor() as cursor:
        cursor.execute(_STARTED, {"person": person_id, "role": role.pk, "on": on})
        began: date | None = cursor.fetchone()[0]
    return began
