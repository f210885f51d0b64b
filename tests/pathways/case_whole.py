"""A package with all that one can have: a tree, groups, ties of many types, a rubric."""

from pathways.selectors.case.rubrics import (
    criterion_identifier,
    rubric_identifier,
    scale_level_identifier,
)
from tests.pathways.case_packages import AT, WHERE, item, link, name, package, tie

GROUPS, LEVELS = 3, ("Beginning", "Practising", "Leading")


def whole(count):
    """``count`` items in a tree of three levels, with everything that can hang on them."""
    items = [
        item(
            name(at),
            f"Does thing {at}",
            humanCodingScheme=f"{(at - 1) // 10}.{at}",
            notes=f"As in case {at}.",
        )
        for at in range(1, count + 1)
    ]
    ties = [
        tie(name(10_000 + at), "isChildOf", name(at), name((at - 1) // 10), sequenceNumber=at)
        for at in range(1, count + 1)
    ]
    for at in range(20, count, 7):
        group = {"CFAssociationGroupingURI": link(name(90_000 + at % GROUPS), "A set")}
        ties.append(tie(name(20_000 + at), "isRelatedTo", name(at), name(at + 1), **group))
        ties.append(tie(name(30_000 + at), "isPartOf", name(at), name(at - 9)))
        ties.append(tie(name(40_000 + at), "precedes", name(at), name(at + 1), notes="In time"))
        ties.append(tie(name(50_000 + at), "exactMatchOf", name(at), name(80_000 + at)))
    groups = [
        {**link(name(90_000 + at), "A set"), "description": "Sets", "lastChangeDateTime": AT}
        for at in range(GROUPS)
    ]
    return package(
        *items,
        ties=ties,
        CFDefinitions={"CFAssociationGroupings": groups},
        CFRubrics=[_rubric(range(count - count // 5, count + 1))],
    )


def _rubric(described):
    """A scale of ours, and what the items ``described`` look like at its levels."""
    top = rubric_identifier(name(0), "WHOLE")
    said = {"uri": WHERE + top, "lastChangeDateTime": AT}

    def level(identifier, criterion, place, description):
        return {
            **said,
            "identifier": identifier,
            "rubricCriterionId": criterion,
            "position": place,
            "score": place,
            "quality": LEVELS[place - 1],
            "description": description,
        }

    scale = criterion_identifier(top, "scale")
    criteria = [
        {
            **said,
            "identifier": scale,
            "category": "WHOLE",
            "position": 0,
            "rubricId": top,
            "CFRubricCriterionLevels": [
                level(scale_level_identifier(top, label), scale, place, f"Means {label}")
                for place, label in enumerate(LEVELS, start=1)
            ],
        }
    ]
    for position, at in enumerate(described, start=1):
        criterion = criterion_identifier(top, name(at))
        criteria.append(
            {
                **said,
                "identifier": criterion,
                "CFItemURI": link(name(at), f"Does thing {at}"),
                "position": position,
                "rubricId": top,
                "CFRubricCriterionLevels": [
                    level(name(at * 1_000_000 + place), criterion, place, f"{at} at {place}")
                    for place in range(1, len(LEVELS) + 1)
                ],
            }
        )
    return {**said, "identifier": top, "title": "How far", "CFRubricCriteria": criteria}
