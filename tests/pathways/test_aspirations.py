from datetime import date, timedelta

import pytest

from accounts.models import Event
from common.errors import Conflict, Forbidden
from pathways.models import Aspiration
from pathways.selectors.roles import aspired_role
from pathways.services.aspirations import choose_role
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import AspirationFactory, RoleProfileFactory, follow

pytestmark = pytest.mark.django_db


def choose(person, role, by=None, now=NOW):
    return choose_role(person=person, role_profile=role, by=by or person, now=now)


def test_choose_role_holds_from_today_and_is_recorded():
    trust, role = OrganisationFactory(), RoleProfileFactory()
    person = employ(organisation=trust)

    aspiration = choose(person, role)

    assert (aspiration.role_profile, aspiration.starts_on, aspiration.ends_on) == (
        role,
        TODAY,
        None,
    )
    event = Event.objects.get()
    assert (event.verb, event.organisation, event.facts) == (
        "choose_role",
        trust,
        {"from": None, "to": role.pk},
    )


def test_choosing_another_role_ends_the_one_before_yesterday():
    person, role = employ(), RoleProfileFactory()
    before = AspirationFactory(person=person, starts_on=date(2026, 9, 1))

    choose(person, role)

    before.refresh_from_db()
    assert before.ends_on == TODAY - timedelta(days=1)
    assert aspired_role(person_id=person.pk, on=TODAY - timedelta(days=1)) == before.role_profile
    assert aspired_role(person_id=person.pk, on=TODAY) == role


def test_changing_ones_mind_on_the_same_day_keeps_the_last_choice_and_both_events():
    person = employ()
    first, second = RoleProfileFactory.create_batch(2)
    choose(person, first)

    choose(person, second)

    assert aspired_role(person_id=person.pk, on=TODAY) == second
    assert Aspiration.objects.count() == 1
    assert [event.facts for event in Event.objects.order_by("pk")] == [
        {"from": None, "to": first.pk},
        {"from": first.pk, "to": second.pk},
    ]


@pytest.mark.parametrize("started", [date(2026, 9, 1), TODAY])
def test_choosing_none_ends_it(started):
    person = employ()
    AspirationFactory(person=person, starts_on=started)

    assert choose(person, None) is None
    assert aspired_role(person_id=person.pk, on=TODAY) is None


def test_choosing_what_is_chosen_changes_nothing():
    person, role = employ(), RoleProfileFactory()
    aspiration = choose(person, role)

    assert choose(person, role) == aspiration
    assert choose(employ(), None) is None
    assert Event.objects.count() == 1


def test_choose_role_refuses_the_role_one_has():
    role = RoleProfileFactory()
    person = follow(employ(), role)

    with pytest.raises(Conflict) as refusal:
        choose(person, role)

    assert refusal.value.code == "own_role"


def test_choose_role_refuses_a_role_that_is_not_in_use():
    with pytest.raises(Conflict) as refusal:
        choose(employ(), RoleProfileFactory(is_published=False))

    assert refusal.value.code == "role_not_in_use"
    assert not Event.objects.exists()


def test_choose_role_refuses_everybody_but_the_person():
    trust = OrganisationFactory()
    manager = employ(organisation=trust)
    person = employ(organisation=trust, manager=manager)

    with pytest.raises(Forbidden) as refusal:
        choose(person, RoleProfileFactory(), by=manager)

    assert refusal.value.code == "may_not_choose_role"
    assert not Aspiration.objects.exists()
