"""Who may appoint people, open clients and see whom: predicates over relations on the day."""

from collections.abc import Set

from accounts.models import Role

# The platform's operators set organisations up; an organisation's administrators run them.
APPOINTS = frozenset(
    {Role.ORGANISATION_ADMINISTRATOR.value, Role.PLATFORM_OPERATOR.value, "SYSTEM"}
)


def may_appoint(roles_there: Set[str]) -> bool:
    """Whether one with these roles at an organisation may give somebody a role there."""
    return bool(APPOINTS & set(roles_there))


def may_open_client(roles_there: Set[str]) -> bool:
    """Whether one with these roles at an organisation may let a program act for it."""
    return bool(APPOINTS & set(roles_there))
