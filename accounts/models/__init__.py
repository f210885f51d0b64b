"""People, organisations, posts, who manages whom, roles, clients, equality data and the ledger."""

from accounts.models.clients import ApiClient, ApiClientSecret
from accounts.models.equality import EqualityRecord
from accounts.models.ledger import Event
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
from accounts.models.roles import Role, RoleGrant

__all__ = [
    "ApiClient",
    "ApiClientSecret",
    "Assignment",
    "Band",
    "BoardSeat",
    "BoardSeatKind",
    "EqualityRecord",
    "Event",
    "Organisation",
    "OrganisationKind",
    "OrganisationParent",
    "OrganisationSuccession",
    "PaySystem",
    "Person",
    "Post",
    "ReportingKind",
    "ReportingLine",
    "Role",
    "RoleGrant",
    "StaffGroup",
    "Unit",
]
