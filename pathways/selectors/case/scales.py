"""Rubrics that came in: those of our own shape are scales and descriptors again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pathways.models import Level
from pathways.selectors.case.rubrics import (
    criterion_identifier,
    rubric_identifier,
    scale_level_identifier,
)
from pathways.selectors.case.vocabulary import RUBRICS, Json

_OF_RUBRIC = {
    "identifier",
    "uri",
    "title",
    "lastChangeDateTime",
    "CFRubricCriteria",
}
_OF_CRITERION = {
    "identifier",
    "uri",
    "position",
    "rubricId",
    "lastChangeDateTime",
    "CFRubricCriterionLevels",
}
_OF_LEVEL = {
    "identifier",
    "uri",
    "position",
    "rubricCriterionId",
    "lastChangeDateTime",
    "quality",
    "score",
    "description",
}
_LONGEST_CODE, _LONGEST_LABEL, _LONGEST_MEANING, _LONGEST_TITLE = 30, 60, 300, 120
_RANKS = range(1, 8)


@dataclass(frozen=True)
class ReadRubric:
    """``code`` is that of the scale; empty for a rubric that is kept as it was said."""

    said: Json
    code: str = ""
    levels: list[Json] = field(default_factory=list)
    described: Mapping[str, list[Json]] = field(default_factory=dict)


def levels_known() -> dict[str, list[Json]]:
    """Every scale there is: code -> rank and label of its levels."""
    known: dict[str, list[Json]] = {}
    rows = Level.objects.order_by("rank", "pk").values_list("scale__code", "rank", "label")
    for code, rank, label in rows:
        known.setdefault(code, []).append({"rank": rank, "label": label})
    return known


def read_rubrics(package: Json, *, known: Mapping[str, list[Json]]) -> list[ReadRubric]:
    return [_read(said, package, known) for said in package.get(RUBRICS, [])]


def _read(said: Json, package: Json, known: Mapping[str, list[Json]]) -> ReadRubric:
    kept = ReadRubric(said)
    criteria = said.get("CFRubricCriteria", [])
    if not criteria or set(said) != _OF_RUBRIC or len(said["title"]) > _LONGEST_TITLE:
        return kept
    scale, *about = criteria
    levels = _scale(scale, said, package)
    if levels is None:
        return kept
    code = scale["category"]
    pairs = [(one["rank"], one["label"]) for one in levels]
    if code in known and pairs != [(one["rank"], one["label"]) for one in known[code]]:
        return kept
    labels = dict(pairs)
    items = {one["identifier"] for one in package.get("CFItems", [])}
    if not all(_is_ours(one, said, labels, items) for one in about):
        return kept
    described = {
        one["CFItemURI"]["identifier"]: one.get("CFRubricCriterionLevels", []) for one in about
    }
    if len(described) < len(about):
        return kept
    title = {"title": said["title"]}
    return ReadRubric(said, code, [{**one, **title} for one in levels], described)


def _scale(criterion: Json, rubric: Json, package: Json) -> list[Json] | None:
    """The levels that the first criterion tells; None when it tells no scale of our shape."""
    code = criterion.get("category", "")
    if not code or len(code) > _LONGEST_CODE or set(criterion) != {*_OF_CRITERION, "category"}:
        return None
    wanted = rubric_identifier(package["CFDocument"]["identifier"], code)
    if rubric["identifier"] != wanted or criterion["identifier"] != criterion_identifier(
        wanted, "scale"
    ):
        return None
    levels = [
        {
            "rank": one.get("score"),
            "label": one.get("quality", ""),
            "meaning": one.get("description", ""),
        }
        for one in criterion["CFRubricCriterionLevels"]
        if set(one) <= _OF_LEVEL
        and one["identifier"] == scale_level_identifier(wanted, one.get("quality", ""))
    ]
    is_whole = len(levels) == len(criterion["CFRubricCriterionLevels"]) > 0
    return levels if is_whole and _fit(levels) else None


def _fit(levels: list[Json]) -> bool:
    ranks = [one["rank"] for one in levels if one["rank"] is not None]
    labels = [one["label"] for one in levels]
    return (
        all(rank in _RANKS for rank in ranks)
        and len(set(ranks)) == len(ranks) > 0
        and len(set(labels)) == len(labels)
        and all(0 < len(label) <= _LONGEST_LABEL for label in labels)
        and all(len(one["meaning"]) <= _LONGEST_MEANING for one in levels)
    )


def _is_ours(
    criterion: Json, rubric: Json, labels: Mapping[int | None, str], items: set[str]
) -> bool:
    """About one competency, with levels of the scale, each once and said in words."""
    about = criterion.get("CFItemURI", {}).get("identifier")
    if about not in items or not set(criterion) <= {*_OF_CRITERION, "CFItemURI"}:
        return False
    if criterion["identifier"] != criterion_identifier(rubric["identifier"], about):
        return False
    levels = criterion.get("CFRubricCriterionLevels", [])
    ranks = [one.get("score") for one in levels]
    return len(set(ranks)) == len(ranks) and all(
        set(one) <= _OF_LEVEL
        and one.get("score") in labels
        and one.get("quality") == labels[one.get("score")]
        and one.get("description", "").strip() != ""
        for one in levels
    )
