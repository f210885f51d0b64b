from datetime import timedelta
from threading import Barrier

import pytest
from django.urls import reverse

from accounts.models import Event, EventText
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from pathways.models import Attainment, PriorLearningClaim
from pathways.policies.evidence import may_claim_prior_learning, may_decide_claim
from pathways.selectors.evidence import competencies_to_show
from pathways.selectors.prior_learning import claims_waiting_for
from pathways.services import prior_learning as service
from pathways.services.prior_learning import (
    Claimed,
    Decision,
    decide_claim,
    read_claim,
    submit_claim,
    withdraw_claim,
)
from pathways.wordings_evidence import claims_waiting
from tests.courses.test_overbooking import at_once
from tests.factories.accounts import AssignmentFactory, OrganisationFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import CompetencyFactory, FrameworkFactory, follow, role_asking
from tests.factories.showing import AssessorAppointmentFactory, EvidenceFactory

pytestmark = pytest.mark.django_db

FINISHED = TODAY - timedelta(days=700)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def manager(trust):
    return employ(organisation=trust)


@pytest.fixture
def person(trust, manager):
    return follow(employ(organisation=trust, manager=manager), role_asking(3, 3))


def skills_of(person):
    return list(competencies_to_show(person=person, on=TODAY))


def told(person, *ranks, **fields):
    ranks = dict(zip((skill.pk for skill in skills_of(person)), ranks or (3, 2), strict=False))
    return Claimed(
        **{
            "title": "Diploma",
            "finished_on": FINISHED,
            "statement": "I led six people.",
            "ranks": ranks,
            **fields,
        }
    )


def submit(person, *ranks, by=None, **fields):
    return submit_claim(
        person=person, claimed=told(person, *ranks, **fields), by=by or person, now=NOW
    )


def decide(claim, by, *decisions, **fields):
    levels = claim.levels.order_by("pk")
    decisions = dict(zip((level.pk for level in levels), decisions, strict=False))
    return decide_claim(claim=claim, decisions=decisions, by=by, now=NOW, **fields)


def appoint(person, **fields):
    assessor = employ()
    appointment = AssessorAppointmentFactory(
        assessor=assessor,
        subject=person,
        appointed_by=employ(),
        organisation=person.assignments.get().organisation,
        **fields,
    )
    return assessor, appointment


def test_a_claim_waits_with_its_levels_and_evidence_and_the_line_manager_is_told(
    person, manager, trust
):
    evidence = EvidenceFactory(person=person)

    claim = submit(person, 3, 2, evidence=[evidence.pk])

    assert (claim.state, claim.organisation, claim.assessor) == ("SUBMITTED", trust, None)
    assert list(claim.levels.order_by("pk").values_list("rank", "accepted")) == [
        (3, None),
        (2, None),
    ]
    assert [row.evidence for row in claim.evidence.all()] == [evidence]
    [notice] = Notice.objects.all()
    assert (notice.recipient, notice.url) == (
        manager,
        reverse("pathways:claim_show", args=[claim.pk]),
    )
    event = Event.objects.get(verb="submit_claim")
    assert (event.subject, event.organisation) == (person, trust)
    assert "six people" not in str(event.facts)


def test_accepted_levels_count_from_the_day_the_learning_was_finished(person, manager):
    claim = submit(person, 3, 2)
    until = TODAY + timedelta(days=365)

    decide(
        claim,
        manager,
        Decision(rank=2, reason="Two years without it"),
        Decision(rank=None, reason="Nothing shows it"),
        statement="Well told.",
        valid_to=until,
    )

    claim.refresh_from_db()
    assert (claim.state, claim.decided_by, claim.decision) == ("DECIDED", manager, "Well told.")
    assert list(claim.levels.order_by("pk").values_list("accepted", "accepted_rank", "reason")) == [
        (True, 2, "Two years without it"),
        (False, None, "Nothing shows it"),
    ]
    row = Attainment.objects.get()
    assert (row.person, row.rank, row.source, row.source_key) == (
        person,
        2,
        "PRIOR",
        f"claim:{claim.pk}",
    )
    assert (row.attained_on, row.valid_to, row.recorded_by) == (FINISHED, until, manager)
    event = Event.objects.get(verb="decide_claim")
    assert "Nothing shows it" not in str(event.facts)
    assert {text.text for text in EventText.objects.filter(event=event)} == {
        "Two years without it",
        "Nothing shows it",
        "Well told.",
    }
    assert Notice.objects.get(recipient=person).facts == {"accepted": 1, "levels": 2}


@pytest.mark.parametrize(
    ("relations", "named", "appointed", "may"),
    [
        ({"LINE_MANAGER"}, False, False, True),
        ({"LEARNING_LEAD"}, False, False, True),
        (set(), True, True, True),
        ({"LINE_MANAGER"}, True, False, False),
        ({"SELF", "LEARNING_LEAD"}, False, False, False),
        ({"SELF"}, True, True, False),
        ({"SUPERVISOR", "SECOND_LINE", "HR_ADMINISTRATOR", "DELEGATE"}, False, False, False),
        (set(), False, False, False),
    ],
)
def test_may_decide_claim_both_ways(relations, named, appointed, may):
    found = may_decide_claim(
        frozenset(relations), names_somebody=named, is_named_and_appointed=appointed
    )

    assert found is may


def test_may_claim_prior_learning_both_ways():
    assert may_claim_prior_learning(frozenset({"SELF"}))
    assert not may_claim_prior_learning(frozenset({"LINE_MANAGER", "LEARNING_LEAD"}))


def test_nobody_decides_their_own_claim_nor_claims_or_withdraws_for_another(person, manager, trust):
    grant(person, "LEARNING_LEAD", trust)
    claim = submit(person)

    for act in (
        lambda: decide(claim, person, Decision(3), Decision(2)),
        lambda: submit(person, by=manager),
        lambda: withdraw_claim(claim=claim, by=manager, now=NOW),
    ):
        with pytest.raises(Forbidden):
            act()

    claim.refresh_from_db()
    assert claim.state == "SUBMITTED"
    assert not Attainment.objects.exists()


def test_a_claim_that_names_an_assessor_is_decided_by_nobody_else(person, manager):
    assessor, appointment = appoint(person)
    claim = submit(person, appointment=appointment)

    with pytest.raises(Forbidden):
        decide(claim, manager, Decision(3), Decision(2))
    decide(claim, assessor, Decision(3), Decision(2))

    assert list(Attainment.objects.values_list("rank", "recorded_by").order_by("-rank")) == [
        (3, assessor.pk),
        (2, assessor.pk),
    ]
    assert Notice.objects.filter(recipient=assessor).count() == 1


def test_an_assessor_whose_appointment_has_ended_decides_nothing(person):
    assessor, appointment = appoint(person)
    claim = submit(person, appointment=appointment)
    type(appointment).objects.filter(pk=appointment.pk).update(
        starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=1)
    )

    with pytest.raises(Forbidden):
        decide(PriorLearningClaim.objects.get(), assessor, Decision(3), Decision(2))

    assert not PriorLearningClaim.objects.visible_to(assessor, on=TODAY).exists()
    assert list(PriorLearningClaim.objects.visible_to(person, on=TODAY)) == [claim]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"finished_on": TODAY + timedelta(days=1)}, "not_finished_yet"),
        ({"ranks": {}}, "nothing_claimed"),
        ({"ranks": {404_404: 2}}, "level_not_on_scale"),
        ({"evidence": [404_404]}, "evidence_not_yours"),
    ],
)
def test_a_claim_that_cannot_be_is_refused_whole(person, fields, code):
    with pytest.raises(Conflict) as refusal:
        submit(person, **fields)

    assert refusal.value.code == code
    assert not PriorLearningClaim.objects.exists()


def test_levels_off_the_scale_other_frameworks_and_other_peoples_evidence_are_refused(person):
    skill = skills_of(person)[0]
    for fields in (
        {"ranks": {skill.pk: 5}},
        {"ranks": {CompetencyFactory().pk: 2}},
        {"evidence": [EvidenceFactory(person=employ()).pk]},
        {"evidence": [EvidenceFactory(person=person, removed_at=NOW).pk]},
        {"appointment": appoint(employ())[1]},
    ):
        with pytest.raises(Conflict):
            submit(person, **fields)


def test_who_belongs_nowhere_is_told_that_nobody_could_decide(person):
    person.assignments.update(ends_on=TODAY - timedelta(days=1))

    with pytest.raises(Conflict):
        submit(person, 3)


@pytest.mark.parametrize(
    ("decisions", "fields", "code"),
    [
        ([Decision(3)], {}, "decisions_missing"),
        ([Decision(3), Decision(None, " ")], {}, "reason_missing"),
        ([Decision(3), Decision(1)], {}, "reason_missing"),
        ([Decision(3), Decision(5, "More")], {}, "level_not_on_scale"),
        (
            [Decision(3), Decision(2)],
            {"valid_to": FINISHED - timedelta(days=1)},
            "ends_before_it_began",
        ),
    ],
)
def test_a_decision_that_is_not_whole_changes_nothing(person, manager, decisions, fields, code):
    claim = submit(person)

    with pytest.raises(Conflict) as refusal:
        decide(claim, manager, *decisions, **fields)

    assert refusal.value.code == code
    assert PriorLearningClaim.objects.get().state == "SUBMITTED"
    assert not Attainment.objects.exists()


def test_what_is_decided_or_taken_back_moves_no_further(person, manager):
    decided, withdrawn = submit(person), submit(person)
    decide(decided, manager, Decision(3), Decision(2))
    withdraw_claim(claim=withdrawn, by=person, now=NOW)

    for act in (
        lambda: withdraw_claim(claim=decided, by=person, now=NOW),
        lambda: decide(withdrawn, manager, Decision(3), Decision(2)),
        lambda: decide(decided, manager, Decision(3), Decision(2)),
    ):
        with pytest.raises(Conflict):
            act()

    assert Attainment.objects.count() == 2


def test_a_claim_waits_for_whoever_decides_it_and_for_nobody_else(person, manager, trust):
    lead = grant(employ(organisation=trust), "LEARNING_LEAD", trust)
    assessor, appointment = appoint(person)
    unnamed, named = submit(person), submit(person, appointment=appointment)
    alone = follow(employ(organisation=trust), role_asking(2))
    of_alone = submit(alone, 2)
    elsewhere = grant(employ(), "LEARNING_LEAD", OrganisationFactory())

    def waiting(somebody):
        return list(claims_waiting_for(somebody, on=TODAY))

    assert waiting(manager) == [unnamed]
    assert waiting(assessor) == [named]
    assert waiting(lead) == [of_alone]
    assert (waiting(person), waiting(elsewhere)) == ([], [])
    assert [need.title for need in claims_waiting(manager, TODAY)] == [
        f"{person.full_name} claims levels for prior learning"
    ]


def test_an_assessor_of_one_framework_decides_about_that_one_alone(person):
    framework = skills_of(person)[0].version.framework
    _of_another, other = appoint(person, framework=FrameworkFactory())
    assessor, appointment = appoint(person, framework=framework)

    with pytest.raises(Conflict) as refused:
        submit(person, appointment=other)
    claim = submit(person, appointment=appointment)

    assert refused.value.code == "other_framework"
    assert PriorLearningClaim.objects.get() == claim
    assert service.may_decide_now(claim, by=assessor, on=TODAY)
    claim.appointment = other
    claim.assessor = other.assessor
    assert not service.may_decide_now(claim, by=other.assessor, on=TODAY)


def test_who_leads_learning_elsewhere_has_no_part_in_a_claim_made_here(trust):
    elsewhere = OrganisationFactory()
    person = follow(employ(organisation=trust), role_asking(3))
    claim = submit(person, 3)
    AssignmentFactory(person=person, organisation=elsewhere)
    here = grant(employ(organisation=trust), "LEARNING_LEAD", trust)
    there = grant(employ(organisation=elsewhere), "LEARNING_LEAD", elsewhere)

    with pytest.raises(Forbidden):
        decide(claim, there, Decision(3))

    assert list(claims_waiting_for(there, on=TODAY)) == []
    assert list(claims_waiting_for(here, on=TODAY)) == [claim]
    assert decide(claim, here, Decision(3)).state == "DECIDED"


def test_a_reading_by_another_leaves_a_trace(person, manager):
    claim = submit(person)

    for reader in (person, manager, manager):
        read_claim(claim=claim, by=reader, now=NOW)

    assert Event.objects.filter(verb="read_claim").count() == 1


def race(claim, deciders):
    def act(by):
        try:
            decide(claim, by, Decision(3), Decision(2))
        except Conflict:
            return "late"
        return "decided"

    return sorted(at_once(act, deciders))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_decides(person, manager, trust):
    lead = grant(employ(organisation=trust), "LEARNING_LEAD", trust)
    claim = submit(person)

    assert race(claim, [manager, lead]) == ["decided", "late"]
    assert Event.objects.filter(verb="decide_claim").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_decide(person, manager, trust, monkeypatch):
    """The negative control: the test above can fail."""
    lead = grant(employ(organisation=trust), "LEARNING_LEAD", trust)
    claim = submit(person)
    together = Barrier(2)

    def unlocked(one):
        found = PriorLearningClaim.objects.select_related("person", "appointment").get(pk=one.pk)
        together.wait(timeout=30)
        return found

    monkeypatch.setattr(service, "_lock", unlocked)

    assert race(claim, [manager, lead]) == ["decided", "decided"]
