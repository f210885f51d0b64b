"""Role profiles as they are searched and read, and the steps between them."""

from datetime import date

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from pathways.models import Level, PathwayStep, Requirement, RoleProfile
from pathways.models.roles import RoleProfileQuerySet


def role_profiles(
    *,
    actor: Actor,
    on: date,
    words: str = "",
    band: str = "",
    family: str = "",
    staff_group: str = "",
    replaces: int | None = None,
) -> RoleProfileQuerySet:
    """Role profiles ``actor`` may see that hold every one of ``words``, by stage and title.

    ``staff_group``: open to it, as roles that name no staff group are to everybody.
    """
    found = RoleProfile.objects.visible_to(actor, on=on)
    for word in words.split():
        found = found.filter(
            Q(title__icontains=word) | Q(summary__icontains=word) | Q(family__icontains=word)
        )
    if staff_group:
        found = found.filter(Q(staff_groups__contains=[staff_group]) | Q(staff_groups=[]))
    if band:
        found = found.filter(band=band)
    if family:
        found = found.filter(family=family)
    if replaces:
        found = found.filter(replaces=replaces)
    return found.annotate(requirement_count=Count("requirements")).order_by("stage", "title", "pk")


def with_requirements(*, roles: RoleProfileQuerySet) -> RoleProfileQuerySet:
    """``roles`` with what each asks for, in the order of the framework, and its words."""
    scale = Coalesce(OuterRef("competency__scale_id"), OuterRef("role_profile__version__scale_id"))
    words = Level.objects.filter(scale=scale, rank=OuterRef("rank"))
    asked = (
        Requirement.objects.select_related("competency__domain", "inherited_from")
        .annotate(level_label=Subquery(words.values("label")[:1]))
        .order_by("competency__domain__position", "competency__position", "pk")
    )
    return roles.select_related("version__framework").prefetch_related(
        Prefetch("requirements", queryset=asked)
    )


def steps_on(*, role: RoleProfile, actor: Actor, on: date) -> list[PathwayStep]:
    """The steps that lead on from ``role`` to roles ``actor`` may see."""
    seen = RoleProfile.objects.visible_to(actor, on=on)
    steps = PathwayStep.objects.filter(from_role=role, to_role__in=seen)
    return list(steps.select_related("to_role").order_by("to_role__stage", "to_role__title", "pk"))


def steps_in(*, role: RoleProfile, actor: Actor, on: date) -> list[PathwayStep]:
    """The steps that lead to ``role`` from roles ``actor`` may see."""
    seen = RoleProfile.objects.visible_to(actor, on=on)
    steps = PathwayStep.objects.filter(to_role=role, from_role__in=seen)
    return list(
        steps.select_related("from_role").order_by("from_role__stage", "from_role__title", "pk")
    )


def steps_between(
    *, actor: Actor, on: date, role: int | None = None, kind: str = ""
) -> QuerySet[PathwayStep]:
    """Every step between two roles ``actor`` may see; of one ``role`` those to it and from it."""
    seen = RoleProfile.objects.visible_to(actor, on=on).values("pk")
    steps = PathwayStep.objects.filter(from_role__in=seen, to_role__in=seen).order_by("pk")
    if role is not None:
        steps = steps.filter(Q(from_role=role) | Q(to_role=role))
    return steps.filter(kind=kind) if kind else steps
