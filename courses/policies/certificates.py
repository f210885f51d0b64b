"""Who may issue certificates, take them back, and keep the keys they are signed with."""

from collections.abc import Set

from accounts.selectors.relations import Relation
from courses.models import Certificate

_ISSUES = frozenset({Relation.LEARNING_LEAD, Relation.PROGRAMME_LEAD, Relation.SYSTEM})


def may_issue(at_issuer: Set[Relation], *, is_to_oneself: bool) -> bool:
    """Learning and programme leads of the organisation that says so; nobody to themselves."""
    return not is_to_oneself and not _ISSUES.isdisjoint(at_issuer)


def may_end(at_issuer: Set[Relation], *, certificate: Certificate, is_ones_own: bool) -> bool:
    """Revoke or replace it: those who may issue it, and never one's own."""
    return not is_ones_own and not _ISSUES.isdisjoint(at_issuer)


def may_keep_keys(at_issuer: Set[Relation]) -> bool:
    """Change the key of an organisation, or say that somebody else has had it."""
    return Relation.ORGANISATION_ADMINISTRATOR in at_issuer
