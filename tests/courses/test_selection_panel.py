"""Panels that choose: who sits, what an interest shuts out, scores, votes and what they decide."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Application, IntakePanelMember, PanelScore, PanelVote, SelectionStage
from courses.selectors.selection_panel import as_read_by, scores_shown_to, tally_of
from courses.services.selection_applying import save_application
from courses.services.selection_assessing import (
    Given,
    cast_vote,
    declare_interest,
    open_for_panel,
    score_application,
)
from courses.services.selection_choosing import open_application
from courses.services.selection_panel import name_panel_member, stand_down
from notifications.models import Notice
from tests.factories.accounts import PersonFactory, employ
from tests.factories.clock import NOW
from tests.factories.courses import colleague_of, host_of
from tests.factories.selection import (
    CLOSES,
    DECIDING,
    IntakeFactory,
    PanelIntakeFactory,
    assessed,
    decided,
    drafted,
    lead_of,
    panellist,
    scored,
    sent,
    voted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    return PanelIntakeFactory()


@pytest.fixture
def chair(intake):
    return panellist(intake, "CHAIR")


@pytest.fixture
def member(intake):
    return panellist(intake)


def state_of(application):
    application.refresh_from_db()
    return application.state


def interest_of(member, application, now=DECIDING):
    return declare_interest(
        application=application, what="We worked together.", by=member.person, now=now
    )


def shortlisted_by(chair, member, application):
    voted(application, chair, member)
    return decided(application, "shortlist", by=chair.person)


def refused(act):
    with pytest.raises((Conflict, Forbidden)) as refusal:
        act()
    return refusal.value.code


def test_a_lead_names_the_panel_and_each_is_told_and_sees_what_was_sent(intake, chair):
    draft, there = drafted(intake), sent(intake)

    seen = Application.objects.visible_to(chair.person, on=NOW.date())

    assert set(seen) == {there}
    assert draft.state == "DRAFT"
    assert Notice.objects.get(recipient=chair.person).rule == "courses.panel_named"
    assert Event.objects.get(verb="name_panel_member").subject_id == chair.person_id


def test_who_cannot_sit_on_a_panel_is_refused(intake, chair):
    lead, stranger = lead_of(intake), employ()
    applicant, without = drafted(intake).person, IntakeFactory()

    def name(person, role="MEMBER", by=lead, there=intake):
        return lambda: name_panel_member(
            intake=there, email=person.email, role=role, by=by, now=NOW
        )

    colleague = employ(organisation=host_of(intake.session))
    assert refused(name(stranger)) == "nobody_there"
    assert refused(name(applicant)) == "applied"
    assert refused(name(chair.person)) == "already_on_panel"
    assert refused(name(colleague, role="CHAIR")) == "has_a_chair"
    assert refused(name(colleague, by=chair.person)) == "may_not_run"
    assert refused(name(colleague, by=lead_of(without), there=without)) == "no_panel"
    assert list(IntakePanelMember.objects.all()) == [chair]


def test_nobody_of_the_panel_applies_and_no_applicant_is_put_on_it(intake, member):
    applicant = sent(intake)

    code = refused(
        lambda: save_application(
            intake=intake, answers={}, person=member.person, by=member.person, now=NOW
        )
    )

    assert code == "on_the_panel"
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(
            intake=intake,
            person=member.person,
            organisation=applicant.organisation,
            started_at=NOW,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        IntakePanelMember.objects.create(
            intake=intake, person=applicant.person, role="MEMBER", named_at=NOW
        )


def test_where_a_panel_chooses_leads_neither_read_nor_decide(intake, chair, member):
    application, lead = sent(intake), lead_of(intake)

    assert refused(lambda: decided(application, "shortlist", by=lead)) == "panel_chooses"
    assert (
        refused(lambda: open_application(application=application, by=lead, now=DECIDING))
        == "panel_chooses"
    )
    assert (
        refused(lambda: open_for_panel(application=application, by=lead, now=DECIDING))
        == "may_not_assess"
    )


def test_reading_by_the_panel_is_written_down_once_a_day(intake, chair):
    application = sent(intake)

    for _ in range(2):
        open_for_panel(application=application, by=chair.person, now=DECIDING)

    event = Event.objects.get(verb="read_application")
    assert (event.subject_id, event.by_person_id) == (application.person_id, chair.person_id)


def test_who_declares_an_interest_neither_reads_nor_scores_nor_votes(intake, chair, member):
    application, other = sent(intake), sent(intake)
    interest_of(member, application)

    given = {criterion.pk: Given(4, "Well shown.") for criterion in intake.criteria.all()}
    acts = (
        lambda: open_for_panel(application=application, by=member.person, now=DECIDING),
        lambda: score_application(
            application=application, given=given, by=member.person, now=DECIDING
        ),
        lambda: cast_vote(application=application, is_for=True, by=member.person, now=DECIDING),
    )

    assert [refused(act) for act in acts] == ["may_not_assess"] * 3
    assert refused(lambda: interest_of(member, application)) == "already_declared"
    assert open_for_panel(application=other, by=member.person, now=DECIDING) == member
    with pytest.raises(IntegrityError), transaction.atomic():
        PanelVote.objects.create(
            application=application,
            member=member,
            stage="SHORTLIST",
            is_for=True,
            cast_at=DECIDING,
        )


def test_nobody_assesses_somebody_who_reports_to_them(intake, chair):
    report = employ(organisation=host_of(intake.session), manager=chair.person)
    application = sent(intake, report)

    code = refused(lambda: open_for_panel(application=application, by=chair.person, now=DECIDING))

    assert code == "may_not_assess"


def test_an_interest_is_declared_by_the_panel_with_words_and_until_it_is_decided(
    intake, chair, member
):
    application, lead = sent(intake), lead_of(intake)

    def declare(by, what="We are cousins."):
        return lambda: declare_interest(application=application, what=what, by=by, now=DECIDING)

    assert refused(declare(lead)) == "may_not_declare"
    assert refused(declare(member.person, " ")) == "nothing_said"
    voted(application, chair, member, is_for=False)
    decided(application, "not_shortlist", by=chair.person)
    assert refused(declare(member.person)) == "stale_state"


def test_an_application_is_assessed_once_as_many_have_scored_as_are_asked_for(
    intake, chair, member
):
    application = shortlisted_by(chair, member, sent(intake))

    scored(application, chair)
    assert state_of(application) == "SHORTLISTED"
    scored(application, member)

    assert state_of(application) == "ASSESSED"
    assert application.assessed_at == DECIDING


def test_scores_of_others_are_hidden_until_ones_own_are_in(intake, chair, member):
    application = shortlisted_by(chair, member, sent(intake))
    scored(application, chair, points=4)
    rows = Application.objects.filter(pk=application.pk)

    before = scores_shown_to(member, application)
    scored(application, member, points=1)
    after = scores_shown_to(member, application)

    assert before == []
    assert [sorted(score.points for score in line.scores) for line in after] == [[1, 4], [1, 4]]
    assert as_read_by(rows, member).get().mean == 2.5 / 4


def test_the_order_of_a_list_says_nothing_of_scores_that_are_hidden(intake, chair, member):
    names = [PersonFactory(family_name=name) for name in ("Ash", "Birch")]
    people = [employ(person=who, organisation=host_of(intake.session)) for who in names]
    ash, birch = (shortlisted_by(chair, member, sent(intake, person)) for person in people)
    scored(ash, chair, points=1)
    scored(birch, chair, points=4)
    rows = Application.objects.filter(intake=intake)

    to_the_chair, to_the_member = list(as_read_by(rows, chair)), list(as_read_by(rows, member))

    assert (to_the_chair, to_the_member) == ([birch, ash], [ash, birch])


def test_the_mean_weighs_criteria_and_leaves_out_who_declared_an_interest(intake, chair, member):
    third = panellist(intake)
    application = shortlisted_by(chair, member, sent(intake))
    first, second = intake.criteria.order_by("position")
    given = {first.pk: Given(4, "Shown."), second.pk: Given(1, "Hardly.")}
    for somebody in (chair, third):
        score_application(application=application, given=given, by=somebody.person, now=DECIDING)
    scored(application, member, points=0)

    interest_of(member, application)

    mean = as_read_by(Application.objects.filter(pk=application.pk), chair).get().mean
    assert mean == (4 * 2 + 1 * 1) / (4 * 3)


@pytest.mark.parametrize("missing", ["criterion", "reason"])
def test_every_criterion_is_scored_with_a_reason_once(intake, chair, member, missing):
    application = shortlisted_by(chair, member, sent(intake))
    first, second = intake.criteria.order_by("position")
    given = {first.pk: Given(4, "Shown."), second.pk: Given(1, " ")}
    if missing == "criterion":
        del given[second.pk]

    def score():
        return score_application(
            application=application, given=given, by=chair.person, now=DECIDING
        )

    assert refused(score) == "scores_missing"
    scored(application, chair)
    assert refused(lambda: scored(application, chair)) == "already_scored"
    assert PanelScore.objects.count() == 2


def test_what_is_only_sent_is_not_scored_and_what_is_open_not_voted_on(intake, chair):
    application = sent(intake)

    early = refused(
        lambda: cast_vote(application=application, is_for=True, by=chair.person, now=NOW)
    )

    assert refused(lambda: scored(application, chair)) == "not_to_score"
    assert (early, NOW < CLOSES) == ("still_open", True)


def test_a_panel_decides_with_a_quorum_a_majority_and_the_chair_writes_it_down(
    intake, chair, member
):
    application = sent(intake)

    assert refused(lambda: decided(application, "shortlist", by=member.person)) == "panel_chooses"
    voted(application, member)
    assert refused(lambda: decided(application, "shortlist", by=chair.person)) == "no_quorum"
    voted(application, chair, is_for=False)
    assert refused(lambda: decided(application, "shortlist", by=chair.person)) == "no_majority"
    assert refused(lambda: decided(application, "not_shortlist", by=chair.person)) == "no_majority"
    voted(application, chair)
    decided(application, "shortlist", by=chair.person)

    assert state_of(application) == "SHORTLISTED"
    assert application.decisions.get().decided_by == chair.person


def test_who_writes_it_down_has_voted(intake, chair, member):
    application = sent(intake)
    voted(application, member, panellist(intake))

    assert refused(lambda: decided(application, "shortlist", by=chair.person)) == "vote_first"


def test_another_member_decides_where_the_chair_has_an_interest(intake, chair, member):
    application, third = sent(intake), panellist(intake)
    interest_of(chair, application)
    voted(application, member, third)

    decided(application, "shortlist", by=third.person)

    assert state_of(application) == "SHORTLISTED"


def test_nobody_is_chosen_before_the_panel_has_assessed_them(intake, chair, member):
    application = shortlisted_by(chair, member, sent(intake))

    assert refused(lambda: decided(application, "offer", by=chair.person)) == "not_assessed"
    assert refused(lambda: voted(application, chair)) == "not_to_vote"
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(state="ASSESSED", assessed_at=DECIDING)
    with pytest.raises(IntegrityError), transaction.atomic():
        application.decisions.create(
            stage="CHOICE",
            outcome="OFFERED",
            reasons="A favour.",
            decided_by=chair.person,
            decided_at=DECIDING,
        )


def test_who_is_assessed_is_offered_a_place_or_not_as_the_panel_voted(intake, chair, member):
    chosen, left = (assessed(sent(intake), chair, member) for _ in range(2))
    voted(chosen, chair, member)
    voted(left, chair, member, is_for=False)

    decided(chosen, "offer", by=chair.person)
    decided(left, "not_choose", by=chair.person)

    assert (state_of(chosen), state_of(left)) == ("OFFERED", "NOT_CHOSEN")
    told = Notice.objects.filter(recipient=left.person).values_list("rule", flat=True)
    assert "courses.application_turned_down" in told


def test_an_interest_declared_late_takes_score_and_vote_out_of_the_count(intake, chair, member):
    application = assessed(sent(intake), chair, member)
    voted(application, chair, member)

    interest_of(member, application)

    assert tally_of(application, SelectionStage.CHOICE).cast == 1
    assert refused(lambda: decided(application, "offer", by=chair.person)) == "no_quorum"


def test_who_stood_down_counts_no_more_and_can_apply(intake, chair, member):
    application = sent(intake)
    voted(application, chair, member)

    stand_down(member=member, by=lead_of(intake), now=DECIDING)

    assert refused(lambda: decided(application, "shortlist", by=chair.person)) == "no_quorum"
    assert refused(lambda: stand_down(member=member, by=lead_of(intake), now=DECIDING)) == "is_over"
    assert not Application.objects.visible_to(member.person, on=DECIDING.date()).exists()
    assert drafted(intake, member.person).state == "DRAFT"


def test_scores_are_not_changed_and_the_panel_of_another_intake_scores_nothing(
    intake, chair, member
):
    application = shortlisted_by(chair, member, sent(intake))
    scored(application, chair)
    elsewhere = panellist(PanelIntakeFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        PanelScore.objects.create(
            application=application,
            member=elsewhere,
            criterion=intake.criteria.first(),
            points=4,
            reason="Shown.",
            scored_at=DECIDING,
        )
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        PanelScore.objects.update(points=4)


def test_an_intake_without_a_panel_is_decided_by_its_lead_and_assessed_by_nobody():
    intake = IntakeFactory()
    application = decided(sent(intake), "shortlist", by=lead_of(intake))

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(state="ASSESSED", assessed_at=DECIDING)

    assert state_of(decided(application, "offer", by=lead_of(intake))) == "OFFERED"


def test_people_outside_see_nothing_of_a_panel_s_applications(intake, chair):
    sent(intake)
    outside = colleague_of(intake.session, person=PersonFactory())

    assert not Application.objects.visible_to(outside, on=NOW.date()).exists()
