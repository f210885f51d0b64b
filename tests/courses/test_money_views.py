"""The pages of funds and of the rules of paying, the files they give, and the endpoint."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Event
from courses.models import Commitment, Enrolment, Fund, MoneyRule
from courses.services.enrolment import enrol
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, place_below
from tests.factories.clock import NOW
from tests.factories.courses import ProgrammeFactory, colleague_of, entitle
from tests.factories.money import (
    PRICE,
    FundFactory,
    MoneyRuleFactory,
    learning_lead_of,
    priced_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# As in test_running_views: signing in, and the scope of the request.
SIGN_IN = 7
DAYS = {
    "starts_on_day": "1",
    "starts_on_month": "4",
    "starts_on_year": "2026",
    "ends_on_day": "31",
    "ends_on_month": "3",
    "ends_on_year": "2027",
}
FUND = {"kind": "TRAINING", "title": "Training budget", "amount": "£50,000.50", **DAYS}
RULE = {
    "starts_on_day": "1",
    "starts_on_month": "4",
    "starts_on_year": "2027",
    "first": "STUDY_LEAVE",
    "second": "TRAINING",
    "when_short": "REFUSE",
    "missed_percent": "100",
    "late_percent": "50",
    "late_days": "7",
}


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def lead(trust, client):
    person = learning_lead_of(trust)
    client.force_login(person)
    return person


def committed(fund, *, person=None, title="Leading a ward"):
    """A place of somebody of the fund's organisation that the fund pays for."""
    session = priced_session(
        offering__host=fund.organisation, offering__programme__title=title, capacity=20
    )
    person = person or colleague_of(session)
    entitle(person, session.offering.programme)
    enrol(session=session, person=person, by=person, now=NOW)
    return person


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_funds_of_ones_organisations_with_their_balances(
    client, lead, trust, rows, django_assert_num_queries
):
    FundFactory.create_batch(rows, organisation=trust)
    FundFactory(title="Somebody else's money")
    client.get(reverse("courses:fund_list"))

    with django_assert_num_queries(SIGN_IN + 4):  # standing, count, rows, keeps any
        page = client.get(reverse("courses:fund_list")).content.decode()

    assert page.count("data-fund") == rows
    assert "£12,000" in page
    assert "Somebody else" not in page


def test_funds_of_other_years_are_shown_when_asked_for(client, lead, trust):
    FundFactory(organisation=trust, title="Of old", starts_on="2025-04-01", ends_on="2026-03-31")

    today = client.get(reverse("courses:fund_list")).content.decode()
    all_years = client.get(reverse("courses:fund_list"), {"years": "all"}).content.decode()

    assert ("Of old" in today, "Of old" in all_years) == (False, True)


def test_a_learning_lead_sets_up_a_fund(client, lead, trust):
    holder = employ(organisation=trust)
    programme = ProgrammeFactory(code="LEVEL5")

    response = client.post(
        reverse("courses:fund_add"),
        {**FUND, "organisation": trust.pk, "holder": holder.email, "programmes": "level5"},
    )

    fund = Fund.objects.get()
    assert response.url == reverse("courses:fund_show", args=[fund.pk])
    assert (fund.amount_pence, fund.holder) == (5_000_050, holder)
    assert list(fund.programmes.all()) == [programme]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "a lot"}, "Enter an amount in pounds, like 1,200 or 99.50"),
        ({"amount": "-5"}, "Enter an amount in pounds, like 1,200 or 99.50"),
        ({"ends_on_year": "2025"}, "Last day must not be before the first day"),
        ({"holder": "nobody@example.org"}, "Enter the email address of somebody who works there"),
        ({"programmes": "NO_SUCH"}, "There is no course with the code NO_SUCH"),
        ({"kind": "LEVY"}, "Enter the code of at least one course for the levy"),
        ({"kind": "STUDY_LEAVE"}, "Enter the work email address of the person"),
    ],
)
def test_what_makes_no_fund_is_said_beside_what_was_typed(client, lead, trust, changes, sentence):
    sent = {**FUND, "organisation": trust.pk, **changes}

    response = client.post(reverse("courses:fund_add"), sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert 'value="Training budget"' in page
    assert not Fund.objects.exists()


def test_a_fund_that_is_there_already_is_refused_on_the_form(client, lead, trust):
    FundFactory(organisation=trust, title="Training budget")

    response = client.post(reverse("courses:fund_add"), {**FUND, "organisation": trust.pk})

    assert response.status_code == 422
    assert "There is a fund with this title from this day on." in response.content.decode()


def test_nobody_else_sets_up_funds_or_rules(client, trust):
    client.force_login(employ(organisation=trust))

    answers = [
        client.get(reverse("courses:fund_add")).status_code,
        client.post(reverse("courses:fund_add"), FUND).status_code,
        client.post(reverse("courses:money_rules"), RULE).status_code,
    ]

    assert answers == [403, 403, 403]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_fund_shows_its_balance_and_what_was_committed(
    client, lead, trust, rows, django_assert_num_queries
):
    MoneyRuleFactory(organisation=trust)
    fund = FundFactory(organisation=trust)
    names = [committed(fund).full_name for _ in range(rows)]
    client.get(reverse("courses:fund_show", args=[fund.pk]))

    with django_assert_num_queries(SIGN_IN + 9):
        page = client.get(reverse("courses:fund_show", args=[fund.pk])).content.decode()

    assert page.count("data-commitment") == rows
    assert all(name in page for name in names)
    assert "First by the rule from" in page


def test_a_fund_of_another_organisation_is_not_there(client, lead):
    fund = FundFactory()

    assert client.get(reverse("courses:fund_show", args=[fund.pk])).status_code == 404


def test_whoever_holds_a_budget_reads_what_was_spent_and_not_on_whom(client, trust):
    holder = employ(organisation=trust)
    MoneyRuleFactory(organisation=trust)
    fund = FundFactory(organisation=trust, holder=holder)
    person = committed(fund)
    client.force_login(holder)

    page = client.get(reverse("courses:fund_show", args=[fund.pk])).content.decode()
    changed = client.post(reverse("courses:fund_show", args=[fund.pk]), {"amount": "99,000"})

    assert "Not shown to you" in page
    assert person.full_name not in page
    assert changed.status_code == 403


def test_whoever_holds_central_funding_reads_for_what_it_pays_elsewhere(client, trust):
    board = OrganisationFactory(kind="ICB")
    place_below(trust, board)
    holder = employ(organisation=board)
    MoneyRuleFactory(organisation=trust)
    fund = FundFactory(organisation=board, kind="CENTRAL", holder=holder)
    session = priced_session(offering__host=trust, offering__programme__title="Leading a ward")
    person = colleague_of(session)
    entitle(person, session.offering.programme)
    place = enrol(session=session, person=person, by=person, now=NOW)
    client.force_login(holder)
    address = reverse("courses:fund_show", args=[fund.pk])

    page = client.get(address).content.decode()
    assert (page.count("data-commitment"), "Leading a ward" in page) == (1, True)
    assert ("Not shown to you" in page, person.full_name in page) == (True, False)

    Commitment.objects.filter(enrolment=place).update(enrolment=None)
    assert "No longer kept" in client.get(address).content.decode()


def test_the_budget_is_changed_on_the_page_but_not_below_what_is_committed(client, lead, trust):
    MoneyRuleFactory(organisation=trust)
    fund = FundFactory(organisation=trust)
    committed(fund)
    address = reverse("courses:fund_show", args=[fund.pk])

    refused = client.post(address, {"amount": "1,199.99"})
    done = client.post(address, {"amount": "1,200"})

    fund.refresh_from_db()
    assert refused.status_code == 422
    assert "£1,200 is reserved or spent already" in refused.content.decode()
    assert 'value="1,199.99"' in refused.content.decode()
    assert (done.status_code, fund.amount_pence) == (302, PRICE)


@pytest.fixture
def dangerous(trust):
    """A fund with a commitment whose course is called like a formula."""
    MoneyRuleFactory(organisation=trust)
    fund = FundFactory(organisation=trust, title="=Budget/2027")
    committed(fund, title="=HYPERLINK(1)", person=employ(organisation=trust))
    return fund


def test_the_csv_file_has_no_formulas(client, lead, dangerous):
    response = client.get(reverse("courses:fund_show", args=[dangerous.pk]), {"format": "csv"})

    text = response.content.decode("utf-8-sig")
    assert response["Content-Disposition"] == 'attachment; filename="budget2027.csv"'
    assert "'=HYPERLINK(1)" in text
    assert ",=HYPERLINK" not in text
    assert "1200.0,0.0,0.0,Reserved" in text


def test_the_workbook_has_no_formulas_and_amounts_that_are_numbers(client, lead, dangerous):
    response = client.get(reverse("courses:fund_show", args=[dangerous.pk]), {"format": "xlsx"})

    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in sheet[1]][:4] == [
        "Person",
        "Course",
        "Session on",
        "Reserved in pounds",
    ]
    assert [cell.data_type for cell in sheet[2]][:4] == ["s", "s", "s", "n"]
    assert sheet["B2"].value == "'=HYPERLINK(1)"
    assert sheet["D2"].value == 1200


def test_a_rule_is_set_and_shown(client, lead, trust):
    response = client.post(reverse("courses:money_rules"), {**RULE, "organisation": trust.pk})

    assert response.status_code == 302
    page = client.get(reverse("courses:money_rules")).content.decode()
    assert "Study leave allowance of one person, Training budget." in page
    assert "given up within 7 days of the session costs 50%" in page
    assert MoneyRule.objects.get().kinds == ["STUDY_LEAVE", "TRAINING"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"second": "STUDY_LEAVE"}, "Select each kind of money once"),
        ({"missed_percent": "101"}, "Enter a number that is 100 or less"),
        ({"starts_on_year": "2025"}, "From which day must be on or after 20 November 2026"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_on_the_form(client, lead, trust, changes, sentence):
    sent = {**RULE, "organisation": trust.pk, **changes}

    response = client.post(reverse("courses:money_rules"), sent)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not MoneyRule.objects.exists()


def test_everybody_reads_the_rule_of_their_own_organisation_alone(client, trust):
    MoneyRuleFactory(organisation=trust)
    MoneyRuleFactory()
    client.force_login(employ(organisation=trust))

    page = client.get(reverse("courses:money_rules")).content.decode()

    assert page.count("data-rule") == 1
    assert "Set another rule" not in page


def test_who_asks_for_a_place_without_money_reads_whom_to_ask_and_keeps_what_they_typed(
    client, trust
):
    MoneyRuleFactory(organisation=trust)
    FundFactory(organisation=trust, amount_pence=0, title="Training budget")
    session = priced_session(offering__host=trust)
    client.force_login(colleague_of(session, manager=PersonFactory()))

    response = client.post(
        reverse("courses:session_enrol", args=[session.pk]), {"reason": "I lead a team now"}
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "Training budget has £0 left. Ask the learning lead of your organisation." in page
    assert "I lead a team now" in page
    assert not Enrolment.objects.exists()


def test_a_program_reads_balances_of_its_own_organisation_and_no_names(trust):
    fund = FundFactory(organisation=trust)
    MoneyRuleFactory(organisation=trust)
    committed(fund)
    FundFactory()
    system = hr_system(trust, scopes=["funds:read"])

    answer = system.get("/api/v1/funds/", {"on": "2026-11-20", "kind": "TRAINING"})

    assert answer.json()["results"] == [
        {
            "id": fund.pk,
            "organisation_id": trust.pk,
            "title": fund.title,
            "kind": "TRAINING",
            "starts_on": "2026-04-01",
            "ends_on": "2027-03-31",
            "amount_pence": 10 * PRICE,
            "reserved_pence": PRICE,
            "spent_pence": 0,
            "left_pence": 9 * PRICE,
            "owed_pence": 0,
        }
    ]


def test_a_program_without_the_scope_reads_nothing(trust):
    answer = hr_system(trust, scopes=["courses:read"]).get("/api/v1/funds/")

    assert answer.status_code == 403


def test_what_a_person_may_know_is_on_their_own_timeline(trust):
    MoneyRuleFactory(organisation=trust)
    person = committed(FundFactory(organisation=trust))

    event = Event.objects.get(verb="reserve_money")

    assert (event.subject, event.about_type) == (person, "courses.commitment")
    assert Commitment.objects.get().pk == event.about_id
