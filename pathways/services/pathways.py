"""The steps between roles: adding one, changing what it says, taking it away."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.errors import Conflict
from pathways.models import PathwayStep, RoleProfile
from pathways.services.role_writing import lock_to_write, record_about_role


@dataclass(frozen=True, slots=True)
class StepParticulars:
    kind: str
    usual_months: int | None
    adds: str = ""
    note: str = ""


@transaction.atomic
def add_step(
    *,
    from_role: RoleProfile,
    to_role: RoleProfile,
    particulars: StepParticulars,
    by: Actor,
    now: datetime,
) -> PathwayStep:
    """Say that people go from one role to another. The owner of the role it leads from says it.

    Ways in a circle are allowed, because people move sideways and back; a step to the role itself
    is not.

    Refuses: ``may_not_write_role``, ``role_withdrawn``, ``step_leads_nowhere``, ``step_is_there``.
    """
    held = lock_to_write(from_role, by=by, now=now)
    _refuse_to_join(held, to_role)
    step, is_new = PathwayStep.objects.get_or_create(
        from_role=held, to_role=to_role, defaults=asdict(particulars)
    )
    if not is_new:
        raise Conflict(
            _("There is a step to %(role)s already. Change that one.") % {"role": to_role.title},
            code="step_is_there",
        )
    facts = {"to": to_role.pk, "kind": particulars.kind, "months": particulars.usual_months}
    record_about_role(held, verb="add_step", by=by, now=now, facts=facts)
    return step


@transaction.atomic
def change_step(
    *, step: PathwayStep, particulars: StepParticulars, by: Actor, now: datetime
) -> None:
    """Change what a step says; it leads where it led."""
    held = lock_to_write(step.from_role, by=by, now=now)
    changes = asdict(particulars)
    if all(getattr(step, name) == value for name, value in changes.items()):
        return
    PathwayStep.objects.filter(pk=step.pk).update(**changes)
    facts = {"to": step.to_role_id, "kind": particulars.kind, "months": particulars.usual_months}
    record_about_role(held, verb="change_step", by=by, now=now, facts=facts)


@transaction.atomic
def remove_step(*, step: PathwayStep, by: Actor, now: datetime) -> None:
    """Take a step off the map."""
    held = lock_to_write(step.from_role, by=by, now=now)
    facts = {"to": step.to_role_id}
    record_about_role(held, verb="remove_step", by=by, now=now, facts=facts)
    step.delete()


def _refuse_to_join(from_role: RoleProfile, to_role: RoleProfile) -> None:
    is_place = not (to_role.is_family or from_role.is_family) and to_role.withdrawn_on is None
    if to_role.pk == from_role.pk or not is_place:
        raise Conflict(
            _("A step leads to another role that is not withdrawn and is no family."),
            code="step_leads_nowhere",
        )
