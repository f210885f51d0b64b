"""A role profile as its author sees it: what it asks for, where it stands, what can be done."""

from dataclasses import dataclass

from pathways.models import Domain, PathwayStep, Requirement, RequirementGroup, RoleProfile
from pathways.selectors.conditions import condition_groups
from pathways.selectors.role_successors import is_behind, left_behind, members_behind
from pathways.selectors.role_writing import domains_to_ask


@dataclass(frozen=True, slots=True)
class GroupInside:
    """A group of conditions with the groups in it, in order."""

    group: RequirementGroup
    groups: "tuple[GroupInside, ...]"


@dataclass(frozen=True, slots=True)
class RolePage:
    domains: tuple[Domain, ...]
    groups: tuple[GroupInside, ...]
    steps: tuple[PathwayStep, ...]
    members: tuple[RoleProfile, ...]
    left_behind: tuple[Requirement, ...]
    successor: RoleProfile | None
    behind: tuple[RoleProfile, ...]
    is_behind: bool
    may_ask: bool


def role_to_write(*, role: RoleProfile) -> RolePage:
    """Everything about one profile; statements do not grow with what it asks for."""
    steps = PathwayStep.objects.filter(from_role=role).select_related("to_role")
    members = RoleProfile.objects.filter(parent=role, withdrawn_on__isnull=True)
    return RolePage(
        domains=tuple(domains_to_ask(role=role)),
        groups=nested(condition_groups(role=role)),
        steps=tuple(steps.order_by("to_role__stage", "to_role__title", "pk")),
        members=tuple(members.order_by("title", "pk")) if role.is_family else (),
        left_behind=tuple(left_behind(draft=role)),
        successor=RoleProfile.objects.filter(replaces=role).first(),
        may_ask=role.withdrawn_on is None and (role.is_family or not role.is_published),
        behind=tuple(members_behind(family=role)) if role.is_family else (),
        is_behind=is_behind(role=role),
    )


def nested(groups: list[RequirementGroup]) -> tuple[GroupInside, ...]:
    inside: dict[int | None, list[RequirementGroup]] = {}
    for group in groups:
        inside.setdefault(group.parent_id, []).append(group)

    def below(parent_id: int | None) -> tuple[GroupInside, ...]:
        return tuple(GroupInside(one, below(one.pk)) for one in inside.get(parent_id, ()))

    return below(None)
