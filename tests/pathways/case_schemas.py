"""The standard's JSON schemas, written once more by hand, so that a mistake in ours is seen."""

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
TEXT = {"type": "string"}
IDENTIFIER = {"type": "string", "pattern": UUID}
URI = {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:\S+$"}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
DAY = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
TEXTS = {"type": "array", "items": TEXT}
WHOLE = {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}
TIES = [
    "isChildOf",
    "isPeerOf",
    "isPartOf",
    "exactMatchOf",
    "precedes",
    "isRelatedTo",
    "replacedBy",
    "exemplar",
    "hasSkillLevel",
    "isTranslationOf",
]
KIND = {"anyOf": [{"enum": TIES}, {"type": "string", "pattern": r"^ext:[\w.\-]+$"}]}


def a(required: str, **optional: Any) -> dict[str, Any]:
    """An object with those of the usual members that are named, and no others."""
    usual = {
        "identifier": IDENTIFIER,
        "uri": URI,
        "lastChangeDateTime": MOMENT,
        "title": TEXT,
        "hierarchyCode": TEXT,
    }
    properties = {**{name: usual.get(name, TEXT) for name in required.split()}, **optional}
    return {
        "type": "object",
        "required": required.split(),
        "properties": {**properties, "extensions": {"type": "object"}},
        "additionalProperties": False,
    }


_LINK = a("title identifier uri")
_LINK["properties"].pop("extensions")
LINK = _LINK
NODE = {**LINK, "properties": {**LINK["properties"], "identifier": TEXT, "targetType": TEXT}}
_DOCUMENT: dict[str, Any] = {
    "frameworkType": TEXT,
    "caseVersion": {"const": "1.1"},
    "officialSourceURL": URI,
    "publisher": TEXT,
    "description": TEXT,
    "subject": TEXTS,
    "subjectURI": {"type": "array", "items": LINK},
    "language": TEXT,
    "version": TEXT,
    "adoptionStatus": {"enum": ["Draft", "Private Draft", "Adopted", "Deprecated"]},
    "statusStartDate": DAY,
    "statusEndDate": DAY,
    "licenseURI": LINK,
    "notes": TEXT,
}
_ITEM: dict[str, Any] = {
    **dict.fromkeys(
        (
            "alternativeLabel",
            "CFItemType",
            "humanCodingScheme",
            "listEnumeration",
            "abbreviatedStatement",
            "notes",
            "language",
        ),
        TEXT,
    ),
    "conceptKeywords": TEXTS,
    "conceptKeywordsURI": LINK,
    "subject": TEXTS,
    "subjectURI": {"type": "array", "items": LINK},
    "educationLevel": TEXTS,
    "CFItemTypeURI": LINK,
    "licenseURI": LINK,
    "statusStartDate": DAY,
    "statusEndDate": DAY,
}
_TIE: dict[str, Any] = {
    "associationType": KIND,
    "originNodeURI": NODE,
    "destinationNodeURI": NODE,
    "sequenceNumber": WHOLE,
    "CFAssociationGroupingURI": LINK,
    "notes": TEXT,
}
_DOCUMENT_NEEDS = "identifier uri creator title lastChangeDateTime"
_ITEM_NEEDS = "identifier uri fullStatement lastChangeDateTime"
_TIE_NEEDS = "identifier uri associationType originNodeURI destinationNodeURI lastChangeDateTime"
DOCUMENT = a(f"{_DOCUMENT_NEEDS} CFPackageURI", **_DOCUMENT, CFPackageURI=LINK)
ITEM = a(f"{_ITEM_NEEDS} CFDocumentURI", **_ITEM, CFDocumentURI=LINK)
TIE = a(_TIE_NEEDS, **_TIE, CFDocumentURI=LINK)
GROUPING = a("identifier uri title lastChangeDateTime", description=TEXT)
ITEM_TYPE = a("identifier uri title description hierarchyCode lastChangeDateTime", typeCode=TEXT)
CONCEPT = a(
    "identifier uri title hierarchyCode lastChangeDateTime", keywords=TEXT, description=TEXT
)
SUBJECT = a("identifier uri title hierarchyCode lastChangeDateTime", description=TEXT)
LICENSE = a("identifier uri title licenseText lastChangeDateTime", description=TEXT)
LEVEL = a(
    "identifier uri lastChangeDateTime",
    description=TEXT,
    quality=TEXT,
    score={"type": "number"},
    feedback=TEXT,
    position=WHOLE,
    rubricCriterionId=IDENTIFIER,
)
CRITERION = a(
    "identifier uri lastChangeDateTime",
    category=TEXT,
    description=TEXT,
    CFItemURI=LINK,
    weight={"type": "number"},
    position=WHOLE,
    rubricId=IDENTIFIER,
    CFRubricCriterionLevels={"type": "array", "items": LEVEL},
)
RUBRIC = a(
    "identifier uri lastChangeDateTime",
    title=TEXT,
    description=TEXT,
    CFRubricCriteria={"type": "array", "items": CRITERION},
)


def set_of(**members: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(members),
        "properties": {name: {"type": "array", "items": one} for name, one in members.items()},
        "additionalProperties": False,
    }


PACKAGE: dict[str, Any] = {
    "type": "object",
    "required": ["CFDocument"],
    "additionalProperties": False,
    "properties": {
        "CFDocument": a(_DOCUMENT_NEEDS, **_DOCUMENT),
        "CFItems": {"type": "array", "items": a(_ITEM_NEEDS, **_ITEM)},
        "CFAssociations": {"type": "array", "items": a(_TIE_NEEDS, **_TIE)},
        "CFDefinitions": {
            **set_of(
                CFConcepts=CONCEPT,
                CFSubjects=SUBJECT,
                CFLicenses=LICENSE,
                CFItemTypes=ITEM_TYPE,
                CFAssociationGroupings=GROUPING,
            ),
            "required": [],
        },
        "CFRubrics": {"type": "array", "items": RUBRIC},
        "extensions": {"type": "object"},
    },
}
ITEM_TIES = {
    "type": "object",
    "required": ["CFItem", "CFAssociations"],
    "properties": {"CFItem": ITEM, "CFAssociations": {"type": "array"}},
    "additionalProperties": False,
}
REFUSAL: dict[str, Any] = {
    "type": "object",
    "required": ["imsx_codeMajor", "imsx_severity", "imsx_description", "imsx_codeMinor"],
    "additionalProperties": False,
    "properties": {
        "imsx_codeMajor": {"const": "failure"},
        "imsx_severity": {"const": "error"},
        "imsx_description": {"type": "string", "minLength": 10},
        "imsx_codeMinor": {
            "type": "object",
            "required": ["imsx_codeMinorField"],
            "additionalProperties": False,
            "properties": {
                "imsx_codeMinorField": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["imsx_codeMinorFieldName", "imsx_codeMinorFieldValue"],
                        "additionalProperties": False,
                        "properties": {
                            "imsx_codeMinorFieldName": TEXT,
                            "imsx_codeMinorFieldValue": TEXT,
                        },
                    },
                }
            },
        },
    },
}


def mistakes(schema: dict[str, Any], told: Any) -> list[str]:
    """A sentence for everything in ``told`` that the standard does not have."""
    checker = Draft202012Validator(schema, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(told)]
