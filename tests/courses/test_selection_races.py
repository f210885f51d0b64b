"""The last place of an intake, wanted by several at once, with real threads."""

from datetime import timedelta
from functools import partial

import pytest

from courses.models import Application, Enrolment
from courses.services import selection_choosing
from courses.services.selection_offers import (
    accept_selection,
    decline_selection,
    lapse_selections,
)
from tests.courses.rush import FAULT, at_once
from tests.factories.selection import (
    DECIDING,
    IntakeFactory,
    decided,
    lead_of,
    offered,
    reserve,
    shortlisted,
)

pytestmark = pytest.mark.django_db(transaction=True)


def states(intake):
    return sorted(intake.applications.values_list("state", flat=True))


def test_the_last_place_is_offered_once_to_whoever_comes_first():
    intake = IntakeFactory(places=1)
    lead = lead_of(intake)
    applications = [shortlisted(intake, by=lead) for _ in range(8)]

    came_to = at_once([partial(decided, row, "offer", by=lead) for row in applications])

    assert came_to == {"done": 1, "no_place_left": 7}
    assert states(intake) == ["OFFERED"] + ["SHORTLISTED"] * 7


def test_without_counting_the_database_still_gives_no_place_twice(monkeypatch):
    """The negative control: a service that does not look gives place 1 to everybody."""
    intake = IntakeFactory(places=1)
    lead = lead_of(intake)
    first, second = shortlisted(intake, by=lead), shortlisted(intake, by=lead)
    monkeypatch.setattr(selection_choosing, "free_places", lambda intake, session: [1])
    decided(first, "offer", by=lead)

    with pytest.raises(Exception, match="application_place_once"):
        decided(second, "offer", by=lead)

    assert states(intake) == ["OFFERED", "SHORTLISTED"]


def test_accepting_declining_and_lapsing_at_once_come_to_one_of_them():
    intake = IntakeFactory(places=1)
    lead = lead_of(intake)
    application, waiting = offered(intake, by=lead), reserve(intake, by=lead)
    person, over = application.person, application.offer_ends_at
    answering = DECIDING + timedelta(days=1)

    came_to = at_once(
        [
            partial(accept_selection, application=application, by=person, now=answering),
            partial(decline_selection, application=application, by=person, now=answering),
            partial(lapse_selections, now=over),
        ]
    )

    application.refresh_from_db()
    waiting.refresh_from_db()
    assert came_to[FAULT] == 0
    accepted = application.state == "ACCEPTED"
    assert Enrolment.objects.filter(application=application).exists() == accepted
    assert (waiting.state == "RESERVE") == accepted
    assert Application.objects.filter(intake=intake, place__isnull=False).count() == 1
