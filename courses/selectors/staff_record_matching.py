"""Rows of the staff record beside what is known here: who, which level, and what would change."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Func, Q, Value

from accounts.models import Assignment, Person
from accounts.models.dated import in_force
from courses.models import (
    Ends,
    ImportedAs,
    RecordSource,
    RowProblem,
    SubjectLevel,
    SubjectRecord,
    TrainingImport,
    TrainingImportLine,
)
from courses.selectors.esr_names import key_of, name_of, parse_competency
from courses.selectors.staff_record_cells import Said, bare_number

MOST_SHOWN = 200
Fact = tuple[int, int, date]


class LevelBook:
    """The levels that people of an organisation are trained in, by every name they go under."""

    def __init__(self, organisation_id: int, *, above: Iterable[int]) -> None:
        """``above``: the organisations above it, whose subjects its people are trained in too."""
        levels = SubjectLevel.objects.filter(
            Q(subject__owner=None) | Q(subject__owner_id__in=[organisation_id, *above])
        ).select_related("subject")
        self._vpds = {
            level.subject.vpd for level in levels if level.subject.owner_id == organisation_id
        }
        self._found: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._ended: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for level in levels.order_by("pk"):
            found = self._found if level.subject.ended_on is None else self._ended
            for keys in _names(level):
                found[keys].add(level.pk)

    def level_id(self, text: str) -> int | None:
        """The one level that goes under ``text``: a competency's name, or its title alone. What
        has ended goes under a name only while nothing else does."""
        name = parse_competency(text)
        tries: list[tuple[str, ...]] = []
        if name:
            key = key_of(name.title)
            tries = [(name.owner, name.subject_set.value, key), (name.owner, key)]
        else:
            tries = [(key_of(text),)]
        for keys in tries:
            found = self._found.get(keys) or self._ended.get(keys, set())
            if len(found) == 1:
                return next(iter(found))
        return None

    def is_of_another(self, vpd: str) -> bool:
        """Whether ``vpd`` is not that of the organisation, where it has subjects that say its own:
        what an organisation above calls itself says nothing about it."""
        return bool(vpd and self._vpds and vpd not in self._vpds)


def _names(level: SubjectLevel) -> Iterable[tuple[str, ...]]:
    own = name_of(level, months=None)
    told = [(own.owner, own.subject_set.value, key_of(own.title))]
    for other in level.esr_titles:
        name = parse_competency(other)
        owner, kind = (name.owner, name.subject_set.value) if name else told[0][:2]
        told.append((owner, kind, key_of(name.title if name else other)))
    for owner, kind, key in told:
        yield owner, kind, key
        yield owner, key
        yield (key,)


class Matcher:
    """Understands the rows of one file, a part at a time. It remembers what earlier rows said."""

    def __init__(self, imported: TrainingImport, *, book: LevelBook, today: date) -> None:
        self._imported, self._book, self._today = imported, book, today
        self._said: dict[Fact, tuple[Ends, date | None]] = {}

    def lines(self, rows: Sequence[Said]) -> list[TrainingImportLine]:
        """A line for each row that is understood, and one for each problem of the others."""
        people = _people(rows, organisation_id=self._imported.organisation_id, on=self._today)
        understood: list[TrainingImportLine] = []
        made: list[TrainingImportLine] = []
        again: set[int] = set()
        for row in rows:
            person, wrong = people.of(row)
            level_id = self._book.level_id(row.competency)
            problems = [*row.problems, *wrong, *self._wrong(row, level_id)]
            if not problems and person and level_id and row.began:
                fact = (person.pk, level_id, row.began)
                if fact in self._said:
                    again.add(row.row)
                problems = self._repeated(row, fact)
            if problems:
                made += self._problems(row, problems)
            else:
                understood.append(self._line(row, person=person, level_id=level_id))
        compare(understood)
        for line in understood:
            if line.row in again:
                line.kind = ImportedAs.KNOWN
        return [*made, *understood]

    def _wrong(self, row: Said, level_id: int | None) -> list[tuple[RowProblem, str]]:
        found = []
        if row.competency and level_id is None:
            found.append((RowProblem.UNKNOWN_COMPETENCY, row.competency))
        if self._book.is_of_another(row.vpd):
            found.append((RowProblem.OTHER_RECORD, row.vpd))
        if row.began and row.began > self._today:
            found.append((RowProblem.DAY_TO_COME, row.began.isoformat()))
        return found

    def _repeated(self, row: Said, fact: Fact) -> list[tuple[RowProblem, str]]:
        ends = (row.ends, row.ended)
        if self._said.setdefault(fact, ends) == ends:
            return []
        return [(RowProblem.SAID_TWICE, row.competency)]

    def _problems(
        self, row: Said, problems: Iterable[tuple[RowProblem, str]]
    ) -> list[TrainingImportLine]:
        told = dict(problems)
        return [
            TrainingImportLine(
                imported=self._imported,
                row=row.row,
                kind=ImportedAs.PROBLEM,
                problem=problem,
                cell=cell[:MOST_SHOWN],
                number=row.number[:40],
            )
            for problem, cell in told.items()
        ]

    def _line(
        self, row: Said, *, person: Person | None, level_id: int | None
    ) -> TrainingImportLine:
        return TrainingImportLine(
            imported=self._imported,
            row=row.row,
            number=row.number[:40],
            person=person,
            level_id=level_id,
            completed_on=row.began,
            ends=row.ends,
            expires_on=row.ended,
        )


def compare(lines: Sequence[TrainingImportLine]) -> None:
    """Say of each line whether it is new beside what is recorded now; one statement.

    Known is what is recorded of that day with the same end, whatever told it. What was struck out
    here with that end stays out, and so does an end that came from what was struck out. The end
    that a change of the rules took the place of is known, until somebody says another.
    """
    records = SubjectRecord.objects.filter(
        person_id__in={line.person_id for line in lines},
        level_id__in={line.level_id for line in lines},
    ).order_by("pk")
    live: dict[Fact, date | None] = {}
    struck: dict[Fact, set[date | None]] = defaultdict(set)
    overruled: dict[Fact, set[date | None]] = defaultdict(set)
    last: dict[tuple[int, int], tuple[date, date | None]] = {}
    for one in records:
        fact = (one.person_id, one.level_id, one.completed_on)
        if one.struck_at:
            struck[fact].add(one.expires_on)
            continue
        if one.source == RecordSource.CORRECTED and fact in live:
            struck[fact].add(live[fact])
        if one.source == RecordSource.RULE and fact in live:
            overruled[fact].add(live[fact])
        elif live.get(fact) != one.expires_on:
            overruled.pop(fact, None)
        live[fact] = one.expires_on
        latest = last.get(fact[:2])
        if latest is None or one.completed_on >= latest[0]:
            last[fact[:2]] = (one.completed_on, one.expires_on)
    for line in lines:
        fact = _fact(line)
        is_overruled = line.ends != Ends.RULES and line.expires_on in overruled.get(fact, ())
        line.kind = ImportedAs.KNOWN if is_overruled else _kind(line, fact, live, struck)
        line.before = last[fact[:2]][1] if fact[:2] in last else None


def _fact(line: TrainingImportLine) -> Fact:
    if line.person_id is None or line.level_id is None or line.completed_on is None:
        raise ValueError("Only a line that was understood can be compared.")
    return line.person_id, line.level_id, line.completed_on


def _kind(
    line: TrainingImportLine,
    fact: Fact,
    live: dict[Fact, date | None],
    struck: dict[Fact, set[date | None]],
) -> ImportedAs:
    by_rules = line.ends == Ends.RULES
    if fact in live and (by_rules or live[fact] == line.expires_on):
        return ImportedAs.KNOWN
    if fact in struck and (by_rules or line.expires_on in struck[fact]):
        return ImportedAs.STRUCK
    return ImportedAs.NEW


@dataclass(frozen=True, slots=True)
class _People:
    """Who goes under a number, as it is written and as it is bare."""

    exactly: dict[str, dict[int, Person]]
    barely: dict[str, dict[int, Person]]

    def of(self, row: Said) -> tuple[Person | None, list[tuple[RowProblem, str]]]:
        if not row.number:
            return None, []
        found = self.exactly.get(row.number.upper()) or self.barely.get(bare_number(row.number))
        told = f"{row.number}|{row.name}" if row.name else row.number
        if not found:
            return None, [(RowProblem.UNKNOWN_PERSON, told)]
        if len(found) > 1:
            return None, [(RowProblem.SEVERAL_PEOPLE, told)]
        person = next(iter(found.values()))
        if not _is_called(person, row.name):
            return None, [(RowProblem.OTHER_NAME, told)]
        return person, []


def _is_called(person: Person, name: str) -> bool:
    """Whether a part of ``name`` ("Surname, Forename") is theirs: people marry, and are called by
    another forename than is written down, seldom both at once."""
    if not name:
        return True
    family, _comma, given = name.casefold().partition(",")
    first = given.split()[:1]
    return (
        family.strip() == person.family_name.casefold()
        or first == person.given_name.casefold().split()[:1] != []
    )


def _people(rows: Iterable[Said], *, organisation_id: int, on: date) -> _People:
    """Those who work for the organisation and have a number of ``rows``; one statement."""
    bare = Func(
        Func(
            Func(F("employee_number"), function="UPPER"),
            Value("-[0-9]{1,2}$"),
            Value(""),
            function="REGEXP_REPLACE",
        ),
        Value("0"),
        function="LTRIM",
    )
    jobs = (
        Assignment.objects.filter(in_force(on), organisation_id=organisation_id)
        .exclude(employee_number="")
        .annotate(bare=bare)
        .filter(bare__in={bare_number(row.number) for row in rows if row.number})
        .select_related("person")
        .order_by("pk")
    )
    found = _People(defaultdict(dict), defaultdict(dict))
    for job in jobs:
        found.exactly[job.employee_number.upper()][job.person_id] = job.person
        found.barely[bare_number(job.employee_number)][job.person_id] = job.person
    return found
