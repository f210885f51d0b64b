from itertools import chain, combinations

import pytest

from accounts.selectors.relations import Relation
from courses.models import Approval, Enrolment, Session
from courses.policies.approvals import may_decide
from courses.policies.places import may_enrol, may_withdraw
from courses.policies.running import may_run

REQUEST = Enrolment(basis="APPROVAL", state="REQUESTED")
ENTITLED = Enrolment(basis="ENTITLEMENT", state="WAITING")
SINGLE = [frozenset({relation}) for relation in Relation]


def allowed(rule, relations=SINGLE):
    return {next(iter(each)) for each in relations if rule(each)}


def test_only_oneself_and_the_hr_system_ask_for_a_place():
    assert allowed(lambda own: may_enrol(own, session_is_offered=True)) == {
        Relation.SELF,
        Relation.API_CLIENT,
    }


def test_nobody_asks_for_a_session_that_is_not_offered_to_them():
    assert allowed(lambda own: may_enrol(own, session_is_offered=False)) == set()


def test_the_line_manager_decides_where_there_is_one():
    found = allowed(
        lambda own: may_decide(own, own, enrolment=REQUEST, stage=Approval(), has_line_manager=True)
    )

    assert found == {Relation.LINE_MANAGER, Relation.DELEGATE}


def test_the_learning_lead_decides_where_there_is_none():
    found = allowed(
        lambda own: may_decide(
            own, own, enrolment=REQUEST, stage=Approval(), has_line_manager=False
        )
    )

    assert found == {Relation.LEARNING_LEAD}


@pytest.mark.parametrize("has_line_manager", [True, False])
def test_nobody_decides_about_themselves_whatever_else_they_are(has_line_manager):
    others = [relation for relation in Relation if relation != Relation.SELF]
    groups = chain.from_iterable(combinations(others, size) for size in (1, 2))

    for group in groups:
        relations = frozenset({Relation.SELF, *group})
        assert not may_decide(
            relations,
            relations,
            enrolment=REQUEST,
            stage=Approval(),
            has_line_manager=has_line_manager,
        )


def test_there_is_nothing_to_decide_about_an_entitlement():
    found = allowed(
        lambda own: may_decide(
            own, own, enrolment=ENTITLED, stage=Approval(), has_line_manager=True
        )
    )

    assert found == set()


def test_only_oneself_and_the_hr_system_give_a_place_up():
    assert allowed(lambda own: may_withdraw(own, enrolment=ENTITLED)) == {
        Relation.SELF,
        Relation.API_CLIENT,
    }


def test_learning_and_programme_leads_run_sessions():
    assert allowed(lambda own: may_run(own, session=Session())) == {
        Relation.LEARNING_LEAD,
        Relation.PROGRAMME_LEAD,
    }


def test_the_learning_lead_of_another_employer_decides_nothing():
    lead = frozenset({Relation.LEARNING_LEAD})
    asked = {"enrolment": REQUEST, "stage": Approval(), "has_line_manager": False}

    assert may_decide(lead, lead, **asked)
    assert not may_decide(lead, frozenset(), **asked)
