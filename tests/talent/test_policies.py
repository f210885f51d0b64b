import pytest

from accounts.selectors.relations import Relation
from talent import policies
from talent.models import Nomination
from tests.factories.accounts import PersonFactory

SELF, LEAD = Relation.SELF, Relation.TALENT_LEAD


@pytest.mark.parametrize("relation", list(Relation))
def test_only_the_person_changes_their_consent(relation):
    assert policies.may_change_consent({relation}) is (relation is SELF)


@pytest.mark.parametrize("role", list(Relation))
def test_only_talent_leads_search(role):
    assert policies.may_search({role}) is (role is LEAD)


@pytest.mark.parametrize(
    ("relations", "roles_at_pool", "route"),
    [
        ({SELF, Relation.COLLEAGUE, LEAD}, {LEAD}, "SELF"),
        ({Relation.LINE_MANAGER, Relation.COLLEAGUE, LEAD}, {LEAD}, "MANAGER"),
        ({Relation.SUPERVISOR}, set(), "MANAGER"),
        ({Relation.SECOND_LINE}, set(), "MANAGER"),
        ({LEAD, Relation.COLLEAGUE}, {LEAD}, "TALENT_TEAM"),
        ({LEAD}, set(), None),
        ({Relation.COLLEAGUE}, set(), "PEER"),
        ({Relation.HR_ADMINISTRATOR}, {Relation.HR_ADMINISTRATOR}, None),
        ({Relation.API_CLIENT}, {Relation.API_CLIENT}, None),
        (set(), {LEAD}, None),
    ],
)
def test_the_route_says_who_one_is_to_the_person(relations, roles_at_pool, route):
    assert policies.route_of(relations, roles_at_pool) == route


@pytest.mark.django_db
def test_a_lead_decides_unless_involved():
    lead, person, peer = PersonFactory.create_batch(3)
    nomination = Nomination(person=person, nominated_by=peer)

    def may(by, roles):
        return policies.may_decide(by, nomination=nomination, roles_at_pool=roles)

    assert may(lead, {LEAD})
    assert not may(lead, {Relation.HR_ADMINISTRATOR, Relation.COLLEAGUE})
    assert not may(person, {LEAD})
    assert not may(peer, {LEAD})


@pytest.mark.django_db
def test_only_the_person_steps_back():
    person, peer = PersonFactory.create_batch(2)
    nomination = Nomination(person=person, nominated_by=peer)

    assert policies.may_withdraw(person, nomination=nomination)
    assert not policies.may_withdraw(peer, nomination=nomination)


@pytest.mark.parametrize(
    ("relations", "roles", "may"),
    [
        ({LEAD}, {LEAD}, True),
        ({LEAD, SELF}, {LEAD}, False),
        ({LEAD}, set(), False),
        (set(), {LEAD}, False),
        ({Relation.LINE_MANAGER}, {Relation.COLLEAGUE}, False),
    ],
)
def test_a_lead_of_the_organisation_judges_others(relations, roles, may):
    assert policies.may_judge_readiness(relations, roles) is may
