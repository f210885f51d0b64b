import pytest

from accounts.actors import SystemJob
from accounts.selectors.relations import Relation
from appraisals.models import APPRAISAL_WORKFLOW, Side
from appraisals.policies import appraisals as policies
from tests.factories.accounts import PersonFactory
from tests.factories.appraisals import appraise

pytestmark = pytest.mark.django_db

OF_THE_PARTIES = [
    policies.may_read_content,
    policies.may_write_draft,
    policies.may_agree_objectives,
    policies.may_record_conversation,
    *policies.MAY_TAKE_STEP.values(),
]


def test_every_step_of_the_workflow_has_a_policy():
    assert set(policies.MAY_TAKE_STEP) == set(APPRAISAL_WORKFLOW.names)


@pytest.mark.parametrize("may", OF_THE_PARTIES)
def test_only_the_two_parties_touch_what_is_written(may):
    appraisal = appraise()
    outsiders = [PersonFactory(), SystemJob("job", organisation_ids=None)]

    assert [may(by, appraisal=appraisal) for by in (appraisal.subject, appraisal.appraiser)] == [
        True,
        True,
    ]
    assert [may(by, appraisal=appraisal) for by in outsiders] == [False, False]


def test_somebody_who_may_not_sign_in_has_no_side():
    appraisal = appraise()
    appraisal.subject.is_active = False

    assert policies.side_of(appraisal.subject, appraisal=appraisal) is None
    assert policies.side_of(appraisal.appraiser, appraisal=appraisal) == Side.MANAGER


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        ({Relation.LINE_MANAGER}, True),
        ({Relation.HR_ADMINISTRATOR}, True),
        ({Relation.SYSTEM}, True),
        ({Relation.SECOND_LINE}, False),
        ({Relation.LEARNING_LEAD}, False),
        ({Relation.API_CLIENT}, False),
        (set(), False),
    ],
)
def test_who_hands_an_appraisal_over_to_themselves(relations, expected):
    appraisal = appraise()
    successor = PersonFactory()

    may = policies.may_hand_over(
        successor,
        appraisal=appraisal,
        to=successor,
        relations=frozenset(relations),
        roles=frozenset(relations),
    )

    assert may is expected


def test_a_line_manager_does_not_hand_over_to_somebody_else():
    appraisal = appraise()
    to = PersonFactory()
    relations = frozenset({Relation.LINE_MANAGER})

    assert not policies.may_hand_over(
        appraisal.appraiser, appraisal=appraisal, to=to, relations=relations, roles=frozenset()
    )


def test_not_even_hr_lets_somebody_appraise_themselves():
    appraisal = appraise()
    relations = frozenset({Relation.HR_ADMINISTRATOR})

    assert not policies.may_hand_over(
        PersonFactory(),
        appraisal=appraisal,
        to=appraisal.subject,
        relations=relations,
        roles=relations,
    )


def test_the_hr_of_another_employer_hands_nothing_over():
    appraisal = appraise()
    relations = frozenset({Relation.HR_ADMINISTRATOR})

    assert not policies.may_hand_over(
        PersonFactory(),
        appraisal=appraisal,
        to=PersonFactory(),
        relations=relations,
        roles=frozenset(),
    )


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Relation.HR_ADMINISTRATOR, True),
        (Relation.LEARNING_LEAD, True),
        (Relation.TALENT_LEAD, False),
        (Relation.AUDITOR, False),
        (Relation.COLLEAGUE, False),
    ],
)
def test_who_runs_cycles(role, expected):
    assert policies.may_run_cycles(frozenset({role})) is expected
