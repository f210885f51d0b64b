"""Who charges other organisations."""

from collections.abc import Set

from accounts.selectors.relations import Relation
from courses.models import Statement


def may_charge(at_host: Set[Relation], *, statement: Statement | None = None) -> bool:
    """Draft, issue and credit statements: learning leads of the organisation that charges.

    Without a statement: may they charge for any there?
    """
    return Relation.LEARNING_LEAD in at_host
