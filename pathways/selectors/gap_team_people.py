"""Whom a team's gap is about: everybody, those new in their role, or those who aim at another."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from django.db import connection

from common.dates import add_months
from pathways.models import Aspiration
from pathways.selectors.gap_page import MONTHS_AS_A_NEW_STARTER
from pathways.selectors.held_roles import roles_followed


class Who(StrEnum):
    EVERYBODY = "EVERYBODY"
    NEW = "NEW"
    AIMING = "AIMING"


# As ``held_roles.started_in_role``, for many: the oldest post that follows the role held.
_BEGAN = f"""
SELECT held.person_id, min(post.starts_on)
  FROM ({roles_followed(people="job.person_id = ANY(%(people)s)")}) held
  JOIN ({roles_followed(people="job.person_id = ANY(%(people)s)", by="post_id")}) post
    ON post.person_id = held.person_id AND post.role_id = held.role_id
 GROUP BY 1
"""  # noqa: S608 - fragments of this floor


def new_starters(*, people: Sequence[int], on: date) -> dict[int, date]:
    """Who of ``people`` has been in their role for less than six months on ``on``, and since when;
    one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGAN, {"people": list(people), "on": on})
        began: list[tuple[int, date]] = cursor.fetchall()
    return {pk: day for pk, day in began if add_months(day, MONTHS_AS_A_NEW_STARTER) > on}


def aiming_elsewhere(*, people: Sequence[int], on: date) -> frozenset[int]:
    """Who of ``people`` works towards a role on ``on``; one statement."""
    aims = Aspiration.objects.on(on).filter(person_id__in=list(people))
    return frozenset(aims.values_list("person_id", flat=True))
