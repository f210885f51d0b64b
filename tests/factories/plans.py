"""A manager with a role, a gap, courses that would close it, and a plan."""

from dataclasses import dataclass
from datetime import date

import factory

from accounts.models import Organisation, Person
from appraisals.models import Appraisal, DevelopmentPlan, PlanAction
from courses.models import Programme, Session
from pathways.models import Competency, RoleProfile
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.appraisals import appraise
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import OfferingFactory, ProgrammeFactory, SessionFactory, outcome
from tests.factories.pathways import competencies_of, follow, role_asking, show


class DevelopmentPlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DevelopmentPlan

    person = factory.SubFactory(PersonFactory)
    title = "Development plan 2026 to 2027"
    starts_on = date(2026, 10, 1)
    ends_on = date(2027, 9, 30)
    updated_at = NOW


class PlanActionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PlanAction

    plan = factory.SubFactory(DevelopmentPlanFactory)
    kind = "EXPERIENCE"
    title = factory.Sequence(lambda n: f"Shadow the duty manager {n}")
    due_on = date(2027, 3, 7)


@dataclass(frozen=True)
class World:
    """A manager who is below in one competency, has met one, and has not shown four."""

    organisation: Organisation
    manager: Person
    person: Person
    role: RoleProfile
    competencies: list[Competency]
    programme: Programme
    session: Session


def manager_with_a_gap() -> World:
    organisation = OrganisationFactory(name="Riverbank NHS Foundation Trust")
    manager = employ(organisation=organisation, person=PersonFactory(family_name="Lindqvist"))
    person = employ(
        organisation=organisation,
        manager=manager,
        person=PersonFactory(given_name="Amara", family_name="Okafor-Ní Dhomhnaill"),
        title="Ward manager",
    )
    role = role_asking(3, 3, 4, 2, 2, 1, title="Service manager, urgent care")
    follow(person, role)
    competencies = competencies_of(role)
    show(person, {competencies[0]: 2, competencies[1]: 3}, on=date(2026, 6, 3))
    programme = ProgrammeFactory(title="Leading a ward through winter", provider="Riverbank")
    outcome(programme, competencies[0], 3)
    session = SessionFactory(offering=OfferingFactory(programme=programme, host=organisation))
    return World(organisation, manager, person, role, competencies, programme, session)


def plan_of(world: World, **fields: object) -> DevelopmentPlan:
    """A running plan of the manager for the role, with an action under way."""
    plan = DevelopmentPlanFactory(person=world.person, role_profile=world.role, **fields)
    PlanActionFactory(
        plan=plan,
        title="Shadow the site team for a week",
        competency=world.competencies[2],
        state="STARTED",
    )
    return plan


def signed_appraisal(world: World, **fields: object) -> Appraisal:
    """This year's appraisal of the manager, signed by both."""
    moments = ("subject_shared_at", "manager_shared_at", "subject_signed_at", "manager_signed_at")
    return appraise(
        subject=world.person,
        manager=world.manager,
        organisation=world.organisation,
        **{"state": "SIGNED", "met_on": TODAY, **dict.fromkeys(moments, NOW), **fields},
    )


def open_appraisal(world: World) -> Appraisal:
    """The same before the line manager has signed, so that objectives can still be written."""
    return signed_appraisal(world, state="SHARED", manager_signed_at=None)
