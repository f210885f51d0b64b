"""What completing a programme of one's own brings: levels and awards."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.dates import london_date
from common.errors import Conflict
from courses.models import Award, Outcome, Programme, ProgrammeAward
from courses.services.competency_levels import refuse_unless_a_level
from courses.services.own_programmes import lock_own_programme, record_programme
from pathways.models import Competency


@dataclass(frozen=True, slots=True)
class LevelBrought:
    competency: Competency
    rank: int


@dataclass(frozen=True, slots=True)
class AwardBrought:
    """``is_optional``: only for those who choose it."""

    award: Award
    is_optional: bool = False


@transaction.atomic
def bring_level(*, programme: Programme, wanted: LevelBrought, by: Actor, now: datetime) -> Outcome:
    """Whoever completes ``programme`` from now on reaches ``wanted``; another level of the same
    competency takes the place of the one before.

    Refuses: ``may_not_write_programme``, ``no_such_level``.
    """
    programme = lock_own_programme(programme, by=by, now=now)
    refuse_unless_a_level(wanted.competency, wanted.rank, by=by, now=now)
    row, _is_new = Outcome.objects.update_or_create(
        programme=programme, competency=wanted.competency, defaults={"rank": wanted.rank}
    )
    facts = {"competency": row.competency_id, "rank": row.rank}
    record_programme(programme, verb="bring_level", by=by, now=now, facts=facts)
    return row


@transaction.atomic
def bring_level_no_more(*, row: Outcome, by: Actor, now: datetime) -> None:
    """Whoever has completed it keeps the level. Refuses: ``may_not_write_programme``."""
    programme = lock_own_programme(row.programme, by=by, now=now)
    facts = {"competency": row.competency_id, "rank": row.rank}
    row.delete()
    record_programme(programme, verb="bring_level_no_more", by=by, now=now, facts=facts)


@transaction.atomic
def bring_award(
    *, programme: Programme, wanted: AwardBrought, by: Actor, now: datetime
) -> ProgrammeAward:
    """Whoever completes ``programme`` from now on receives the award, wherever they take it.

    Refuses: ``may_not_write_programme``, ``no_such_award``, ``brought_already``.
    """
    programme = lock_own_programme(programme, by=by, now=now)
    refuse_unless_listed(wanted.award, by=by, now=now)
    row = ProgrammeAward(programme=programme, award=wanted.award, is_optional=wanted.is_optional)
    _save(row)
    facts = {"award": row.award_id, "is_optional": row.is_optional}
    record_programme(programme, verb="bring_award", by=by, now=now, facts=facts)
    return row


@transaction.atomic
def bring_award_no_more(*, row: ProgrammeAward, by: Actor, now: datetime) -> None:
    """Whoever has received it keeps it. Refuses: ``may_not_write_programme``."""
    programme = lock_own_programme(row.programme, by=by, now=now)
    facts = {"award": row.award_id}
    row.delete()
    record_programme(programme, verb="bring_award_no_more", by=by, now=now, facts=facts)


def refuse_unless_listed(award: Award, *, by: Actor, now: datetime) -> None:
    """Something brings only awards that whoever says so finds. Refuses: ``no_such_award``."""
    seen = Award.objects.visible_to(by, on=london_date(now)).listed()
    if not seen.filter(pk=award.pk).exists():
        raise Conflict(
            _("This award is not in the catalogue any more. Select another."),
            code="no_such_award",
        )


def _save(row: ProgrammeAward) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise brought_already() from None


def brought_already() -> Conflict:
    return Conflict(_("Completing it brings this award already."), code="brought_already")
