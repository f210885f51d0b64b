"""The classes of records that retention rules are written for, as the Records Management Code
groups them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class RecordClass:
    """``code`` is what rules, holdings and reports name it by."""

    code: str
    title: str | Promise


STAFF_RECORD = "STAFF_RECORD"
MANDATORY_TRAINING = "MANDATORY_TRAINING"
DEVELOPMENT = "DEVELOPMENT"
TALENT = "TALENT"
EQUALITY = "EQUALITY"
AUDIT_LOG = "AUDIT_LOG"
MESSAGES = "MESSAGES"
SIGN_IN = "SIGN_IN"

RECORD_CLASSES = {
    found.code: found
    for found in (
        RecordClass(STAFF_RECORD, _("Staff record: employment and appraisals")),
        RecordClass(MANDATORY_TRAINING, _("Statutory and mandatory training")),
        RecordClass(DEVELOPMENT, _("Other training and development plans")),
        RecordClass(TALENT, _("Talent pools, nominations and readiness")),
        RecordClass(EQUALITY, _("Equality monitoring that names somebody")),
        RecordClass(AUDIT_LOG, _("Record of who did and read what")),
        RecordClass(MESSAGES, _("Notices, mail and documents made")),
        RecordClass(SIGN_IN, _("Sign-in details")),
    )
}
