"""Sends every request of the matrix, and notes each answer that is not the declared one.

Every request is taken back. Of a refused one the database must not have changed a row: PostgreSQL
counts the rows that a transaction writes, so that this costs a look at a counter. Refused requests
that follow each other share that look, for as long as it says that nothing was written there is
nothing to take back between them; where something was, each of them is sent again alone.

Whatever is allowed is always sent. Of the refusals that one actor gets for one method of one
address and that are the same answer for several rows, the usual run sends one, and each actor
another one; `make matrix` sends them all.
"""

import json
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.canaries.tokens import tokens_in, tokens_of
from tests.security.addresses import arguments_of_addresses
from tests.security.callers import bytes_of
from tests.security.matrix.actors import ACTORS, Actor
from tests.security.matrix.readers import may_read
from tests.security.matrix.rules import METHODS, Expected, Place, Rule, expected
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


# All rows of every refusal: in a campaign of its own, and where one rule at a time is weakened.
_IS_WHOLE = bool(os.environ.get("WAYMARK_MATRIX_WHOLE") or os.environ.get("WAYMARK_MATRIX_ONLY"))
_TRIES_EVERY_METHOD = {"manager", "half_way", "anonymous", "program", "program_expired"}
# Refused requests that share one look at the counters.
_TOGETHER = 40


@dataclass(frozen=True)
class Cell:
    """One request of the matrix."""

    rule: Rule
    method: str
    place: Place

    @cached_property
    def due(self) -> Expected:
        return expected(self.rule, self.method, self.place)

    @cached_property
    def body(self) -> Mapping[str, Any]:
        access = self.rule.methods.get(self.method)
        return access.body(self.place) if access and self.place.actor.is_known else {}

    @property
    def where(self) -> str:
        actor = self.place.actor.name
        return f"{actor} {self.method} {self.rule.address} of {self.place.name}"


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
        alike: dict[tuple[str, str, str], list[Cell]] = defaultdict(list)
        for cell in self._cells(rules):
            if cell.due.is_done:
                self._send_and_take_back(cell)
            else:
                alike[cell.rule.address, cell.method, str(cell.due)].append(cell)
        refused = list(self._to_send(alike.values()))
        for first in range(0, len(refused), _TOGETHER):
            self._send_refused(refused[first : first + _TOGETHER])
        return self

    def _to_send(self, alike: Iterable[Sequence[Cell]]) -> Iterator[Cell]:
        """All refusals, or one of those that are alike: the next one for the next actor and for
        the next address, so that each row has its turn."""
        turn = list(ACTORS).index(self.actor.name) if self.actor.name in ACTORS else 0
        for number, cells in enumerate(alike):
            if _IS_WHOLE:
                yield from cells
            else:
                yield cells[(turn + number) % len(cells)]

    def _cells(self, rules: Mapping[str, Rule]) -> Iterator[Cell]:
        for rule in rules.values():
            for place in self._places(rule):
                for method in self._methods(rule, place):
                    yield Cell(rule, method, place)

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

    def _send_and_take_back(self, cell: Cell) -> None:
        with transaction.atomic():
            response = self._ask(cell)
            transaction.set_rollback(True)
        self._judge(cell, response)

    def _send_refused(self, cells: Sequence[Cell]) -> None:
        with transaction.atomic():
            before = rows_written()
            answers = [(cell, self._ask(cell)) for cell in cells]
            # After a broken statement nothing can be asked, and the answers after it are of that.
            is_clean = not connection.needs_rollback and rows_written() == before
            transaction.set_rollback(True)
        if is_clean:
            for cell, response in answers:
                self._judge(cell, response)
        else:
            self._send_refused_alone(cells)

    def _send_refused_alone(self, cells: Sequence[Cell]) -> None:
        found = len(self.wrong)
        for cell in cells:
            with transaction.atomic():
                before = rows_written()
                response = self._ask(cell)
                has_written = connection.needs_rollback or rows_written() != before
                transaction.set_rollback(True)
            self._judge(cell, response)
            if has_written:
                self.wrong.append(f"{cell.where}: refused, and yet something was written")
        if len(self.wrong) == found:
            names = ", ".join(cell.where for cell in cells)
            self.wrong.append(f"one after the other, these have written something: {names}")

    def _ask(self, cell: Cell) -> HttpResponseBase:
        # What the answer before has said of itself would be shown by this one.
        self.client.cookies.pop("messages", None)
        send = getattr(self.client, cell.method)
        options = cell.rule.options(cell.method)
        return send(path_of(cell.rule, cell.place), cell.body, **options)

    def _judge(self, cell: Cell, response: HttpResponseBase) -> None:
        self.cells += 1
        self.relations.add(cell.place.name)
        self.operations.add((cell.rule.address, cell.method))
        if not cell.due.is_met_by(response.status_code, response.headers.get("Location", "")):
            self.wrong.append(f"{cell.where}: {response.status_code} instead of {cell.due}")
        if cell.due.is_done:
            self.allowed += 1
            self._compare_fields(cell, response)
        self._scan(cell, response)

    def _compare_fields(self, cell: Cell, response: HttpResponseBase) -> None:
        access = cell.rule.methods[cell.method]
        if not cell.rule.is_api or access.is_file or response.status_code >= 400:
            return
        told = fields_of(json.loads(bytes_of(response)))
        self.told.setdefault((cell.rule.address, cell.method), set()).update(told)
        undeclared = told - (access.fields or set())
        if access.fields is None or undeclared:
            self.wrong.append(f"{cell.where}: tells {sorted(undeclared)} undeclared")

    def _scan(self, cell: Cell, response: HttpResponseBase) -> None:
        """What somebody typed stands in the form again when it is refused."""
        content = bytes_of(response) + repr(sorted(response.headers.items())).encode()
        for found in tokens_of(content) - tokens_in(repr(cell.body)):
            if not may_read(found, self.actor, self.town):
                self.wrong.append(f"{cell.where}: shows the {found.kind} of {found.owner}")


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
