"""The page of a gap says how far qualifications and experience are met, to whoever may know."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from pathways.selectors.qualifications import conditions_shown
from tests.factories.accounts import (
    DelegationFactory,
    OrganisationFactory,
    employ,
    grant,
)
from tests.factories.pathways import follow, role_asking
from tests.factories.roles import condition_in, group_of
from tests.factories.showing import QualificationFactory

pytestmark = pytest.mark.django_db


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def manager(trust):
    return employ(organisation=trust)


@pytest.fixture
def role():
    """A degree or a diploma, and two years in management."""
    made = role_asking(3, title="Matron")
    either = group_of(made, "ANY")
    condition_in(either, title="A degree", level=6)
    condition_in(either, title="ILM diploma", level=5, awarding_body="ILM")
    every = group_of(made, "ALL")
    condition_in(every, kind="EXPERIENCE", title="In management", months=24, in_management=True)
    condition_in(every, kind="REGISTRATION", title="NMC register")
    return made


@pytest.fixture
def person(trust, manager, role):
    return follow(employ(organisation=trust, manager=manager), role)


def gap_of(client, reader, person=None, **asked):
    client.force_login(reader)
    if person is None:
        return text_of(client.get(reverse("pathways:gap_mine"), asked))
    return text_of(client.get(reverse("pathways:gap_show", args=[person.pk]), asked))


def test_ones_own_gap_tells_what_is_met_not_met_and_not_known(client, person, today):
    QualificationFactory(
        person=person, title="Diploma", level=5, awarding_body="ILM", awarded_on=today
    )

    page = gap_of(client, person)

    assert page.count("data-condition-group") == 2
    assert 'Any one of these</strong> <strong class="nhsuk-tag nhsuk-tag--green">Met' in page
    assert 'All of these</strong> <strong class="nhsuk-tag nhsuk-tag--grey">Not known' in page
    assert "What has been noted does not meet this." in page
    assert "Nothing of this kind has been noted." in page
    assert reverse("pathways:qualification_list") in page


def test_a_line_manager_reads_the_same_and_whoever_stands_in_does_not(
    client, person, manager, trust, today
):
    QualificationFactory(person=person, title="MBA", level=7, awarded_on=today)
    stand_in = employ(organisation=trust)
    DelegationFactory(
        manager=manager,
        delegate=stand_in,
        organisation=trust,
        starts_on=today,
        ends_on=today + timedelta(days=9),
    )

    of_manager = gap_of(client, manager, person)
    of_stand_in = gap_of(client, stand_in, person)

    assert f"Qualifications of {person.full_name}" in of_manager
    assert "MBA, awarded on" in of_manager
    assert "Measured against Matron" in of_stand_in
    assert "MBA" not in of_stand_in
    assert "data-condition-group" not in of_stand_in


def test_it_is_told_as_of_the_day_that_is_shown(client, person, today):
    QualificationFactory(person=person, title="MBA", level=7, awarded_on=today)
    yesterday = today - timedelta(days=1)
    day = {
        "day_day": yesterday.day,
        "day_month": yesterday.month,
        "day_year": yesterday.year,
    }

    assert "MBA, awarded on" in gap_of(client, person)
    assert "MBA" not in gap_of(client, person, **day)


def test_a_role_that_asks_for_levels_alone_has_no_such_part(client, trust):
    person = follow(employ(organisation=trust), role_asking(3))

    assert "Qualifications and experience" not in gap_of(client, person)


def test_nobody_else_is_told_of_anybodys_conditions(person, role, trust, today):
    told = {
        reader: bool(conditions_shown(person=person, role=role, actor=reader, day=today, on=today))
        for reader in (
            person,
            grant(employ(organisation=trust), "LEARNING_LEAD", trust),
            employ(organisation=trust),
            grant(employ(), "LEARNING_LEAD", OrganisationFactory()),
        )
    }

    assert list(told.values()) == [True, True, False, False]
    assert Person.objects.filter(pk__in=[reader.pk for reader in told]).count() == 4


@pytest.mark.parametrize("rows", [1, 3])
def test_any_number_of_conditions_costs_the_same(client, trust, django_assert_num_queries, rows):
    role = role_asking(3)
    for _row in range(rows):
        condition_in(group_of(role), title="A degree", level=6)
    person = follow(employ(organisation=trust), role)
    client.force_login(person)

    with django_assert_num_queries(17):
        page = text_of(client.get(reverse("pathways:gap_mine")))

    assert page.count("data-condition-group") == rows
