"""What a CASE 1.1 package is made of: which members each part has, and of which kind.

Written from the standard's information model. What is read is checked against this, and the
description of the interface is made from it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pathways.models import AssociationKind
from pathways.selectors.case.vocabulary import VERSION, Json

TEXT = "text"
LINE = "line"
URI = "uri"
IDENTIFIER = "identifier"
ANY_IDENTIFIER = "any identifier"
MOMENT = "moment"
DAY = "day"
WHOLE = "whole number"
NUMBER = "number"
OBJECT = "object"
OBJECTS = "objects"
TEXTS = "texts"
KIND_OF_TIE = "kind of association"
TARGET = "kind of target"
CASE_VERSION = "version of the standard"

UUID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
EXTENSION = r"ext:[A-Za-z0-9._\-]+"
KINDS_OF_TIE = tuple(AssociationKind.values)


@dataclass(frozen=True, slots=True)
class Shape:
    """``fields``: name of a member -> its kind, which may be another shape, or a list of one."""

    name: str
    required: tuple[str, ...]
    fields: "Mapping[str, str | Shape | ListOf]"

    def without(self, field: str, *, name: str) -> "Shape":
        kept = {known: kind for known, kind in self.fields.items() if known != field}
        return Shape(name, tuple(one for one in self.required if one != field), kept)

    def within(self) -> "Iterator[Shape]":
        """The shapes that its members have, and theirs."""
        for kind in self.fields.values():
            inner = kind.of if isinstance(kind, ListOf) else kind
            if isinstance(inner, Shape):
                yield inner
                yield from inner.within()


@dataclass(frozen=True, slots=True)
class ListOf:
    of: Shape


_BASE = {"identifier": IDENTIFIER, "uri": URI, "lastChangeDateTime": MOMENT, "extensions": OBJECT}
_NAMED = ("identifier", "uri", "title", "lastChangeDateTime")

LINK = Shape(
    "LinkURI",
    ("title", "identifier", "uri"),
    {"title": LINE, "identifier": IDENTIFIER, "uri": URI},
)
LINK_TO_NODE = Shape(
    "LinkGenURI",
    ("title", "identifier", "uri"),
    {"title": LINE, "identifier": ANY_IDENTIFIER, "uri": URI, "targetType": TARGET},
)
DOCUMENT = Shape(
    "CFDocument",
    ("identifier", "uri", "creator", "title", "lastChangeDateTime", "CFPackageURI"),
    {
        **_BASE,
        "frameworkType": LINE,
        "caseVersion": CASE_VERSION,
        "creator": LINE,
        "title": LINE,
        "officialSourceURL": URI,
        "publisher": LINE,
        "description": TEXT,
        "subject": TEXTS,
        "subjectURI": ListOf(LINK),
        "language": LINE,
        "version": LINE,
        "adoptionStatus": LINE,
        "statusStartDate": DAY,
        "statusEndDate": DAY,
        "licenseURI": LINK,
        "notes": TEXT,
        "CFPackageURI": LINK,
    },
)
ITEM = Shape(
    "CFItem",
    ("identifier", "uri", "fullStatement", "lastChangeDateTime", "CFDocumentURI"),
    {
        **_BASE,
        "fullStatement": TEXT,
        "alternativeLabel": LINE,
        "CFItemType": LINE,
        "humanCodingScheme": LINE,
        "listEnumeration": LINE,
        "abbreviatedStatement": LINE,
        "conceptKeywords": TEXTS,
        "conceptKeywordsURI": LINK,
        "notes": TEXT,
        "subject": TEXTS,
        "subjectURI": ListOf(LINK),
        "language": LINE,
        "educationLevel": TEXTS,
        "CFItemTypeURI": LINK,
        "licenseURI": LINK,
        "statusStartDate": DAY,
        "statusEndDate": DAY,
        "CFDocumentURI": LINK,
    },
)
ASSOCIATION = Shape(
    "CFAssociation",
    (
        "identifier",
        "uri",
        "associationType",
        "originNodeURI",
        "destinationNodeURI",
        "lastChangeDateTime",
    ),
    {
        **_BASE,
        "associationType": KIND_OF_TIE,
        "sequenceNumber": WHOLE,
        "originNodeURI": LINK_TO_NODE,
        "destinationNodeURI": LINK_TO_NODE,
        "CFAssociationGroupingURI": LINK,
        "notes": TEXT,
        "CFDocumentURI": LINK,
    },
)
GROUPING = Shape("CFAssociationGrouping", _NAMED, {**_BASE, "title": LINE, "description": TEXT})
ITEM_TYPE = Shape(
    "CFItemType",
    (*_NAMED, "description", "hierarchyCode"),
    {**_BASE, "title": LINE, "description": TEXT, "hierarchyCode": LINE, "typeCode": LINE},
)
CONCEPT = Shape(
    "CFConcept",
    (*_NAMED, "hierarchyCode"),
    {**_BASE, "title": LINE, "keywords": LINE, "hierarchyCode": LINE, "description": TEXT},
)
SUBJECT = Shape(
    "CFSubject",
    (*_NAMED, "hierarchyCode"),
    {**_BASE, "title": LINE, "hierarchyCode": LINE, "description": TEXT},
)
LICENSE = Shape(
    "CFLicense",
    (*_NAMED, "licenseText"),
    {**_BASE, "title": LINE, "description": TEXT, "licenseText": TEXT},
)
CRITERION_LEVEL = Shape(
    "CFRubricCriterionLevel",
    ("identifier", "uri", "lastChangeDateTime"),
    {
        **_BASE,
        "description": TEXT,
        "quality": LINE,
        "score": NUMBER,
        "feedback": TEXT,
        "position": WHOLE,
        "rubricCriterionId": IDENTIFIER,
        "extensions": OBJECTS,
    },
)
CRITERION = Shape(
    "CFRubricCriterion",
    ("identifier", "uri", "lastChangeDateTime"),
    {
        **_BASE,
        "category": LINE,
        "description": TEXT,
        "CFItemURI": LINK,
        "weight": NUMBER,
        "position": WHOLE,
        "rubricId": IDENTIFIER,
        "CFRubricCriterionLevels": ListOf(CRITERION_LEVEL),
    },
)
RUBRIC = Shape(
    "CFRubric",
    ("identifier", "uri", "lastChangeDateTime"),
    {**_BASE, "title": LINE, "description": TEXT, "CFRubricCriteria": ListOf(CRITERION)},
)
DEFINITIONS = Shape(
    "CFDefinition",
    (),
    {
        "CFConcepts": ListOf(CONCEPT),
        "CFSubjects": ListOf(SUBJECT),
        "CFLicenses": ListOf(LICENSE),
        "CFItemTypes": ListOf(ITEM_TYPE),
        "CFAssociationGroupings": ListOf(GROUPING),
        "extensions": OBJECT,
    },
)
DOCUMENT_IN_PACKAGE = DOCUMENT.without("CFPackageURI", name="CFPckgDocument")
ITEM_IN_PACKAGE = ITEM.without("CFDocumentURI", name="CFPckgItem")
ASSOCIATION_IN_PACKAGE = ASSOCIATION.without("CFDocumentURI", name="CFPckgAssociation")
PACKAGE = Shape(
    "CFPackage",
    ("CFDocument",),
    {
        "CFDocument": DOCUMENT_IN_PACKAGE,
        "CFItems": ListOf(ITEM_IN_PACKAGE),
        "CFAssociations": ListOf(ASSOCIATION_IN_PACKAGE),
        "CFDefinitions": DEFINITIONS,
        "CFRubrics": ListOf(RUBRIC),
        "extensions": OBJECT,
    },
)
DOCUMENT_SET = Shape("CFDocumentSet", ("CFDocuments",), {"CFDocuments": ListOf(DOCUMENT)})
ASSOCIATION_SET = Shape(
    "CFAssociationSet",
    ("CFItem", "CFAssociations"),
    {"CFItem": ITEM, "CFAssociations": ListOf(ASSOCIATION_IN_PACKAGE)},
)
CONCEPT_SET = Shape("CFConceptSet", ("CFConcepts",), {"CFConcepts": ListOf(CONCEPT)})
SUBJECT_SET = Shape("CFSubjectSet", ("CFSubjects",), {"CFSubjects": ListOf(SUBJECT)})
ITEM_TYPE_SET = Shape("CFItemTypeSet", ("CFItemTypes",), {"CFItemTypes": ListOf(ITEM_TYPE)})

_SCHEMAS: Mapping[str, Json] = {
    TEXT: {"type": "string"},
    LINE: {"type": "string"},
    URI: {"type": "string", "format": "uri"},
    IDENTIFIER: {"type": "string", "pattern": UUID},
    ANY_IDENTIFIER: {"type": "string"},
    MOMENT: {"type": "string", "format": "date-time"},
    DAY: {"type": "string", "format": "date"},
    WHOLE: {"type": "integer", "format": "int32"},
    NUMBER: {"type": "number", "format": "float"},
    OBJECT: {"type": "object"},
    OBJECTS: {"type": "array", "items": {"type": "object"}},
    TEXTS: {"type": "array", "items": {"type": "string"}},
    KIND_OF_TIE: {
        "anyOf": [
            {"type": "string", "enum": list(KINDS_OF_TIE)},
            {"type": "string", "pattern": f"^{EXTENSION}$"},
        ]
    },
    TARGET: {
        "anyOf": [
            {"type": "string", "enum": ["CASE"]},
            {"type": "string", "pattern": f"^{EXTENSION}$"},
        ]
    },
    CASE_VERSION: {"type": "string", "enum": [VERSION]},
}


def schema_of(shape: Shape) -> Json:
    """The JSON schema of one part, which refers to those of its members by name."""
    schema: Json = {
        "type": "object",
        "properties": {name: _schema(kind) for name, kind in shape.fields.items()},
        "additionalProperties": False,
    }
    return schema | ({"required": list(shape.required)} if shape.required else {})


def type_name(shape: Shape) -> str:
    """As the standard names its data types."""
    return f"{shape.name}DType"


def _schema(kind: str | Shape | ListOf) -> Json:
    if isinstance(kind, Shape):
        return {"$ref": f"#/components/schemas/{type_name(kind)}"}
    if isinstance(kind, ListOf):
        return {"type": "array", "items": _schema(kind.of)}
    return dict(_SCHEMAS[kind])
