"""Who may say what training is asked for, record it, and see how far it has come. Pure."""

from collections.abc import Container, Set

from accounts.models import Role
from accounts.selectors.relations import Relation

_KEEPS_TRAINING = frozenset({Relation.LEARNING_LEAD, Relation.HR_ADMINISTRATOR})
# Those who plan what is learned there; others see people, or figures that are made for them.
TOLD_OF_TRAINING = (Role.LEARNING_LEAD, Role.HR_ADMINISTRATOR)


def may_set_training_rules(at_organisation: Set[Relation]) -> bool:
    """What is asked of whom, how long it counts, how early it may be renewed: learning leads and
    HR administrators of the organisation or of one above it."""
    return not _KEEPS_TRAINING.isdisjoint(at_organisation)


def may_exempt(to_person: Set[Relation], at_organisation: Set[Relation]) -> bool:
    """As the rules of the organisation, for its own people. Never oneself."""
    if Relation.SELF in to_person:
        return False
    return not (_KEEPS_TRAINING & to_person & at_organisation).isdisjoint(_KEEPS_TRAINING)


def may_strike_training(to_person: Set[Relation]) -> bool:
    """Learning leads and HR administrators of where the person belongs. Never oneself."""
    return Relation.SELF not in to_person and not _KEEPS_TRAINING.isdisjoint(to_person)


def may_record_training(at_organisation: Set[Relation]) -> bool:
    """Bring records in from another system: HR administrators and learning leads of the
    organisation, and its programs."""
    return not (_KEEPS_TRAINING | {Relation.API_CLIENT}).isdisjoint(at_organisation)


def may_see_training_figures(roles: Container[str]) -> bool:
    """``roles``: those held for any organisation; which ones are told follows from the roles."""
    return any(role in roles for role in TOLD_OF_TRAINING)
