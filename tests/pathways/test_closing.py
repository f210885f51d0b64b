from datetime import timedelta

import pytest

from accounts.models import Event, EventText
from common.errors import Conflict, Forbidden
from pathways.models import Attainment
from pathways.policies.attainments import may_close_attainment
from pathways.selectors.counting import counting_attainments
from pathways.services.closing import close_attainment
from tests.courses.test_overbooking import at_once
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import AttainmentFactory

pytestmark = pytest.mark.django_db

BEFORE = TODAY - timedelta(days=100)
YESTERDAY = TODAY - timedelta(days=1)


def level(person, source="MANAGER", **fields):
    return AttainmentFactory(
        person=person, rank=3, source=source, **{"attained_on": BEFORE, **fields}
    )


def close(row, by, last_day=YESTERDAY, reason="Two years without a budget"):
    return close_attainment(attainment=row, last_day=last_day, reason=reason, by=by, now=NOW)


def test_a_level_counts_until_its_last_day_and_the_one_before_it_counts_again():
    manager = employ()
    person = employ(organisation=OrganisationFactory(), manager=manager)
    older = level(person, attained_on=BEFORE - timedelta(days=1))
    row = level(person, competency=older.competency)

    close(row, manager)

    def counts(on):
        return list(counting_attainments(person_ids=[person.pk], on=on))

    assert (counts(YESTERDAY), counts(TODAY)) == ([row], [older])
    row.refresh_from_db()
    assert (row.rank, row.attained_on, row.valid_to) == (3, BEFORE, YESTERDAY)


def test_the_reason_is_private_in_the_ledger():
    manager = employ()
    person = employ(organisation=OrganisationFactory(), manager=manager)

    row = close(level(person), manager)

    event = Event.objects.get()
    assert (event.verb, event.subject, event.about_id) == ("close_attainment", person, row.pk)
    assert event.facts["valid_to"] == YESTERDAY.isoformat()
    assert "budget" not in str(event.facts)
    assert EventText.objects.get().text == "Two years without a budget"


@pytest.mark.parametrize(
    ("relations", "source", "may"),
    [
        ({"SELF"}, "SELF", True),
        ({"SELF"}, "CARRIED", True),
        ({"SELF"}, "MANAGER", False),
        ({"SELF", "LEARNING_LEAD"}, "MANAGER", False),
        ({"LINE_MANAGER"}, "MANAGER", True),
        ({"LEARNING_LEAD"}, "COURSE", True),
        ({"LINE_MANAGER", "LEARNING_LEAD"}, "SELF", False),
        ({"SUPERVISOR", "SECOND_LINE", "HR_ADMINISTRATOR", "DELEGATE"}, "MANAGER", False),
        ({"API_CLIENT"}, "IMPORTED", True),
        ({"API_CLIENT"}, "MANAGER", False),
        ({"API_CLIENT"}, "SELF", False),
        ({"LINE_MANAGER"}, "IMPORTED", True),
        (set(), "IMPORTED", False),
        (set(), "SELF", False),
    ],
)
def test_may_close_attainment_both_ways(relations, source, may):
    assert may_close_attainment(frozenset(relations), source=source) is may


def test_own_word_is_ended_by_oneself_and_by_nobody_else():
    manager = employ()
    person = employ(manager=manager)
    row = level(person, source="SELF")

    with pytest.raises(Forbidden):
        close(row, manager)
    close(row, person)

    row.refresh_from_db()
    assert row.valid_to == YESTERDAY


def test_the_learning_lead_of_another_organisation_ends_nothing():
    person = employ(organisation=OrganisationFactory())
    row = level(person)

    with pytest.raises(Forbidden):
        close(row, grant(employ(), "LEARNING_LEAD", OrganisationFactory()))

    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("fields", "given", "code"),
    [
        ({}, {"reason": "  "}, "reason_missing"),
        ({}, {"last_day": BEFORE - timedelta(days=1)}, "ends_before_it_began"),
        ({"valid_to": YESTERDAY}, {}, "ends_already"),
        ({"valid_to": YESTERDAY}, {"last_day": TODAY}, "ends_already"),
    ],
)
def test_an_end_that_cannot_be_is_refused_with_a_sentence(fields, given, code):
    manager = employ()
    row = level(employ(manager=manager), **fields)

    with pytest.raises(Conflict) as refusal:
        close(row, manager, **given)

    assert refusal.value.code == code
    assert Attainment.objects.get().valid_to == fields.get("valid_to")


def test_an_end_can_be_brought_forward():
    manager = employ()
    row = level(employ(manager=manager), valid_to=TODAY + timedelta(days=300))

    close(row, manager, last_day=TODAY)

    row.refresh_from_db()
    assert row.valid_to == TODAY


@pytest.mark.django_db(transaction=True)
def test_of_two_ends_at_once_the_earlier_stands_and_a_later_one_is_refused():
    manager = employ()
    row = level(employ(manager=manager))

    def end(last_day):
        try:
            close(row, manager, last_day=last_day)
        except Conflict:
            return None
        return last_day

    days = at_once(end, [YESTERDAY, TODAY])

    row.refresh_from_db()
    assert row.valid_to == YESTERDAY
    assert YESTERDAY in days
