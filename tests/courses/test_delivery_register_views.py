"""The register on a phone, the roster and completing, by form."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from courses.models import (
    CompletionException,
    CompletionRule,
    Meeting,
    MeetingMark,
    PartialCredit,
)
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    EnrolmentFactory,
    SessionFactory,
    colleague_of,
    host_of,
    outcome,
    queued,
    seated,
)
from tests.factories.delivery import mark
from tests.factories.pathways import CompetencyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# As in test_running_views.
SIGN_IN = 7


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(hours=8), capacity=60)


@pytest.fixture
def lead(client, session):
    person = grant(colleague_of(session), "LEARNING_LEAD", host_of(session))
    client.force_login(person)
    return person


def address(name, *args):
    return reverse(f"courses:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


def state_of(enrolment):
    enrolment.refresh_from_db()
    return enrolment.state


def test_marks_are_saved_and_the_register_is_finished(client, lead, session):
    came, late, away = (seated(session, seat) for seat in (1, 2, 3))
    register = address("session_attendance", session.pk)
    sent = {
        f"mark_{came.pk}": "PRESENT",
        f"mark_{late.pk}": "LATE",
        f"minutes_{late.pk}": "15",
        f"mark_{away.pk}": "ABSENT",
        f"reason_{away.pk}": "TRAVEL",
        "step": "finish",
    }

    response = client.post(register, sent)

    assert response["Location"] == address("session_register", session.pk)
    assert [state_of(row) for row in (came, late, away)] == ["ATTENDED", "ATTENDED", "ABSENT"]
    page = text_of(client.get(response["Location"]))
    assert "Late by 15 minutes" in page
    assert "Record completion of 2 people" in page


def test_one_row_is_saved_by_itself(client, lead, session):
    one, two = seated(session, 1), seated(session, 2)
    register = address("session_attendance", session.pk)

    client.post(
        register,
        {f"mark_{one.pk}": "PRESENT", f"mark_{two.pk}": "ABSENT", "only": str(one.pk)},
    )

    assert list(MeetingMark.objects.values_list("enrolment", "mark")) == [(one.pk, "PRESENT")]


def test_finishing_too_early_keeps_what_was_marked(client, lead, session):
    one, forgotten = seated(session, 1), seated(session, 2)

    response = client.post(
        address("session_attendance", session.pk),
        {f"mark_{one.pk}": "PRESENT", "step": "finish"},
        follow=True,
    )

    assert "1 mark is missing." in text_of(response)
    assert MeetingMark.objects.get().enrolment == one
    assert state_of(forgotten) == "CONFIRMED"


def test_what_somebody_else_marked_meanwhile_is_shown_beside_what_was_typed(client, lead, session):
    place = seated(session, 1)
    other = grant(
        PersonFactory(given_name="Olena", family_name="Shevchenko"),
        "PROGRAMME_LEAD",
        host_of(session),
    )
    mark(place, "ABSENT", marked_by=other)
    register = address("session_attendance", session.pk)
    sent = {f"mark_{place.pk}": "LATE", f"minutes_{place.pk}": "7", f"seen_{place.pk}": "0"}

    refused = client.post(register, sent)
    again = client.post(register, {**sent, f"seen_{place.pk}": "1"})

    page = text_of(refused)
    assert refused.status_code == 422
    assert "Olena Shevchenko marked this at" in page
    assert 'value="7"' in page
    assert f'name="seen_{place.pk}" value="1"' in page
    assert again.status_code == 302
    assert MeetingMark.objects.get().mark == "LATE"


def test_what_nobody_touched_is_not_taken_for_an_answer(client, lead, session):
    place = seated(session, 1)
    mark(place, "ABSENT", version=2)
    sent = {f"mark_{place.pk}": "PRESENT", f"seen_{place.pk}": "1"}

    response = client.post(
        address("session_attendance", session.pk), {**sent, f"was_{place.pk}": "PRESENT|||"}
    )

    assert response.status_code == 302
    assert MeetingMark.objects.get().mark == "ABSENT"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"mark": "LATE"}, "Enter how many minutes late"),
        ({"mark": "LATE", "minutes": "many"}, "Enter a whole number, like 15"),
        ({"mark": "LATE", "minutes": "241"}, "Enter a number that is 240 or less"),
        ({"mark": "PRESENT", "minutes": "5"}, "Empty the minutes, or select Late"),
        ({"mark": "PRESENT", "reason": "LEAVE"}, "Select No reason given, or Absent or Excused"),
        ({"mark": "ABSENT", "text": "A cold"}, "Select a reason"),
        ({"mark": "ELSEWHERE"}, "Select an answer from the list"),
        ({"was": "PRESENT|||"}, "Select how"),
    ],
)
def test_a_wrong_row_is_not_saved(client, lead, session, typed, sentence):
    place, right = seated(session, 1), seated(session, 2)
    sent = {f"{name}_{place.pk}": value for name, value in typed.items()}

    response = client.post(
        address("session_attendance", session.pk), {**sent, f"mark_{right.pk}": "PRESENT"}
    )

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not MeetingMark.objects.exists()


@pytest.mark.parametrize("only", ["999999999", "x"])
def test_a_row_that_is_not_on_the_register_is_refused(client, lead, session, only):
    seated(session, 1)

    response = client.post(address("session_attendance", session.pk), {"only": only})

    assert response.status_code == 422
    assert "Somebody you marked has no place on this session." in text_of(response)


@pytest.fixture
def second(session):
    """A meeting on the day after the first."""
    return Meeting.objects.create(
        session=session,
        starts_at=session.starts_at + timedelta(days=1),
        ends_at=session.ends_at + timedelta(days=1),
    )


def test_each_meeting_has_a_register_of_its_own(client, lead, session, second, clock):
    place = seated(session, 1)
    register = address("session_attendance", session.pk)
    client.post(register, {f"mark_{place.pk}": "PRESENT"})
    early = client.post(register, {"step": "finish"}, follow=True)
    clock.move_to(second.ends_at)
    client.force_login(lead)

    shown = text_of(client.get(register))
    client.post(f"{register}?meeting=2", {f"mark_{place.pk}": "ABSENT", "step": "finish"})

    assert "A meeting of this session is still to come." in text_of(early)
    assert "21 November 2026" in shown
    assert list(MeetingMark.objects.order_by("begins_at").values_list("begins_at", "mark")) == [
        (session.starts_at, "PRESENT"),
        (second.starts_at, "ABSENT"),
    ]
    assert state_of(place) == "ATTENDED"
    assert "Present, Absent" in text_of(client.get(address("session_register", session.pk)))


@pytest.mark.parametrize("asked", ["0", "3", "99999999999999999999", "x", "-1"])
def test_a_meeting_that_there_is_not_leads_to_the_last_that_began(
    client, lead, session, second, asked
):
    seated(session, 1)

    page = client.get(address("session_attendance", session.pk), {"meeting": asked})

    assert page.status_code == 200
    assert "Save this row" in text_of(page)


def test_a_register_opens_with_its_meeting(client, lead, session):
    coming = SessionFactory(offering=session.offering)
    seated(coming, 1)

    page = text_of(client.get(address("session_attendance", coming.pk)))

    assert "This meeting has not begun" in page
    assert "Save this row" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_a_register_takes_the_same_queries_for_any_number(
    client, lead, session, django_assert_num_queries, rows
):
    for number in range(rows):
        mark(seated(session, number + 1))
    mark(seated(SessionFactory(starts_at=session.starts_at), 1))

    with django_assert_num_queries(SIGN_IN + 8):  # standing, session, meetings, people, marks, told
        response = client.get(address("session_attendance", session.pk))

    assert text_of(response).count("Minutes late, or why away") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_a_roster_takes_the_same_queries_for_any_number(
    client, lead, session, django_assert_num_queries, rows
):
    for number in range(rows):
        mark(seated(session, number + 1))
        queued(session, minutes=number)
    seated(SessionFactory(), 1)

    # standing, session, count, people, marks, meetings, counts, rule, accreditation
    with django_assert_num_queries(SIGN_IN + 9):
        response = client.get(address("session_register", session.pk))

    assert text_of(response).count(host_of(session).name) == 2 * rows + 1


def test_a_roster_is_in_the_order_of_places_waiting_list_and_requests(client, lead, session):
    names = ["Zeta", "Young", "Abel", "Early"]
    zeta, young, abel, early = (
        employ(person=PersonFactory(given_name="Q", family_name=name)) for name in names
    )
    EnrolmentFactory(session=session, person=early)
    queued(session, person=abel, minutes=2)
    queued(session, person=young, minutes=1)
    seated(session, 1, person=zeta)

    page = text_of(client.get(address("session_register", session.pk)))

    places = [page.index(f"Q {name}") for name in names]
    assert places == sorted(places)
    assert "With a place: 1. On the waiting list: 2. Waiting for approval: 1." in page


DANGEROUS = '=HYPERLINK("http://example.org")'


def test_a_roster_as_a_csv_file_holds_no_formula(client, lead, session):
    person = PersonFactory(given_name=DANGEROUS, family_name="Jones")
    late = seated(session, 1, person=person)
    mark(late, "LATE", minutes_late=4)

    response = client.get(address("session_register", session.pk), {"format": "csv"})

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    heading, row = response.content.decode("utf-8-sig").splitlines()
    assert heading.startswith("Person,Organisation,State,Place on the waiting list,Asked,")
    assert row.startswith("\"'=HYPERLINK(")
    assert "Late by 4 minutes" in row


def test_a_roster_as_a_workbook_holds_no_formula(client, lead, session):
    person = PersonFactory(given_name=DANGEROUS, family_name="Jones")
    seated(session, 1, person=person)

    response = client.get(address("session_register", session.pk), {"format": "xlsx"})

    sheet = load_workbook(BytesIO(response.content)).active
    cell = sheet.cell(row=2, column=1)
    assert (cell.data_type, cell.value[:12]) == ("s", "'=HYPERLINK(")
    assert sheet.max_row == 2


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("get", "session_register"),
        ("get", "session_attendance"),
        ("post", "session_attendance"),
        ("get", "session_complete"),
        ("post", "session_complete"),
    ],
)
def test_a_session_that_somebody_else_runs_is_refused(client, session, method, name):
    client.force_login(colleague_of(session))
    elsewhere = grant(employ(), "LEARNING_LEAD", OrganisationFactory())

    refused = getattr(client, method)(address(name, session.pk))
    client.force_login(elsewhere)
    unseen = getattr(client, method)(address(name, session.pk))

    assert (refused.status_code, unseen.status_code) == (403, 404)
    assert "Only a learning lead or programme lead of who hosts or teaches it" in text_of(refused)


def test_everybody_who_meets_the_rule_completes_at_once(client, lead, session):
    CompletionRule.objects.create(
        offering=session.offering, least_share=100, starts_on=TODAY - timedelta(days=30)
    )
    came = seated(session, 1, state="ATTENDED")
    mark(came)
    missed = seated(session, 2, state="ATTENDED")
    mark(missed, "ABSENT")
    session.state = "CLOSED"
    session.save()
    page = address("session_complete", session.pk)

    shown = text_of(client.get(page))
    wrong = client.post(page, {"completed-people": [str(missed.pk)]})
    client.post(page, {"completed-people": [str(came.pk)]})

    assert "It takes 100 per cent of the meetings to complete." in shown
    assert "At 0 per cent of the meetings" in shown
    assert wrong.status_code == 422
    assert [state_of(row) for row in (came, missed)] == ["COMPLETED", "ATTENDED"]


def test_nobody_ticked_is_no_answer(client, lead, session):
    seated(session, 1, state="ATTENDED")

    response = client.post(address("session_complete", session.pk))

    assert response.status_code == 422
    assert "Select who has completed the course" in text_of(response)


def test_an_exception_takes_a_reason(client, lead, session):
    CompletionRule.objects.create(
        offering=session.offering, least_share=80, starts_on=TODAY - timedelta(days=30)
    )
    short = seated(session, 1, state="ATTENDED")
    mark(short, "ABSENT")
    page = address("enrolment_complete", short.pk)

    refused = client.post(page, {"how": "WHOLE"})
    client.post(page, {"how": "WHOLE", "reason": "Wrote the essay instead"})

    assert refused.status_code == 422
    assert "Enter why it counts as completed all the same" in text_of(refused)
    kept = CompletionException.objects.get()
    assert (kept.enrolment, kept.made_by, kept.missing) == (short, lead, ["ATTENDANCE"])
    assert state_of(short) == "COMPLETED"


def test_a_part_is_credited_by_form(client, lead, session):
    reached, other = CompetencyFactory(title="Budgets"), CompetencyFactory(title="Rotas")
    outcome(session.offering.programme, reached, 2)
    outcome(session.offering.programme, other, 1)
    row = seated(session, 1, state="ATTENDED", person=colleague_of(session))
    page = address("enrolment_complete", row.pk)

    shown = text_of(client.get(page))
    nothing = client.post(page, {"how": "PART"})
    client.post(page, {"how": "PART", "competencies": [str(reached.pk)]})

    assert "Budgets to level 2" in shown
    assert "Select what was reached" in text_of(nothing)
    assert list(PartialCredit.objects.values_list("competency", "rank")) == [(reached.pk, 2)]
    assert state_of(row) == "PARTIAL"


def test_who_did_not_attend_cannot_be_completed(client, lead, session):
    row = seated(session, 1, state="ABSENT")

    response = client.get(address("enrolment_complete", row.pk))

    assert response.status_code == 409


def test_what_it_takes_is_set_from_a_day_on(client, lead, session):
    page = address("completion_rule", session.offering_id)
    day = {"starts_on_day": "1", "starts_on_month": "12", "starts_on_year": "2026"}

    wrong = client.post(page, {"least_share": "101", **day})
    past = client.post(page, {"least_share": "80", **day, "starts_on_month": "1"})
    client.post(page, {"least_share": "80", **day})

    assert (wrong.status_code, past.status_code) == (422, 422)
    assert "must be on or after 20 November 2026" in text_of(past)
    rule = CompletionRule.objects.get()
    assert (rule.least_share, rule.starts_on.isoformat()) == (80, "2026-12-01")
    assert "from 1 December 2026" in text_of(client.get(page))


def test_somebody_who_was_away_says_why(client, session):
    away = seated(session, 1, person=colleague_of(session), state="ABSENT")
    client.force_login(away.person)
    page = address("absence_explain", away.pk)
    shown = text_of(client.get(address("session_show", session.pk)))

    empty = client.post(page)
    client.post(page, {"reason": "SERVICE", "text": "The ward was short"})

    assert "Say why you were not there" in shown
    assert "Select why you were not there" in text_of(empty)
    assert MeetingMark.objects.get().reason_text == "The ward was short"


def test_an_absence_of_somebody_else_is_not_there(client, session):
    away = seated(session, 1, person=colleague_of(session), state="ABSENT")
    client.force_login(colleague_of(session))

    assert client.get(address("absence_explain", away.pk)).status_code == 404
