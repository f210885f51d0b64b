from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from courses.models import SubjectRecord
from courses.selectors.compliance import asked_of, team_members, team_training, training_of
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, place_below
from tests.factories.clock import NOW, TODAY
from tests.factories.compliance import (
    RenewalRuleFactory,
    SubjectExemptionFactory,
    ask,
    level_of,
    subject_of,
    teach,
    trained,
    with_role,
)
from tests.factories.courses import OfferingFactory, ProgrammeFactory, SessionFactory
from tests.factories.pathways import RoleProfileFactory, follow


@pytest.fixture
def trust(db):
    return OrganisationFactory()


@pytest.fixture
def fire(trust):
    subject = subject_of("Fire safety")
    ask(trust, subject)
    return subject


def states_of(*people, on=TODAY):
    found = asked_of([one.pk for one in people], on=on)
    return {(row.person_id, row.level_id): str(row.state) for row in found}


def state_of(person, on=TODAY):
    return [str(row.state) for row in asked_of([person.pk], on=on)]


@pytest.mark.parametrize(
    ("last_day", "state"),
    [
        (TODAY - timedelta(days=1), "EXPIRED"),
        # Its last day counts still.
        (TODAY, "DUE"),
        (TODAY + timedelta(days=90), "DUE"),
        (TODAY + timedelta(days=91), "COMPLIANT"),
    ],
)
def test_training_is_due_before_its_last_day_and_expired_after(trust, fire, last_day, state):
    person = employ(organisation=trust)
    trained(
        person,
        fire,
        on=date(2025, 1, 1),
        expires_on=last_day,
        counts_from=last_day,
        counts_months=0,
    )

    assert state_of(person) == [state]


def test_who_was_never_trained_is_told_apart_from_who_has_expired(trust, fire):
    never, for_good = employ(organisation=trust), employ(organisation=trust)
    trained(for_good, fire, months=None)

    assert states_of(never, for_good) == {
        (never.pk, level_of(fire).pk): "NEVER",
        (for_good.pk, level_of(fire).pk): "COMPLIANT",
    }


def test_nothing_is_asked_elsewhere_or_of_who_has_left(trust, fire):
    elsewhere = employ(organisation=OrganisationFactory())
    left = employ(organisation=trust)
    left.assignments.update(ends_on=TODAY - timedelta(days=1))

    assert states_of(elsewhere, left) == {}
    assert state_of(left, on=TODAY - timedelta(days=1)) == ["NEVER"]


def test_what_a_board_asks_is_asked_in_its_trusts(trust):
    board, subject = OrganisationFactory(kind="ICB"), subject_of("Oliver McGowan training")
    place_below(trust, board)
    ask(board, subject)

    assert state_of(employ(organisation=trust)) == ["NEVER"]


def test_it_is_asked_of_a_staff_group_or_a_role(trust):
    nurses, rota = subject_of("Resuscitation"), subject_of("Rota law")
    role = RoleProfileFactory()
    ask(trust, nurses, staff_group="03")
    ask(trust, rota, role_profile=role)
    nurse = employ(organisation=trust, staff_group="03")
    planner = follow(employ(organisation=trust), role)

    assert set(states_of(nurse, planner)) == {
        (nurse.pk, level_of(nurses).pk),
        (planner.pk, level_of(rota).pk),
    }


def test_of_several_levels_the_highest_is_asked_and_counts_for_the_lower(trust):
    subject = subject_of("Safeguarding children", "Level 1", "Level 2")
    ask(trust, subject, rank=1)
    ask(trust, subject, rank=2, staff_group="03")
    nurse = employ(organisation=trust, staff_group="03")
    clerk = employ(organisation=trust)
    trained(nurse, subject, rank=1)
    trained(clerk, subject, rank=2)

    assert states_of(nurse, clerk) == {
        (nurse.pk, level_of(subject, 2).pk): "NEVER",
        (clerk.pk, level_of(subject, 1).pk): "COMPLIANT",
    }


def test_where_a_higher_level_does_not_count_each_is_asked_by_itself(trust):
    subject = subject_of("Life support", "Adult", "Newborn", higher_counts=False)
    ask(trust, subject, rank=1)
    ask(trust, subject, rank=2)
    person = employ(organisation=trust)
    trained(person, subject, rank=2)

    assert states_of(person) == {
        (person.pk, level_of(subject, 1).pk): "NEVER",
        (person.pk, level_of(subject, 2).pk): "COMPLIANT",
    }


def test_the_last_completed_counts_and_what_was_struck_out_does_not(trust, fire):
    person = employ(organisation=trust)
    trained(person, fire, on=date(2026, 10, 1))
    trained(person, fire, on=date(2023, 10, 1))

    assert state_of(person) == ["COMPLIANT"]

    SubjectRecord.objects.filter(completed_on=date(2026, 10, 1)).update(struck_at=NOW)

    assert state_of(person) == ["EXPIRED"]


def test_who_is_exempt_is_not_behind_while_it_lasts(trust, fire):
    person = employ(organisation=trust)
    SubjectExemptionFactory(
        person=person, organisation=trust, subject=fire, ends_on=TODAY + timedelta(days=3)
    )
    SubjectExemptionFactory(person=person, subject=fire)

    assert state_of(person) == ["EXEMPT"]
    assert state_of(person, on=TODAY + timedelta(days=4)) == ["NEVER"]


def test_the_first_reminder_says_from_when_it_is_due(trust, fire):
    person = employ(organisation=trust)
    trained(person, fire, on=date(2024, 12, 31))
    RenewalRuleFactory(remind_days=[90, 30])
    assert state_of(person) == ["DUE"]

    RenewalRuleFactory(organisation=trust, remind_days=[30, 7])

    assert state_of(person) == ["COMPLIANT"]


def test_training_done_for_one_trust_counts_in_the_next(trust, fire):
    person = employ(organisation=OrganisationFactory())
    trained(person, fire)
    employ(person=person, organisation=trust)

    assert state_of(person) == ["COMPLIANT"]


def test_the_past_is_told_as_it_was(trust, fire):
    person = employ(organisation=trust)
    trained(person, fire, on=date(2026, 10, 1))

    assert state_of(person, on=date(2026, 9, 30)) == ["NEVER"]
    assert state_of(person, on=date(2026, 10, 1)) == ["COMPLIANT"]


def test_the_page_of_a_person_says_where_it_can_be_learned(trust, fire, django_assert_num_queries):
    person = employ(organisation=trust)
    calm = subject_of("Conflict resolution")
    ask(trust, calm)
    trained(person, calm)
    programme = ProgrammeFactory(title="Fire safety online")
    teach(fire, programme=programme)
    teach(fire, programme=ProgrammeFactory(is_listed=False))
    session = SessionFactory(offering=OfferingFactory(programme=programme, host=trust))

    rows = training_of(person, actor=person, on=TODAY, now=NOW)

    assert [row.level.subject for row in rows] == [fire, calm]
    assert rows[0].programmes == (programme,)
    assert rows[0].next_session == session
    assert rows[1].programmes == ()


def test_why_another_employer_does_not_ask_is_not_told_here(trust, fire):
    elsewhere = OrganisationFactory()
    person = employ(organisation=trust)
    employ(person=person, organisation=elsewhere)
    ask(elsewhere, fire)
    ours, theirs = [
        SubjectExemptionFactory(person=person, organisation=one, subject=fire)
        for one in (trust, elsewhere)
    ]

    here, there, own = [
        {row.exemption for row in training_of(person, actor=actor, on=TODAY, now=NOW)}
        for actor in (
            with_role("HR_ADMINISTRATOR", trust),
            with_role("HR_ADMINISTRATOR", elsewhere),
            person,
        )
    ]

    assert (here, there, own) == ({ours, None}, {theirs, None}, {ours, theirs})


@pytest.mark.parametrize("reports", [1, 3])
def test_a_team_is_read_in_as_many_statements_however_large_it_is(
    trust, fire, reports, django_assert_max_num_queries
):
    team = [employ(organisation=trust) for _ in range(reports)]
    trained(team[0], fire)
    ids = [one.pk for one in team]

    with django_assert_max_num_queries(12):
        found = team_training(person_ids=ids, on=TODAY)
        members = team_members(ids, on=TODAY)

    (column,) = found.columns
    assert column.subject == fire
    assert sum(column.counts.values()) == reports
    assert column.needed == reports - 1
    assert [one.person for one in members] == team
    assert str(members[0].cells[fire.pk].state) == "COMPLIANT"


def test_a_team_can_be_narrowed_to_who_has_to_do_something(trust, fire):
    done, behind = employ(organisation=trust), employ(organisation=trust)
    trained(done, fire)
    ids = [done.pk, behind.pk]

    assert team_training(person_ids=ids, on=TODAY, needed=True).person_ids == (behind.pk,)
    assert team_training(person_ids=ids, on=TODAY).person_ids == tuple(ids)
    nothing = subject_of("Nothing asked")
    chosen = team_training(person_ids=ids, on=TODAY, needed=True, subject_id=nothing.pk)
    assert chosen.person_ids == ()


def test_records_are_added_and_only_struck_out(trust, fire):
    row = trained(PersonFactory(), fire)
    rows = SubjectRecord.objects.filter(pk=row.pk)

    for change in ({"completed_on": date(2026, 1, 1)}, {"expires_on": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    assert rows.update(struck_at=NOW) == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(struck_at=None)
