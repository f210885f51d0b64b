"""What a person has shown: what counts on a day, and the history with its reasons."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Person
from common.dates import long_date
from pathways.models import OWN_WORD, Attainment, Competency, CountingRule, Level
from pathways.selectors.counting import counting_attainments

# A person has shown at most a few hundred levels; what is older than all these is in the pack.
MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """One competency of which ``person`` has shown something: what counts, if anything does."""

    competency: Competency
    counts: Attainment | None
    level: str
    rows: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a history: whether it counts on the day, and otherwise why not."""

    attainment: Attainment
    level: str
    counts: bool
    because: str


@dataclass(frozen=True, slots=True)
class History:
    competency: Competency
    rule: str
    entries: tuple[Entry, ...]


def shown_by(*, person: Person, on: date) -> list[Shown]:
    """Every competency of which ``person`` had shown something by ``on``, in three statements."""
    rows: Counter[int] = Counter(
        Attainment.objects.filter(person=person, attained_on__lte=on).values_list(
            "competency_id", flat=True
        )
    )
    counting = {
        row.competency_id: row for row in counting_attainments(person_ids=[person.pk], on=on)
    }
    found = _with_scale().filter(pk__in=list(rows))
    labels = _labels({row.counted_scale for row in found})
    return [
        Shown(
            competency=competency,
            counts=(held := counting.get(competency.pk)),
            level=labels.get((competency.counted_scale, held.rank), "") if held else "",
            rows=rows[competency.pk],
        )
        for competency in found
    ]


def history_of(*, person: Person, competency_id: int, on: date) -> History | None:
    """All that ``person`` has shown of one competency, the latest first; None if nothing."""
    competency = _with_scale().filter(pk=competency_id).first()
    rows = list(
        Attainment.objects.filter(person=person, competency_id=competency_id)
        .select_related("recorded_by")
        .order_by("-attained_on", "-pk")[:MOST_ROWS]
    )
    if competency is None or not rows:
        return None
    counting = counting_attainments(person_ids=[person.pk], on=on)
    counts = counting.filter(competency_id=competency_id).first()
    rule = CountingRule(competency.version.framework.counting_rule)
    labels = _labels({competency.counted_scale})
    entries = (
        Entry(
            attainment=row,
            level=labels.get((competency.counted_scale, row.rank), _("No chance to demonstrate")),
            counts=row == counts,
            because="" if row == counts else _why_not(row, counts, rule, on=on),
        )
        for row in rows
    )
    return History(competency, str(rule.label), tuple(entries))


def _with_scale() -> QuerySet[Any]:
    """Competencies in the order of their frameworks, with the scale their levels are of."""
    return (
        Competency.objects.select_related("domain", "version__framework")
        .annotate(counted_scale=Coalesce(F("scale_id"), F("version__scale_id")))
        .order_by("version__framework__title", "version_id", "domain__position", "position", "pk")
    )


def _labels(scales: set[int]) -> dict[tuple[int, int | None], str]:
    levels = Level.objects.filter(scale_id__in=scales).values_list("scale_id", "rank", "label")
    return {(scale_id, rank): label for scale_id, rank, label in levels}


def _why_not(row: Attainment, counts: Attainment | None, rule: CountingRule, *, on: date) -> str:
    """Why ``row`` does not count on ``on``, while ``counts`` does."""
    if row.rank is None:
        return _("It says that there was no chance to show it, which never counts.")
    if row.attained_on > on:
        return _("It came later than this day.")
    if row.valid_to is not None and row.valid_to < on:
        return _("It counted until %(day)s.") % {"day": long_date(row.valid_to)}
    return _outdone(row, counts, rule)


def _outdone(row: Attainment, counts: Attainment | None, rule: CountingRule) -> str:
    if counts is not None and counts.rank is not None and row.rank is not None:
        if rule == CountingRule.HIGHEST and counts.rank > row.rank:
            return _("A higher level was shown.")
        is_own, is_own_counting = row.source in OWN_WORD, counts.source in OWN_WORD
        if rule == CountingRule.CONFIRMED and is_own and not is_own_counting:
            return _("What somebody else confirmed counts before one's own view.")
    return _("Something later counts.")
