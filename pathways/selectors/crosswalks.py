"""What became of the competencies of an older edition, and what stands for what elsewhere."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from pathways.models import (
    Competency,
    Crosswalk,
    CrosswalkKind,
    CrosswalkLevel,
    FrameworkVersion,
    Level,
)
from pathways.selectors.tree_checks import find_circle


@dataclass(frozen=True, slots=True)
class Fate:
    """One competency of the older edition and what became of it in the newer one.

    ``same`` is the competency of the newer edition with its lineage: without a rule that says
    otherwise it went on in that one.
    """

    before: Competency
    same: Competency | None
    rules: tuple[Crosswalk, ...]

    @property
    def is_accounted_for(self) -> bool:
        return self.same is not None or bool(self.rules)

    @property
    def is_confirmed(self) -> bool:
        """Whether each rule says which level stands for which; what is left out has none to say."""
        return bool(self.rules) and all(
            rule.confirmed_at or rule.after_id is None for rule in self.rules
        )


def state_of(rules: Iterable[Crosswalk]) -> str:
    """What was said of one competency, as a short text that differs whenever it was said anew;
    empty while nobody said anything."""
    return "-".join(sorted(f"{rule.pk}.{rule.revision}" for rule in rules))


def _declared(version: FrameworkVersion) -> Q:
    return Q(after__version=version) | Q(kind=CrosswalkKind.RETIRED)


def unaccounted(version: FrameworkVersion) -> QuerySet[Competency]:
    """Competencies of the edition that ``version`` is based on of which nobody said what became.

    Those with the same lineage in ``version`` went on. An edition that is based on none has
    nothing to account for. Publishing is refused while there is anything here.
    """
    older = Competency.objects.filter(version_id=version.based_on_id).select_related("domain")
    if version.based_on_id is None:
        return older.none()
    goes_on = Competency.objects.filter(version=version, lineage=OuterRef("lineage"))
    said = Crosswalk.objects.filter(_declared(version), before=OuterRef("pk"))
    return older.exclude(Exists(goes_on) | Exists(said)).order_by("domain__position", "position")


def fates_of(version: FrameworkVersion) -> list[Fate]:
    """Every competency of the older edition with what became of it; four statements at any size."""
    if version.based_on_id is None:
        return []
    older = Competency.objects.filter(version_id=version.based_on_id)
    older = older.select_related("domain", "version")
    newer = Competency.objects.filter(version=version).select_related("domain", "version")
    goes_on = {row.lineage: row for row in newer}
    rules: dict[int, list[Crosswalk]] = defaultdict(list)
    for rule in rules_of(version):
        rules[rule.before_id].append(rule)
    return [
        Fate(row, goes_on.get(row.lineage), tuple(rules[row.pk]))
        for row in older.order_by("domain__position", "position")
    ]


def rules_of(version: FrameworkVersion) -> QuerySet[Crosswalk]:
    """The rules that lead into ``version`` from any edition, and what it leaves out."""
    left_out = Q(kind=CrosswalkKind.RETIRED, before__version_id=version.based_on_id)
    return (
        Crosswalk.objects.filter(Q(after__version=version) | left_out)
        .select_related(
            "before__version__framework", "before__scale", "after__version", "confirmed_by"
        )
        .prefetch_related("levels")
        .order_by("before__domain__position", "before__position", "after__position", "pk")
    )


def with_what_became(version: FrameworkVersion) -> QuerySet[Any]:
    """The competencies of the edition before, each with ``goes_on_as`` (its number in ``version``)
    and ``rules_told``: what ``fates_of`` tells, a page at a time."""
    same = Competency.objects.filter(version=version, lineage=OuterRef("lineage"))
    told = Prefetch("became", queryset=rules_of(version), to_attr="rules_told")
    rows = competencies_of(version.based_on_id).select_related("domain")
    return rows.annotate(goes_on_as=Subquery(same.values("pk")[:1])).prefetch_related(told)


def competencies_read(actor: Actor, *, on: date) -> QuerySet[Competency]:
    """The competencies of every edition that ``actor`` may see."""
    editions = FrameworkVersion.objects.visible_to(actor, on=on)
    return Competency.objects.filter(version__in=editions.values("pk")).select_related("version")


def rules_about(before: Competency, *, version: FrameworkVersion) -> QuerySet[Crosswalk]:
    """What was said in ``version`` of one competency of the edition before."""
    return rules_of(version).filter(before=before)


def confirmed_off_scale(version: FrameworkVersion) -> QuerySet[Crosswalk]:
    """Confirmed rules into ``version`` that name a level off the scale of either end."""
    lines = CrosswalkLevel.objects.filter(crosswalk=OuterRef("pk")).annotate(
        before_scale=Coalesce("crosswalk__before__scale", "crosswalk__before__version__scale"),
        after_scale=Coalesce("crosswalk__after__scale", "crosswalk__after__version__scale"),
    )
    before = Level.objects.filter(scale=OuterRef("before_scale"), rank=OuterRef("rank"))
    after = Level.objects.filter(scale=OuterRef("after_scale"), rank=OuterRef("becomes"))
    off = lines.filter(~Exists(before) | ~Exists(after))
    rules = Crosswalk.objects.filter(after__version=version, confirmed_at__isnull=False)
    return rules.filter(Exists(off)).order_by("after__code", "pk")


def way_between(*, start: int, ends: Collection[int]) -> list[str]:
    """The codes of the shortest way along rules from ``start`` to one of ``ends``, else nothing.

    Each competency is reached once, so that it takes one statement for each step of the way.
    """
    came_from: dict[int, int | None] = {start: None}
    reached, wanted = {start}, set(ends)
    while reached and not reached & wanted:
        rules = _rules_from(reached)
        reached = set()
        for before_id, after_id in rules:
            if after_id not in came_from:
                came_from[after_id] = before_id
                reached.add(after_id)
    return codes_along(_way_to(min(reached & wanted), came_from)) if reached else []


def circle_from(starts: Collection[int]) -> list[int]:
    """A circle along rules that is reached from one of ``starts``, from one competency (by its id)
    round to itself; empty without one. One statement for each step away from them."""
    leads: dict[str, list[str]] = {}
    reached = set(starts)
    while reached:
        leads |= {str(pk): [] for pk in reached}
        rules = _rules_from(reached)
        for before_id, after_id in rules:
            leads[str(before_id)].append(str(after_id))
        reached = {after_id for _before, after_id in rules if str(after_id) not in leads}
    return [int(key) for key in find_circle(leads)]


def codes_along(ids: Sequence[int]) -> list[str]:
    """The codes of ``ids`` in their order; what the reader does not see stays without its code."""
    codes = dict(Competency.objects.filter(pk__in=ids).values_list("pk", "code"))
    return [codes.get(pk, "…") for pk in ids]


def _rules_from(competency_ids: Collection[int]) -> list[tuple[int, int]]:
    rules = Crosswalk.objects.filter(before__in=competency_ids, after__isnull=False)
    return list(rules.order_by("pk").values_list("before_id", "after_id"))


def _way_to(end: int, came_from: Mapping[int, int | None]) -> list[int]:
    way: list[int] = []
    step: int | None = end
    while step is not None:
        way.append(step)
        step = came_from[step]
    return way[::-1]


def rule_of(editions: QuerySet[FrameworkVersion]) -> QuerySet[Crosswalk]:
    """Rules that lead into one of ``editions``, with what is needed to confirm one."""
    rows = Crosswalk.objects.filter(after__version__in=editions)
    return rows.select_related(
        "before__version__framework", "after__version__framework", "confirmed_by"
    )


def usual_levels(rule: Crosswalk, before: list[Level], after: list[Level]) -> dict[int, int]:
    """Which level stands for which, as was said, or on one scale each for itself."""
    said = dict(rule.levels.values_list("rank", "becomes"))
    if said or rule.confirmed_at or before != after:
        return said
    return {level.rank: level.rank for level in before if level.rank}


def competencies_of(version_id: int | None) -> QuerySet[Competency]:
    """What an edition asks about, in its order; nothing where there is no edition."""
    rows = Competency.objects.filter(version_id=version_id)
    return rows.order_by("domain__position", "position")


def levels_for(competency: Competency) -> list[Level]:
    """The levels of the scale that ``competency`` is measured by."""
    scale_id = competency.scale_id or competency.version.scale_id
    return list(Level.objects.filter(scale_id=scale_id).order_by("rank", "pk"))
