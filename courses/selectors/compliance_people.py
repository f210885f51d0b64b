"""What is asked of many people, row by row, for programs and for the staff record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.actors import Actor
from accounts.scope import lifted
from accounts.visibility import standing
from courses.models import SubjectLevel
from courses.selectors.compliance import READER, Asked, TrainingState, asked_of
from courses.selectors.compliance_terms import TermsBook
from courses.selectors.esr_names import format_competency, name_of


@dataclass(frozen=True, slots=True)
class ToldAsked:
    organisation_id: int
    level_id: int
    subject: str
    level: str
    esr_name: str
    state: TrainingState
    completed_on: date | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class ToldPerson:
    person_id: int
    on: date
    asked: tuple[ToldAsked, ...]


def told_of(person_ids: Sequence[int], *, actor: Actor, on: date, today: date) -> list[ToldPerson]:
    """What is asked of ``person_ids``, whom ``actor`` sees, in their order; four statements.

    A program is told what the organisations ask that it is for, not what a person's other
    employers do.
    """
    found = asked_of(person_ids, on=on)
    if actor.actor_kind == "client":
        mine = standing(actor, on=today).organisation_ids
        found = [row for row in found if row.organisation_id in mine]
    with lifted(READER):
        levels = SubjectLevel.objects.select_related("subject").in_bulk(
            {row.level_id for row in found}
        )
        book = TermsBook({row.organisation_id for row in found})
    by_person: dict[int, list[ToldAsked]] = {pk: [] for pk in person_ids}
    for row in sorted(found, key=lambda one: (one.organisation_id, one.subject_id, one.level_id)):
        by_person[row.person_id].append(_told(row, levels[row.level_id], book, on=on))
    return [ToldPerson(pk, on, tuple(rows)) for pk, rows in by_person.items()]


def _told(row: Asked, level: SubjectLevel, book: TermsBook, *, on: date) -> ToldAsked:
    months = book.terms(organisation_id=row.organisation_id, level=level, on=on).months
    return ToldAsked(
        organisation_id=row.organisation_id,
        level_id=row.level_id,
        subject=level.subject.title,
        level=level.label,
        esr_name=format_competency(name_of(level, months=months)),
        state=row.state,
        completed_on=row.completed_on,
        expires_on=row.expires_on,
    )
