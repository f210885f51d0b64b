"""Many rows of one table written by one statement, however many there are."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import connection, models
from psycopg import sql

Values = dict[str, Any]
Row = TypeVar("Row", bound=models.Model)


def add_rows(model: type[Row], rows: Mapping[str, Row]) -> dict[str, int]:
    """Add ``rows`` and return the numbers they got, by the same keys."""
    if not rows:
        return {}
    added = model._default_manager.bulk_create(rows.values())  # noqa: SLF001 (documented by Django)
    return {key: row.pk for key, row in zip(rows, added, strict=True)}


def change_rows(model: type[models.Model], changed: Mapping[int, Values]) -> None:
    """Give each row (by its number) its values, the same columns for all, in one statement.

    ``bulk_update`` compares every row with every number, which at five thousand takes seconds.
    """
    if not changed:
        return
    columns = list(next(iter(changed.values())))
    told: list[list[str | None]] = [[str(pk) for pk in changed]]
    told += [[_as_text(values[name]) for values in changed.values()] for name in columns]
    assigned = [
        sql.SQL("{0} = told.{0}::{1}").format(sql.Identifier(name), sql.SQL(_type(model, name)))
        for name in columns
    ]
    statement = sql.SQL(
        "UPDATE {table} kept SET {assigned} FROM unnest({arrays}) AS told(id, {columns})"
        " WHERE kept.id = told.id::bigint"
    ).format(
        table=sql.Identifier(model._meta.db_table),  # noqa: SLF001 (documented by Django)
        assigned=sql.SQL(", ").join(assigned),
        arrays=sql.SQL(", ").join([sql.SQL("%s::text[]")] * len(told)),
        columns=sql.SQL(", ").join([sql.Identifier(name) for name in columns]),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, told)


def _type(model: type[models.Model], column: str) -> str:
    """What the database calls the kind of ``column``."""
    field: Any = model._meta.get_field(column.removesuffix("_id"))  # noqa: SLF001 (documented by Django)
    return str(
        field.rel_db_type(connection) if column.endswith("_id") else field.db_type(connection)
    )


def delete_rows(model: type[models.Model], ids: list[int]) -> None:
    """Delete rows without asking what refers to them: the caller has, and the database will."""
    if not ids:
        return
    statement = sql.SQL("DELETE FROM {table} WHERE id = ANY(%s)").format(
        table=sql.Identifier(model._meta.db_table)  # noqa: SLF001 (documented by Django)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
