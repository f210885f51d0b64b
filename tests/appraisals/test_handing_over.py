import pytest

from accounts.actors import SystemJob
from accounts.models import Event, ReportingLine
from appraisals.models import Appraisal, AppraisalState, Draft
from appraisals.services.drafting import save_draft
from appraisals.services.handing_over import follow_line_managers, hand_over
from appraisals.services.workflow import sign
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from tests.factories.accounts import PersonFactory
from tests.factories.appraisals import (
    DraftFactory,
    appraise,
    change_line_manager,
    hr_administrator,
    shared,
)
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db
JOB = SystemJob("appraisals.follow_line_managers", organisation_ids=None)


def test_the_new_line_manager_takes_it_over_with_what_was_written():
    appraisal = appraise()
    DraftFactory(appraisal=appraisal, side="MANAGER", answers={"support": "A mentor"})
    successor = change_line_manager(appraisal)

    hand_over(appraisal=appraisal, to=successor, by=successor, now=NOW)

    assert Appraisal.objects.get().appraiser == successor
    seen = Draft.objects.visible_to(successor, on=TODAY).values_list("answers", flat=True)
    assert list(seen) == [{"support": "A mentor"}]


def test_the_former_line_manager_sees_nothing_new():
    appraisal = appraise()
    former = appraisal.appraiser
    successor = change_line_manager(appraisal)

    hand_over(appraisal=appraisal, to=successor, by=successor, now=NOW)
    save_draft(
        appraisal=appraisal,
        by=successor,
        answers={"support": "CANARY"},
        levels={},
        version=0,
        now=NOW,
    )

    assert not Draft.objects.visible_to(former, on=TODAY).exists()
    assert not Appraisal.objects.visible_to(former, on=TODAY).exists()
    with pytest.raises(Forbidden):
        sign(appraisal=appraisal, by=former, now=NOW)


def test_what_was_shared_and_signed_comes_back_to_the_new_line_manager():
    appraisal = shared()
    sign(appraisal=appraisal, by=appraisal.appraiser, now=NOW)
    successor = change_line_manager(appraisal)

    after = hand_over(appraisal=appraisal, to=successor, by=successor, now=NOW)

    assert (after.state, after.manager_shared_at, after.subject_shared_at) == (
        AppraisalState.DRAFTING,
        None,
        NOW,
    )
    assert after.manager_signed_at is None
    draft = save_draft(
        appraisal=appraisal,
        by=successor,
        answers={"support": "Other support"},
        levels={},
        version=1,
        now=NOW,
    )
    assert draft.answers == {"support": "Other support"}


def test_hr_hands_over_and_both_are_told():
    appraisal = appraise()
    successor = change_line_manager(appraisal)
    hr = hr_administrator(appraisal.cycle.organisation)

    hand_over(appraisal=appraisal, to=successor, by=hr, now=NOW)

    told = Notice.objects.filter(rule="appraisals.handed_over")
    assert set(told.values_list("recipient_id", flat=True)) == {
        successor.pk,
        appraisal.subject_id,
    }
    assert Event.objects.get(verb="hand_over").facts == {
        "from_person_id": appraisal.appraiser_id,
        "to_person_id": successor.pk,
    }


def test_nobody_else_hands_it_over():
    appraisal = appraise()
    successor = change_line_manager(appraisal)

    for by in (appraisal.subject, appraisal.appraiser, PersonFactory()):
        with pytest.raises(Forbidden) as refusal:
            hand_over(appraisal=appraisal, to=successor, by=by, now=NOW)
        assert refusal.value.code == "may_not_hand_over"
    assert Appraisal.objects.get().appraiser == appraisal.appraiser


def test_it_goes_to_the_line_manager_of_record_only():
    appraisal = appraise()
    hr = hr_administrator(appraisal.cycle.organisation)

    with pytest.raises(Conflict) as refusal:
        hand_over(appraisal=appraisal, to=PersonFactory(), by=hr, now=NOW)

    assert refusal.value.code == "not_line_manager_of_record"


def test_hr_of_another_organisation_does_not():
    appraisal = appraise()
    successor = change_line_manager(appraisal)
    stranger = hr_administrator(appraise().cycle.organisation)

    with pytest.raises(Forbidden):
        hand_over(appraisal=appraisal, to=successor, by=stranger, now=NOW)


def test_a_signed_appraisal_stays_with_those_who_signed():
    appraisal = shared()
    for party in (appraisal.subject, appraisal.appraiser):
        sign(appraisal=appraisal, by=party, now=NOW)
    successor = change_line_manager(appraisal)

    with pytest.raises(Conflict) as refusal:
        hand_over(appraisal=appraisal, to=successor, by=successor, now=NOW)

    assert refusal.value.code == "signed"


def test_the_daily_job_finds_those_with_a_new_line_manager_and_no_others():
    moved, stays, ends = appraise(), appraise(), appraise()
    successor = change_line_manager(moved)
    ReportingLine.objects.filter(assignment=ends.assignment).update(ends_on=TODAY)

    count = follow_line_managers(by=JOB, now=NOW)

    assert count == 1
    holders = dict(Appraisal.objects.values_list("pk", "appraiser_id"))
    assert holders == {
        moved.pk: successor.pk,
        stays.pk: stays.appraiser_id,
        ends.pk: ends.appraiser_id,
    }
    assert follow_line_managers(by=JOB, now=NOW) == 0


def test_the_daily_job_asks_once_however_many_there_are(django_assert_num_queries):
    for _ in range(3):
        appraise()

    with django_assert_num_queries(1):
        assert follow_line_managers(by=JOB, now=NOW) == 0
