"""Writing the figures down as tables that a person can read."""

import os
import platform
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import connection

from benchmarks.row import Row

TARGET = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_INTRODUCTION = """# Figures

`make bench` writes this page, `make bench ARGS="gaps imports"` only these parts of it. Nothing here
is asserted by a test: the machine is never quiet, so what counts are the ratios, each taken in
turns within one run. Pages are measured through Django's test client with every middleware, on the
demonstration with 20,000 people. The aim is at most 3
times the base page for a page (a view that only signs in and renders the base template, menu
included), at most 1.15 times the bare rendering for a PDF, and the same number of queries at 10 and
at 1,000 rows for every list. The chain of the ledger may cost sixteen writers a fifth of their pace
at the most (a ratio of 0.80), and a million events are verified in 60 seconds at the most.
Row-level security may cost a request a quarter at the most: beside it the same request is answered
by a role that no policy holds for, and then also without a scope, without a transaction around it
and with the search reading its table straight away. Signing in with a wrong password must not tell
by its time whether there is such an account: p above 0.01. Of five hundred people who ask for a
hundred places within a minute, 95 in 100 are answered within 1.5 seconds, none with an error.
"""


def write(parts: dict[str, list[Row]], *, order: Iterable[str], now: datetime) -> Path:
    """Write ``parts`` (title -> rows) in ``order``; what was not measured now stays as it was."""
    machine = _machine(now)
    measured = {title: _section(title, rows, machine) for title, rows in parts.items()}
    sections = {**_written(), **measured}
    text = "\n".join([_INTRODUCTION, *(sections[title] for title in order if title in sections)])
    TARGET.write_text(text, encoding="utf-8")
    return TARGET


def _written() -> dict[str, str]:
    """Title -> section of the page as it is."""
    _introduction, *found = TARGET.read_text(encoding="utf-8").split("\n## ")
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in found}


def _section(title: str, rows: list[Row], machine: str) -> str:
    figure, beside = _HEADINGS.get(title, ("figure", "beside"))
    head = [
        f"## {title}\n",
        f"{machine}\n",
        f"| what | {figure} | {beside} | ratio |",
        "|---|---:|---:|---:|",
    ]
    return "\n".join([*head, *map(_line, rows)]) + "\n"


_HEADINGS = {
    "Pages": ("median", "base page"),
    "Lists": ("at 1,000 rows", "at 10 rows"),
    "Walls in the database": ("with walls", "without"),
    "Ledger": ("as it is", "beside"),
    "Signing in": ("account there", "no account"),
}


def _line(row: Row) -> str:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return f"| {row.name} | {row.figure} | {row.beside} | {ratio} |"


def _machine(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0].split(" ")[0]
    load = os.getloadavg()[0]
    return (
        f"Measured on {now.day} {now:%B %Y} with Python {platform.python_version()}, "
        f"PostgreSQL {server}, {os.cpu_count()} processors, a load of {load:.1f} before it began."
    )
