"""Seats on a panel that end or begin again: what stays with the person, and what ends."""

import pytest

from accounts.models import Event
from common.errors import Forbidden
from courses.models import Application, IntakePanelMember, PanelInterest
from courses.services.selection_assessing import cast_vote, declare_interest, open_for_panel
from courses.services.selection_intakes import IntakePlan, plan_intake
from courses.services.selection_panel import stand_down
from notifications.models import Notice
from tests.factories.clock import NOW
from tests.factories.selection import (
    CLOSES,
    CRITERIA,
    DECIDING,
    PanelIntakeFactory,
    drafted,
    lead_of,
    panellist,
    sent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    return PanelIntakeFactory()


def named_again(member, intake):
    stand_down(member=member, by=lead_of(intake), now=NOW)
    return panellist(intake, person=member.person)


def planned_anew(intake, **changes):
    plan = {
        "opens_at": NOW,
        "closes_at": CLOSES,
        "decided_on": CLOSES.date(),
        "places": 2,
        "offer_days": 7,
        "guidance": "For people who lead a service.",
        "questions": [("Why do you apply?", 200)],
    }
    plan = IntakePlan(**plan | changes)
    return plan_intake(session=intake.session, plan=plan, by=lead_of(intake), now=NOW)


def test_whoever_is_named_again_keeps_the_interests_they_declared(intake):
    application, other = sent(intake), sent(intake)
    chair = panellist(intake, "CHAIR")
    declare_interest(application=application, what="We are cousins.", by=chair.person, now=NOW)

    seat = named_again(named_again(chair, intake), intake)

    for act in (
        lambda: open_for_panel(application=application, by=seat.person, now=DECIDING),
        lambda: cast_vote(application=application, is_for=True, by=seat.person, now=DECIDING),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "may_not_assess"
    assert open_for_panel(application=other, by=seat.person, now=DECIDING) == seat
    kept = PanelInterest.objects.get(member=seat)
    assert (kept.application, kept.what, kept.declared_at) == (application, "We are cousins.", NOW)


def test_interests_of_others_stay_theirs(intake):
    application, chair, member = sent(intake), panellist(intake, "CHAIR"), panellist(intake)
    declare_interest(application=application, what="We are cousins.", by=chair.person, now=NOW)

    seat = named_again(member, intake)

    assert open_for_panel(application=application, by=seat.person, now=DECIDING) == seat


def test_a_panel_ends_when_the_intake_is_planned_anew_without_one(intake):
    chair, member, elsewhere = (
        panellist(intake, "CHAIR"),
        panellist(intake),
        panellist(PanelIntakeFactory()),
    )
    told = Notice.objects.count()

    planned_anew(intake)
    applied = sent(intake)

    ended = dict(IntakePanelMember.objects.values_list("pk", "stood_down_at"))
    assert ended == {chair.pk: NOW, member.pk: NOW, elsewhere.pk: None}
    events = Event.objects.filter(verb="stand_down_from_panel")
    assert {event.subject_id for event in events} == {chair.person_id, member.person_id}
    assert Notice.objects.count() == told
    assert not Application.objects.visible_to(member.person, on=NOW.date()).exists()
    assert applied.state == "SUBMITTED"
    assert drafted(intake, member.person).state == "DRAFT"


def test_a_panel_stays_when_the_intake_is_planned_anew_with_one(intake):
    member = panellist(intake)

    planned_anew(intake, quorum=3, criteria=CRITERIA)

    assert IntakePanelMember.objects.get(stood_down_at=None) == member
