from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.actors import SystemJob
from pathways.models import Attainment, FrameworkVersion, RoleProfile
from pathways.policies.attainments import RECORDED_BY, may_record_attainments
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    AspirationFactory,
    AttainmentFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
    PathwayStepFactory,
    PostRoleFactory,
    RequirementFactory,
    RoleProfileFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rank", [0, 8])
def test_a_rank_lies_between_1_and_7(rank):
    for factory in (AttainmentFactory, RequirementFactory):
        people = {"person": PersonFactory()} if factory is AttainmentFactory else {}
        with pytest.raises(IntegrityError, match="rank_from_1_to_7"), transaction.atomic():
            factory(rank=rank, **people)


def test_an_attainment_is_never_changed_or_deleted():
    row = AttainmentFactory(person=PersonFactory())

    for change in (lambda: Attainment.objects.update(rank=4), Attainment.objects.all().delete):
        with pytest.raises(ProgrammingError, match=r"Cannot (update|delete)"), transaction.atomic():
            change()

    assert Attainment.objects.get() == row


def test_an_attainment_may_be_closed_and_brought_forward_and_never_opened_again():
    row = AttainmentFactory(person=PersonFactory(), attained_on=TODAY)
    rows = Attainment.objects.filter(pk=row.pk)

    rows.update(valid_to=TODAY + timedelta(days=9))
    rows.update(valid_to=TODAY + timedelta(days=5))
    for later in (None, TODAY + timedelta(days=6)):
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            rows.update(valid_to=later)

    assert rows.get().valid_to == TODAY + timedelta(days=5)


def test_a_source_tells_of_a_competency_once():
    first = AttainmentFactory(person=PersonFactory(), source="COURSE", source_key="enrolment:1")

    with pytest.raises(IntegrityError, match="attainment_once_per_source"), transaction.atomic():
        AttainmentFactory(
            person=first.person,
            competency=first.competency,
            source="COURSE",
            source_key="enrolment:1",
        )
    AttainmentFactory(person=first.person, competency=first.competency)
    AttainmentFactory(person=first.person, competency=first.competency)


def test_one_works_towards_one_role_at_a_time():
    person = PersonFactory()
    AspirationFactory(person=person, ends_on=TODAY)

    with pytest.raises(IntegrityError, match="aspiration_one_at_a_time"), transaction.atomic():
        AspirationFactory(person=person, starts_on=TODAY)
    AspirationFactory(person=person, starts_on=TODAY + timedelta(days=1))


def test_a_step_leads_elsewhere_and_exists_once():
    step = PathwayStepFactory()

    for other in (
        {"from_role": step.from_role, "to_role": step.from_role},
        {"from_role": step.from_role, "to_role": step.to_role},
    ):
        with pytest.raises(IntegrityError, match="pathway_step"), transaction.atomic():
            PathwayStepFactory(**other)


def test_a_post_follows_one_role_and_a_role_asks_once_for_a_competency():
    post = employ().assignments.get().post
    PostRoleFactory(post=post)
    asked = RequirementFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        PostRoleFactory(post=post)
    with pytest.raises(IntegrityError, match="requirement_once"), transaction.atomic():
        RequirementFactory(role_profile=asked.role_profile, competency=asked.competency)


@pytest.mark.parametrize("before", ["DRAFT", "RETIRED"])
def test_an_edition_only_takes_the_steps_of_its_workflow(before):
    why = {"retired_at": NOW, "retire_reason": "Replaced."} if before == "RETIRED" else {}
    version = FrameworkVersionFactory(state=before, **why)
    version.state = {"DRAFT": "RETIRED", "RETIRED": "PUBLISHED"}[before]

    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        version.save()


@pytest.mark.parametrize("model", [RoleProfile, FrameworkVersion])
def test_national_things_and_those_of_ones_organisations_are_seen(model):
    board, trust, elsewhere = OrganisationFactory.create_batch(3)
    place_below(trust, board)

    def owned_by(owner):
        if model is RoleProfile:
            return RoleProfileFactory(owner=owner)
        return FrameworkVersionFactory(framework=FrameworkFactory(owner=owner))

    national, of_board, of_trust, other = map(owned_by, (None, board, trust, elsewhere))

    def seen_by(actor):
        return set(model.objects.visible_to(actor, on=TODAY)) - {national}

    assert seen_by(employ(organisation=trust)) == {of_board, of_trust}
    assert seen_by(employ(organisation=board)) == {of_board}
    assert seen_by(grant(PersonFactory(), "LEARNING_LEAD", board)) == {of_board, of_trust}
    assert seen_by(PersonFactory()) == set()
    assert seen_by(SystemJob("sweep", organisation_ids=None)) >= {of_board, of_trust, other}
    assert national in set(model.objects.visible_to(PersonFactory(), on=TODAY))


def test_levels_are_seen_by_those_who_see_the_person():
    trust = OrganisationFactory()
    manager = employ(organisation=trust)
    person = employ(organisation=trust, manager=manager)
    row = AttainmentFactory(person=person)
    choice = AspirationFactory(person=person)
    readers = {
        "self": person,
        "line manager": manager,
        "learning lead": grant(employ(), "LEARNING_LEAD", trust),
        "colleague": employ(organisation=trust),
        "talent lead": grant(employ(), "TALENT_LEAD", trust),
        "stranger": employ(),
    }

    for rows, one in ((Attainment.objects, row), (type(choice).objects, choice)):
        seeing = {
            name for name, reader in readers.items() if one in rows.visible_to(reader, on=TODAY)
        }
        assert seeing == {"self", "line manager", "learning lead"}


def test_every_source_that_is_a_deed_of_its_own_has_somebody_who_may():
    for source, relations in RECORDED_BY.items():
        assert relations
        assert not may_record_attainments(frozenset(), source=source)
        assert all(may_record_attainments(frozenset({one}), source=source) for one in relations)
