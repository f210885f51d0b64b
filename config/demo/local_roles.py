"""Role profiles that the personas' trust writes itself, and what its people are qualified in."""

from datetime import date, datetime, timedelta

from accounts.models import Organisation, Person
from config.demo.personas import HOME
from config.demo.world import World
from pathways.models import Competency, RoleProfile
from pathways.services.pathways import StepParticulars, add_step
from pathways.services.qualifications import Held, add_qualification, check_qualification
from pathways.services.role_conditions import (
    ConditionParticulars,
    GroupParticulars,
    add_condition,
    add_group,
)
from pathways.services.role_profiles import Particulars, draft_role, publish_role
from pathways.services.role_requirements import Asked, ask_for, follow_family

_FAMILY = Particulars(
    "Clinic management", "What everybody who runs clinics answers for.", "Clinics", 3
)
_FLOW = Particulars(
    "Patient flow lead",
    "Keeps patients moving through the hospital, from the front door to the way home.",
    "Operations",
    3,
    "7",
)
_CLINICS = Particulars(
    "Outpatient clinic manager",
    "Runs the outpatient clinics of a division: rooms, people, letters and waiting times.",
    "Clinics",
    3,
    "7",
    "8a",
)


def write_local_roles(world: World) -> None:
    """A role in use, a draft that takes its levels from a family, and Amara's qualifications."""
    home = world.body(HOME)
    author = home.one_of("hr-business-partner").person
    now = world.morning - timedelta(days=6)
    _patient_flow(world, home.organisation, author, now=now)
    _clinics(world, home.organisation, author, now=now + timedelta(days=1))
    ward_manager = home.holders("ward-manager")[0]
    if ward_manager.manager:
        _qualify(ward_manager.person, checked_by=ward_manager.manager.person, now=now)


def _patient_flow(
    world: World, owner: Organisation, author: Person, *, now: datetime
) -> RoleProfile:
    version = world.roles["team-leader"].version
    role = draft_role(
        code="patient-flow-lead",
        particulars=_FLOW,
        version=version,
        owner=owner,
        is_family=False,
        by=author,
        now=now,
    )
    levels = {row.pk: Asked(2, row.code in {"2.1", "4.1"}) for row in _competencies(version.pk)}
    ask_for(role=role, levels=levels, by=author, now=now)
    step = StepParticulars("PROMOTION", 24, "Whole services in place of one hospital's flow.")
    add_step(
        from_role=role,
        to_role=world.roles["service-manager"],
        particulars=step,
        by=author,
        now=now,
    )
    return publish_role(role=role, by=author, now=now)


def _clinics(world: World, owner: Organisation, author: Person, *, now: datetime) -> None:
    version = world.roles["team-leader"].version
    rows = _competencies(version.pk)
    family, role = (
        draft_role(
            code=code,
            particulars=particulars,
            version=version,
            owner=owner,
            is_family=is_family,
            by=author,
            now=now,
        )
        for code, particulars, is_family in (
            ("clinic-management", _FAMILY, True),
            ("outpatient-clinic-manager", _CLINICS, False),
        )
    )
    ask_for(role=family, levels={row.pk: Asked(2) for row in rows[:6]}, by=author, now=now)
    follow_family(role=role, family=family, by=author, now=now)
    ask_for(role=role, levels={rows[0].pk: Asked(3, is_essential=True)}, by=author, now=now)
    group = add_group(
        role=role,
        parent=None,
        particulars=GroupParticulars("ANY", "ANY", is_essential=True),
        by=author,
        now=now,
    )
    for condition in (
        ConditionParticulars("QUALIFICATION", "A degree in any subject", level=6),
        ConditionParticulars("EXPERIENCE", "Work in outpatient clinics", months=24),
    ):
        add_condition(group=group, particulars=condition, by=author, now=now)
    step = StepParticulars("PROMOTION", 36, "Services with wards and theatres.")
    add_step(
        from_role=role,
        to_role=world.roles["service-manager"],
        particulars=step,
        by=author,
        now=now,
    )


def _competencies(version_id: int) -> list[Competency]:
    return list(
        Competency.objects.filter(version=version_id, is_assessable=True).order_by(
            "domain__position", "position"
        )
    )


def _qualify(person: Person, *, checked_by: Person, now: datetime) -> None:
    degree = Held("BSc Nursing", date(2012, 7, 13), "University of Manchester", 6)
    register = Held(
        "Registered nurse: adult",
        date(2012, 9, 3),
        "Nursing and Midwifery Council",
        valid_to=date(now.year + 2, 9, 30),
        is_registration=True,
    )
    rows = [
        add_qualification(person=person, held=held, by=person, now=now)
        for held in (degree, register)
    ]
    check_qualification(qualification=rows[1], by=checked_by, now=now + timedelta(hours=3))
