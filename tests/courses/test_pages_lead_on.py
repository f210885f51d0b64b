"""From the pages of courses one comes to what belongs to them, and reads what a place costs."""

import pytest
from django.urls import reverse

from courses.services.enrolment import approve
from courses.services.silence import answer_for_the_silent
from tests.factories.accounts import employ
from tests.factories.approvals import around, working_days_later
from tests.factories.clock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

REQUESTS = reverse("courses:approval_list")


@pytest.fixture
def page(client):
    def open_page(person, name, *arguments):
        client.force_login(person)
        response = client.get(reverse(f"courses:{name}", args=arguments))
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    return open_page


@pytest.mark.parametrize(
    ("start", "target"),
    [
        ("programme_list", "courses:training_mine"),
        ("enrolment_list", "courses:fund_list"),
    ],
)
def test_everybody_comes_from_one_page_to_another(page, start, target):
    assert f'href="{reverse(target)}"' in page(employ(), start)


def test_a_lead_without_a_request_to_decide_comes_to_the_rule_of_approval(page):
    team = around()

    courses, requests = page(team.lead, "programme_list"), page(team.lead, "approval_list")

    assert f'href="{REQUESTS}"' in courses
    assert f'href="{reverse("courses:approval_rule")}"' in requests
    assert f'href="{REQUESTS}"' not in page(employ(), "programme_list")


def test_whoever_decides_comes_to_requests_while_there_are_some(page):
    team = around()
    before = page(team.manager, "programme_list")

    team.asks()

    assert f'href="{REQUESTS}"' not in before
    assert f'href="{REQUESTS}"' in page(team.manager, "programme_list")


def test_a_lead_comes_from_sessions_to_certificates_and_others_do_not(page):
    address = f'href="{reverse("courses:certificates_issued")}"'

    assert address in page(around().lead, "session_list")
    assert address not in page(employ(), "session_list")


def test_a_session_says_what_a_place_costs_and_nothing_where_it_is_free(page):
    dear, free = around(price_pence=45_050), around()

    told = page(dear.person, "session_show", dear.session.pk)
    untold = page(free.person, "session_show", free.session.pk)

    assert "£450.50" in told
    assert "Price of a place" not in untold


def test_whoever_decides_reads_the_price_the_person_was_told(page):
    team = around(price_pence=45_050)
    request = team.asks()
    type(team.session.offering).objects.update(price_pence=99_900)

    text = page(team.manager, "approval_decide", request.pk)

    assert "£450.50" in text
    assert "£999" not in text


def test_whoever_it_was_passed_on_to_reads_that_silence_decided(page):
    team = around()
    request = team.asks()
    for days in (6, 12):
        answer_for_the_silent(now=working_days_later(days))

    text = page(team.second, "approval_decide", request.pk)

    assert "This request needs no decision any more." in text
    assert "Nobody answered in time, so it was granted" in text


def test_whoever_it_was_never_passed_on_to_does_not(client):
    team = around()
    request = team.asks()
    approve(enrolment=request, by=team.manager, now=NOW)
    client.force_login(team.second)

    response = client.get(reverse("courses:approval_decide", args=[request.pk]))

    assert response.status_code == 403
