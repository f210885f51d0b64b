import pytest
from django.core.exceptions import ValidationError

from accounts.models import Event
from appraisals.models import Draft
from appraisals.services.drafting import save_draft
from appraisals.services.workflow import share
from common.errors import Conflict, Forbidden, Stale
from tests.factories.accounts import PersonFactory
from tests.factories.appraisals import DraftFactory, appraise, shared
from tests.factories.clock import NOW
from tests.factories.pathways import competencies_of, role_asking

pytestmark = pytest.mark.django_db


def save(appraisal, *, by=None, answers=None, levels=None, version=0):
    return save_draft(
        appraisal=appraisal,
        by=by or appraisal.subject,
        answers={"went-well": "The new rota"} if answers is None else answers,
        levels=levels or {},
        version=version,
        now=NOW,
    )


def test_what_one_writes_is_kept_and_counted():
    appraisal = appraise()

    save(appraisal)
    draft = save(appraisal, answers={"went-well": "The new rota and the team"}, version=1)

    kept = Draft.objects.get(appraisal=appraisal)
    assert (kept.side, kept.answers) == ("SUBJECT", {"went-well": "The new rota and the team"})
    assert (draft.version, kept.version, kept.updated_at) == (2, 2, NOW)


def test_each_side_writes_its_own():
    appraisal = appraise()

    save(appraisal)
    save(appraisal, by=appraisal.appraiser, answers={"support": "A mentor"})

    sides = Draft.objects.filter(appraisal=appraisal).order_by("side")
    assert [(row.side, row.answers) for row in sides] == [
        ("MANAGER", {"support": "A mentor"}),
        ("SUBJECT", {"went-well": "The new rota"}),
    ]


def test_a_second_tab_is_refused_with_what_is_saved():
    appraisal = appraise()
    save(appraisal, answers={"went-well": "From the first tab"})

    with pytest.raises(Stale) as refusal:
        save(appraisal, answers={"went-well": "From the second tab"}, version=0)

    assert refusal.value.code == "stale_draft"
    assert refusal.value.current == {"What went well this year?": "From the first tab"}
    assert Draft.objects.get().answers == {"went-well": "From the first tab"}


def test_the_second_tab_may_save_over_the_first_once_it_knows_it():
    appraisal = appraise()
    save(appraisal, answers={"went-well": "From the first tab"})

    save(appraisal, answers={"went-well": "From the second tab"}, version=1)

    assert Draft.objects.get().answers == {"went-well": "From the second tab"}


def test_sending_the_same_again_is_no_conflict_and_no_new_save():
    appraisal = appraise()
    save(appraisal)

    again = save(appraisal, version=0)

    assert again.version == 1
    assert Event.objects.filter(verb="save_draft").count() == 1


def test_levels_are_kept_with_no_chance_apart_from_no_view():
    role = role_asking(3, 2)
    first, second = competencies_of(role)
    appraisal = appraise(role_profile=role)

    save(appraisal, by=appraisal.appraiser, levels={str(first.pk): 4, str(second.pk): None})

    assert Draft.objects.get().levels == {str(first.pk): 4, str(second.pk): None}


@pytest.mark.parametrize("rank", [0, 5, 99])
def test_a_level_that_is_not_on_the_scale_is_refused(rank):
    role = role_asking(3)
    appraisal = appraise(role_profile=role)

    with pytest.raises(Conflict) as refusal:
        save(appraisal, levels={str(competencies_of(role)[0].pk): rank})

    assert refusal.value.code == "not_a_level"


def test_a_competency_the_role_does_not_ask_for_is_refused():
    appraisal = appraise(role_profile=role_asking(3))
    other = competencies_of(role_asking(2))[0]

    with pytest.raises(Conflict) as refusal:
        save(appraisal, levels={str(other.pk): 2})

    assert refusal.value.code == "not_a_level"


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"support": "A question to the line manager"}, "not_asked"),
        ({"unknown": "No such question"}, "not_asked"),
        ({"went-well": "word " * 51}, "max_words"),
    ],
)
def test_answers_beyond_the_form_are_refused(answers, code):
    appraisal = appraise()

    with pytest.raises(Conflict) as refusal:
        save(appraisal, answers=answers)

    assert refusal.value.code == code
    assert not Draft.objects.exists()


def test_a_choice_that_is_not_offered_is_refused():
    appraisal = appraise()

    with pytest.raises(Conflict) as refusal:
        save(appraisal, by=appraisal.appraiser, answers={"overall": "most"})

    assert refusal.value.code == "not_a_choice"


@pytest.mark.parametrize("text", ["before\x00after", "half of a pair \ud83d"])
def test_text_that_nothing_can_hold_is_refused(text):
    appraisal = appraise()

    with pytest.raises(ValidationError) as refusal:
        save(appraisal, answers={"went-well": text})

    assert refusal.value.code == "unstorable"
    assert not Draft.objects.exists()


def test_an_outsider_writes_nothing():
    appraisal = appraise()

    with pytest.raises(Forbidden) as refusal:
        save(appraisal, by=PersonFactory())

    assert refusal.value.code == "not_a_party"
    assert not Draft.objects.exists()


def test_what_is_shared_is_no_longer_changed():
    appraisal = appraise()
    save(appraisal)
    share(appraisal=appraisal, by=appraisal.subject, now=NOW)

    with pytest.raises(Conflict) as refusal:
        save(appraisal, answers={"went-well": "Second thoughts"}, version=1)

    assert refusal.value.code == "already_shared"
    assert appraisal.appraiser.full_name in refusal.value.message
    assert Draft.objects.get().answers == {"went-well": "The new rota"}


def test_the_other_side_still_writes_after_one_has_shared():
    appraisal = appraise(subject_shared_at=NOW)
    DraftFactory(appraisal=appraisal, side="SUBJECT", answers={"went-well": "Mine"})

    draft = save(appraisal, by=appraisal.appraiser, answers={"support": "A mentor"})

    assert draft.answers == {"support": "A mentor"}


def test_nothing_is_written_once_both_have_shared():
    appraisal = shared()

    with pytest.raises(Conflict) as refusal:
        save(appraisal, version=1, answers={"went-well": "Second thoughts"})

    assert refusal.value.code == "already_shared"


def test_the_ledger_knows_who_saved_but_not_what():
    appraisal = appraise()

    save(appraisal, answers={"went-well": "CANARY"})

    event = Event.objects.get(verb="save_draft")
    assert (event.by_person, event.subject) == (appraisal.subject, appraisal.subject)
    assert event.facts == {"side": "SUBJECT", "version": 1}
    assert event.organisation_id == appraisal.cycle.organisation_id
