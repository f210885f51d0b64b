"""Frameworks as their authors see them: all editions they write, and one edition to work on."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from pathways.models import (
    Comment,
    Competency,
    Domain,
    FrameworkVersion,
    Indicator,
    Level,
    LevelDescriptor,
    Scale,
)
from pathways.models.frameworks import FrameworkVersionQuerySet, authored_by
from pathways.selectors.alike import twins

# Beyond so many competencies the page shows one domain at a time.
MOST_AT_ONCE = 300


def editions_written(
    actor: Actor, *, on: date, words: str = "", state: str = "", owner: str = ""
) -> FrameworkVersionQuerySet:
    """Every edition that ``actor`` writes or reviews, by title and the newest first."""
    rows = FrameworkVersion.objects.written_by(actor, on=on)
    for word in words.split():
        rows = rows.filter(
            Q(framework__title__icontains=word)
            | Q(framework__code__icontains=word)
            | Q(label__icontains=word)
        )
    if state:
        rows = rows.filter(state=state)
    if owner:
        rows = rows.filter(framework__owner_id=int(owner))
    return (
        rows.select_related("framework__owner")
        .annotate(
            domain_count=_count(Domain.objects.filter(version=OuterRef("pk"))),
            competency_count=_count(Competency.objects.filter(version=OuterRef("pk"))),
            open_comment_count=_count(_open_comments().filter(version=OuterRef("pk"))),
            follower_id=Subquery(
                FrameworkVersion.objects.filter(based_on=OuterRef("pk")).values("pk")[:1]
            ),
        )
        .order_by("framework__title", "framework_id", "-valid_from", "-pk")
    )


def _open_comments() -> QuerySet[Comment]:
    return Comment.objects.filter(reply_to__isnull=True, resolved_at__isnull=True)


def _count(rows: QuerySet[Domain] | QuerySet[Competency] | QuerySet[Comment]) -> Coalesce:
    counted = rows.order_by().values("version").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def owners_written_for(actor: Actor, *, on: date) -> list[tuple[int, str]]:
    """The organisations whose frameworks ``actor`` writes or reviews."""
    rows = FrameworkVersion.objects.written_by(actor, on=on).filter(framework__owner__isnull=False)
    names = rows.values_list("framework__owner_id", "framework__owner__name")
    return list(names.order_by("framework__owner__name", "framework__owner_id").distinct())


def domains_written(actor: Actor, *, on: date) -> QuerySet[Domain]:
    """Domains of the frameworks that ``actor`` writes or reviews, of any edition."""
    rows = Domain.objects.filter(authored_by(actor, on=on, prefix="version__framework__"))
    return rows.select_related("version__framework", "version__scale")


def competencies_written(actor: Actor, *, on: date) -> QuerySet[Competency]:
    rows = Competency.objects.filter(authored_by(actor, on=on, prefix="version__framework__"))
    return rows.select_related("domain", "parent", "scale", "version__framework", "version__scale")


def competencies_beside(competency: Competency) -> QuerySet[Competency]:
    """The others that are part of the same thing."""
    above = {"domain_id": competency.domain_id, "parent_id": competency.parent_id}
    return Competency.objects.filter(**above).exclude(pk=competency.pk)


def with_levels(competencies: QuerySet[Competency]) -> QuerySet[Competency]:
    """``competencies`` with what their levels look like; two further statements at any size."""
    descriptors = LevelDescriptor.objects.select_related("level").order_by("level__rank", "pk")
    return competencies.prefetch_related(
        Prefetch("descriptors", queryset=descriptors),
        Prefetch("descriptors__indicators", queryset=Indicator.objects.order_by("position")),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A competency where it stands in its domain: how deep, and whether it can move up or down."""

    competency: Competency
    depth: int
    is_first: bool
    is_last: bool
    level_count: int
    comment_count: int

    @property
    def shown_depth(self) -> int:
        """How far it is moved to the right: a page has room for three steps."""
        return min(self.depth, 3)

    @property
    def below(self) -> int | None:
        """The competency it is a part of, which its siblings share."""
        return self.competency.parent_id


@dataclass(frozen=True, slots=True)
class Chapter:
    """A domain with its competencies, or only how many there are while it is closed."""

    domain: Domain
    is_first: bool
    is_last: bool
    is_open: bool
    entries: tuple[Entry, ...]
    competency_count: int
    comment_count: int


@dataclass(frozen=True, slots=True)
class Structure:
    """An edition to work on."""

    chapters: tuple[Chapter, ...]
    twins: list[list[Competency]]
    comment_count: int

    @property
    def competency_count(self) -> int:
        return sum(chapter.competency_count for chapter in self.chapters)

    @property
    def is_in_parts(self) -> bool:
        """Whether it is too large to be shown at once."""
        return not all(chapter.is_open for chapter in self.chapters)


def structure_of(version: FrameworkVersion, *, open_domain: int | None = None) -> Structure:
    """``version`` as its authors work on it; four statements at any size.

    Beyond ``MOST_AT_ONCE`` competencies only ``open_domain`` (else the first) is shown whole.
    """
    domains = list(version.domains.order_by("position"))
    competencies = list(Competency.objects.filter(version=version).order_by("position", "pk"))
    by_domain: dict[int, list[Competency]] = defaultdict(list)
    for competency in competencies:
        by_domain[competency.domain_id].append(competency)
    shown = {domain.pk for domain in domains}
    if len(competencies) > MOST_AT_ONCE:
        shown = shown & {open_domain or 0} or {domain.pk for domain in domains[:1]}
    levels, comments = _levels_described(version), _comments_open(version)
    chapters = tuple(
        Chapter(
            domain=domain,
            is_first=place == 0,
            is_last=place == len(domains) - 1,
            is_open=domain.pk in shown,
            entries=_entries(by_domain[domain.pk], levels, comments) if domain.pk in shown else (),
            competency_count=len(by_domain[domain.pk]),
            comment_count=comments["domain", domain.pk],
        )
        for place, domain in enumerate(domains)
    )
    return Structure(chapters, twins(competencies), sum(comments.values()))


def _entries(
    competencies: list[Competency],
    levels: dict[int, int],
    comments: dict[tuple[str, int], int],
) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            competency,
            depth,
            is_first,
            is_last,
            levels.get(competency.pk, 0),
            comments["competency", competency.pk],
        )
        for competency, depth, is_first, is_last in in_order(competencies)
    )


def in_order(
    competencies: Iterable[Competency],
) -> Iterator[tuple[Competency, int, bool, bool]]:
    """Competencies of one domain, each before its parts: with its depth, and whether it is the
    first and the last of its siblings."""
    rows = list(competencies)
    # What stands below a competency of another domain begins a branch of its own here.
    known = {row.pk for row in rows}
    above = {row.pk: row.parent_id if row.parent_id in known else None for row in rows}
    below: dict[int | None, list[Competency]] = defaultdict(list)
    for row in rows:
        below[above[row.pk]].append(row)
    waiting = [(row, 0) for row in reversed(below[None])]
    while waiting:
        competency, depth = waiting.pop()
        siblings = below[above[competency.pk]]
        yield competency, depth, siblings[0] is competency, siblings[-1] is competency
        waiting += [(part, depth + 1) for part in reversed(below[competency.pk])]


def _levels_described(version: FrameworkVersion) -> dict[int, int]:
    rows = LevelDescriptor.objects.filter(competency__version=version).values("competency_id")
    return dict(rows.annotate(n=Count("pk")).order_by().values_list("competency_id", "n"))


def _comments_open(version: FrameworkVersion) -> dict[tuple[str, int], int]:
    found: dict[tuple[str, int], int] = defaultdict(int)
    rows = _open_comments().filter(version=version).values_list("domain_id", "competency_id")
    for domain_id, competency_id in rows:
        if competency_id:
            found["competency", competency_id] += 1
        else:
            found["domain" if domain_id else "edition", domain_id or 0] += 1
    return found


def scales() -> QuerySet[Scale]:
    """Every scale, with its levels from the lowest up; those without a rank come last."""
    levels = Level.objects.order_by("rank", "pk")
    return Scale.objects.order_by("title", "pk").prefetch_related(
        Prefetch("levels", queryset=levels)
    )


def scale_of(competency: Competency) -> list[Level]:
    """The levels that ``competency`` is measured with: its own scale's, else its edition's."""
    scale_id = competency.scale_id or competency.version.scale_id
    return list(Level.objects.filter(scale_id=scale_id).order_by("rank", "pk"))


def places_in(
    version: FrameworkVersion, *, besides: Competency
) -> list[tuple[Domain, list[tuple[Competency, int]]]]:
    """Where ``besides`` may go: every domain with its competencies and their depth, without
    ``besides`` itself and what is below it."""
    by_domain: dict[int, list[Competency]] = defaultdict(list)
    rows = list(Competency.objects.filter(version=version).order_by("position", "pk"))
    hidden = {besides.pk}
    for row in rows:
        by_domain[row.domain_id].append(row)
    places = []
    for domain in version.domains.order_by("position"):
        shown = []
        for row, depth, _first, _last in in_order(by_domain[domain.pk]):
            if row.pk in hidden or row.parent_id in hidden:
                hidden.add(row.pk)
            else:
                shown.append((row, depth))
        places.append((domain, shown))
    return places
