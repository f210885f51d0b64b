"""Sends every request of the matrix, and notes each answer that is not the declared one.

Every request is taken back. Of a refused one the database must not have changed a row: PostgreSQL
counts the rows that a transaction writes, so that this costs a look at a counter.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.canaries.tokens import tokens_in, tokens_of
from tests.security.addresses import arguments_of_addresses
from tests.security.callers import bytes_of
from tests.security.matrix.actors import Actor
from tests.security.matrix.readers import may_read
from tests.security.matrix.rules import METHODS, Place, Rule, expected
from tests.security.matrix.town import Town

_ROWS_WRITTEN = """
SELECT coalesce(sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                    + pg_stat_get_xact_tuples_deleted(oid)), 0)::bigint
  FROM pg_class WHERE relkind = 'r' AND relnamespace IN (
      SELECT oid FROM pg_namespace
       WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  ) AND relname <> ALL(%(but)s)
"""


def rows_written(*, but: Collection[str] = ()) -> int:
    """Rows written in this transaction so far, those taken back included; ``but`` tables do not
    count."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS_WRITTEN, {"but": list(but)})
        return int(cursor.fetchone()[0])


_TRIES_EVERY_METHOD = {"manager", "half_way", "anonymous", "program", "program_expired"}


@dataclass
class Walk:
    """One actor's way through every address. ``wrong`` holds a sentence for every mistake."""

    town: Town
    actor: Actor
    client: Client
    cells: int = 0
    allowed: int = 0
    relations: set[str] = field(default_factory=set)
    operations: set[tuple[str, str]] = field(default_factory=set)
    told: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def through(self, rules: Mapping[str, Rule]) -> "Walk":
        for rule in rules.values():
            for place in self._places(rule):
                for method in self._methods(rule, place):
                    self._send(rule, method, place)
        return self

    def _places(self, rule: Rule) -> Iterator[Place]:
        """Every row that the rule is about: each person's, or each organisation's. A program is
        sent away from every page by the same wall: one row stands for all."""
        places = self._rows(rule)
        yield from islice(places, 1) if self.actor.is_program and not rule.is_api else places

    def _rows(self, rule: Rule) -> Iterator[Place]:
        if rule.of == "person":
            for target in self.town.targets.values():
                if not rule.row or rule.row in target.rows:
                    yield Place(self.town, self.actor, target.house, target)
        elif rule.of == "organisation":
            for house in self.town.houses.values():
                yield Place(self.town, self.actor, house)
        else:
            yield Place(self.town, self.actor, self.town.houses["ours"])

    def _methods(self, rule: Rule, place: Place) -> Iterator[str]:
        """Methods nobody declared answer the same for every row and in every role: one row stands
        for them, and one actor of each way to come in."""
        is_first = place.name in {"actor", "ours"} and self.actor.name in _TRIES_EVERY_METHOD
        for method in METHODS:
            if method in rule.methods or is_first:
                yield method

    def _send(self, rule: Rule, method: str, place: Place) -> None:
        access = rule.methods.get(method)
        body = access.body(place) if access and self.actor.is_known else {}
        due = expected(rule, method, place)
        with transaction.atomic():
            before = None if due.is_done else rows_written()
            response = self._ask(rule, method, place, body)
            has_written = before is not None and rows_written() != before
            transaction.set_rollback(True)
        self.cells += 1
        self.relations.add(place.name)
        self.operations.add((rule.address, method))
        where = f"{self.actor.name} {method} {rule.address} of {place.name}"
        if not due.is_met_by(response.status_code, response.headers.get("Location", "")):
            self.wrong.append(f"{where}: {response.status_code} instead of {due}")
        if has_written:
            self.wrong.append(f"{where}: refused, and yet something was written")
        if due.is_done:
            self.allowed += 1
            self._compare_fields(rule, method, response, where)
        self._scan(response, where, typed=body)

    def _ask(
        self, rule: Rule, method: str, place: Place, body: Mapping[str, Any]
    ) -> HttpResponseBase:
        # What the answer before has said of itself would be shown by this one.
        self.client.cookies.pop("messages", None)
        send = getattr(self.client, method)
        return send(path_of(rule, place), body, **rule.options(method))

    def _compare_fields(
        self, rule: Rule, method: str, response: HttpResponseBase, where: str
    ) -> None:
        declared = rule.methods[method].fields
        is_file = rule.methods[method].is_file
        if not rule.is_api or is_file or response.status_code >= 400:
            return
        told = fields_of(json.loads(bytes_of(response)))
        self.told.setdefault((rule.address, method), set()).update(told)
        if declared is None or told - declared:
            self.wrong.append(f"{where}: tells {sorted(told - (declared or set()))} undeclared")

    def _scan(self, response: HttpResponseBase, where: str, *, typed: Mapping[str, Any]) -> None:
        """What somebody typed stands in the form again when it is refused."""
        content = bytes_of(response) + repr(sorted(response.headers.items())).encode()
        for found in tokens_of(content) - tokens_in(repr(typed)):
            if not may_read(found, self.actor, self.town):
                self.wrong.append(f"{where}: shows the {found.kind} of {found.owner}")


def fields_of(value: Any, path: str = "") -> set[str]:
    """Dotted names of every field in what JSON says; rows of a list share their names."""
    if isinstance(value, list):
        return set().union(*(fields_of(one, path) for one in value))
    if not isinstance(value, dict):
        return set()
    found: set[str] = set()
    for name, inner in value.items():
        whole = f"{path}.{name}".lstrip(".")
        found |= {whole} | fields_of(inner, whole)
    return found


def path_of(rule: Rule, place: Place) -> str:
    if not rule.row:
        return reverse(rule.address)
    first = arguments_of_rule(rule)[0]
    further = {name: of(place) for name, of in rule.further.items()}
    row = place.row(rule.row)
    return reverse(rule.address, kwargs={first: getattr(row, rule.attribute), **further})


def arguments_of_rule(rule: Rule) -> tuple[str, ...]:
    return arguments_of_addresses()[rule.address]
