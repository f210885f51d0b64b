"""The third wall's gate: which rows the database shows to the transaction that is going on.

Every table with an organisation or a person in it has row-level security (``accounts.walls``),
which reads the settings made here. They end with their transaction, so that nothing is left behind
in a connection that somebody else uses next. Where nothing is set, nothing is seen.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from accounts.standing import Standing, in_force_sql, standing

if TYPE_CHECKING:
    from accounts.actors import Actor, SystemJob

SETTINGS = ("everywhere", "person", "people", "organisations", "shared", "session")
Values = tuple[str, ...]
NOTHING: Values = ("", "", "", "", "", "")
EVERYTHING: Values = ("on", "", "", "", "", "")
# More reports than that travel with nobody: of whoever leads so many, those in their own
# organisations are seen through these.
MOST_PEOPLE = 5000

_SEE_EVERYTHING = "SELECT set_config('waymark.everywhere', 'on', true)"
_CURRENT = "SELECT {}".format(
    ", ".join(f"current_setting('waymark.{name}', true)" for name in SETTINGS)
)
_TAKE_OVER = "SELECT {}".format(
    ", ".join(
        f"current_setting('waymark.{name}', true), set_config('waymark.{name}', %s, true)"
        for name in SETTINGS
    )
)

# What is open to everybody of an organisation (catalogues, frameworks, rounds) is open wherever a
# person ever worked and wherever their reports do, because what concerns them names it.
_OF_A_PERSON = in_force_sql(
    """
WITH direct AS (
    SELECT assignment_id, person_id, kind FROM accounts_reportingline line
     WHERE %(manages)s AND manager_id = %(person)s AND in_force(line)
     LIMIT %(most)s
), managed AS MATERIALIZED (
    SELECT assignment_id, person_id FROM direct
    UNION
    SELECT line.assignment_id, line.person_id
      FROM accounts_reportingline line JOIN direct ON direct.person_id = line.manager_id
     WHERE direct.kind = 'LINE_MANAGER' AND line.kind = 'LINE_MANAGER' AND in_force(line)
     LIMIT %(most)s
)
SELECT set_config('waymark.person', %(person)s::text, true),
       set_config('waymark.people', array_to_string(ARRAY(
           SELECT unnest(%(people)s::bigint[]) UNION SELECT person_id FROM managed
       ), ','), true),
       set_config('waymark.organisations', %(organisations)s, true),
       set_config('waymark.shared', array_to_string(ARRAY(
           SELECT unnest(%(shared)s::bigint[])
           UNION SELECT organisation_id FROM accounts_assignment WHERE person_id = %(person)s
           UNION SELECT organisation_id FROM accounts_boardseat WHERE person_id = %(person)s
           UNION SELECT job.organisation_id
             FROM managed JOIN accounts_assignment job ON job.id = managed.assignment_id
       ), ','), true),
       set_config('waymark.session', '', true),
       set_config('waymark.everywhere', '', true)
"""
)


@contextmanager
def opened(actor: "Actor | None", *, on: date) -> Iterator[None]:
    """One transaction in which the database shows what concerns ``actor`` on ``on``.

    ``None`` is somebody unknown, who sees nothing. Inside another transaction this is a part of
    it, and the scope from before holds again afterwards.
    """
    is_inside = connection.in_atomic_block
    with transaction.atomic():
        before = _current() if is_inside else NOTHING
        enter(actor, on=on)
        yield
        if is_inside and not connection.needs_rollback:
            _take_over(before)


@contextmanager
def run_as(job: "SystemJob") -> Iterator[None]:
    """``transaction.atomic`` for work of the system, as a block or as a decorator.

    The rows of the job's organisations can be reached, or all rows where it names none.
    """
    is_inside = connection.in_atomic_block
    with transaction.atomic():
        before = _take_over(_values_of_job(job))
        yield
        if is_inside and not connection.needs_rollback:
            _take_over(before)


@contextmanager
def lifted(job: "SystemJob") -> Iterator[None]:
    """Within somebody's transaction, the few statements that are the system's own work: telling
    another person something, say. Whoever uses it judges first and shows nothing of it."""
    _refuse_outside_a_transaction()
    before = _take_over(_values_of_job(job))
    try:
        yield
    finally:
        # After a failed statement only a rollback is possible, and that restores the settings.
        if connection.connection.info.transaction_status == TransactionStatus.INTRANS:
            _take_over(before)


def enter(actor: "Actor | None", *, on: date) -> None:
    """Make the scope of the current transaction that of ``actor``."""
    _refuse_outside_a_transaction()
    if actor is None or (actor.actor_kind == "person" and not actor.is_active):
        _take_over(NOTHING)
    elif actor.actor_kind == "job":
        _take_over(_values_of_job(actor))
    elif actor.actor_kind == "client":
        place = standing(actor, on=on)
        shared = _listed(place.organisation_ids | place.above_ids)
        _take_over(("", "", "", _listed(place.organisation_ids), shared, ""))
    else:
        # Where a person stands decides what they see, so it is read before anything can be seen.
        with connection.execute_wrapper(_seeing_everything):
            place = standing(actor, on=on)
            _enter_person(actor.pk, place)


def hold_session(session_id: int) -> None:
    """Show the whole list of one session, whose row the transaction has locked.

    Seats are counted and given under that lock, whatever organisation each of the people is from.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('waymark.session', %s, true)", [str(session_id)])


def _enter_person(person_id: int, place: Standing) -> None:
    covered = place.covered_by(*place.roles)
    organisations = place.organisation_ids.union(covered.ids if covered else ())
    given: dict[str, Any] = {
        "person": person_id,
        "on": place.on,
        "manages": place.has_reports,
        "most": MOST_PEOPLE,
        "people": sorted({person_id, *(place.tied_by("DELEGATE") or ())}),
        "organisations": _listed(organisations),
        "shared": sorted(organisations | place.above_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_A_PERSON, given)


def _seeing_everything(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Lift the walls before a statement, in the same round trip; its own rows are what is read."""
    found = execute(f"{_SEE_EVERYTHING};{sql}", params, many, context)
    context["cursor"].nextset()
    return found


def _values_of_job(job: "SystemJob") -> Values:
    if job.organisation_ids is None:
        return EVERYTHING
    within = _listed(job.organisation_ids)
    return ("", "", "", within, within, "")


def _current() -> Values:
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT)
        return tuple(value or "" for value in cursor.fetchone())


def _take_over(values: Values) -> Values:
    """Set every setting at once; return what was set before."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_OVER, values)
        return tuple(before or "" for before in cursor.fetchone()[::2])


def _listed(ids: Iterable[int]) -> str:
    return ",".join(map(str, sorted(ids)))


def _refuse_outside_a_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "A scope ends with its transaction, and there is none."
        )
