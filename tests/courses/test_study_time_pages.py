import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.urls import reverse

from courses.models import Backfill, BackfillRate, StudyTimeRule
from tests.api_client import hr_system
from tests.factories.accounts import PersonFactory, UnitFactory, employ, grant
from tests.factories.clock import TODAY
from tests.factories.courses import SessionFactory, seated
from tests.factories.study_time import (
    A_DAY,
    planned,
    promised,
    stands,
    taken_back,
    timed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(clock):
    return clock


@pytest.fixture
def manager():
    return PersonFactory()


@pytest.fixture
def place(manager):
    return promised(manager=manager)


def show(place, query=""):
    return reverse("courses:study_time_show", args=[place.pk]) + query


def day_fields(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("rows", [1, 3])
def test_my_study_time_takes_the_same_queries_for_any_number(
    client, rows, django_assert_num_queries
):
    person = employ()
    for number in range(rows):
        session = SessionFactory(offering__programme__title=f"Course {number}")
        timed(seated(session, 1, person=person), had=TODAY, back=TODAY)
    timed(promised(), had=TODAY)
    client.force_login(person)

    with django_assert_num_queries(11):
        response = client.get(reverse("courses:study_time_mine"))

    assert text_of(response).count('/study-time/">Course') == rows


def test_nothing_promised_says_where_study_time_comes_from(client):
    client.force_login(employ())

    response = client.get(reverse("courses:study_time_mine"))

    assert "No study time has been promised to you yet" in text_of(response)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_a_team_takes_the_same_queries_for_any_number(
    client, manager, rows, django_assert_num_queries
):
    places = [promised(manager=manager) for _ in range(rows)]
    for place in places:
        taken_back(place, by=manager)
    elsewhere = PersonFactory()
    taken_back(promised(manager=elsewhere), by=elsewhere)
    client.force_login(manager)

    with django_assert_num_queries(12):
        response = client.get(reverse("courses:study_time_team"))

    assert response.content.decode().count("data-line") == rows


def test_the_team_is_shown_by_what_waits_and_by_week(client, manager, place):
    planned(place)
    client.force_login(manager)

    coming = text_of(client.get(reverse("courses:study_time_team"), {"show": "COMING"}))
    nothing = text_of(client.get(reverse("courses:study_time_team"), {"show": "UNANSWERED"}))

    # 3 December 2026 is a Thursday.
    assert "30 November 2026" in coming
    assert "3 December 2026" in coming
    assert "Nothing of this kind" in nothing


def test_the_person_plans_a_day_on_the_page_and_reads_it(client, place):
    client.force_login(place.person)
    form = text_of(client.get(show(place, "?act=plan")))

    sent = {"act": "plan", "which": "PLANNED:", "hours": "1.5", **day_fields("day", A_DAY)}
    response = client.post(show(place), sent, follow=True)

    assert "6 hours not planned for a day yet" in form
    assert "The hours are planned." in text_of(response)
    assert stands(place)["PLANNED", "2026-12-03"] == 90


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"hours": "7"}, "Enter more than nothing, and 6 hours or less"),
        ({"hours": "0"}, "Enter more than nothing, and 6 hours or less"),
        ({"which": "PLANNED:2027-01-14"}, "Select an answer from the list"),
        ({"which": ""}, "Select which hours"),
        (day_fields("day", TODAY - timedelta(days=1)), "must be on or after 20 November 2026"),
        (day_fields("day", date(2027, 1, 14)), "The session itself is on that day."),
    ],
)
def test_a_plan_that_cannot_be_is_said_beside_the_field_and_keeps_what_was_typed(
    client, place, fields, sentence
):
    client.force_login(place.person)
    sent = {"act": "plan", "which": "PLANNED:", "hours": "2", **day_fields("day", A_DAY), **fields}

    response = client.post(show(place), sent)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert f'value="{sent["hours"]}"' in response.content.decode()
    assert ("PLANNED", "2026-12-03") not in stands(place)


def test_the_line_manager_takes_back_and_the_person_reads_why(client, manager, place):
    planned(place)
    client.force_login(manager)
    sent = {
        "act": "take_back",
        "which": "PLANNED:2026-12-03",
        "reason": "STAFFING",
        "text": "Two nurses rang in sick.",
    }
    response = client.post(show(place), sent)
    client.force_login(place.person)
    page = text_of(client.get(show(place)))

    assert response.status_code == 302
    assert "Two nurses rang in sick." in page
    assert "speak to your line manager first" in page
    assert stands(place)["OWED", "2026-12-03"] == 180


def test_taking_back_without_an_explanation_is_refused_beside_the_field(client, manager, place):
    planned(place)
    client.force_login(manager)
    sent = {"act": "take_back", "which": "PLANNED:2026-12-03", "text": ""}

    response = client.post(show(place), sent)

    assert response.status_code == 422
    for sentence in ("Select why the service needs them", "Enter an explanation"):
        assert sentence in text_of(response)


def test_who_sees_the_time_but_has_no_say_reads_no_reason_and_is_refused(client, manager, place):
    taken_back(place, by=manager)
    auditor = grant(PersonFactory(), "AUDITOR", place.organisation)
    client.force_login(auditor)

    page = client.get(show(place))
    refused = client.post(show(place), {"act": "rearrange"})

    assert page.status_code == 200
    assert "nurses" not in text_of(page)
    assert refused.status_code == 403


def test_whoever_runs_the_session_is_not_shown_the_time_of_somebody_from_elsewhere(client):
    session = SessionFactory()
    place = promised(session=session)
    elsewhere = employ()
    visiting = seated(session, 2, person=elsewhere)
    lead = grant(PersonFactory(), "PROGRAMME_LEAD", session.offering.host)
    client.force_login(lead)

    assert client.get(show(visiting)).status_code == 404
    assert client.get(show(place)).status_code == 404


@pytest.mark.parametrize("query", ["?act=fly", "?act=PLAN"])
def test_an_act_that_there_is_not_is_not_found(client, place, query):
    client.force_login(place.person)

    assert client.get(show(place, query)).status_code == 404
    assert client.post(show(place), {"act": query[5:]}).status_code == 404
    assert client.post(show(place), {}).status_code == 404


def test_hours_that_are_gone_meanwhile_are_a_conflict(client, place):
    client.force_login(place.person)

    response = client.get(show(place, "?act=put_right"))

    assert response.status_code == 409


def test_cover_is_asked_for_and_settled_on_the_page(client, manager, place):
    planned(place)
    BackfillRate.objects.create(
        organisation=place.organisation, starts_on=TODAY, pence_per_hour=3_000
    )
    client.force_login(manager)

    client.post(show(place), {"act": "cover", "which": "PLANNED:2026-12-03", "hours": "2"})
    sent = {"act": "settle_cover", "which": "PLANNED:2026-12-03", "step": "arrange"}
    page = text_of(client.post(show(place), sent, follow=True))
    too_early = client.post(show(place), {**sent, "step": "work"})

    assert "3 December 2026, 2 hours: Cover arranged (£60)" in page
    assert too_early.status_code == 422
    assert Backfill.objects.get().state == "ARRANGED"


def figures(client, **query):
    return client.get(reverse("courses:study_time_figures"), query)


def test_the_figures_of_an_organisation_are_drawn_and_taken_away(client, place):
    trust = place.organisation
    unit = UnitFactory(organisation=trust, name="Theatres")
    session = SessionFactory(offering=place.session.offering, capacity=50)
    for seat in range(1, 21):
        timed(
            seated(session, seat, person=employ(organisation=trust, unit=unit)),
            had=date(2026, 10, 6),
        )
    client.force_login(grant(PersonFactory(), "LEARNING_LEAD", trust))

    page, file = figures(client), figures(client, file="csv")

    assert "Of 20 hours that were due to about 20 people, 100% were had." in text_of(page)
    assert '<svg class="app-bars"' in page.content.decode()
    rows = list(csv.reader(StringIO(file.content.decode("utf-8-sig"))))
    assert rows[1][:4] == ["Theatres", "October 2026", "20", "20"]


def test_the_figures_are_for_who_plans_learning(client, place, manager):
    client.force_login(manager)

    response = figures(client)

    assert response.status_code == 403
    assert "Only learning leads and HR administrators" in text_of(response)


def test_no_figures_yet_say_so(client, place):
    client.force_login(grant(PersonFactory(), "HR_ADMINISTRATOR", place.organisation))

    assert "There are too few people with study time" in text_of(figures(client))


def rules(organisation):
    return reverse("courses:study_time_rules", args=[organisation.pk])


def test_the_learning_lead_says_when_who_is_reminded_and_what_cover_costs(client, place):
    client.force_login(grant(PersonFactory(), "LEARNING_LEAD", place.organisation))
    first = day_fields("rule-starts_on", TODAY)
    rule = {"act": "rule", "rule-remind_days": "10", "rule-escalate_days": "20", **first}
    rate = {"act": "rate", "rate-band": "7", "rate-pounds": "28.90"}
    rate |= day_fields("rate-starts_on", TODAY)

    client.post(rules(place.organisation), rule)
    page = client.post(rules(place.organisation), rate, follow=True)

    assert "Band 7: £28.90 from 20 November 2026" in text_of(page)
    assert "reminded after 10 days" in text_of(page)
    assert StudyTimeRule.objects.get().escalate_days == 20
    assert BackfillRate.objects.get().pence_per_hour == 2_890


def test_rules_that_cannot_be_are_said_beside_the_field(client, place):
    client.force_login(grant(PersonFactory(), "LEARNING_LEAD", place.organisation))
    rule = {"act": "rule", "rule-remind_days": "20", "rule-escalate_days": "20"}
    rate = {"act": "rate", "rate-pounds": "0", **day_fields("rate-starts_on", TODAY)}

    answers = [client.post(rules(place.organisation), sent) for sent in (rule, rate)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Enter more days than until the line manager is reminded" in text_of(answers[0])
    assert "Enter the day from which it holds" in text_of(answers[0])
    assert "Enter what an hour costs" in text_of(answers[1])
    assert not StudyTimeRule.objects.exists()


def test_the_rules_of_another_organisation_are_not_there(client, place, manager):
    lead = grant(PersonFactory(), "LEARNING_LEAD", promised().organisation)
    for reader in (lead, manager):
        client.force_login(reader)

        assert client.get(rules(place.organisation)).status_code == 404


def api(place):
    return reverse("v1:study_time_show", args=[place.pk])


def test_a_roster_reads_what_stands_where(place, manager):
    taken_back(place, by=manager)
    roster = hr_system(place.organisation)

    answer = roster.get(api(place)).json()

    assert {name: answer[name] for name in ("promised", "planned", "delivered", "owed")} == {
        "promised": 720,
        "planned": 540,
        "delivered": 0,
        "owed": 180,
    }
    assert {"account": "OWED", "on": "2026-12-03", "minutes": 180} in answer["pockets"]


def test_a_roster_records_once_however_often_it_sends(place):
    planned(place, day=TODAY)
    roster = hr_system(place.organisation)
    sent = {
        "act": "CONFIRM",
        "account": "PLANNED",
        "on": TODAY.isoformat(),
        "held": 180,
        "minutes": 60,
    }

    first, again = (roster.post(api(place), sent) for _ in range(2))

    assert (first.status_code, first.json()["delivered"]) == (200, 60)
    assert (again.status_code, again.json()["code"]) == (409, "time_has_moved")
    assert stands(place)["DELIVERED", "2026-11-20"] == 60


def test_a_roster_takes_back_with_a_reason_and_arranges_another_day(place):
    planned(place)
    roster = hr_system(place.organisation)
    day = {"account": "PLANNED", "on": A_DAY.isoformat(), "held": 180, "minutes": 180}
    back = {"act": "TAKE_BACK", "reason": "DEMAND", "text": "The department was full.", **day}
    other = {"act": "REARRANGE", "day": "2026-12-10", **day, "account": "OWED"}

    answers = [roster.post(api(place), sent) for sent in (back, other)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert stands(place)["PLANNED", "2026-12-10"] == 180


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"act": "TAKE_BACK"}, ["reason", "text"]),
        ({"act": "REARRANGE"}, ["day"]),
        ({"act": "FLY"}, ["act"]),
        ({"minutes": 0}, ["minutes"]),
        ({"held": "much"}, ["held"]),
    ],
)
def test_what_a_roster_sends_is_checked_by_field(place, fields, names):
    planned(place)
    sent = {"act": "CONFIRM", "account": "PLANNED", "on": A_DAY.isoformat()}
    sent |= {"held": 180, "minutes": 60, **fields}

    answer = hr_system(place.organisation).post(api(place), sent)

    assert answer.status_code == 400
    assert sorted(error["field"] for error in answer.json()["errors"]) == names


def test_a_roster_of_another_organisation_finds_nothing_and_a_scope_is_needed(place):
    elsewhere = hr_system(promised().organisation)
    reader = hr_system(place.organisation, scopes=["enrolments:read"])

    assert elsewhere.get(api(place)).status_code == 404
    assert reader.get(api(place)).status_code == 200
    assert reader.post(api(place), {}).status_code == 403


def test_a_program_is_told_the_figures_of_its_own_organisation(place):
    answer = hr_system(place.organisation).get(reverse("v1:study_time_figures"), {"months": 2})

    assert answer.status_code == 200
    assert (answer.json()["first"], answer.json()["total"]) == ("2026-09-01", None)
