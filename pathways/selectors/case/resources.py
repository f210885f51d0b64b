"""The single things that CASE has addresses for, looked up among the editions somebody may see."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, cast

from django.db.models import F, Q, QuerySet
from django.db.models.functions import JSONObject

from accounts.actors import Actor
from pathways.models import (
    Association,
    AssociationGroup,
    Competency,
    Domain,
    FrameworkVersion,
    Indicator,
    Scale,
)
from pathways.models.frameworks import FrameworkVersionQuerySet
from pathways.selectors.associations import with_ends_named
from pathways.selectors.case.documents import (
    alone,
    document_of,
    item_type,
    license_identifier,
    licenses_of,
)
from pathways.selectors.case.editions import MADE, Edition, read_edition
from pathways.selectors.case.items import item_of
from pathways.selectors.case.packages import package_of
from pathways.selectors.case.rubrics import rubric_identifier, rubrics_of
from pathways.selectors.case.ties import association_of, associations_of, grouping_of
from pathways.selectors.case.vocabulary import (
    ASSOCIATIONS,
    CONCEPTS,
    DOCUMENTS,
    ITEM_TYPES,
    ITEM_TYPES_OF_OURS,
    LICENSES,
    SUBJECTS,
    Json,
    link,
    tie_to_level,
    tie_to_parent,
)

PRIVATE = "Private Draft"
_AT_ONCE = 200


def editions_to_serve(*, actor: Actor, on: date) -> FrameworkVersionQuerySet:
    """Published and retired editions that ``actor`` may see, but for what says it is private.

    Whoever writes a framework sees its drafts elsewhere: the standard tells of none.
    """
    return (
        FrameworkVersion.objects.visible_to(actor, on=on)
        .in_public()
        .exclude(case__contains={"document": {"adoptionStatus": PRIVATE}})
        .select_related("framework__owner", "scale")
        .order_by("identifier")
    )


def documents(editions: FrameworkVersionQuerySet) -> Iterator[Json]:
    """The documents of ``editions``, one after the other and without what their packages hold."""
    for version in _without_packages(editions).iterator(chunk_size=_AT_ONCE):
        said = cast("Any", version).document_said
        version.case = {name: told for name, told in said.items() if told}
        yield alone(document_of(version))


def documents_named(editions: FrameworkVersionQuerySet, names: Sequence[str]) -> list[Json]:
    """Those with the identifiers ``names``, in that order."""
    found = {one["identifier"]: one for one in documents(editions.filter(identifier__in=names))}
    return [found[name] for name in names if name in found]


def document(editions: FrameworkVersionQuerySet, identifier: str) -> Json | None:
    version = editions.filter(identifier=identifier).first()
    return None if version is None else alone(document_of(version))


def package(editions: FrameworkVersionQuerySet, identifier: str) -> Json | None:
    version = editions.filter(identifier=identifier).first()
    return None if version is None else package_of(version, editions=editions)


def item(editions: FrameworkVersionQuerySet, identifier: str) -> Json | None:
    edition = _edition_of_item(editions, identifier)
    return None if edition is None else _item_alone(edition, identifier)


def item_associations(editions: FrameworkVersionQuerySet, identifier: str) -> Json | None:
    """The item with every association that has it at either end, also those of other editions."""
    edition = _edition_of_item(editions, identifier)
    if edition is None:
        return None
    told = [tie for tie in associations_of(edition) if identifier in _ends(tie)]
    elsewhere = _associations(editions).exclude(version=edition.version)
    at_an_end = Q(origin_identifier=identifier) | Q(destination_identifier=identifier)
    rows = elsewhere.filter(at_an_end).order_by("identifier")
    told += [association_of(row, row.version) for row in rows]
    return {"CFItem": _item_alone(edition, identifier), ASSOCIATIONS: told}


def association(editions: FrameworkVersionQuerySet, identifier: str) -> Json | None:
    row = _associations(editions).filter(identifier=identifier).first()
    if row is not None:
        return association_of(row, row.version) | {"CFDocumentURI": _document_link(row.version)}
    for version in _editions_with_tie(editions, identifier):
        ties = associations_of(read_edition(version, editions=editions))
        tie = next((tie for tie in ties if tie["identifier"] == identifier), None)
        if tie is not None:
            return tie | {"CFDocumentURI": _document_link(version)}
    return None


def grouping(editions: FrameworkVersionQuerySet, identifier: str) -> Json | None:
    rows = AssociationGroup.objects.filter(version__in=editions.order_by(), identifier=identifier)
    row = rows.select_related("version").first()
    return None if row is None else grouping_of(row, row.version)


def concepts(editions: FrameworkVersionQuerySet, identifier: str) -> Json | None:
    return _defined(editions, CONCEPTS, identifier)


def subjects(editions: FrameworkVersionQuerySet, identifier: str) -> Json | None:
    return _defined(editions, SUBJECTS, identifier)


def item_types(editions: FrameworkVersionQuerySet, identifier: str) -> Json | None:
    """Those of ours are the same in every edition, so any that is seen tells of them."""
    found = _defined(editions, ITEM_TYPES, identifier)
    version = editions.filter(case__document__isnull=True).first()
    if found is not None or version is None:
        return found
    ours = [item_type(kind, version) for kind in ITEM_TYPES_OF_OURS.values()]
    return _with_what_is_below(ITEM_TYPES, ours, identifier)


def license_(editions: FrameworkVersionQuerySet, identifier: str) -> Json | None:
    found = _defined(editions, LICENSES, identifier)
    if found is not None:
        licence: Json = found[LICENSES][0]
        return licence
    for version in _without_packages(editions.exclude(framework__licence="")):
        if license_identifier(version) == identifier:
            return licenses_of(version)[0]
    return None


def rubric(editions: FrameworkVersionQuerySet, identifier: str) -> Json | None:
    """Only the one edition that has it is read whole."""
    kept = editions.filter(case__rubrics__contains=[{"identifier": identifier}])
    version = kept.first() or _edition_with_scale(editions, identifier)
    rubrics = [] if version is None else rubrics_of(read_edition(version))
    return next((one for one in rubrics if one["identifier"] == identifier), None)


def _item_alone(edition: Edition, identifier: str) -> Json:
    node = next(node for node in edition.items if node.identifier == identifier)
    return item_of(node, edition.version) | {"CFDocumentURI": _document_link(edition.version)}


def _document_link(version: FrameworkVersion) -> Json:
    told = document_of(version)
    return link(DOCUMENTS, told["identifier"], told["title"]) | {"uri": told["uri"]}


def _ends(tie: Json) -> tuple[str, str]:
    return tie["originNodeURI"]["identifier"], tie["destinationNodeURI"]["identifier"]


def _associations(editions: FrameworkVersionQuerySet) -> QuerySet[Association]:
    rows = Association.objects.filter(version__in=editions.order_by())
    rows = with_ends_named(rows, editions=editions)
    return rows.select_related("group", "version__framework__owner", "version__scale")


def _items(condition: Q) -> Iterator[QuerySet[Any, int]]:
    """The editions of the rows that meet ``condition``, kind by kind."""
    yield (
        Domain.objects.filter(condition)
        .exclude(case__has_key=MADE)
        .values_list("version_id", flat=True)
    )
    yield Competency.objects.filter(condition).values_list("version_id", flat=True)
    yield Indicator.objects.filter(condition).values_list(
        "descriptor__competency__version_id", flat=True
    )


def _edition_of_item(editions: FrameworkVersionQuerySet, identifier: str) -> Edition | None:
    held = Q()
    for rows in _items(Q(identifier=identifier)):
        held |= Q(pk__in=rows)
    version = editions.filter(held).first()
    return None if version is None else read_edition(version, editions=editions)


def _editions_with_tie(
    editions: FrameworkVersionQuerySet, identifier: str
) -> FrameworkVersionQuerySet:
    """Where an association could be that has no row of its own: between an item and its parent or
    level, or told as it was said."""
    near = Q(identifier__in=[tie_to_parent(identifier), tie_to_level(identifier)])
    near |= Q(case__child_of__identifier=identifier) | Q(case__level__identifier=identifier)
    held = Q(case__associations__contains=[{"identifier": identifier}])
    for rows in _items(near):
        held |= Q(pk__in=rows)
    return editions.filter(held)


def _defined(editions: FrameworkVersionQuerySet, name: str, identifier: str) -> Json | None:
    """A definition that a package brought, with those below it in the same package."""
    held = {f"case__definitions__{name}__contains": [{"identifier": identifier}]}
    version = editions.filter(**held).first()
    if version is None:
        return None
    return _with_what_is_below(name, version.case["definitions"][name], identifier)


def _with_what_is_below(name: str, known: list[Json], identifier: str) -> Json | None:
    asked = next((one for one in known if one["identifier"] == identifier), None)
    if asked is None:
        return None
    code = asked.get("hierarchyCode", "")
    below = [one for one in known if code and one.get("hierarchyCode", "").startswith(f"{code}.")]
    below.sort(key=lambda one: (one["hierarchyCode"], one["identifier"]))
    return {name: [asked, *below]}


def _edition_with_scale(
    editions: FrameworkVersionQuerySet, identifier: str
) -> FrameworkVersion | None:
    """That whose rubric of one of the scales has ``identifier``, which follows from the two."""
    codes = list(Scale.objects.values_list("code", flat=True))
    for pk, document in editions.values_list("pk", "identifier"):
        if any(rubric_identifier(str(document), code) == identifier for code in codes):
            return editions.get(pk=pk)
    return None


def _without_packages(editions: FrameworkVersionQuerySet) -> FrameworkVersionQuerySet:
    """Of what the packages said only what their documents say of themselves."""
    slim = JSONObject(document=F("case__document"), given=F("case__given"))
    return editions.defer("case").annotate(document_said=slim)
