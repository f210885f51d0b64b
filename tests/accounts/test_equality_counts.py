from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import SystemJob
from accounts.equality import own
from accounts.equality.cipher import Answer
from accounts.models import Event, MonitoringCode
from accounts.services.equality import answer_equality, resume_monitoring, stop_monitoring
from accounts.services.equality_counts import counts_of
from common.errors import Conflict, Forbidden
from common.suppression import suppressed
from config.reference.monitoring import load_monitoring_codes
from tests.equality import (
    CHINESE,
    DISABILITY,
    DISABLED,
    ETHNIC,
    NOT_DISABLED,
    WHITE_BRITISH,
)
from tests.factories.accounts import (
    BoardSeatFactory,
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import NOW, TODAY

committed = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("counts", "total", "cells"),
    [
        ({}, None, {}),
        ({"a": 9}, None, {"a": None}),
        ({"a": 10}, 10, {"a": 10}),
        ({"a": 12, "b": 13}, 25, {"a": 10, "b": 15}),
        # Nine of b would be the total less a and c, so c is hidden with it.
        ({"a": 40, "b": 9, "c": 20}, 70, {"a": 40, "b": None, "c": None}),
        ({"a": 40, "b": 5, "c": 5}, 50, {"a": 40, "b": None, "c": None}),
        ({"a": 40, "b": 0, "c": 20}, 60, {"a": 40, "b": None, "c": None}),
        ({"a": 9, "b": 9}, 20, {"a": None, "b": None}),
        ({"a": 12, "b": 1}, 15, {"a": None, "b": None}),
    ],
)
def test_small_numbers_are_hidden_and_cannot_be_worked_out(counts, total, cells):
    shown = suppressed(counts)

    assert (shown.total, dict(shown.cells)) == (total, cells)


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 60), max_size=20))
def test_no_figure_tells_of_fewer_than_ten(counts):
    shown = suppressed(counts)

    hidden = [counts[key] for key, count in shown.cells.items() if count is None]
    assert all(counts[key] >= 10 for key, count in shown.cells.items() if count is not None)
    assert all(count % 5 == 0 for count in shown.cells.values() if count is not None)
    if shown.total is not None and hidden:
        assert sum(hidden) >= 10
        assert len(hidden) >= 2


@pytest.fixture
def trust(apart_role):
    load_monitoring_codes()
    return OrganisationFactory()


@pytest.fixture
def analyst(trust):
    return grant(PersonFactory(), "EQUALITY_ANALYST", trust)


def staff(organisation, how_many, given=None):
    people = [employ(organisation=organisation) for _ in range(how_many)]
    for person in people:
        if given:
            own.keep(person.pk, given)
    return people


def some_unknown(organisation):
    """Twelve in two small groups, which hide each other and nobody else."""
    staff(organisation, 6)
    prefer_not = {
        ETHNIC: Answer("ETHNIC CATEGORY", "Z"),
        DISABILITY: Answer("WDES DISABILITY", "P"),
    }
    staff(organisation, 6, prefer_not)


def count(analyst, organisation, attribute=ETHNIC, *, on=TODAY, now=NOW):
    return counts_of(attribute, organisation, on=on, by=analyst, now=now)


def shown_in(counts):
    """The code, and how many: only those cells that are not hidden."""
    return {row.code: row.people for row in counts.rows if row.people is not None}


@committed
def test_answers_are_counted_and_small_groups_are_not_shown(trust, analyst):
    staff(trust, 21, {ETHNIC: WHITE_BRITISH, DISABILITY: NOT_DISABLED})
    staff(trust, 14, {ETHNIC: CHINESE})
    staff(trust, 3, {ETHNIC: Answer("ETHNIC CATEGORY", "B")})
    staff(trust, 8, {ETHNIC: Answer("ETHNIC CATEGORY", "99")})
    staff(trust, 4)

    counts = count(analyst, trust)

    # Three of B are hidden, and with them the twelve of whom nothing is known.
    assert counts.people == 50
    assert shown_in(counts) == {"A": 20, "R": 15}
    assert {row.code for row in counts.rows} == {*"ABCDEFGHJKLMNPRSZ", ""}
    assert [row.label for row in counts.rows if row.code == "R"] == [
        "Other Ethnic Groups - Chinese"
    ]
    # Nobody said yes, and that is hidden too: with both others shown it could be worked out.
    assert shown_in(count(analyst, trust, DISABILITY)) == {"": 30}


@committed
def test_people_of_other_organisations_are_not_counted(trust, analyst):
    some_unknown(trust)
    staff(trust, 12, {ETHNIC: WHITE_BRITISH})
    staff(OrganisationFactory(), 30, {ETHNIC: CHINESE})
    left = employ(organisation=trust, ends_on=TODAY - timedelta(days=1))
    own.keep(left.pk, {ETHNIC: WHITE_BRITISH})

    counts = count(analyst, trust)

    assert (counts.people, shown_in(counts)) == (25, {"A": 10})


@committed
def test_where_all_say_the_same_nothing_is_shown_because_it_would_tell_of_each(trust, analyst):
    staff(trust, 30, {DISABILITY: NOT_DISABLED})

    counts = count(analyst, trust, DISABILITY)

    assert (counts.people, shown_in(counts)) == (30, {})


@committed
def test_board_members_and_organisations_below_are_counted(trust):
    system = OrganisationFactory(kind="ICB")
    place_below(trust, system)
    analyst = grant(PersonFactory(), "EQUALITY_ANALYST", system)
    some_unknown(system)
    staff(trust, 6, {DISABILITY: DISABLED})
    for _ in range(6):
        seat = BoardSeatFactory(organisation=system)
        own.keep(seat.person_id, {DISABILITY: DISABLED})

    assert shown_in(count(analyst, system, DISABILITY)) == {"Y": 10}
    assert count(analyst, trust, DISABILITY).people is None


@committed
def test_from_the_day_of_a_stop_nobody_counts_the_person(trust, analyst):
    some_unknown(trust)
    people = staff(trust, 14, {DISABILITY: NOT_DISABLED})
    assert shown_in(count(analyst, trust, DISABILITY)) == {"N": 15}

    for person in people[:2]:
        stop_monitoring(person=person, by=person, now=NOW)

    assert shown_in(count(analyst, trust, DISABILITY)) == {"N": 10}
    # Figures of an earlier day that are made after the notice would use the answers after it.
    for day in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)):
        counts = count(analyst, trust, DISABILITY, on=day)
        assert (counts.people, shown_in(counts)) == (25, {"N": 10})


@committed
def test_who_takes_part_again_and_answers_counts_again(trust, analyst):
    some_unknown(trust)
    people = staff(trust, 14, {DISABILITY: NOT_DISABLED})
    for person in people[:2]:
        stop_monitoring(person=person, by=person, now=NOW)
        resume_monitoring(person=person, by=person, now=NOW)

    assert shown_in(count(analyst, trust, DISABILITY)) == {"N": 10}
    assert count(analyst, trust, DISABILITY).people == 25
    for person in people[:2]:
        answer_equality(person=person, answers={DISABILITY: NOT_DISABLED}, by=person, now=NOW)

    assert shown_in(count(analyst, trust, DISABILITY)) == {"N": 15}


@committed
def test_only_analysts_of_the_organisation_or_of_one_above_get_figures(trust, analyst):
    some_unknown(trust)
    staff(trust, 12, {ETHNIC: CHINESE})
    system, elsewhere = OrganisationFactory(kind="ICB"), OrganisationFactory()
    place_below(trust, system)
    above = grant(PersonFactory(), "EQUALITY_ANALYST", system)
    refused = [
        grant(PersonFactory(), "EQUALITY_ANALYST", elsewhere),
        grant(PersonFactory(), "HR_ADMINISTRATOR", trust),
        grant(PersonFactory(), "AUDITOR", trust),
        grant(PersonFactory(), "PLATFORM_OPERATOR", trust),
        employ(organisation=trust),
        SystemJob("sweep", organisation_ids=None),
    ]

    assert shown_in(count(above, trust)) == {"R": 10}
    for by in refused:
        with pytest.raises(Forbidden) as told:
            count(by, trust)
        assert told.value.code == "may_not_count_equality"


@committed
def test_each_reading_is_recorded_without_what_was_read(trust, analyst):
    staff(trust, 12, {ETHNIC: CHINESE})

    count(analyst, trust)

    event = Event.objects.get(verb="count_equality")
    assert (event.by_person, event.organisation, event.about_id) == (analyst, trust, trust.pk)
    assert event.facts == {"attribute": "ethnic_category", "on": "2026-11-20"}


@committed
def test_a_figure_that_would_be_wrong_is_refused(trust, analyst, settings):
    staff(trust, 12, {ETHNIC: CHINESE})
    settings.EQUALITY_KEYS = ["another key, of forty characters or more"]
    staff(trust, 30, {ETHNIC: CHINESE})

    with pytest.raises(Conflict) as refused:
        count(analyst, trust)

    assert refused.value.code == "equality_unreadable"
    assert not Event.objects.filter(verb="count_equality").exists()


@committed
def test_a_process_without_the_connection_gets_no_figure(trust, analyst, settings):
    staff(trust, 12, {ETHNIC: CHINESE})

    for url in ("", "postgres://waymark_equality@127.0.0.1:1/nothing"):
        settings.EQUALITY_DATABASE_URL = url
        with pytest.raises(Conflict) as refused:
            count(analyst, trust)
        assert refused.value.code == "equality_not_connected"


@committed
def test_a_code_that_is_no_longer_offered_is_still_counted(trust, analyst):
    some_unknown(trust)
    staff(trust, 12, {ETHNIC: CHINESE})
    MonitoringCode.objects.filter(code="R").delete()

    counts = count(analyst, trust)

    assert [(row.label, row.people) for row in counts.rows if row.people] == [("R", 10)]
