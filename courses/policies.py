"""Who may do what about places and sessions: predicates over relations on the day, no queries."""

from collections.abc import Set

from accounts.selectors.relations import Relation
from courses.models import Enrolment, Session

_DECIDES = frozenset({Relation.LINE_MANAGER, Relation.DELEGATE})
_RUNS_SESSIONS = frozenset({Relation.LEARNING_LEAD, Relation.PROGRAMME_LEAD})


def may_enrol(to_person: Set[Relation], *, session_is_offered: bool) -> bool:
    """The person, or the HR system of their organisation, where the session is open to them."""
    asks = {Relation.SELF, Relation.API_CLIENT}
    return session_is_offered and not asks.isdisjoint(to_person)


def may_decide(
    to_person: Set[Relation],
    at_organisation: Set[Relation],
    *,
    enrolment: Enrolment,
    has_line_manager: bool,
) -> bool:
    """The line manager or who stands in for them; where there is none, the learning lead, of the
    organisation for which the person goes. Never the person themselves."""
    if Relation.SELF in to_person or enrolment.basis != "APPROVAL":
        return False
    if has_line_manager:
        return not _DECIDES.isdisjoint(to_person)
    return Relation.LEARNING_LEAD in to_person & at_organisation


def may_withdraw(to_person: Set[Relation], *, enrolment: Enrolment) -> bool:
    """The person themselves, or the HR system of their organisation."""
    return not {Relation.SELF, Relation.API_CLIENT}.isdisjoint(to_person)


def may_run(at_host: Set[Relation], *, session: Session | None = None) -> bool:
    """Open, resize, cancel a session, keep its register: learning and programme leads of the host.

    Without a session: may they run any there?
    """
    return not _RUNS_SESSIONS.isdisjoint(at_host)
