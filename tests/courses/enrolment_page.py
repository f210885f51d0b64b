"""The page about what was explored: written by whoever explores it whole."""

import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from common.dates import long_date
from tests.courses.enrolment_mutants import MUTANTS
from tests.courses.enrolment_tries import EVERY_TRUTH

ROOT = Path(__file__).resolve().parents[2]
_ABOUT = """# Every way to a place, explored

`make machine` lets eleven actors (four learners of a trust, of whom one is entitled, a guest of a
partner, the line manager, a deputy, the next line, the learning lead, the HR system and a stranger)
do anything with the places of six sessions in any order, whether they may or not, on PostgreSQL.
After every step the rows are read as they stand. A refusal must have left every one of them as it
was; after anything else each promise below is judged from the rows alone, without asking the code
that made them. The usual tests do so 25 times with 30 steps.
"""
_MUTANTS = "## Mutants"


@dataclass(frozen=True)
class Explored:
    """What came of it: (act, what it came to) -> how often; state -> how often it was reached."""

    tally: Counter[tuple[str, str]]
    reached: Counter[str]
    runs: int
    looks: int
    steps: int
    seconds: float


def write_page(path: Path, explored: Explored) -> None:
    """What was explored; what is there about mutants stays."""
    acts = sum(explored.tally.values())
    told = (
        f"{_when()}: {explored.runs:,} runs"
        f" of up to {explored.steps} steps, {acts:,} acts, after {explored.looks:,} of which"
        " something had changed and everything was judged anew, in"
        f" {explored.seconds / 60:.0f} minutes. No promise was broken."
    )
    sections = [
        _ABOUT,
        told,
        "## Acts",
        _acts(explored.tally),
        "## States that were reached",
        _table(["State", "Times"], sorted(explored.reached.items())),
        "## What is judged after every step",
        "\n".join(f"- {truth.__name__.replace('_', ' ')}" for truth in EVERY_TRUTH),
        _read(path)[1],
    ]
    path.write_text("\n\n".join(section.strip() for section in sections).strip() + "\n")


def write_mutants(path: Path, caught: Mapping[str, str]) -> None:
    """By what each mutant was noticed; what is there about the exploration stays."""
    told = f"{_when()}. Each forgets one thing in a service; the same machine has to notice."
    sections = [_read(path)[0], _MUTANTS, told, _mutants(caught)]
    path.write_text("\n\n".join(section.strip() for section in sections).strip() + "\n")


def _read(path: Path) -> tuple[str, str]:
    """The page before its mutants, and from there on."""
    before, title, after = (path.read_text() if path.exists() else "").partition(_MUTANTS)
    return before, title + after


def _when() -> str:
    return f"On {long_date(datetime.now(UTC).date())}, at commit `{COMMIT}`"


def _acts(tally: Counter[tuple[str, str]]) -> str:
    rows = []
    for name in sorted({name for name, _came_to in tally}):
        refused = {code: n for (act, code), n in tally.items() if act == name and code != "done"}
        codes = ", ".join(f"{code} {n:,}" for code, n in sorted(refused.items()))
        rows.append((name, tally[name, "done"], sum(refused.values()), codes))
    return _table(["Act", "Done", "Refused", "Because of"], rows)


def _mutants(caught: Mapping[str, str]) -> str:
    rows = [
        (one.name, caught.get(one.name, "not run this time").replace("|", "/")) for one in MUTANTS
    ]
    return _table(["What is forgotten", "Noticed by"], rows)


def _table(head: list[str], rows: list[tuple[object, ...]] | list[tuple[str, int]]) -> str:
    lines = [head, ["---"] * len(head)]
    lines += [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


# Of what was loaded: others may have gone on by the time it is done.
COMMIT = _commit()
