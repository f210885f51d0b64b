"""Resources as they are searched, and as signposts to close a gap."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from accounts.models import Organisation, Role
from accounts.visibility import standing
from pathways.models import (
    Competency,
    FrameworkVersion,
    Level,
    Resource,
    ResourceLevel,
    VersionState,
)
from pathways.models.signposts import ResourceQuerySet
from pathways.selectors.gap import GapRow
from pathways.selectors.signposts import Asked, Reason, Signpost, SignpostKind

MINUTES_OF_A_BREAK = 60
POINTS_REACHES, POINTS_NEARER, POINTS_OWN, POINTS_SHORT = 30, 20, 10, 10


def resources(*, actor: Actor, on: date, words: str = "", kind: str = "") -> ResourceQuerySet:
    """Resources ``actor`` may see that hold every one of ``words``, by title."""
    found = Resource.objects.visible_to(actor, on=on)
    for word in words.split():
        found = found.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    if kind:
        found = found.filter(kind=kind)
    levels = ResourceLevel.objects.select_related("competency").order_by("competency_id")
    with_levels = found.select_related("owner").prefetch_related(
        Prefetch("levels", queryset=levels)
    )
    return with_levels.order_by("title", "pk")


def organisations_kept(*, actor: Actor, on: date) -> QuerySet[Organisation]:
    """The organisations whose resources ``actor`` keeps, as a learning lead, by name."""
    kept = standing(actor, on=on).covered_by(Role.LEARNING_LEAD)
    return Organisation.objects.filter(kept.within("pk")).order_by("name", "pk")


def competencies_to_help_with(*, actor: Actor, on: date) -> QuerySet[Competency]:
    """What a resource or a coach can help with: what editions in use ask about."""
    versions = FrameworkVersion.objects.visible_to(actor, on=on).filter(
        state=VersionState.PUBLISHED
    )
    found = Competency.objects.filter(version__in=versions, is_assessable=True)
    return found.select_related("version__framework").order_by(
        "version__framework__title", "version_id", "domain__position", "position", "pk"
    )


@dataclass(frozen=True, slots=True)
class HelpsWith:
    """A competency that a resource helps with, up to ``rank``, and the ``levels`` of its scale."""

    competency: Competency
    rank: int
    levels: tuple[Level, ...]


def what_it_helps_with(*, resource: Resource, actor: Actor, on: date) -> tuple[HelpsWith, ...]:
    """What ``resource`` helps with of what ``actor`` may choose, in the order of the frameworks."""
    ranks = dict(resource.levels.values_list("competency_id", "rank"))
    chosen = list(competencies_to_help_with(actor=actor, on=on).filter(pk__in=ranks))
    scales: dict[int, list[Level]] = {one.scale_id or one.version.scale_id: [] for one in chosen}
    for level in Level.objects.filter(scale__in=scales, rank__isnull=False).order_by("rank"):
        scales[level.scale_id].append(level)
    return tuple(
        HelpsWith(one, ranks[one.pk], tuple(scales[one.scale_id or one.version.scale_id]))
        for one in chosen
    )


def resource_signposts(asked: Asked) -> Iterator[Signpost]:
    """Resources that lead beyond what is held in each row; one statement for all of them."""
    levels = ResourceLevel.objects.filter(
        competency_id__in=list(asked.rows),
        resource__in=Resource.objects.visible_to(asked.actor, on=asked.on),
    ).select_related("resource")
    own = standing(asked.person, on=asked.on).organisation_ids
    for level in levels.order_by("pk"):
        row = asked.rows[level.competency_id]
        if level.rank > (row.held or 0):
            yield Signpost(
                kind=SignpostKind.RESOURCE,
                key=f"resource-{level.resource_id}",
                competency_id=row.competency_id,
                title=level.resource.title,
                href=level.resource.url or reverse("pathways:resource_list"),
                note=str(level.resource.get_kind_display()),
                reasons=tuple(_reasons(level, row, own)),
            )


def _reasons(level: ResourceLevel, row: GapRow, own: frozenset[int]) -> Iterator[Reason]:
    resource = level.resource
    if level.rank >= row.required:
        yield Reason(_("Helps up to the level asked for"), POINTS_REACHES)
    else:
        yield Reason(_("Helps to a level that is nearer"), POINTS_NEARER)
    if resource.owner_id in own:
        yield Reason(_("Made where you work"), POINTS_OWN)
    if resource.minutes and resource.minutes <= MINUTES_OF_A_BREAK:
        words = ngettext("Takes %(n)d minute", "Takes %(n)d minutes", resource.minutes)
        yield Reason(words % {"n": resource.minutes}, POINTS_SHORT)
