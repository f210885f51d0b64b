"""CASE packages of other systems, made for tests, and what makes two of them the same."""

import json
import uuid
from typing import Any

from hypothesis import strategies as st

Package = dict[str, Any]
AT = "2026-02-03T04:05:06Z"
WHERE = "https://standards.example/uri/"


def name(seed: int) -> str:
    return str(uuid.UUID(int=uuid.uuid5(uuid.NAMESPACE_URL, str(seed)).int))


def link(identifier: str, title: str = "A part") -> Package:
    return {"title": title, "identifier": identifier, "uri": WHERE + identifier}


def item(identifier: str, statement: str = "Leads people well", **more: Any) -> Package:
    said = {"identifier": identifier, "uri": WHERE + identifier, "fullStatement": statement}
    return {**said, "lastChangeDateTime": AT, **more}


def tie(identifier: str, kind: str, origin: str, destination: str, **more: Any) -> Package:
    return {
        "identifier": identifier,
        "uri": WHERE + identifier,
        "associationType": kind,
        "originNodeURI": link(origin),
        "destinationNodeURI": link(destination),
        "lastChangeDateTime": AT,
        **more,
    }


def document(identifier: str, **more: Any) -> Package:
    return {
        "identifier": identifier,
        "uri": WHERE + identifier,
        "creator": "Standards body",
        "title": "Leading in health care",
        "adoptionStatus": "Adopted",
        "lastChangeDateTime": AT,
        **more,
    }


def package(*items: Package, ties: list[Package] | None = None, **more: Any) -> Package:
    """Items right below the document unless ``ties`` say something else."""
    top = name(0)
    if ties is None:
        ties = [
            tie(name(10_000 + at), "isChildOf", one["identifier"], top, sequenceNumber=at)
            for at, one in enumerate(items)
        ]
    told = {"CFDocument": document(top), "CFItems": list(items), "CFAssociations": ties, **more}
    return {key: value for key, value in told.items() if value}


def chain(depth: int) -> Package:
    """Each item a part of the one before it."""
    items = [item(name(at), f"Level {at}") for at in range(1, depth + 1)]
    ties = [
        tie(name(10_000 + at), "isChildOf", name(at), name(at - 1), sequenceNumber=1)
        for at in range(1, depth + 1)
    ]
    return package(*items, ties=ties)


def as_file(said: Any) -> bytes:
    return json.dumps(said).encode()


def normal(said: Package, *, of_ours: bool = False) -> Package:
    """Without order; of a package of ours also without the times at which it was made."""
    if isinstance(said, dict):
        left_out = {"lastChangeDateTime"} if of_ours else set()
        return {
            key: normal(value, of_ours=of_ours)
            for key, value in said.items()
            if key not in left_out
        }
    if isinstance(said, list):
        told = [normal(one, of_ours=of_ours) for one in said]
        return sorted(told, key=lambda one: json.dumps(one, sort_keys=True))
    return said


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12
).filter(str.strip)
_LONG = st.text(st.sampled_from("ab c"), min_size=201, max_size=230).filter(
    lambda text: text.strip()
)


@st.composite
def packages(draw: Any) -> Package:
    """Items in a tree of any shape, with further parents, types, codes, groups and associations."""
    count = draw(st.integers(0, 9))
    top, names = name(0), [name(at + 1) for at in range(count)]
    items, ties = [], []
    for at, identifier in enumerate(names):
        items.append(item(identifier, draw(_TEXT | _LONG), **draw(_facts())))
        parents = draw(st.lists(st.sampled_from([top, *names[:at]]), max_size=3, unique=True))
        for number, parent in enumerate(parents):
            place = draw(st.none() | st.integers(0, 5))
            sequence = {} if place is None else {"sequenceNumber": place}
            ties.append(
                tie(name(1_000 + at * 10 + number), "isChildOf", identifier, parent, **sequence)
            )
    group = {**link(name(77), draw(_TEXT)), "lastChangeDateTime": AT}
    group["title"] = " ".join(group["title"].split()) or "Group"
    kinds = st.sampled_from(["precedes", "exactMatchOf", "isRelatedTo", "ext:tested.by"])
    ends = [*names, name(500), top, "not-a-uuid"]
    for at in range(draw(st.integers(0, 5))):
        grouped = {"CFAssociationGroupingURI": link(group["identifier"])} if at % 2 else {}
        kind, first, second = draw(kinds), draw(st.sampled_from(ends)), draw(st.sampled_from(ends))
        if kind == "precedes" and ends.index(first) >= ends.index(second):
            # Nothing comes before itself, however long the way round is.
            kind = "isRelatedTo"
        ties.append(tie(name(5_000 + at), kind, first, second, **grouped, notes="Why"))
    definitions = {"CFAssociationGroupings": [group]}
    return package(*items, ties=ties, CFDefinitions=definitions)


def _facts() -> Any:
    texts = {
        "humanCodingScheme": st.sampled_from(["1", "1.1", "A", " 2 "]) | _TEXT,
        "CFItemType": st.sampled_from(["Domain", "Competency", "Indicator", "Standard"]),
        "notes": _TEXT,
        "abbreviatedStatement": _TEXT,
        "educationLevel": st.lists(st.sampled_from(["09", "10"]), max_size=2),
        "statusStartDate": st.just("2026-01-31"),
        "extensions": st.just({"ext:colour": {"red": 1}}),
    }
    return st.fixed_dictionaries({}, optional=texts)
