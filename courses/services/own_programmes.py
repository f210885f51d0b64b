"""Programmes of one's own organisation: their words, and whether the catalogue has them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import DeliveryMode, Programme
from courses.policies.offerings import may_write_programme

RULE = "may_write_programme"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeWords:
    """What a programme says of itself, whoever offers it."""

    title: str
    summary: str = ""
    audience: str = ""
    length: str = ""
    mode: str = DeliveryMode.IN_PERSON
    study_hours: int | None = None
    cost_pence: int | None = None


@transaction.atomic
def write_programme(
    *, owner: Organisation, code: str, words: ProgrammeWords, by: Actor, now: datetime
) -> Programme:
    """Write a programme of ``owner``'s own, which its people and those below it find.

    Refuses: ``may_not_write_programme``, ``title_missing``, ``code_taken``.
    """
    programme = Programme(owner=owner, code=code.strip().upper())
    _refuse_unless_writes(programme, by=by, now=now)
    _set(programme, words)
    try:
        with transaction.atomic():
            programme.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            _("Another programme has this code. Enter another code."), code="code_taken"
        ) from None
    record_programme(programme, verb="write_programme", by=by, now=now, facts=_facts(programme))
    return programme


@transaction.atomic
def change_programme(
    *, programme: Programme, wanted: ProgrammeWords, by: Actor, now: datetime
) -> Programme:
    """Change what it says. Its code stays: funds and files name it by that.

    Refuses: ``may_not_write_programme``, ``title_missing``.
    """
    programme = lock_own_programme(programme, by=by, now=now)
    _set(programme, wanted)
    programme.save()
    record_programme(programme, verb="change_programme", by=by, now=now, facts=_facts(programme))
    return programme


@transaction.atomic
def take_programme_out(*, programme: Programme, by: Actor, now: datetime) -> Programme:
    """Take it out of the catalogue. Nobody finds it any more; who has a place keeps it.

    Refuses: ``may_not_write_programme``, ``stale_state``.
    """
    return _list(programme, is_listed=False, verb="take_programme_out", by=by, now=now)


@transaction.atomic
def put_programme_back(*, programme: Programme, by: Actor, now: datetime) -> Programme:
    """Put it into the catalogue again. Refuses: ``may_not_write_programme``, ``stale_state``."""
    return _list(programme, is_listed=True, verb="put_programme_back", by=by, now=now)


def _list(
    programme: Programme, *, is_listed: bool, verb: str, by: Actor, now: datetime
) -> Programme:
    programme = lock_own_programme(programme, by=by, now=now)
    if programme.is_listed == is_listed:
        raise Conflict(
            _("Somebody else has done this already. Load the page again."), code="stale_state"
        )
    programme.is_listed = is_listed
    programme.save(update_fields=["is_listed"])
    record_programme(programme, verb=verb, by=by, now=now, facts={})
    return programme


def lock_own_programme(programme: Programme, *, by: Actor, now: datetime) -> Programme:
    """Lock a programme that ``by`` writes. Refuses: ``may_not_write_programme``."""
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    _refuse_unless_writes(programme, by=by, now=now)
    return programme


def _refuse_unless_writes(programme: Programme, *, by: Actor, now: datetime) -> None:
    owner_id = programme.owner_id
    at_owner = roles_at(by, owner_id, on=london_date(now)) if owner_id else frozenset()
    if not may_write_programme(at_owner, is_national=owner_id is None):
        raise Forbidden(
            _("Only a learning lead or programme lead of its organisation writes a programme."),
            code="may_not_write_programme",
        )


def _set(programme: Programme, words: ProgrammeWords) -> None:
    if not words.title.strip():
        raise Conflict(_("Enter a title."), code="title_missing")
    for column in fields(words):
        setattr(programme, column.name, getattr(words, column.name))


def _facts(programme: Programme) -> dict[str, object]:
    return {
        "code": programme.code,
        "title": programme.title,
        "mode": str(programme.mode),
        "study_hours": programme.study_hours,
        "cost_pence": programme.cost_pence,
    }


def record_programme(
    programme: Programme, *, verb: str, by: Actor, now: datetime, facts: Mapping[str, object]
) -> None:
    """An event about a programme of its owner's."""
    record(
        by=by,
        now=now,
        verb=verb,
        about=programme,
        rule=RULE,
        organisation_id=programme.owner_id,
        facts=facts,
    )
