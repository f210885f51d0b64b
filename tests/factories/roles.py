"""Role profiles as they are written: authors, conditions, families and crosswalk rules."""

from accounts.models import Organisation, Person
from pathways.models import (
    Collaborator,
    Competency,
    Crosswalk,
    CrosswalkLevel,
    Part,
    RequirementGroup,
    RoleCondition,
    RoleProfile,
)
from tests.factories.accounts import employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import role_asking


def author_of(organisation: Organisation) -> Person:
    return grant(employ(organisation=organisation), "FRAMEWORK_AUTHOR", organisation)


def writes_framework(role: RoleProfile, person: Person) -> Person:
    """Make ``person`` an author of the framework that ``role`` is measured by."""
    framework = role.version.framework
    Collaborator.objects.create(
        framework=framework, person=person, part=Part.AUTHOR, starts_on=TODAY
    )
    return person


def draft_asking(*ranks: int, **fields: object) -> RoleProfile:
    return role_asking(*ranks, is_published=False, **fields)


def group_of(role: RoleProfile, operator: str = "ALL", **fields: object) -> RequirementGroup:
    position = RequirementGroup.objects.filter(role_profile=role).count() + 1
    return RequirementGroup.objects.create(
        role_profile=role, operator=operator, position=position, **fields
    )


def condition_in(group: RequirementGroup, **fields: object) -> RoleCondition:
    given = {"kind": "QUALIFICATION", "title": "A degree", **fields}
    return RoleCondition.objects.create(group=group, position=group.conditions.count() + 1, **given)


def confirmed_rule(
    before: Competency, after: Competency, levels: dict[int, int], *, by: Person, kind: str = "SAME"
) -> Crosswalk:
    rule = Crosswalk.objects.create(
        before=before,
        after=after,
        kind=kind,
        reason="Worded anew",
        confirmed_at=NOW,
        confirmed_by=by,
    )
    CrosswalkLevel.objects.bulk_create(
        CrosswalkLevel(crosswalk=rule, rank=rank, becomes=becomes)
        for rank, becomes in levels.items()
    )
    return rule
