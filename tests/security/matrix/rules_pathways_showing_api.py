"""What people show and have confirmed, as programs read it: how far it is, never what it says."""

from tests.security.matrix.rules import Access, Rule, ones_own
from tests.security.matrix.rules_accounts import page_of

_READ = "evidence:read"
_QUALIFICATION = frozenset(
    {
        *("id", "person_id", "is_registration", "title", "awarding_body", "level"),
        *("awarded_on", "valid_to", "checked_at"),
    }
)
_EVIDENCE = frozenset(
    {
        *("id", "person_id", "kind", "title", "happened_on", "added_at", "removed_at"),
        *("competencies", "claims", "confirmations", "is_accepted"),
    }
)
_CLAIM = frozenset(
    {
        *("id", "person_id", "organisation_id", "title", "provider", "finished_on"),
        *("submitted_at", "state", "assessor_id", "decided_at", "decided_by_id", "levels"),
        *(f"levels.{name}" for name in ("competency_id", "rank", "accepted", "accepted_rank")),
    }
)
_CONFIRMATION = frozenset(
    {
        *("id", "person_id", "organisation_id", "assessor_id", "state", "asked_at"),
        *("decided_at", "decided_by_id", "levels"),
        *(f"levels.{name}" for name in ("competency_id", "rank", "outcome")),
    }
)
_COUNTS = frozenset(
    {"counts", *(f"counts.{name}" for name in ("organisation_id", "state", "requests"))}
)
_ASSESSOR = frozenset(
    {"id", "assessor_id", "organisation_id", "person_id", "framework", "starts_on", "ends_on"}
)


def _list(name: str, fields: frozenset[str]) -> Rule:
    return ones_own(f"v1:{name}", get=Access(scope=_READ, fields=page_of(fields)))


RULES: list[Rule] = [
    _list("qualification_list", _QUALIFICATION),
    _list("evidence_list", _EVIDENCE),
    _list("claim_list", _CLAIM),
    _list("confirmation_list", _CONFIRMATION),
    ones_own("v1:confirmation_counts", get=Access(scope=_READ, fields=_COUNTS)),
    _list("assessor_list", _ASSESSOR),
]
