"""What every change of a role profile begins and ends with: lock, policy, state; the event."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models.dated import in_force
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from pathways.models import Collaborator, FrameworkVersion, Part, RoleProfile
from pathways.models.roles import writes_roles_for
from pathways.policies.role_profiles import may_write_role_profile


def refuse_unless_may_write(
    *, owner_id: int | None, version: FrameworkVersion, by: Actor, on: date
) -> None:
    """Raise ``may_not_write_role`` unless ``by`` writes profiles of this owner and framework."""
    roles = roles_at(by, owner_id, on=on) if owner_id else frozenset()
    if by.actor_kind == "client" and writes_roles_for(by) != owner_id:
        roles = frozenset()
    writes = by.actor_kind == "person" and (
        Collaborator.objects.filter(
            in_force(on), person_id=by.pk, part=Part.AUTHOR, framework=version.framework_id
        ).exists()
    )
    if not may_write_role_profile(roles, is_national=owner_id is None, writes_framework=writes):
        raise Forbidden(
            _("Only the framework authors of the organisation that owns it can change this."),
            code="may_not_write_role",
        )


def lock_together(*ids: int | None) -> dict[int, RoleProfile]:
    """Lock profiles that change together, always in one order, so that no two changes wait for
    each other; what is asked of them is asked afterwards."""
    rows = RoleProfile.objects.select_for_update(of=("self",)).order_by("pk")
    return {row.pk: row for row in rows.filter(pk__in=[pk for pk in ids if pk])}


def lock_to_write(role: RoleProfile, *, by: Actor, now: datetime) -> RoleProfile:
    """Return the row of ``role``, locked, that ``by`` may change and that is not withdrawn."""
    rows = RoleProfile.objects.select_for_update(of=("self",)).select_related("version", "parent")
    held = rows.get(pk=role.pk)
    refuse_unless_may_write(
        owner_id=held.owner_id, version=held.version, by=by, on=london_date(now)
    )
    if held.withdrawn_on:
        raise Conflict(
            _("This role profile is no longer in use, and stays as it was."), code="role_withdrawn"
        )
    return held


def lock_to_ask(role: RoleProfile, *, by: Actor, now: datetime) -> RoleProfile:
    """The same, of one whose demands may still change: people are measured by one in use."""
    held = lock_to_write(role, by=by, now=now)
    if held.is_published and not held.is_family:
        raise Conflict(
            _("People are measured by this role profile. Write its successor to ask for more."),
            code="role_in_use",
        )
    return held


def record_about_role(
    role: RoleProfile,
    *,
    verb: str,
    by: Actor,
    now: datetime,
    facts: Mapping[str, Any],
    about: models.Model | None = None,
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=about or role,
        rule="may_write_role_profile",
        organisation_id=role.owner_id,
        facts=facts,
    )
