from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from courses.models import SubjectExemption
from tests.factories.accounts import OrganisationFactory, PersonFactory, UnitFactory, employ
from tests.factories.clock import TODAY
from tests.factories.compliance import (
    SubjectExemptionFactory,
    ask,
    subject_of,
    trained,
    with_role,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINE, TEAM = "courses:training_mine", "courses:training_team"
FIGURES, PERSON = "courses:training_organisation", "courses:training_person"


@pytest.fixture
def trust():
    return OrganisationFactory(name="Riverbank")


@pytest.fixture
def fire(trust):
    subject = subject_of("Fire safety")
    ask(trust, subject)
    return subject


def text_of(response):
    return " ".join(response.content.decode().split())


def get(client, reader, name, *args, **query):
    client.force_login(reader)
    return client.get(reverse(name, args=args), query)


def test_ones_own_page_says_what_to_do_and_nothing_of_anybody_else(client, trust, fire):
    person = employ(organisation=trust)
    trained(person, fire, on=date(2024, 1, 10))
    other = subject_of("Rota law")
    ask(OrganisationFactory(), other)
    trained(employ(organisation=trust), other)

    page = text_of(get(client, person, MINE))

    assert "Fire safety" in page
    assert "Expired" in page
    assert "10 January 2026" in page
    assert "Rota law" not in page


def test_ones_own_page_is_of_use_when_nothing_is_asked(client):
    page = text_of(get(client, employ(), MINE))

    assert "No mandatory training is asked of you" in page
    assert "Nothing is recorded yet." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_ones_own_page_takes_the_same_queries_for_any_number(
    client, trust, rows, django_assert_num_queries
):
    person = employ(organisation=trust)
    for number in range(rows):
        ask(trust, subject_of(f"Subject {number}"))
    client.force_login(person)
    with django_assert_num_queries(22):  # one of them: whether the walls show a job of theirs
        response = client.get(reverse(MINE))

    assert response.content.decode().count("data-training") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_a_line_manager_sees_the_team_and_nobody_else(
    client, trust, fire, rows, django_assert_num_queries
):
    manager = employ(organisation=trust)
    for _ in range(rows):
        employ(organisation=trust, manager=manager)
    outsider = employ(organisation=trust)
    client.force_login(manager)
    with django_assert_num_queries(20):
        response = client.get(reverse(TEAM))

    page = response.content.decode()
    assert page.count("data-person") == rows
    assert outsider.full_name not in page


def test_a_team_is_narrowed_and_taken_away(client, trust, fire):
    manager = employ(organisation=trust)
    done = employ(organisation=trust, manager=manager, person=PersonFactory(given_name="=Sum"))
    behind = employ(organisation=trust, manager=manager)
    trained(done, fire)

    page = text_of(get(client, manager, TEAM, needed="on"))
    file = get(client, manager, TEAM, file="csv").content.decode("utf-8-sig")
    book = load_workbook(BytesIO(get(client, manager, TEAM, file="xlsx").content))

    assert behind.full_name in page
    assert done.full_name not in page
    assert f"'{done.full_name},Up to date: until 20 November 2028" in file
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert cells[0] == ["Person", "Fire safety"]
    assert [f"'{done.full_name}", "Up to date: until 20 November 2028"] in cells


def test_a_subject_from_elsewhere_is_told_to_be_none(client, trust, fire):
    manager = employ(organisation=trust)
    elsewhere = subject_of("Rota law", owner=OrganisationFactory(), vpd="457")

    response = get(client, manager, TEAM, subject=elsewhere.pk)

    assert response.status_code == 422


def staff(trust, count, **post):
    return [employ(organisation=trust, **post) for _ in range(count)]


def test_figures_are_told_by_unit_with_sums(client, trust, fire):
    lead = with_role("LEARNING_LEAD", trust)
    unit = UnitFactory(organisation=trust, name="Theatres")
    people = staff(trust, 20, unit=unit)
    for person in people[:15]:
        trained(person, fire)
    staff(trust, 9, unit=UnitFactory(organisation=trust, name="Boiler house"))
    staff(OrganisationFactory(), 12)

    page = text_of(get(client, lead, FIGURES))
    file = get(client, lead, FIGURES, file="csv").content.decode("utf-8-sig")

    assert "Theatres" in page
    assert "Boiler house" not in page
    # The lead, without a unit, and the small unit are in no sum.
    assert "All that are shown,Fire safety,20,15,0,0,5,75" in file


def test_figures_are_of_the_day_that_is_asked_for(client, trust, fire):
    lead = with_role("HR_ADMINISTRATOR", trust)
    for person in staff(trust, 19):
        trained(person, fire, on=date(2026, 10, 1))
    before = get(client, lead, FIGURES, file="csv", **days("day", date(2026, 9, 30)))
    after = get(client, lead, FIGURES, file="csv", **days("day", date(2026, 10, 1)))

    assert "All that are shown,Fire safety,20,0,0,0,20,0" in before.content.decode()
    assert "All that are shown,Fire safety,20,20,0,0,0,100" in after.content.decode()


def test_nobody_else_is_told_figures(client, trust, fire):
    for reader in (employ(organisation=trust), with_role("TALENT_LEAD", trust)):
        assert get(client, reader, FIGURES).status_code == 403


def test_a_manager_reads_the_page_of_a_report_and_changes_nothing(client, trust, fire):
    manager = employ(organisation=trust)
    report = employ(organisation=trust, manager=manager)

    page = get(client, manager, PERSON, report.pk)
    sent = client.post(reverse(PERSON, args=[report.pk]), exemption_of(trust, fire))

    assert page.status_code == 200
    assert "Do not ask for it" not in text_of(page)
    assert sent.status_code == 403
    assert not SubjectExemption.objects.exists()
    assert get(client, employ(organisation=trust), PERSON, report.pk).status_code == 404


def days(name, day):
    return {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}


def exemption_of(trust, subject, **changed):
    first, last = TODAY, TODAY + timedelta(days=30)
    return {
        "step": "exempt",
        "organisation": trust.pk,
        "subject": subject.pk,
        **days("starts_on", first),
        **days("ends_on", last),
        "reason": "AWAY",
        "note": "Back at work in January.",
        **changed,
    }


def test_hr_leaves_a_subject_out_for_a_while_and_asks_again(client, trust, fire):
    hr, person = with_role("HR_ADMINISTRATOR", trust), employ(organisation=trust)
    client.force_login(hr)
    address = reverse(PERSON, args=[person.pk])

    response = client.post(address, exemption_of(trust, fire))

    assert response.status_code == 302
    row = SubjectExemption.objects.get()
    assert (row.person, row.granted_by, row.reason) == (person, hr, "AWAY")
    assert "Not asked at present" in text_of(client.get(address))

    again = client.post(address, exemption_of(trust, fire))
    assert again.status_code == 422
    assert "left out on some of these days already" in text_of(again)
    assert "Back at work in January." in text_of(again)

    client.post(address, {"step": "end", "exemption": row.pk})
    assert not SubjectExemption.objects.on(TODAY).exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ends_on_year": 2025}, "Enter a last day that is not before the first."),
        ({"ends_on_year": 2030}, "Training can be left out for two years at the most."),
        ({"reason": ""}, "Select a reason"),
    ],
)
def test_what_is_wrong_with_an_exemption_is_said(client, trust, fire, changed, sentence):
    hr, person = with_role("HR_ADMINISTRATOR", trust), employ(organisation=trust)
    client.force_login(hr)

    response = client.post(reverse(PERSON, args=[person.pk]), exemption_of(trust, fire, **changed))

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not SubjectExemption.objects.exists()


def test_what_another_organisation_leaves_out_is_not_ended_here(client, trust, fire):
    hr, person = with_role("HR_ADMINISTRATOR", trust), employ(organisation=trust)
    theirs = SubjectExemptionFactory(person=person, subject=fire)
    client.force_login(hr)

    sent = client.post(reverse(PERSON, args=[person.pk]), {"step": "end", "exemption": theirs.pk})

    assert sent.status_code == 404


def test_hr_strikes_out_a_record(client, trust, fire):
    hr, person = with_role("HR_ADMINISTRATOR", trust), employ(organisation=trust)
    row = trained(person, fire)
    client.force_login(hr)
    address = reverse(PERSON, args=[person.pk])

    wrong = client.post(address, {"step": "strike", "record": row.pk, "why": ""})
    right = client.post(address, {"step": "strike", "record": row.pk, "why": "Another Amara"})

    assert wrong.status_code == 422
    assert right.status_code == 302
    row.refresh_from_db()
    assert row.struck_at is not None
    assert "Struck out as a mistake" in text_of(client.get(address))
