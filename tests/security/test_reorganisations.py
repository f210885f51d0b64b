"""Roles follow the tree of the day, and a merger opens no record where it does not belong."""

from datetime import date, timedelta

import pytest

from accounts.models import Assignment, OrganisationSuccession, Person
from accounts.selectors.relations import Relation, relations_to, roles_at
from courses.models import Enrolment
from tests.factories.accounts import (
    OrganisationFactory,
    OrganisationParentFactory,
    PersonFactory,
    employ,
    grant,
)
from tests.factories.courses import EnrolmentFactory

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 1)
MARCH = APRIL - timedelta(days=1)


def fresh(person):
    return Person.objects.get(pk=person.pk)


def below(organisation, parent, *, until=None, since=date(2020, 4, 1)):
    OrganisationParentFactory(
        organisation=organisation, parent=parent, starts_on=since, ends_on=until
    )
    return organisation


def test_a_trust_that_moves_to_another_board_is_seen_from_there_from_that_day_on():
    old, new = OrganisationFactory(kind="ICB"), OrganisationFactory(kind="ICB")
    trust = below(OrganisationFactory(), old, until=MARCH)
    below(trust, new, since=APRIL)
    before, after = (grant(PersonFactory(), "HR_ADMINISTRATOR", board) for board in (old, new))
    person = employ(organisation=trust)

    seen = {
        (lead, on): person in Person.objects.visible_to(lead, on=on)
        for lead in (before, after)
        for on in (MARCH, APRIL)
    }

    assert seen == {
        (before, MARCH): True,
        (before, APRIL): False,
        (after, MARCH): False,
        (after, APRIL): True,
    }
    assert relations_to(fresh(before), person, on=APRIL) == frozenset()
    assert relations_to(fresh(after), person, on=APRIL) == {Relation.HR_ADMINISTRATOR}


def test_a_board_that_moves_takes_what_is_below_it_along():
    region, other = OrganisationFactory(kind="REGION"), OrganisationFactory(kind="REGION")
    board = below(OrganisationFactory(kind="ICB"), region, until=MARCH)
    below(board, other, since=APRIL)
    trust = below(OrganisationFactory(), board)
    lead = grant(PersonFactory(), "LEARNING_LEAD", other)

    assert roles_at(lead, trust.pk, on=MARCH) == frozenset()
    assert roles_at(fresh(lead), trust.pk, on=APRIL) == {Relation.LEARNING_LEAD}


def merged():
    """Two trusts below one board; on 1 April the first became part of the second."""
    board = OrganisationFactory(kind="ICB")
    gone, stays = below(OrganisationFactory(), board, until=MARCH), OrganisationFactory()
    below(stays, board)
    OrganisationSuccession.objects.create(predecessor=gone, successor=stays, happened_on=APRIL)
    person = employ(organisation=gone, ends_on=MARCH)
    employ(person=person, organisation=stays, starts_on=APRIL)
    return board, gone, stays, person


def test_after_a_merger_the_roles_of_the_trust_that_stays_cover_who_came():
    board, gone, stays, person = merged()
    at_gone, at_stays, above = (
        grant(PersonFactory(), "HR_ADMINISTRATOR", place) for place in (gone, stays, board)
    )

    found = {
        on: [person in Person.objects.visible_to(one, on=on) for one in (at_gone, at_stays, above)]
        for on in (MARCH, APRIL)
    }

    assert found == {MARCH: [True, False, True], APRIL: [False, True, True]}


def test_what_the_trust_kept_that_is_gone_is_not_opened_by_the_merger_alone():
    """A record goes on where the organisation's successor is given it, not by itself."""
    _board, gone, stays, person = merged()
    lead = grant(PersonFactory(), "LEARNING_LEAD", stays)
    EnrolmentFactory(person=person, organisation=gone)
    kept = EnrolmentFactory(person=person, organisation=stays)

    assert list(Enrolment.objects.visible_to(lead, on=APRIL)) == [kept]
    assert list(Assignment.objects.visible_to(fresh(lead), on=APRIL)) == [
        person.assignments.get(organisation=stays)
    ]


def test_the_successor_placed_above_what_is_gone_opens_what_it_kept():
    _board, gone, stays, person = merged()
    below(gone, stays, since=APRIL)
    lead = grant(PersonFactory(), "LEARNING_LEAD", stays)
    old = EnrolmentFactory(person=person, organisation=gone)

    assert list(Enrolment.objects.visible_to(lead, on=APRIL)) == [old]
    assert not Enrolment.objects.visible_to(fresh(lead), on=MARCH).exists()
