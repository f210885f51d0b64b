"""Asking for levels to be confirmed, and answering: the services."""

from datetime import timedelta

import pytest

from accounts.models import Event, EventText, ReportingLine
from accounts.scope import opened
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from pathways.models import Attainment, VerificationItem, VerificationRequest
from pathways.selectors.verification import assessed_again, levels_to_confirm
from pathways.services.verification import Asked, ask_for_verification, withdraw_verification
from pathways.services.verification_answers import Answer, answer_request, confirm_requests
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    AttainmentFactory,
    FrameworkFactory,
    LevelDescriptorFactory,
    competencies_of,
    role_asking,
    show,
)
from tests.factories.showing import (
    AssessorAppointmentFactory,
    EvidenceFactory,
    EvidenceUseFactory,
    asking,
    asking_assessor,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def manager(trust):
    return employ(organisation=trust)


@pytest.fixture
def person(trust, manager):
    return employ(organisation=trust, manager=manager)


@pytest.fixture
def skills():
    return competencies_of(role_asking(3, 3, 3))


def open_levels(person):
    return list(levels_to_confirm(person=person, on=TODAY))


def ask(person, levels=None, **asked):
    chosen = open_levels(person) if levels is None else levels
    told = Asked(levels=[row.pk for row in chosen], **asked)
    return ask_for_verification(subject=person, asked=told, by=person, now=NOW)


def answers_to(request, *, is_confirmed=True, reason=""):
    return {item.pk: Answer(is_confirmed, reason) for item in request.items.all()}


# --- What may be put forward


def test_levels_to_confirm_are_ones_own_latest_with_their_words(person, skills):
    show(person, {skills[0]: 1, skills[1]: None}, on=TODAY - timedelta(days=9))
    show(person, {skills[0]: 2})
    show(PersonFactory(), {skills[2]: 4})

    found = open_levels(person)

    assert [(row.competency, row.rank, row.level_label) for row in found] == [
        (skills[0], 2, "Occasionally")
    ]


def test_a_level_without_a_rank_said_last_is_nothing_to_confirm(person, skills):
    show(person, {skills[0]: 2}, on=TODAY - timedelta(days=9))
    show(person, {skills[0]: None})

    assert open_levels(person) == []


def test_what_was_confirmed_since_is_not_asked_again_until_it_is_said_anew(person, skills):
    show(person, {skills[0]: 2}, on=TODAY - timedelta(days=9))
    AttainmentFactory(
        person=person,
        competency=skills[0],
        source="MANAGER",
        attained_on=TODAY - timedelta(days=5),
    )
    assert open_levels(person) == []

    show(person, {skills[0]: 3})

    assert [row.rank for row in open_levels(person)] == [3]


# --- Asking


def test_asking_the_line_manager_writes_each_level_and_tells_them(person, manager, trust, skills):
    show(person, {skills[0]: 2, skills[1]: 3})

    request = ask(person, message="I led the rota this year.")

    assert (request.state, request.assessor, request.organisation) == ("ASKED", None, trust)
    assert {item.competency: item.rank for item in request.items.all()} == {
        skills[0]: 2,
        skills[1]: 3,
    }
    notice = Notice.objects.get()
    assert (notice.recipient, notice.rule) == (manager, "pathways.verification_asked")
    event = Event.objects.get(verb="ask_for_verification")
    assert event.facts["competencies"] == sorted(skill.pk for skill in skills[:2])
    assert EventText.objects.get(event=event).text == "I led the rota this year."


def test_evidence_goes_with_what_it_was_kept_for_or_else_with_all(person, skills):
    show(person, {skills[0]: 2, skills[1]: 3})
    kept = EvidenceFactory(person=person, title="Rota")
    EvidenceUseFactory(evidence=kept, competency=skills[0])
    loose = EvidenceFactory(person=person, title="Letter")

    request = ask(person, evidence=[kept.pk, loose.pk])

    shown = VerificationItem.objects.filter(request=request).values_list(
        "competency", "evidence__evidence__title"
    )
    assert set(shown) == {
        (skills[0].pk, "Rota"),
        (skills[0].pk, "Letter"),
        (skills[1].pk, "Letter"),
    }


def test_nobody_asks_for_somebody_else(person, manager, skills):
    show(person, {skills[0]: 2})
    asked = Asked(levels=[row.pk for row in open_levels(person)])

    with pytest.raises(Forbidden) as refused:
        ask_for_verification(subject=person, asked=asked, by=manager, now=NOW)

    assert refused.value.code == "may_not_ask"


def test_without_a_line_manager_asking_says_what_to_do(trust, skills):
    alone = employ(organisation=trust)
    show(alone, {skills[0]: 2})

    with pytest.raises(Conflict) as refused:
        ask(alone)

    assert refused.value.code == "no_line_manager"
    assert "HR team" in refused.value.message


def test_a_level_waits_in_one_request_at_a_time(person, skills):
    show(person, {skills[0]: 2})
    levels = open_levels(person)
    ask(person, levels)

    with pytest.raises(Conflict) as refused:
        ask(person, levels)

    assert refused.value.code == "level_not_open"
    assert VerificationRequest.objects.count() == 1


@pytest.mark.parametrize("whose", ["nobody's", "somebody else's", "old"])
def test_only_ones_own_latest_levels_can_be_put_forward(person, skills, whose):
    other = PersonFactory()
    show(other, {skills[0]: 2})
    show(person, {skills[0]: 2}, on=TODAY - timedelta(days=9))
    show(person, {skills[0]: 3})
    rows = {
        "nobody's": [],
        "somebody else's": Attainment.objects.filter(person=other),
        "old": Attainment.objects.filter(person=person, rank=2),
    }

    with pytest.raises(Conflict) as refused:
        ask(person, list(rows[whose]))

    assert refused.value.code == ("nothing_chosen" if whose == "nobody's" else "level_not_open")


def test_somebody_elses_or_removed_evidence_cannot_be_shown(person, skills):
    show(person, {skills[0]: 2})
    theirs = EvidenceFactory(person=PersonFactory())
    removed = EvidenceFactory(person=person, removed_at=NOW)

    for piece in (theirs, removed):
        with pytest.raises(Conflict) as refused:
            ask(person, evidence=[piece.pk])
        assert refused.value.code == "evidence_not_yours"
    assert not VerificationRequest.objects.exists()


def test_an_assessor_is_asked_only_while_appointed_and_only_for_their_framework(
    person, trust, skills
):
    assessor = employ()
    held = AssessorAppointmentFactory(
        assessor=assessor,
        subject=person,
        organisation=trust,
        appointed_by=person,
        framework=skills[0].version.framework,
    )
    over = AssessorAppointmentFactory(
        assessor=assessor,
        organisation=trust,
        appointed_by=person,
        starts_on=TODAY - timedelta(days=9),
        ends_on=TODAY - timedelta(days=1),
    )
    elsewhere = AssessorAppointmentFactory(assessor=assessor, appointed_by=person)
    other = competencies_of(role_asking(2, version__framework=FrameworkFactory()))
    show(person, {skills[0]: 2, other[0]: 2})
    of_framework = [row for row in open_levels(person) if row.competency == skills[0]]

    for appointment in (over, elsewhere):
        with pytest.raises(Conflict) as refused:
            ask(person, of_framework, appointment=appointment)
        assert refused.value.code == "assessor_not_appointed"
    with pytest.raises(Conflict) as refused:
        ask(person, appointment=held)
    assert refused.value.code == "other_framework"
    request = ask(person, of_framework, appointment=held)
    assert (request.assessor, request.appointment) == (assessor, held)
    assert Notice.objects.get().recipient == assessor


# --- Taking back


def test_a_request_is_taken_back_once_and_its_levels_are_free_again(person, manager, skills):
    show(person, {skills[0]: 2})
    request = ask(person)

    with pytest.raises(Forbidden):
        withdraw_verification(request=request, by=manager, now=LATER)
    withdraw_verification(request=request, by=person, now=LATER)

    assert VerificationRequest.objects.get().state == "WITHDRAWN"
    assert [row.competency for row in open_levels(person)] == [skills[0]]
    with pytest.raises(Conflict) as refused:
        withdraw_verification(request=request, by=person, now=LATER)
    assert refused.value.code == "stale_state"


# --- Answering


def test_confirming_adds_a_level_of_the_line_manager_that_counts_today(person, manager, skills):
    show(person, {skills[0]: 3})
    request = ask(person)

    answer_request(
        request=request,
        answers=answers_to(request),
        statement="Seen at work.",
        by=manager,
        now=LATER,
    )

    row = Attainment.objects.get(source="MANAGER")
    assert (row.person, row.competency, row.rank) == (person, skills[0], 3)
    assert (row.attained_on, row.recorded_by) == (TODAY + timedelta(days=1), manager)
    assert row.source_key == f"verification:{request.pk}"
    item = request.items.get()
    assert (item.outcome, item.confirmed) == ("CONFIRMED", row)
    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("DECIDED", manager)
    notice = Notice.objects.get(rule="pathways.verification_answered")
    assert (notice.recipient, notice.facts) == (person, {"confirmed": 1, "sent_back": 0})


def test_sending_back_adds_nothing_and_keeps_the_reason_out_of_the_facts(person, manager, skills):
    show(person, {skills[0]: 3, skills[1]: 2})
    request = ask(person)
    first, second = request.items.order_by("pk")
    reason = "Show me a rota that you planned."

    answer_request(
        request=request,
        answers={first.pk: Answer(is_confirmed=False, reason=reason), second.pk: Answer(True)},
        by=manager,
        now=LATER,
    )

    assert [row.competency for row in Attainment.objects.filter(source="MANAGER")] == [
        second.competency
    ]
    first.refresh_from_db()
    assert (first.outcome, first.reason, first.confirmed) == ("SENT_BACK", reason, None)
    event = Event.objects.get(verb="answer_verification")
    assert reason not in str(event.facts)
    assert EventText.objects.get(event=event).text == reason
    assert event.facts["outcomes"] == {
        str(first.competency_id): "SENT_BACK",
        str(second.competency_id): "CONFIRMED",
    }


@pytest.mark.parametrize("what", ["half", "more", "no reason"])
def test_an_answer_that_is_not_whole_changes_nothing(person, manager, skills, what):
    show(person, {skills[0]: 3, skills[1]: 2})
    request = ask(person)
    whole = answers_to(request)
    first = next(iter(whole))
    given = {
        "half": {first: Answer(True)},
        "more": {**whole, 2**40: Answer(True)},
        "no reason": {**whole, first: Answer(is_confirmed=False, reason="  ")},
    }

    with pytest.raises(Conflict) as refused:
        answer_request(request=request, answers=given[what], by=manager, now=LATER)

    code = "reason_missing" if what == "no reason" else "answers_missing"
    assert refused.value.code == code
    assert VerificationRequest.objects.get().state == "ASKED"
    assert not Attainment.objects.filter(source="MANAGER").exists()


def test_a_second_answer_is_refused_and_adds_nothing(person, manager, skills):
    show(person, {skills[0]: 3})
    request = ask(person)
    answer_request(request=request, answers=answers_to(request), by=manager, now=LATER)

    with pytest.raises(Conflict) as refused:
        answer_request(request=request, answers=answers_to(request), by=manager, now=LATER)

    assert refused.value.code == "stale_state"
    assert Attainment.objects.filter(source="MANAGER").count() == 1
    assert Event.objects.filter(verb="answer_verification").count() == 1


def test_the_line_manager_of_the_day_answers_and_the_former_one_cannot(
    person, manager, trust, skills
):
    show(person, {skills[0]: 3})
    request = ask(person)
    successor = employ(organisation=trust)
    line = ReportingLine.objects.get(person=person)
    line.ends_on = TODAY - timedelta(days=1)
    line.save()
    ReportingLine.objects.create(
        assignment=line.assignment,
        person=person,
        manager=successor,
        kind="LINE_MANAGER",
        starts_on=TODAY,
    )

    with pytest.raises(Forbidden) as refused:
        answer_request(request=request, answers=answers_to(request), by=manager, now=NOW)
    assert refused.value.code == "may_not_answer"
    assert not VerificationRequest.objects.visible_to(manager, on=TODAY).exists()
    answer_request(request=request, answers=answers_to(request), by=successor, now=NOW)
    assert Attainment.objects.get(source="MANAGER").recorded_by == successor


def test_an_assessor_of_elsewhere_confirms_from_behind_their_own_walls(person, trust):
    skill = competencies_of(role_asking(3, owner=trust, version__framework__owner=trust))[0]
    LevelDescriptorFactory(competency=skill)
    assessor = employ()
    request = asking_assessor(person, assessor, skill, organisation=trust, rank=3)

    with opened(assessor, on=TODAY):
        seen = VerificationRequest.objects.visible_to(assessor, on=TODAY).get()
        assert not Attainment.objects.exists()
        assert seen.items.select_related("competency").get().competency.title == skill.title
        answer_request(request=seen, answers=answers_to(request), by=assessor, now=NOW)
        assert not Attainment.objects.exists()

    row = Attainment.objects.get(source="ASSESSOR")
    assert (row.person, row.competency, row.rank) == (person, skill, 3)
    assert request.items.get().confirmed == row


def test_after_the_last_day_an_assessor_neither_sees_nor_answers(person, trust):
    assessor = employ()
    request = asking_assessor(person, assessor, organisation=trust, ends_on=TODAY)
    tomorrow = TODAY + timedelta(days=1)

    assert list(VerificationRequest.objects.visible_to(assessor, on=TODAY)) == [request]
    assert not VerificationRequest.objects.visible_to(assessor, on=tomorrow).exists()
    with pytest.raises(Forbidden):
        answer_request(request=request, answers=answers_to(request), by=assessor, now=LATER)


def test_the_item_says_that_it_was_answered_again_since(person, trust, skills):
    assessor = employ()
    request = asking_assessor(person, assessor, *skills[:2], organisation=trust)
    show(person, {skills[0]: 4})
    show(PersonFactory(), {skills[1]: 4})

    with opened(assessor, on=TODAY):
        assert assessed_again(request) == {skills[0].pk}


def test_confirming_several_names_each_result_and_one_refusal_leaves_the_others(
    trust, manager, skills
):
    team = [employ(organisation=trust, manager=manager) for _ in range(3)]
    requests = [asking(one, skills[0], organisation=trust) for one in team]
    withdraw_verification(request=requests[1], by=team[1], now=NOW)

    results = confirm_requests(requests=requests, by=manager, now=LATER)

    assert [bool(one.refusal) for one in results] == [False, True, False]
    confirmed = Attainment.objects.filter(source="MANAGER").values_list("person", flat=True)
    assert set(confirmed) == {team[0].pk, team[2].pk}
