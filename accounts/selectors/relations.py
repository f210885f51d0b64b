"""What an actor is to a person, or to an organisation, on a day: what every policy judges."""

from collections.abc import Iterable, Mapping, Set
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection

from accounts.actors import Actor
from accounts.models import Assignment, BoardSeat, Person, Role
from accounts.standing import in_force_sql, standing


class Relation(StrEnum):
    SELF = "SELF"
    LINE_MANAGER = "LINE_MANAGER"
    SUPERVISOR = "SUPERVISOR"
    SECOND_LINE = "SECOND_LINE"
    # Stands in for a line manager: decides about courses, and signs and judges nothing.
    DELEGATE = "DELEGATE"
    # Named so that a policy can say it gives nothing; what both signed stays with its parties.
    FORMER_LINE_MANAGER = "FORMER_LINE_MANAGER"
    # Reports to the same line manager on the day.
    PEER = "PEER"
    COLLEAGUE = "COLLEAGUE"
    PANEL_MEMBER = "PANEL_MEMBER"
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


# Relation -> a statement that upper floors give: it returns a row when ``%(actor)s`` is that to
# ``%(person)s`` on ``%(on)s``. Filled in ``AppConfig.ready()``.
_FURTHER_TIES: dict[Relation, str] = {}


def register_tie(relation: Relation, statement: str) -> None:
    """Let ``relation``, whose rows an upper floor keeps, be among those of a person."""
    if relation in _FURTHER_TIES:
        raise ValueError(f"Two statements tell who is {relation}.")
    _FURTHER_TIES[relation] = statement


_TIES = in_force_sql(
    """
WITH RECURSIVE lines AS MATERIALIZED (
    SELECT line.kind, line.manager_id, job.organisation_id
      FROM accounts_reportingline line JOIN accounts_assignment job ON job.id = line.assignment_id
     WHERE line.person_id = %(person)s AND in_force(line)
), belongs(id) AS MATERIALIZED (
    SELECT organisation_id FROM accounts_assignment held
     WHERE person_id = %(person)s AND in_force(held)
    UNION
    SELECT organisation_id FROM accounts_boardseat held
     WHERE person_id = %(person)s AND in_force(held)
), above(id) AS (
    SELECT id FROM belongs
    UNION
    SELECT link.parent_id
      FROM accounts_organisationparent link JOIN above ON above.id = link.organisation_id
     WHERE in_force(link)
)
SELECT 'tie', kind, 0 FROM lines WHERE manager_id = %(actor)s
UNION
SELECT 'tie', 'SECOND_LINE', 0 FROM lines
 WHERE kind = 'LINE_MANAGER' AND %(actor)s <> %(person)s AND EXISTS (
     SELECT 1 FROM accounts_reportingline upper
      WHERE upper.person_id = lines.manager_id AND upper.manager_id = %(actor)s
        AND upper.kind = 'LINE_MANAGER' AND in_force(upper))
UNION
SELECT 'tie', 'DELEGATE', 0
  FROM lines JOIN accounts_delegation handed
    ON handed.manager_id = lines.manager_id AND handed.organisation_id = lines.organisation_id
 WHERE lines.kind = 'LINE_MANAGER' AND handed.delegate_id = %(actor)s AND in_force(handed)
   AND %(actor)s <> %(person)s
   AND EXISTS (
       SELECT 1 FROM accounts_assignment post
        WHERE post.person_id = %(actor)s AND in_force(post)
          AND post.organisation_id = handed.organisation_id)
UNION
SELECT 'tie', 'FORMER_LINE_MANAGER', 0 FROM accounts_reportingline past
 WHERE past.person_id = %(person)s AND past.manager_id = %(actor)s
   AND past.kind = 'LINE_MANAGER' AND past.ends_on < %(on)s
   AND NOT EXISTS (
       SELECT 1 FROM lines WHERE kind = 'LINE_MANAGER' AND manager_id = %(actor)s)
UNION
SELECT 'tie', 'PEER', 0 FROM lines
 WHERE lines.kind = 'LINE_MANAGER' AND %(actor)s <> %(person)s AND EXISTS (
     SELECT 1 FROM accounts_reportingline beside
      WHERE beside.person_id = %(actor)s AND beside.manager_id = lines.manager_id
        AND beside.kind = 'LINE_MANAGER' AND in_force(beside))
UNION
SELECT 'belongs', '', id FROM belongs
UNION
SELECT 'above', '', id FROM above
"""
)


def _statement() -> str:
    further = (
        f"UNION SELECT 'tie', '{relation.value}', 0 WHERE EXISTS ({statement})"
        for relation, statement in _FURTHER_TIES.items()
    )
    return "\n".join([_TIES, *further])


def _ties(actor_id: int | None, person_id: int, *, on: date) -> Mapping[str, set[Any]]:
    """Return tie -> relations, belongs -> the person's organisations, above -> also those above."""
    found: dict[str, set[Any]] = {"tie": set(), "belongs": set(), "above": set()}
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"actor": actor_id, "person": person_id, "on": on})
        for kind, name, organisation_id in cursor.fetchall():
            found[kind].add(name if kind == "tie" else organisation_id)
    return found


def relations_to(actor: Actor, person: Person, *, on: date) -> frozenset[Relation]:
    """Every relation ``actor`` has to ``person`` on ``on``; one statement beyond the standing."""
    place = standing(actor, on=on)
    actor_id = actor.pk if actor.actor_kind == "person" else None
    ties = _ties(actor_id, person.pk, on=on)
    if actor.actor_kind != "person":
        is_within = place.is_everywhere or bool(ties["belongs"] & place.organisation_ids)
        kind = Relation.API_CLIENT if actor.actor_kind == "client" else Relation.SYSTEM
        return frozenset({kind}) if is_within else frozenset()
    if not actor.is_active:
        return frozenset()
    found = {Relation(name) for name in ties["tie"]}
    # Up from the person, never down from the role: there are few above, and may be many below.
    found |= {Relation(role) for role, ids in place.granted.items() if ties["above"] & ids}
    if actor.pk == person.pk:
        found.add(Relation.SELF)
    elif ties["belongs"] & place.organisation_ids:
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


def main_organisation_ids(person_ids: Iterable[int], *, on: date) -> dict[int, int]:
    """Where each of many people belongs on ``on``, as ``main_organisation_id`` says; whoever
    belongs nowhere is left out. Two statements for any number."""
    ids = set(person_ids)
    found: dict[int, int] = {}
    for rows in (BoardSeat.objects.on(on), Assignment.objects.on(on)):
        first = rows.filter(person_id__in=ids).order_by("person_id", "starts_on", "pk")
        found |= dict(first.distinct("person_id").values_list("person_id", "organisation_id"))
    return found
