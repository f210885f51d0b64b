from datetime import date, timedelta

import pytest

from accounts.models import Event, ReportingLine
from appraisals.models import Appraisal, AppraisalState, DevelopmentPlan, Objective, Snapshot
from appraisals.selectors.content import fingerprint
from appraisals.selectors.reading import reading_of, whole_content
from appraisals.services.drafting import save_draft
from appraisals.services.workflow import send_back, share, sign
from common.errors import Conflict, Forbidden, Stale
from jobs.models import Job, OutboxMessage
from notifications.models import Notice
from pathways.models import Attainment
from tests.factories.accounts import PersonFactory
from tests.factories.appraisals import DraftFactory, ObjectiveFactory, appraise, shared
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import competencies_of, role_asking

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def written(**fields):
    appraisal = appraise(**fields)
    DraftFactory(appraisal=appraisal, side="SUBJECT", answers={"went-well": "The new rota"})
    DraftFactory(appraisal=appraisal, side="MANAGER", answers={"support": "A mentor"})
    return appraisal


def sign_both(appraisal):
    sign(appraisal=appraisal, by=appraisal.subject, now=NOW)
    return sign(appraisal=appraisal, by=appraisal.appraiser, now=LATER)


def test_one_share_shows_one_side_and_leaves_the_state():
    appraisal = written()

    after = share(appraisal=appraisal, by=appraisal.subject, now=NOW)

    assert (after.state, after.subject_shared_at, after.manager_shared_at) == (
        AppraisalState.DRAFTING,
        NOW,
        None,
    )


def test_the_second_share_makes_it_ready_to_sign():
    appraisal = written()
    share(appraisal=appraisal, by=appraisal.appraiser, now=NOW)

    after = share(appraisal=appraisal, by=appraisal.subject, now=LATER)

    assert Appraisal.objects.get().state == after.state == AppraisalState.SHARED


def test_sharing_tells_the_other_side_without_a_word_of_it():
    appraisal = written()

    share(appraisal=appraisal, by=appraisal.subject, now=NOW)

    notice = Notice.objects.get()
    assert (notice.recipient, notice.rule) == (appraisal.appraiser, "appraisals.shared")
    assert "The new rota" not in str(notice.facts)


def test_sharing_again_after_it_came_back_is_told_again():
    appraisal = written()
    share(appraisal=appraisal, by=appraisal.subject, now=NOW)
    send_back(appraisal=appraisal, by=appraisal.appraiser, now=NOW)

    share(appraisal=appraisal, by=appraisal.subject, now=LATER)

    assert Notice.objects.filter(rule="appraisals.shared").count() == 2


@pytest.mark.parametrize("answers", [None, {}])
def test_an_empty_part_is_not_shared(answers):
    appraisal = appraise()
    if answers is not None:
        DraftFactory(appraisal=appraisal, side="SUBJECT", answers=answers)

    with pytest.raises(Conflict) as refusal:
        share(appraisal=appraisal, by=appraisal.subject, now=NOW)

    assert refusal.value.code == "nothing_to_share"


def test_a_part_is_shared_once():
    appraisal = written()
    share(appraisal=appraisal, by=appraisal.subject, now=NOW)

    with pytest.raises(Conflict) as refusal:
        share(appraisal=appraisal, by=appraisal.subject, now=LATER)

    assert refusal.value.code == "already_shared"


def test_sending_back_opens_the_other_sides_part_and_keeps_ones_own():
    appraisal = shared()
    sign(appraisal=appraisal, by=appraisal.subject, now=NOW)

    after = send_back(appraisal=appraisal, by=appraisal.appraiser, now=LATER)

    assert (after.state, after.subject_shared_at, after.manager_shared_at) == (
        AppraisalState.DRAFTING,
        None,
        NOW,
    )
    assert after.subject_signed_at is None
    save_draft(
        appraisal=appraisal,
        by=appraisal.subject,
        answers={"went-well": "Better words"},
        levels={},
        version=1,
        now=LATER,
    )


def test_a_part_can_come_back_before_the_other_is_shared():
    appraisal = written()
    share(appraisal=appraisal, by=appraisal.subject, now=NOW)

    after = send_back(appraisal=appraisal, by=appraisal.appraiser, now=LATER)

    assert after.subject_shared_at is None
    assert Notice.objects.get(rule="appraisals.sent_back").recipient == appraisal.subject


def test_what_was_not_shared_cannot_come_back():
    appraisal = written()
    share(appraisal=appraisal, by=appraisal.subject, now=NOW)

    with pytest.raises(Conflict) as refusal:
        send_back(appraisal=appraisal, by=appraisal.subject, now=NOW)

    assert refusal.value.code == "nothing_to_send_back"


def test_one_signature_signs_nothing_yet():
    appraisal = shared()

    after = sign(appraisal=appraisal, by=appraisal.subject, now=NOW)

    assert (after.state, after.subject_signed_at) == (AppraisalState.SHARED, NOW)
    assert not Snapshot.objects.exists()
    assert Notice.objects.get().recipient == appraisal.appraiser


def test_the_second_signature_freezes_what_both_agreed():
    role = role_asking(3)
    appraisal = shared(role_profile=role, wellbeing_on=date(2026, 11, 18))
    ObjectiveFactory(appraisal=appraisal)
    content = whole_content(Appraisal.objects.with_people().get())

    sign_both(appraisal)

    snapshot = Snapshot.objects.get()
    signatures = snapshot.content.pop("signatures")
    assert snapshot.content == content
    assert [(one["side"], one["name"]) for one in signatures] == [
        ("SUBJECT", appraisal.subject.full_name),
        ("MANAGER", appraisal.appraiser.full_name),
    ]
    assert (snapshot.form, snapshot.version) == (appraisal.form, role.version)
    assert snapshot.content["sections"][0]["answers"][0] == {
        "key": "went-well",
        "title": "What went well this year?",
        "subject": "The new rota",
        "manager": "Calm in winter",
    }


def test_the_hash_still_fits_after_the_database_has_kept_it():
    appraisal = shared()
    sign_both(appraisal)

    snapshot = Snapshot.objects.get()

    assert snapshot.content_hash == fingerprint(snapshot.content)
    assert snapshot.content_hash != fingerprint({**snapshot.content, "cycle": "Another"})


def test_the_second_signature_agrees_the_objectives_and_drafts_the_plan():
    appraisal = shared()
    ObjectiveFactory(appraisal=appraisal)

    sign_both(appraisal)

    assert Appraisal.objects.get().state == AppraisalState.SIGNED
    assert list(Objective.objects.values_list("state", flat=True)) == ["AGREED"]
    plan = DevelopmentPlan.objects.get()
    assert (plan.person, plan.appraisal_id) == (appraisal.subject, appraisal.pk)
    assert Job.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_the_line_managers_levels_become_attainments_and_ones_own_do_not():
    role = role_asking(3, 2, 4)
    first, second, third = competencies_of(role)
    appraisal = appraise(
        role_profile=role,
        state="SHARED",
        subject_shared_at=NOW,
        manager_shared_at=NOW,
        met_on=date(2026, 11, 18),
    )
    DraftFactory(appraisal=appraisal, side="SUBJECT", levels={str(third.pk): 4})
    DraftFactory(
        appraisal=appraisal, side="MANAGER", levels={str(first.pk): 3, str(second.pk): None}
    )

    sign_both(appraisal)

    rows = Attainment.objects.order_by("competency_id")
    assert [(row.competency_id, row.rank, row.source, row.source_key) for row in rows] == [
        (first.pk, 3, "APPRAISAL", f"appraisal:{appraisal.pk}"),
        (second.pk, None, "APPRAISAL", f"appraisal:{appraisal.pk}"),
    ]
    assert {row.attained_on for row in rows} == {date(2026, 11, 18)}


def test_both_are_told_when_both_have_signed():
    appraisal = shared()

    sign_both(appraisal)

    told = Notice.objects.filter(rule="appraisals.closed").values_list("recipient_id", flat=True)
    assert set(told) == {appraisal.subject_id, appraisal.appraiser_id}


def test_one_signs_once():
    appraisal = shared()
    sign(appraisal=appraisal, by=appraisal.subject, now=NOW)

    with pytest.raises(Conflict) as refusal:
        sign(appraisal=appraisal, by=appraisal.subject, now=LATER)

    assert refusal.value.code == "already_signed"


@pytest.mark.parametrize("step", [share, send_back, sign])
def test_nothing_moves_once_both_have_signed(step):
    appraisal = shared()
    sign_both(appraisal)

    with pytest.raises(Conflict) as refusal:
        step(appraisal=appraisal, by=appraisal.subject, now=LATER)

    assert refusal.value.code == "signed"


def test_nobody_signs_before_both_have_shared():
    appraisal = written(met_on=TODAY)

    with pytest.raises(Conflict) as refusal:
        sign(appraisal=appraisal, by=appraisal.subject, now=NOW)

    assert refusal.value.code == "not_shared"


def test_nobody_signs_before_the_conversation():
    appraisal = shared(met_on=None)

    with pytest.raises(Conflict) as refusal:
        sign(appraisal=appraisal, by=appraisal.subject, now=NOW)

    assert refusal.value.code == "no_conversation"


@pytest.mark.parametrize("side", ["subject", "appraiser"])
def test_nobody_signs_when_the_line_manager_has_changed(side):
    appraisal = shared()
    ReportingLine.objects.filter(assignment=appraisal.assignment).update(
        ends_on=TODAY - timedelta(days=1)
    )

    with pytest.raises(Conflict) as refusal:
        sign(appraisal=appraisal, by=getattr(appraisal, side), now=NOW)

    assert refusal.value.code == "line_manager_changed"


def test_one_signs_only_what_one_has_read():
    appraisal = shared()
    subject = appraisal.subject
    page = reading_of(
        appraisal=Appraisal.objects.with_people().get(), actor=subject, side="SUBJECT", on=TODAY
    )
    ObjectiveFactory(appraisal=appraisal, title="Slipped in")

    with pytest.raises(Stale) as refusal:
        sign(appraisal=appraisal, by=subject, now=NOW, seen=page.seen)

    assert refusal.value.code == "changed_since_read"
    assert Appraisal.objects.get().subject_signed_at is None


def test_one_signs_what_one_has_read():
    appraisal = shared()
    page = reading_of(
        appraisal=Appraisal.objects.with_people().get(),
        actor=appraisal.subject,
        side="SUBJECT",
        on=TODAY,
    )

    after = sign(appraisal=appraisal, by=appraisal.subject, now=NOW, seen=page.seen)

    assert after.subject_signed_at == NOW


@pytest.mark.parametrize("step", [share, send_back, sign])
def test_an_outsider_takes_no_step(step):
    appraisal = shared()

    with pytest.raises(Forbidden) as refusal:
        step(appraisal=appraisal, by=PersonFactory(), now=NOW)

    assert refusal.value.code == "not_a_party"


def test_each_step_is_one_event():
    appraisal = written(met_on=TODAY)
    share(appraisal=appraisal, by=appraisal.subject, now=NOW)
    share(appraisal=appraisal, by=appraisal.appraiser, now=NOW)
    sign(appraisal=appraisal, by=appraisal.subject, now=NOW)
    send_back(appraisal=appraisal, by=appraisal.subject, now=LATER)

    events = Event.objects.order_by("pk").values_list("verb", "by_person", "facts__state")

    assert list(events) == [
        ("share", appraisal.subject_id, "DRAFTING"),
        ("share", appraisal.appraiser_id, "SHARED"),
        ("sign", appraisal.subject_id, "SHARED"),
        ("send_back", appraisal.subject_id, "DRAFTING"),
    ]
