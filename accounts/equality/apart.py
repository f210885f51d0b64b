"""All rows, over a connection of their own: for counts and for new keys.

The connection lasts as long as one piece of work. It is not one of Django's, so no model, queryset
or fixture can be pointed at it, and a web process is not given its address.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _
from psycopg import sql

from accounts.equality.cipher import Answers, ring, sealed
from accounts.models.equality import Attribute
from common.errors import Conflict

COLUMNS = sql.SQL(", ").join(sql.Identifier(attribute.value) for attribute in Attribute)
Row = tuple[int, dict[Attribute, str | None]]


class Unavailable(Conflict):
    """This process may not read equality data, or their database does not answer."""


@contextmanager
def connected() -> Iterator[psycopg.Connection]:
    """A connection as the role of equality data, in a transaction that ends with the block."""
    if not settings.EQUALITY_DATABASE_URL:
        raise Unavailable(
            _("This process cannot read equality data. Set EQUALITY_DATABASE_URL for it."),
            code="equality_not_connected",
        )
    try:
        link = psycopg.connect(
            settings.EQUALITY_DATABASE_URL, connect_timeout=5, prepare_threshold=None
        )
    except psycopg.OperationalError:
        raise Unavailable(
            _("The database does not let us in as the role of EQUALITY_DATABASE_URL."),
            code="equality_not_connected",
        ) from None
    with link:
        yield link


def tokens_of(
    link: psycopg.Connection, attribute: Attribute, person_ids: Sequence[int]
) -> dict[int, str | None]:
    """person -> one encrypted answer, for those of ``person_ids`` who have a row."""
    statement = sql.SQL(
        "SELECT person_id, {column} FROM equality.record"
        " WHERE person_id = ANY(%s) AND opted_out_on IS NULL"
    ).format(column=sql.Identifier(attribute.value))
    return dict(link.execute(statement, [list(person_ids)]).fetchall())


def opted_out(link: psycopg.Connection, person_ids: Sequence[int]) -> set[int]:
    """Those of ``person_ids`` who have asked us to stop."""
    rows = link.execute(
        "SELECT person_id FROM equality.record"
        " WHERE person_id = ANY(%s) AND opted_out_on IS NOT NULL",
        [list(person_ids)],
    )
    return {person_id for (person_id,) in rows}


def rows_of_old_keys(link: psycopg.Connection, *, after: int, size: int) -> list[Row]:
    """The next ``size`` rows that another key than the newest wrote, held until the commit."""
    statement = sql.SQL(
        "SELECT person_id, {} FROM equality.record"
        " WHERE person_id > %s AND key_id NOT IN ('', %s)"
        " ORDER BY person_id LIMIT %s FOR UPDATE"
    ).format(COLUMNS)
    rows = link.execute(statement, [after, ring().key_id, size]).fetchall()
    return [(row[0], dict(zip(Attribute, row[1:], strict=True))) for row in rows]


def write_again(link: psycopg.Connection, rows: Sequence[tuple[int, Answers]]) -> None:
    """Replace rows with the same answers under the newest key."""
    written = [
        (person_id, *sealed(answers, person_id=person_id).values()) for person_id, answers in rows
    ]
    columns = [list(column) for column in zip(*written, strict=True)]
    link.execute(_WRITE_AGAIN, [ring().key_id, *columns])


_WRITE_AGAIN = sql.SQL(
    "UPDATE equality.record AS kept SET key_id = %s, {changes}"
    " FROM unnest(%s::bigint[]{arrays}) AS fresh(person_id, {columns})"
    " WHERE kept.person_id = fresh.person_id"
).format(
    changes=sql.SQL(", ").join(
        sql.SQL("{0} = fresh.{0}").format(sql.Identifier(attribute.value))
        for attribute in Attribute
    ),
    arrays=sql.SQL(", %s::text[]") * len(Attribute),
    columns=COLUMNS,
)
