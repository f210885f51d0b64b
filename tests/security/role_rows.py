"""Role profiles as their authors write them, and a qualification, for a house and for a town."""

from datetime import timedelta

from django.db.models import Model

from accounts.models import Organisation, Person
from pathways.models import PastPostRole, Requirement, RoleProfile
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    PathwayStepFactory,
    RequirementFactory,
    RoleProfileFactory,
    competencies_of,
)
from tests.factories.roles import condition_in, group_of
from tests.factories.showing import QualificationFactory


def role_rows(organisation: Organisation, role: RoleProfile, word: str) -> dict[str, Model]:
    """A draft that takes a level from a family, asks for a degree and leads on to ``role``; and
    where that leads on, which asks for a diploma."""
    shared = {"owner": organisation, "version": role.version}
    competency = competencies_of(role)[0]
    family = RoleProfileFactory(
        **shared, title=f"Family {word}", is_family=True, is_published=False
    )
    source = Requirement.objects.create(role_profile=family, competency=competency, rank=2)
    draft = RoleProfileFactory(**shared, title=f"Draft {word}", is_published=False, parent=family)
    RequirementFactory(
        role_profile=draft, competency=competency, inherited_from=source, is_override=True
    )
    group = group_of(draft, "ANY")
    following = RoleProfileFactory(**shared, title=f"Next role {word}")
    condition_in(group_of(role), level=5, title=f"Diploma {word}")
    PathwayStepFactory(from_role=draft, to_role=role)
    return {
        "family": family,
        "role_draft": draft,
        "role_competency": competency,
        "condition_group": group,
        "role_condition": condition_in(group, level=6, title=f"Degree {word}"),
        "next_role": following,
        "step": PathwayStepFactory(from_role=role, to_role=following, note=f"Note {word}"),
    }


def past_role(person: Person, role: RoleProfile) -> PastPostRole:
    """Until last year the person's post followed ``role``."""
    post = person.assignments.order_by("pk")[0].post
    until = TODAY - timedelta(days=400)
    return PastPostRole.objects.create(post=post, role_profile=role, until=until)


def qualified(person: Person, title: str) -> dict[str, Model]:
    return {"qualification": QualificationFactory(person=person, title=title)}
