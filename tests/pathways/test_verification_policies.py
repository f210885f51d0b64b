import pytest

from accounts.models import Person
from accounts.selectors.relations import Relation
from pathways.models import AssessorAppointment, VerificationRequest
from pathways.policies.assessors import may_appoint, may_end
from pathways.policies.verification import may_answer, may_ask, may_withdraw

ME, OTHER = Person(pk=1), Person(pk=2)
NOT_SELF = frozenset(Relation) - {Relation.SELF}


@pytest.mark.parametrize("policy", [may_ask, may_withdraw])
def test_only_the_person_asks_and_takes_back(policy):
    assert policy(frozenset({Relation.SELF, Relation.COLLEAGUE}))
    assert not policy(NOT_SELF)


@pytest.mark.parametrize("relation", Relation)
def test_of_all_relations_only_the_line_manager_answers(relation):
    asked = VerificationRequest(assessor=None)

    answers = may_answer(ME, frozenset({relation}), request=asked, is_appointed=True)

    assert answers == (relation == Relation.LINE_MANAGER)


def test_who_manages_themselves_confirms_nothing_of_their_own():
    both = frozenset({Relation.SELF, Relation.LINE_MANAGER})
    to_me = VerificationRequest(assessor=ME)

    assert not may_answer(ME, both, request=VerificationRequest(), is_appointed=True)
    assert not may_answer(ME, both, request=to_me, is_appointed=True)


@pytest.mark.parametrize(
    ("by", "is_appointed", "answers"),
    [(ME, True, True), (ME, False, False), (OTHER, True, False)],
)
def test_only_the_assessor_who_was_asked_answers_and_only_while_appointed(
    by, is_appointed, answers
):
    asked = VerificationRequest(assessor=ME)

    found = may_answer(
        by, frozenset({Relation.LINE_MANAGER}), request=asked, is_appointed=is_appointed
    )

    assert found == answers


def test_line_managers_appoint_for_their_people_and_learning_leads_for_their_organisation():
    manager = frozenset({Relation.LINE_MANAGER})
    lead = frozenset({Relation.LEARNING_LEAD})
    nothing = frozenset()

    assert may_appoint(manager, nothing, is_oneself=False)
    assert may_appoint(lead, lead, is_oneself=False)
    assert may_appoint(None, lead, is_oneself=False)
    assert not may_appoint(lead, nothing, is_oneself=False)
    assert not may_appoint(nothing, lead, is_oneself=False)
    assert not may_appoint(None, manager, is_oneself=False)
    assert not may_appoint(manager, lead, is_oneself=True)
    assert not may_appoint(manager | {Relation.SELF}, lead, is_oneself=False)


@pytest.mark.parametrize("relation", Relation)
def test_no_other_relation_appoints_for_one_person(relation):
    found = may_appoint(frozenset({relation}), frozenset(), is_oneself=False)

    assert found == (relation == Relation.LINE_MANAGER)


@pytest.mark.parametrize("role", Relation)
def test_who_ends_an_appointment(role):
    held, nothing = AssessorAppointment(assessor=OTHER), frozenset()

    assert may_end(ME, nothing, frozenset({role}), appointment=held) == (
        role == Relation.LEARNING_LEAD
    )
    assert may_end(ME, frozenset({role}), nothing, appointment=held) == (
        role == Relation.LINE_MANAGER
    )
    assert may_end(OTHER, None, nothing, appointment=held)
    assert not may_end(ME, None, nothing, appointment=held)
