"""Striking out training that was recorded by mistake, and counting again what renewed it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.scope import lifted
from accounts.selectors.relations import main_organisation_id, relations_to
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import Ends, RecordSource, SubjectRecord
from courses.policies.compliance import may_strike_training
from courses.selectors.compliance_terms import Counted, TermsBook, as_counted, counted
from courses.services.compliance_records import RECORDER, Learned, record_of

_COUNTED_AGAIN = (RecordSource.RULE, RecordSource.CORRECTED)
_BY_RULES = (
    RecordSource.COURSE,
    RecordSource.CERTIFICATE,
    RecordSource.EXTERNAL,
    RecordSource.CORRECTED,
)


@transaction.atomic
def strike_out(*, training: SubjectRecord, reason: str, by: Actor, now: datetime) -> SubjectRecord:
    """Strike out a record that was a mistake: it stays to be read and counts no more.

    What was counted again of it alone goes with it, and later training whose last day came from it
    is counted again without it.

    Refuses: ``may_not_strike_training``, ``reason_missing``, ``struck_already``.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=training.person_id)
    held = SubjectRecord.objects.select_for_update(of=("self",)).get(pk=training.pk)
    if not may_strike_training(relations_to(by, person, on=london_date(now))):
        raise Forbidden(
            _("Only an HR administrator or a learning lead can strike out a record."),
            code="may_not_strike_training",
        )
    if not reason.strip():
        raise Conflict(_("Enter why the record is a mistake."), code="reason_missing")
    if held.struck_at:
        raise Conflict(_("This record is struck out already."), code="struck_already")
    with lifted(RECORDER):
        again = _without(held, person=person, by=by, now=now)
    record(
        by=by,
        now=now,
        verb="strike_training",
        about=held,
        rule="may_strike_training",
        organisation_id=main_organisation_id(person, on=london_date(now)),
        subject_id=held.person_id,
        facts={
            "level": held.level_id,
            "completed_on": held.completed_on.isoformat(),
            "counted_again": again,
        },
        private={"reason": reason},
    )
    held.refresh_from_db(fields=["struck_at"])
    return held


def _without(held: SubjectRecord, *, person: Person, by: Actor, now: datetime) -> int:
    """Strike out ``held``; return how many later records are counted again, by the rules of where
    the person works in the first place, whoever strikes."""
    live = SubjectRecord.objects.filter(
        person_id=held.person_id, level_id=held.level_id, struck_at__isnull=True
    )
    before = list(live.order_by("completed_on", "pk"))
    struck = {held.pk, *_counts_of(held, before)}
    live.filter(pk__in=struck).update(struck_at=now)
    organisation_id = main_organisation_id(person, on=london_date(now))
    book = TermsBook({organisation_id} if organisation_id else set())
    is_now: list[Counted] = []
    made: list[SubjectRecord] = []
    for row in _of_each_day(one for one in before if one.pk not in struck):
        told, day = as_counted(row), row.completed_on
        if day > held.completed_on and _is_by_rules(row):
            told_on = london_date(row.recorded_at)
            terms = book.terms(
                organisation_id=organisation_id, level=held.level, on=day, told_on=told_on
            )
            known = _chain(one for one in before if one.pk < row.pk)
            first = counted(completed_on=day, terms=terms, before=_last_before(known, day))
            again = counted(completed_on=day, terms=terms, before=_last_before(is_now, day))
            # Only what the mistake explains: other rules held where it was recorded, otherwise.
            if first.expires_on == told.expires_on != again.expires_on:
                made.append(record_of(_again(row, of=held), again, by=by, now=now))
                told = again
        is_now.append(told)
    SubjectRecord.objects.bulk_create(made)
    return len(made)


def _counts_of(held: SubjectRecord, rows: Iterable[SubjectRecord]) -> set[int]:
    """What was counted again of ``held``'s day, where nothing else tells of that day."""
    same = [row for row in rows if row.completed_on == held.completed_on and row.pk != held.pk]
    if any(row.source not in _COUNTED_AGAIN for row in same):
        return set()
    return {row.pk for row in same}


def _of_each_day(rows: Iterable[SubjectRecord]) -> Iterable[SubjectRecord]:
    """Of what was completed on one day, the last that was said counts."""
    return {row.completed_on: row for row in rows}.values()


def _is_by_rules(row: SubjectRecord) -> bool:
    """Not what another system, or a change of rule, said of the end; where a program may have said
    that there is none, it stays as it is."""
    if row.source == RecordSource.IMPORT:
        return bool(row.counts_months) or f":{Ends.RULES}:" in row.source_key
    return row.source in _BY_RULES


def _chain(rows: Iterable[SubjectRecord]) -> list[Counted]:
    return [as_counted(row) for row in _of_each_day(rows)]


def _last_before(chain: Sequence[Counted], day: date) -> Counted | None:
    return next((one for one in reversed(chain) if one.completed_on < day), None)


def _again(row: SubjectRecord, *, of: SubjectRecord) -> Learned:
    return Learned(
        person_id=row.person_id,
        level_id=row.level_id,
        completed_on=row.completed_on,
        source=RecordSource.CORRECTED,
        source_key=f"struck:{of.pk}:{row.pk}",
        organisation_id=None,
    )
