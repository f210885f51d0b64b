"""Saying which programme, or which offering of one, teaches a level of mandatory training."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import Offering, Programme, Subject, SubjectLevel, SubjectTaught
from courses.policies.compliance import may_set_training_rules

RULE = "may_set_training_rules"


@transaction.atomic
def say_taught(
    *, level: SubjectLevel, what: Programme | Offering, by: Actor, now: datetime
) -> SubjectTaught:
    """From now on who completes ``what`` is trained in ``level``, wherever they work.

    Refuses: ``may_not_set_training_rules`` unless the programme is owned, or the offering run,
    where ``by`` sets rules; ``subject_ended``, ``taught_already``.
    """
    made = SubjectTaught(
        level=level,
        programme=what if isinstance(what, Programme) else None,
        offering=what if isinstance(what, Offering) else None,
    )
    _refuse_unless_may(made, by=by, now=now)
    # Whoever ends the subject meanwhile waits here, or is waited for.
    subjects = Subject.objects.select_for_update(no_key=True)
    if subjects.get(pk=level.subject_id).ended_on is not None:
        raise Conflict(_("This subject has ended."), code="subject_ended")
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("This is written down already."), code="taught_already") from None
    _record(made, verb="say_subject_taught", by=by, now=now)
    return made


@transaction.atomic
def say_no_longer_taught(*, taught: SubjectTaught, by: Actor, now: datetime) -> None:
    """Completing it brings no training from now on. What was learned stays.

    Refuses: as ``say_taught``; ``not_taught``.
    """
    _refuse_unless_may(taught, by=by, now=now)
    held = SubjectTaught.objects.select_for_update(of=("self",)).filter(pk=taught.pk).first()
    if held is None:
        raise Conflict(_("This is not taught there any more."), code="not_taught")
    _record(taught, verb="end_subject_taught", by=by, now=now)
    held.delete()


def owner_of(taught: SubjectTaught) -> int | None:
    """Whose programme or offering it is; a national programme is nobody's here."""
    if taught.offering:
        return taught.offering.host_id
    return taught.programme.owner_id if taught.programme else None


def _refuse_unless_may(taught: SubjectTaught, *, by: Actor, now: datetime) -> None:
    owner_id = owner_of(taught)
    at_owner = roles_at(by, owner_id, on=london_date(now)) if owner_id else frozenset()
    if not may_set_training_rules(at_owner):
        raise Forbidden(
            _("Only a learning lead or an HR administrator of whose course it is can do this."),
            code="may_not_set_training_rules",
        )


def _record(taught: SubjectTaught, *, verb: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=taught,
        rule=RULE,
        organisation_id=owner_of(taught),
        facts={
            "level": taught.level_id,
            "programme": taught.programme_id,
            "offering": taught.offering_id,
        },
    )
