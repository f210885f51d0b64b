"""Making a programme mandatory at an organisation and below it, and ending that."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import Mandate, Programme
from courses.policies.compliance import may_set_training_rules
from pathways.models import RoleProfile

RULE = "may_set_training_rules"


@dataclass(frozen=True, slots=True)
class Mandatory:
    """A programme for everybody or for those who follow a role, from a day, perhaps to a day."""

    programme: Programme
    starts_on: date
    ends_on: date | None = None
    role_profile: RoleProfile | None = None


@transaction.atomic
def make_mandatory(
    *, organisation: Organisation, wanted: Mandatory, by: Actor, now: datetime
) -> Mandate:
    """Ask a programme of people of ``organisation`` and of those below it: they are entitled to a
    place, and nobody has to approve it.

    Refuses: ``may_not_set_training_rules``, ``rule_in_the_past``, ``days_out_of_order``,
    ``not_in_catalogue``, ``mandatory_already``.
    """
    _refuse_unless_may(organisation.pk, by=by, now=now)
    _refuse_unfit(wanted, by=by, on=london_date(now))
    made = Mandate(
        programme=wanted.programme,
        organisation=organisation,
        role_profile=wanted.role_profile,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            _("It is mandatory for these people on some of these days already."),
            code="mandatory_already",
        ) from None
    _record(made, verb="make_mandatory", by=by, now=now)
    return made


@transaction.atomic
def end_mandate(*, mandate: Mandate, by: Actor, now: datetime) -> None:
    """It is mandatory for nobody from today on; what never began is taken away. Whoever has a
    place keeps it.

    Refuses: ``may_not_set_training_rules``, ``mandate_over``.
    """
    rows = Mandate.objects.select_for_update(of=("self",))
    held = rows.filter(pk=mandate.pk).first()
    _refuse_unless_may(mandate.organisation_id, by=by, now=now)
    today = london_date(now)
    if held is None or (held.ends_on is not None and held.ends_on < today):
        raise Conflict(_("This is not mandatory any more."), code="mandate_over")
    _record(held, verb="end_mandate", by=by, now=now)
    held.stop(on=today)


def _refuse_unless_may(organisation_id: int, *, by: Actor, now: datetime) -> None:
    if not may_set_training_rules(roles_at(by, organisation_id, on=london_date(now))):
        raise Forbidden(
            _("Only a learning lead or an HR administrator of the organisation can do this."),
            code="may_not_set_training_rules",
        )


def _refuse_unfit(wanted: Mandatory, *, by: Actor, on: date) -> None:
    if wanted.starts_on < on:
        raise Conflict(
            _("Enter today or a later day: what was said before stays as it was."),
            code="rule_in_the_past",
        )
    if wanted.ends_on is not None and wanted.ends_on < wanted.starts_on:
        raise Conflict(
            _("The last day is before the first day. Enter a later last day."),
            code="days_out_of_order",
        )
    if not Programme.objects.visible_to(by, on=on).filter(pk=wanted.programme.pk).exists():
        raise Conflict(
            _("This programme is not in the catalogue any more. Enter another."),
            code="not_in_catalogue",
        )


def _record(mandate: Mandate, *, verb: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=mandate,
        rule=RULE,
        organisation_id=mandate.organisation_id,
        facts={
            "programme": mandate.programme_id,
            "role": mandate.role_profile_id,
            "from": mandate.starts_on.isoformat(),
            "to": mandate.ends_on.isoformat() if mandate.ends_on else None,
        },
    )
