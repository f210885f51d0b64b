"""One's own row, and no other: calls to the functions that the application's role may execute.

The functions compare the person they are asked for with the one whose transaction it is
(``waymark.person``). A mistake in the code above them finds nothing, and changes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from accounts.equality.cipher import Answers, ring, sealed
from accounts.models.equality import Attribute


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row as it lies there: what was answered is still encrypted."""

    tokens: dict[Attribute, str | None]
    opted_out_on: date | None


def read(person_id: int, *, in_their_name: bool = False) -> KeptRow | None:
    """The row, if there is one. ``in_their_name``: for the copy of all that is held about them."""
    with _transaction_of(person_id, in_their_name=in_their_name) as cursor:
        cursor.execute("SELECT * FROM equality.read_own(%s)", [person_id])
        row = cursor.fetchone()
    if row is None:
        return None
    *tokens, opted_out_on = row
    return KeptRow(dict(zip(Attribute, tokens, strict=True)), opted_out_on)


def keep(person_id: int, answers: Answers) -> bool:
    """Write all answers anew; False when the person has asked us to stop."""
    columns = sealed(answers, person_id=person_id)
    values = [person_id, ring().key_id, *(columns[attribute] for attribute in Attribute)]
    return _did(person_id, "SELECT equality.keep_own(%s, %s, %s, %s, %s, %s, %s)", values)


def forget(person_id: int) -> bool:
    """Delete the answers; False when there were none. A wish that we stop is kept."""
    return _did(person_id, "SELECT equality.forget_own(%s)", [person_id])


def stop(person_id: int, *, on: date) -> bool:
    """Delete the answers and take none from ``on``; False when it had been asked already."""
    return _did(person_id, "SELECT equality.stop_own(%s, %s)", [person_id, on])


def resume(person_id: int) -> bool:
    """Take answers again; False when nobody had asked us to stop."""
    return _did(person_id, "SELECT equality.resume_own(%s)", [person_id])


def erase(person_id: int) -> int:
    """Remove the row of somebody who is erased, a wish that we stop too; how many went."""
    with _transaction_of(person_id, in_their_name=True) as cursor:
        cursor.execute(
            "SELECT equality.forget_own(%s) OR equality.resume_own(%s)", [person_id, person_id]
        )
        return int(cursor.fetchone()[0])


def _did(person_id: int, statement: str, values: list[Any]) -> bool:
    with _transaction_of(person_id) as cursor:
        cursor.execute(statement, values)
        return bool(cursor.fetchone()[0])


@contextmanager
def _transaction_of(person_id: int, *, in_their_name: bool = False) -> Iterator[Any]:
    """A transaction that says whose it is. One that is somebody else's is left as it is, and the
    functions refuse, unless the caller has the right to act ``in_their_name``."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('waymark.person', true), '')")
        before = cursor.fetchone()[0]
        is_ours = before == "" or in_their_name
        if is_ours:
            cursor.execute("SELECT set_config('waymark.person', %s, true)", [str(person_id)])
        yield cursor
        if is_ours:
            cursor.execute("SELECT set_config('waymark.person', %s, true)", [before])
