"""What an author of role profiles may write, and what they choose from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Organisation, Role
from accounts.models.dated import in_force
from accounts.standing import standing
from pathways.models import (
    Competency,
    Domain,
    FrameworkVersion,
    Level,
    Part,
    PathwayStep,
    Requirement,
    RequirementGroup,
    RoleCondition,
    RoleProfile,
    VersionState,
)
from pathways.models.roles import RoleProfileQuerySet, writes_roles_for


def written_roles(*, actor: Actor, on: date, words: str = "") -> RoleProfileQuerySet:
    """Profiles ``actor`` writes that hold every one of ``words``: drafts first, then by title."""
    found = RoleProfile.objects.written_by(actor, on=on)
    for word in words.split():
        found = found.filter(title__icontains=word)
    return (
        found.select_related("owner", "version__framework", "parent", "replaces")
        .annotate(requirement_count=Count("requirements"))
        .order_by(F("withdrawn_on").desc(nulls_first=True), "is_published", "title", "pk")
    )


def writes_roles(*, actor: Actor, on: date) -> bool:
    """Whether ``actor`` may begin a profile anywhere."""
    return bool(owners_of_new(actor=actor, on=on)) or bool(national_frameworks(actor=actor, on=on))


def owners_of_new(*, actor: Actor, on: date) -> list[Organisation]:
    """Organisations for which ``actor`` was made a framework author; a program's own."""
    if actor.actor_kind != "person":
        own = writes_roles_for(actor)
        return list(Organisation.objects.filter(pk=own)) if own else []
    granted = standing(actor, on=on).granted.get(Role.FRAMEWORK_AUTHOR, frozenset())
    return list(Organisation.objects.filter(pk__in=granted).order_by("name", "pk"))


def national_frameworks(*, actor: Actor, on: date) -> set[int]:
    """Ids of the frameworks whose author ``actor`` is, so that national roles can be written."""
    if actor.actor_kind != "person":
        return set()
    frameworks = FrameworkVersion.objects.filter(
        in_force(on, prefix="framework__collaborators__"),
        framework__collaborators__person_id=actor.pk,
        framework__collaborators__part=Part.AUTHOR,
    )
    return set(frameworks.values_list("framework_id", flat=True))


def editions_to_measure_by(*, actor: Actor, on: date) -> list[FrameworkVersion]:
    """Editions in use that ``actor`` may see."""
    seen = FrameworkVersion.objects.visible_to(actor, on=on).filter(state=VersionState.PUBLISHED)
    return list(seen.select_related("framework").order_by("framework__title", "label", "pk"))


def written_groups(*, actor: Actor, on: date) -> QuerySet[RequirementGroup]:
    roles = RoleProfile.objects.written_by(actor, on=on)
    return RequirementGroup.objects.filter(role_profile__in=roles).select_related(
        "role_profile__version", "parent"
    )


def written_conditions(*, actor: Actor, on: date) -> QuerySet[RoleCondition]:
    roles = RoleProfile.objects.written_by(actor, on=on)
    return RoleCondition.objects.filter(group__role_profile__in=roles).select_related(
        "group__role_profile__version"
    )


def written_steps(*, actor: Actor, on: date) -> QuerySet[PathwayStep]:
    roles = RoleProfile.objects.written_by(actor, on=on)
    return PathwayStep.objects.filter(from_role__in=roles).select_related(
        "from_role__version", "to_role"
    )


def families_for(*, role: RoleProfile) -> list[RoleProfile]:
    """Families from which ``role`` may take levels: of its edition, national or of its owner."""
    found = RoleProfile.objects.filter(
        is_family=True, withdrawn_on__isnull=True, version=role.version_id
    )
    return [
        family
        for family in found.order_by("title", "pk")
        if family.owner_id in {None, role.owner_id}
    ]


def replacements_for(*, role: RoleProfile, actor: Actor, on: date) -> RoleProfileQuerySet:
    """Roles in use that may take the place of ``role``: national ones and those of its owner."""
    seen = RoleProfile.objects.visible_to(actor, on=on).exclude(pk=role.pk)
    allowed = Q(owner__isnull=True) | Q(owner=role.owner_id)
    return seen.filter(allowed).order_by("title", "pk")


@dataclass(frozen=True, slots=True)
class AskedOf:
    """One competency with its scale and what the role asks for, if anything."""

    competency: Competency
    levels: tuple[Level, ...]
    requirement: Requirement | None

    @property
    def from_family(self) -> Requirement | None:
        return self.requirement.inherited_from if self.requirement else None

    def label_of(self, rank: int) -> str:
        return next((level.label for level in self.levels if level.rank == rank), str(rank))


def asked_in_domain(*, role: RoleProfile, domain: Domain) -> list[AskedOf]:
    """The competencies of ``domain`` in order, each beside what ``role`` asks for; three
    statements."""
    competencies = list(
        Competency.objects.filter(domain=domain, is_assessable=True)
        .annotate(measured_by=Coalesce(F("scale_id"), F("version__scale_id")))
        .order_by("position", "pk")
    )
    rows = {
        row.competency_id: row
        for row in Requirement.objects.filter(role_profile=role).select_related("inherited_from")
    }
    scales = _scales({row.measured_by for row in competencies})
    return [AskedOf(row, scales[row.measured_by], rows.get(row.pk)) for row in competencies]


def _scales(ids: Iterable[int]) -> dict[int, tuple[Level, ...]]:
    found: dict[int, list[Level]] = {pk: [] for pk in ids}
    ranked = Level.objects.filter(scale__in=found, rank__isnull=False).order_by("rank")
    for level in ranked:
        found[level.scale_id].append(level)
    return {pk: tuple(levels) for pk, levels in found.items()}


def domains_to_ask(*, role: RoleProfile) -> list[Domain]:
    """The domains of the role's edition in order, each with what the role asks for in it."""
    scale = Coalesce(OuterRef("competency__scale_id"), OuterRef("role_profile__version__scale_id"))
    words = Level.objects.filter(scale=scale)
    own = words.filter(rank=OuterRef("rank")).values("label")[:1]
    of_family = words.filter(rank=OuterRef("inherited_from__rank")).values("label")[:1]
    asked = (
        Requirement.objects.filter(role_profile=role)
        .select_related("inherited_from")
        .annotate(level_label=Subquery(own), family_label=Subquery(of_family))
        .order_by("pk")
    )
    return list(
        Domain.objects.filter(version=role.version_id)
        .prefetch_related(
            Prefetch(
                "competencies",
                queryset=Competency.objects.filter(is_assessable=True)
                .order_by("position", "pk")
                .prefetch_related(Prefetch("requirements", queryset=asked, to_attr="asked")),
            )
        )
        .order_by("position")
    )
