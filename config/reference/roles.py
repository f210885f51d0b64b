"""National role profiles with what they ask for, their families, and the steps between them."""

from typing import Any

from django.contrib.postgres.aggregates import BoolAnd
from django.db.models import Min

from config.reference.files import read_csv, read_toml
from pathways.models import (
    Competency,
    FrameworkVersion,
    PathwayStep,
    Requirement,
    RequirementGroup,
    RoleCondition,
    RoleProfile,
    StepKind,
)
from pathways.services.family_levels import take_from_family

_ESSENTIAL = "!"


def load_roles(version: FrameworkVersion) -> int:
    """Add the role profiles that are missing, with what they require; return how many."""
    source = read_toml("roles.toml")
    known = set(RoleProfile.objects.values_list("code", flat=True))
    added = RoleProfile.objects.bulk_create(
        RoleProfile(version=version, **fields)
        for fields in source["roles"]
        if fields["code"] not in known
    )
    _require(added, version)
    _join(source["steps"])
    _ask_beside_levels(source["groups"], added)
    _gather_families(source["families"], version)
    return len(source["roles"])


def _require(roles: list[RoleProfile], version: FrameworkVersion) -> None:
    competencies = dict(
        Competency.objects.filter(domain__version=version).values_list("code", "pk")
    )
    Requirement.objects.bulk_create(
        Requirement(
            role_profile=role,
            competency_id=competencies[row["competency"]],
            rank=int(row[role.code].removesuffix(_ESSENTIAL)),
            is_essential=row[role.code].endswith(_ESSENTIAL),
        )
        for role in roles
        for row in read_csv("requirements.csv")
    )


def _join(steps: list[dict[str, Any]]) -> None:
    roles = dict(RoleProfile.objects.values_list("code", "pk"))
    known = set(PathwayStep.objects.values_list("from_role_id", "to_role_id"))
    wanted = []
    for step in steps:
        from_role, to_role = (roles[code] for code in step["between"])
        if (from_role, to_role) not in known:
            wanted.append(
                PathwayStep(
                    from_role_id=from_role,
                    to_role_id=to_role,
                    usual_months=step.get("usual_months"),
                    kind=step.get("kind", StepKind.PROMOTION),
                    adds=step.get("adds", ""),
                    note=step.get("note", ""),
                )
            )
    PathwayStep.objects.bulk_create(wanted)


def _ask_beside_levels(groups: list[dict[str, Any]], added: list[RoleProfile]) -> None:
    roles = {role.code: role for role in added}
    for position, group in enumerate(groups, start=1):
        if group["role"] in roles:
            _write_group(group, roles[group["role"]], position=position, parent=None)


def _write_group(
    source: dict[str, Any], role: RoleProfile, *, position: int, parent: RequirementGroup | None
) -> None:
    group = RequirementGroup.objects.create(
        role_profile=role,
        parent=parent,
        operator=source["operator"],
        background=source["background"],
        is_essential=source.get("is_essential", True),
        position=position,
    )
    RoleCondition.objects.bulk_create(
        RoleCondition(group=group, position=place, **fields)
        for place, fields in enumerate(source["conditions"], start=1)
    )
    for place, inner in enumerate(source.get("groups", ()), start=1):
        _write_group(inner, role, position=place, parent=group)


def _gather_families(families: list[dict[str, Any]], version: FrameworkVersion) -> None:
    """A family asks for what all its members ask for: of each level the lowest, and essential
    where it is for every one of them."""
    for source in families:
        codes = source.pop("members")
        members = list(RoleProfile.objects.filter(code__in=codes, version=version, parent=None))
        if not members or RoleProfile.objects.filter(code=source["code"]).exists():
            continue
        family = RoleProfile.objects.create(
            version=version,
            is_family=True,
            is_published=False,
            stage=min(member.stage for member in members),
            **source,
        )
        asked = Requirement.objects.filter(role_profile__in=members).values("competency_id")
        Requirement.objects.bulk_create(
            Requirement(role_profile=family, **row)
            for row in asked.annotate(
                rank=Min("rank"), is_essential=BoolAnd("is_essential")
            ).order_by("competency_id")
        )
        RoleProfile.objects.filter(pk__in=[member.pk for member in members]).update(parent=family)
        take_from_family(family, members)
