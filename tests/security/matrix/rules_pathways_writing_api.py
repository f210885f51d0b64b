"""Writing frameworks by program: one of the organisation that owns them, never of another."""

from collections.abc import Mapping
from typing import Any

from accounts.models import Role
from tests.factories.imports import sent_file
from tests.security.matrix.rules import (
    Access,
    Body,
    Place,
    Rule,
    about_organisation,
    ones_own,
)
from tests.security.matrix.rules_accounts import page_of
from tests.security.matrix.ties import Tie, holding, there

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
_EDITION = frozenset(
    {
        *("id", "framework_id", "organisation_id", "code", "title", "edition", "state"),
        *("valid_from", "valid_to", "change_summary", "based_on", "scale", "revision"),
        *("changed_at", "domains", "competencies", "open_comments"),
    }
)
_ONE_EDITION = _EDITION | {
    *("publisher", "nation", "audience", "licence", "counting_rule"),
    *("framework_revision", "hurdles", "hurdles.code", "hurdles.detail"),
}
# Nothing is in the way of what is in use.
_SHUT = _ONE_EDITION - {"hurdles.code", "hurdles.detail"}
_DOMAIN = frozenset({"id", "framework", "code", "title", "summary", "position", "revision"})
_COMPETENCY = frozenset(
    {
        *("id", "framework", "domain", "parent", "code", "title", "summary", "scale"),
        *("is_assessable", "position", "revision", "levels"),
    }
)
_DESCRIBED = frozenset(f"levels.{name}" for name in ("level", "rank", "text", "indicators"))
_ALIKE = frozenset({"alike", *(f"alike.{name}" for name in ("id", "framework", "code", "title"))})
_REMOVED = frozenset({"framework", "revision"})
_LEVEL = frozenset(f"levels.{name}" for name in ("id", "rank", "label", "meaning"))
_SCALE = frozenset({"id", "code", "title", "levels"}) | _LEVEL
_MAY_MAKE = frozenset({Tie.CLIENT}) | holding(Role.FRAMEWORK_AUTHOR)
_STARTS = frozenset({Tie.CLIENT}) | there(Role.FRAMEWORK_AUTHOR)


def _revised(**sent: Any) -> Body:
    return lambda place: {"revision": place.row("writing").revision, **sent}


def _start(place: Place) -> dict[str, Any]:
    return {
        "organisation_id": place.house.organisation.pk,
        "code": "OURS",
        "title": "Leading here",
        "scale_id": place.row("writing").scale_id,
        "edition": "2027",
        "valid_from": "2027-04-01",
    }


def _levels(place: Place) -> dict[str, Any]:
    draft = place.row("writing")
    level = draft.scale.levels.order_by("rank")[0]
    told = {"level_id": level.pk, "text": "Asks first.", "indicators": ["Asks"]}
    return {"revision": draft.revision, "levels": [told]}


def _to_domain(place: Place) -> dict[str, Any]:
    draft = place.row("writing")
    return {"revision": draft.revision, "domain_id": place.row("writing_domain").pk}


_MADE = {
    "code": "HOW_SURE",
    "title": "How sure",
    "levels": [{"label": "Little"}, {"label": "Much"}],
}


def _called_alike(place: Place) -> dict[str, Any]:
    """Called like one that is there, which is then told back."""
    title = place.row("writing_competency").title
    return {"revision": place.row("writing").revision, "code": "Z.9", "title": title}


_UP = {"step": "up"}

_DRAFTING: list[Rule] = [
    ones_own(
        "v1:scale_list",
        get=Access(scope="frameworks:read", fields=page_of(_SCALE)),
        post=Access(
            may=_MAY_MAKE,
            scope="frameworks:write",
            fields=_SCALE,
            body=lambda place: _MADE,
            # It writes for its own organisation, and a scale is nobody's.
            but={("program_elsewhere", "ours"): None},
        ),
    ),
    ones_own(
        "v1:authoring_list",
        get=Access(scope="frameworks:read", fields=page_of(_EDITION)),
        post=Access(
            _STARTS, unseen=400, scope="frameworks:write", fields=_ONE_EDITION, body=_start
        ),
    ),
    about_organisation(
        "v1:authoring_show",
        "writing",
        get=_read(_ONE_EDITION),
        patch=_change(_ONE_EDITION, body=_revised(edition="2031")),
    ),
    about_organisation(
        "v1:authoring_about",
        "writing",
        post=_change(_ONE_EDITION, body=lambda place: {"framework_revision": 0, "title": "Ours"}),
    ),
    about_organisation(
        "v1:authoring_next",
        "edition",
        post=_change(_ONE_EDITION, body=lambda place: {"edition": "2031"}),
    ),
    about_organisation(
        "v1:domain_list",
        "writing",
        get=_read(page_of(_DOMAIN)),
        post=_change(_DOMAIN, body=_revised(code="Z", title="People")),
    ),
    about_organisation(
        "v1:domain_show",
        "writing_domain",
        get=_read(_DOMAIN),
        patch=_change(_DOMAIN, body=_revised(title="People")),
    ),
    about_organisation(
        "v1:domain_move", "writing_domain", post=_change(_DOMAIN, body=_revised(**_UP))
    ),
    about_organisation(
        "v1:domain_remove", "writing_domain", post=_change(_REMOVED, body=_revised())
    ),
    about_organisation(
        "v1:domain_competencies",
        "writing_domain",
        post=_change(_COMPETENCY | _ALIKE, body=_called_alike),
    ),
    about_organisation("v1:competency_list", "writing", get=_read(page_of(_COMPETENCY))),
    about_organisation(
        "v1:competency_show",
        "writing_competency",
        get=_read(_COMPETENCY),
        patch=_change(_COMPETENCY | {"alike"}, body=_revised(summary="All of it.")),
    ),
    about_organisation(
        "v1:competency_levels",
        "writing_competency",
        post=_change(_COMPETENCY | _DESCRIBED, body=_levels),
    ),
    about_organisation(
        "v1:competency_move", "writing_competency", post=_change(_COMPETENCY, body=_revised(**_UP))
    ),
    about_organisation(
        "v1:competency_move_to", "writing_competency", post=_change(_COMPETENCY, body=_to_domain)
    ),
    about_organisation(
        "v1:competency_remove", "writing_competency", post=_change(_REMOVED, body=_revised())
    ),
]

_REPLY = frozenset({"id", "text", "written_by", "written_at"})
_COMMENT = _REPLY | {"framework", "domain", "competency", "settled_at", "settled_by", "replies"}
_ANSWERED = _COMMENT | {f"replies.{name}" for name in _REPLY}
_REVIEWER = frozenset({"id", "name"})
_REVIEW = frozenset(
    {
        *("id", "reviewer", "reviewer.id", "reviewer.name", "asked_by", "asked_at", "message"),
        *("revision", "outcome", "decided_at", "statement", "counts"),
    }
)
_ASKED = frozenset({"reviews", *(f"reviews.{name}" for name in _REVIEW)})
# Reviewers discuss as well; a program of the organisation does what its authors do.
_DISCUSSED = Access(
    _SEES,
    scope="frameworks:write",
    fields=_ANSWERED,
    body=lambda place: {"text": "Two things."},
)


def _ask(place: Place) -> dict[str, Any]:
    # Somebody who reviews it by invitation.
    return {
        "revision": place.row("writing").revision,
        "reviewer_ids": [place.row("collaborator").person_id],
    }


_TOGETHER: list[Rule] = [
    about_organisation(
        "v1:framework_comments",
        "writing",
        get=_read(page_of(_COMMENT)),
        post=Access(
            _SEES,
            scope="frameworks:write",
            fields=_COMMENT,
            body=lambda place: {"text": "Two things."},
        ),
    ),
    about_organisation("v1:framework_comment_show", "comment", get=_read(_COMMENT)),
    about_organisation("v1:framework_comment_reply", "comment", post=_DISCUSSED),
    about_organisation(
        "v1:framework_comment_settle",
        "comment",
        post=Access(_SEES, scope="frameworks:write", fields=_COMMENT),
    ),
    about_organisation("v1:framework_reviewers", "writing", get=_read(page_of(_REVIEWER))),
    about_organisation(
        "v1:framework_reviews",
        "writing",
        get=_read(page_of(_REVIEW)),
        post=_change(_ASKED, body=_ask),
    ),
    about_organisation("v1:framework_take_back", "in_review", post=_change(_ONE_EDITION)),
    about_organisation(
        "v1:framework_publish",
        "signed_off",
        post=_change(_SHUT, body=lambda place: {"revision": 0, "valid_from": "2027-04-01"}),
    ),
    about_organisation(
        "v1:framework_retire",
        "spare_edition",
        post=_change(_SHUT, body=lambda place: {"reason": "It is old."}),
    ),
]

RULES: list[Rule] = [
    *_DRAFTING,
    *_TOGETHER,
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
