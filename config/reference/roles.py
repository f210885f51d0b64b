"""National role profiles, the levels they ask for, and the steps between them."""

from typing import Any

from config.reference.files import read_csv, read_toml
from pathways.models import Competency, FrameworkVersion, PathwayStep, Requirement, RoleProfile

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
                    usual_months=step["usual_months"],
                    note=step.get("note", ""),
                )
            )
    PathwayStep.objects.bulk_create(wanted)
