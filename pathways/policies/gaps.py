"""Who is told how far whole organisations are from what their roles ask for. Pure."""

from collections.abc import Container

from accounts.models import Role

# Those who plan what is learned there; others see people, or figures that are made for them.
TOLD_OF_ORGANISATIONS = (Role.LEARNING_LEAD, Role.HR_ADMINISTRATOR)


def may_see_organisation_gaps(roles: Container[str]) -> bool:
    """``roles``: those held for any organisation; which ones are told follows from the roles."""
    return any(role in roles for role in TOLD_OF_ORGANISATIONS)
