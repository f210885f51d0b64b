"""Samples of the endpoints that write frameworks: what an organisation owns, and what another."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from pathways.selectors.workbooks.writing import XLSX_TYPE
from tests.api.sample import House, Sample
from tests.factories.imports import sent_file
from tests.security.import_rows import import_rows

Rows = Callable[[House], dict[str, Any]]
Sampled = Callable[[House, House], Sample]


def _imports(house: House) -> dict[str, Model]:
    return import_rows(house.organisation, "Hostile")


def _of(rows: Rows, name: str, **sent: Any) -> Sampled:
    """``name`` of ``rows``, which each house has."""

    def sample(ours: House, theirs: House) -> Sample:
        return Sample(ours=rows(ours)[name].pk, hidden=rows(theirs)[name].pk, **sent)

    return sample


def _upload(ours: House, theirs: House) -> Sample:
    rows = (_imports(house)["import_draft"].pk for house in (ours, theirs))
    return Sample(*rows, body={"file": sent_file()}, is_form=True)


FRAMEWORK_SAMPLES: dict[str, Sampled] = {
    "get framework_template": lambda ours, theirs: Sample(answers=XLSX_TYPE),
    "get framework_workbook": lambda ours, theirs: Sample(
        ours.rows["framework_show"], theirs.rows["framework_show"], answers=XLSX_TYPE
    ),
    "get framework_imports": _of(_imports, "import_draft"),
    "post framework_imports": _upload,
    "get framework_import_show": _of(_imports, "import_checked"),
    "get framework_import_lines": _of(_imports, "import_checked"),
    "post framework_import_apply": _of(_imports, "import_checked"),
    "post framework_import_check": _of(_imports, "import_checked"),
    "post framework_import_undo": _of(_imports, "import_applied"),
}
