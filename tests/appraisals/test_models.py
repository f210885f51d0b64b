from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, transaction

from appraisals.models import Appraisal, Draft, FormQuestion, Objective, Snapshot
from tests.factories.accounts import PersonFactory
from tests.factories.appraisals import (
    AppraisalFormFactory,
    CycleFactory,
    DraftFactory,
    FormQuestionFactory,
    ObjectiveFactory,
    appraise,
    shared,
)
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db


def signed() -> Appraisal:
    appraisal = shared()
    ObjectiveFactory(appraisal=appraisal)
    Objective.objects.filter(appraisal=appraisal).update(state="AGREED")
    Appraisal.objects.filter(pk=appraisal.pk).update(
        state="SIGNED", subject_signed_at=NOW, manager_signed_at=NOW
    )
    return Appraisal.objects.get(pk=appraisal.pk)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"subject_signed_at": NOW}, "appraisal_no_signature_on_a_draft"),
        ({"state": "SHARED"}, "appraisal_shared_means_by_both"),
        (
            {"subject_shared_at": NOW, "manager_shared_at": NOW},
            "appraisal_shared_by_both_is_shared",
        ),
    ],
)
def test_the_database_refuses_a_state_without_what_it_means(fields, constraint):
    appraisal = appraise()

    with pytest.raises(IntegrityError, match=constraint):
        Appraisal.objects.filter(pk=appraisal.pk).update(**fields)


@pytest.mark.parametrize("signatures", [{}, {"subject_signed_at": NOW}])
def test_the_database_refuses_a_signed_appraisal_without_both_signatures(signatures):
    appraisal = shared()

    with pytest.raises(IntegrityError, match="appraisal_signed_means_by_both"):
        Appraisal.objects.filter(pk=appraisal.pk).update(state="SIGNED", **signatures)


def test_the_database_refuses_both_signatures_on_an_appraisal_that_is_not_signed():
    appraisal = shared()

    with pytest.raises(IntegrityError, match="appraisal_signed_means_by_both"):
        Appraisal.objects.filter(pk=appraisal.pk).update(
            subject_signed_at=NOW, manager_signed_at=NOW
        )


def test_the_database_refuses_a_step_that_is_not_declared():
    appraisal = appraise()

    with pytest.raises(ProgrammingError, match="Invalid transition"):
        Appraisal.objects.filter(pk=appraisal.pk).update(
            state="SIGNED",
            subject_shared_at=NOW,
            manager_shared_at=NOW,
            subject_signed_at=NOW,
            manager_signed_at=NOW,
        )


def test_nobody_appraises_themselves():
    appraisal = appraise()

    with pytest.raises(IntegrityError, match="appraisal_not_by_oneself"):
        Appraisal.objects.filter(pk=appraisal.pk).update(appraiser_id=appraisal.subject_id)


def test_a_person_has_one_appraisal_per_cycle_and_post():
    appraisal = appraise()
    again = Appraisal.objects.get(pk=appraisal.pk)
    again.pk = None

    with pytest.raises(IntegrityError, match="appraisal_once_per_cycle_and_assignment"):
        again.save(force_insert=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda appraisal: Appraisal.objects.filter(pk=appraisal.pk).update(met_on=date(2026, 1, 1)),
        lambda appraisal: Appraisal.objects.filter(pk=appraisal.pk).delete(),
        lambda appraisal: Draft.objects.filter(appraisal=appraisal).update(answers={"a": "b"}),
        lambda appraisal: Draft.objects.filter(appraisal=appraisal).delete(),
        lambda appraisal: Objective.objects.filter(appraisal=appraisal).update(title="Other"),
        lambda appraisal: Objective.objects.filter(appraisal=appraisal).update(state="PROPOSED"),
        lambda appraisal: Objective.objects.filter(appraisal=appraisal).update(
            state="MET", title="Other"
        ),
        lambda appraisal: Objective.objects.filter(appraisal=appraisal).delete(),
        lambda appraisal: ObjectiveFactory(appraisal=appraisal),
        lambda appraisal: Draft.objects.filter(appraisal=appraisal).update(appraisal=appraise()),
    ],
)
def test_the_database_refuses_any_change_to_a_signed_appraisal(change):
    appraisal = signed()

    with pytest.raises(DatabaseError), transaction.atomic():
        change(appraisal)

    kept = Objective.objects.get(appraisal=appraisal)
    assert (kept.title, kept.state) == ("Reduce the time to discharge", "AGREED")


def test_no_draft_is_added_to_a_signed_appraisal():
    appraisal = shared()
    Draft.objects.filter(side="SUBJECT").delete()
    Appraisal.objects.filter(pk=appraisal.pk).update(
        state="SIGNED", subject_signed_at=NOW, manager_signed_at=NOW
    )

    with pytest.raises(IntegrityError, match="of a signed appraisal cannot change"):
        DraftFactory(appraisal=appraisal, side="SUBJECT")


def test_an_agreed_objective_may_be_met_in_the_year_that_follows():
    appraisal = signed()

    Objective.objects.filter(appraisal=appraisal).update(state="MET")

    assert Objective.objects.get(appraisal=appraisal).state == "MET"


def test_drafts_and_objectives_may_change_before_the_signature():
    appraisal = shared()
    objective = ObjectiveFactory(appraisal=appraisal)

    objective.title = "Another aim"
    objective.save()
    Draft.objects.filter(appraisal=appraisal).update(answers={})
    objective.delete()

    assert not Objective.objects.exists()


def test_a_snapshot_never_changes():
    appraisal = shared()
    snapshot = Snapshot.objects.create(
        appraisal=appraisal, form=appraisal.form, content={}, content_hash="0" * 64, signed_at=NOW
    )

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Snapshot.objects.filter(pk=snapshot.pk).update(content={"a": 1})
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        snapshot.delete()


def test_each_side_has_one_draft():
    appraisal = shared()

    with pytest.raises(IntegrityError, match="draft_once_per_side"):
        DraftFactory(appraisal=appraisal, side="SUBJECT")


def test_a_question_is_asked_of_somebody():
    with pytest.raises(IntegrityError, match="form_question_is_asked_of_somebody"):
        FormQuestionFactory(for_subject=False, for_manager=False)


def test_a_key_stands_once_on_a_form():
    form = AppraisalFormFactory()
    FormQuestionFactory(form=form, key="aim")

    with pytest.raises(IntegrityError, match="form_question_key_once"), transaction.atomic():
        FormQuestionFactory(form=form, key="aim")
    FormQuestionFactory(key="aim")
    assert FormQuestion.objects.filter(key="aim").count() == 2


def test_the_days_of_a_cycle_are_in_order():
    with pytest.raises(IntegrityError, match="cycle_days_in_order"):
        CycleFactory(due_on=date(2027, 4, 1), closes_on=date(2027, 3, 31))


def test_the_words_of_each_record():
    appraisal = appraise()

    assert str(appraisal) == f"Appraisal {appraisal.pk} (DRAFTING)"
    assert str(DraftFactory(appraisal=appraisal, side="SUBJECT")).startswith("SUBJECT of appraisal")
    assert str(appraisal.form) == "The standard appraisal 1"
    assert appraisal.side_of(PersonFactory().pk) is None
