"""Consent to be found, pools and nominations, readiness, and the projection that search reads."""

from talent.models.pools import (
    NOMINATION_WORKFLOW,
    Nomination,
    NominationQuerySet,
    NominationRoute,
    NominationState,
    Pool,
)
from talent.models.readiness import ReadinessJudgement
from talent.models.search import (
    CONSENT_MONTHS,
    ConsentScope,
    Readiness,
    SearchCursor,
    SearchGap,
    TalentConsent,
    TalentProfile,
    TalentProfileQuerySet,
)

__all__ = [
    "CONSENT_MONTHS",
    "NOMINATION_WORKFLOW",
    "ConsentScope",
    "Nomination",
    "NominationQuerySet",
    "NominationRoute",
    "NominationState",
    "Pool",
    "Readiness",
    "ReadinessJudgement",
    "SearchCursor",
    "SearchGap",
    "TalentConsent",
    "TalentProfile",
    "TalentProfileQuerySet",
]
