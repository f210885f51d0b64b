import csv
from datetime import date, timedelta
from io import StringIO

import pytest

from accounts.actors import ApiClientPrincipal
from courses.models import Backfill
from courses.selectors.exports import export_file
from courses.selectors.study_time_figures import organisations_told, time_figures
from courses.selectors.study_time_file import figures_table
from tests.factories.accounts import (
    ApiClientFactory,
    OrganisationFactory,
    PersonFactory,
    UnitFactory,
    employ,
    grant,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import OfferingFactory, SessionFactory, seated
from tests.factories.study_time import timed

pytestmark = pytest.mark.django_db

OCTOBER, SEPTEMBER = date(2026, 10, 6), date(2026, 9, 8)


@pytest.fixture
def trust():
    return OrganisationFactory()


def people_of(trust, unit, count, **fates):
    """``count`` people of ``unit``, each with an hour of each of the ``fates`` (day by fate)."""
    offering = OfferingFactory(host=trust)
    session = SessionFactory(offering=offering, capacity=100)
    for seat in range(1, count + 1):
        person = employ(organisation=trust, unit=unit)
        timed(seated(session, seat, person=person), **fates)


def figures_of(*trusts):
    return time_figures(organisation_ids=[trust.pk for trust in trusts], on=TODAY)


def test_hours_are_told_by_what_became_of_them_on_the_day_they_were_due(trust):
    people_of(
        trust, UnitFactory(organisation=trust), 20, had=OCTOBER, back=OCTOBER, unanswered=SEPTEMBER
    )

    figures = figures_of(trust)

    total = figures.total
    assert (total.people, total.had, total.taken_back, total.unanswered) == (20, 1200, 1200, 1200)
    assert (total.due, total.had_share) == (3600, 33)
    assert [(row.name, row.figure.due) for row in figures.months] == [
        ("September 2026", 1200),
        ("October 2026", 2400),
    ]
    assert [(row.key, row.figure.taken_back) for row in figures.reasons] == [("STAFFING", 1200)]
    assert (figures.first, figures.last) == (date(2025, 11, 1), date(2026, 10, 31))


def test_a_month_that_is_not_over_and_hours_to_come_are_not_counted(trust):
    unit = UnitFactory(organisation=trust)
    people_of(
        trust, unit, 20, had=TODAY, unanswered=TODAY + timedelta(days=20), back=date(2025, 10, 31)
    )

    assert figures_of(trust).is_empty


def test_units_that_are_too_small_are_hidden_with_the_next_smallest(trust):
    names = {"Theatres": 30, "Wards": 12, "Pharmacy": 3}
    for name, count in names.items():
        people_of(trust, UnitFactory(organisation=trust, name=name), count, had=OCTOBER)

    figures = figures_of(trust)

    assert [(row.name, row.figure and row.figure.people) for row in figures.units] == [
        ("Pharmacy", None),
        ("Theatres", 30),
        ("Wards", None),
    ]
    assert figures.hidden_units == 2
    assert (figures.total.people, figures.total.had) == (45, 45 * 60)


def test_fewer_than_ten_people_in_all_are_told_nothing_of(trust):
    people_of(trust, UnitFactory(organisation=trust), 9, had=OCTOBER)

    figures = figures_of(trust)

    assert figures.is_empty
    assert [row.figure for row in (*figures.months, *figures.units)] == [None, None]
    assert figures.cells == {}


def test_another_organisation_is_not_counted(trust):
    other = OrganisationFactory()
    people_of(trust, UnitFactory(organisation=trust), 20, had=OCTOBER)
    people_of(other, UnitFactory(organisation=other, name="Elsewhere"), 20, had=OCTOBER)

    figures = figures_of(trust)

    assert figures.total.people == 20
    assert "Elsewhere" not in [row.name for row in figures.units]


def test_what_cover_cost_stands_beside_the_hours(trust):
    unit = UnitFactory(organisation=trust)
    people_of(trust, unit, 20, had=OCTOBER)
    place = seated(
        SessionFactory(offering__host=trust), 1, person=employ(organisation=trust, unit=unit)
    )
    for day, state, rate in ((6, "WORKED", 3_000), (7, "WANTED", None), (8, "ARRANGED", 2_000)):
        Backfill.objects.create(
            enrolment=place,
            person=place.person,
            organisation=trust,
            on_day=OCTOBER.replace(day=day),
            minutes=60,
            state=state,
            rate_pence=rate,
            asked_at=NOW,
        )

    figures = figures_of(trust)

    assert figures.total.cost_pence == 5_000
    assert figures.units[0].figure.cost_pence == 5_000
    assert figures.months[0].figure.cost_pence == 5_000


def test_what_cover_cost_is_told_to_the_nearest_fifty_pounds(trust):
    unit = UnitFactory(organisation=trust)
    people_of(trust, unit, 20, had=OCTOBER)
    place = seated(
        SessionFactory(offering__host=trust), 1, person=employ(organisation=trust, unit=unit)
    )
    Backfill.objects.create(
        enrolment=place,
        person=place.person,
        organisation=trust,
        on_day=OCTOBER,
        minutes=60,
        state="WORKED",
        rate_pence=7_613,
        asked_at=NOW,
    )

    figures = figures_of(trust)

    told = (figures.total, figures.units[0].figure, figures.months[0].figure)
    assert [figure.cost_pence for figure in told] == [10_000, 10_000, 10_000]


def test_the_file_has_a_row_for_each_unit_and_month_and_runs_nothing(trust):
    people_of(trust, UnitFactory(organisation=trust, name="=1+1"), 20, had=OCTOBER)
    people_of(trust, UnitFactory(organisation=trust, name="Wards"), 20, had=SEPTEMBER)

    file = export_file(figures_table(figures_of(trust)), kind="csv")

    rows = list(csv.reader(StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Unit", "Month", "People"]
    found = {(row[0], row[1]): row[2:5] for row in rows[1:]}
    assert found == {
        ("'=1+1", "September 2026"): ["Too few"] * 3,
        ("'=1+1", "October 2026"): ["20", "20", "20"],
        ("Wards", "September 2026"): ["20", "20", "20"],
        ("Wards", "October 2026"): ["Too few"] * 3,
    }


@pytest.mark.parametrize("people", [10, 40])
def test_the_figures_take_three_statements_at_any_size(trust, people, django_assert_num_queries):
    people_of(trust, UnitFactory(organisation=trust), people, had=OCTOBER)

    # Opening and closing the walls around them takes two more.
    with django_assert_num_queries(5):
        figures_of(trust)


def test_who_plans_learning_is_told_of_the_organisations_their_role_covers(trust):
    lead = grant(PersonFactory(), "LEARNING_LEAD", trust)
    analyst = grant(PersonFactory(), "AUDITOR", trust)

    program = ApiClientPrincipal(ApiClientFactory(organisation=trust), frozenset())
    readers = (lead, analyst, PersonFactory(), program)
    told = [organisations_told(actor=who, on=TODAY) for who in readers]

    assert [rows and list(rows) for rows in told] == [[trust], None, None, [trust]]
