"""The first wall: which rows an actor may see on a day, as conditions for querysets.

An actor's *standing* (where they belong, who reports to them, which roles cover which
organisations) is read once per actor and day in one statement; who belongs to the organisations of
a role is a subquery.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connection
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.actors import Actor

# Roles whose work is with people's records. Talent leads see people through consent instead.
SEES_PEOPLE = ("LEARNING_LEAD", "HR_ADMINISTRATOR", "ORGANISATION_ADMINISTRATOR", "AUDITOR")

EVERYTHING = Q(pk__isnull=False)
NOTHING = Q(pk__isnull=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an actor stands on a day.

    ``organisation_ids``: where the actor belongs (a client: its organisation and those below).
    ``above_ids``: the organisations above those. ``roles``: role -> organisations it covers, those
    below included. ``granted``: role -> organisations it was given for, without those below.
    ``report_ids``: the people whose line manager, supervisor or manager's manager the actor is;
    ``line_report_ids``: those whose line manager they are.
    ``is_everywhere``: a job of the system whose stated scope is every organisation.
    """

    organisation_ids: frozenset[int] = frozenset()
    above_ids: frozenset[int] = frozenset()
    roles: Mapping[str, frozenset[int]] = field(default_factory=dict)
    granted: Mapping[str, frozenset[int]] = field(default_factory=dict)
    report_ids: frozenset[int] = frozenset()
    line_report_ids: frozenset[int] = frozenset()
    is_everywhere: bool = False

    def covered_by(self, *roles: str) -> frozenset[int]:
        """The organisations in which the actor holds any of ``roles``."""
        return frozenset().union(*(self.roles.get(role, frozenset()) for role in roles))

    def holds(self, *roles: str) -> bool:
        return bool(self.covered_by(*roles))


_PERSON_STANDING = """
WITH RECURSIVE own(id) AS (
    SELECT organisation_id FROM accounts_assignment
     WHERE person_id = %(person)s AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on >= %(on)s)
    UNION
    SELECT organisation_id FROM accounts_boardseat
     WHERE person_id = %(person)s AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on >= %(on)s)
), above(id) AS (
    SELECT link.parent_id
      FROM accounts_organisationparent link JOIN own ON own.id = link.organisation_id
     WHERE link.starts_on <= %(on)s AND (link.ends_on IS NULL OR link.ends_on >= %(on)s)
    UNION
    SELECT link.parent_id
      FROM accounts_organisationparent link JOIN above ON above.id = link.organisation_id
     WHERE link.starts_on <= %(on)s AND (link.ends_on IS NULL OR link.ends_on >= %(on)s)
), covered(role, id) AS (
    SELECT role, organisation_id FROM accounts_rolegrant
     WHERE person_id = %(person)s AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on >= %(on)s)
    UNION
    SELECT covered.role, link.organisation_id
      FROM accounts_organisationparent link JOIN covered ON covered.id = link.parent_id
     WHERE link.starts_on <= %(on)s AND (link.ends_on IS NULL OR link.ends_on >= %(on)s)
), direct(kind, id) AS (
    SELECT kind, person_id FROM accounts_reportingline
     WHERE manager_id = %(person)s
       AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on >= %(on)s)
)
SELECT 'own', '', id FROM own
UNION ALL SELECT 'above', '', id FROM above
UNION ALL SELECT 'role', role, id FROM covered
UNION ALL
SELECT 'granted', role, organisation_id FROM accounts_rolegrant
 WHERE person_id = %(person)s AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on >= %(on)s)
UNION ALL SELECT 'report', kind, id FROM direct
UNION ALL
SELECT 'report', 'SECOND_LINE', line.person_id
  FROM accounts_reportingline line JOIN direct ON direct.id = line.manager_id
 WHERE direct.kind = 'LINE_MANAGER' AND line.kind = 'LINE_MANAGER'
   AND line.starts_on <= %(on)s AND (line.ends_on IS NULL OR line.ends_on >= %(on)s)
"""

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


def organisations_below(roots: list[int], *, on: date) -> frozenset[int]:
    """``roots`` and every organisation below them on ``on``; one statement at any depth."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, {"roots": roots, "on": on})
        return frozenset(row[0] for row in cursor.fetchall())


_CLIENT_STANDING = """
WITH RECURSIVE below(id) AS (
    SELECT %(root)s::bigint
    UNION
    SELECT link.organisation_id
      FROM accounts_organisationparent link JOIN below ON below.id = link.parent_id
     WHERE link.starts_on <= %(on)s AND (link.ends_on IS NULL OR link.ends_on >= %(on)s)
), above(id) AS (
    SELECT link.parent_id FROM accounts_organisationparent link
     WHERE link.organisation_id = %(root)s
       AND link.starts_on <= %(on)s AND (link.ends_on IS NULL OR link.ends_on >= %(on)s)
    UNION
    SELECT link.parent_id
      FROM accounts_organisationparent link JOIN above ON above.id = link.organisation_id
     WHERE link.starts_on <= %(on)s AND (link.ends_on IS NULL OR link.ends_on >= %(on)s)
)
SELECT true, id FROM below
UNION ALL SELECT false, id FROM above
"""


def _client_standing(organisation_id: int, *, on: date) -> Standing:
    """A client belongs to its organisation and those below; above it lies what is open to them."""
    with connection.cursor() as cursor:
        cursor.execute(_CLIENT_STANDING, {"root": organisation_id, "on": on})
        found = cursor.fetchall()
    return Standing(
        organisation_ids=frozenset(row[1] for row in found if row[0]),
        above_ids=frozenset(row[1] for row in found if not row[0]),
    )


def _person_standing(person_id: int, *, on: date) -> Standing:
    kinds = ("own", "above", "role", "granted", "report")
    found: dict[str, dict[str, set[int]]] = {kind: {} for kind in kinds}
    with connection.cursor() as cursor:
        cursor.execute(_PERSON_STANDING, {"person": person_id, "on": on})
        for kind, name, row_id in cursor.fetchall():
            found[kind].setdefault(name, set()).add(row_id)
    return Standing(
        organisation_ids=frozenset(found["own"].get("", ())),
        above_ids=frozenset(found["above"].get("", ())),
        roles=_frozen(found["role"]),
        granted=_frozen(found["granted"]),
        report_ids=frozenset().union(*found["report"].values()),
        line_report_ids=frozenset(found["report"].get("LINE_MANAGER", ())),
    )


def _frozen(found: dict[str, set[int]]) -> Mapping[str, frozenset[int]]:
    return {role: frozenset(ids) for role, ids in found.items()}


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
        return _person_standing(actor.pk, on=on) if actor.is_active else Standing()
    if actor.actor_kind == "client":
        return _client_standing(actor.client.organisation_id, on=on)
    if actor.organisation_ids is None:
        return Standing(is_everywhere=True)
    return Standing(organisation_ids=actor.organisation_ids)


def covers(place: Standing, organisation_ids: frozenset[int], *, field: str) -> Q:
    """``field`` (an organisation's id) lies in ``organisation_ids``, or the actor is everywhere."""
    return EVERYTHING if place.is_everywhere else Q(**{f"{field}__in": organisation_ids})


def members_of(organisation_ids: frozenset[int], *, on: date, prefix: str = "") -> Q:
    """People with an assignment or a board seat in ``organisation_ids`` on ``on``."""
    if not organisation_ids:
        return NOTHING
    found = Q()
    for name in ("Assignment", "BoardSeat"):
        rows = apps.get_model("accounts", name).objects.on(on)
        rows = rows.filter(organisation_id__in=organisation_ids)
        found |= Q(**{f"{prefix}pk__in": rows.values("person_id")})
    return found


def people_visible_to(actor: "Actor", *, on: date, prefix: str = "") -> Q:
    """People (reached through ``prefix``) whom ``actor`` may see on ``on``."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    if actor.actor_kind != "person":
        return members_of(place.organisation_ids, on=on, prefix=prefix)
    seen = Q(**{f"{prefix}pk__in": {actor.pk, *place.report_ids}})
    through = place.covered_by(*SEES_PEOPLE)
    return seen | members_of(through, on=on, prefix=prefix) if through else seen


def record_visible_to(actor: "Actor", *, on: date, person: str, organisation: str) -> Q:
    """Rows about a person that one organisation keeps, reached through those two names.

    Who is employed by two trusts, or comes from another, is seen by both; what each of them keeps
    is not: a role and a client open only the rows of the organisations they are for.
    """
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    if actor.actor_kind != "person":
        return _kept_by(place.organisation_ids, on=on, person=person, organisation=organisation)
    covered = place.covered_by(*SEES_PEOPLE)
    seen = Q(**{f"{person}__in": {actor.pk, *place.report_ids}})
    if not covered:
        return seen
    return seen | _kept_by(covered, on=on, person=person, organisation=organisation)


def _kept_by(organisation_ids: frozenset[int], *, on: date, person: str, organisation: str) -> Q:
    there = members_of(organisation_ids, on=on, prefix=f"{person}__")
    return there & Q(**{f"{organisation}__in": organisation_ids})


def events_visible_to(actor: "Actor", *, on: date) -> Q:
    """Rows of the ledger: one's own, those about oneself, and those of organisations one audits."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    if actor.actor_kind != "person":
        return Q(organisation_id__in=place.organisation_ids)
    return (
        Q(by_person_id=actor.pk)
        | Q(subject_id=actor.pk)
        | Q(organisation_id__in=place.covered_by("AUDITOR"))
    )
