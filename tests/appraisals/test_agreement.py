from datetime import date, timedelta

import pytest

from accounts.models import Event
from appraisals.models import Appraisal, Objective
from appraisals.services.conversation import record_conversation
from appraisals.services.objectives import (
    Wording,
    add_objective,
    change_objective,
    remove_objective,
)
from appraisals.services.workflow import sign
from common.errors import Conflict, Forbidden, Stale
from tests.factories.accounts import PersonFactory
from tests.factories.appraisals import ObjectiveFactory, appraise, shared
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db
WORDING = Wording("Fewer falls on the ward", "Ten in a hundred fewer", date(2027, 6, 30))


def test_either_party_adds_an_objective():
    appraisal = shared()

    add_objective(appraisal=appraisal, wording=WORDING, by=appraisal.subject, now=NOW)
    add_objective(appraisal=appraisal, wording=WORDING, by=appraisal.appraiser, now=NOW)

    rows = Objective.objects.values_list("person_id", "title", "state")
    assert list(rows) == [(appraisal.subject_id, "Fewer falls on the ward", "PROPOSED")] * 2


@pytest.mark.parametrize(
    "change",
    [
        lambda row: add_objective(
            appraisal=row.appraisal, wording=WORDING, by=row.appraisal.appraiser, now=NOW
        ),
        lambda row: change_objective(
            objective=row, wording=WORDING, version=0, by=row.appraisal.appraiser, now=NOW
        ),
        lambda row: remove_objective(objective=row, by=row.appraisal.appraiser, now=NOW),
        lambda row: record_conversation(
            appraisal=row.appraisal,
            met_on=TODAY,
            wellbeing_on=TODAY,
            by=row.appraisal.appraiser,
            now=NOW,
        ),
    ],
)
def test_a_change_after_a_signature_clears_it(change):
    objective = ObjectiveFactory(appraisal=shared())
    sign(appraisal=objective.appraisal, by=objective.appraisal.subject, now=NOW)

    change(objective)

    assert Appraisal.objects.get().subject_signed_at is None


def test_two_rewordings_at_a_time_keep_the_first_and_show_it_to_the_second():
    objective = ObjectiveFactory(appraisal=shared())
    by = objective.appraisal.subject
    change_objective(objective=objective, wording=WORDING, version=0, by=by, now=NOW)

    with pytest.raises(Stale) as refusal:
        change_objective(
            objective=objective,
            wording=Wording("Mine", "Mine", date(2027, 1, 31)),
            version=0,
            by=objective.appraisal.appraiser,
            now=NOW,
        )

    assert refusal.value.current == {
        "Objective": "Fewer falls on the ward",
        "How you will know": "Ten in a hundred fewer",
        "By": "30 June 2027",
    }
    assert Objective.objects.get().title == "Fewer falls on the ward"


def test_rewording_what_was_removed_is_refused():
    objective = ObjectiveFactory(appraisal=shared())
    kept = Objective.objects.get()
    remove_objective(objective=objective, by=objective.appraisal.subject, now=NOW)

    with pytest.raises(Conflict) as refusal:
        change_objective(
            objective=kept, wording=WORDING, version=0, by=kept.appraisal.subject, now=NOW
        )

    assert refusal.value.code == "objective_removed"


def test_objectives_wait_for_both_parts():
    appraisal = appraise()

    with pytest.raises(Conflict) as refusal:
        add_objective(appraisal=appraisal, wording=WORDING, by=appraisal.subject, now=NOW)

    assert refusal.value.code == "not_shared"


def test_objectives_of_a_signed_appraisal_stay():
    objective = ObjectiveFactory(appraisal=shared())
    appraisal = objective.appraisal
    sign(appraisal=appraisal, by=appraisal.subject, now=NOW)
    sign(appraisal=appraisal, by=appraisal.appraiser, now=NOW)

    with pytest.raises(Conflict) as refusal:
        remove_objective(objective=objective, by=appraisal.subject, now=NOW)

    assert refusal.value.code == "signed"
    assert Objective.objects.exists()


def test_an_outsider_agrees_nothing():
    objective = ObjectiveFactory(appraisal=shared())
    outsider = PersonFactory()

    with pytest.raises(Forbidden):
        add_objective(appraisal=objective.appraisal, wording=WORDING, by=outsider, now=NOW)
    with pytest.raises(Forbidden):
        remove_objective(objective=objective, by=outsider, now=NOW)
    with pytest.raises(Forbidden):
        record_conversation(
            appraisal=objective.appraisal, met_on=TODAY, wellbeing_on=None, by=outsider, now=NOW
        )


def test_the_conversation_is_kept_as_a_day_and_nothing_else():
    appraisal = appraise()

    record_conversation(
        appraisal=appraisal, met_on=TODAY, wellbeing_on=TODAY, by=appraisal.subject, now=NOW
    )

    kept = Appraisal.objects.get()
    assert (kept.met_on, kept.wellbeing_on) == (TODAY, TODAY)
    assert Event.objects.get().facts == {"met": True, "wellbeing": True}


@pytest.mark.parametrize("field", ["met_on", "wellbeing_on"])
def test_a_day_to_come_is_no_conversation(field):
    appraisal = appraise()
    days = {"met_on": None, "wellbeing_on": None, field: TODAY + timedelta(days=1)}

    with pytest.raises(Conflict) as refusal:
        record_conversation(appraisal=appraisal, by=appraisal.subject, now=NOW, **days)

    assert refusal.value.code == "day_to_come"


def test_the_same_days_again_leave_signatures_alone():
    appraisal = shared()
    sign(appraisal=appraisal, by=appraisal.subject, now=NOW)

    record_conversation(
        appraisal=appraisal,
        met_on=appraisal.met_on,
        wellbeing_on=None,
        by=appraisal.appraiser,
        now=NOW,
    )

    assert Appraisal.objects.get().subject_signed_at == NOW


def test_events_of_objectives_hold_no_wording():
    objective = ObjectiveFactory(appraisal=shared())
    by = objective.appraisal.subject

    change_objective(objective=objective, wording=WORDING, version=0, by=by, now=NOW)
    remove_objective(objective=objective, by=by, now=NOW)

    verbs = Event.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["change_objective", "remove_objective"]
    assert "falls" not in str(list(Event.objects.values_list("facts", flat=True)))
