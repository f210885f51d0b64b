"""Consent to be found, pools and nominations, readiness, and the projection that search reads."""

from talent.models.pools import (
    NOMINATION_WORKFLOW,
    Nomination,
    NominationRoute,
    NominationState,
    Pool,
    Readiness,
    ReadinessJudgement,
)
from talent.models.search import ConsentScope, SearchCursor, TalentConsent, TalentProfile

__all__ = [
    "NOMINATION_WORKFLOW",
    "ConsentScope",
    "Nomination",
    "NominationRoute",
    "NominationState",
    "Pool",
    "Readiness",
    "ReadinessJudgement",
    "SearchCursor",
    "TalentConsent",
    "TalentProfile",
]
