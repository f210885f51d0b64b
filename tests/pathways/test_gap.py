from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Person
from pathways.models import RoleProfile
from pathways.selectors.gap import Gap, GapRow, GapState, gap_analysis, levels_held
from tests.factories.accounts import PersonFactory
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    AttainmentFactory,
    RequirementFactory,
    competencies_of,
    role_asking,
    show,
)

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


def gap_of(person, role, on=TODAY):
    return gap_analysis(person_id=person.pk, role_profile=role, on=on)


@pytest.mark.django_db
def test_gap_sets_each_requirement_beside_the_level_shown():
    role = role_asking(3, 3, 2)
    person = PersonFactory()
    first, second, _third = competencies_of(role)
    show(person, {first: 3, second: 1})

    gap = gap_of(person, role)

    assert [(row.required, row.held, row.state) for row in gap.rows] == [
        (3, 3, GapState.MET),
        (3, 1, GapState.BELOW),
        (2, None, GapState.NOT_SHOWN),
    ]
    assert (gap.met_count, gap.top_rank) == (1, 4)
    assert [row.title for row in gap.not_shown_rows] == ["Skill 2"]


@pytest.mark.django_db
def test_gap_words_come_from_the_scale_and_the_source():
    role = role_asking(3)
    person = PersonFactory()
    AttainmentFactory(person=person, competency=competencies_of(role)[0], rank=2, source="COURSE")

    row = gap_of(person, role).rows[0]

    assert (row.required_label, row.held_label) == ("Frequently", "Occasionally")
    assert (row.source_label, row.attained_on) == ("Course", TODAY)


@pytest.mark.django_db
def test_gap_keeps_the_order_of_the_framework_not_of_the_codes():
    role = role_asking(1, 1, 1)
    for code, competency in zip(("10.2", "10.1", "9.1"), competencies_of(role), strict=True):
        competency.code = code
        competency.save()

    assert [row.code for row in gap_of(PersonFactory(), role).rows] == ["10.2", "10.1", "9.1"]


@pytest.mark.django_db
def test_latest_level_counts_whatever_its_source_and_the_later_record_of_one_day():
    role = role_asking(3)
    person, skill = PersonFactory(), competencies_of(role)[0]
    AttainmentFactory(
        person=person, competency=skill, rank=4, attained_on=YESTERDAY, source="COURSE"
    )
    AttainmentFactory(person=person, competency=skill, rank=3)
    AttainmentFactory(person=person, competency=skill, rank=2, source="APPRAISAL")

    assert gap_of(person, role).rows[0].held == 2
    assert gap_of(person, role, on=YESTERDAY).rows[0].held == 4
    assert gap_of(person, role, on=YESTERDAY - timedelta(days=1)).rows[0].held is None


@pytest.mark.django_db
def test_no_chance_to_demonstrate_leaves_the_level_before_it_standing():
    role = role_asking(3)
    person, skill = PersonFactory(), competencies_of(role)[0]
    show(person, {skill: 3}, on=YESTERDAY)
    show(person, {skill: None})

    row = gap_of(person, role).rows[0]

    assert (row.held, row.state, row.attained_on) == (3, GapState.MET, YESTERDAY)


@pytest.mark.django_db
def test_another_persons_levels_never_count():
    role = role_asking(3)
    show(PersonFactory(), {competencies_of(role)[0]: 4})

    assert gap_of(PersonFactory(), role).rows[0].held is None


@pytest.mark.django_db
def test_gap_of_a_role_that_asks_for_nothing_is_empty():
    role = role_asking()

    gap = gap_of(PersonFactory(), role)

    assert (gap.rows, gap.domains(), gap.open_rows, gap.top_rank) == ((), (), (), 0)


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [1, 3])
def test_gap_is_one_statement_however_much_is_asked(django_assert_num_queries, asked):
    role = role_asking(*[2] * asked)
    person = PersonFactory()
    show(person, dict.fromkeys(competencies_of(role), 1))

    with django_assert_num_queries(1):
        gap = gap_of(person, role)
        gap.domains()

    assert len(gap.open_rows) == asked


@pytest.mark.django_db
def test_levels_held_reads_many_people_in_one_statement(django_assert_num_queries):
    role = role_asking(3, 3)
    first, second = competencies_of(role)
    ada, ben, cai, outsider = PersonFactory.create_batch(4)
    show(ada, {first: 1, second: 2}, on=YESTERDAY)
    show(ada, {first: 3, second: None})
    show(ben, {second: 4})
    show(cai, {first: None})
    show(outsider, {first: 4})

    with django_assert_num_queries(1):
        held = levels_held(person_ids=[ada.pk, ben.pk, cai.pk], on=TODAY)

    assert held == {ada.pk: {first.pk: 3, second.pk: 2}, ben.pk: {second.pk: 4}}


@pytest.mark.django_db
def test_levels_held_takes_a_queryset_and_a_day(django_assert_num_queries):
    role = role_asking(3)
    person, skill = PersonFactory(), competencies_of(role)[0]
    show(person, {skill: 1}, on=YESTERDAY)
    show(person, {skill: 4})
    people = Person.objects.filter(pk=person.pk)

    with django_assert_num_queries(1):
        held = levels_held(person_ids=people, on=YESTERDAY)

    assert held == {person.pk: {skill.pk: 1}}
    assert levels_held(person_ids=people.values("pk"), on=TODAY) == {person.pk: {skill.pk: 4}}


@pytest.mark.django_db
def test_levels_held_agrees_with_the_gap_of_each_person():
    role = role_asking(3, 2, 4)
    people = PersonFactory.create_batch(2)
    for person, ranks in zip(people, [(1, None, 4), (None, 2, 2)], strict=True):
        show(person, dict(zip(competencies_of(role), (2, 1, 3), strict=True)), on=YESTERDAY)
        show(person, dict(zip(competencies_of(role), ranks, strict=True)))
    RequirementFactory(role_profile=role)

    held = levels_held(person_ids=[person.pk for person in people], on=TODAY)

    for person in people:
        shown = {row.competency_id: row.held for row in gap_of(person, role).rows}
        assert held[person.pk] == {key: rank for key, rank in shown.items() if rank is not None}


# --- The rules, over every gap there can be

RANKS = st.integers(1, 7)
HELD = st.none() | RANKS


def row(required, held, domain=0, essential=False):
    return GapRow(
        competency_id=1,
        code="1",
        title="Skill",
        domain_code=str(domain),
        domain_title=f"Domain {domain}",
        required=required,
        required_label="",
        held=held,
        held_label="",
        source="",
        attained_on=date(2026, 1, 1) if held else None,
        is_essential=essential,
    )


@st.composite
def gaps(draw):
    asked = draw(st.lists(st.tuples(st.integers(0, 5), RANKS, HELD, st.booleans()), max_size=30))
    rows = [row(rank, held, domain, must) for domain, rank, held, must in sorted(asked, key=str)]
    return Gap(RoleProfile(), TODAY, tuple(rows))


@given(gaps())
def test_every_requirement_is_met_or_open_or_not_shown_and_only_one_of_them(gap):
    assert gap.met_count + len(gap.open_rows) + len(gap.not_shown_rows) == len(gap.rows)
    assert all(one.missing > 0 for one in gap.open_rows)
    assert all(one.held is None and one.missing == 0 for one in gap.not_shown_rows)


@given(gaps(), RANKS)
def test_a_blank_never_opens_a_gap_nor_lowers_a_mean(gap, required):
    last = gap.rows[-1].domain_code if gap.rows else 0
    with_blank = Gap(gap.role, gap.on, (*gap.rows, row(required, None, last)))

    before = {domain.code: domain.held for domain in gap.domains()}
    after = {domain.code: domain.held for domain in with_blank.domains()}

    assert with_blank.open_rows == gap.open_rows
    assert with_blank.met_count == gap.met_count
    assert {code: after[code] for code in before} == before


@given(gaps())
def test_means_lie_within_the_levels_they_are_made_of(gap):
    for domain in gap.domains():
        shown = [one.held for one in domain.rows if one.held is not None]
        assert (domain.held is None) == (not shown)
        if shown:
            assert min(shown) <= domain.held <= max(shown)


@given(gaps())
def test_open_rows_begin_with_the_essential_and_the_longest_way(gap):
    order = [(not one.is_essential, -one.missing) for one in gap.open_rows]

    assert order == sorted(order)


@given(gaps(), st.integers(0, 29))
def test_reaching_a_higher_level_never_opens_a_gap(gap, index):
    if index >= len(gap.rows):
        return
    old = gap.rows[index]
    better = row(old.required, (old.held or 0) + 1, old.domain_code, old.is_essential)
    after = Gap(gap.role, gap.on, (*gap.rows[:index], better, *gap.rows[index + 1 :]))

    assert after.met_count >= gap.met_count
    if old.held is not None:
        assert len(after.open_rows) <= len(gap.open_rows)


@pytest.mark.django_db
@pytest.mark.parametrize("blanks", [0, 1, 3])
@pytest.mark.parametrize("held", [None, 1, 2, 3, 4])
def test_the_database_passes_over_any_number_of_blanks_after_a_level(held, blanks):
    role = role_asking(3)
    person, skill = PersonFactory(), competencies_of(role)[0]
    if held:
        show(person, {skill: held}, on=YESTERDAY)
    for _blank in range(blanks):
        show(person, {skill: None})
    show(person, {skill: None}, on=TOMORROW)

    found = gap_of(person, role).rows[0]

    assert found.held == held
    assert levels_held(person_ids=[person.pk], on=TODAY) == (
        {person.pk: {skill.pk: held}} if held else {}
    )
