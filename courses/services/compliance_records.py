"""Recording that people were trained, from whatever tells it, so that it counts and is renewed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from accounts.actors import Actor, SystemJob
from accounts.models import Event, Person
from accounts.scope import lifted
from accounts.services.ledger import event_row
from common.dates import london_date
from courses.models import Enrolment, RecordSource, SubjectLevel, SubjectRecord, SubjectTaught
from courses.selectors.compliance_terms import Counted, TermsBook, as_counted, counted, given_until

RECORDER = SystemJob("courses.record_training", organisation_ids=None)


class Until(NamedTuple):
    """The last day as another system says it; without one it counts for good."""

    last_day: date | None


class Learned(NamedTuple):
    """One person was trained at one level on a day; ``organisation_id`` is whose rules hold.

    ``source_key`` is the source's own name of it: the same told again changes nothing.
    """

    person_id: int
    level_id: int
    completed_on: date
    source: RecordSource
    source_key: str
    organisation_id: int | None
    until: Until | None = None


def record_completions(done: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """Record what completing ``done`` teaches: it counts from the last day of the session.

    A part of completing, which was judged. What people from other organisations were trained in is
    out of the sight of who runs the session.
    """
    levels = _levels_taught(done)
    learned = [
        Learned(
            person_id=row.person_id,
            level_id=level_id,
            completed_on=min(london_date(row.session.ends_at), london_date(now)),
            source=RecordSource.COURSE,
            source_key=f"enrolment:{row.pk}",
            organisation_id=row.organisation_id,
        )
        for row in done
        for level_id in sorted(levels[row.pk])
    ]
    if learned:
        with lifted(RECORDER):
            write_records(learned=learned, by=by, now=now)


def _levels_taught(done: Iterable[Enrolment]) -> dict[int, set[int]]:
    """Enrolment -> the levels that its programme or its offering teaches; one statement."""
    offerings = {row.session.offering_id: row.session.offering.programme_id for row in done}
    by_programme: dict[int, set[int]] = defaultdict(set)
    by_offering: dict[int, set[int]] = defaultdict(set)
    taught = SubjectTaught.objects.filter(
        Q(programme_id__in=set(offerings.values())) | Q(offering_id__in=offerings)
    )
    for one in taught.order_by("pk"):
        if one.programme_id:
            by_programme[one.programme_id].add(one.level_id)
        elif one.offering_id:
            by_offering[one.offering_id].add(one.level_id)
    return {
        row.pk: by_programme[row.session.offering.programme_id]
        | by_offering[row.session.offering_id]
        for row in done
    }


@transaction.atomic
def write_records(*, learned: Sequence[Learned], by: Actor, now: datetime) -> list[SubjectRecord]:
    """Write what is new of ``learned``, oldest first, with an event for each person.

    Each is dated by the rules of its day and by what it renews. Whoever calls has judged; what was
    told before under its key is passed over.
    """
    # In one order, so that two calls about the same people never wait for each other; and nobody
    # is renewed twice from the same record.
    people = Person.objects.filter(pk__in={row.person_id for row in learned}).order_by("pk")
    list(people.select_for_update(no_key=True).values_list("pk", flat=True))
    fresh = _fresh(learned)
    known = _known(fresh)
    levels = SubjectLevel.objects.in_bulk({row.level_id for row in fresh})
    book = TermsBook({row.organisation_id for row in fresh if row.organisation_id})
    made = []
    for row in sorted(fresh, key=lambda row: (row.completed_on, row.source_key)):
        chain = known[row.person_id, row.level_id]
        until = _until(row, book, levels[row.level_id], chain, told_on=london_date(now))
        chain.append(until)
        made.append(record_of(row, until, by=by, now=now))
    SubjectRecord.objects.bulk_create(made, batch_size=2_000)
    Event.objects.bulk_create(_events(fresh, by=by, now=now), batch_size=2_000)
    return made


def _fresh(learned: Sequence[Learned]) -> list[Learned]:
    """What nothing was told of before, each once."""
    told = SubjectRecord.objects.filter(
        person_id__in={row.person_id for row in learned},
        source_key__in={row.source_key for row in learned},
    )
    seen = set(told.values_list("person_id", "level_id", "source", "source_key"))
    fresh = []
    for row in learned:
        name = (row.person_id, row.level_id, str(row.source), row.source_key)
        if name not in seen:
            seen.add(name)
            fresh.append(row)
    return fresh


def _known(fresh: Iterable[Learned]) -> dict[tuple[int, int], list[Counted]]:
    """Person and level -> what counted until now."""
    rows = list(fresh)
    found = SubjectRecord.objects.filter(
        person_id__in={row.person_id for row in rows},
        level_id__in={row.level_id for row in rows},
        struck_at__isnull=True,
    ).order_by("completed_on", "pk")
    known: dict[tuple[int, int], list[Counted]] = defaultdict(list)
    for one in found:
        known[one.person_id, one.level_id].append(as_counted(one))
    return known


def _until(
    row: Learned,
    book: TermsBook,
    level: SubjectLevel,
    chain: Sequence[Counted],
    *,
    told_on: date,
) -> Counted:
    if row.until is not None:
        return given_until(completed_on=row.completed_on, expires_on=row.until.last_day)
    # Of what was completed on one day, the last that was said counts.
    earlier = [one for one in reversed(chain) if one.completed_on < row.completed_on]
    terms = book.terms(
        organisation_id=row.organisation_id, level=level, on=row.completed_on, told_on=told_on
    )
    return counted(
        completed_on=row.completed_on,
        terms=terms,
        before=max(earlier, key=lambda one: one.completed_on, default=None),
    )


def record_of(row: Learned, until: Counted, *, by: Actor, now: datetime) -> SubjectRecord:
    """An unsaved record of ``row`` that counts ``until``."""
    return SubjectRecord(
        person_id=row.person_id,
        level_id=row.level_id,
        completed_on=row.completed_on,
        expires_on=until.expires_on,
        counts_from=until.counts_from,
        counts_months=until.counts_months,
        source=row.source,
        source_key=row.source_key,
        recorded_at=now,
        recorded_by=by if isinstance(by, Person) else None,
    )


def _events(fresh: Iterable[Learned], *, by: Actor, now: datetime) -> Iterable[Event]:
    """One for each person and source, under whom search and the timeline find it."""
    told: dict[tuple[int, str, int | None], list[Learned]] = defaultdict(list)
    for row in fresh:
        told[row.person_id, str(row.source), row.organisation_id].append(row)
    for (person_id, source, organisation_id), rows in sorted(
        told.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or 0)
    ):
        yield event_row(
            by=by,
            now=now,
            verb="record_training",
            about=Person(pk=person_id),
            rule="may_record_training",
            organisation_id=organisation_id,
            subject_id=person_id,
            facts={
                "source": source,
                "levels": sorted({row.level_id for row in rows}),
                "keys": [row.source_key for row in rows],
            },
        )
