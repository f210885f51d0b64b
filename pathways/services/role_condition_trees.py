"""Saying at once all that a role asks for beside levels, as the programs that write it do."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from pathways.models import RequirementGroup, RoleCondition, RoleProfile
from pathways.selectors.conditions import condition_groups
from pathways.selectors.role_page import GroupInside, nested
from pathways.services.role_conditions import ConditionParticulars, GroupParticulars
from pathways.services.role_writing import lock_to_ask, record_about_role


@dataclass(frozen=True, slots=True)
class GroupTree:
    """A group with its conditions and the groups in it, in order; three deep at most."""

    particulars: GroupParticulars
    conditions: tuple[ConditionParticulars, ...] = ()
    groups: "tuple[GroupTree, ...]" = ()


@transaction.atomic
def say_conditions(
    *, role: RoleProfile, groups: tuple[GroupTree, ...], by: Actor, now: datetime
) -> bool:
    """Let ``role`` ask for ``groups`` and nothing else; False where it did so already.

    The caller has seen to it that each condition says what its kind needs, and that groups lie no
    deeper than ``role_conditions.MOST_DEPTH``. Refuses as ``lock_to_ask`` does.
    """
    held = lock_to_ask(role, by=by, now=now)
    before = tuple(_as_tree(one) for one in nested(condition_groups(role=held)))
    if before == groups:
        return False
    RequirementGroup.objects.filter(role_profile=held).delete()
    _write(held, groups, parent=None)
    facts = {"groups": [asdict(group) for group in groups]}
    record_about_role(held, verb="say_conditions", by=by, now=now, facts=facts)
    return True


def _as_tree(inside: GroupInside) -> GroupTree:
    group = inside.group
    return GroupTree(
        GroupParticulars(group.operator, group.background, group.is_essential),
        tuple(_particulars(condition) for condition in group.conditions.all()),
        tuple(_as_tree(inner) for inner in inside.groups),
    )


def _particulars(condition: RoleCondition) -> ConditionParticulars:
    return ConditionParticulars(
        kind=condition.kind,
        title=condition.title,
        awarding_body=condition.awarding_body,
        level=condition.level,
        months=condition.months,
        staff_group=condition.staff_group,
        in_management=condition.in_management,
    )


def _write(
    role: RoleProfile, groups: Iterable[GroupTree], *, parent: RequirementGroup | None
) -> None:
    for position, tree in enumerate(groups, start=1):
        group = RequirementGroup.objects.create(
            role_profile=role, parent=parent, position=position, **asdict(tree.particulars)
        )
        RoleCondition.objects.bulk_create(
            RoleCondition(group=group, position=place, **asdict(condition))
            for place, condition in enumerate(tree.conditions, start=1)
        )
        _write(role, tree.groups, parent=group)
