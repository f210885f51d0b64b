"""What one offering brings beside its programme: awards of the catalogue, and the host's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict
from courses.models import Award, AwardKind, Offering, OfferingAward, ProgrammeAward
from courses.selectors.compliance_places import organisations_above
from courses.services.brings import AwardBrought, brought_already, refuse_unless_listed
from courses.services.offerings import RULE, lock_offering


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardWritten:
    """An award as its organisation writes it, which gives it itself; files and programs name it by
    its ``code``. ``is_optional``: only for those who choose it."""

    code: str
    title: str
    kind: str = AwardKind.CERTIFICATE
    level: int | None = None
    criteria: str = ""
    is_optional: bool = False


@transaction.atomic
def add_award(
    *, offering: Offering, wanted: AwardBrought, by: Actor, now: datetime
) -> OfferingAward:
    """Whoever completes ``offering`` from now on receives the award beside those of its programme.

    Refuses: ``may_not_keep_offerings``, ``no_such_award``, ``award_of_another``,
    ``brought_already``.
    """
    offering = lock_offering(offering, by=by, now=now)
    refuse_unless_listed(wanted.award, by=by, now=now)
    _refuse_of_others(wanted.award, offering, now=now)
    return _add(offering, wanted, by=by, now=now)


@transaction.atomic
def write_award(
    *, offering: Offering, wanted: AwardWritten, by: Actor, now: datetime
) -> OfferingAward:
    """Write an award of the host's own, which its leads may add to whatever it offers or writes;
    whoever completes ``offering`` from now on receives it.

    Refuses: ``may_not_keep_offerings``, ``title_missing``, ``code_taken``.
    """
    offering = lock_offering(offering, by=by, now=now)
    award = _written(offering, wanted)
    facts = {"code": award.code, "title": award.title, "kind": award.kind, "level": award.level}
    _record(award, offering, verb="write_award", by=by, now=now, facts=facts)
    return _add(offering, AwardBrought(award, wanted.is_optional), by=by, now=now)


@transaction.atomic
def add_award_no_more(*, row: OfferingAward, by: Actor, now: datetime) -> None:
    """Whoever has received it keeps it. Refuses: ``may_not_keep_offerings``."""
    offering = lock_offering(row.offering, by=by, now=now)
    gone, _kinds = OfferingAward.objects.filter(pk=row.pk).delete()
    if not gone:
        return
    facts = {"award": row.award_id}
    _record(offering, offering, verb="add_award_no_more", by=by, now=now, facts=facts)


def _refuse_of_others(award: Award, offering: Offering, *, now: datetime) -> None:
    """What an organisation writes as its own it gives itself, and those below it."""
    host_id = offering.host_id
    above = organisations_above([host_id], on=london_date(now))[host_id]
    if award.owner_id is not None and award.owner_id not in {host_id, *above}:
        raise Conflict(
            _("%(owner)s gives this award itself. Select another.")
            % {"owner": award.owner.name if award.owner else ""},
            code="award_of_another",
        )


def _add(offering: Offering, wanted: AwardBrought, *, by: Actor, now: datetime) -> OfferingAward:
    taught = ProgrammeAward.objects.filter(programme=offering.programme_id, award=wanted.award)
    if taught.exists():
        raise brought_already()
    row = OfferingAward(offering=offering, award=wanted.award, is_optional=wanted.is_optional)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise brought_already() from None
    facts = {"award": row.award_id, "is_optional": row.is_optional}
    _record(offering, offering, verb="add_award", by=by, now=now, facts=facts)
    return row


def _written(offering: Offering, wanted: AwardWritten) -> Award:
    if not wanted.title.strip():
        raise Conflict(_("Enter a title."), code="title_missing")
    award = Award(
        owner=offering.host,
        code=wanted.code.strip().lower(),
        title=wanted.title.strip(),
        kind=wanted.kind,
        level=wanted.level,
        criteria=wanted.criteria,
    )
    try:
        with transaction.atomic():
            award.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            _("Another award has this code. Enter another code."), code="code_taken"
        ) from None
    return award


def _record(
    about: Offering | Award,
    offering: Offering,
    *,
    verb: str,
    by: Actor,
    now: datetime,
    facts: Mapping[str, object],
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=about,
        rule=RULE,
        organisation_id=offering.host_id,
        facts=facts,
    )
