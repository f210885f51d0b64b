"""Who may plan an intake, apply, answer and choose: both ways."""

import pytest

from accounts.selectors.relations import Relation
from courses.models import Application, Intake
from courses.policies.selection import (
    Seat,
    may_answer_selection,
    may_apply,
    may_assess,
    may_choose,
    may_decide_for_panel,
    may_declare_interest,
    may_name_panel,
    may_plan_intake,
)

_NEAR = {Relation.SELF, Relation.LINE_MANAGER, Relation.SUPERVISOR, Relation.SECOND_LINE}
_LEADS = {Relation.LEARNING_LEAD, Relation.PROGRAMME_LEAD}


@pytest.mark.parametrize("relation", Relation)
def test_leads_of_the_course_plan_an_intake_and_nobody_else(relation):
    assert may_plan_intake({relation}, intake=Intake()) == (relation in _LEADS)


@pytest.mark.parametrize("relation", Relation)
@pytest.mark.parametrize("is_offered", [True, False])
def test_people_apply_for_themselves_where_it_is_offered(relation, is_offered):
    allowed = may_apply({relation}, intake=Intake(), is_offered=is_offered)

    assert allowed == (is_offered and relation == Relation.SELF)


@pytest.mark.parametrize("relation", Relation)
def test_only_the_applicant_answers(relation):
    allowed = may_answer_selection({relation}, application=Application())

    assert allowed == (relation == Relation.SELF)


@pytest.mark.parametrize("relation", Relation)
def test_leads_choose_unless_they_are_the_applicant_manage_them_or_compete(relation):
    far = {"application": Application(), "is_sponsor": False, "competes": False}

    assert may_choose({relation}, set(), **far) == (relation in _LEADS)
    assert may_choose({Relation.LEARNING_LEAD}, {relation}, **far) == (relation not in _NEAR)
    assert not may_choose({relation}, set(), **far | {"is_sponsor": True})
    assert not may_choose({relation}, set(), **far | {"competes": True})


@pytest.mark.parametrize("relation", Relation)
def test_leads_of_the_course_name_the_panel_unless_they_compete(relation):
    assert may_name_panel({relation}, intake=Intake(), competes=False) == (relation in _LEADS)
    assert not may_name_panel({relation}, intake=Intake(), competes=True)


@pytest.mark.parametrize("relation", Relation)
@pytest.mark.parametrize("has_interest", [True, False])
def test_the_panel_assesses_unless_it_has_an_interest_or_manages_the_applicant(
    relation, has_interest
):
    seat, application = Seat(is_chair=False, has_interest=has_interest), Application()

    allowed = may_assess({relation}, seat=seat, application=application)

    assert allowed == (not has_interest and relation not in _NEAR)
    assert not may_assess({relation}, seat=None, application=application)


@pytest.mark.parametrize("relation", Relation)
def test_the_panel_declares_an_interest_in_others_only(relation):
    seat, application = Seat(is_chair=True, has_interest=False), Application()

    allowed = may_declare_interest({relation}, seat=seat, application=application)

    assert allowed == (relation != Relation.SELF)
    assert not may_declare_interest({relation}, seat=None, application=application)


@pytest.mark.parametrize("is_chair", [True, False])
@pytest.mark.parametrize("is_barred", [True, False])
@pytest.mark.parametrize("relation", [Relation.COLLEAGUE, Relation.LINE_MANAGER])
def test_the_chair_decides_and_another_member_where_the_chair_may_not(
    relation, is_chair, is_barred
):
    allowed = may_decide_for_panel(
        {relation},
        seat=Seat(is_chair=is_chair, has_interest=False),
        application=Application(),
        is_chair_barred=is_barred,
    )

    assert allowed == ((is_chair or is_barred) and relation == Relation.COLLEAGUE)
    assert not may_decide_for_panel(
        {relation}, seat=None, application=Application(), is_chair_barred=True
    )
