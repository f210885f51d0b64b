"""Weakens one rule at a time and runs the tests that should notice: python -m tests.mutants.run

With ``--part 1/2`` only every second one, so that two machines (or databases) share the work; with
``--only WORDS`` those whose name holds the words. Every selection of tests is run once without a
mutant first: what fails then would seem to catch everything.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.catalogue import EQUIVALENT, ROOT, Mutant, mutants

TABLE = ROOT / "docs/mutants.md"
# Those who between them have every relation and every kind of role.
_ACTORS = "manager or talent_lead or hr_administrator or learning_lead or auditor or program"
# What these two floors decide, the addresses of every app rest on.
_EVERYWHERE = {"accounts", "common"}
_SLOW = "not browser and not worker and not race and not journey"


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    outcome: str
    seconds: float
    caught_by: str


def tests_for(mutant: Mutant) -> list[list[str]]:
    """The selections that should notice, the quickest first."""
    if mutant.kind == "wall":
        # The walls of the tests' database stay as they are: declared and built have to differ.
        return [["tests/security", "-k", "isolation or walls"]]
    app = f"tests/{mutant.app}"
    has_tests = (ROOT / app).is_dir()
    quick = [[app, "-k", f"(polic or relation or role) and {_SLOW}"]] if has_tests else []
    matrix = ["tests/security/matrix/test_matrix.py", "-k", f"answered_as and ({_ACTORS})"]
    whole = [[app, "-k", _SLOW]] if has_tests else []
    security = ["tests/security", "-k", f"not matrix and {_SLOW}"]
    if mutant.app in _EVERYWHERE:
        # The matrix of every address takes minutes; most are noticed long before.
        return [*quick, *whole, security, matrix]
    return [*quick, matrix, *whole, security]


def _environment(mutant: str, app: str) -> dict[str, str]:
    # The addresses of the app whose rule is weakened; those of all for the floor below.
    only = "" if app in _EVERYWHERE else app
    return {**os.environ, "WAYMARK_MUTANT": mutant, "WAYMARK_MATRIX_ONLY": only}


def run_tests(selection: list[str], *, mutant: str, app: str) -> tuple[int, str]:
    """The exit status, and the test that failed first."""
    command = [sys.executable, "-m", "pytest", "-p", "tests.mutants.hook", *selection]
    options = ["-x", "-q", "--reuse-db", "--no-header", "--show-capture=no", "--tb=no"]
    done = subprocess.run(
        [*command, *options],
        cwd=ROOT,
        env=_environment(mutant, app),
        capture_output=True,
        text=True,
        check=False,
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return done.returncode, failed[0].split(" ")[1] if failed else ""


def judge(mutant: Mutant, *, sound: dict[str, bool]) -> Verdict:
    began = time.monotonic()
    for selection in tests_for(mutant):
        if not _is_sound(selection, mutant.app, sound):
            continue
        status, failed = run_tests(selection, mutant=mutant.key, app=mutant.app)
        if status not in {0, 5}:
            took = time.monotonic() - began
            return Verdict(mutant, "caught", took, failed or "the code no longer loads")
    return Verdict(mutant, "survived", time.monotonic() - began, "")


def _is_sound(selection: list[str], app: str, sound: dict[str, bool]) -> bool:
    """Whether the tests pass without a mutant; asked once of each selection."""
    key = f"{app} {selection}"
    if key not in sound:
        status, failed = run_tests(selection, mutant="none", app=app)
        sound[key] = status in {0, 5}
        if not sound[key]:
            _say(f"left out, fails without a mutant: {selection} at {failed}")
    return sound[key]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--part", default="1/1")
    asked.add_argument("--only", default="")
    asked.add_argument("--write", type=Path, default=None, help="file for the lines of the table")
    given = asked.parse_args()
    part, parts = (int(number) for number in given.part.split("/"))
    chosen = [one for one in mutants() if given.only in one.key][part - 1 :: parts]
    sound: dict[str, bool] = {}
    verdicts = []
    for mutant in chosen:
        if mutant.key in EQUIVALENT:
            verdicts.append(Verdict(mutant, "equivalent", 0, EQUIVALENT[mutant.key]))
            continue
        verdicts.append(judge(mutant, sound=sound))
        _say(_line(verdicts[-1]))
        if given.write:
            given.write.write_text("".join(_line(one) + "\n" for one in verdicts))
    if parts == 1 and not given.only:
        TABLE.write_text(table([_line(one) for one in verdicts]))
    return any(one.outcome == "survived" for one in verdicts)


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def _line(verdict: Verdict) -> str:
    mutant = verdict.mutant
    weakened = f"`{mutant.path}` `{mutant.name}`"
    cells = (mutant.kind, weakened, f"`{mutant.body}`", verdict.outcome, verdict.caught_by)
    return "| " + " | ".join(cells) + " |"


def table(lines: list[str]) -> str:
    counts = {
        outcome: sum(f"| {outcome} |" in line for line in lines)
        for outcome in ("caught", "survived", "equivalent")
    }
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    head = (
        "| What is weakened | Where | Into | Outcome | First noticed by |\n|---|---|---|---|---|\n"
    )
    return f"{_ABOUT}\n{len(lines)} mutants: {told}.\n\n{head}" + "\n".join(sorted(lines)) + "\n"


_ABOUT = """# Mutants

A test of the tests: one rule about access is weakened at a time, in memory, and the tests that
should notice are run until one fails. `make mutants` does it and writes this page; it takes most of
an hour and is for once a week, not for every change. Policies, scopes and refusals are found in the
code, so that a new one has its mutant at once; what else is weakened stands in
`tests/mutants/catalogue.py`.
"""


if __name__ == "__main__":
    sys.exit(main())
