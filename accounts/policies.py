"""Who may appoint people, open clients and see whom: predicates over relations on the day."""

from collections.abc import Set

from accounts.actors import Actor
from accounts.models import Person, Role

# The platform's operators set organisations up; an organisation's administrators run them.
APPOINTS = frozenset(
    {Role.ORGANISATION_ADMINISTRATOR.value, Role.PLATFORM_OPERATOR.value, "SYSTEM"}
)


def may_appoint(roles_there: Set[str], *, role: str, is_oneself: bool) -> bool:
    """Whether one with these roles at an organisation may give ``role`` there, or end it.

    Administrators give every role but the platform's own. The platform's operators give an
    organisation its administrators, and nothing else. Whoever keeps the personnel records does not
    choose who audits them. Nobody gives themselves a role.
    """
    if is_oneself:
        return False
    if "SYSTEM" in roles_there:
        return True
    if role == Role.AUDITOR and Role.HR_ADMINISTRATOR.value in roles_there:
        return False
    if Role.ORGANISATION_ADMINISTRATOR.value in roles_there:
        return role != Role.PLATFORM_OPERATOR
    is_operator = Role.PLATFORM_OPERATOR.value in roles_there
    return is_operator and role == Role.ORGANISATION_ADMINISTRATOR


def may_list_roles(roles: Set[str]) -> bool:
    """Whether one who holds these roles anywhere sees who else holds any there."""
    return bool({Role.ORGANISATION_ADMINISTRATOR.value, Role.AUDITOR.value} & set(roles))


def may_delegate(to_manager: Set[str], roles_there: Set[str], *, is_to_oneself: bool) -> bool:
    """Whether one with these relations to a line manager, and these roles at the organisation of
    the team, may say who stands in, or end it. HR administrators never name themselves."""
    if is_to_oneself:
        return False
    return "SELF" in to_manager or Role.HR_ADMINISTRATOR.value in roles_there


def may_open_client(roles_there: Set[str]) -> bool:
    """Whether one with these roles at an organisation may let a program act for it."""
    return bool(APPOINTS & set(roles_there))


# Who may break the glass: those whose role already makes them answer for the organisation.
BREAKS_GLASS = frozenset(
    {
        Role.HR_ADMINISTRATOR.value,
        Role.ORGANISATION_ADMINISTRATOR.value,
        Role.AUDITOR.value,
        Role.PLATFORM_OPERATOR.value,
    }
)


def may_open_in_emergency(relations: Set[str]) -> bool:
    """Whether one with these relations to a person may read the whole record in an emergency."""
    return bool(BREAKS_GLASS & set(relations)) and "SELF" not in relations


def may_withhold_emergency(relations: Set[str]) -> bool:
    """Whether one may decide that the person is not told: the data protection officer alone."""
    return Role.AUDITOR.value in relations and "SELF" not in relations


def may_review_emergency(roles_there: Set[str], *, is_own: bool, is_about_oneself: bool) -> bool:
    """Whether one with these roles at the organisation judges an access; never one's own."""
    return Role.AUDITOR.value in roles_there and not is_own and not is_about_oneself


def may_make_pack(relations: Set[str]) -> bool:
    """Whether one with these relations may have a person's information put together for them."""
    return bool({"SELF", Role.AUDITOR.value, "SYSTEM"} & set(relations))


def may_erase(relations_everywhere: Set[str]) -> bool:
    """Whether one with these roles, each held wherever the person was in post, may erase them;
    nobody erases themselves."""
    erases = {Role.AUDITOR.value, Role.PLATFORM_OPERATOR.value, "SYSTEM"}
    return bool(erases & set(relations_everywhere)) and "SELF" not in relations_everywhere


def may_keep_retention(roles_there: Set[str]) -> bool:
    """Whether one with these roles at an organisation may change how long it keeps records, hold
    them, and let what is due go."""
    return Role.AUDITOR.value in roles_there


def may_run_sign_in(roles_everywhere: Set[str], *, is_oneself: bool) -> bool:
    """Whether one who holds these roles in every organisation of a person decides whether, and
    with which second step, that person signs in; nobody does for themselves."""
    runs = {
        Role.HR_ADMINISTRATOR.value,
        Role.ORGANISATION_ADMINISTRATOR.value,
        Role.PLATFORM_OPERATOR.value,
        "SYSTEM",
    }
    return bool(runs & set(roles_everywhere)) and not is_oneself


def may_offer_sign_in(roles_there: Set[str]) -> bool:
    """Whether one with these roles at an organisation decides how its people sign in there."""
    return bool({Role.PLATFORM_OPERATOR.value, "SYSTEM"} & set(roles_there))


def may_link_identity(roles_there: Set[str], *, is_oneself: bool) -> bool:
    """Whether one with these roles at an organisation says which of its accounts a person's is.

    Administrators of the organisation do not: whoever could say so could sign in as a colleague.
    """
    return is_oneself or bool({Role.PLATFORM_OPERATOR.value, "SYSTEM"} & set(roles_there))


def may_answer_equality(by: Actor, *, person: Person) -> bool:
    """Whether one may read, write and stop equality monitoring of a person: only one's own."""
    return by.actor_kind == "person" and by.pk == person.pk


def may_count_equality(roles_there: Set[str]) -> bool:
    """Whether one with these roles at an organisation may see counts of its people's answers."""
    return Role.EQUALITY_ANALYST.value in roles_there
