"""From records to the tree that a file describes, with every mistake by row and column."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from pathways.models import LineKind
from pathways.selectors.alike import words_of
from pathways.selectors.codes import look_of
from pathways.selectors.tree_checks import Ranks, circle_sentence, find_circle
from pathways.selectors.trees import COMPETENCY, DESCRIPTOR, DOMAIN, INDICATOR, Node, Tree
from pathways.selectors.workbooks import columns
from pathways.selectors.workbooks.problems import Problem
from pathways.selectors.workbooks.records import Record, records_of
from pathways.selectors.workbooks.sheets import Sheet

# The same in every language: whoever applies a file may read another than whoever made it.
NO_WORDS = frozenset({"no", "n", "false", "0"})
YES_WORDS = frozenset({"yes", "y", "true", "1"})
_LEVELS = (*range(1, columns.HIGHEST_RANK + 1), None)


@dataclass(slots=True)
class Reading:
    """``tree`` is what the file says; ``rows`` tells for each key the row it comes from.

    ``references`` are the lineages that rows name, each with the code that it has in the file.
    """

    records: tuple[Record, ...] = ()
    tree: Tree = field(default_factory=Tree)
    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)

    def row_of(self, node: Node) -> int | None:
        """Where the file describes a domain or a competency, whatever its key has become."""
        named = domain_key if node.kind == DOMAIN else competency_key
        return self.rows.get(named(node.code)) or None

    @property
    def has_mistakes(self) -> bool:
        return any(problem.kind == LineKind.PROBLEM for problem in self.problems)


def read_framework(sheet: Sheet, *, ranks: Ranks) -> Reading:
    """What ``sheet`` says of a framework whose scales have ``ranks``; see ``ranks_of_scales``."""
    records, problems = records_of(sheet)
    if not records and not problems:
        sentence = _("There are headings and no rows. Enter at least one competency.")
        problems.append(Problem(sentence, sheet.headings.number))
    return read_records(records, ranks=ranks, problems=[*sheet.problems, *problems])


def read_records(
    records: Sequence[Record], *, ranks: Ranks, problems: Sequence[Problem] = ()
) -> Reading:
    """What ``records`` say; ``problems`` are those that were found before."""
    reading = Reading(records=tuple(records), problems=list(problems))
    nodes: list[Node] = []
    nodes += _domains(records, reading)
    for record in _competencies(records, reading):
        nodes += _nodes_of(record, reading, ranks)
    _check_parents(records, reading)
    _check_references(records, reading)
    reading.problems += _twins(records)
    reading.problems.sort(key=lambda problem: problem.row or 0)
    reading.tree = Tree(tuple(nodes))
    return reading


def domain_key(code: str) -> str:
    return f"domain {code}"


def competency_key(code: str) -> str:
    return f"competency {code}"


def _domains(records: Sequence[Record], reading: Reading) -> Iterator[Node]:
    """A node for each domain code, where it comes first; its words may stand in any of its rows."""
    grouped: dict[str, list[Record]] = defaultdict(list)
    looks: dict[str, Record] = {}
    for record in records:
        code = record.get(columns.DOMAIN_CODE)
        if code and look_of(code):
            grouped[code].append(record)
            first = looks.setdefault(look_of(code), record)
            if first.get(columns.DOMAIN_CODE) != code:
                reading.problems.append(_looks_alike(record, first, columns.DOMAIN_CODE))
        elif code or record.lacks(columns.DOMAIN_CODE):
            sentence = _("There is no domain code. Enter the code of the domain it belongs to.")
            reading.problems.append(Problem(sentence, record.row, columns.DOMAIN_CODE))
    for place, (code, rows) in enumerate(grouped.items(), start=1):
        key = domain_key(code)
        reading.rows[key] = rows[0].row
        title = _agreed(rows, columns.DOMAIN_TITLE, reading)
        if all(record.lacks(columns.DOMAIN_TITLE) for record in rows):
            sentence = _("The domain %(code)s has no title. Enter one.") % {"code": code}
            reading.problems.append(Problem(sentence, rows[0].row, columns.DOMAIN_TITLE))
        summary = _agreed(rows, columns.DOMAIN_SUMMARY, reading)
        yield Node(DOMAIN, key, "", code, title, summary, place)


def _agreed(rows: Sequence[Record], name: str, reading: Reading) -> str:
    """The one text that the rows of a domain give; a second one is a mistake of its row."""
    said = ""
    for record in rows:
        text = record.get(name)
        if text and said and text != said:
            sentence = _(
                "The domain %(code)s is “%(other)s” in another row. Say the same in every row, or"
                " leave it empty in all but one."
            )
            told = {"code": record.get(columns.DOMAIN_CODE), "other": said[:80]}
            reading.problems.append(Problem(sentence % told, record.row, name))
        said = said or text
    return said


def _competencies(records: Sequence[Record], reading: Reading) -> Iterator[Record]:
    """The rows that describe a competency, each code once."""
    looks: dict[str, Record] = {}
    for record in records:
        code = record.get(columns.COMPETENCY_CODE)
        look = look_of(code)
        if not look:
            reading.problems += _without_a_code(record)
            continue
        first = looks.setdefault(look, record)
        if first is not record:
            reading.problems.append(_looks_alike(record, first, columns.COMPETENCY_CODE))
            continue
        reading.rows[competency_key(code)] = record.row
        if record.lacks(columns.TITLE):
            sentence = _("The competency %(code)s has no title. Enter one.") % {"code": code}
            reading.problems.append(Problem(sentence, record.row, columns.TITLE))
        if record.get(columns.DOMAIN_CODE):
            yield record


def _looks_alike(record: Record, first: Record, column: str) -> Problem:
    """Of two codes that nobody could tell apart, the one that comes later."""
    code, other = record.get(column), first.get(column)
    told = {"code": code, "other": other, "row": first.row}
    if column == columns.DOMAIN_CODE:
        sentence = _(
            "The domain code %(code)s looks like %(other)s in row %(row)d. Write it the same in"
            " every row, or choose another code."
        )
    elif code == other:
        sentence = _(
            "The code %(code)s is used in row %(row)d already. Give each competency a code of"
            " its own."
        )
    else:
        sentence = _(
            "The code %(code)s looks like %(other)s in row %(row)d. Give each competency a code of"
            " its own."
        )
    return Problem(sentence % told, record.row, column)


def _without_a_code(record: Record) -> Iterator[Problem]:
    of_a_domain = {columns.DOMAIN_CODE, columns.DOMAIN_TITLE, columns.DOMAIN_SUMMARY}
    is_unseen = bool(record.get(columns.COMPETENCY_CODE))
    if set(record.texts) - of_a_domain and (is_unseen or record.lacks(columns.COMPETENCY_CODE)):
        sentence = _("There is no competency code. Enter a code that no other competency has.")
        yield Problem(sentence, record.row, columns.COMPETENCY_CODE)


def _nodes_of(record: Record, reading: Reading, ranks: Ranks) -> Iterator[Node]:
    code, parent = record.get(columns.COMPETENCY_CODE), record.get(columns.PARENT_CODE)
    key = competency_key(code)
    above = competency_key(parent) if parent else domain_key(record.get(columns.DOMAIN_CODE))
    scale = record.get(columns.SCALE)
    if scale and scale not in ranks:
        sentence = _("There is no scale %(scale)s. Use one of: %(known)s.")
        told = {"scale": scale, "known": ", ".join(sorted(filter(None, ranks)))}
        reading.problems.append(Problem(sentence % told, record.row, columns.SCALE))
    yield Node(
        COMPETENCY,
        key,
        above,
        code,
        record.get(columns.TITLE),
        record.get(columns.SUMMARY),
        record.row,
        scale_code=scale,
        is_assessable=_asked(record, reading),
    )
    yield from _levels_of(record, key, reading, ranks.get(scale))


def _asked(record: Record, reading: Reading) -> bool:
    word = record.get(columns.ASKED).casefold()
    if word in NO_WORDS:
        return False
    if word and word not in YES_WORDS:
        sentence = _("Enter Yes or No, or leave the cell empty for Yes.")
        reading.problems.append(Problem(sentence, record.row, columns.ASKED))
    return True


def _levels_of(
    record: Record, key: str, reading: Reading, allowed: frozenset[int | None] | None
) -> Iterator[Node]:
    for rank in _LEVELS:
        field_of_text = columns.level_field(rank, columns.DESCRIPTION)
        field_of_lines = columns.level_field(rank, columns.INDICATORS)
        text, lines = record.get(field_of_text), record.get(field_of_lines)
        if not text and not lines:
            continue
        if allowed is not None and rank not in allowed:
            used = field_of_text if text else field_of_lines
            reading.problems.append(Problem(_off_the_scale(rank, allowed), record.row, used))
        elif record.lacks(field_of_text):
            sentence = _("This level has indicators and no description. Enter what it looks like.")
            reading.problems.append(Problem(sentence, record.row, field_of_text))
        below = f"{key} {columns.level_field(rank, '')}"
        yield Node(DESCRIPTOR, below, key, "", "", text, 0, level_rank=rank)
        yield from _indicators(lines, below, Problem("", record.row, field_of_lines), reading)


def _off_the_scale(rank: int | None, allowed: frozenset[int | None]) -> str:
    known = ", ".join(str(one) for one in sorted(one for one in allowed if one is not None))
    if rank is None:
        return _("The scale has no level without a rank. Empty this cell.")
    sentence = _(
        "Level %(rank)d is not on the scale, whose levels are %(known)s. Empty this cell or choose"
        " another scale."
    )
    return sentence % {"rank": rank, "known": known}


def _indicators(lines: str, below: str, at: Problem, reading: Reading) -> Iterator[Node]:
    seen: set[str] = set()
    for place, line in enumerate(filter(None, map(_line, lines.split("\n"))), start=1):
        if line in seen:
            sentence = _("“%(line)s” is there twice. Keep one of the lines.")
            told = {"line": line[:80]}
            reading.problems.append(Problem(sentence % told, at.row, at.field))
        elif len(line) > columns.INDICATOR:
            sentence = _("“%(line)s…” is longer than %(limit)d characters. Shorten it.")
            told_of = {"line": line[:40], "limit": columns.INDICATOR}
            reading.problems.append(Problem(sentence % told_of, at.row, at.field))
        seen.add(line)
        yield Node(INDICATOR, f"{below} {place}", below, "", "", line, place)


def _line(line: str) -> str:
    return " ".join(line.split())


def _check_parents(records: Sequence[Record], reading: Reading) -> None:
    """Every parent is there, in the same domain, and nothing is a part of itself."""
    domains = {record.get(columns.COMPETENCY_CODE): record for record in reversed(records)}
    parents: dict[str, tuple[str, ...]] = {}
    for record in records:
        parent = record.get(columns.PARENT_CODE)
        if not parent:
            continue
        above = domains.get(parent)
        if above is None:
            sentence = _("There is no competency with the code %(code)s in the file.")
        elif above.get(columns.DOMAIN_CODE) != record.get(columns.DOMAIN_CODE):
            sentence = _("%(code)s is in another domain. Choose a parent in the same domain.")
        else:
            parents.setdefault(record.get(columns.COMPETENCY_CODE), (parent,))
            continue
        problem = Problem(sentence % {"code": parent}, record.row, columns.PARENT_CODE)
        reading.problems.append(problem)
    _check_circles(parents, reading)


def _check_circles(parents: dict[str, tuple[str, ...]], reading: Reading) -> None:
    """Each circle once, at the row that comes first of it."""
    while circle := find_circle(parents):
        row = min(reading.rows.get(competency_key(code), 0) for code in circle)
        reading.problems.append(Problem(circle_sentence(circle), row, columns.PARENT_CODE))
        for code in circle:
            parents.pop(code, None)


def _check_references(records: Sequence[Record], reading: Reading) -> None:
    seen: dict[str, int] = {}
    for record in records:
        reference = record.get(columns.REFERENCE).lower()
        if not reference:
            continue
        if reference in seen:
            sentence = _(
                "Row %(row)d has the same reference. Leave it only in the row that was there"
                " before, and empty it in the new one."
            )
            problem = Problem(sentence % {"row": seen[reference]}, record.row, columns.REFERENCE)
            reading.problems.append(problem)
            continue
        seen[reference] = record.row
        reading.references[reference] = record.get(columns.COMPETENCY_CODE)


def _twins(records: Sequence[Record]) -> Iterator[Problem]:
    """Titles of the same words, which may be one competency written twice."""
    known: dict[frozenset[str], Record] = {}
    for record in records:
        words = words_of(record.get(columns.TITLE))
        if not words or not record.get(columns.COMPETENCY_CODE):
            continue
        other = known.setdefault(words, record)
        if other is not record:
            sentence = _("The title is much like that of %(code)s in row %(row)d: “%(title)s”.")
            told = {
                "code": other.get(columns.COMPETENCY_CODE),
                "row": other.row,
                "title": other.get(columns.TITLE),
            }
            yield Problem(sentence % told, record.row, columns.TITLE, kind=LineKind.WARNING)
