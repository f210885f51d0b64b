"""Consent to be found, pools and nominations, readiness, and the projection that search reads."""

from talent.models.panels import PanelMember
from talent.models.pools import (
    LIVE_NOMINATIONS,
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
    "LIVE_NOMINATIONS",
    "NOMINATION_WORKFLOW",
    "ConsentScope",
    "Nomination",
    "NominationQuerySet",
    "NominationRoute",
    "NominationState",
    "PanelMember",
    "Pool",
    "Readiness",
    "ReadinessJudgement",
    "SearchCursor",
    "SearchGap",
    "TalentConsent",
    "TalentProfile",
    "TalentProfileQuerySet",
]
