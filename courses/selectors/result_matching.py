"""Rows of a provider's results beside what is known of a session: who, and what would change."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from courses.models import (
    AssessmentResult,
    Enrolment,
    ResultFile,
    ResultKind,
    ResultLine,
    ResultProblem,
    Session,
)
from courses.selectors.file_cells import plain
from courses.selectors.registers import ON_REGISTER
from courses.selectors.result_cells import Said

MOST_SHOWN = 200


def people_assessed(session: Session) -> list[Enrolment]:
    """Everybody on ``session`` of whom there can be a result, by name."""
    rows = session.enrolments.filter(state__in=ON_REGISTER).select_related("person", "organisation")
    return list(rows.order_by("person__family_name", "person__given_name", "pk"))


def standing_results(enrolments: Iterable[Enrolment]) -> dict[int, AssessmentResult]:
    """The result of each that stands, by enrolment; one statement."""
    rows = AssessmentResult.objects.filter(
        enrolment__in=[row.pk for row in enrolments], stands=True
    )
    return {row.enrolment_id: row for row in rows}


def lines_of_rows(
    rows: Sequence[Said], *, file: ResultFile, people: Sequence[Enrolment], today: date
) -> list[ResultLine]:
    """A line for each row that is understood, and one for each thing wrong with the others.

    Rows that say nothing of a result are passed over. Two statements at most, for any number.
    """
    held = standing_results(people)
    by_place = {str(row.pk): row for row in people}
    by_email = {row.person.email.casefold(): row for row in people if row.person.email}
    known = {
        row.row: by_place.get(row.place) if row.place else by_email.get(row.email) for row in rows
    }
    said = _said_of(rows, known)
    made: list[ResultLine] = []
    seen: set[int] = set()
    for row in rows:
        if not row.says_something:
            continue
        person = known[row.row]
        problems = [*row.problems, *_wrong(row, person, said, held, today)]
        if problems or person is None:
            made += _problems(row, problems, file, person)
            continue
        line = _line(row, person, file, held.get(person.pk))
        if person.pk in seen:
            line.kind, line.before = ResultKind.KNOWN, None
        seen.add(person.pk)
        made.append(line)
    return made


def _said_of(
    rows: Sequence[Said], known: Mapping[int, Enrolment | None]
) -> dict[int, set[tuple[object, ...]]]:
    """Enrolment -> every different result that the file says of it."""
    said: dict[int, set[tuple[object, ...]]] = {}
    for row in rows:
        person = known[row.row]
        if person and row.says_something:
            said.setdefault(person.pk, set()).add(row.found)
    return said


def _wrong(
    row: Said,
    person: Enrolment | None,
    said: Mapping[int, set[tuple[object, ...]]],
    held: Mapping[int, AssessmentResult],
    today: date,
) -> list[tuple[ResultProblem, str]]:
    found = []
    if row.day and row.day > today:
        found.append((ResultProblem.DAY_TO_COME, row.day.isoformat()))
    if person is None:
        if row.place or row.email:
            found.append((ResultProblem.NOT_HERE, row.place or row.email))
        return found
    if row.family and plain(row.family) != plain(person.person.family_name):
        found.append((ResultProblem.OTHER_NAME, f"{row.place or row.email}, {row.family}"))
    if len(said[person.pk]) > 1:
        found.append((ResultProblem.SAID_TWICE, row.place or row.email))
    before = held.get(person.pk)
    is_same = before is not None and before.found == row.found
    if person.state == "COMPLETED" and not is_same:
        found.append((ResultProblem.COMPLETED, row.place or row.email))
    return found


def _problems(
    row: Said,
    problems: Iterable[tuple[ResultProblem, str]],
    file: ResultFile,
    person: Enrolment | None,
) -> list[ResultLine]:
    """With whom each is about where that is known, so that it goes when they do."""
    return [
        ResultLine(
            file=file,
            row=row.row,
            kind=ResultKind.PROBLEM,
            enrolment=person,
            problem=problem,
            cell=cell[:MOST_SHOWN],
        )
        for problem, cell in dict(problems).items()
    ]


def _line(
    row: Said, person: Enrolment, file: ResultFile, before: AssessmentResult | None
) -> ResultLine:
    kind = ResultKind.CHANGED if before else ResultKind.NEW
    if before and before.found == row.found:
        kind = ResultKind.KNOWN
    return ResultLine(
        file=file,
        row=row.row,
        kind=kind,
        enrolment=person,
        score=row.score,
        judgement=row.judgement,
        assessed_on=row.day,
        before=before if kind == ResultKind.CHANGED else None,
    )
