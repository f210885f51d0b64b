"""Which attainment counts, in every form the rule is written, beside a reading in plain Python."""

from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.models import OWN_WORD, Attainment, AttainmentSource, CountingRule
from pathways.selectors.counting import counting_attainments, held_by_many, held_by_one
from tests.factories.accounts import PersonFactory
from tests.factories.clock import TODAY
from tests.factories.pathways import AttainmentFactory, CompetencyFactory

YESTERDAY = TODAY - timedelta(days=1)
ROWS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(1, 4)),
        st.integers(-4, 2),
        st.sampled_from(AttainmentSource.values),
        st.one_of(st.none(), st.integers(-1, 4)),
    ),
    max_size=7,
)


def oracle(rows, rule, on):
    """The row that counts, said once more without any SQL."""
    standing = [
        row
        for row in rows
        if row.rank is not None
        and row.attained_on <= on
        and (row.valid_to is None or row.valid_to >= on)
    ]
    if rule == CountingRule.CONFIRMED:
        standing = [row for row in standing if row.source not in OWN_WORD] or standing
    if rule == CountingRule.HIGHEST:
        top = max((row.rank for row in standing), default=None)
        standing = [row for row in standing if row.rank == top]
    return max(standing, key=lambda row: (row.attained_on, row.pk), default=None)


def by_lateral(person, competency, on):
    held = held_by_one(
        person="person.id", competency="competency.id", rule="framework.counting_rule"
    )
    statement = f"""
        SELECT held.id FROM accounts_person person
          CROSS JOIN pathways_competency competency
          JOIN pathways_frameworkversion version ON version.id = competency.version_id
          JOIN pathways_framework framework ON framework.id = version.framework_id
          LEFT JOIN LATERAL ({held}) held ON true
         WHERE person.id = %(person)s AND competency.id = %(competency)s
    """  # noqa: S608 - fragments of the module under test
    with connection.cursor() as cursor:
        cursor.execute(statement, {"person": person.pk, "competency": competency.pk, "on": on})
        return cursor.fetchone()[0]


def by_set(people, on):
    statement = held_by_many(people="shown.person_id = ANY(%(people)s)")
    with connection.cursor() as cursor:
        cursor.execute(statement, {"people": [person.pk for person in people], "on": on})
        return cursor.fetchall()


def counting(person, on=TODAY):
    return [row.rank for row in counting_attainments(person_ids=[person.pk], on=on)]


@settings(max_examples=150)
@given(told=ROWS, rule=st.sampled_from(CountingRule.values), days=st.integers(-4, 4))
@pytest.mark.django_db
def test_every_form_of_the_rule_agrees_with_plain_python(told, rule, days):
    competency = CompetencyFactory(domain__version__framework__counting_rule=rule)
    person = PersonFactory()
    on = TODAY + timedelta(days=days)
    rows = [
        AttainmentFactory(
            person=person,
            competency=competency,
            rank=rank,
            attained_on=TODAY + timedelta(days=day),
            source=source,
            valid_to=None if lasts is None else TODAY + timedelta(days=day + lasts),
        )
        for rank, day, source, lasts in told
    ]

    expected = oracle(rows, rule, on)

    pk = expected.pk if expected else None
    assert by_lateral(person, competency, on) == pk
    assert list(counting_attainments(person_ids=[person.pk], on=on)) == [expected] * bool(expected)
    assert by_set([person], on) == (
        [
            (
                person.pk,
                competency.pk,
                expected.rank,
                expected.source,
                expected.attained_on,
            )
        ]
        if expected
        else []
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "rank"),
    [(CountingRule.LATEST, 1), (CountingRule.CONFIRMED, 2), (CountingRule.HIGHEST, 4)],
)
def test_the_three_rules_read_the_same_history_differently(rule, rank):
    skill = CompetencyFactory(domain__version__framework__counting_rule=rule)
    person = PersonFactory()
    for days, level, source in ((30, 4, "SELF"), (20, 2, "MANAGER"), (10, 1, "SELF")):
        AttainmentFactory(
            person=person,
            competency=skill,
            rank=level,
            source=source,
            attained_on=TODAY - timedelta(days=days),
        )

    assert counting(person) == [rank]


@pytest.mark.django_db
def test_a_row_counts_to_the_end_of_its_last_day_and_then_the_one_before_it_stands():
    skill, person = CompetencyFactory(), PersonFactory()
    AttainmentFactory(person=person, competency=skill, rank=1, attained_on=date(2025, 1, 1))
    AttainmentFactory(
        person=person, competency=skill, rank=3, attained_on=YESTERDAY, valid_to=TODAY
    )

    assert counting(person) == [3]
    assert counting(person, on=TODAY + timedelta(days=1)) == [1]


@pytest.mark.django_db
def test_what_was_carried_over_from_ones_own_word_confirms_nothing():
    skill = CompetencyFactory(domain__version__framework__counting_rule=CountingRule.CONFIRMED)
    person = PersonFactory()
    AttainmentFactory(
        person=person, competency=skill, rank=2, source="ASSESSOR", attained_on=YESTERDAY
    )
    AttainmentFactory(person=person, competency=skill, rank=4, source="CARRIED")

    assert counting(person) == [2]


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 3])
def test_many_people_are_one_statement_and_nobody_elses(django_assert_num_queries, people):
    skill, crowd = CompetencyFactory(), PersonFactory.create_batch(people)
    for person in (*crowd, PersonFactory()):
        AttainmentFactory(person=person, competency=skill, rank=3)

    with django_assert_num_queries(1):
        rows = list(counting_attainments(person_ids=[person.pk for person in crowd], on=TODAY))

    assert {row.person_id for row in rows} == {person.pk for person in crowd}
    assert Attainment.objects.count() == people + 1
