"""Who may run sessions."""

from collections.abc import Set

from accounts.selectors.relations import Relation
from courses.models import Session

_RUNS_SESSIONS = frozenset({Relation.LEARNING_LEAD, Relation.PROGRAMME_LEAD})


def may_run(at_offering: Set[Relation], *, session: Session | None = None) -> bool:
    """Open, resize, cancel a session, keep its register: learning and programme leads of who hosts
    its offering, and of who teaches it.

    Without a session: may they run any there?
    """
    return not _RUNS_SESSIONS.isdisjoint(at_offering)
