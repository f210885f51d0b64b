"""Everything that hangs on places, as the tables have it: read at once, in one statement."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db import connection

from tests.factories.clock import NOW

_TABLES = {
    "enrolments": (
        "courses_enrolment",
        (
            "id session_id person_id organisation_id state basis seat moved_from_id application_id"
            " study_hours price_pence queued_at offer_ends_at confirmed_at decided_by_id"
            " decided_by_rule ended_at"
        ),
    ),
    "approvals": (
        "courses_approval",
        (
            "id enrolment_id stage state asked_at escalated_at escalated_to decided_by_id"
            " decided_by_rule"
        ),
    ),
    "contests": ("courses_contest", "id enrolment_id state decided_by_id led_to_id"),
    "sessions": ("courses_session", "id offering_id state capacity starts_at closes_at"),
    "allotments": ("courses_seatallotment", "id session_id organisation_id seats released_at"),
    "applications": (
        "courses_application",
        "id intake_id person_id state place reserve_rank offer_ends_at",
    ),
    "decisions": (
        "courses_selectiondecision",
        "id application_id stage outcome decided_by_id",
    ),
    "swaps": (
        "courses_swaprequest",
        "id state asker_id partner_id place_id other_place_id ends_at",
    ),
    "moves": (
        "courses_studytimemove",
        "id enrolment_id minutes source source_on target target_on reason",
    ),
    "commitments": (
        "courses_commitment",
        "id fund_id enrolment_id state pence spent_pence owed_pence",
    ),
    "funds": ("courses_fund", "id amount_pence reserved_pence spent_pence"),
}


def _rows_of(table: str, columns: str) -> str:
    pairs = ", ".join(f"'{name}', {name}" for name in columns.split())
    rows = f"json_agg(json_build_object({pairs}) ORDER BY id)"
    # Names of tables and columns alone, all of which stand above.
    return f"(SELECT coalesce({rows}, '[]') FROM {table})"  # noqa: S608


_STATE = "SELECT json_build_object({})::text".format(
    ", ".join(f"'{name}', {_rows_of(*table)}" for name, table in _TABLES.items())
)
_EVENTS = """
    (SELECT coalesce(json_agg(json_build_array(about_type, about_id, verb) ORDER BY id), '[]')::text
       FROM accounts_event WHERE id > $1), (SELECT coalesce(max(id), 0) FROM accounts_event)
"""
# The walls of these tables take far longer to plan than the rows take to read.
_PREPARE = f"PREPARE enrolment_state(bigint) AS {_STATE}, {_EVENTS}"
_IS_PREPARED = "SELECT FROM pg_prepared_statements WHERE name = 'enrolment_state'"


@dataclass
class State:
    """The rows of every table by their numbers, and what the ledger has had since the last look."""

    text: str = ""
    at: datetime = NOW
    last_event: int = 0
    events: set[tuple[str, int, str]] = field(default_factory=set)
    tables: dict[str, dict[int, Any]] = field(
        default_factory=lambda: {name: {} for name in _TABLES}
    )

    def __getattr__(self, name: str) -> dict[int, Any]:
        if name in _TABLES:
            return self.tables[name]
        raise AttributeError(name)

    def ids(self, table: str, *states: str) -> list[int]:
        """The rows of a table, or those in one of ``states``."""
        rows = self.tables[table].values()
        return [row.id for row in rows if not states or row.state in states]

    def approvals_of(self, enrolment_id: int) -> list[Any]:
        rows = self.approvals.values()
        return sorted(
            (row for row in rows if row.enrolment_id == enrolment_id), key=lambda row: row.stage
        )

    def stage_asked(self, enrolment_id: int) -> Any | None:
        """The stage that waits for an answer."""
        waiting = ("WAITING", "ESCALATED")
        stages = self.approvals_of(enrolment_id)
        return next((one for one in stages if one.state in waiting and one.asked_at), None)

    def has_decided(self, person_id: int, enrolment_id: int) -> bool:
        return person_id in {one.decided_by_id for one in self.approvals_of(enrolment_id)}

    def root_of(self, row: Any) -> Any:
        """The wish that ``row`` goes on from, however often it moved."""
        while row.moved_from_id:
            row = self.enrolments[row.moved_from_id]
        return row


def make_ready_to_read() -> None:
    """Once for each connection, in the transaction of the test."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(_IS_PREPARED)
        if cursor.fetchone() is None:
            cursor.execute(_PREPARE)


def read_state(before: State, *, at: datetime) -> State:
    """As it is now. Where nothing at all has changed it is ``before`` itself."""
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE enrolment_state(%s)", [before.last_event])
        text, events, last_event = cursor.fetchone()
    if (text, last_event) == (before.text, before.last_event):
        return before
    return State(
        text=text,
        at=at,
        last_event=last_event,
        events={(kind, key, verb) for kind, key, verb in json.loads(events)},
        tables={
            name: {row["id"]: SimpleNamespace(**row) for row in rows}
            for name, rows in json.loads(text).items()
        },
    )


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
