"""Programmes, offerings, sessions, enrolments, and what accredits them."""

from courses.models.catalogue import (
    SESSION_WORKFLOW,
    Accreditation,
    DeliveryMode,
    Offering,
    OfferingShare,
    Outcome,
    Programme,
    RoleProgramme,
    Session,
    SessionState,
)
from courses.models.enrolments import (
    ENDED_STATES,
    ENROLMENT_WORKFLOW,
    LIVE_STATES,
    SEATED_STATES,
    Enrolment,
    EnrolmentBasis,
    EnrolmentState,
    RefusalReason,
)

__all__ = [
    "ENDED_STATES",
    "ENROLMENT_WORKFLOW",
    "LIVE_STATES",
    "SEATED_STATES",
    "SESSION_WORKFLOW",
    "Accreditation",
    "DeliveryMode",
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
