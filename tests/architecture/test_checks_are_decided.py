"""A check that comes to NULL lets the row in, so every check comes to yes or no.

``seat >= 1 AND state = 'CONFIRMED'`` keeps nobody from a place without a seat: where ``seat`` is
NULL the whole is NULL, and PostgreSQL takes that for yes. A check of one column alone is about its
value where it has one.
"""

import re
from itertools import chain

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

_CHECKS = """
    SELECT rule.conrelid::regclass::text, rule.conname,
           pg_get_expr(rule.conbin, rule.conrelid),
           array_agg(seen.attname::text ORDER BY seen.attnum),
           array_agg(format_type(seen.atttypid, seen.atttypmod) ORDER BY seen.attnum),
           array_agg(NOT seen.attnotnull ORDER BY seen.attnum)
      FROM pg_constraint rule
      JOIN pg_attribute seen ON seen.attrelid = rule.conrelid AND seen.attnum = ANY (rule.conkey)
     WHERE rule.contype = 'c' AND rule.connamespace = 'public'::regnamespace
     GROUP BY 1, 2, 3
    HAVING count(*) > 1 ORDER BY 1, 2
"""
_TRIED = {
    "boolean": ["true", "false"],
    "date": ["2026-01-31", "2026-06-30"],
    "timestamp with time zone": ["2026-01-31 09:00Z", "2026-06-30 09:00Z"],
    "time without time zone": ["09:00", "17:00"],
    "jsonb": ["{}", "[]", '"word"'],
    "bytea": ["", "\\x00"],
    "inet": ["127.0.0.1"],
    "uuid": ["00000000-0000-0000-0000-000000000000"],
    "interval": ["0 hours", "1 hour"],
}
_NUMBERS, _WORDS = ["0", "1", "2"], ["", "word"]
_WORD, _NUMBER = re.compile(r"'([^']*)'::(?:text|character varying)"), re.compile(r"\b\d+\b")


def tried(kind, rule):
    """Values of a column that a rule may tell apart: those it names, and some of its kind."""
    if kind.endswith("[]"):
        return ["{}"]
    if kind in _TRIED:
        return _TRIED[kind]
    if kind.startswith(("character", "text")):
        return [*_WORDS, *_WORD.findall(rule)]
    return [*_NUMBERS, *_NUMBER.findall(rule)]


def undecided(cursor, rule, columns):
    """Values of ``columns`` (name, kind, whether it may be empty) for which ``rule`` is NULL."""
    tables, given = [], []
    for name, kind, is_empty in columns:
        values = [*dict.fromkeys(tried(kind, rule)), *([None] if is_empty else [])]
        rows = ", ".join(f"(%s::{kind})" for _value in values)
        tables.append(f'(VALUES {rows}) AS "of_{name}" ("{name}")')
        given.append(values)
    escaped = rule.replace("%", "%%")
    cursor.execute(
        f"SELECT * FROM {', '.join(tables)} WHERE ({escaped}) IS NULL LIMIT 1",  # noqa: S608
        list(chain.from_iterable(given)),
    )
    return cursor.fetchone()


def all_checks():
    with connection.cursor() as cursor:
        cursor.execute(_CHECKS)
        return cursor.fetchall()


def all_undecided():
    with connection.cursor() as cursor:
        for table, name, rule, *columns in all_checks():
            row = undecided(cursor, rule, list(zip(*columns, strict=True)))
            if row is not None:
                values = dict(zip(columns[0], row, strict=True))
                yield f"{table}: {name} does not decide about {values}"


def test_every_check_comes_to_yes_or_no():
    names = {name for _table, name, *_rest in all_checks()}

    assert {"enrolment_seated_means_a_seat", "fund_ends_after_start"} <= names
    assert list(all_undecided()) == []


def test_a_check_that_forgets_what_is_empty_is_found():
    forgets = "(state = 'CONFIRMED'::text AND seat >= 1) OR (state <> 'CONFIRMED' AND seat IS NULL)"
    minds = forgets.replace("seat >= 1", "seat IS NOT NULL AND seat >= 1")
    columns = [("state", "text", False), ("seat", "integer", True)]

    with connection.cursor() as cursor:
        found = [undecided(cursor, rule, columns) for rule in (forgets, minds)]

    assert found == [("CONFIRMED", None), None]
