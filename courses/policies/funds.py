"""Who keeps an organisation's funds and the rule by which it pays and charges."""

from collections.abc import Set

from accounts.selectors.relations import Relation
from courses.models import Fund


def may_keep_funds(at_organisation: Set[Relation], *, fund: Fund | None = None) -> bool:
    """Set funds up, change a budget, say by what rule is paid: learning leads of the organisation.

    Without a fund: may they keep any there?
    """
    return Relation.LEARNING_LEAD in at_organisation
