"""A guide whose commands can be typed: reads them out of the page, and compares what is answered.

A block is fenced as ``console``; a line that starts with ``$ `` is typed, what follows is answered.
In an answer ``…`` stands for anything, a number that names a row stands for whatever number that
row has here (always the same one), and of the headers only those that are shown are compared.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "@@ the next command @@"
# Names under which an endpoint gives the number of a row.
_NAMES_A_ROW = re.compile(
    r"(^|_)id$|_role$"
    r"|^(role_profile|framework|domain|scale|competency|start|target|person|manager)$"
)
_IN_ADDRESS = re.compile(r"(?<=/)\d+(?=/)")


@dataclass(frozen=True)
class Step:
    """One command and what the guide says is answered."""

    command: str
    answer: str


def steps_of(guide: Path) -> list[Step]:
    steps = []
    for block in _BLOCK.findall(guide.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            last = next(n for n, line in enumerate(lines) if not line.endswith("\\"))
            answer = "\n".join(lines[last + 1 :]).strip()
            steps.append(Step(command="\n".join(lines[: last + 1]), answer=answer))
    return steps


def type_all(steps: list[Step], *, environment: Mapping[str, str]) -> list[str]:
    """Type every command into one bash, as a reader would; return what each printed."""
    typed = "".join(f"{step.command}\nprintf '%s\\n' '{_MARK}'\n" for step in steps)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-u", "-o", "pipefail"],
        input=typed,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, ""), f"bash said:\n{done.stderr}"
    return [part.strip() for part in done.stdout.split(_MARK)[:-1]]


@dataclass
class Comparison:
    """Compares what is shown with what is. Remembers which number stands for which."""

    site: str
    _numbers: dict[str, str] = field(default_factory=dict)

    def differences(self, shown: str, said: str) -> list[str]:
        """Return a line for each place in which ``said`` is not what the guide shows."""
        if not shown.startswith("HTTP/"):
            return self._text("output", shown, said)
        return list(self._response(shown, said.replace("\r\n", "\n")))

    def _response(self, shown: str, said: str) -> Iterator[str]:
        shown_head, shown_body = _parts(shown)
        said_head, said_body = _parts(said)
        if shown_head[0] != said_head[0]:
            yield f"status: shown {shown_head[0]!r}, said {said_head[0]!r}\n{said_body}"
            return
        headers = dict(line.split(": ", 1) for line in said_head[1:])
        for line in shown_head[1:]:
            name, value = line.split(": ", 1)
            yield from self._text(name, value, headers.get(name, "(no such header)"))
        yield from self._json("body", json.loads(shown_body), json.loads(said_body))

    def _json(self, where: str, shown: Any, said: Any) -> Iterator[str]:
        if type(shown) is not type(said):
            yield f"{where}: shown {shown!r}, said {said!r}"
        elif isinstance(shown, dict):
            yield from self._object(where, shown, said)
        elif isinstance(shown, list):
            yield from self._rows(where, shown, said)
        elif isinstance(shown, str):
            yield from self._text(where, shown, said)
        elif self._is_number(where, shown):
            yield from self._number(where, str(shown), str(said))
        elif shown != said:
            yield f"{where}: shown {shown!r}, said {said!r}"

    def _object(self, where: str, shown: dict[str, Any], said: dict[str, Any]) -> Iterator[str]:
        if set(shown) != set(said):
            yield f"{where}: shown only {set(shown) - set(said)}, said {set(said) - set(shown)}"
        for name in shown.keys() & said.keys():
            yield from self._json(f"{where}.{name}", shown[name], said[name])

    def _rows(self, where: str, shown: list[Any], said: list[Any]) -> Iterator[str]:
        if len(shown) != len(said):
            yield f"{where}: shown {len(shown)} rows, said {len(said)}"
        for number, (one, other) in enumerate(zip(shown, said, strict=False)):
            yield from self._json(f"{where}.{number}", one, other)

    def _text(self, where: str, shown: str, said: str) -> list[str]:
        shown = shown.replace("https://waymark.example", self.site)
        numbers = list(zip(_IN_ADDRESS.findall(shown), _IN_ADDRESS.findall(said), strict=False))
        wrong = [line for one, other in numbers for line in self._number(where, one, other)]
        shown, said = _IN_ADDRESS.sub("N", shown), _IN_ADDRESS.sub("N", said)
        pattern = ".+".join(map(re.escape, shown.split("…")))
        if not re.fullmatch(pattern, said, flags=re.DOTALL):
            wrong.append(f"{where}: shown {shown!r}, said {said!r}")
        return wrong

    def _is_number(self, where: str, shown: Any) -> bool:
        return type(shown) is int and bool(_NAMES_A_ROW.search(where.rsplit(".", 1)[-1]))

    def _number(self, where: str, shown: str, said: str) -> list[str]:
        known = self._numbers.setdefault(shown, said)
        return [] if known == said else [f"{where}: {shown} stood for {known}, and is {said} here"]


def _parts(response: str) -> tuple[list[str], str]:
    head, _blank, body = response.partition("\n\n")
    return head.splitlines(), body
