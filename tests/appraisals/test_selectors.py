from datetime import date

import pytest

from accounts.actors import ApiClientPrincipal, SystemJob
from appraisals.models import Appraisal, Draft, Objective, Side, Snapshot
from appraisals.selectors.content import content_of, fingerprint
from appraisals.selectors.cycles import cycles_with_counts
from appraisals.selectors.lists import held_appraisals, own_appraisals, statuses
from appraisals.selectors.reading import reading_of
from appraisals.selectors.sheet import sheet_of
from appraisals.services.workflow import sign
from tests.factories.accounts import ApiClientFactory, PersonFactory, employ, grant
from tests.factories.appraisals import (
    CycleFactory,
    DraftFactory,
    ObjectiveFactory,
    appraise,
    hr_administrator,
    shared,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import competencies_of, role_asking

pytestmark = pytest.mark.django_db


def written(**fields):
    appraisal = appraise(**fields)
    DraftFactory(appraisal=appraisal, side="SUBJECT", answers={"went-well": "MINE"})
    DraftFactory(appraisal=appraisal, side="MANAGER", answers={"went-well": "THEIRS"})
    return appraisal


def sides_seen(actor):
    return set(Draft.objects.visible_to(actor, on=TODAY).values_list("side", flat=True))


def watchers(appraisal):
    """Everybody near an appraisal who is not one of its two parties."""
    organisation = appraisal.cycle.organisation
    second_line = employ(organisation=organisation)
    boss = appraisal.appraiser.assignments.get()
    boss.reporting_lines.create(
        kind="LINE_MANAGER",
        manager=second_line,
        person=appraisal.appraiser,
        starts_on=date(2020, 4, 1),
    )
    roles = ("HR_ADMINISTRATOR", "LEARNING_LEAD", "TALENT_LEAD", "AUDITOR")
    return [second_line, *(grant(PersonFactory(), role, organisation) for role in roles)]


@pytest.mark.parametrize(
    ("shared_at", "by_subject", "by_manager"),
    [
        ({}, {"SUBJECT"}, {"MANAGER"}),
        ({"subject_shared_at": NOW}, {"SUBJECT"}, {"SUBJECT", "MANAGER"}),
        ({"manager_shared_at": NOW}, {"SUBJECT", "MANAGER"}, {"MANAGER"}),
    ],
)
def test_a_draft_is_seen_by_its_side_and_once_shared_by_the_other(
    shared_at, by_subject, by_manager
):
    appraisal = written(**shared_at)
    written()

    assert sides_seen(appraisal.subject) == by_subject
    assert sides_seen(appraisal.appraiser) == by_manager


def test_nobody_else_ever_sees_what_is_written():
    appraisal = shared()
    ObjectiveFactory(appraisal=appraisal)
    for party in (appraisal.subject, appraisal.appraiser):
        sign(appraisal=appraisal, by=party, now=NOW)

    others = watchers(appraisal)
    for model in (Draft, Objective, Snapshot):
        seen = [model.objects.visible_to(one, on=TODAY).count() for one in others]
        assert seen == [0, 0, 0, 0, 0], model
        assert model.objects.visible_to(appraisal.subject, on=TODAY).exists()


def test_an_api_client_sees_that_it_is_there_and_nothing_of_it():
    appraisal = shared()
    ObjectiveFactory(appraisal=appraisal)
    client = ApiClientFactory(organisation=appraisal.cycle.organisation)
    principal = ApiClientPrincipal(client=client, scopes=frozenset({"appraisals:read"}))

    assert Appraisal.objects.visible_to(principal, on=TODAY).get() == appraisal
    assert not Draft.objects.visible_to(principal, on=TODAY).exists()
    assert not Objective.objects.visible_to(principal, on=TODAY).exists()


def test_a_job_sees_what_its_scope_says():
    shared()

    assert Draft.objects.visible_to(SystemJob("all", organisation_ids=None), on=TODAY).count() == 2
    assert Draft.objects.visible_to(SystemJob("none"), on=TODAY).count() == 0


def test_status_is_seen_by_second_line_hr_and_learning_lead_but_not_talent():
    appraisal = appraise()
    second_line, hr, learning, talent, auditor = watchers(appraisal)

    seen = {
        one: Appraisal.objects.visible_to(one, on=TODAY).count()
        for one in (second_line, hr, learning, talent, auditor)
    }

    assert seen == {second_line: 1, hr: 1, learning: 1, talent: 0, auditor: 1}


def test_a_reading_holds_only_what_the_reader_may_see():
    appraisal = written(subject_shared_at=NOW)
    row = Appraisal.objects.with_people().get()

    own = reading_of(appraisal=row, actor=appraisal.subject, side=Side.SUBJECT, on=TODAY)
    other = reading_of(appraisal=row, actor=appraisal.appraiser, side=Side.MANAGER, on=TODAY)

    assert "THEIRS" not in str(own.content)
    assert "MINE" in str(other.content)
    assert "THEIRS" in str(other.content)


def test_content_says_who_was_asked_and_what_each_answered():
    role = role_asking(3, 2)
    first, second = competencies_of(role)
    appraisal = appraise(role_profile=role)
    drafts = {
        Side.SUBJECT: DraftFactory(
            appraisal=appraisal, side="SUBJECT", levels={str(first.pk): None}
        ),
        Side.MANAGER: DraftFactory(
            appraisal=appraisal,
            side="MANAGER",
            answers={"overall": "all"},
            levels={str(first.pk): 4},
        ),
    }

    content = content_of(
        appraisal=Appraisal.objects.with_people().get(),
        sheet=sheet_of(appraisal),
        drafts=drafts,
        objectives=[],
    )

    asked = [
        (answer["key"], answer["subject"], answer["manager"])
        for section in content["sections"]
        for answer in section["answers"]
    ]
    assert asked == [
        ("went-well", "", ""),
        ("support", None, ""),
        ("overall", None, "All of them"),
    ]
    assert [(line["title"], line["required"]) for line in content["levels"]] == [
        (first.title, "Frequently"),
        (second.title, "Occasionally"),
    ]
    assert [(line["subject"], line["manager"]) for line in content["levels"]] == [
        ("No chance to demonstrate", "Almost always"),
        (None, None),
    ]


def test_the_fingerprint_does_not_depend_on_the_order_of_keys():
    assert fingerprint({"a": 1, "b": "é"}) == fingerprint({"b": "é", "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


def test_own_and_held_appraisals_are_kept_apart():
    cycle = CycleFactory()
    manager = employ(organisation=cycle.organisation)
    held = appraise(cycle=cycle, manager=manager)
    own = appraise(cycle=cycle, subject=manager)
    appraise()

    assert list(own_appraisals(actor=manager, on=TODAY)) == [own]
    assert list(held_appraisals(actor=manager, on=TODAY)) == [held]


def test_statuses_are_filtered_by_round_and_state():
    cycle = CycleFactory()
    hr = hr_administrator(cycle.organisation)
    drafting = appraise(cycle=cycle)
    to_sign = shared(cycle=cycle)
    other_round = appraise(cycle=CycleFactory(organisation=cycle.organisation))
    shared()

    assert set(statuses(actor=hr, on=TODAY)) == {drafting, to_sign, other_round}
    assert set(statuses(actor=hr, on=TODAY, cycle=cycle)) == {drafting, to_sign}
    assert list(statuses(actor=hr, on=TODAY, cycle=cycle, state="SHARED")) == [to_sign]


def test_a_round_counts_how_far_it_is():
    cycle = CycleFactory()
    appraise(cycle=cycle, due_on=TODAY)
    appraise(cycle=cycle, due_on=date(2026, 11, 19))
    shared(cycle=cycle, due_on=date(2026, 11, 19))
    signed = shared(cycle=cycle, due_on=date(2026, 11, 19))
    Appraisal.objects.filter(pk=signed.pk).update(
        state="SIGNED", subject_signed_at=NOW, manager_signed_at=NOW
    )
    CycleFactory()

    row = cycles_with_counts(actor=hr_administrator(cycle.organisation), on=TODAY).get()

    assert (row.total, row.drafting, row.shared, row.signed, row.overdue) == (4, 2, 1, 1, 2)
