"""Competencies whose titles are alike, so that nobody writes the same thing twice."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q

from accounts.actors import Actor
from pathways.models import Competency, FrameworkVersion, VersionState

# Trigrams are those of words whatever their order. "Leads change" and "Leading change" share 0.6.
ALIKE_FROM = 0.55
MOST = 5
_WORD = re.compile(r"[^\W_]+")
# Words that say nothing about what a competency is.
_SMALL = frozenset(
    {"a", "an", "and", "as", "by", "for", "in", "of", "on", "or", "the", "to", "with"}
)


def words_of(title: str) -> frozenset[str]:
    """The words of a title that matter, in small letters."""
    return frozenset(_WORD.findall(title.casefold())) - _SMALL


def alike(
    title: str, *, version: FrameworkVersion, besides: int | None, actor: Actor, on: date
) -> list[Competency]:
    """Competencies called much as ``title``: in ``version``, and in other frameworks that are in
    use and that ``actor`` may see; the likest first, ``MOST`` at the most.

    Earlier editions of the same framework are left out: they say the same on purpose.
    """
    seen = FrameworkVersion.objects.visible_to(actor, on=on)
    elsewhere = seen.filter(state=VersionState.PUBLISHED).exclude(framework_id=version.framework_id)
    return list(
        Competency.objects.filter(Q(version=version) | Q(version__in=elsewhere.values("pk")))
        .exclude(pk=besides or 0)
        .annotate(likeness=TrigramSimilarity("title", title))
        .filter(likeness__gte=ALIKE_FROM)
        .select_related("version__framework")
        .order_by("-likeness", "pk")[:MOST]
    )


def twins(competencies: Iterable[Competency]) -> list[list[Competency]]:
    """Groups whose titles have the same words, whatever their order; one pass at any number."""
    groups: dict[frozenset[str], list[Competency]] = defaultdict(list)
    for competency in competencies:
        if words := words_of(competency.title):
            groups[words].append(competency)
    return [group for group in groups.values() if len(group) > 1]
