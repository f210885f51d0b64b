"""What a CASE provider tells of the editions that one may see."""

from accounts.models import Role
from tests.security.matrix.rules import Access, Door, Rule
from tests.security.matrix.ties import Tie, there

_OWNED = frozenset({Tie.MEMBER, Tie.CLIENT}) | there(*Role)


def _of(name: str, *parts: str) -> frozenset[str]:
    """A member of that name, with its own members."""
    return frozenset({name, *(f"{name}.{part}" for part in parts)})


def _in(name: str, fields: frozenset[str]) -> frozenset[str]:
    return frozenset({name, *(f"{name}.{field}" for field in fields)})


_LINK = ("title", "identifier", "uri")
_BASE = frozenset({"identifier", "uri", "lastChangeDateTime"})
_DOCUMENT_IN_PACKAGE = (
    _BASE
    | {"caseVersion", "creator", "publisher", "title", "language", "version"}
    | {"adoptionStatus", "statusStartDate"}
    | _of("licenseURI", *_LINK)
)
_DOCUMENT = _DOCUMENT_IN_PACKAGE | _of("CFPackageURI", *_LINK)
_ITEM_IN_PACKAGE = (
    _BASE
    | {"fullStatement", "CFItemType", "humanCodingScheme", "listEnumeration", "language"}
    | _of("CFItemTypeURI", *_LINK)
)
_ITEM = _ITEM_IN_PACKAGE | _of("CFDocumentURI", *_LINK)
_TIE_IN_PACKAGE = (
    _BASE
    | {"associationType", "sequenceNumber"}
    | _of("originNodeURI", *_LINK)
    | _of("destinationNodeURI", *_LINK)
    | _of("CFAssociationGroupingURI", *_LINK)
)
_TIE = _TIE_IN_PACKAGE | _of("CFDocumentURI", *_LINK)
_NAMED = _BASE | {"title"}
_DEFINED = _NAMED | {"hierarchyCode"}
_ITEM_TYPE = _DEFINED | {"description"}
_LICENSE = _NAMED | {"licenseText"}
_LEVEL = _BASE | {"description", "quality", "score", "position", "rubricCriterionId"}
_CRITERION = (
    _BASE
    | {"category", "position", "rubricId"}
    | _of("CFItemURI", *_LINK)
    | _in("CFRubricCriterionLevels", _LEVEL)
)
_RUBRIC = _NAMED | _in("CFRubricCriteria", _CRITERION)
_DEFINITIONS = (
    _in("CFConcepts", _DEFINED)
    | _in("CFSubjects", _DEFINED)
    | _in("CFItemTypes", _ITEM_TYPE)
    | _in("CFLicenses", _LICENSE)
    | _in("CFAssociationGroupings", _NAMED)
)
_PACKAGE = (
    _in("CFDocument", _DOCUMENT_IN_PACKAGE)
    | _in("CFItems", _ITEM_IN_PACKAGE)
    | _in("CFAssociations", _TIE_IN_PACKAGE)
    | _in("CFDefinitions", _DEFINITIONS)
    | _in("CFRubrics", _RUBRIC)
)


def _single(address: str, row: str, fields: frozenset[str]) -> Rule:
    access = Access(_OWNED, scope="frameworks:read", fields=fields)
    return Rule(f"case:{address}", {"get": access}, row, "organisation", attribute="identifier")


RULES: list[Rule] = [
    Rule(
        "case:document_list",
        {"get": Access(scope="frameworks:read", fields=_in("CFDocuments", _DOCUMENT))},
    ),
    _single("document_show", "framework", _DOCUMENT),
    _single("package_show", "framework", _PACKAGE),
    _single("item_show", "case_item", _ITEM),
    _single(
        "item_associations",
        "case_item",
        _in("CFItem", _ITEM) | _in("CFAssociations", _TIE_IN_PACKAGE),
    ),
    _single("tie_show", "case_tie", _TIE),
    _single("grouping_show", "case_group", _NAMED),
    _single("concept_show", "case_concept", _in("CFConcepts", _DEFINED)),
    _single("subject_show", "case_subject", _in("CFSubjects", _DEFINED)),
    _single("item_type_show", "case_item_type", _in("CFItemTypes", _ITEM_TYPE)),
    _single("license_show", "case_license", _LICENSE),
    _single("rubric_show", "case_rubric", _RUBRIC),
]
DOORS: list[Door] = [
    Door(
        "case:discovery",
        "describes the interface and tells of nobody's rows",
        unknown={"get": 200, "post": 405},
        known={"get": 200, "post": 405},
    ),
]
