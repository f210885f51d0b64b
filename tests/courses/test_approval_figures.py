"""What became of requests, counted per organisation and quarter with small numbers protected."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from courses.models import Approval
from courses.selectors.approval_figures import approval_figures, quarters_until
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant
from tests.factories.approvals import ContestFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import EnrolmentFactory, OfferingFactory, SessionFactory

pytestmark = pytest.mark.django_db

QUARTER = date(2026, 10, 1)


@pytest.fixture
def session():
    return SessionFactory(offering=OfferingFactory(), capacity=500)


def requests(session, number, *, state="REQUESTED", days=3, asked_at=NOW, **fields):
    """So many people's requests, each answered so many days after it was made."""
    made = []
    for _each in range(number):
        row = EnrolmentFactory(
            session=session, state=state, basis="APPROVAL", requested_at=asked_at, **fields
        )
        if fields.get("decided_by"):
            Approval.objects.create(
                enrolment=row,
                state="REFUSED" if state == "REFUSED" else "APPROVED",
                asked_at=asked_at,
                due_on=asked_at.date(),
                decided_at=asked_at + timedelta(days=days),
                decided_by=fields["decided_by"],
            )
        made.append(row)
    return made


def refused(session, number, reason="BUDGET", **fields):
    decided = {"decided_at": NOW, "decided_by": PersonFactory(), "ended_at": NOW}
    return requests(
        session, number, state="REFUSED", refusal_reason=reason, **{**decided, **fields}
    )


def granted(session, number, **fields):
    decided = {"decided_at": NOW, "queued_at": NOW}
    return requests(session, number, state="WAITING", **{**decided, **fields})


def test_people_are_counted_by_what_their_requests_came_to(session):
    requests(session, 12)
    granted(session, 21, decided_by=PersonFactory())
    granted(session, 11, decided_by_rule="SILENCE_GRANTS")
    granted(session, 13, decided_by_rule="NOT_NEEDED")
    refused(session, 18)
    refused(session, 10, "NO_ANSWER", decided_by=None, decided_by_rule="SILENCE_REFUSES")
    requests(session, 14, state="WITHDRAWN", ended_at=NOW)

    figures = approval_figures(organisation_id=session.offering.host_id, first=QUARTER)

    assert dict(figures.outcomes.cells) == {
        "GRANTED": 20,
        "GRANTED_BY_SILENCE": 10,
        "UNASKED": 15,
        "REFUSED": 20,
        "REFUSED_BY_SILENCE": 10,
        "WAITING": 10,
        "ENDED": 15,
    }


def test_few_people_are_not_told_nor_what_they_could_be_worked_out_from(session):
    granted(session, 30, decided_by=PersonFactory())
    requests(session, 20)
    refused(session, 3)

    figures = approval_figures(organisation_id=session.offering.host_id, first=QUARTER)

    cells = figures.outcomes.cells
    assert (cells["GRANTED"], cells["REFUSED"], cells["WAITING"]) == (30, None, None)
    assert set(figures.reasons.values()) == {None}


def test_ten_requests_of_one_person_are_one_person(session):
    person = PersonFactory()
    for _each in range(12):
        other = SessionFactory(offering=session.offering)
        requests(other, 1, person=person)

    figures = approval_figures(organisation_id=session.offering.host_id, first=QUARTER)

    assert figures.is_empty


def test_refusals_are_told_by_reason_and_contests_by_what_they_came_to(session):
    rows = refused(session, 24, "BUDGET") + refused(session, 12, "NOT_NOW")
    answered = {"decided_at": NOW, "decided_by": PersonFactory(), "answer": "No."}
    for row in rows[:12]:
        ContestFactory(enrolment=row, state="UPHELD", **answered)
    for row in rows[12:22]:
        ContestFactory(enrolment=row, state="OVERTURNED", **answered)

    figures = approval_figures(organisation_id=session.offering.host_id, first=QUARTER)

    assert figures.reasons["BUDGET"] in {25, None}
    assert (figures.contests.cells["UPHELD"], figures.contests.cells["OPEN"]) == (10, None)


def test_the_median_counts_working_days_and_only_answers_of_people(session):
    granted(session, 6, decided_by=PersonFactory(), days=3)  # Friday to Monday: one
    granted(session, 7, decided_by=PersonFactory(), days=7)  # a week: five
    granted(session, 30, decided_by_rule="SILENCE_GRANTS")

    figures = approval_figures(organisation_id=session.offering.host_id, first=QUARTER)

    assert figures.median_days == 5


def test_fewer_than_ten_answers_have_no_median(session):
    granted(session, 9, decided_by=PersonFactory())

    figures = approval_figures(organisation_id=session.offering.host_id, first=QUARTER)

    assert figures.median_days is None


def test_other_organisations_and_other_quarters_are_not_counted(session):
    requests(session, 15)
    requests(session, 15, asked_at=NOW - timedelta(days=90))
    requests(SessionFactory(), 15)

    figures = approval_figures(organisation_id=session.offering.host_id, first=QUARTER)

    assert figures.outcomes.total == 15


def test_quarters_go_back_from_the_one_of_the_day():
    assert quarters_until(TODAY, count=3) == [QUARTER, date(2026, 7, 1), date(2026, 4, 1)]


@pytest.mark.parametrize("number", [15, 45])
def test_the_figures_take_the_same_statements_for_any_number(
    session, number, django_assert_num_queries
):
    requests(session, number)

    with django_assert_num_queries(6):
        approval_figures(organisation_id=session.offering.host_id, first=QUARTER)


@pytest.mark.parametrize("role", ["LEARNING_LEAD", "ORGANISATION_ADMINISTRATOR"])
def test_whoever_keeps_the_rule_reads_the_figures(client, clock, session, role):
    requests(session, 15)
    client.force_login(grant(PersonFactory(), role, session.offering.host))

    response = client.get(reverse("courses:approval_figures"))

    text = response.content.decode()
    assert (response.status_code, "Waiting for an answer" in text) == (200, True)
    assert "Too few to tell" in text


def test_a_quarter_in_which_few_asked_says_so(client, clock, session):
    client.force_login(grant(PersonFactory(), "LEARNING_LEAD", session.offering.host))

    response = client.get(reverse("courses:approval_figures"), {"quarter": "2026-07-01"})

    assert "Too few people asked in this quarter" in response.content.decode()


def test_nobody_else_reads_them_and_no_other_organisation_s(client, clock, session):
    other = OrganisationFactory()
    client.force_login(grant(PersonFactory(), "LEARNING_LEAD", session.offering.host))

    foreign = client.get(reverse("courses:approval_figures"), {"organisation": other.pk})
    client.force_login(grant(PersonFactory(), "HR_ADMINISTRATOR", session.offering.host))
    refused_page = client.get(reverse("courses:approval_figures"))

    assert foreign.context["organisation"] == session.offering.host
    assert (foreign.status_code, refused_page.status_code) == (422, 403)
