"""Recording the levels a person has reached, from whatever says so."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import main_organisation_id, relations_to
from accounts.services.ledger import record
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
        raise Forbidden(
            _("You cannot record what this person has reached."), code="may_not_record_attainments"
        )
    _refuse_levels_off_the_scale(ranks)
    known = Attainment.objects.filter(person=person, source=source, source_key=source_key)
    already = set(known.values_list("competency_id", flat=True))
    fresh = {key: rank for key, rank in ranks.items() if key not in already}
    told = _Told(person, source, source_key, attained_on, valid_to)
    _write(fresh, told, verb="record_attainments", by=by, now=now)
    return list(known.filter(competency_id__in=list(ranks)).order_by("pk"))


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
    _refuse_levels_off_the_scale(ranks)
    said = _said_on(person, today)
    fresh = {key: rank for key, rank in ranks.items() if key not in said or said[key] != rank}
    told = _Told(person, AttainmentSource.SELF, "", today)
    return _write(fresh, told, verb="assess_oneself", by=by, now=now)


def _lock(person: Person) -> None:
    # Two tabs, or a retried job, would otherwise both find a key unused.
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)


def _refuse_levels_off_the_scale(ranks: Ranks) -> None:
    """Every rank must be a level of the competency's own scale, or else of its edition's."""
    scale = Coalesce("scale_id", "version__scale_id")
    on_scale = Level.objects.filter(scale_id=OuterRef("of_scale")).values("scale_id")
    found = Competency.objects.filter(pk__in=list(ranks)).annotate(
        of_scale=scale, on_scale=Subquery(on_scale.annotate(r=ArrayAgg("rank")).values("r"))
    )
    allowed = {(row.pk, rank) for row in found for rank in (*(row.on_scale or ()), None)}
    if not set(ranks.items()) <= allowed:
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


def _write(ranks: Ranks, told: _Told, *, verb: str, by: Actor, now: datetime) -> list[Attainment]:
    """Add a row per competency and one event; nothing at all when there is nothing new."""
    if not ranks:
        return []
    author = by if isinstance(by, Person) else None
    rows = Attainment.objects.bulk_create(
        Attainment(
            competency_id=competency_id,
            rank=rank,
            recorded_at=now,
            recorded_by=author,
            **told._asdict(),
        )
        for competency_id, rank in ranks.items()
    )
    record(
        by=by,
        now=now,
        verb=verb,
        about=told.person,
        rule=_RULES[verb],
        organisation_id=main_organisation_id(told.person, on=london_date(now)),
        subject_id=told.person.pk,
        facts={
            "source": told.source,
            "source_key": told.source_key,
            "attained_on": told.attained_on.isoformat(),
            **({"valid_to": told.valid_to.isoformat()} if told.valid_to else {}),
            "levels": {str(competency_id): rank for competency_id, rank in ranks.items()},
        },
    )
    return rows
