"""What an actor is to a person, or to an organisation, on a day: what every policy judges."""

from collections.abc import Set
from datetime import date
from enum import StrEnum

from django.db import connection

from accounts.actors import Actor
from accounts.models import Person, Role
from accounts.visibility import standing


class Relation(StrEnum):
    SELF = "SELF"
    LINE_MANAGER = "LINE_MANAGER"
    SUPERVISOR = "SUPERVISOR"
    SECOND_LINE = "SECOND_LINE"
    COLLEAGUE = "COLLEAGUE"
    API_CLIENT = "API_CLIENT"
    SYSTEM = "SYSTEM"
    LEARNING_LEAD = Role.LEARNING_LEAD.value
    PROGRAMME_LEAD = Role.PROGRAMME_LEAD.value
    TALENT_LEAD = Role.TALENT_LEAD.value
    HR_ADMINISTRATOR = Role.HR_ADMINISTRATOR.value
    EQUALITY_ANALYST = Role.EQUALITY_ANALYST.value
    AUDITOR = Role.AUDITOR.value
    FRAMEWORK_AUTHOR = Role.FRAMEWORK_AUTHOR.value
    REVIEWER = Role.REVIEWER.value
    ORGANISATION_ADMINISTRATOR = Role.ORGANISATION_ADMINISTRATOR.value
    PLATFORM_OPERATOR = Role.PLATFORM_OPERATOR.value


_TIES = """
WITH lines AS (
    SELECT kind, manager_id FROM accounts_reportingline
     WHERE person_id = %(person)s AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on >= %(on)s)
)
SELECT 'line', kind, NULL::bigint FROM lines WHERE manager_id = %(actor)s
UNION
SELECT 'line', 'SECOND_LINE', NULL FROM accounts_reportingline upper
 WHERE upper.kind = 'LINE_MANAGER' AND upper.manager_id = %(actor)s
   AND upper.person_id IN (SELECT manager_id FROM lines WHERE kind = 'LINE_MANAGER')
   AND upper.starts_on <= %(on)s AND (upper.ends_on IS NULL OR upper.ends_on >= %(on)s)
UNION
SELECT 'organisation', '', organisation_id FROM accounts_assignment
 WHERE person_id = %(person)s AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on >= %(on)s)
UNION
SELECT 'organisation', '', organisation_id FROM accounts_boardseat
 WHERE person_id = %(person)s AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on >= %(on)s)
"""


def _ties(actor_id: int | None, person_id: int, *, on: date) -> tuple[set[str], set[int]]:
    lines: set[str] = set()
    organisations: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(_TIES, {"actor": actor_id, "person": person_id, "on": on})
        for kind, name, organisation_id in cursor.fetchall():
            if kind == "line":
                lines.add(name)
            else:
                organisations.add(organisation_id)
    return lines, organisations


def relations_to(actor: Actor, person: Person, *, on: date) -> frozenset[Relation]:
    """Every relation ``actor`` has to ``person`` on ``on``; one statement beyond the standing."""
    place = standing(actor, on=on)
    actor_id = actor.pk if actor.actor_kind == "person" else None
    lines, organisations = _ties(actor_id, person.pk, on=on)
    if actor.actor_kind != "person":
        within = place.is_everywhere or bool(organisations & place.organisation_ids)
        kind = Relation.API_CLIENT if actor.actor_kind == "client" else Relation.SYSTEM
        return frozenset({kind}) if within else frozenset()
    if not actor.is_active:
        return frozenset()
    found = {Relation(name) for name in lines}
    found |= {Relation(role) for role, ids in place.roles.items() if organisations & ids}
    if actor.pk == person.pk:
        found.add(Relation.SELF)
    elif organisations & place.organisation_ids:
        found.add(Relation.COLLEAGUE)
    return frozenset(found)


def roles_at(actor: Actor, organisation_id: int, *, on: date) -> frozenset[Relation]:
    """The roles ``actor`` holds for an organisation on ``on``, or what else links it to it."""
    place = standing(actor, on=on)
    if isinstance(actor, Person):
        found = {Relation(role) for role, ids in place.roles.items() if organisation_id in ids}
        if organisation_id in place.organisation_ids:
            found.add(Relation.COLLEAGUE)
        return frozenset(found)
    if place.is_everywhere or organisation_id in place.organisation_ids:
        return frozenset({Relation.API_CLIENT if actor.actor_kind == "client" else Relation.SYSTEM})
    return frozenset()


def line_manager_of(person: Person, *, on: date) -> Person | None:
    """The line manager of record of ``person``'s longest-held assignment on ``on``."""
    line = (
        person.managed_by_lines.on(on)
        .filter(kind="LINE_MANAGER")
        .select_related("manager")
        .order_by("assignment__starts_on", "pk")
        .first()
    )
    return line.manager if line else None


def main_organisation_id(person: Person, *, on: date, within: Set[int] | None = None) -> int | None:
    """Where ``person`` belongs on ``on``: the longest-held assignment, else the board seat; of
    those in the organisations ``within``, if any are named."""
    for held in (person.assignments, person.board_seats):
        rows = held.on(on) if within is None else held.on(on).filter(organisation_id__in=within)
        row = rows.order_by("starts_on", "pk").values_list("organisation_id").first()
        if row:
            return int(row[0])
    return None
