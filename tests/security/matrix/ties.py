"""What an actor is to a row, said without the code that is tested: the words of the rules.

A rule names the ties that open an address. Which ties an actor has to a row follows from how the
town was built (``town.py``) and from what the actor holds (``actors.py``), never from a selector.
"""

from enum import StrEnum

from accounts.models import Role


class Tie(StrEnum):
    # To the person whom a row is about.
    SELF = "themselves"
    LINE_MANAGER = "line manager"
    SECOND_LINE = "line manager's line manager"
    SUPERVISOR = "supervisor"
    FORMER_LINE_MANAGER = "line manager until last month"
    PEER = "peer with the same line manager"
    REPORT = "report of the person"
    DELEGATE = "delegate of the line manager"
    PANEL = "panel of the pool the person was put forward for"
    CHOOSES = "panel that decides about the person's application"
    COLLEAGUE = "colleague of the same organisation"
    NOMINATOR = "who put the person forward"
    ASSESSOR = "assessor whom the person asked"
    # To the organisation that a row belongs to.
    MEMBER = "member of the organisation"
    LEADS = "somebody to whom people report there"
    ENROLLED = "who has asked for a place there"
    # A program of the organisation, or of one above it.
    CLIENT = "program of the organisation"
    # Everybody who is let in at all.
    ANYBODY = "everybody who has signed in"


Ties = frozenset[str]


def covering(*roles: Role) -> Ties:
    """Roles that cover both the person a row is about and the organisation that keeps it."""
    return frozenset(role.value for role in roles)


def there(*roles: Role) -> Ties:
    """Roles that cover the organisation of a row, whoever the person is."""
    return frozenset(f"{role.value} there" for role in roles)


def holding(*roles: Role) -> Ties:
    """Roles held for any organisation."""
    return frozenset(f"{role.value} anywhere" for role in roles)


def finding(*roles: Role) -> Ties:
    """Roles granted for an organisation that the person's consent reaches."""
    return frozenset(f"{role.value} by consent" for role in roles)


def unmanaged(*roles: Role) -> Ties:
    """Roles that cover a person who has no line manager."""
    return frozenset(f"{role.value} for who has no line manager" for role in roles)


# Roles whose work is with people's records.
SEES_PEOPLE = covering(
    Role.LEARNING_LEAD, Role.HR_ADMINISTRATOR, Role.ORGANISATION_ADMINISTRATOR, Role.AUDITOR
)
MANAGES = frozenset({Tie.LINE_MANAGER, Tie.SECOND_LINE, Tie.SUPERVISOR})
SEES_RECORD = frozenset({Tie.SELF}) | MANAGES | SEES_PEOPLE
ANYBODY: Ties = frozenset({Tie.ANYBODY})
NOBODY: Ties = frozenset()
