"""Frameworks as they are read: the editions one may see, and one edition as a tree."""

from datetime import date

from django.db.models import Count, Prefetch

from accounts.actors import Actor
from accounts.models import Person
from pathways.models import (
    Competency,
    Domain,
    FrameworkVersion,
    Indicator,
    Level,
    LevelDescriptor,
    VersionState,
)
from pathways.models.frameworks import FrameworkVersionQuerySet, owned_or_national
from pathways.selectors.roles import target_role


def framework_versions(*, actor: Actor, on: date) -> FrameworkVersionQuerySet:
    """The editions ``actor`` may see, by title and the newest edition first."""
    return (
        FrameworkVersion.objects.visible_to(actor, on=on)
        .select_related("framework", "scale")
        .annotate(
            domain_count=Count("domains", distinct=True),
            competency_count=Count("domains__competencies", distinct=True),
        )
        .order_by("framework__title", "-valid_from", "-pk")
    )


def framework_tree(*, version: FrameworkVersion) -> list[Domain]:
    """The domains of ``version`` with everything below them; four statements at any size."""
    descriptors = LevelDescriptor.objects.select_related("level").order_by("level__rank", "pk")
    competencies = Competency.objects.order_by("position").prefetch_related(
        Prefetch("descriptors", queryset=descriptors),
        Prefetch("descriptors__indicators", queryset=Indicator.objects.order_by("position")),
    )
    return list(
        version.domains.order_by("position").prefetch_related(
            Prefetch("competencies", queryset=competencies)
        )
    )


def levels_of(*, version: FrameworkVersion) -> list[Level]:
    """The levels of the edition's scale from the lowest up; those without a rank come last."""
    return list(Level.objects.filter(scale_id=version.scale_id).order_by("rank", "pk"))


def version_to_assess(*, person: Person, on: date) -> FrameworkVersion | None:
    """The edition ``person`` is measured by: that of their target role, else the newest in use.

    That is a national one or one of their own organisations: whoever writes or reviews a framework
    of another trust is not measured by it.
    """
    role = target_role(person_id=person.pk, on=on)
    if role is not None:
        return role.version
    return (
        FrameworkVersion.objects.filter(
            owned_or_national(person, on=on, field="framework__owner_id"),
            state=VersionState.PUBLISHED,
            valid_from__lte=on,
        )
        .select_related("scale")
        .order_by("-valid_from", "-pk")
        .first()
    )
