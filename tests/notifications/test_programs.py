"""Administrators are reminded that a program's secret ends."""

from datetime import date, timedelta

import pytest

from accounts.actors import SystemJob
from accounts.services.client_secrets import add_secret, revoke_secret
from accounts.services.clients import create_client, stop_client
from notifications.models import Notice
from notifications.programs import ends, register_reminders, secret_ends
from notifications.services.reminders import run_due_days
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant, place_below
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db
SYSTEM = SystemJob("tests", organisation_ids=None)
# Made at noon of 20 November 2026, so its last day is the day before that of the next year.
LAST = date(2027, 11, 19)
MONTH_BEFORE, WEEK_BEFORE = LAST - timedelta(days=30), LAST - timedelta(days=7)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def program(trust):
    opened, _text = create_client(
        name="HR system", organisation=trust, scopes=["people:read"], by=SYSTEM, now=NOW
    )
    return opened


@pytest.fixture
def administrator(trust):
    return grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", trust)


def told(on):
    return [(due.recipient_id, due.period) for due in secret_ends(on)]


def test_a_month_and_a_week_before_and_on_no_other_day(program, administrator):
    days = [LAST - timedelta(days=left) for left in range(-2, 40)]

    reminders = {day: told(day) for day in days if told(day)}

    assert reminders == {
        MONTH_BEFORE: [(administrator.pk, "30")],
        WEEK_BEFORE: [(administrator.pk, "7")],
    }


def test_a_secret_that_ends_in_the_middle_of_a_day_is_told_of_too(program, administrator):
    program.secrets.update(expires_at=NOW + (LAST - NOW.date()))

    assert told(MONTH_BEFORE) == [(administrator.pk, "30")]
    assert told(MONTH_BEFORE - timedelta(days=1)) == []


def test_the_notice_says_which_program_and_when(program, administrator):
    register_reminders()
    run_due_days(now=NOW + (MONTH_BEFORE - NOW.date()))

    notice = Notice.objects.get(rule="accounts.secret_ends")
    assert notice.recipient == administrator
    assert notice.url == f"/programs/{program.pk}/"
    assert ends(notice.facts) == (
        "The secret of HR system opens nothing after 19 November 2027. Add another and let the "
        "program use it before then."
    )


def test_nobody_is_told_of_a_secret_that_was_replaced_or_ended(program, administrator):
    later = NOW + timedelta(days=90)
    add_secret(client=program, by=SYSTEM, now=later)

    assert told(MONTH_BEFORE) == []
    revoke_secret(secret=program.secrets.latest("pk"), by=SYSTEM, now=later)
    assert told(MONTH_BEFORE) == [(administrator.pk, "30")]
    stop_client(client=program, by=SYSTEM, now=later)
    assert told(MONTH_BEFORE) == []


def test_the_administrators_of_the_nearest_organisation_above_are_told_where_there_are_none(
    program, trust
):
    board = OrganisationFactory(kind="ICB")
    place_below(trust, board)
    above = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", board)
    grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", OrganisationFactory())
    grant(PersonFactory(is_active=False), "ORGANISATION_ADMINISTRATOR", trust)
    grant(PersonFactory(), "LEARNING_LEAD", trust)

    assert told(MONTH_BEFORE) == [(above.pk, "30")]


@pytest.mark.parametrize("rows", [1, 3])
def test_it_takes_two_statements_however_many_end(rows, django_assert_num_queries):
    for _ in range(rows):
        place = OrganisationFactory()
        grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", place)
        create_client(
            name="HR system", organisation=place, scopes=["people:read"], by=SYSTEM, now=NOW
        )

    with django_assert_num_queries(2):
        found = told(MONTH_BEFORE)

    assert len(found) == rows
