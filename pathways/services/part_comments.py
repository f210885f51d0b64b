"""What was said about a part outlives it: the comment says which part it was, until it is back."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import CharField, F, Model, OuterRef, Subquery, Value
from django.db.models.functions import Concat

from pathways.models import Comment, Competency, Domain, FrameworkVersion

_PARTS: tuple[tuple[str, type[Domain | Competency]], ...] = (
    ("domain", Domain),
    ("competency", Competency),
)


def set_comments_aside(*, domains: Collection[int], competencies: Collection[int]) -> None:
    """Let go of parts that are about to be taken out, by their ids."""
    for (name, model), gone in zip(_PARTS, (domains, competencies), strict=True):
        if not gone:
            continue
        parts = model.objects.filter(pk=OuterRef(f"{name}_id"))
        called = Concat(F("code"), Value(" "), F("title"), output_field=CharField())
        Comment.objects.filter(**{f"{name}__in": gone}).update(
            part_lineage=Subquery(parts.values("lineage")[:1]),
            part_name=Subquery(parts.annotate(called=called).values("called")[:1]),
            **{name: None},
        )


def bring_comments_back(version: FrameworkVersion, *, added: Collection[Model]) -> None:
    """Let comments be about parts again that came back under their lineage."""
    aside = Comment.objects.filter(version=version, part_lineage__isnull=False)
    if not aside.exists():
        return
    for name, model in _PARTS:
        lineages: list[UUID] = [row.lineage for row in added if isinstance(row, model)]
        if not lineages:
            continue
        parts = model.objects.filter(version=version, lineage=OuterRef("part_lineage"))
        aside.filter(part_lineage__in=lineages).update(
            part_lineage=None, part_name="", **{name: Subquery(parts.values("pk")[:1])}
        )
