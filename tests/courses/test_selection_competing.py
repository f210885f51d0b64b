"""Leads of a course who apply for it themselves: what they leave to leads who have not."""

import pytest
from django.urls import reverse

from accounts.models import Event
from common.errors import Forbidden
from courses.models import Application, IntakePanelMember
from courses.services.selection_applying import withdraw_application
from courses.services.selection_choosing import open_application
from courses.services.selection_panel import name_panel_member, stand_down
from tests.factories.accounts import employ, grant
from tests.factories.clock import NOW
from tests.factories.courses import colleague_of, host_of
from tests.factories.selection import (
    DECIDING,
    IntakeFactory,
    PanelIntakeFactory,
    decided,
    drafted,
    lead_of,
    panellist,
    sent,
    shortlisted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def intake():
    return IntakeFactory()


@pytest.fixture
def panel_intake():
    return PanelIntakeFactory()


def leads_there(intake):
    """Somebody who leads the course and can apply for it."""
    return grant(colleague_of(intake.session), "LEARNING_LEAD", host_of(intake.session))


def refusal_of(act):
    with pytest.raises(Forbidden) as refusal:
        act()
    return refusal.value


def text_of(client, name, row):
    response = client.get(reverse(f"courses:{name}", args=[row.pk]))
    return response.status_code, " ".join(response.content.decode().split())


@pytest.mark.parametrize("outcome", ["undecided", "turned down"])
def test_a_lead_who_has_applied_neither_reads_nor_decides_about_rivals(intake, outcome):
    lead, rival = leads_there(intake), sent(intake)
    own = sent(intake, lead)
    if outcome == "turned down":
        decided(own, "not_shortlist", by=lead_of(intake))

    reading = refusal_of(lambda: open_application(application=rival, by=lead, now=DECIDING))
    deciding = refusal_of(lambda: decided(rival, "not_shortlist", by=lead))

    assert (reading.code, deciding.code) == ("may_not_choose", "may_not_choose")
    assert "A lead who has not applied" in deciding.message
    assert not Event.objects.filter(verb="read_application").exists()
    assert decided(rival, "shortlist", by=lead_of(intake)).state == "SHORTLISTED"


def test_a_draft_or_what_was_withdrawn_or_sent_elsewhere_keeps_no_lead_from_deciding(intake):
    drafting, withdrawn, elsewhere = (leads_there(intake) for _ in range(3))
    drafted(intake, drafting)
    own = sent(intake, withdrawn)
    withdraw_application(application=own, by=withdrawn, now=NOW)
    sent(IntakeFactory(session__offering__host=host_of(intake.session)), elsewhere)

    for lead in (drafting, withdrawn, elsewhere):
        assert shortlisted(intake, by=lead).state == "SHORTLISTED"


def test_a_lead_who_has_applied_does_not_say_who_sits_on_the_panel(panel_intake):
    lead, member = leads_there(panel_intake), panellist(panel_intake)
    colleague = employ(organisation=host_of(panel_intake.session))
    sent(panel_intake, lead)

    naming = refusal_of(
        lambda: name_panel_member(
            intake=panel_intake, email=colleague.email, role="MEMBER", by=lead, now=NOW
        )
    )
    ending = refusal_of(lambda: stand_down(member=member, by=lead, now=NOW))

    assert (naming.code, ending.code) == ("may_not_name", "may_not_name")
    assert "A lead who has not applied" in naming.message
    assert IntakePanelMember.objects.get(stood_down_at=None) == member


def test_pages_of_a_lead_who_has_applied_say_so_and_lead_to_no_rival(client, intake):
    lead, rival = leads_there(intake), sent(intake)
    sent(intake, lead)
    client.force_login(lead)

    status, page = text_of(client, "intake_show", intake)

    assert status == 200
    assert "You have applied for this course yourself." in page
    assert (rival.person.full_name in page, "/decide/" in page) == (True, False)
    status, page = text_of(client, "application_decide", rival)
    assert (status, "A lead who has not applied" in page) == (403, True)
    assert "To lead." not in page


def test_a_lead_who_has_applied_is_not_shown_the_panel(client, panel_intake):
    lead, member = leads_there(panel_intake), panellist(panel_intake)
    sent(panel_intake, lead)
    client.force_login(lead)

    status, page = text_of(client, "intake_show", panel_intake)

    assert (status, reverse("courses:intake_panel", args=[panel_intake.pk]) in page) == (200, False)
    assert "A lead who has not applied names the panel." in page
    status, page = text_of(client, "intake_panel", panel_intake)
    assert (status, "A lead who has not applied" in page) == (403, True)
    assert member.person.full_name not in page


def test_a_lead_who_has_not_applied_is_led_to_every_application(client, intake):
    sent(intake)
    client.force_login(leads_there(intake))

    status, page = text_of(client, "intake_show", intake)

    assert (status, page.count("/decide/")) == (200, Application.objects.count())
    assert "You have applied for this course yourself." not in page
