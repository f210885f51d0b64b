"""Relations a policy must never rest on alone, asked of every policy over relations."""

from types import SimpleNamespace

import pytest

from accounts import policies as accounts_policies
from accounts.models import Role
from accounts.selectors.relations import Relation
from appraisals.policies import appraisals, plans
from courses.models import Approval
from courses.policies import approvals as course_approvals
from courses.policies import places as course_places
from courses.policies import running as course_running
from pathways.policies import attainments as pathways_policies
from talent import policies as talent_policies

REQUEST = SimpleNamespace(basis="APPROVAL", person_id=1)
APPRAISAL = SimpleNamespace(subject_id=1, appraiser_id=2)
NOBODY = SimpleNamespace(pk=9)

# Every act judged by what one is to the person; roles there are the same relations.
ACTS = {
    "enrol": lambda own: course_places.may_enrol(own, session_is_offered=True),
    "decide": lambda own: course_approvals.may_decide(
        own, own, enrolment=REQUEST, stage=Approval(), has_line_manager=True
    ),
    "decide alone": lambda own: course_approvals.may_decide(
        own, own, enrolment=REQUEST, stage=Approval(), has_line_manager=False
    ),
    "withdraw": lambda own: course_places.may_withdraw(own, enrolment=REQUEST),
    "run sessions": course_running.may_run,
    "hand over": lambda own: appraisals.may_hand_over(
        NOBODY, appraisal=APPRAISAL, to=NOBODY, relations=own, roles=own
    ),
    "run cycles": appraisals.may_run_cycles,
    "start a plan": plans.may_start_plan,
    "draft a plan": lambda own: plans.may_draft_plan(own, by=NOBODY, appraisal=APPRAISAL),
    "add an action": plans.may_add_action,
    "take a step": plans.may_take_action_step,
    "record evidence": lambda own: pathways_policies.may_record_attainments(own, source="EVIDENCE"),
    "assess": pathways_policies.may_assess,
    "choose a role": pathways_policies.may_choose_role,
    "change consent": talent_policies.may_change_consent,
    "judge readiness": lambda own: talent_policies.may_judge_readiness(own, own),
    "run a panel": lambda own: talent_policies.may_run_panel(own, is_oneself=False),
    "nominate": lambda own: talent_policies.route_of(own, own) is not None,
    "read reasons": lambda own: talent_policies.may_read_reasons(own, own, is_on_panel=True),
    "appoint": lambda own: accounts_policies.may_appoint(
        own, role=Role.LEARNING_LEAD, is_oneself=False
    ),
    "delegate": lambda own: accounts_policies.may_delegate(own, own, is_to_oneself=False),
    "open in emergency": accounts_policies.may_open_in_emergency,
}


@pytest.mark.parametrize(
    ("relation", "allowed"),
    [
        (Relation.FORMER_LINE_MANAGER, set()),
        (Relation.DELEGATE, {"decide"}),
        (Relation.PEER, {"nominate"}),
        (Relation.PANEL_MEMBER, {"read reasons"}),
        # For comparison, so that the table is known to be able to allow.
        (Relation.LINE_MANAGER, {"decide", "add an action", "record evidence", "nominate"}),
        (Relation.SELF, None),
    ],
)
def test_what_each_relation_gives_alone(relation, allowed):
    given = {name for name, may in ACTS.items() if may(frozenset({relation}))}

    if allowed is None:
        assert len(given) > 8
    else:
        assert given == allowed


@pytest.mark.parametrize(
    "relation", [Relation.DELEGATE, Relation.FORMER_LINE_MANAGER, Relation.PEER]
)
def test_nobody_but_the_two_parties_signs_or_reads_an_appraisal(relation):
    """The policies of an appraisal ask who one is, so no relation opens what is written."""
    for may in (*appraisals.MAY_TAKE_STEP.values(), appraisals.may_read_content):
        assert not may(NOBODY, appraisal=APPRAISAL)
