"""What bringing in a table and bringing in a package share: who may, and how it is recorded."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Forbidden
from pathways.models import FrameworkImport, FrameworkVersion
from pathways.policies.imports import may_import
from pathways.selectors.collaborators import parts_of
from pathways.services.writing import refuse_unless_open


def refuse_unless_importer(version: FrameworkVersion, *, by: Actor, now: datetime) -> None:
    """Refuses: ``may_not_import``, ``draft_closed``."""
    if not may_import(parts_of(by, version.framework, on=london_date(now))):
        raise Forbidden(
            _("Only the authors of this framework can bring in a file."), code="may_not_import"
        )
    refuse_unless_open(version)


def record_import(imported: FrameworkImport, *, verb: str, by: Actor, now: datetime) -> None:
    """About the edition once it is changed, so that its history tells who changed it last."""
    version = imported.version
    if version is None:
        raise ValueError("This copy is not about an edition.")
    record(
        by=by,
        now=now,
        verb=verb,
        about=imported if verb == "check_framework_file" else version,
        rule="may_import",
        organisation_id=imported.owner_id,
        facts={
            "import": imported.pk,
            "edition": version.pk,
            "format": imported.format,
            "state": imported.state,
            "rows": imported.row_count,
            "sha256": imported.checksum,
        },
        private={"file_name": imported.file_name},
    )
