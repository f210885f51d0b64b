"""One edition as it is read: its domains with what is below them, and the editions beside it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch

from accounts.actors import Actor
from pathways.models import Competency, Domain, FrameworkVersion, Indicator, LevelDescriptor
from pathways.models.frameworks import FrameworkVersionQuerySet
from pathways.selectors.associations import ToldTie, ties_told
from pathways.selectors.authoring import MOST_AT_ONCE, in_order


@dataclass(frozen=True, slots=True)
class Entry:
    """A competency with its levels and ties, and how deep it stands in its domain."""

    competency: Competency
    depth: int
    ties: tuple[ToldTie, ...] = ()

    @property
    def shown_depth(self) -> int:
        """How far it is moved to the right: a page has room for three steps."""
        return min(self.depth, 3)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A domain with its competencies, or only how many there are while it is closed."""

    domain: Domain
    is_open: bool
    competency_count: int
    entries: tuple[Entry, ...]


def chapters_of(
    version: FrameworkVersion,
    *,
    editions: FrameworkVersionQuerySet,
    open_domain: int | None = None,
) -> list[Chapter]:
    """The domains of ``version`` in their order; five statements at any size. Ties name what is in
    one of ``editions``, those that the reader sees.

    Beyond ``MOST_AT_ONCE`` competencies only ``open_domain`` (else the first) is shown whole.
    """
    domains = list(
        version.domains.annotate(competency_count=Count("competencies")).order_by("position")
    )
    shown = {domain.pk for domain in domains}
    if sum(domain.competency_count for domain in domains) > MOST_AT_ONCE:
        shown = shown & {open_domain or 0} or {domain.pk for domain in domains[:1]}
    by_domain = _competencies_with_levels(shown)
    shown_ids = {row.pk for rows in by_domain.values() for row in rows}
    ties = ties_told(shown_ids, editions=editions)
    return [
        Chapter(
            domain=domain,
            is_open=domain.pk in shown,
            competency_count=domain.competency_count,
            entries=tuple(
                Entry(row, depth, ties.get(row.pk, ()))
                for row, depth, *_ in in_order(by_domain[domain.pk])
            ),
        )
        for domain in domains
    ]


def _competencies_with_levels(domain_ids: set[int]) -> dict[int, list[Competency]]:
    levels = LevelDescriptor.objects.select_related("level").order_by("level__rank", "pk")
    rows = Competency.objects.filter(domain__in=domain_ids).prefetch_related(
        Prefetch("descriptors", queryset=levels),
        Prefetch("descriptors__indicators", queryset=Indicator.objects.order_by("position")),
    )
    by_domain: dict[int, list[Competency]] = defaultdict(list)
    for row in rows.order_by("position", "pk"):
        by_domain[row.domain_id].append(row)
    return by_domain


def editions_in_public(framework_id: int, *, actor: Actor, on: date) -> FrameworkVersionQuerySet:
    """The editions of a framework that are or were in use, as ``actor`` may see them on ``on``,
    the newest first."""
    rows = FrameworkVersion.objects.visible_to(actor, on=on).in_public()
    return rows.filter(framework_id=framework_id).order_by("-valid_from", "-pk")
