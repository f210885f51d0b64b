"""What a package brings beside the tree: scales, groups, associations, and facts of the edition."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from accounts.actors import Actor, SystemJob
from accounts.scope import lifted
from pathways.models import (
    Association,
    AssociationGroup,
    Competency,
    FrameworkVersion,
)
from pathways.models.frameworks import IN_PUBLIC
from pathways.selectors.case.arrivals import Arrival
from pathways.selectors.case.documents import facts_of
from pathways.selectors.case.vocabulary import Json
from pathways.services.scales import RankedWords, make_scale_of

_SEES_IDENTIFIERS = SystemJob("pathways.look_for_identifiers", organisation_ids=None)
_LONGEST_TITLE, _LONGEST_URI = 300, 500
_TIE = (
    "identifier",
    "kind",
    "position",
    "origin_identifier",
    "origin_title",
    "origin_uri",
    "destination_identifier",
    "destination_title",
    "destination_uri",
    "case",
)
# Competencies of ours at the ends, which may lie in other editions.
_ENDS = ("origin_id", "destination_id")


@dataclass(frozen=True)
class Kept:
    """A draft before a package was applied, so that undoing finds it again."""

    tree: Mapping[str, Any]
    groups: list[Json] = field(default_factory=list)
    ties: list[Json] = field(default_factory=list)
    case: Json = field(default_factory=dict)
    identifier: str = ""

    def to_json(self) -> Json:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Kept":
        return cls(**kept)


def take_identifier(version: FrameworkVersion, arrival: Arrival, before: "Kept") -> None:
    """Let a draft that says nothing yet, and follows no other edition, be the package's document:
    under its identifier, if nothing has that one."""
    document = arrival.case["document"]["identifier"]
    says_nothing = not before.tree["nodes"] and not before.ties and not before.case
    if version.based_on_id is not None or not says_nothing:
        return
    try:
        with transaction.atomic():
            rows = FrameworkVersion.objects.filter(pk=version.pk)
            rows.update(identifier=UUID(document))
    except IntegrityError:
        return
    version.identifier = UUID(document)


def make_scales(scales: Mapping[str, list[Json]], *, by: Actor, now: datetime) -> None:
    """Scales that the package measures with and that are not there yet.

    Refuses, like any other making of a scale: ``may_not_make_scale``, ``scale_code_taken``.
    """
    for code, levels in scales.items():
        words = [RankedWords(one["rank"], one["label"], one["meaning"]) for one in levels]
        make_scale_of(code=code, title=levels[0]["title"], levels=words, by=by, now=now)


def write_ties(version: FrameworkVersion, arrival: Arrival, before: "Kept") -> bool:
    """Make groups, associations and further facts those of the package; True when any differs from
    ``before``."""
    wanted = _wanted(version, arrival)
    keep_ties(version, _with_ends_of(before, wanted))
    return _same(before) != _same(wanted)


def has_other_ties(version: FrameworkVersion, arrival: Arrival) -> bool:
    """Whether ``write_ties`` would change anything."""
    return _same(Kept({}, *ties_kept(version))) != _same(_wanted(version, arrival))


def _wanted(version: FrameworkVersion, arrival: Arrival) -> "Kept":
    groups = [
        {"identifier": one["identifier"], "title": one["title"], "case": {"grouping": one}}
        for one in arrival.groups
    ]
    case = {**arrival.case, "given": facts_of(version)}
    return Kept({}, groups, [_tie(one) for one in arrival.ties], case)


def ties_kept(version: FrameworkVersion) -> tuple[list[Json], list[Json], Json]:
    """Groups, associations and further facts of ``version``, as JSON."""
    groups = [
        {"identifier": str(row.identifier), "title": row.title, "case": row.case}
        for row in AssociationGroup.objects.filter(version=version).order_by("identifier")
    ]
    rows = Association.objects.filter(version=version).select_related("group")
    ties = []
    for row in rows.order_by("identifier"):
        told = {name: getattr(row, name) for name in _TIE}
        told |= {name: str(told[name]) for name in told if name.endswith("identifier")}
        told |= {name: getattr(row, name) for name in _ENDS}
        ties.append({**told, "group": str(row.group.identifier) if row.group else ""})
    return groups, ties, dict(version.case)


def drop_ties(version: FrameworkVersion) -> None:
    Association.objects.filter(version=version).delete()
    AssociationGroup.objects.filter(version=version).delete()


def keep_ties(version: FrameworkVersion, kept: Kept) -> None:
    """Put groups and associations in the place of those dropped, by their own identifiers."""
    names = _free(AssociationGroup, kept.groups)
    groups = {
        one["identifier"]: AssociationGroup(
            version=version,
            identifier=names[one["identifier"]],
            title=one["title"][:_LONGEST_TITLE],
            case=one["case"],
        )
        for one in kept.groups
    }
    AssociationGroup.objects.bulk_create(groups.values())
    ends, names = _competencies(version), _free(Association, kept.ties)
    elsewhere = _elsewhere(kept.ties)
    Association.objects.bulk_create(
        (
            Association(
                **{
                    **one,
                    **_ends(one, ends, elsewhere),
                    "identifier": names[one["identifier"]],
                    "group": groups.get(one["group"]),
                },
                version=version,
            )
            for one in kept.ties
        ),
        batch_size=1_000,
    )
    version.case = kept.case
    if kept.identifier:
        version.identifier = UUID(kept.identifier)
    version.save(update_fields=["case", "identifier"])


def _tie(said: Json) -> Json:
    origin, destination = said["originNodeURI"], said["destinationNodeURI"]
    return {
        "identifier": said["identifier"],
        "kind": said["associationType"],
        "position": said.get("sequenceNumber"),
        "origin_identifier": origin["identifier"],
        "origin_title": origin["title"],
        "origin_uri": origin["uri"][:_LONGEST_URI],
        "destination_identifier": destination["identifier"],
        "destination_title": destination["title"],
        "destination_uri": destination["uri"][:_LONGEST_URI],
        "case": {"association": said},
        "group": said.get("CFAssociationGroupingURI", {}).get("identifier", ""),
    }


def _same(kept: Kept) -> tuple[Any, ...]:
    in_order = (sorted(one, key=lambda row: row["identifier"]) for one in (kept.groups, kept.ties))
    groups, ties = in_order
    return groups, [_facts(one) for one in ties], kept.case


def _facts(tie: Json) -> Json:
    """What a tie says: which group it is in follows from its own words."""
    return {name: tie[name] for name in ("identifier", "kind", "position", "case")}


def _free(model: type[Association | AssociationGroup], rows: list[Json]) -> dict[str, UUID]:
    """Identifier -> itself where nothing has it, also where it cannot be seen, else a new one."""
    named = [one["identifier"] for one in rows]
    found = model._base_manager.filter(identifier__in=named)  # noqa: SLF001 (documented)
    with lifted(_SEES_IDENTIFIERS):
        taken = {str(one) for one in found.values_list("identifier", flat=True)}
    return {one: uuid4() if one in taken else UUID(one) for one in named}


def _competencies(version: FrameworkVersion) -> dict[str, Competency]:
    """By their identifiers, and by those they had in the package that they came from."""
    found: dict[str, Competency] = {}
    for row in Competency.objects.filter(version=version):
        found[str(row.identifier)] = row
        said = row.case.get("item")
        if said is not None:
            found.setdefault(said["identifier"], row)
    return found


def _elsewhere(ties: Iterable[Json]) -> set[int]:
    """Competencies (their ids) at ends in editions that stay as they are."""
    ids = {tie[name] for tie in ties for name in _ENDS if tie.get(name)}
    with lifted(_SEES_IDENTIFIERS):
        rows = Competency.objects.filter(pk__in=ids, version__state__in=IN_PUBLIC)
        return set(rows.values_list("pk", flat=True))


def _ends(tie: Json, known: Mapping[str, Competency], elsewhere: Collection[int]) -> Json:
    """The competencies at both ends, where they are ours: of this draft, or as they were kept."""
    ends: Json = {}
    for name in _ENDS:
        here, kept = known.get(tie[name.replace("_id", "_identifier")]), tie.get(name)
        ends[name] = here.pk if here else kept if kept in elsewhere else None
    return ends


def _with_ends_of(before: Kept, wanted: Kept) -> Kept:
    """The ties that the package brings; one that was there leads where it led, also elsewhere."""
    led = {_said(tie): {name: tie[name] for name in _ENDS} for tie in before.ties}
    return replace(wanted, ties=[{**tie, **led.get(_said(tie), {})} for tie in wanted.ties])


def _said(tie: Json) -> tuple[str, str, str]:
    return tie["kind"], tie["origin_identifier"], tie["destination_identifier"]
