"""Who may say who assesses whom. Pure: relations and roles of the day in."""

from accounts.models import Person
from accounts.selectors.relations import Relation
from pathways.models import AssessorAppointment


def may_appoint(
    relations: frozenset[Relation] | None,
    roles_at_organisation: frozenset[Relation],
    *,
    is_oneself: bool,
) -> bool:
    """For one person their line manager, or a learning lead whose role covers both the person and
    the organisation; for everybody there (``relations`` None) a learning lead of the organisation.

    ``is_oneself``: nobody makes themselves an assessor.
    """
    leads = Relation.LEARNING_LEAD in roles_at_organisation
    if is_oneself:
        return False
    if relations is None:
        return leads
    if Relation.SELF in relations:
        return False
    return Relation.LINE_MANAGER in relations or (leads and Relation.LEARNING_LEAD in relations)


def may_end(
    by: Person,
    relations: frozenset[Relation] | None,
    roles_at_organisation: frozenset[Relation],
    *,
    appointment: AssessorAppointment,
) -> bool:
    """Whoever may appoint, learning leads of the organisation, and the assessor, who may stop."""
    if by.pk == appointment.assessor_id or Relation.LEARNING_LEAD in roles_at_organisation:
        return True
    return relations is not None and Relation.LINE_MANAGER in relations
