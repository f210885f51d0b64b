"""Who may write role profiles and pathways, and check qualifications. Pure: relations in."""

from collections.abc import Set as AbstractSet

from accounts.selectors.relations import Relation

_WRITES = frozenset({Relation.FRAMEWORK_AUTHOR, Relation.API_CLIENT})
_CHECKS = frozenset({Relation.LINE_MANAGER, Relation.LEARNING_LEAD})


def may_write_role_profile(
    roles_at_owner: AbstractSet[Relation], *, is_national: bool, writes_framework: bool
) -> bool:
    """The framework authors of the organisation that owns the profile, and its programs.

    A national one has no owner: whoever writes the framework whose levels it asks for writes it.
    """
    return writes_framework if is_national else bool(_WRITES & roles_at_owner)


def may_keep_qualifications(relations: AbstractSet[Relation]) -> bool:
    """Nobody says for somebody else what they are qualified in."""
    return Relation.SELF in relations


def may_check_qualification(relations: AbstractSet[Relation]) -> bool:
    """Whoever has seen the certificate: the line manager or the learning lead, never oneself."""
    return bool(relations & _CHECKS) and Relation.SELF not in relations
