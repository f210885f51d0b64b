"""What the hostile tests know of each endpoint: a row of ours, one that is not, and a good body."""

import datetime
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.utils import timezone

from accounts.models import Organisation, Person
from tests.api.endpoints import Operation
from tests.api.sample import House, Sample
from tests.api.samples_frameworks import FRAMEWORK_SAMPLES
from tests.api.samples_roles import ROLE_SAMPLES
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.appraisals import appraise
from tests.factories.compliance import training_asked_of
from tests.factories.courses import (
    EnrolmentFactory,
    OfferingFactory,
    ProgrammeFactory,
    SessionFactory,
)
from tests.factories.pathways import (
    AttainmentFactory,
    CompetencyFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
    RequirementFactory,
    RoleProfileFactory,
    follow,
    show,
)
from tests.factories.plans import DevelopmentPlanFactory
from tests.security.money_rows import money_rows
from tests.security.session_rows import session_rows
from tests.security.study_time_rows import OWED_SINCE, study_time_rows

NOWHERE = 2**62


def house() -> House:
    """An organisation whose framework, role, plan, appraisal and enrolment are its own."""
    organisation = OrganisationFactory()
    person = employ(organisation=organisation)
    starts_at = timezone.now() + datetime.timedelta(days=60)
    session = SessionFactory(offering=OfferingFactory(host=organisation), starts_at=starts_at)
    version = FrameworkVersionFactory(framework=FrameworkFactory(owner=organisation))
    competency = CompetencyFactory(domain__version=version)
    role = RoleProfileFactory(owner=organisation, version=version)
    RequirementFactory(role_profile=role, competency=competency)
    show(follow(person, role), {competency: 2})
    appraise(organisation=organisation)
    rows = {
        "person": person.pk,
        "framework_show": version.pk,
        "role_profile_show": role.pk,
        "competency": competency.pk,
        "session_show": session.pk,
        "statement": money_rows(organisation, session.offering, "one")["statement"].pk,
        "study_time": study_time_rows(session.offering, employ_in(organisation), "Staffing")[
            "study_time"
        ].pk,
        "enrolment_show": EnrolmentFactory(session=session, person=employ_in(organisation)).pk,
        **{
            name: row.pk
            for name, row in session_rows(session.offering, employ_in(organisation)).items()
        },
        "elsewhere": SessionFactory(offering=session.offering, starts_at=starts_at).pk,
        "training_level": training_asked_of(person, organisation).pk,
        "plan-detail": DevelopmentPlanFactory(person=person).pk,
    }
    return House(organisation, person, session, rows)


def employ_in(organisation: Organisation) -> Person:
    return employ(organisation=organisation)


def _one(name: str):
    return lambda ours, theirs: Sample(ours=ours.rows[name], hidden=theirs.rows[name])


def _list(ours: House, theirs: House) -> Sample:
    return Sample()


def _course(ours: House, theirs: House) -> Sample:
    """Programmes are for everybody; what is taken out of the catalogue is for nobody."""
    hidden = ProgrammeFactory(is_listed=False)
    return Sample(ours=ours.session.offering.programme_id, hidden=hidden.pk)


def _time(ours: House, theirs: House) -> Sample:
    body = {
        "act": "REARRANGE",
        "account": "OWED",
        "on": OWED_SINCE.isoformat(),
        "held": 60,
        "minutes": 30,
        "day": (timezone.localdate() + datetime.timedelta(days=3)).isoformat(),
        "reason": "STAFFING",
        "text": "Two colleagues were ill.",
    }
    return replace(_one("study_time")(ours, theirs), body=body)


def _enrol(ours: House, theirs: House) -> Sample:
    body = {"person_id": ours.person.pk, "session_id": ours.session.pk, "reason": "To lead."}
    hidden = {"person_id": theirs.person.pk, "session_id": theirs.session.pk}
    return Sample(body=body, names=hidden)


def _answer(ours: House, theirs: House) -> Sample:
    offered = Sample(ours=ours.rows["offered"], hidden=theirs.rows["offered"])
    return replace(offered, body={"answer": "DECLINE"})


def _move(ours: House, theirs: House) -> Sample:
    waiting = Sample(ours=ours.rows["turn"], hidden=theirs.rows["turn"])
    body = {"session_id": ours.rows["elsewhere"]}
    return replace(waiting, body=body, names={"session_id": theirs.rows["elsewhere"]})


def _trainings(ours: House, theirs: House) -> Sample:
    """The last day may be null, which says that it counts for good."""
    training = {
        "key": "lms-1",
        "person_id": ours.person.pk,
        "level_id": ours.rows["training_level"],
        "completed_on": "2026-02-01",
        "expires_on": None,
    }
    hidden = {
        "records.0.person_id": theirs.person.pk,
        "records.0.level_id": theirs.rows["training_level"],
    }
    return Sample(body={"records": [training]}, names=hidden)


def _levels(ours: House, theirs: House) -> Sample:
    """The last day may be left open: a null in a good body is no mistake."""
    level = {
        "key": "lms-1",
        "person_id": ours.person.pk,
        "competency_id": ours.rows["competency"],
        "rank": 3,
        "attained_on": "2026-02-01",
        "valid_to": None,
    }
    hidden = {
        "levels.0.person_id": theirs.person.pk,
        "levels.0.competency_id": theirs.rows["competency"],
    }
    return Sample(body={"levels": [level]}, names=hidden)


def _end(ours: House, theirs: House) -> Sample:
    def sent_of(house: House) -> int:
        competency_id = house.rows["competency"]
        sent = AttainmentFactory(
            person=house.person, competency_id=competency_id, rank=2, source="IMPORTED"
        )
        return sent.pk

    return Sample(sent_of(ours), sent_of(theirs), {"last_day": "2026-11-20", "reason": "Lapsed."})


SAMPLES = {
    "get people": _list,
    "get person": _one("person"),
    "get assignments": _list,
    "get framework_list": _list,
    "get framework_show": _one("framework_show"),
    "get role_profile_list": _list,
    "get role_profile_show": _one("role_profile_show"),
    "get role_routes": _one("role_profile_show"),
    "get person_routes": _one("person"),
    "get pathway_step_list": _list,
    "get pathway_map": _list,
    "get course_list": _list,
    "get course_show": _course,
    "get fund_list": _list,
    "get statement_list": _list,
    "get statement_lines": _one("statement"),
    "get award_list": _list,
    "get session_list": _list,
    "get session_show": _one("session_show"),
    "get training_record_list": _list,
    "get compliance_list": _list,
    "get mandatory_training_list": _list,
    "post mandatory_training_list": _trainings,
    "get enrolment_list": _list,
    "post enrolment_list": _enrol,
    "get enrolment_show": _one("enrolment_show"),
    "get study_time_show": _one("study_time"),
    "post study_time_show": _time,
    "get study_time_figures": _list,
    "post enrolment_withdraw": _one("enrolment_show"),
    "post enrolment_answer": _answer,
    "post enrolment_move": _move,
    "get appraisal-list": _list,
    "get plan-list": _list,
    "get plan-detail": _one("plan-detail"),
    "get person_gap": _one("person"),
    "get person_signposts": _one("person"),
    "get team_gap": _one("person"),
    "get team_gap_people": _one("person"),
    "get organisations_gap": _list,
    "get edition_changes": _one("framework_show"),
    "get crosswalk_list": _one("framework_show"),
    "get qualification_list": _list,
    "get evidence_list": _list,
    "get claim_list": _list,
    "get confirmation_list": _list,
    "get confirmation_counts": _list,
    "get assessor_list": _list,
    "get attainment_list": _list,
    "post attainment_list": _levels,
    "post attainment_close": _end,
    **FRAMEWORK_SAMPLES,
    **ROLE_SAMPLES,
}


def sample_of(operation: Operation, ours: House, theirs: House) -> Sample:
    if str(operation) not in SAMPLES:
        raise LookupError(f"tests/api/samples.py has no sample for {operation}.")
    return SAMPLES[str(operation)](ours, theirs)


def everything_kept() -> dict[str, list[Any]]:
    """Every row of ours in the database, so that two moments can be compared."""
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=repr)
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }
