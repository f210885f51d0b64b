"""Pages of panels: what a member sees and when, what they do there, and who is kept out."""

import pytest
from django.urls import reverse

from accounts.models import Event
from courses.models import Intake, IntakePanelMember, PanelInterest
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.clock import TODAY
from tests.factories.courses import SessionFactory, host_of
from tests.factories.selection import (
    CLOSES,
    DECIDING,
    IntakeFactory,
    PanelIntakeFactory,
    assessed,
    decided,
    lead_of,
    panellist,
    scored,
    sent,
    voted,
)
from tests.security.sample import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# See test_running_views.py.
SIGN_IN = 7


@pytest.fixture
def intake():
    return PanelIntakeFactory()


@pytest.fixture
def chair(intake):
    return panellist(intake, "CHAIR")


@pytest.fixture
def member(intake):
    return panellist(intake)


def address(name, row):
    return reverse(f"courses:{name}", args=[row.pk])


def text_of(response):
    return " ".join(response.content.decode().split())


def points(intake, number=3):
    given = {"act": "scores"}
    for criterion in intake.criteria.all():
        given |= {f"points_{criterion.pk}": number, f"reason_{criterion.pk}": "Shown on page 1."}
    return given


@pytest.mark.parametrize("rows", [1, 3])
def test_who_has_applied_takes_a_member_the_same_queries_for_any_number(
    client, intake, chair, django_assert_num_queries, rows
):
    client.force_login(chair.person)
    for _ in range(rows):
        sent(intake)
    sent(PanelIntakeFactory())

    # Standing, intake, seat, gates, count, rows.
    with django_assert_num_queries(SIGN_IN + 6):
        response = client.get(address("intake_show", intake))

    figures = [bar.text for bar in response.context["chart"].bars]
    assert figures == [str(rows), "0", "0", "0", "0"]
    assert text_of(response).count("/assess/") == rows
    assert text_of(response).count("/interest/") == rows


def test_a_lead_names_somebody_and_lets_them_stand_down(client, intake):
    lead, somebody = lead_of(intake), employ(organisation=host_of(intake.session))
    client.force_login(lead)
    page = address("intake_panel", intake)

    wrong = client.post(page, {"email": "nobody@nhs.net", "role": "MEMBER"})
    client.post(page, {"email": somebody.email.upper(), "role": "CHAIR"})

    member = IntakePanelMember.objects.get()
    assert (wrong.status_code, "nobody@nhs.net" in text_of(wrong)) == (422, True)
    assert (member.person, member.role) == (somebody, "CHAIR")
    response = client.post(page, {"act": "stand_down", "member": member.pk}, follow=True)
    assert "is not on the panel any more" in text_of(response)
    assert "Nobody is on the panel yet." in text_of(response)


def test_the_panel_of_another_intake_is_not_stood_down_here(client, intake):
    client.force_login(lead_of(intake))
    elsewhere = panellist(PanelIntakeFactory())

    for number in (elsewhere.pk, "x"):
        act = {"act": "stand_down", "member": number}
        assert client.post(address("intake_panel", intake), act).status_code == 404

    elsewhere.refresh_from_db()
    assert elsewhere.stood_down_at is None


def test_a_member_scores_and_then_sees_what_the_others_gave(client, intake, chair, member, clock):
    application = sent(intake)
    voted(application, chair, member)
    scored(decided(application, "shortlist", by=chair.person), chair)
    clock.move_to(DECIDING)
    client.force_login(member.person)
    page = address("application_assess", application)
    before = text_of(client.get(page))

    half = client.post(page, {**points(intake), f"reason_{intake.criteria.first().pk}": ""})
    after = text_of(client.post(page, points(intake, 1), follow=True))

    assert "To lead." in before
    assert ("Shown in the answers." in before.split("Your scores")[1]) is False
    assert (half.status_code, "Enter the reason for" in text_of(half)) == (422, True)
    assert "Shown in the answers." in after.split("What the panel gave")[1]
    application.refresh_from_db()
    assert application.state == "ASSESSED"
    assert Event.objects.filter(verb="read_application", by_person=member.person).count() == 1


def test_a_member_votes_changes_their_vote_and_the_chair_decides(
    client, intake, chair, member, clock
):
    application = assessed(sent(intake), chair, member)
    clock.move_to(DECIDING)
    page = address("application_assess", application)
    client.force_login(member.person)
    client.post(page, {"act": "vote", "vote": "AGAINST"})
    client.post(page, {"act": "vote", "vote": "FOR"})
    client.force_login(chair.person)
    judgement = {"act": "decide", "step": "offer", "reasons": "Well shown."}
    early = client.post(page, judgement)
    client.post(page, {"act": "vote", "vote": "FOR"})

    client.post(page, judgement)

    application.refresh_from_db()
    assert (early.status_code, "At least 2 have to" in text_of(early)) == (422, True)
    assert "Well shown." in text_of(early)
    assert application.state == "OFFERED"
    client.force_login(application.person)
    assert "Well shown." in text_of(client.get(address("application_show", application)))


def test_who_declared_an_interest_keeps_out_of_it(client, intake, chair, member, clock):
    application = sent(intake)
    clock.move_to(DECIDING)
    client.force_login(member.person)

    empty = client.post(address("application_interest", application), {"what": ""})
    client.post(address("application_interest", application), {"what": "A cousin."})

    assert (empty.status_code, PanelInterest.objects.get().what) == (422, "A cousin.")
    assert client.get(address("application_assess", application)).status_code == 403
    listed = text_of(client.get(address("intake_show", intake)))
    assert ("Declared by you" in listed, "/assess/" in listed) == (True, False)


def test_leads_outside_the_panel_see_who_applied_and_read_nothing(client, intake, chair):
    application = sent(intake)
    client.force_login(lead_of(intake))

    listed = text_of(client.get(address("intake_show", intake)))

    assert application.person.full_name in listed
    assert "Only its members read what was sent." in listed
    for name in ("application_assess", "application_decide", "application_interest"):
        assert client.get(address(name, application)).status_code == 403


def test_the_panel_of_another_intake_finds_nothing(client, intake):
    application = sent(intake)
    client.force_login(panellist(PanelIntakeFactory()).person)

    for name in ("application_assess", "application_interest"):
        assert client.get(address(name, application)).status_code == 404


def test_an_intake_without_a_panel_says_so(client):
    intake = IntakeFactory()
    client.force_login(lead_of(intake))

    response = client.get(address("intake_panel", intake))

    assert "No panel chooses here" in text_of(response)


def test_a_panel_is_planned_with_criteria_and_neither_without_the_other(client):
    session = SessionFactory(offering__admission="SELECTION")
    client.force_login(grant(PersonFactory(), "LEARNING_LEAD", host_of(session)))
    page = address("intake_plan", session)
    typed = {
        "guidance": "For people who lead a service.",
        "places": "3",
        "closes_time": "10am",
        "offer_days": "7",
        "question_1": "Why do you apply?",
        "most_words": "200",
        "quorum": "3",
        **day_of("opens_on", TODAY),
        **day_of("closes_on", CLOSES.date()),
        **day_of("decided_on", CLOSES.date()),
    }
    criterion = {"criterion_2": "Leads across boundaries", "weight_2": "2"}

    without = client.post(page, typed)
    alone = client.post(page, {**typed, **criterion, "quorum": ""})
    client.post(page, {**typed, **criterion})

    intake = Intake.objects.get()
    assert "Enter at least one criterion" in text_of(without)
    assert "Enter the least members of the panel" in text_of(alone)
    asked = list(intake.criteria.values_list("position", "words", "weight"))
    assert (intake.quorum, asked) == (3, [(1, "Leads across boundaries", 2)])
    assert "Leads across boundaries" in text_of(client.get(page))
