"""The diary of a person shows the study they planned, and the pages lead to the figures."""

from datetime import date

import pytest
from django.urls import reverse
from icalendar import Calendar

from courses.models import Account
from courses.selectors.diary_time import own_study
from courses.selectors.study_time import Pocket
from courses.services.study_time import take_time_back
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, colleague_of, seated
from tests.factories.study_time import A_DAY, STAFFING, planned, promised, timed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def diary_of(client, person):
    """What the address of ``person``'s diary answers, by its entries' names."""
    client.force_login(person)
    page = client.post(reverse("courses:calendar"), {"step": "RENEW"}).content.decode()
    client.logout()
    answer = client.get("/calendar/" + page.split("/calendar/")[1].split("<")[0].strip())
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["SUMMARY"]): event for event in events}


def test_planned_study_stands_on_its_day_beside_the_session(client):
    place = planned(promised())
    planned(promised())
    title = place.session.offering.programme.title

    entries = diary_of(client, place.person)

    assert set(entries) == {title, f"Protected study: 3 hours for {title}"}
    entry = entries[f"Protected study: 3 hours for {title}"]
    assert entry["DTSTART"].dt == A_DAY
    assert (entry["TRANSP"], entry["CLASS"]) == ("TRANSPARENT", "PRIVATE")
    assert str(entry["URL"]).endswith(reverse("courses:study_time_show", args=[place.pk]))


def test_what_was_taken_back_is_no_longer_there(client):
    manager = PersonFactory()
    place = planned(promised(manager=manager))
    pocket = Pocket(Account.PLANNED, A_DAY, 180)
    take_time_back(enrolment=place, pocket=pocket, why=STAFFING, by=manager, now=NOW)

    entries = diary_of(client, place.person)

    assert list(entries) == [place.session.offering.programme.title]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_statements_do_not_grow_with_the_days(rows, django_assert_num_queries):
    person = employ()
    for _number in range(rows):
        timed(seated(SessionFactory(), 1, person=person), unanswered=TODAY)
    timed(promised(), unanswered=TODAY)

    with django_assert_num_queries(3):
        found = own_study(person, since=TODAY, now=NOW)

    assert [event["DTSTART"].dt for event in found] == [TODAY] * rows
    assert own_study(person, since=date(2026, 11, 21), now=NOW) == []


@pytest.mark.parametrize("page", ["study_time_mine", "study_time_team"])
def test_who_is_told_the_figures_finds_them_and_nobody_else(client, page):
    place = promised()
    figures = f'href="{reverse("courses:study_time_figures")}"'
    lead = grant(colleague_of(place.session), "HR_ADMINISTRATOR", place.organisation)

    shown = []
    for reader in (lead, place.person):
        client.force_login(reader)
        shown.append(figures in client.get(reverse(f"courses:{page}")).content.decode())

    assert shown == [True, False]
