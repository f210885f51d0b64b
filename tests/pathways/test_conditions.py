"""Qualifications, registrations and experience that a role asks for, joined by "and" and "or"."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict, Forbidden
from pathways.models import Operator, RequirementGroup, RoleCondition
from pathways.selectors.conditions import Verdict, background_of, conditions_met, joined
from pathways.selectors.experience import Spell, months_of, spells_of
from pathways.services.role_conditions import (
    ConditionParticulars,
    GroupParticulars,
    add_condition,
    add_group,
    change_condition,
    change_group,
    remove_condition,
    remove_group,
)
from pathways.services.role_editions import draft_successor
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import RoleProfileFactory, role_asking
from tests.factories.roles import author_of, condition_in, draft_asking, group_of
from tests.factories.showing import QualificationFactory

MET, NOT_MET, NOT_KNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.NOT_KNOWN
NURSING, CLERICAL = "03", "08"
ALL = GroupParticulars("ALL", "ANY", is_essential=True)
DEGREE = ConditionParticulars("QUALIFICATION", "A degree", level=6)


def spell(first, last, group=NURSING, is_management=False):
    return Spell(first, last, group, is_management)


def in_2024(first, last):
    return spell(date(2024, *first), date(2024, *last))


@pytest.mark.parametrize(
    ("spells", "months"),
    [
        ([], 0),
        ([spell(date(2024, 1, 1), date(2024, 12, 31))], 12),
        ([spell(date(2024, 1, 15), date(2024, 2, 14))], 1),
        ([spell(date(2024, 1, 15), date(2024, 2, 13))], 0),
        ([spell(date(2024, 1, 31), date(2024, 2, 29))], 1),
        # Two posts at once count once; two that follow each other are one time.
        (
            [
                spell(date(2024, 1, 1), date(2024, 6, 30)),
                spell(date(2024, 3, 1), date(2024, 8, 31)),
            ],
            8,
        ),
        (
            [
                spell(date(2024, 1, 1), date(2024, 1, 31)),
                spell(date(2024, 2, 1), date(2024, 2, 29)),
            ],
            2,
        ),
        # Days left over of times apart make a month together.
        (
            [
                spell(date(2024, 1, 1), date(2024, 1, 20)),
                spell(date(2024, 5, 1), date(2024, 5, 12)),
            ],
            1,
        ),
    ],
)
def test_months_are_counted_once(spells, months):
    assert months_of(spells) == months


def test_experience_is_counted_in_a_staff_group_and_in_management():
    spells = [
        spell(date(2020, 1, 1), date(2020, 12, 31)),
        spell(date(2021, 1, 1), date(2021, 6, 30), CLERICAL, is_management=True),
    ]

    assert months_of(spells, staff_group=NURSING) == 12
    assert months_of(spells, in_management=True) == 6
    assert months_of(spells, staff_group=NURSING, in_management=True) == 0


DAYS = st.integers(0, 3000).map(lambda number: date(2015, 1, 1) + timedelta(days=number))


@given(st.lists(st.tuples(DAYS, DAYS).map(sorted), max_size=6), DAYS, DAYS)
def test_another_post_never_makes_experience_less_nor_more_than_its_time(times, one, other):
    before = [spell(first, last) for first, last in times]
    first, last = sorted((one, other))

    longer = months_of([*before, spell(first, last)])

    assert months_of(before) - 1 <= longer
    days = {
        first + timedelta(n)
        for first, last in [*times, (first, last)]
        for n in range((last - first).days + 1)
    }
    assert longer <= len(days) / 28


@pytest.mark.parametrize(
    ("operator", "verdicts", "whole"),
    [
        ("ALL", [], MET),
        ("ANY", [], MET),
        ("ALL", [MET, MET], MET),
        ("ALL", [MET, NOT_KNOWN], NOT_KNOWN),
        ("ALL", [NOT_MET, NOT_KNOWN], NOT_MET),
        ("ANY", [MET, NOT_MET], MET),
        ("ANY", [MET, NOT_KNOWN], MET),
        ("ANY", [NOT_MET, NOT_KNOWN], NOT_KNOWN),
        ("ANY", [NOT_MET, NOT_MET], NOT_MET),
    ],
)
def test_and_and_or_with_what_nobody_knows(operator, verdicts, whole):
    assert joined(Operator(operator), verdicts) is whole


@pytest.fixture
def role(db):
    return role_asking(2)


def judged(person, role, on=TODAY):
    return conditions_met(person_id=person.pk, role=role, on=on)


def test_a_degree_or_the_diploma_of_one_body(role):
    group = group_of(role, "ANY")
    condition_in(group, level=6)
    condition_in(group, title="Diploma", level=5, awarding_body="ILM")
    person = PersonFactory()

    (nothing,) = judged(person, role)
    QualificationFactory(person=person, level=5, awarding_body="CMI")
    (other_body,) = judged(person, role)
    QualificationFactory(person=person, title="Diploma in leading", level=5, awarding_body="ILM")
    (diploma,) = judged(person, role)

    assert [found.verdict for found in (nothing, other_body, diploma)] == [NOT_KNOWN, NOT_MET, MET]
    assert [one.verdict for one in diploma.conditions] == [NOT_MET, MET]
    assert diploma.conditions[1].why == (
        "Diploma in leading, awarded on 3 June 2024, not checked yet."
    )


def test_a_registration_that_ran_out_is_not_met_from_the_day_after(role):
    condition_in(group_of(role), kind="REGISTRATION", title="Nurse", awarding_body="NMC")
    person = PersonFactory()
    QualificationFactory(
        person=person,
        is_registration=True,
        awarding_body="NMC",
        title="Registered nurse",
        level=None,
        valid_to=TODAY,
    )

    (before,), (after,) = judged(person, role), judged(person, role, TODAY + timedelta(days=1))

    assert (before.verdict, after.verdict) == (MET, NOT_MET)
    assert after.conditions[0].why == "Registered nurse was valid until 20 November 2026."


def test_a_qualification_does_not_count_before_it_was_awarded(role):
    condition_in(group_of(role), level=5)
    row = QualificationFactory(person=PersonFactory(), level=5)

    (early,) = judged(row.person, role, row.awarded_on - timedelta(days=1))
    (then,) = judged(row.person, role, row.awarded_on)

    assert (early.verdict, then.verdict) == (NOT_KNOWN, MET)


def test_experience_follows_from_posts(role):
    condition_in(group_of(role), kind="EXPERIENCE", title="Nursing", months=24, staff_group=NURSING)
    nurse = employ(starts_on=date(2024, 11, 21), staff_group=NURSING)
    clerk = employ(starts_on=date(2020, 1, 1), staff_group=CLERICAL)

    verdicts = [judged(person, role)[0].verdict for person in (nurse, clerk, PersonFactory())]

    assert verdicts == [MET, NOT_MET, NOT_KNOWN]
    assert judged(nurse, role)[0].conditions[0].why == "24 months counted from the posts held."
    assert judged(nurse, role, TODAY - timedelta(days=1))[0].verdict is NOT_MET


def test_only_the_alternatives_for_ones_background_are_asked(role):
    for background in ("CLINICAL", "ADMINISTRATIVE", "ANY"):
        condition_in(group_of(role, background=background), level=6)

    def asked(person):
        return [found.group.background for found in judged(person, role)]

    assert asked(employ(staff_group=NURSING)) == ["CLINICAL", "ANY"]
    assert asked(employ(staff_group=CLERICAL)) == ["ADMINISTRATIVE", "ANY"]
    assert asked(PersonFactory()) == ["CLINICAL", "ADMINISTRATIVE", "ANY"]


def test_who_came_from_nursing_into_a_clerical_management_post_came_from_nursing():
    nursing = spell(date(2015, 1, 1), date(2020, 1, 1))
    managing = spell(date(2020, 1, 2), TODAY, CLERICAL, is_management=True)

    assert background_of([nursing, managing]) == "CLINICAL"
    assert background_of([managing]) == "ADMINISTRATIVE"
    assert background_of([]) is None


def test_groups_in_groups_at_constant_cost(role, django_assert_num_queries):
    outer = group_of(role)
    condition_in(outer, kind="EXPERIENCE", title="Any", months=1)
    person = employ(starts_on=date(2020, 1, 1))

    for _round in range(2):
        inner = group_of(role, "ANY", parent=outer)
        condition_in(inner, level=6)
        condition_in(inner, level=5)
        QualificationFactory(person=person, level=5, title=f"Diploma {_round}")
        with django_assert_num_queries(4):
            (found,) = judged(person, role)
        assert found.verdict is MET
    assert len(found.groups) == 2


def test_another_persons_qualifications_and_posts_count_nothing(role):
    condition_in(group_of(role), level=5)
    QualificationFactory(person=PersonFactory(), level=8)

    assert judged(PersonFactory(), role)[0].verdict is NOT_KNOWN
    assert spells_of(person_id=PersonFactory().pk, on=TODAY) == ()


# --- Writing them


@pytest.fixture
def author(db):
    return author_of(OrganisationFactory())


@pytest.fixture
def draft(author):
    return draft_asking(2, owner=author.assignments.get().organisation)


def test_groups_and_conditions_are_written_changed_and_removed(author, draft):
    given = {"by": author, "now": NOW}
    outer = add_group(role=draft, parent=None, particulars=ALL, **given)
    inner = add_group(role=draft, parent=outer, particulars=ALL, **given)
    condition = add_condition(group=inner, particulars=DEGREE, **given)

    change_group(group=inner, particulars=GroupParticulars("ANY", "CLINICAL", False), **given)
    change_condition(
        condition=condition,
        particulars=ConditionParticulars("EXPERIENCE", "Leading", months=12),
        **given,
    )

    inner.refresh_from_db()
    condition.refresh_from_db()
    assert (inner.operator, inner.background, inner.is_essential) == ("ANY", "CLINICAL", False)
    assert (condition.kind, condition.months, condition.level) == ("EXPERIENCE", 12, None)
    remove_condition(condition=condition, **given)
    remove_group(group=outer, **given)
    assert not RequirementGroup.objects.exists()


def test_groups_lie_three_deep_at_most_and_in_their_own_role(author, draft):
    given = {"role": draft, "particulars": ALL, "by": author, "now": NOW}
    group = None
    for _depth in range(3):
        group = add_group(parent=group, **given)

    with pytest.raises(Conflict) as deep:
        add_group(parent=group, **given)
    with pytest.raises(Conflict) as foreign:
        add_group(parent=group_of(RoleProfileFactory()), **given)

    assert (deep.value.code, foreign.value.code) == ("groups_too_deep", "not_of_this_role")


def test_nobody_else_writes_conditions_and_none_for_a_role_in_use(author, draft):
    with pytest.raises(Forbidden):
        add_group(role=draft, parent=None, particulars=ALL, by=employ(), now=NOW)
    in_use = role_asking(2, owner=draft.owner)
    with pytest.raises(Conflict) as refusal:
        add_condition(group=group_of(in_use), particulars=DEGREE, by=author, now=NOW)

    assert refusal.value.code == "role_in_use"
    assert not RoleCondition.objects.exists()


def test_the_successor_asks_for_the_same_in_groups_of_its_own(author, draft):
    role = role_asking(2, owner=draft.owner)
    outer = group_of(role)
    condition_in(group_of(role, "ANY", parent=outer), level=6)

    successor = draft_successor(role=role, version=role.version, by=author, now=NOW)

    inner = RequirementGroup.objects.get(role_profile=successor, parent__isnull=False)
    assert inner.parent.role_profile == successor
    assert [row.level for row in inner.conditions.all()] == [6]
    assert RoleCondition.objects.count() == 2


@pytest.mark.parametrize("wrong", ["circle", "stranger"])
def test_the_database_refuses_groups_in_a_circle_or_of_another_role(role, wrong):
    outer = group_of(role)
    inner = group_of(role, parent=outer)
    parent = inner if wrong == "circle" else group_of(RoleProfileFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        RequirementGroup.objects.filter(pk=outer.pk).update(parent=parent)
