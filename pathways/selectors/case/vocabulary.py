"""The words, addresses and identifiers that CASE 1.1 and we share."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from common.dates import london_midnight
from pathways.models import FrameworkVersion
from pathways.selectors.trees import COMPETENCY, DOMAIN, INDICATOR

Json = dict[str, Any]

BASE = "/ims/case/v1p1"
VERSION = "1.1"
DOCUMENTS = "CFDocuments"
PACKAGES = "CFPackages"
ITEMS = "CFItems"
ASSOCIATIONS = "CFAssociations"
GROUPINGS = "CFAssociationGroupings"
CONCEPTS = "CFConcepts"
SUBJECTS = "CFSubjects"
ITEM_TYPES = "CFItemTypes"
LICENSES = "CFLicenses"
RUBRICS = "CFRubrics"

# What the standard calls the permission to read.
SCOPES = {
    "https://purl.imsglobal.org/spec/case/v1p1/scope/core.readonly": "Read frameworks.",
    "https://purl.imsglobal.org/spec/case/v1p1/scope/all.readonly": "Read frameworks, whole.",
}

CHILD = "isChildOf"
SKILL = "hasSkillLevel"
PART, BEFORE = "isPartOf", "precedes"

ADOPTION = {
    "DRAFT": "Private Draft",
    "IN_REVIEW": "Draft",
    "PUBLISHED": "Adopted",
    "RETIRED": "Deprecated",
}

# What is derived from a row and has none of its own is named after the row, so that it keeps its
# identifier without one being stored.
_NAMESPACE = uuid.UUID("5b0d3f7e-6c1c-5f5e-9b0a-6a8f0e3a1c11")
# The bits in which the tie of a row differs from the row; those that say "version 4" stay.
_TIE_TO_PARENT = 0x5A5A5A5A_0000_0A5A_15A5_A5A5A5A5A5A5
_TIE_TO_LEVEL = 0xA5A5A5A5_0000_05A5_2A5A_5A5A5A5A5A5A


@dataclass(frozen=True, slots=True)
class ItemType:
    """What one kind of item is called, and its place among the kinds."""

    title: str
    description: str
    hierarchy_code: str

    @property
    def identifier(self) -> str:
        return derived("item type", self.title)


GROUP_OF_COMPETENCIES = "Competency group"
ITEM_TYPES_OF_OURS = {
    kind.title: kind
    for kind in (
        ItemType("Domain", "A chapter of the framework.", "1"),
        ItemType(GROUP_OF_COMPETENCIES, "Holds competencies and is not assessed itself.", "1.1"),
        ItemType("Competency", "One thing a manager does well or less well.", "1.1.1"),
        ItemType("Indicator", "Something one could see a person do.", "1.1.1.1"),
    )
}
TYPE_OF_KIND = {DOMAIN: "Domain", COMPETENCY: "Competency", INDICATOR: "Indicator"}


def derived(*names: object) -> str:
    """The identifier of what is known by ``names`` alone, the same whenever it is asked for."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(map(str, names))))


def tie_to_parent(identifier: str) -> str:
    """The identifier of the association of an item with its parent; of that, the item's again."""
    return str(uuid.UUID(int=uuid.UUID(identifier).int ^ _TIE_TO_PARENT))


def tie_to_level(identifier: str) -> str:
    """The same for the association of an indicator with its level."""
    return str(uuid.UUID(int=uuid.UUID(identifier).int ^ _TIE_TO_LEVEL))


def uri_of(collection: str, identifier: str) -> str:
    return f"{settings.SITE_URL}{BASE}/{collection}/{identifier}"


def link(collection: str, identifier: str, title: str) -> Json:
    """A LinkURI: what one part says of another."""
    return {
        "title": " ".join(title.split()),
        "identifier": identifier,
        "uri": uri_of(collection, identifier),
    }


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def last_change(version: FrameworkVersion) -> str:
    """When anything of the edition changed last, as far back as we know."""
    known = [at for at in (version.changed_at, version.frozen_at) if at is not None]
    return moment(max(known) if known else london_midnight(version.valid_from))


def is_as_said(said: Mapping[str, Any] | None, identifier: object) -> bool:
    """Whether a row is the very thing that ``said`` describes, and no later edition's copy."""
    return said is not None and said.get("identifier") == str(identifier)
