"""Frameworks as files: downloads, files that are brought in, published ones to start from."""

from typing import Any

from accounts.models import Role
from tests.factories.imports import sent_file
from tests.security.matrix.rules import OWN, Access, Place, Rule, about_organisation, ones_own
from tests.security.matrix.ties import Tie, holding, there

# What an organisation owns is seen there and below, and by those whose role covers it.
_SEEN = frozenset({Tie.MEMBER}) | there(*Role)
_WRITES = there(Role.FRAMEWORK_AUTHOR)
_TAKES_PART = there(Role.FRAMEWORK_AUTHOR, Role.REVIEWER)
_MAY_START = holding(Role.FRAMEWORK_AUTHOR)


def _file(place: Place) -> dict[str, Any]:
    return {"file": sent_file()}


def _start(place: Place) -> dict[str, Any]:
    return {
        "starter": "HLM",
        "owner": place.town.houses["ours"].organisation.pk,
        "code": "OURS",
        "label": "2027",
        "valid_from_day": "1",
        "valid_from_month": "4",
        "valid_from_year": "2027",
    }


def _about_import(address: str, row: str, **methods: Access) -> Rule:
    return Rule(address, methods, row, "organisation", attribute="public_id")


_STEP = Access(_TAKES_PART, may=_WRITES)

RULES: list[Rule] = [
    ones_own("pathways:workbook_template", get=OWN),
    about_organisation("pathways:workbook_download", "framework", get=Access(_SEEN)),
    about_organisation(
        "pathways:import_new",
        "import_draft",
        get=Access(_TAKES_PART),
        post=Access(_TAKES_PART, may=_WRITES, body=_file),
    ),
    _about_import("pathways:import_show", "import_checked", get=Access(_TAKES_PART)),
    _about_import("pathways:import_apply", "import_checked", post=_STEP),
    _about_import("pathways:import_check", "import_checked", post=_STEP),
    _about_import("pathways:import_undo", "import_applied", post=_STEP),
    ones_own("pathways:starter_list", get=OWN),
    ones_own(
        "pathways:starter_use",
        get=Access(may=_MAY_START),
        post=Access(may=_MAY_START, body=_start),
    ),
]
