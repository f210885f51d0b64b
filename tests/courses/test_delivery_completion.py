"""Completing by rule, by exception and in part."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import CompletionException, CompletionRule, PartialCredit
from courses.selectors.completion import people_to_complete, rules_of
from courses.services.attendance import complete
from courses.services.completion import complete_in_part, set_completion_rule
from notifications.models import Notice
from pathways.models import Attainment
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, colleague_of, host_of, outcome, seated
from tests.factories.delivery import mark
from tests.factories.pathways import CompetencyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(hours=8), capacity=5, state="CLOSED")


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def attended(session, seat, said="PRESENT"):
    row = seated(session, seat, person=colleague_of(session), state="ATTENDED")
    mark(row, said)
    return row


def rule_of(session, share, *, days=30):
    return CompletionRule.objects.create(
        offering=session.offering, least_share=share, starts_on=TODAY - timedelta(days=days)
    )


def state_of(enrolment):
    enrolment.refresh_from_db()
    return enrolment.state


def test_what_each_person_lacks_is_told(session, lead):
    rule_of(session, 80)
    came, missed = attended(session, 1), attended(session, 2, "ABSENT")
    seated(session, 3, state="COMPLETED")
    attended(SessionFactory(offering=session.offering), 1)

    people = people_to_complete(session, actor=lead, on=TODAY)

    assert {(one.enrolment, one.share, one.missing) for one in people} == {
        (came, 100, ()),
        (missed, 0, ("ATTENDANCE",)),
    }


def test_who_lacks_what_it_takes_does_not_complete_and_neither_does_anybody_else(session, lead):
    rule_of(session, 80)
    came, missed = attended(session, 1), attended(session, 2, "ABSENT")

    with pytest.raises(Conflict) as refusal:
        complete(enrolments=[came, missed], by=lead, now=NOW)

    assert refusal.value.code == "rule_not_met"
    assert missed.person.full_name in str(refusal.value)
    assert came.person.full_name not in str(refusal.value)
    assert [state_of(row) for row in (came, missed)] == ["ATTENDED", "ATTENDED"]


def test_an_exception_is_kept_with_its_reason_and_only_for_whom_it_is_needed(session, lead):
    rule_of(session, 80)
    came, missed = attended(session, 1), attended(session, 2, "ABSENT")

    complete(
        enrolments=[came, missed],
        by=lead,
        now=NOW,
        exceptions={came.pk: "Not needed", missed.pk: "Read the slides"},
    )

    kept = CompletionException.objects.get()
    assert (kept.enrolment, kept.missing, kept.reason) == (
        missed,
        ["ATTENDANCE"],
        "Read the slides",
    )
    assert [state_of(row) for row in (came, missed)] == ["COMPLETED", "COMPLETED"]


def test_a_reason_of_blanks_is_none(session, lead):
    rule_of(session, 80)
    missed = attended(session, 1, "ABSENT")

    with pytest.raises(Conflict) as refusal:
        complete(enrolments=[missed], by=lead, now=NOW, exceptions={missed.pk: "  "})

    assert refusal.value.code == "rule_not_met"


def test_the_rule_of_the_last_day_of_the_session_holds(session):
    old = rule_of(session, 50)
    old.ends_on = TODAY - timedelta(days=1)
    old.save()
    now = CompletionRule.objects.create(offering=session.offering, least_share=100, starts_on=TODAY)
    before = SessionFactory(offering=session.offering, starts_at=NOW - timedelta(days=3))
    elsewhere = SessionFactory()

    assert rules_of([session, before, elsewhere]) == {session.pk: now, before.pk: old}


def test_another_rule_ends_the_one_before_and_replaces_what_was_planned(session, lead):
    old = rule_of(session, 50)
    old.ends_on = TODAY + timedelta(days=59)
    old.save()
    planned = CompletionRule.objects.create(
        offering=session.offering, least_share=60, starts_on=TODAY + timedelta(days=60)
    )

    made = set_completion_rule(
        offering=session.offering,
        least_share=90,
        starts_on=TODAY + timedelta(days=10),
        by=lead,
        now=NOW,
    )

    old.refresh_from_db()
    assert old.ends_on == TODAY + timedelta(days=9)
    assert set(CompletionRule.objects.all()) == {old, made}
    assert not CompletionRule.objects.filter(pk=planned.pk).exists()
    assert Event.objects.get(verb="set_completion_rule").facts["least_share"] == 90


def test_a_rule_is_not_set_for_sessions_that_are_over(session, lead):
    with pytest.raises(Conflict) as refusal:
        set_completion_rule(
            offering=session.offering,
            least_share=90,
            starts_on=TODAY - timedelta(days=1),
            by=lead,
            now=NOW,
        )

    assert refusal.value.code == "rule_in_the_past"


def test_only_who_runs_the_offering_sets_its_rule(session):
    elsewhere = grant(PersonFactory(), "LEARNING_LEAD", host_of(SessionFactory()))

    for actor in (colleague_of(session), elsewhere):
        with pytest.raises(Forbidden):
            set_completion_rule(
                offering=session.offering, least_share=90, starts_on=TODAY, by=actor, now=NOW
            )


def test_the_database_keeps_one_rule_at_a_time_of_a_hundred_per_cent_at_most(session):
    rule_of(session, 50)

    for share, day in ((101, TODAY - timedelta(days=90)), (40, TODAY)):
        with pytest.raises(IntegrityError), transaction.atomic():
            CompletionRule.objects.create(
                offering=session.offering, least_share=share, starts_on=day, ends_on=day
            )


@pytest.fixture
def brings(session):
    first, second = CompetencyFactory(), CompetencyFactory()
    outcome(session.offering.programme, first, 3)
    outcome(session.offering.programme, second, 2)
    return first, second


def levels_of(enrolment):
    rows = Attainment.objects.filter(person=enrolment.person, source="COURSE").order_by("pk")
    return list(rows.values_list("competency", "rank", "attained_on"))


def test_a_part_counts_as_far_as_it_goes_and_the_rest_when_it_is_completed(session, lead, brings):
    first, second = brings
    row = attended(session, 1)

    complete_in_part(enrolment=row, competencies={second.pk}, by=lead, now=NOW)
    part = (state_of(row), row.ended_at, levels_of(row))
    later = NOW + timedelta(days=20)
    complete(enrolments=[row], by=lead, now=later)

    assert part == ("PARTIAL", NOW, [(second.pk, 2, TODAY)])
    assert levels_of(row) == [
        (second.pk, 2, TODAY),
        (first.pk, 3, TODAY + timedelta(days=20)),
    ]
    assert state_of(row) == "COMPLETED"
    credit = PartialCredit.objects.get()
    assert (credit.enrolment, credit.competency, credit.rank) == (row, second, 2)
    told = Notice.objects.filter(recipient=row.person).order_by("pk")
    assert list(told.values_list("rule", flat=True)) == [
        "courses.completed_in_part",
        "courses.completed",
    ]


def test_a_part_is_some_of_what_the_course_brings_and_not_all(session, lead, brings):
    row = attended(session, 1)
    wrong = {
        "nothing_reached": set(),
        "not_an_outcome": {brings[0].pk, CompetencyFactory().pk},
        "all_reached": {one.pk for one in brings},
    }

    for code, reached in wrong.items():
        with pytest.raises(Conflict) as refusal:
            complete_in_part(enrolment=row, competencies=reached, by=lead, now=NOW)
        assert refusal.value.code == code
    assert state_of(row) == "ATTENDED"
    assert levels_of(row) == []


@pytest.mark.parametrize("state", ["CONFIRMED", "ABSENT", "PARTIAL", "COMPLETED"])
def test_only_who_attended_gets_credit_for_a_part(session, lead, brings, state):
    row = seated(session, 1, person=colleague_of(session), state=state)

    with pytest.raises(Conflict) as refusal:
        complete_in_part(enrolment=row, competencies={brings[0].pk}, by=lead, now=NOW)

    assert refusal.value.code == "stale_state"


def test_nobody_gives_themselves_credit(session, brings):
    row = attended(session, 1)

    with pytest.raises(Forbidden):
        complete_in_part(enrolment=row, competencies={brings[0].pk}, by=row.person, now=NOW)


def test_a_guest_of_another_trust_gets_credit_too(session, lead, brings):
    row = seated(session, 1, person=employ(), state="ATTENDED")

    complete_in_part(enrolment=row, competencies={brings[0].pk}, by=lead, now=NOW)

    assert levels_of(row) == [(brings[0].pk, 3, TODAY)]
