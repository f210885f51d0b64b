"""Who may say what becomes of protected time."""

from collections.abc import Set

from accounts.selectors.relations import Relation

_GIVES_TIME = frozenset({Relation.LINE_MANAGER, Relation.DELEGATE, Relation.API_CLIENT})
_READS_WHY = frozenset(
    {
        Relation.SELF,
        Relation.LINE_MANAGER,
        Relation.DELEGATE,
        Relation.SECOND_LINE,
        Relation.LEARNING_LEAD,
        Relation.API_CLIENT,
    }
)


def may_plan_time(to_person: Set[Relation]) -> bool:
    """Choose the days of one's own study: nobody else's business than the person's."""
    return Relation.SELF in to_person


def may_confirm_time(to_person: Set[Relation]) -> bool:
    """Say that time was had: who had it, and the rostering system of their organisation. Whoever
    has to give the time never vouches for having given it."""
    return not {Relation.SELF, Relation.API_CLIENT}.isdisjoint(to_person)


def may_let_go_of_time(to_person: Set[Relation]) -> bool:
    """Give up what was promised: only whose it is."""
    return Relation.SELF in to_person


def may_take_time_back(
    to_person: Set[Relation], at_organisation: Set[Relation], *, has_line_manager: bool
) -> bool:
    """Take time back, and arrange another day for it: the line manager or who stands in, and the
    rostering system; where there is no line manager, the learning lead of the organisation that
    promised it. Never the person themselves."""
    if Relation.SELF in to_person:
        return False
    if not _GIVES_TIME.isdisjoint(to_person):
        return True
    return not has_line_manager and Relation.LEARNING_LEAD in to_person & at_organisation


def may_read_why(to_person: Set[Relation]) -> bool:
    """The explanation that a line manager wrote for the person."""
    return not _READS_WHY.isdisjoint(to_person)


def may_keep_time_rules(at_organisation: Set[Relation]) -> bool:
    """After how many days who is reminded, and what cover costs an hour."""
    return not {Relation.LEARNING_LEAD, Relation.HR_ADMINISTRATOR}.isdisjoint(at_organisation)


def may_see_time_of_organisations(roles: Set[str]) -> bool:
    """Figures of organisations, for those who plan what is learned there."""
    return not {Relation.LEARNING_LEAD.value, Relation.HR_ADMINISTRATOR.value}.isdisjoint(roles)
