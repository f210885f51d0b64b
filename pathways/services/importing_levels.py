"""Levels that another system knows, written by a program: all of a call, or none of it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, ApiClientPrincipal
from accounts.models import Event, Person
from accounts.selectors.relations import Relation
from accounts.services.ledger import event_row
from common.dates import london_date
from common.errors import Forbidden
from pathways.models import Attainment, AttainmentSource, Competency, FrameworkVersion
from pathways.policies.attainments import may_record_attainments
from pathways.selectors.prior_learning import levels_for

MOST_AT_ONCE = 200


class Told(NamedTuple):
    """One level as the other system tells of it; ``key`` is the system's own name of the row."""

    key: str
    person_id: int
    competency_id: int
    rank: int
    attained_on: date
    valid_to: date | None = None


class Problem(NamedTuple):
    """Why one row is not taken: which field of which row, and a sentence."""

    row: int
    field: str
    sentence: str
    code: str


class Imported(NamedTuple):
    """What came of a call. With ``problems`` nothing at all was written."""

    recorded: int
    unchanged: int
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def import_levels(*, rows: Sequence[Told], by: Actor, now: datetime) -> Imported:
    """Record ``rows``, each once under its key, with an event for every person.

    The same rows sent again change nothing. A key that was used for something else, a person or
    a competency the program does not see, a level off the scale or a day to come is a problem of
    its row, and then no row is written. Refuses ``may_not_record_attainments`` to all but
    programs.
    """
    today = london_date(now)
    people = _lock_people(rows, by=by, on=today)
    problems = [*_repeated(rows), *_wrong(rows, people, by=by, on=today)]
    # Who is not seen is not there, before anybody is told what they may not do.
    if all(row.person_id in people for row in rows):
        _refuse_all_but_programs(by)
    known = _known(rows)
    fresh = [row for row in rows if _name(row) not in known]
    problems += _used_otherwise(rows, known)
    if problems:
        return Imported(0, 0, tuple(sorted(problems)))
    Attainment.objects.bulk_create(_attainment(row, now=now) for row in fresh)
    Event.objects.bulk_create(_events(fresh, people, by=by, now=now))
    return Imported(recorded=len(fresh), unchanged=len(rows) - len(fresh))


def _refuse_all_but_programs(by: Actor) -> None:
    is_program = isinstance(by, ApiClientPrincipal)
    relations = frozenset({Relation.API_CLIENT} if is_program else ())
    if not may_record_attainments(relations, source=AttainmentSource.IMPORTED):
        raise Forbidden(
            _("Only a program of the organisation can send levels of another system."),
            code="may_not_record_attainments",
        )


def _lock_people(rows: Iterable[Told], *, by: Actor, on: date) -> dict[int, Person]:
    # In one order, so that two calls about the same people never wait for each other.
    ids = Person.objects.visible_to(by, on=on).filter(pk__in={row.person_id for row in rows})
    locked = Person.objects.filter(pk__in=ids.values("pk")).order_by("pk")
    return {one.pk: one for one in locked.select_for_update(no_key=True)}


def _name(row: Told) -> tuple[int, int, str]:
    return row.person_id, row.competency_id, row.key


def _repeated(rows: Sequence[Told]) -> Iterable[Problem]:
    seen: set[tuple[int, int, str]] = set()
    for number, row in enumerate(rows):
        if _name(row) in seen:
            yield Problem(number, "key", _("This row is in the call twice."), "repeated")
        seen.add(_name(row))


def _wrong(
    rows: Sequence[Told], people: dict[int, Person], *, by: Actor, on: date
) -> Iterable[Problem]:
    ranks = _ranks(rows, by=by, on=on)
    for number, row in enumerate(rows):
        if row.person_id not in people:
            sentence = _("Enter the id of somebody in your organisation.")
            yield Problem(number, "person_id", sentence, "unknown_person")
        if row.competency_id not in ranks:
            sentence = _("Enter the id of a competency of a framework you can read.")
            yield Problem(number, "competency_id", sentence, "unknown_competency")
        elif row.rank not in ranks[row.competency_id]:
            sentence = _("Enter a rank of the competency's scale.")
            yield Problem(number, "rank", sentence, "level_not_on_scale")
        if row.attained_on > on:
            sentence = _("Enter a day that is not to come.")
            yield Problem(number, "attained_on", sentence, "day_to_come")
        if row.valid_to is not None and row.valid_to < row.attained_on:
            sentence = _("Enter a last day that is not before the first.")
            yield Problem(number, "valid_to", sentence, "ends_before_it_began")


def _ranks(rows: Iterable[Told], *, by: Actor, on: date) -> dict[int, set[int | None]]:
    """Competency that ``by`` can read -> the ranks of its scale."""
    seen = FrameworkVersion.objects.visible_to(by, on=on)
    found = list(
        Competency.objects.filter(
            pk__in={row.competency_id for row in rows},
            version__in=seen.values("pk"),
            is_assessable=True,
        ).select_related("version")
    )
    scales = levels_for(found)
    return {
        competency.pk: {level.rank for level in scale}
        for competency, scale in zip(found, scales, strict=True)
    }


def _known(rows: Sequence[Told]) -> dict[tuple[int, int, str], Attainment]:
    found = Attainment.objects.filter(
        source=AttainmentSource.IMPORTED,
        source_key__in={row.key for row in rows},
        person_id__in={row.person_id for row in rows},
    )
    return {(one.person_id, one.competency_id, one.source_key): one for one in found}


def _used_otherwise(
    rows: Sequence[Told], known: dict[tuple[int, int, str], Attainment]
) -> Iterable[Problem]:
    for number, row in enumerate(rows):
        before = known.get(_name(row))
        if before is None:
            continue
        if (before.rank, before.attained_on) != (row.rank, row.attained_on):
            sentence = _("This key was sent before for another level or day. Use a new key.")
            yield Problem(number, "key", sentence, "key_used")
        elif _ends_sooner(row, before):
            sentence = _(
                "This key was sent before with a later last day, or without one, which stays as it"
                " is. Send what was sent before."
            )
            yield Problem(number, "valid_to", sentence, "key_used")


def _ends_sooner(row: Told, before: Attainment) -> bool:
    """A later day is none to complain of: what is known here may have ended the level since."""
    return row.valid_to is not None and (before.valid_to is None or row.valid_to < before.valid_to)


def _attainment(row: Told, *, now: datetime) -> Attainment:
    return Attainment(
        person_id=row.person_id,
        competency_id=row.competency_id,
        rank=row.rank,
        attained_on=row.attained_on,
        valid_to=row.valid_to,
        source=AttainmentSource.IMPORTED,
        source_key=row.key,
        recorded_at=now,
    )


def _events(
    rows: Sequence[Told], people: dict[int, Person], *, by: Actor, now: datetime
) -> Iterable[Event]:
    """One for each person, under whom search and the timeline find it."""
    by_person: dict[int, list[Told]] = {}
    for row in rows:
        by_person.setdefault(row.person_id, []).append(row)
    organisation_id = by.client.organisation_id if isinstance(by, ApiClientPrincipal) else None
    for person_id, told in sorted(by_person.items()):
        yield event_row(
            by=by,
            now=now,
            verb="record_attainments",
            about=people[person_id],
            rule="may_record_attainments",
            organisation_id=organisation_id,
            subject_id=person_id,
            facts={
                "source": str(AttainmentSource.IMPORTED),
                "levels": {str(row.competency_id): row.rank for row in told},
                "keys": [row.key for row in told],
            },
        )
