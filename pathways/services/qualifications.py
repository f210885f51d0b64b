"""Keeping one's qualifications and registrations, and checking those of others."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import main_organisation_id, relations_to
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from pathways.models import Qualification
from pathways.policies.role_profiles import may_check_qualification, may_keep_qualifications


@dataclass(frozen=True, slots=True)
class Held:
    """What a certificate says. ``level`` is that of the Regulated Qualifications Framework."""

    title: str
    awarded_on: date
    awarding_body: str = ""
    level: int | None = None
    valid_to: date | None = None
    is_registration: bool = False


@transaction.atomic
def add_qualification(*, person: Person, held: Held, by: Actor, now: datetime) -> Qualification:
    """Note a qualification; it counts as the person's own word until somebody has checked it.

    Refuses: ``may_not_keep_qualifications``, ``qualification_is_there``.
    """
    _refuse_unless_own(person, by=by, now=now)
    given = asdict(held)
    key = {name: given.pop(name) for name in ("title", "awarding_body", "awarded_on")}
    row, is_new = Qualification.objects.get_or_create(
        person=person, **key, defaults={**given, "added_at": now}
    )
    if not is_new:
        raise Conflict(
            _("You have noted this qualification of this day already."),
            code="qualification_is_there",
        )
    _record(row, "add_qualification", rule="may_keep_qualifications", by=by, now=now)
    return row


@transaction.atomic
def remove_qualification(*, qualification: Qualification, by: Actor, now: datetime) -> None:
    """Take one's qualification away.

    Refuses: ``may_not_keep_qualifications``, ``qualification_is_gone``.
    """
    row = _lock(qualification)
    _refuse_unless_own(row.person, by=by, now=now)
    _record(row, "remove_qualification", rule="may_keep_qualifications", by=by, now=now)
    row.delete()


@transaction.atomic
def check_qualification(
    *, qualification: Qualification, by: Person, now: datetime
) -> Qualification:
    """Say that one has seen the certificate or the register.

    Refuses: ``may_not_check_qualification``, ``qualification_is_gone``, ``already_checked``.
    """
    row = _lock(qualification)
    if not may_check_qualification(relations_to(by, row.person, on=london_date(now))):
        raise Forbidden(
            _("Only their line manager or learning lead can check this qualification."),
            code="may_not_check_qualification",
        )
    if row.checked_at:
        raise Conflict(_("This qualification has been checked already."), code="already_checked")
    row.checked_at, row.checked_by = now, by
    row.save(update_fields=["checked_at", "checked_by"])
    _record(row, "check_qualification", rule="may_check_qualification", by=by, now=now)
    return row


def _lock(qualification: Qualification) -> Qualification:
    rows = Qualification.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.filter(pk=qualification.pk).first()
    if row is None:
        raise Conflict(_("This qualification is not there any more."), code="qualification_is_gone")
    return row


def _refuse_unless_own(person: Person, *, by: Actor, now: datetime) -> None:
    if not may_keep_qualifications(relations_to(by, person, on=london_date(now))):
        raise Forbidden(
            _("Only the person themselves can say what they are qualified in."),
            code="may_not_keep_qualifications",
        )


def _record(row: Qualification, verb: str, *, rule: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=row,
        rule=rule,
        organisation_id=main_organisation_id(row.person, on=london_date(now)),
        subject_id=row.person_id,
        facts={"level": row.level, "is_registration": row.is_registration},
    )
