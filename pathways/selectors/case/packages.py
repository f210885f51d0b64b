"""A whole edition as one CFPackage."""

from pathways.models import FrameworkVersion
from pathways.models.frameworks import FrameworkVersionQuerySet
from pathways.selectors.case.documents import definitions_of, document_of
from pathways.selectors.case.editions import Edition, read_edition
from pathways.selectors.case.items import item_of
from pathways.selectors.case.rubrics import rubrics_of
from pathways.selectors.case.ties import associations_of
from pathways.selectors.case.vocabulary import (
    ASSOCIATIONS,
    ITEMS,
    RUBRICS,
    Json,
)

DOCUMENT = "CFDocument"
DEFINITIONS = "CFDefinitions"


def package_of(
    version: FrameworkVersion, *, editions: FrameworkVersionQuerySet | None = None
) -> Json:
    """What ``version`` says as the standard has it; the statements are as many at any size. Ties
    name what lies in one of ``editions``, those that the reader sees."""
    return package_from(read_edition(version, editions=editions))


def package_from(edition: Edition) -> Json:
    version = edition.version
    package = {
        DOCUMENT: document_of(version),
        ITEMS: [item_of(node, version) for node in edition.items],
        ASSOCIATIONS: associations_of(edition),
        DEFINITIONS: definitions_of(edition),
        RUBRICS: rubrics_of(edition),
        "extensions": edition.kept.get("extensions"),
    }
    return {name: told for name, told in package.items() if told}
