"""Recording the levels a person has reached, from whatever says so."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Event, Person
from accounts.selectors.relations import main_organisation_ids, relations_to
from accounts.services.ledger import event_row
from common.dates import london_date
from common.errors import Conflict, Forbidden
from pathways.models import Attainment, AttainmentSource, Competency, Level
from pathways.policies.attainments import may_assess, may_record_attainments

Ranks = Mapping[int, int | None]
_RULES = {"record_attainments": "may_record_attainments", "assess_oneself": "may_assess"}


class _Told(NamedTuple):
    """What all rows of one telling share."""

    person: Person
    source: AttainmentSource
    source_key: str
    attained_on: date
    valid_to: date | None = None


@transaction.atomic
def record_attainments(
    *,
    person: Person,
    ranks: Ranks,
    source: AttainmentSource,
    source_key: str,
    attained_on: date,
    by: Actor,
    now: datetime,
    valid_to: date | None = None,
) -> list[Attainment]:
    """Record ``ranks`` (competency's id -> rank, None for "no chance to demonstrate") once.

    They count until ``valid_to``, or until something ends them. A second call with the same
    ``source_key`` adds nothing for the competencies it repeats. Returns the rows the key now
    stands for, whichever call wrote them.
    """
    if not source_key:
        raise ValueError("A source without a key could be recorded twice.")
    _lock(person)
    relations = relations_to(by, person, on=london_date(now))
    if not may_record_attainments(relations, source=source):
        raise _may_not_record()
    _refuse_levels_off_the_scale(ranks.items())
    known = Attainment.objects.filter(person=person, source=source, source_key=source_key)
    already = set(known.values_list("competency_id", flat=True))
    fresh = {key: rank for key, rank in ranks.items() if key not in already}
    told = _Told(person, source, source_key, attained_on, valid_to)
    _write({told: fresh}, verb="record_attainments", by=by, now=now)
    return list(known.filter(competency_id__in=list(ranks)).order_by("pk"))


class Reached(NamedTuple):
    """What one of many has reached, under the source's own name of it."""

    person: Person
    ranks: Ranks
    source_key: str


@transaction.atomic
def record_attainments_together(
    reached: Sequence[Reached],
    *,
    source: AttainmentSource,
    attained_on: date,
    by: Actor,
    now: datetime,
) -> list[Attainment]:
    """Record what many people have reached at once, as ``record_attainments`` does for each of
    them, in a constant number of statements; return the rows that were new.

    For sources that were judged where they come from, a register say: of those that rest on what
    ``by`` is to the person it refuses all with ``may_not_record_attainments``.
    """
    if not may_record_attainments(frozenset(), source=source):
        raise _may_not_record()
    people = sorted({one.person.pk for one in reached})
    # In one order, so that two registers with the same people never wait for each other.
    rows = Person.objects.filter(pk__in=people).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    _refuse_levels_off_the_scale([pair for one in reached for pair in one.ranks.items()])
    known = Attainment.objects.filter(
        person__in=people, source=source, source_key__in={one.source_key for one in reached}
    )
    already = set(known.values_list("person_id", "source_key", "competency_id"))
    fresh = {
        _Told(one.person, source, one.source_key, attained_on): {
            key: rank
            for key, rank in one.ranks.items()
            if (one.person.pk, one.source_key, key) not in already
        }
        for one in reached
    }
    return _write(fresh, verb="record_attainments", by=by, now=now)


@transaction.atomic
def assess_oneself(*, person: Person, ranks: Ranks, by: Actor, now: datetime) -> list[Attainment]:
    """Record what a person says of themselves today, and return the rows that were new.

    Answers that repeat one's own last answer of the same day are passed over, so that sending a
    form twice leaves one answer.
    """
    today = london_date(now)
    _lock(person)
    if not may_assess(relations_to(by, person, on=today)):
        raise Forbidden(_("You can only assess yourself."), code="may_not_assess")
    _refuse_levels_off_the_scale(ranks.items())
    said = _said_on(person, today)
    fresh = {key: rank for key, rank in ranks.items() if key not in said or said[key] != rank}
    told = _Told(person, AttainmentSource.SELF, "", today)
    return _write({told: fresh}, verb="assess_oneself", by=by, now=now)


def _lock(person: Person) -> None:
    # Two tabs, or a retried job, would otherwise both find a key unused.
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)


def _may_not_record() -> Forbidden:
    return Forbidden(
        _("You cannot record what this person has reached."), code="may_not_record_attainments"
    )


def _refuse_levels_off_the_scale(pairs: Collection[tuple[int, int | None]]) -> None:
    """Every rank must be a level of the competency's own scale, or else of its edition's."""
    scale = Coalesce("scale_id", "version__scale_id")
    on_scale = Level.objects.filter(scale_id=OuterRef("of_scale")).values("scale_id")
    found = Competency.objects.filter(pk__in={key for key, _rank in pairs}).annotate(
        of_scale=scale, on_scale=Subquery(on_scale.annotate(r=ArrayAgg("rank")).values("r"))
    )
    allowed = {(row.pk, rank) for row in found for rank in (*(row.on_scale or ()), None)}
    if not set(pairs) <= allowed:
        raise Conflict(
            _("One of these levels is not on the framework's scale."), code="level_not_on_scale"
        )


def _said_on(person: Person, day: date) -> Ranks:
    """What ``person`` said last of each competency on ``day``."""
    return dict(
        Attainment.objects.filter(person=person, source=AttainmentSource.SELF, attained_on=day)
        .order_by("pk")
        .values_list("competency_id", "rank")
    )


def _write(told: Mapping[_Told, Ranks], *, verb: str, by: Actor, now: datetime) -> list[Attainment]:
    """Add a row per competency, and one event for each telling that has anything new."""
    told = {one: ranks for one, ranks in told.items() if ranks}
    if not told:
        return []
    author = by if isinstance(by, Person) else None
    rows = Attainment.objects.bulk_create(
        Attainment(
            competency_id=competency_id,
            rank=rank,
            recorded_at=now,
            recorded_by=author,
            **one._asdict(),
        )
        for one, ranks in told.items()
        for competency_id, rank in ranks.items()
    )
    people = [one.person.pk for one in told]
    belongs = main_organisation_ids(people, on=london_date(now))
    Event.objects.bulk_create(
        _event(one, ranks, verb=verb, organisation_id=belongs.get(one.person.pk), by=by, now=now)
        for one, ranks in told.items()
    )
    return rows


def _event(
    told: _Told, ranks: Ranks, *, verb: str, organisation_id: int | None, by: Actor, now: datetime
) -> Event:
    return event_row(
        by=by,
        now=now,
        verb=verb,
        about=told.person,
        rule=_RULES[verb],
        organisation_id=organisation_id,
        subject_id=told.person.pk,
        facts={
            "source": told.source,
            "source_key": told.source_key,
            "attained_on": told.attained_on.isoformat(),
            **({"valid_to": told.valid_to.isoformat()} if told.valid_to else {}),
            "levels": {str(competency_id): rank for competency_id, rank in ranks.items()},
        },
    )
