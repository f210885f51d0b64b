"""The edition itself: its document, and the definitions that its parts refer to."""

from typing import Any

from django.conf import settings

from pathways.models import FrameworkVersion, VersionState
from pathways.selectors.case.editions import Edition
from pathways.selectors.case.items import LANGUAGE, has_other_type, item_type_of
from pathways.selectors.case.ties import grouping_of
from pathways.selectors.case.vocabulary import (
    ADOPTION,
    DOCUMENTS,
    GROUPINGS,
    ITEM_TYPES,
    ITEM_TYPES_OF_OURS,
    LICENSES,
    PACKAGES,
    VERSION,
    ItemType,
    Json,
    derived,
    is_as_said,
    last_change,
    link,
    uri_of,
)
from pathways.selectors.trees import Node


def document_of(version: FrameworkVersion) -> Json:
    """The document as it stands in a package; on its own it also says where the package is."""
    said: Json | None = version.case.get("document")
    if said is None:
        return _document_of_ours(version)
    changed = _changed(version, said)
    document = {name: value for name, value in {**said, **changed}.items() if value != ""}
    if not is_as_said(said, version.identifier):
        identifier = str(version.identifier)
        document |= {"identifier": identifier, "uri": uri_of(DOCUMENTS, identifier)}
    elif not changed:
        return dict(said)
    return document | {"lastChangeDateTime": last_change(version)}


def alone(document: Json) -> Json:
    identifier = document["identifier"]
    return document | {"CFPackageURI": link(PACKAGES, identifier, document["title"])}


def facts_of(version: FrameworkVersion) -> Json:
    """What a document says of an edition and we keep in columns, as the document says it."""
    return {
        "title": version.framework.title,
        "publisher": version.framework.publisher,
        "version": version.label,
        "statusStartDate": version.valid_from.isoformat(),
        "statusEndDate": version.valid_to.isoformat() if version.valid_to else "",
    }


def definitions_of(edition: Edition) -> Json:
    """Definitions as they were said, with those that our own parts refer to."""
    kept: dict[str, Any] = edition.kept.get("definitions", {})
    ours = {
        ITEM_TYPES: [item_type(kind, edition.version) for kind in _kinds_of_ours(edition)],
        LICENSES: [] if edition.document else licenses_of(edition.version),
        GROUPINGS: [grouping_of(group, edition.version) for group in edition.groups],
    }
    told = dict(kept)
    for name, added in ours.items():
        known = {one["identifier"] for one in kept.get(name, ())}
        further = [one for one in added if one["identifier"] not in known]
        if further:
            told[name] = [*kept.get(name, ()), *further]
    return told


def item_type(kind: ItemType, version: FrameworkVersion) -> Json:
    return {
        "identifier": kind.identifier,
        "uri": uri_of(ITEM_TYPES, kind.identifier),
        "title": kind.title,
        "description": kind.description,
        "hierarchyCode": kind.hierarchy_code,
        "lastChangeDateTime": last_change(version),
    }


def license_identifier(version: FrameworkVersion) -> str:
    return derived("licence", version.framework.identifier)


def licenses_of(version: FrameworkVersion) -> list[Json]:
    licence = version.framework.licence
    if not licence:
        return []
    identifier = license_identifier(version)
    return [
        {
            "identifier": identifier,
            "uri": uri_of(LICENSES, identifier),
            "title": licence,
            "licenseText": licence,
            "lastChangeDateTime": last_change(version),
        }
    ]


def _kinds_of_ours(edition: Edition) -> list[ItemType]:
    """The kinds that items say they are of, but for what a package says and defines itself."""
    used = {item_type_of(node).title for node in edition.items if _has_kind_of_ours(node)}
    return [kind for title, kind in ITEM_TYPES_OF_OURS.items() if title in used]


def _has_kind_of_ours(node: Node) -> bool:
    said = node.case.get("item")
    return said is None or has_other_type(node, said)


def _document_of_ours(version: FrameworkVersion) -> Json:
    framework, identifier = version.framework, str(version.identifier)
    document = {
        "identifier": identifier,
        "uri": uri_of(DOCUMENTS, identifier),
        "caseVersion": VERSION,
        "creator": framework.publisher or _owner(version),
        "description": framework.audience,
        "language": LANGUAGE,
        "notes": version.change_summary,
        "adoptionStatus": ADOPTION[version.state],
        "lastChangeDateTime": last_change(version),
        **facts_of(version),
    }
    for licence in licenses_of(version):
        document["licenseURI"] = link(LICENSES, licence["identifier"], licence["title"])
    return {name: value for name, value in document.items() if value}


def _owner(version: FrameworkVersion) -> str:
    owner = version.framework.owner
    return owner.name if owner else settings.ORGANISATION_NAME


def _changed(version: FrameworkVersion, said: Json) -> Json:
    """The members that no longer say what the columns say. ``given`` is what the columns said when
    the package had been read: a title may have been too long for them, a day not given."""
    given: Json = version.case.get("given", {})
    changed = {
        name: fact for name, fact in facts_of(version).items() if fact != given.get(name, fact)
    }
    if version.state == VersionState.RETIRED and said.get("adoptionStatus") != "Deprecated":
        changed["adoptionStatus"] = ADOPTION[version.state]
    return changed
