"""Giving a person a role for an organisation, from a day to a day, and ending it."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, Person, Role, RoleGrant
from accounts.models.dated import Days
from accounts.policies import may_appoint
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from accounts.telling import tell
from common.dates import london_date
from common.errors import Conflict, Forbidden

GIVEN, ENDED = "accounts.role_given", "accounts.role_ended"


@transaction.atomic
def appoint(
    *,
    person: Person,
    role: Role,
    organisation: Organisation,
    by: Actor,
    now: datetime,
    days: Days | None = None,
) -> RoleGrant:
    """Give ``person`` ``role`` for ``organisation`` and those below it, from today on or on
    ``days``; the person is told.

    Refuses: ``may_not_appoint``, ``days_not_in_order``, ``already_appointed``.
    """
    today = london_date(now)
    days = days or Days(today)
    # Two administrators who appoint the same person queue here.
    Person.objects.select_for_update().get(pk=person.pk)
    _refuse_unless_may_appoint(person, role, organisation, by=by, now=now)
    _refuse_days_out_of_order(days, now=now)
    held = RoleGrant.objects.during(days).filter(
        person=person, role=role, organisation=organisation
    )
    if held.exists():
        raise Conflict(
            _("%(person)s holds this role already.") % {"person": person.full_name},
            code="already_appointed",
        )
    grant = RoleGrant.objects.create(
        person=person, role=role, organisation=organisation, **days._asdict()
    )
    _record(grant, verb="appoint", by=by, now=now)
    _tell(grant, rule=GIVEN, now=now)
    return grant


@transaction.atomic
def end_role(*, grant: RoleGrant, by: Actor, now: datetime) -> None:
    """End ``grant`` at once: it opens nothing from today on. The person is told.

    Refuses: ``may_not_appoint``, ``role_is_over``.
    """
    today = london_date(now)
    rows = RoleGrant.objects.select_for_update(of=("self",)).select_related(
        "person", "organisation"
    )
    # Gone when somebody else ended it before it began.
    held = rows.from_day_on(today).filter(pk=grant.pk).first()
    if held is None:
        raise Conflict(_("This role is over already."), code="role_is_over")
    _refuse_unless_may_appoint(held.person, Role(held.role), held.organisation, by=by, now=now)
    _record(held, verb="end_role", by=by, now=now)
    _tell(held, rule=ENDED, now=now)
    held.stop(on=today)


def _refuse_unless_may_appoint(
    person: Person, role: Role, organisation: Organisation, *, by: Actor, now: datetime
) -> None:
    roles = roles_at(by, organisation.pk, on=london_date(now))
    is_oneself = isinstance(by, Person) and by.pk == person.pk
    if not may_appoint(roles, role=role, is_oneself=is_oneself):
        raise Forbidden(
            _("Somebody else who administers this organisation has to decide about this role."),
            code="may_not_appoint",
        )


def _refuse_days_out_of_order(days: Days, *, now: datetime) -> None:
    if days.starts_on < london_date(now):
        raise Conflict(_("A role cannot begin before today."), code="days_not_in_order")
    if days.ends_on and days.ends_on < days.starts_on:
        raise Conflict(_("The last day cannot be before the first."), code="days_not_in_order")


def _tell(grant: RoleGrant, *, rule: str, now: datetime) -> None:
    tell(
        recipient=grant.person,
        rule=rule,
        subject_key=f"role:{grant.pk}",
        url=reverse("accounts:role_list"),
        now=now,
        facts={
            "role": grant.role,
            "organisation": grant.organisation.name,
            "from": grant.starts_on.isoformat(),
        },
    )


def _record(grant: RoleGrant, *, verb: str, by: Actor, now: datetime) -> None:
    until = {"to": grant.ends_on.isoformat()} if grant.ends_on else {}
    record(
        by=by,
        now=now,
        verb=verb,
        about=grant,
        organisation_id=grant.organisation_id,
        subject_id=grant.person_id,
        rule="may_appoint",
        facts={"role": grant.role, "from": grant.starts_on.isoformat(), **until},
    )
