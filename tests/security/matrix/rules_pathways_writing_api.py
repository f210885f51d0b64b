"""Writing frameworks by program: one of the organisation that owns them, never of another."""

from collections.abc import Mapping
from typing import Any

from accounts.models import Role
from tests.factories.imports import sent_file
from tests.security.matrix.rules import Access, Rule, about_organisation, ones_own
from tests.security.matrix.rules_accounts import page_of
from tests.security.matrix.ties import Tie, there

# What an organisation owns is seen there and below, and by those whose role covers it.
_OWNED = frozenset({Tie.MEMBER, Tie.CLIENT}) | there(*Role)
_SEES = frozenset({Tie.CLIENT}) | there(Role.FRAMEWORK_AUTHOR, Role.REVIEWER)
_WRITES = frozenset({Tie.CLIENT}) | there(Role.FRAMEWORK_AUTHOR)
# Who only reads frameworks does not see what is still being written.
_DRAFTS_UNSEEN: Mapping[tuple[str, str], int | None] = {("frameworks_read", "ours"): 404}


def _read(fields: frozenset[str]) -> Access:
    return Access(_SEES, scope="frameworks:read", fields=fields, but=_DRAFTS_UNSEEN)


def _change(fields: frozenset[str], **more: Any) -> Access:
    return Access(_SEES, may=_WRITES, scope="frameworks:write", fields=fields, **more)


_IMPORT = frozenset(
    {
        *("id", "framework", "file_name", "format", "state", "rows", "revision"),
        *("uploaded_by", "uploaded_at", "applied_at", "undone_at"),
    }
)
_ONE_IMPORT = _IMPORT | {
    *("lines", "lines.kind", "lines.count"),
    *("has_moved_on", "can_apply", "can_undo", "undo_until"),
}
_LINE = frozenset({"id", "kind", "row", "about", "field", "before", "after", "message"})

RULES: list[Rule] = [
    ones_own("v1:framework_template", get=Access(scope="frameworks:read", is_file=True)),
    about_organisation(
        "v1:framework_workbook",
        "framework",
        get=Access(_OWNED, scope="frameworks:read", is_file=True),
    ),
    about_organisation(
        "v1:framework_imports",
        "import_draft",
        get=_read(page_of(_IMPORT)),
        post=_change(_ONE_IMPORT, body=lambda place: {"file": sent_file()}, is_form=True),
    ),
    about_organisation("v1:framework_import_show", "import_checked", get=_read(_ONE_IMPORT)),
    about_organisation("v1:framework_import_lines", "import_checked", get=_read(page_of(_LINE))),
    about_organisation("v1:framework_import_apply", "import_checked", post=_change(_ONE_IMPORT)),
    about_organisation("v1:framework_import_check", "import_checked", post=_change(_ONE_IMPORT)),
    about_organisation("v1:framework_import_undo", "import_applied", post=_change(_ONE_IMPORT)),
]
