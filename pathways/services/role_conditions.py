"""What a role asks for beside competencies: groups joined by "and" or "or", and conditions."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.errors import Conflict
from pathways.models import RequirementGroup, RoleCondition, RoleProfile
from pathways.services.role_writing import lock_to_ask, record_about_role

MOST_DEPTH = 3


@dataclass(frozen=True, slots=True)
class GroupParticulars:
    operator: str
    background: str
    is_essential: bool


@dataclass(frozen=True, slots=True)
class ConditionParticulars:
    """``level`` for a qualification, ``months`` for experience; see ``RoleCondition``."""

    kind: str
    title: str
    awarding_body: str = ""
    level: int | None = None
    months: int | None = None
    staff_group: str = ""
    in_management: bool = False


@transaction.atomic
def add_group(
    *,
    role: RoleProfile,
    parent: RequirementGroup | None,
    particulars: GroupParticulars,
    by: Actor,
    now: datetime,
) -> RequirementGroup:
    """Add a group at the end of ``parent``, or of the role.

    Refuses as ``lock_to_ask`` does, and ``not_of_this_role``, ``groups_too_deep``.
    """
    held = lock_to_ask(role, by=by, now=now)
    _refuse_parent(held, parent)
    beside = RequirementGroup.objects.filter(role_profile=held, parent=parent)
    group = RequirementGroup.objects.create(
        role_profile=held, parent=parent, position=_next(beside), **asdict(particulars)
    )
    facts = {"group": group.pk, **asdict(particulars)}
    record_about_role(held, verb="ask_for_condition", by=by, now=now, facts=facts)
    return group


@transaction.atomic
def change_group(
    *, group: RequirementGroup, particulars: GroupParticulars, by: Actor, now: datetime
) -> None:
    """Change how a group is joined and of whom it is asked; what it holds stays."""
    held = lock_to_ask(group.role_profile, by=by, now=now)
    changes = asdict(particulars)
    RequirementGroup.objects.filter(pk=group.pk, role_profile=held).update(**changes)
    facts = {"group": group.pk, **changes}
    record_about_role(held, verb="ask_for_condition", by=by, now=now, facts=facts)


@transaction.atomic
def add_condition(
    *, group: RequirementGroup, particulars: ConditionParticulars, by: Actor, now: datetime
) -> RoleCondition:
    """Add a condition at the end of ``group``."""
    held = lock_to_ask(group.role_profile, by=by, now=now)
    beside = RoleCondition.objects.filter(group=group)
    condition = RoleCondition.objects.create(
        group=group, position=_next(beside), **asdict(particulars)
    )
    facts = {"condition": condition.pk, **asdict(particulars)}
    record_about_role(held, verb="ask_for_condition", by=by, now=now, facts=facts)
    return condition


@transaction.atomic
def change_condition(
    *, condition: RoleCondition, particulars: ConditionParticulars, by: Actor, now: datetime
) -> None:
    """Say a condition anew; it keeps its place."""
    held = lock_to_ask(condition.group.role_profile, by=by, now=now)
    changes = asdict(particulars)
    RoleCondition.objects.filter(pk=condition.pk).update(**changes)
    facts = {"condition": condition.pk, **changes}
    record_about_role(held, verb="ask_for_condition", by=by, now=now, facts=facts)


@transaction.atomic
def remove_group(*, group: RequirementGroup, by: Actor, now: datetime) -> None:
    """Ask no more for the group and everything in it."""
    held = lock_to_ask(group.role_profile, by=by, now=now)
    _record_removal(held, {"group": group.pk}, by=by, now=now)
    group.delete()


@transaction.atomic
def remove_condition(*, condition: RoleCondition, by: Actor, now: datetime) -> None:
    """Ask no more for one condition."""
    held = lock_to_ask(condition.group.role_profile, by=by, now=now)
    _record_removal(held, {"condition": condition.pk}, by=by, now=now)
    condition.delete()


def _record_removal(role: RoleProfile, facts: dict[str, Any], *, by: Actor, now: datetime) -> None:
    record_about_role(role, verb="remove_condition", by=by, now=now, facts=facts)


def _refuse_parent(role: RoleProfile, parent: RequirementGroup | None) -> None:
    if parent is not None and parent.role_profile_id != role.pk:
        raise Conflict(_("This group belongs to another role."), code="not_of_this_role")
    above, depth = parent, 1
    while above is not None:
        above, depth = above.parent, depth + 1
    if depth > MOST_DEPTH:
        raise Conflict(
            _("Groups may lie three deep and no deeper. Add a group further up."),
            code="groups_too_deep",
        )


def _next(rows: models.QuerySet[Any]) -> int:
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1
