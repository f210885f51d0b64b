from datetime import date, timedelta

import pytest

from accounts.actors import ApiClientPrincipal, SystemJob
from accounts.models import Person
from accounts.selectors.relations import (
    Relation,
    line_manager_of,
    main_organisation_id,
    relations_to,
    roles_at,
)
from accounts.visibility import standing
from tests.factories.accounts import (
    ApiClientFactory,
    BoardSeatFactory,
    OrganisationFactory,
    PersonFactory,
    ReportingLineFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import TODAY

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


def fresh(person):
    """The person as the next request loads them: nothing remembered."""
    return Person.objects.get(pk=person.pk)


def test_a_chain_gives_self_line_manager_and_second_line():
    trust = OrganisationFactory()
    director = employ(organisation=trust)
    manager = employ(organisation=trust, manager=director)
    person = employ(organisation=trust, manager=manager)

    found = [relations_to(actor, person, on=TODAY) for actor in (person, manager, director)]

    assert found == [
        {Relation.SELF},
        {Relation.LINE_MANAGER, Relation.COLLEAGUE},
        {Relation.SECOND_LINE, Relation.COLLEAGUE},
    ]


def test_a_former_line_manager_is_that_and_nothing_more():
    former, present = PersonFactory(), PersonFactory()
    person = employ()
    line = ReportingLineFactory(
        assignment=person.assignments.get(), manager=former, ends_on=YESTERDAY
    )
    ReportingLineFactory(assignment=line.assignment, manager=present, starts_on=TODAY)

    assert relations_to(former, person, on=TODAY) == {Relation.FORMER_LINE_MANAGER}
    assert list(Person.objects.visible_to(former, on=TODAY)) == [former]
    assert relations_to(fresh(former), person, on=YESTERDAY) == {Relation.LINE_MANAGER}
    assert line_manager_of(person, on=TODAY) == present
    assert line_manager_of(person, on=YESTERDAY) == former


def test_a_supervisor_is_not_the_line_manager():
    manager, supervisor = PersonFactory(), PersonFactory()
    person = employ(manager=manager)
    ReportingLineFactory(assignment=person.assignments.get(), manager=supervisor, kind="SUPERVISOR")

    assert relations_to(supervisor, person, on=TODAY) == {Relation.SUPERVISOR}
    assert line_manager_of(person, on=TODAY) == manager


def test_a_role_covers_the_organisations_below_it_and_no_others():
    region, board = OrganisationFactory(kind="REGION"), OrganisationFactory(kind="ICB")
    trust = place_below(OrganisationFactory(), place_below(board, region))
    lead = grant(PersonFactory(), "TALENT_LEAD", region)
    below, elsewhere = employ(organisation=trust), employ()

    assert relations_to(lead, below, on=TODAY) == {Relation.TALENT_LEAD}
    assert relations_to(lead, elsewhere, on=TODAY) == frozenset()
    assert standing(lead, on=TODAY).granted == {"TALENT_LEAD": {region.pk}}
    assert standing(lead, on=TODAY).roles == {"TALENT_LEAD": {region.pk, board.pk, trust.pk}}


def test_roles_follow_the_tree_of_the_day():
    board = OrganisationFactory(kind="ICB")
    trust = place_below(OrganisationFactory(), board)
    link = trust.parent_links.get()
    link.ends_on = YESTERDAY
    link.save()
    lead = grant(PersonFactory(), "LEARNING_LEAD", board)

    assert roles_at(lead, trust.pk, on=TODAY) == frozenset()
    assert roles_at(fresh(lead), trust.pk, on=YESTERDAY) == {Relation.LEARNING_LEAD}


def test_somebody_who_may_not_sign_in_stands_nowhere():
    trust = OrganisationFactory()
    leaver = grant(PersonFactory(is_active=False), "HR_ADMINISTRATOR", trust)
    person = employ(organisation=trust)

    assert relations_to(leaver, person, on=TODAY) == frozenset()
    assert list(Person.objects.visible_to(leaver, on=TODAY)) == [leaver]


def test_a_non_executive_belongs_to_the_board_without_an_assignment():
    seat = BoardSeatFactory()
    colleague = employ(organisation=seat.organisation)

    assert main_organisation_id(seat.person, on=TODAY) == seat.organisation_id
    assert relations_to(seat.person, colleague, on=TODAY) == {Relation.COLLEAGUE}


@pytest.mark.parametrize(
    "role", ["LEARNING_LEAD", "HR_ADMINISTRATOR", "ORGANISATION_ADMINISTRATOR", "AUDITOR"]
)
def test_people_are_seen_by_those_whose_work_they_are(role):
    trust = OrganisationFactory()
    holder = grant(PersonFactory(), role, trust)
    inside, _outside = employ(organisation=trust), employ()

    assert set(Person.objects.visible_to(holder, on=TODAY)) == {holder, inside}


@pytest.mark.parametrize("role", ["TALENT_LEAD", "EQUALITY_ANALYST", "PROGRAMME_LEAD"])
def test_other_roles_give_no_sight_of_people(role):
    trust = OrganisationFactory()
    holder = grant(PersonFactory(), role, trust)
    employ(organisation=trust)

    assert list(Person.objects.visible_to(holder, on=TODAY)) == [holder]


def test_managers_see_two_lines_and_not_a_third():
    top = PersonFactory()
    first = employ(manager=top)
    second = employ(manager=first)
    third = employ(manager=second)

    seen = set(Person.objects.visible_to(top, on=TODAY))

    assert seen == {top, first, second}
    assert third not in seen


def test_a_client_and_a_job_see_their_stated_scope():
    trust = OrganisationFactory()
    inside, outside = employ(organisation=trust), employ()
    client = ApiClientPrincipal(
        client=ApiClientFactory(organisation=trust), scopes=frozenset({"people:read"})
    )
    job = SystemJob("tests", organisation_ids=frozenset({trust.pk}))
    everywhere = SystemJob("tests", organisation_ids=None)
    nowhere = SystemJob("tests")

    for actor in (client, job):
        assert list(Person.objects.visible_to(actor, on=TODAY)) == [inside]
    assert set(Person.objects.visible_to(everywhere, on=TODAY)) == {inside, outside}
    assert not Person.objects.visible_to(nowhere, on=TODAY).exists()
    assert relations_to(client, inside, on=TODAY) == {Relation.API_CLIENT}
    assert relations_to(client, outside, on=TODAY) == frozenset()


def test_standing_is_read_once_per_day(django_assert_num_queries):
    person = grant(employ(), "AUDITOR", OrganisationFactory())

    with django_assert_num_queries(2):
        for day in (TODAY, TODAY, date(2025, 1, 1), date(2025, 1, 1)):
            standing(person, on=day)
