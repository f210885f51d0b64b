"""Where an actor stands on a day: where they belong, whom they manage, what their roles cover.

Read once per actor object and day, in one statement whose cost does not grow with how many people
or organisations are below the actor: of whatever is many, only that it is many is read, and
``accounts.visibility`` then asks for it within the statement that needs it.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import BigIntegerField, Expression, Q

if TYPE_CHECKING:
    from accounts.actors import Actor

# People whose names travel with a standing, for each tie. A team is seldom larger than thirty.
FEW_PEOPLE = 200
# Organisations that travel with a standing. The whole of England's tree is about three hundred.
FEW_ORGANISATIONS = 1000

MANAGES = ("LINE_MANAGER", "SUPERVISOR", "SECOND_LINE")

_BELOW = """
WITH RECURSIVE below(id) AS (
    SELECT unnest(%(roots)s::bigint[])
    UNION
    SELECT link.organisation_id
      FROM accounts_organisationparent link JOIN below ON below.id = link.parent_id
     WHERE link.starts_on <= %(on)s AND (link.ends_on IS NULL OR link.ends_on >= %(on)s)
)
SELECT id FROM below
"""


def organisations_below(roots: Iterable[int], *, on: date) -> frozenset[int]:
    """``roots`` and every organisation below them on ``on``; one statement at any depth."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, {"roots": sorted(roots), "on": on})
        return frozenset(row[0] for row in cursor.fetchall())


class Below(Expression):
    """``organisations_below`` as a subquery of the statement that needs it."""

    _statement = _BELOW.replace("%(roots)s", "%s").replace("%(on)s", "%s")

    def __init__(self, roots: Iterable[int], *, on: date) -> None:
        super().__init__(output_field=BigIntegerField())
        self.roots, self.on = sorted(roots), on

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return f"({self._statement})", (self.roots, self.on, self.on)


class Reach(Set[int]):
    """The organisations that a role was given for and all those below them on a day.

    A set like any other. Where they are many, ``within`` keeps them in the database; whoever goes
    through them nevertheless has them read, once.
    """

    __slots__ = ("_known", "on", "roots")

    def __init__(
        self, roots: Iterable[int], *, on: date, known: frozenset[int] | None = None
    ) -> None:
        self.roots, self.on, self._known = frozenset(roots), on, known

    @classmethod
    def _from_iterable(cls, found: Iterable[int]) -> frozenset[int]:  # type: ignore[override]
        return frozenset(found)

    @property
    def is_known(self) -> bool:
        return self._known is not None

    @property
    def ids(self) -> frozenset[int]:
        if self._known is None:
            self._known = organisations_below(self.roots, on=self.on)
        return self._known

    def __contains__(self, organisation_id: object) -> bool:
        return organisation_id in self.roots or organisation_id in self.ids

    def __iter__(self) -> Iterator[int]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __bool__(self) -> bool:
        return bool(self.roots)

    def within(self, name: str) -> Q:
        """The condition that ``name`` (an organisation's id) is one of these."""
        if self._known is not None:
            return Q(**{f"{name}__in": self._known})
        return Q(**{f"{name}__in": Below(self.roots, on=self.on)})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an actor stands on a day.

    ``organisation_ids``: where the actor belongs (a client: its organisation and those below).
    ``above_ids``: the organisations above those. ``roles``: role -> organisations it covers, those
    below included. ``granted``: role -> organisations it was given for, without those below.
    ``ties``: LINE_MANAGER, SUPERVISOR, SECOND_LINE or DELEGATE -> the people the actor is that to;
    None stands for more than ``FEW_PEOPLE``. A tie to nobody is left out.
    ``is_everywhere``: a job of the system whose stated scope is every organisation.
    """

    organisation_ids: frozenset[int] = frozenset()
    above_ids: frozenset[int] = frozenset()
    roles: Mapping[str, Reach] = field(default_factory=dict)
    granted: Mapping[str, frozenset[int]] = field(default_factory=dict)
    ties: Mapping[str, frozenset[int] | None] = field(default_factory=dict)
    on: date = date.min
    is_everywhere: bool = False

    def covered_by(self, *roles: str) -> Reach:
        """The organisations in which the actor holds any of ``roles``."""
        held = [self.roles[role] for role in roles if role in self.roles]
        if len(held) == 1:
            return held[0]
        roots = frozenset[int]().union(*(reach.roots for reach in held))
        are_known = all(reach.is_known for reach in held)
        known = frozenset[int]().union(*held) if are_known else None
        return Reach(roots, on=self.on, known=known)

    def holds(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)

    def has(self, *ties: str) -> bool:
        """Whether there is anybody to whom the actor has one of ``ties``."""
        return any(tie in self.ties for tie in ties)

    @property
    def has_reports(self) -> bool:
        return self.has(*MANAGES)

    def tied_by(self, *ties: str) -> frozenset[int] | None:
        """The people to whom the actor has one of ``ties``; None when they are many."""
        groups = [self.ties[tie] for tie in ties if tie in self.ties]
        known = [group for group in groups if group is not None]
        return frozenset[int]().union(*known) if len(known) == len(groups) else None


_IN_FORCE = "{0}.starts_on <= %(on)s AND ({0}.ends_on IS NULL OR {0}.ends_on >= %(on)s)"


def in_force_sql(text: str) -> str:
    """Write ``in_force(name)`` of ``text`` out as the condition on a dated table's columns."""
    head, *rest = text.split("in_force(")
    for part in rest:
        name, _closing, after = part.partition(")")
        head += _IN_FORCE.format(name) + after
    return head


_PERSON_STANDING = in_force_sql(
    """
WITH RECURSIVE own(id) AS (
    SELECT organisation_id FROM accounts_assignment held
     WHERE person_id = %(person)s AND in_force(held)
    UNION
    SELECT organisation_id FROM accounts_boardseat held
     WHERE person_id = %(person)s AND in_force(held)
), above(id) AS (
    SELECT link.parent_id
      FROM accounts_organisationparent link JOIN own ON own.id = link.organisation_id
     WHERE in_force(link)
    UNION
    SELECT link.parent_id
      FROM accounts_organisationparent link JOIN above ON above.id = link.organisation_id
     WHERE in_force(link)
), granted(role, id) AS MATERIALIZED (
    SELECT role, organisation_id FROM accounts_rolegrant held
     WHERE person_id = %(person)s AND in_force(held)
), covered(role, id) AS (
    SELECT role, id FROM granted
    UNION
    SELECT covered.role, link.organisation_id
      FROM accounts_organisationparent link JOIN covered ON covered.id = link.parent_id
     WHERE in_force(link)
), directly(id) AS MATERIALIZED (
    SELECT person_id FROM accounts_reportingline line
     WHERE manager_id = %(person)s AND kind = 'LINE_MANAGER' AND in_force(line)
     LIMIT %(few_people)s + 1
)
SELECT 'own', '', id FROM own
UNION ALL SELECT 'above', '', id FROM above
UNION ALL SELECT 'granted', role, id FROM granted
UNION ALL (SELECT 'role', role, id FROM covered LIMIT %(few_places)s + 1)
UNION ALL SELECT 'tie', 'LINE_MANAGER', id FROM directly
UNION ALL (
    SELECT 'tie', 'SUPERVISOR', person_id FROM accounts_reportingline line
     WHERE manager_id = %(person)s AND kind = 'SUPERVISOR' AND in_force(line)
     LIMIT %(few_people)s + 1)
UNION ALL (
    SELECT 'tie', 'SECOND_LINE', line.person_id
      FROM accounts_reportingline line JOIN directly ON directly.id = line.manager_id
     WHERE line.kind = 'LINE_MANAGER' AND in_force(line) AND line.person_id <> %(person)s
     LIMIT %(few_people)s + 1)
UNION ALL (
    SELECT 'tie', 'DELEGATE', line.person_id
      FROM accounts_delegation handed
      JOIN accounts_reportingline line ON line.manager_id = handed.manager_id
      JOIN accounts_assignment job
        ON job.id = line.assignment_id AND job.organisation_id = handed.organisation_id
     WHERE handed.delegate_id = %(person)s AND in_force(handed)
       AND line.kind = 'LINE_MANAGER' AND in_force(line)
       AND line.person_id <> %(person)s
       AND EXISTS (
           SELECT 1 FROM accounts_assignment post
            WHERE post.person_id = %(person)s AND in_force(post)
              AND post.organisation_id = handed.organisation_id)
     LIMIT %(few_people)s + 1)
"""
)

_CLIENT_STANDING = in_force_sql(
    """
WITH RECURSIVE below(id) AS (
    SELECT %(root)s::bigint
    UNION
    SELECT link.organisation_id
      FROM accounts_organisationparent link JOIN below ON below.id = link.parent_id
     WHERE in_force(link)
), above(id) AS (
    SELECT link.parent_id FROM accounts_organisationparent link
     WHERE link.organisation_id = %(root)s AND in_force(link)
    UNION
    SELECT link.parent_id
      FROM accounts_organisationparent link JOIN above ON above.id = link.organisation_id
     WHERE in_force(link)
)
SELECT true, id FROM below
UNION ALL SELECT false, id FROM above
"""
)

_ABOVE = in_force_sql(
    """
WITH RECURSIVE above(person, id, is_own) AS (
    SELECT person_id, organisation_id, true FROM accounts_assignment held
     WHERE person_id = ANY(%(people)s) AND in_force(held)
    UNION
    SELECT person_id, organisation_id, true FROM accounts_boardseat held
     WHERE person_id = ANY(%(people)s) AND in_force(held)
    UNION
    SELECT above.person, link.parent_id, false
      FROM accounts_organisationparent link JOIN above ON above.id = link.organisation_id
     WHERE in_force(link)
)
SELECT person, id FROM above WHERE NOT is_own
"""
)


def organisations_above(person_ids: Iterable[int], *, on: date) -> dict[int, frozenset[int]]:
    """Person -> the organisations above theirs on ``on``, as ``above_ids`` of a standing; one
    statement for any number."""
    found: dict[int, set[int]] = {person_id: set() for person_id in person_ids}
    if found:
        with connection.cursor() as cursor:
            cursor.execute(_ABOVE, {"people": sorted(found), "on": on})
            for person_id, organisation_id in cursor.fetchall():
                found[person_id].add(organisation_id)
    return {person_id: frozenset(ids) for person_id, ids in found.items()}


def _client_standing(organisation_id: int, *, on: date) -> Standing:
    """A client belongs to its organisation and those below; above it lies what is open to them."""
    with connection.cursor() as cursor:
        cursor.execute(_CLIENT_STANDING, {"root": organisation_id, "on": on})
        found = cursor.fetchall()
    return Standing(
        organisation_ids=frozenset(row[1] for row in found if row[0]),
        above_ids=frozenset(row[1] for row in found if not row[0]),
        on=on,
    )


def _person_standing(person_id: int, *, on: date) -> Standing:
    kinds = ("own", "above", "role", "granted", "tie")
    found: dict[str, dict[str, list[int]]] = {kind: {} for kind in kinds}
    limits = {"few_people": FEW_PEOPLE, "few_places": FEW_ORGANISATIONS}
    with connection.cursor() as cursor:
        cursor.execute(_PERSON_STANDING, {"person": person_id, "on": on, **limits})
        for kind, name, row_id in cursor.fetchall():
            found[kind].setdefault(name, []).append(row_id)
    return Standing(
        organisation_ids=frozenset(found["own"].get("", ())),
        above_ids=frozenset(found["above"].get("", ())),
        roles=_reaches(found["granted"], found["role"], on=on),
        granted={role: frozenset(ids) for role, ids in found["granted"].items()},
        ties=_ties(found["tie"]),
        on=on,
    )


def _reaches(
    granted: dict[str, list[int]], covered: dict[str, list[int]], *, on: date
) -> Mapping[str, Reach]:
    are_few = sum(map(len, covered.values())) <= FEW_ORGANISATIONS
    return {
        role: Reach(roots, on=on, known=frozenset(covered[role]) if are_few else None)
        for role, roots in granted.items()
    }


def _ties(found: dict[str, list[int]]) -> Mapping[str, frozenset[int] | None]:
    # Counted as rows: the statement stops there, though somebody in two posts may come twice.
    ties = {tie: frozenset(ids) if len(ids) <= FEW_PEOPLE else None for tie, ids in found.items()}
    # Of a manager of many, only the first reports were asked for theirs.
    if "LINE_MANAGER" in ties and ties["LINE_MANAGER"] is None:
        ties["SECOND_LINE"] = None
    return ties


def standing(actor: "Actor", *, on: date) -> Standing:
    """Where ``actor`` stands on ``on``; read once per actor object and day."""
    if actor.actor_kind == "person":
        known: dict[date, Standing] = actor.__dict__.setdefault("_standings", {})
    else:
        known = actor.standings
    if on not in known:
        known[on] = _read_standing(actor, on=on)
    return known[on]


def _read_standing(actor: "Actor", *, on: date) -> Standing:
    if actor.actor_kind == "person":
        return _person_standing(actor.pk, on=on) if actor.is_active else Standing(on=on)
    if actor.actor_kind == "client":
        return _client_standing(actor.client.organisation_id, on=on)
    if actor.organisation_ids is None:
        return Standing(is_everywhere=True, on=on)
    return Standing(organisation_ids=actor.organisation_ids, on=on)
