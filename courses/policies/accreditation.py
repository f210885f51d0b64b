"""Who keeps what is accredited, and works on having it renewed."""

from collections.abc import Set

from accounts.selectors.relations import Relation

_KEEPS = frozenset({Relation.LEARNING_LEAD, Relation.PROGRAMME_LEAD})


def may_keep_accreditation(at_holder: Set[Relation], *, has_holder: bool) -> bool:
    """Learning and programme leads of whoever teaches the offering, is the provider or owns the
    programme. A national programme has no holder: the reference data keep it."""
    return has_holder and not _KEEPS.isdisjoint(at_holder)
