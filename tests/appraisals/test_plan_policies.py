import pytest

from accounts.actors import SystemJob
from accounts.selectors.relations import Relation
from accounts.visibility import MANAGES, SEES_PEOPLE
from appraisals.models import PLAN_ACTION_WORKFLOW, Appraisal
from appraisals.policies.plans import (
    MAY_TAKE_ACTION_STEP,
    may_add_action,
    may_draft_plan,
    may_read_plan,
    may_start_plan,
    may_take_action_step,
)
from tests.factories.accounts import PersonFactory


@pytest.mark.parametrize("relation", Relation)
def test_only_the_owner_starts_a_plan_and_changes_its_actions(relation):
    allowed = relation in {Relation.SELF, Relation.SYSTEM}

    assert may_start_plan(frozenset({relation})) is allowed
    assert may_take_action_step(frozenset({relation})) is allowed


@pytest.mark.parametrize("relation", Relation)
def test_the_owner_and_the_line_manager_add_actions(relation):
    allowed = relation in {Relation.SELF, Relation.SYSTEM, Relation.LINE_MANAGER}

    assert may_add_action(frozenset({relation})) is allowed


def test_nobody_without_a_relation_may_do_anything():
    assert not may_start_plan(frozenset())
    assert not may_add_action(frozenset())
    assert not may_take_action_step(frozenset())


def test_every_step_of_an_action_has_a_policy():
    assert set(MAY_TAKE_ACTION_STEP) == set(PLAN_ACTION_WORKFLOW.names)


@pytest.mark.django_db
def test_a_plan_is_drafted_by_either_party_and_by_nobody_else():
    appraiser, other = PersonFactory.create_batch(2)
    appraisal = Appraisal(appraiser=appraiser)
    nothing, own = frozenset(), frozenset({Relation.SELF})
    manages = frozenset({Relation.LINE_MANAGER})
    job = SystemJob("tests")

    assert may_draft_plan(nothing, by=appraiser, appraisal=appraisal)
    assert may_draft_plan(own, by=other, appraisal=appraisal)
    assert not may_draft_plan(manages, by=other, appraisal=appraisal)
    assert not may_draft_plan(nothing, by=job, appraisal=appraisal)
    assert may_draft_plan(frozenset({Relation.SYSTEM}), by=job, appraisal=appraisal)


def test_who_only_stands_in_or_stands_beside_does_not_read_the_plan():
    seers = {*MANAGES, *SEES_PEOPLE, "SELF", "SYSTEM"}

    reads = {relation.value for relation in Relation if may_read_plan(frozenset({relation}))}

    assert reads == seers
    assert Relation.DELEGATE not in reads
