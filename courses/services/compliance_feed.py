"""Training that another system knows, written by a program: all of a call, or none of it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, ApiClientPrincipal
from accounts.models import Person
from accounts.selectors.relations import roles_at
from common.dates import london_date
from common.errors import Forbidden
from courses.models import RecordSource, Subject, SubjectLevel, SubjectRecord
from courses.policies.compliance import may_record_training
from courses.services.compliance_records import Learned, Until, write_records

MOST_AT_ONCE = 200


class Told(NamedTuple):
    """One training as the other system tells of it; ``key`` is the system's own name of the row.

    Without ``until`` our rules say how long it counts.
    """

    key: str
    person_id: int
    level_id: int
    completed_on: date
    until: Until | None = None


class Problem(NamedTuple):
    """Why one row is not taken: which field of which row, and a sentence."""

    row: int
    field: str
    sentence: str
    code: str


class Taken(NamedTuple):
    """What came of a call. With ``problems`` nothing at all was written."""

    recorded: int
    unchanged: int
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def take_training(*, rows: Sequence[Told], by: Actor, now: datetime) -> Taken:
    """Record ``rows``, each once under its key. The same sent again changes nothing.

    A key that was used for another day, somebody or something the program does not see, or a day
    to come is a problem of its row, and then no row is written. Refuses
    ``may_not_record_training`` to all but programs.
    """
    today = london_date(now)
    people = Person.objects.visible_to(by, on=today).filter(pk__in={row.person_id for row in rows})
    seen = set(people.values_list("pk", flat=True))
    problems = [*_repeated(rows), *_wrong(rows, seen, by=by, on=today), *_used(rows, seen)]
    # Who is not seen is not there, before anybody is told what they may not do.
    if all(row.person_id in seen for row in rows):
        _refuse_all_but_programs(by, on=today)
    if problems or not isinstance(by, ApiClientPrincipal):
        return Taken(0, 0, tuple(sorted(problems)))
    learned = [_learned(row, organisation_id=by.client.organisation_id) for row in rows]
    made = write_records(learned=learned, by=by, now=now)
    return Taken(recorded=len(made), unchanged=len(rows) - len(made))


def _refuse_all_but_programs(by: Actor, *, on: date) -> None:
    is_program = isinstance(by, ApiClientPrincipal) and may_record_training(
        roles_at(by, by.client.organisation_id, on=on)
    )
    if not is_program:
        raise Forbidden(
            _("Only a program of the organisation can send training of another system."),
            code="may_not_record_training",
        )


def _learned(row: Told, *, organisation_id: int) -> Learned:
    return Learned(
        person_id=row.person_id,
        level_id=row.level_id,
        completed_on=row.completed_on,
        source=RecordSource.IMPORT,
        source_key=row.key,
        organisation_id=organisation_id,
        until=row.until,
    )


def _repeated(rows: Sequence[Told]) -> Iterable[Problem]:
    names: set[tuple[int, int, str]] = set()
    for number, row in enumerate(rows):
        if (row.person_id, row.level_id, row.key) in names:
            yield Problem(number, "key", _("This row is in the call twice."), "repeated")
        names.add((row.person_id, row.level_id, row.key))


def _wrong(rows: Sequence[Told], seen: set[int], *, by: Actor, on: date) -> Iterable[Problem]:
    subjects = Subject.objects.visible_to(by, on=on)
    levels = set(SubjectLevel.objects.filter(subject__in=subjects).values_list("pk", flat=True))
    for number, row in enumerate(rows):
        if row.person_id not in seen:
            sentence = _("Enter the id of somebody in your organisation.")
            yield Problem(number, "person_id", sentence, "unknown_person")
        if row.level_id not in levels:
            sentence = _("Enter the id of a level of a subject you can read.")
            yield Problem(number, "level_id", sentence, "unknown_level")
        if row.completed_on > on:
            sentence = _("Enter a day that is not to come.")
            yield Problem(number, "completed_on", sentence, "day_to_come")
        ends = row.until.last_day if row.until else None
        if ends is not None and ends < row.completed_on:
            sentence = _("Enter a last day that is not before the day of completion.")
            yield Problem(number, "expires_on", sentence, "ends_before_it_began")


def _used(rows: Sequence[Told], seen: set[int]) -> Iterable[Problem]:
    known = SubjectRecord.objects.filter(
        source=RecordSource.IMPORT,
        source_key__in={row.key for row in rows},
        person_id__in=seen,
    )
    before = {(one.person_id, one.level_id, one.source_key): one for one in known}
    for number, row in enumerate(rows):
        found = before.get((row.person_id, row.level_id, row.key))
        if found is None:
            continue
        is_other_end = row.until is not None and row.until.last_day != found.expires_on
        if found.completed_on != row.completed_on or is_other_end:
            sentence = _("This key was sent before for another day. Use a new key.")
            yield Problem(number, "key", sentence, "key_used")
