"""Scales and level descriptors as rubrics: one for each scale that an edition measures with.

The first criterion of a rubric is about no item and tells the scale; each further one is about a
competency and tells what that looks like at its levels.
"""

from collections.abc import Iterator
from typing import Any

from pathways.models import Level
from pathways.selectors.case.editions import Edition
from pathways.selectors.case.items import statement_of
from pathways.selectors.case.vocabulary import (
    ITEMS,
    RUBRICS,
    Json,
    derived,
    last_change,
    link,
    uri_of,
)
from pathways.selectors.trees import COMPETENCY, Node


def rubrics_of(edition: Edition) -> list[Json]:
    """Nothing for an edition that came from a package without rubrics of ours, unless it has
    descriptors now."""
    own = [_as_said(code, edition) for code in edition.scales if _is_told(code, edition)]
    kept: list[Json] = edition.kept.get("rubrics", []) if edition.is_as_said else []
    return [*own, *kept]


def rubric_identifier(document: str, scale_code: str) -> str:
    return derived("rubric", document, scale_code)


def criterion_identifier(rubric: str, about: str) -> str:
    return derived("criterion", rubric, about)


def scale_level_identifier(rubric: str, label: str) -> str:
    return derived("level", rubric, label)


def level_link(descriptor: Node, edition: Edition) -> Json:
    """What an indicator's association with its level points to."""
    competency = edition.nodes[descriptor.parent]
    code = competency.scale_code or edition.version.scale.code
    labels = {level.rank: level.label for level in edition.scales.get(code, ())}
    rubric = rubric_identifier(edition.identifier, code)
    told = link(RUBRICS, descriptor.identifier, labels.get(descriptor.level_rank, "-"))
    return told | {"uri": uri_of(RUBRICS, rubric)}


def _is_told(code: str, edition: Edition) -> bool:
    if edition.document is None or code in edition.kept.get("scales", ()):
        return True
    return any(True for _criterion in _criteria(code, edition))


def _as_said(code: str, edition: Edition) -> Json:
    """The rubric of a scale; as its package said it, addresses and times included, as long as it
    says the same."""
    told = _rubric(code, edition)
    said: Json | None = edition.kept.get("scale_rubrics", {}).get(code)
    if said is None or not edition.is_as_said or _words(said) != _words(told):
        return told
    return dict(said)


def _words(said: Any) -> Any:
    """Without addresses and times, and in whatever order: ours is that of the tree."""
    if isinstance(said, list):
        return sorted((_words(one) for one in said), key=lambda one: str(one["identifier"]))
    if isinstance(said, dict):
        return {
            name: _words(value)
            for name, value in said.items()
            if name not in {"uri", "lastChangeDateTime", "position"}
        }
    return said


def _rubric(code: str, edition: Edition) -> Json:
    identifier = rubric_identifier(edition.identifier, code)
    levels = edition.scales[code]
    scale = levels[0].scale
    criteria = [_scale_itself(levels, identifier, edition), *_criteria(code, edition)]
    return {
        "identifier": identifier,
        "uri": uri_of(RUBRICS, identifier),
        "title": scale.title,
        "lastChangeDateTime": last_change(edition.version),
        "CFRubricCriteria": criteria,
    }


def _scale_itself(levels: list[Level], rubric: str, edition: Edition) -> Json:
    identifier = criterion_identifier(rubric, "scale")
    told = []
    for position, level in enumerate(levels, start=1):
        score = {} if level.rank is None else {"score": level.rank}
        description = {"description": level.meaning} if level.meaning else {}
        told.append(
            _level(scale_level_identifier(rubric, level.label), identifier, rubric, edition)
            | {"position": position, "quality": level.label}
            | score
            | description
        )
    return {
        "identifier": identifier,
        "uri": uri_of(RUBRICS, rubric),
        "category": levels[0].scale.code,
        "position": 0,
        "rubricId": rubric,
        "lastChangeDateTime": last_change(edition.version),
        "CFRubricCriterionLevels": told,
    }


def _criteria(code: str, edition: Edition) -> Iterator[Json]:
    """Of each competency that is described at this scale's levels, or has it as its own."""
    rubric = rubric_identifier(edition.identifier, code)
    position = 0
    for node in edition.tree.nodes:
        if node.kind != COMPETENCY or code != (node.scale_code or edition.version.scale.code):
            continue
        descriptors = edition.descriptors.get(node.key, [])
        if not descriptors and not node.scale_code:
            continue
        position += 1
        yield _criterion(node, descriptors, rubric, position, edition)


def _criterion(
    node: Node, descriptors: list[Node], rubric: str, position: int, edition: Edition
) -> Json:
    identifier = criterion_identifier(rubric, node.identifier)
    labels = {
        level.rank: level.label
        for level in edition.scales[node.scale_code or edition.version.scale.code]
    }
    told = []
    for place, descriptor in enumerate(descriptors, start=1):
        rank = descriptor.level_rank
        told.append(
            _level(descriptor.identifier, identifier, rubric, edition)
            | {"position": place, "quality": labels[rank], "description": descriptor.text}
            | ({} if rank is None else {"score": rank})
        )
    criterion = {
        "identifier": identifier,
        "uri": uri_of(RUBRICS, rubric),
        "CFItemURI": link(ITEMS, node.identifier, statement_of(node)),
        "position": position,
        "rubricId": rubric,
        "lastChangeDateTime": last_change(edition.version),
    }
    return criterion | ({"CFRubricCriterionLevels": told} if told else {})


def _level(identifier: str, criterion: str, rubric: str, edition: Edition) -> Json:
    return {
        "identifier": identifier,
        "uri": uri_of(RUBRICS, rubric),
        "rubricCriterionId": criterion,
        "lastChangeDateTime": last_change(edition.version),
    }
