"""Programmes, offerings, sessions, enrolments, and what accredits them."""

from courses.models.catalogue import (
    Accreditation,
    Offering,
    OfferingShare,
    Outcome,
    Programme,
    RoleProgramme,
    Session,
    SessionState,
)
from courses.models.enrolments import (
    ENROLMENT_WORKFLOW,
    LIVE_STATES,
    SEATED_STATES,
    Enrolment,
    EnrolmentBasis,
    EnrolmentState,
    RefusalReason,
)

__all__ = [
    "ENROLMENT_WORKFLOW",
    "LIVE_STATES",
    "SEATED_STATES",
    "Accreditation",
    "Enrolment",
    "EnrolmentBasis",
    "EnrolmentState",
    "Offering",
    "OfferingShare",
    "Outcome",
    "Programme",
    "RefusalReason",
    "RoleProgramme",
    "Session",
    "SessionState",
]
