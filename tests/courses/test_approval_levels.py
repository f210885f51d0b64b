"""Whoever answered one stage answers no other: those of the level above do."""

from datetime import timedelta

import pytest

from courses.services.enrolment import approve, refuse
from courses.services.refusals import contest
from notifications.models import Notice
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    grant,
    place_below,
)
from tests.factories.approvals import around
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db


def told(person):
    rows = Notice.objects.filter(recipient=person).order_by("pk")
    return list(rows.values_list("rule", flat=True))


def with_a_lead_alone(**rule):
    """Somebody without a line manager, whose trust has one learning lead, and the one above."""
    team = around(price_pence=60_000, **rule)
    team.person.managed_by_lines.update(ends_on=TODAY - timedelta(days=1))
    board = OrganisationFactory(kind="ICB")
    place_below(team.trust, board)
    return team, grant(PersonFactory(), "LEARNING_LEAD", board)


def test_where_the_only_lead_approved_the_second_approver_is_the_lead_above():
    team, above = with_a_lead_alone(
        second_above_pence=50_000, second_approver="LEARNING_LEAD", working_days=5
    )
    request = team.asks()
    before = (told(team.lead), told(above))

    approve(enrolment=request, by=team.lead, now=NOW)

    assert before == (["courses.approval_asked"], [])
    assert (told(team.lead), told(above)) == (before[0], ["courses.approval_asked"])
    assert request.approvals.get(stage=2).state == "WAITING"
    assert approve(enrolment=request, by=above, now=NOW).state == "CONFIRMED"


def test_where_the_only_lead_refused_the_contest_reaches_the_lead_above():
    team, above = with_a_lead_alone()
    request = refuse(enrolment=team.asks(), reason="BUDGET", text="Spent.", by=team.lead, now=NOW)

    contest(enrolment=request, text="The board pays.", by=team.person, now=NOW)

    assert told(above) == ["courses.refusal_contested"]
    assert "courses.refusal_contested" not in told(team.lead)
