"""What competencies have to do with each other beside the tree, told from either end."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import OrganisationParent
from pathways.models import Association, AssociationKind, Competency, FrameworkVersion
from pathways.models.frameworks import IN_PUBLIC, FrameworkVersionQuerySet, authored_by
from pathways.selectors.tree_checks import circle_sentence, find_circle

# The tree says what is a child of what, and indicators say at which level they are seen.
KINDS = (
    AssociationKind.RELATED,
    AssociationKind.PEER,
    AssociationKind.PART,
    AssociationKind.BEFORE,
    AssociationKind.REPLACED,
    AssociationKind.EXAMPLE,
    AssociationKind.SAME,
    AssociationKind.TRANSLATION,
)
# Said of one pair, these say the same the other way round.
BOTH_WAYS = frozenset({AssociationKind.RELATED, AssociationKind.PEER, AssociationKind.SAME})
# These lead in one direction, so that following them never comes back; within one edition only.
PARTS = frozenset({AssociationKind.PART, AssociationKind.CHILD})
WITHIN = frozenset({AssociationKind.PART, AssociationKind.BEFORE})


@dataclass(frozen=True, slots=True)
class ToldTie:
    """One tie as it reads at one of its ends: ``words`` and then what is at the other end.

    ``edition`` names that end's edition where it is another one.
    """

    row: Association
    words: str
    title: str
    edition: str


def ties_told(
    competency_ids: Collection[int], *, editions: FrameworkVersionQuerySet
) -> Mapping[int, tuple[ToldTie, ...]]:
    """Competency's id -> its ties from either end, in one statement; only those of its edition.

    What lies elsewhere is named where it is in one of ``editions``, those that the reader sees.
    """
    at_an_end = Q(origin_id__in=competency_ids) | Q(destination_id__in=competency_ids)
    told: dict[int, list[ToldTie]] = defaultdict(list)
    rows = with_ends_named(Association.objects.filter(at_an_end), editions=editions)
    for row in _with_ends(rows):
        for end, is_origin in ((row.origin, True), (row.destination, False)):
            if end is not None and end.version_id == row.version_id and end.pk in competency_ids:
                told[end.pk].append(_told(row, is_origin=is_origin))
    return {pk: tuple(ties) for pk, ties in told.items()}


def ties_written(actor: Actor, *, on: date) -> QuerySet[Association]:
    """Ties of the editions that ``actor`` writes or reviews."""
    rows = Association.objects.filter(authored_by(actor, on=on, prefix="version__framework__"))
    return _with_ends(rows).select_related("version__framework")


def with_ends_named(
    rows: QuerySet[Association], *, editions: FrameworkVersionQuerySet
) -> QuerySet[Association]:
    """Each with ``names_origin`` and ``names_destination``: whether that end is told to somebody
    who sees ``editions``. It is one of the same edition, of one of those, or none of ours."""
    seen = editions.order_by().values("pk")
    return rows.annotate(
        names_origin=Q(origin__isnull=True)
        | Q(origin__version=F("version"))
        | Exists(seen.filter(pk=OuterRef("origin__version"))),
        names_destination=Q(destination__isnull=True)
        | Q(destination__version=F("version"))
        | Exists(seen.filter(pk=OuterRef("destination__version"))),
    )


def editions_to_tie(
    version: FrameworkVersion, *, seen: FrameworkVersionQuerySet, on: date
) -> FrameworkVersionQuerySet:
    """The edition itself, and those of ``seen`` whose competencies it may name: they are in public,
    so that they stay as they are, and whoever reads this edition may read them."""
    framework = version.framework
    owners = _and_above(framework.owner_id, on=on) if framework.owner_id else set()
    wide = Q(framework__owner__isnull=True) | Q(framework__owner__in=owners)
    return seen.filter(Q(pk=version.pk) | wide & Q(state__in=IN_PUBLIC))


def _and_above(organisation_id: int, *, on: date) -> set[int]:
    found, above = set[int](), {organisation_id}
    while above:
        found |= above
        links = OrganisationParent.objects.on(on).filter(organisation__in=above)
        above = set(links.values_list("parent_id", flat=True)) - found
    return found


def competency_called(code: str, *, version: FrameworkVersion) -> Competency | None:
    """That of ``version``, an edition its reader sees, by its code; by other letters' case too."""
    rows = Competency.objects.filter(version=version)
    return rows.filter(code=code).first() or rows.filter(code__iexact=code).first()


def circle_of(version: FrameworkVersion) -> str:
    """A sentence that names what is a part of itself, or comes before itself; empty without any.

    Parts are those of the tree and those by association, taken together.
    """
    ties = Association.objects.filter(
        version=version,
        kind__in=[*PARTS, AssociationKind.BEFORE],
        origin__version=version,
        destination__version=version,
    ).values_list("kind", "origin_id", "destination_id")
    if not ties:
        return ""
    rows = Competency.objects.filter(version=version).values_list("pk", "code", "parent_id")
    codes = {pk: code for pk, code, _parent in rows}
    parents = [(pk, parent) for pk, _code, parent in rows if parent is not None]
    parents += [(start, end) for kind, start, end in ties if kind in PARTS]
    if circle := _circle(parents):
        return circle_sentence(codes[pk] for pk in circle)
    if circle := _circle((start, end) for kind, start, end in ties if kind not in PARTS):
        sentence = _("These competencies would come before themselves: %(codes)s. Remove one tie.")
        return sentence % {"codes": " → ".join(codes[pk] for pk in circle)}
    return ""


def _circle(steps: Iterable[tuple[int, int]]) -> list[int]:
    leads: dict[str, list[str]] = defaultdict(list)
    for start, end in steps:
        leads[str(start)].append(str(end))
    return [int(key) for key in find_circle(leads)]


def _with_ends(rows: QuerySet[Association]) -> QuerySet[Association]:
    ends = rows.select_related("origin__version__framework", "destination__version__framework")
    return ends.order_by("kind", "position", "pk")


def _told(row: Any, *, is_origin: bool) -> ToldTie:
    kind = AssociationKind(row.kind)
    words = str(kind.label) if is_origin else _other_way_round(kind)
    other = row.destination if is_origin else row.origin
    is_named = row.names_destination if is_origin else row.names_origin
    if not is_named:
        return ToldTie(row, words, _("A competency that you cannot see"), "")
    if other is None:
        title = row.destination_title if is_origin else row.origin_title
        identifier = row.destination_identifier if is_origin else row.origin_identifier
        return ToldTie(row, words, title or str(identifier), "")
    edition = "" if other.version_id == row.version_id else _edition(other.version)
    return ToldTie(row, words, f"{other.code} {other.title}", edition)


def _edition(version: FrameworkVersion) -> str:
    told = {"title": version.framework.title, "edition": version.label}
    return _("%(title)s, %(edition)s") % told


def _other_way_round(kind: AssociationKind) -> str:
    return {
        AssociationKind.CHILD: _("Has as a part, in the tree"),
        AssociationKind.PART: _("Has as a part"),
        AssociationKind.BEFORE: _("Comes after"),
        AssociationKind.REPLACED: _("Replaces"),
        AssociationKind.EXAMPLE: _("Is an example of"),
        AssociationKind.SKILL: _("Is the skill level of"),
        AssociationKind.TRANSLATION: _("Is translated as"),
    }.get(kind, str(kind.label))
