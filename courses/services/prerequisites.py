"""What a programme of one's own builds on, and nobody asking for a place without it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.scope import lifted
from common.dates import london_date
from common.errors import Conflict
from courses.models import Prerequisite, Programme, Session
from courses.selectors.prerequisites import READER, prerequisites_of
from courses.services.competency_levels import refuse_unless_a_level
from courses.services.own_programmes import lock_own_programme, record_programme
from pathways.models import Competency


@dataclass(frozen=True, slots=True)
class CompletedFirst:
    """Another programme has to be completed."""

    programme: Programme


@dataclass(frozen=True, slots=True)
class LevelFirst:
    """A competency has to be held at ``rank`` or above."""

    competency: Competency
    rank: int


@transaction.atomic
def need_first(
    *, programme: Programme, wanted: CompletedFirst | LevelFirst, by: Actor, now: datetime
) -> Prerequisite:
    """Let nobody ask for a place on ``programme`` any more who has not ``wanted``. Who has asked
    or has a place keeps it.

    Refuses: ``may_not_write_programme``, ``not_in_catalogue``, ``no_such_level``,
    ``needed_already``, ``needs_itself``.
    """
    programme = lock_own_programme(programme, by=by, now=now)
    row = Prerequisite(programme=programme)
    if isinstance(wanted, CompletedFirst):
        row.needs = wanted.programme
        known = Programme.objects.visible_to(by, on=london_date(now)).filter(pk=row.needs.pk)
        if not known.exists():
            raise Conflict(
                _("This programme is not in the catalogue any more. Enter another."),
                code="not_in_catalogue",
            )
    else:
        refuse_unless_a_level(wanted.competency, wanted.rank, by=by, now=now)
        row.competency, row.rank = wanted.competency, wanted.rank
    if _is_needed(row):
        raise Conflict(_("The programme needs this already."), code="needed_already")
    _save(row)
    facts = {"needs": row.needs_id, "competency": row.competency_id, "rank": row.rank}
    record_programme(programme, verb="need_first", by=by, now=now, facts=facts)
    return row


@transaction.atomic
def need_no_more(*, row: Prerequisite, by: Actor, now: datetime) -> None:
    """Let people ask without it. Refuses: ``may_not_write_programme``."""
    programme = lock_own_programme(row.programme, by=by, now=now)
    facts = {"needs": row.needs_id, "competency": row.competency_id, "rank": row.rank}
    row.delete()
    record_programme(programme, verb="need_no_more", by=by, now=now, facts=facts)


def refuse_without_what_is_needed(programme: Programme, *, person: Person, now: datetime) -> None:
    """Nobody asks for a place without what the programme builds on.

    Refuses: ``prerequisite_missing``, which names what is missing and where it is to be had.
    """
    needed = prerequisites_of(programme, person=person, on=london_date(now))
    missing = [one for one in needed if not one.is_met]
    if not missing:
        return
    where = []
    if any(one.programme_id for one in missing):
        where.append(_("Find what has to be completed first among the courses."))
    if any(one.competency_id for one in missing):
        where.append(_("Have the level confirmed under development."))
    said = _("This course builds on: %(missing)s.") % {
        "missing": "; ".join(one.said for one in missing)
    }
    raise Conflict(" ".join((said, *where)), code="prerequisite_missing")


def refuse_unprepared(session: Session, *, person: Person, now: datetime) -> None:
    refuse_without_what_is_needed(session.offering.programme, person=person, now=now)


def _is_needed(row: Prerequisite) -> bool:
    same = Prerequisite.objects.filter(programme=row.programme)
    return same.filter(needs=row.needs, competency=row.competency).exists()


def _save(row: Prerequisite) -> None:
    try:
        # What comes before what is judged in the database, through programmes of other
        # organisations as well.
        with transaction.atomic(), lifted(READER):
            row.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            _("That programme needs this one first, so nobody could begin. Enter another."),
            code="needs_itself",
        ) from None
