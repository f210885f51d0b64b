from datetime import date, timedelta

import pytest

from accounts.models import Assignment, Delegation, Event, Person
from accounts.models.dated import Days
from accounts.selectors.delegations import stand_ins_of, teams_stood_in_for
from accounts.selectors.relations import Relation, relations_to
from accounts.services.delegations import delegate, end_delegation
from appraisals.models import Appraisal, DevelopmentPlan
from common.errors import Conflict, Forbidden
from courses.models import Enrolment
from notifications.models import Notice
from pathways.models import Attainment
from tests.factories.accounts import (
    DelegationFactory,
    OrganisationFactory,
    PersonFactory,
    ReportingLineFactory,
    employ,
    grant,
)
from tests.factories.appraisals import appraise
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import EnrolmentFactory
from tests.factories.pathways import AttainmentFactory
from tests.factories.plans import DevelopmentPlanFactory

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
A_MONTH = Days(TODAY, TODAY + timedelta(days=30))


def fresh(person):
    return Person.objects.get(pk=person.pk)


def a_team():
    """A trust, a line manager, somebody who reports to them, and a colleague."""
    trust = OrganisationFactory()
    manager = employ(organisation=trust)
    return trust, manager, employ(organisation=trust, manager=manager), employ(organisation=trust)


def name(manager, to, trust, *, by=None, days=A_MONTH):
    by = by or manager
    return delegate(manager=manager, to=to, organisation=trust, days=days, by=by, now=NOW)


def test_a_line_manager_says_who_stands_in_and_both_are_told():
    trust, manager, person, colleague = a_team()

    handed = name(manager, colleague, trust)

    assert relations_to(colleague, person, on=TODAY) == {Relation.DELEGATE, Relation.COLLEAGUE}
    event = Event.objects.get(verb="delegate")
    assert (event.by_person, event.subject, event.organisation) == (manager, colleague, trust)
    assert event.about_id == handed.pk
    assert set(Notice.objects.values_list("recipient_id", flat=True)) == {manager.pk, colleague.pk}


def test_who_stands_in_sees_the_team_its_places_and_levels_and_no_more():
    trust, manager, person, colleague = a_team()
    place = EnrolmentFactory(person=person, organisation=trust)
    level = AttainmentFactory(person=person)
    appraise(subject=person, manager=manager, organisation=trust)
    DevelopmentPlanFactory(person=person)
    DelegationFactory(manager=manager, delegate=colleague, organisation=trust)

    assert set(Person.objects.visible_to(colleague, on=TODAY)) == {colleague, person}
    assert list(Enrolment.objects.visible_to(colleague, on=TODAY)) == [place]
    assert list(Attainment.objects.visible_to(colleague, on=TODAY)) == [level]
    seen = Assignment.objects.visible_to(colleague, on=TODAY)
    assert set(person.assignments.all()) <= set(seen)
    for model in (Appraisal, DevelopmentPlan):
        assert not model.objects.visible_to(colleague, on=TODAY).exists()


def test_a_delegation_counts_on_its_days_only():
    trust, manager, person, colleague = a_team()
    handed = DelegationFactory(manager=manager, delegate=colleague, organisation=trust)
    outside = (handed.starts_on - timedelta(days=1), handed.ends_on + timedelta(days=1))

    inside = [relations_to(colleague, person, on=day) for day in (handed.starts_on, handed.ends_on)]

    assert all(Relation.DELEGATE in found for found in inside)
    for day in outside:
        assert Relation.DELEGATE not in relations_to(colleague, person, on=day)
        assert person not in Person.objects.visible_to(colleague, on=day)


def test_the_delegation_of_somebody_who_has_left_opens_nothing():
    trust, manager, person, colleague = a_team()
    DelegationFactory(manager=manager, delegate=colleague, organisation=trust)
    colleague.assignments.update(ends_on=YESTERDAY)
    employ(person=colleague)

    assert relations_to(colleague, person, on=TODAY) == frozenset()
    assert list(Person.objects.visible_to(colleague, on=TODAY)) == [colleague]
    assert stand_ins_of([person.pk], on=TODAY) == {}
    assert Relation.DELEGATE in relations_to(fresh(colleague), person, on=YESTERDAY)


def test_a_delegation_opens_the_team_of_its_organisation_only():
    trust, manager, person, colleague = a_team()
    elsewhere = employ(manager=manager)
    DelegationFactory(manager=manager, delegate=colleague, organisation=trust)

    assert relations_to(colleague, elsewhere, on=TODAY) == frozenset()
    assert elsewhere not in Person.objects.visible_to(colleague, on=TODAY)
    assert teams_stood_in_for(colleague, on=TODAY) == [(manager, [person])]
    assert stand_ins_of([person.pk, elsewhere.pk], on=TODAY) == {person.pk: [colleague.pk]}


def test_who_stands_in_is_not_their_own_delegate_nor_that_of_the_managers_manager():
    trust, manager, person, _colleague = a_team()
    director = PersonFactory()
    ReportingLineFactory(assignment=manager.assignments.get(), manager=director)
    DelegationFactory(manager=manager, delegate=person, organisation=trust)

    assert relations_to(person, person, on=TODAY) == {Relation.SELF}
    assert relations_to(person, manager, on=TODAY) == {Relation.COLLEAGUE}


def test_hr_may_name_a_stand_in_and_never_themselves():
    trust, manager, _person, colleague = a_team()
    hr = grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust)

    name(manager, colleague, trust, by=hr)
    with pytest.raises(Forbidden):
        name(manager, hr, trust, by=hr)

    assert Delegation.objects.get().delegate == colleague


@pytest.mark.parametrize("role", [None, "LEARNING_LEAD", "ORGANISATION_ADMINISTRATOR", "AUDITOR"])
def test_nobody_else_says_who_stands_in(role):
    trust, manager, _person, colleague = a_team()
    by = employ(organisation=trust)
    if role:
        grant(by, role, trust)
    handed = DelegationFactory(manager=manager, delegate=colleague, organisation=trust)

    with pytest.raises(Forbidden):
        name(manager, employ(organisation=trust), trust, by=by)
    with pytest.raises(Forbidden):
        end_delegation(delegation=handed, by=by, now=NOW)

    assert Delegation.objects.get() == handed


def test_hr_of_another_organisation_may_not():
    trust, manager, _person, colleague = a_team()
    hr = grant(PersonFactory(), "HR_ADMINISTRATOR", OrganisationFactory())

    with pytest.raises(Forbidden):
        name(manager, colleague, trust, by=hr)

    assert not Delegation.objects.exists()


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (Days(YESTERDAY, TODAY), "days_not_in_order"),
        (Days(TODAY, YESTERDAY), "days_not_in_order"),
        (Days(TODAY), "days_not_in_order"),
        (Days(TODAY, date(2027, 11, 21)), "too_long"),
    ],
)
def test_days_are_in_order_and_a_year_at_most(days, code):
    trust, manager, _person, colleague = a_team()

    with pytest.raises(Conflict) as refusal:
        name(manager, colleague, trust, days=days)

    assert refusal.value.code == code
    assert name(manager, colleague, trust, days=Days(TODAY, date(2027, 11, 20)))


def test_a_stand_in_is_somebody_else_with_a_post_there_for_a_team_that_is_there():
    trust, manager, person, colleague = a_team()
    stranger, leaver = employ(), employ(organisation=trust, ends_on=YESTERDAY)
    refused = {
        "to_oneself": lambda: name(manager, manager, trust),
        "not_employed_there": lambda: name(manager, stranger, trust),
        "no_team": lambda: name(colleague, person, trust),
    }

    for code, attempt in refused.items():
        with pytest.raises(Conflict) as refusal:
            attempt()
        assert refusal.value.code == code
    with pytest.raises(Conflict):
        name(manager, leaver, trust)

    assert not Delegation.objects.exists()


def test_the_same_person_stands_in_once_at_a_time_and_two_may():
    trust, manager, _person, colleague = a_team()
    name(manager, colleague, trust)

    with pytest.raises(Conflict) as refusal:
        name(manager, colleague, trust, days=Days(A_MONTH.ends_on, A_MONTH.ends_on))
    name(manager, employ(organisation=trust), trust)

    assert refusal.value.code == "already_stands_in"
    assert Delegation.objects.count() == 2


def test_ending_it_ends_it_at_once():
    trust, manager, person, colleague = a_team()
    handed = DelegationFactory(manager=manager, delegate=colleague, organisation=trust)
    assert Relation.DELEGATE in relations_to(colleague, person, on=TODAY)

    end_delegation(delegation=handed, by=manager, now=NOW)

    assert Relation.DELEGATE not in relations_to(fresh(colleague), person, on=TODAY)
    assert Relation.DELEGATE in relations_to(fresh(colleague), person, on=YESTERDAY)
    assert Event.objects.get(verb="end_delegation").subject == colleague
    with pytest.raises(Conflict) as refusal:
        end_delegation(delegation=handed, by=manager, now=NOW)
    assert refusal.value.code == "is_over"


def test_delegations_are_seen_by_the_two_and_by_hr_and_auditors():
    trust, manager, person, colleague = a_team()
    handed = DelegationFactory(manager=manager, delegate=colleague, organisation=trust)
    DelegationFactory()
    readers = [manager, colleague]
    readers += [grant(PersonFactory(), role, trust) for role in ("HR_ADMINISTRATOR", "AUDITOR")]
    others = [person, grant(PersonFactory(), "TALENT_LEAD", trust), employ(organisation=trust)]

    assert all(list(Delegation.objects.visible_to(one, on=TODAY)) == [handed] for one in readers)
    assert not any(Delegation.objects.visible_to(one, on=TODAY).exists() for one in others)
