"""What is asked of a person: the programmes they need nobody's approval for."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.standing import in_force_sql
from pathways.selectors.roles import current_role

# What the role asks for; and what an organisation where the person works, or one above it, has
# made mandatory for everybody or for the role.
_ASKED = in_force_sql(
    """
WITH RECURSIVE place(id) AS (
    SELECT organisation_id FROM accounts_assignment held
     WHERE person_id = %(person)s AND in_force(held)
    UNION
    SELECT organisation_id FROM accounts_boardseat held
     WHERE person_id = %(person)s AND in_force(held)
    UNION
    SELECT link.parent_id
      FROM accounts_organisationparent link JOIN place ON place.id = link.organisation_id
     WHERE in_force(link)
)
SELECT programme_id, false FROM courses_roleprogramme WHERE role_profile_id = %(role)s
UNION ALL
SELECT rule.programme_id, true
  FROM courses_mandate rule JOIN place ON place.id = rule.organisation_id
 WHERE in_force(rule) AND (rule.role_profile_id IS NULL OR rule.role_profile_id = %(role)s)
"""
)


@dataclass(frozen=True, slots=True)
class AskedFor:
    """Programmes by why they are asked for; one can be in both."""

    by_pathway: frozenset[int] = frozenset()
    mandatory: frozenset[int] = frozenset()

    @property
    def programme_ids(self) -> frozenset[int]:
        return self.by_pathway | self.mandatory


def asked_for(*, person_id: int, role_id: int | None, on: date) -> AskedFor:
    """What is asked on ``on`` of a person who holds ``role_id``, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, {"person": person_id, "role": role_id, "on": on})
        found = cursor.fetchall()
    return AskedFor(
        frozenset(programme_id for programme_id, is_mandatory in found if not is_mandatory),
        frozenset(programme_id for programme_id, is_mandatory in found if is_mandatory),
    )


def asked_of(*, person_id: int, on: date) -> AskedFor:
    """What is asked on ``on`` of a person, by the role they hold and where they work."""
    role = current_role(person_id=person_id, on=on)
    return asked_for(person_id=person_id, role_id=role.pk if role else None, on=on)


def entitled_programme_ids(*, person_id: int, on: date) -> frozenset[int]:
    """The programmes that are asked of a person on ``on``, for whatever reason."""
    return asked_of(person_id=person_id, on=on).programme_ids


def is_entitled(*, person_id: int, programme_id: int, on: date) -> bool:
    """Whether the programme is asked of a person on ``on``."""
    return programme_id in entitled_programme_ids(person_id=person_id, on=on)
