"""People, organisations, posts, who manages whom, roles, clients, equality data and the ledger."""

from accounts.models.clients import ApiClient, ApiClientSecret
from accounts.models.delegations import DELEGATION_MONTHS, Delegation
from accounts.models.emergency import EmergencyAccess, EmergencyVerdict
from accounts.models.equality import Attribute, CodeKind, MonitoringCode
from accounts.models.ledger import CheckKind, Event, EventText, LedgerCheck, LedgerLink
from accounts.models.open_id import OrganisationSignIn, StaffIdentity
from accounts.models.organisations import (
    Organisation,
    OrganisationKind,
    OrganisationParent,
    OrganisationSuccession,
    Unit,
)
from accounts.models.people import BoardSeat, BoardSeatKind, Person
from accounts.models.posts import (
    Assignment,
    Band,
    PaySystem,
    Post,
    ReportingKind,
    ReportingLine,
    StaffGroup,
)
from accounts.models.rights import (
    LegalHold,
    RetentionAction,
    RetentionCount,
    RetentionRule,
    RetentionRun,
    RetentionStart,
)
from accounts.models.roles import Role, RoleGrant

__all__ = [
    "DELEGATION_MONTHS",
    "ApiClient",
    "ApiClientSecret",
    "Assignment",
    "Attribute",
    "Band",
    "BoardSeat",
    "BoardSeatKind",
    "CheckKind",
    "CodeKind",
    "Delegation",
    "EmergencyAccess",
    "EmergencyVerdict",
    "Event",
    "EventText",
    "LedgerCheck",
    "LedgerLink",
    "LegalHold",
    "MonitoringCode",
    "Organisation",
    "OrganisationKind",
    "OrganisationParent",
    "OrganisationSignIn",
    "OrganisationSuccession",
    "PaySystem",
    "Person",
    "Post",
    "ReportingKind",
    "ReportingLine",
    "RetentionAction",
    "RetentionCount",
    "RetentionRule",
    "RetentionRun",
    "RetentionStart",
    "Role",
    "RoleGrant",
    "StaffGroup",
    "StaffIdentity",
    "Unit",
]
