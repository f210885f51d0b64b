"""Rules about an edition before that went with what a file left out, or that it took the
confirmation from, kept so that they can be put back."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core import serializers
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.scope import lifted
from common.errors import Conflict
from pathways.models import Competency, Crosswalk, CrosswalkLevel, FrameworkVersion
from pathways.selectors.crosswalks import rules_of, state_of
from pathways.services.rule_circles import queue_for_rules, refuse_rule_circles

Json = dict[str, Any]
# A rule may begin in a framework that the author does not see any more.
_KEEPS_RULES = SystemJob("keep_rules_of_a_draft", organisation_ids=None)


def rules_into(version: FrameworkVersion) -> list[Json]:
    """Every rule that leads to a competency of the draft, as JSON; two statements at any size."""
    with lifted(_KEEPS_RULES):
        rules = list(rules_of(version).filter(after__isnull=False))
    texts = json.loads(serializers.serialize("json", rules))
    return [
        {
            **text,
            "lineage": str(rule.after.lineage if rule.after else ""),
            "levels": [[level.rank, level.becomes] for level in rule.levels.all()],
        }
        for rule, text in zip(rules, texts, strict=True)
    ]


def rules_lost(
    version: FrameworkVersion, *, before: Iterable[Json], lineages: Collection[str]
) -> Json:
    """Which of the rules ``before`` are gone or confirmed no more, and what is said now of their
    competencies and of those that were left out; ``lineages`` are those that were there."""
    states = _states(version)
    with lifted(_KEEPS_RULES):
        there = dict(rules_of(version).values_list("pk", "revision"))
    lost = [rule for rule in before if there.get(rule["pk"]) != rule["fields"]["revision"]]
    about = {str(rule["fields"]["before"]) for rule in lost} | _left_out(version, lineages)
    return {"lost": lost, "left": {pk: states.get(pk, "") for pk in about}}


def _left_out(version: FrameworkVersion, lineages: Collection[str]) -> set[str]:
    """The competencies before (their ids) that are among ``lineages``, and not here any more."""
    rows = Competency.objects.filter(version=version)
    gone = set(lineages) - {str(lineage) for lineage in rows.values_list("lineage", flat=True)}
    with lifted(_KEEPS_RULES):
        older = Competency.objects.filter(version_id=version.based_on_id)
        return {
            str(pk) for pk, lineage in older.values_list("pk", "lineage") if str(lineage) in gone
        }


def refuse_if_rules_were_said(
    version: FrameworkVersion, kept: Mapping[str, Any], *, lineages: Collection[str]
) -> None:
    """Undoing would lose what was said since: of what the file brought, or in place of what it
    took away. ``lineages`` are those that stay."""
    states = _states(version)
    moved = [int(pk) for pk, left in kept.get("left", {}).items() if states.get(pk, "") != left]
    with lifted(_KEEPS_RULES):
        codes = set(Competency.objects.filter(pk__in=moved).values_list("code", flat=True))
        ends = rules_of(version).filter(after__isnull=False).exclude(after__lineage__in=lineages)
        codes |= set(ends.values_list("after__code", flat=True))
    if codes:
        sentence = _(
            "Since the file was applied somebody has said what became of competencies, in words "
            "that undoing would lose: %(codes)s. Change the draft by hand instead."
        )
        raise Conflict(sentence % {"codes": ", ".join(sorted(codes))}, code="rules_moved_on")


def put_rules_back(version: FrameworkVersion, kept: Mapping[str, Any]) -> None:
    """Write the lost rules again, the same rows as they were, to what came back or was measured
    otherwise. Refuses: ``crosswalk_cycle``, when others have said the way back since."""
    rows = Competency.objects.filter(version=version)
    back = {str(lineage): pk for lineage, pk in rows.values_list("lineage", "pk")}
    lost = kept.get("lost", [])
    queue_for_rules()
    with lifted(_KEEPS_RULES):
        Crosswalk.objects.filter(pk__in=[one["pk"] for one in lost]).delete()
        rules = Crosswalk.objects.bulk_create(_rule(one, back[one["lineage"]]) for one in lost)
        CrosswalkLevel.objects.bulk_create(
            CrosswalkLevel(crosswalk_id=one["pk"], rank=rank, becomes=becomes)
            for one in lost
            for rank, becomes in one["levels"]
        )
    refuse_rule_circles(rules)


def _rule(told: Json, after_id: int) -> Crosswalk:
    values: Json = {"id": told["pk"]}
    for name, text in told["fields"].items():
        field: Any = Crosswalk._meta.get_field(name)  # noqa: SLF001 (documented by Django)
        values[field.attname] = field.to_python(text)
    return Crosswalk(**values | {"after_id": after_id})


def _states(version: FrameworkVersion) -> dict[str, str]:
    """For each competency before (its id) what is said of it in ``version`` now."""
    found: dict[str, list[Crosswalk]] = {}
    with lifted(_KEEPS_RULES):
        for rule in rules_of(version):
            found.setdefault(str(rule.before_id), []).append(rule)
    return {pk: state_of(rules) for pk, rules in found.items()}
