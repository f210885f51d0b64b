"""Which of several attainments of one competency counts on a day, said once for every reader.

The rule is the framework's own (``CountingRule``). Rows without a rank ("no chance to
demonstrate"), of a later day, or which have ended never count. Statements written by hand take
the fragments of text, querysets ``counting_attainments``; both say the same thing.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable, OrderBy

from pathways.models import OWN_WORD, Attainment, CountingRule

_RULE = "competency__version__framework__counting_rule"
_OWN = ", ".join(f"'{source}'" for source in OWN_WORD)


def counts_on(row: str) -> str:
    """Return the condition that the attainment ``row`` (an alias) may count on ``%(on)s``."""
    return (
        f"({row}.rank IS NOT NULL AND {row}.attained_on <= %(on)s"
        f" AND ({row}.valid_to IS NULL OR {row}.valid_to >= %(on)s))"
    )


def is_own_word(row: str) -> str:
    """Return the condition that ``row`` is what the person says of themselves."""
    return f"{row}.source IN ({_OWN})"


def best_first(row: str, *, rule: str) -> str:
    """Return the order in which the first of one person's rows of one competency counts.

    ``rule`` is the expression that yields the framework's rule, such as
    ``framework.counting_rule``.
    """
    return (
        f"CASE WHEN {rule} = '{CountingRule.HIGHEST}' THEN {row}.rank END DESC NULLS LAST,"
        f" {rule} = '{CountingRule.CONFIRMED}' AND {is_own_word(row)},"
        f" {row}.attained_on DESC, {row}.id DESC"
    )


def held_by_one(*, person: str, competency: str, rule: str) -> str:
    """Return a subselect for ``JOIN LATERAL``: the one row that counts, or none.

    All three are expressions of the statement around it. Columns: id, rank, source, attained_on
    and valid_to.
    """
    return f"""
        SELECT shown.id, shown.rank, shown.source, shown.attained_on, shown.valid_to
          FROM pathways_attainment shown
         WHERE shown.person_id = {person} AND shown.competency_id = {competency}
           AND {counts_on("shown")}
         ORDER BY {best_first("shown", rule=rule)} LIMIT 1
    """  # noqa: S608 - fragments of this module and of the statement around it


def held_by_many(*, people: str) -> str:
    """Return a select of the rows that count for everybody for whom ``people`` holds.

    ``people`` is a condition over ``shown.person_id``. Columns: person_id, competency_id, rank,
    source and attained_on, one row per person and competency.
    """
    return f"""
        SELECT DISTINCT ON (shown.person_id, shown.competency_id)
               shown.person_id, shown.competency_id, shown.rank, shown.source, shown.attained_on
          FROM pathways_attainment shown
          JOIN pathways_competency counted ON counted.id = shown.competency_id
          JOIN pathways_frameworkversion edition ON edition.id = counted.version_id
          JOIN pathways_framework ruling ON ruling.id = edition.framework_id
         WHERE {people} AND {counts_on("shown")}
         ORDER BY shown.person_id, shown.competency_id,
                  {best_first("shown", rule="ruling.counting_rule")}
    """  # noqa: S608 - fragments of this module and of the statement around it


def may_count(on: date) -> Q:
    """The condition of ``counts_on`` for querysets of attainments."""
    ended = Q(valid_to__isnull=False, valid_to__lt=on)
    return Q(rank__isnull=False, attained_on__lte=on) & ~ended


def best_first_order() -> tuple[Combinable | OrderBy | str, ...]:
    """The order of ``best_first`` for querysets of attainments."""
    highest = Case(When(Q(**{_RULE: CountingRule.HIGHEST}), then=F("rank")))
    own_last = Case(
        When(Q(**{_RULE: CountingRule.CONFIRMED}) & Q(source__in=OWN_WORD), then=Value(1)),
        default=Value(0),
    )
    return (OrderBy(highest, descending=True, nulls_last=True), own_last, "-attained_on", "-pk")


def counting_attainments(
    *, person_ids: Iterable[int] | QuerySet[Any, Any], on: date
) -> QuerySet[Attainment]:
    """The one attainment that counts on ``on`` per person and competency, in one statement.

    ``person_ids`` may be a queryset, which then becomes a part of the statement.
    """
    people: Any = person_ids
    return (
        Attainment.objects.filter(may_count(on), person_id__in=people)
        .order_by("person_id", "competency_id", *best_first_order())
        .distinct("person_id", "competency_id")
    )
