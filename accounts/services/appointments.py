"""Giving a person a role for an organisation, from a day on."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, Person, Role, RoleGrant
from accounts.policies import may_appoint
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden


@transaction.atomic
def appoint(
    *, person: Person, role: Role, organisation: Organisation, by: Actor, now: datetime
) -> RoleGrant:
    """Give ``person`` ``role`` for ``organisation`` and those below it, from today on."""
    today = london_date(now)
    Person.objects.select_for_update().get(pk=person.pk)
    if not may_appoint(roles_at(by, organisation.pk, on=today)):
        raise Forbidden(
            _("Only the organisation's administrators may give roles."), code="may_not_appoint"
        )
    held = RoleGrant.objects.on(today).filter(person=person, role=role, organisation=organisation)
    if held.exists():
        raise Conflict(
            _("%(person)s holds this role already.") % {"person": person.full_name},
            code="already_appointed",
        )
    grant = RoleGrant.objects.create(
        person=person, role=role, organisation=organisation, starts_on=today
    )
    record(
        by=by,
        now=now,
        verb="appoint",
        about=grant,
        organisation_id=organisation.pk,
        subject_id=person.pk,
        rule="may_appoint",
        facts={"role": role, "from": today.isoformat()},
    )
    return grant
