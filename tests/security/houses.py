"""Two trusts below one board, each with a row of every kind, and everybody who could ask for one.

Whatever belongs to the second one and is nobody else's business carries the word ``CANARY``.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Model
from django.test import Client

from accounts.models import EmergencyAccess, LegalHold, Organisation, Person
from appraisals.models import Appraisal
from config.reference.retention import load_retention_rules
from courses.models import RoleProgramme
from pathways.models import RoleProfile
from talent.services.projection import refresh_profiles
from tests.api_client import HrSystem, hr_system
from tests.factories.accounts import (
    ApiClientFactory,
    ApiClientSecretFactory,
    DelegationFactory,
    OrganisationFactory,
    PersonFactory,
    ReportingLineFactory,
    StaffIdentityFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.appraisals import (
    CycleFactory,
    DraftFactory,
    ObjectiveFactory,
    appraise,
    change_line_manager,
    shared,
    standard_form,
)
from tests.factories.authoring import authoring_rows
from tests.factories.case import case_rows
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    STARTS,
    EnrolmentFactory,
    OfferingFactory,
    ProgrammeFactory,
    SessionFactory,
    outcome,
    seated,
)
from tests.factories.editions import edition_rows
from tests.factories.jobs import DocumentFactory, JobFactory
from tests.factories.notifications import NoticeFactory
from tests.factories.pathways import follow, role_asking, show
from tests.factories.plans import DevelopmentPlanFactory, PlanActionFactory
from tests.factories.talent import (
    NominationFactory,
    PanelMemberFactory,
    PoolFactory,
    TalentConsentFactory,
)
from tests.second_step import set_up_app
from tests.security.approval_rows import approval_rows, approval_rule
from tests.security.asking_rows import asked_rows
from tests.security.catalogue_rows import catalogue_rows
from tests.security.compliance_rows import training_rows, training_rules
from tests.security.credential_rows import certificate_rows, issuing_rows
from tests.security.delivery_rows import delivery_rows
from tests.security.import_rows import import_rows
from tests.security.money_rows import money_rows
from tests.security.package_rows import package_rows
from tests.security.role_rows import past_role, qualified, role_rows
from tests.security.selection_rows import application_rows, intake_rows, panel_rows, sponsor_rows
from tests.security.session_rows import meeting_rows, session_rows
from tests.security.showing_rows import showing
from tests.security.signpost_rows import coach_offer_of, resource_of
from tests.security.study_time_rows import study_time_rows
from tests.security.swap_rows import swap_rows

CANARY = "Quillfeather"
YESTERDAY = NOW - timedelta(days=1)


@dataclass(frozen=True)
class House:
    """One trust: who works there, and a row of every kind that has an address."""

    organisation: Organisation
    people: dict[str, Person]
    client: HrSystem
    rows: dict[str, Model]


def house(board: Organisation, *, word: str = CANARY) -> House:
    organisation = place_below(OrganisationFactory(), board)
    people = _people(organisation, word)
    role = role_asking(
        3, 2, title=f"Role {word}", owner=organisation, version__framework__owner=organisation
    )
    follow(people["person"], role)
    past_role(people["person"], role)
    show(people["person"], {role.requirements.order_by("pk")[0].competency: 1})
    rows: dict[str, Model] = {
        **people,
        **_standing(organisation, people),
        "role": role,
        "framework": role.version,
        "domain": role.version.domains.order_by("position")[0],
        **case_rows(role.version),
        "competency": role.requirements.order_by("pk")[0].competency,
        "resource": resource_of(organisation, role, title=f"Resource {word}"),
        "coach_offer": coach_offer_of(people["person"], organisation, role),
        **authoring_rows(organisation, word=word),
        **edition_rows(role.version),
        **role_rows(organisation, role, word),
        **import_rows(organisation, word),
        **package_rows(organisation, word),
        **qualified(people["person"], f"Qualification {word}"),
        **_learning(organisation, people, role, word),
        **_appraising(organisation, people, word),
        **_planning(people, role, word),
        **_talent(organisation, people, role, word),
        **asked_rows(
            people["person"],
            organisation,
            role.requirements.order_by("pk")[0].competency,
            assessor=people["colleague"],
            message=f"Asked {word}",
            shown=f"Shown {word}",
        ),
        **showing(
            people["person"],
            organisation,
            role,
            shown=f"Evidence {word}",
            kept=f"Kept {word}",
            claimed=f"Claim {word}",
        ),
    }
    return House(organisation, people, hr_system(organisation), rows)


def _people(organisation: Organisation, word: str) -> dict[str, Person]:
    def somebody(given_name: str, **post: Any) -> Person:
        named = PersonFactory(given_name=given_name, family_name=word)
        return employ(person=named, organisation=organisation, **post)

    manager = somebody("Manager", manager=somebody("Second"))
    person = somebody("Person", manager=manager)
    # Until the end of October somebody else managed the person, who works elsewhere now.
    line = person.managed_by_lines.get()
    line.starts_on = date(2026, 11, 1)
    line.save()
    former = ReportingLineFactory(assignment=line.assignment, ends_on=date(2026, 10, 31)).manager
    roles = {
        "LEARNING_LEAD": "learning",
        "HR_ADMINISTRATOR": "hr",
        "TALENT_LEAD": "talent",
        "ORGANISATION_ADMINISTRATOR": "administrator",
        "AUDITOR": "auditor",
        "FRAMEWORK_AUTHOR": "author",
    }
    return {
        "person": person,
        "manager": manager,
        "former": former,
        "colleague": somebody("Colleague"),
        **{name: grant(somebody(name), role, organisation) for role, name in roles.items()},
    }


def _standing(organisation: Organisation, people: dict[str, Person]) -> dict[str, Model]:
    """A role that somebody holds, who stands in for the line manager, and whose record was opened
    in an emergency."""
    return {
        "emergency": EmergencyAccess.objects.create(
            person=people["hr"],
            subject=people["person"],
            organisation=organisation,
            reason=f"An enquiry that cannot wait, about {people['person'].family_name}",
            opened_at=NOW,
            ends_at=NOW + timedelta(minutes=30),
        ),
        "role_grant": people["talent"].role_grants.get(),
        "organisation": organisation,
        "hold": held(people["colleague"], organisation),
        **_doors(organisation, people),
        "delegation": DelegationFactory(
            manager=people["manager"], delegate=people["colleague"], organisation=organisation
        ),
    }


def held(person: Person, organisation: Organisation) -> LegalHold:
    """A legal hold on ``person``; and the rules, which are there wherever the service runs."""
    load_retention_rules()
    reason = f"An inquiry about {person.family_name}"
    return LegalHold.objects.create(
        organisation=organisation, person=person, reason=reason, set_at=NOW
    )


def _doors(organisation: Organisation, people: dict[str, Person]) -> dict[str, Model]:
    """A program that calls, and the account at the trust that somebody signs in with."""
    program = ApiClientFactory(
        organisation=organisation, name=f"Program {people['person'].family_name}"
    )
    StaffIdentityFactory(person=people["person"])
    return {
        "program": program,
        "program_secret": ApiClientSecretFactory(client=program),
        "identity": StaffIdentityFactory(person=people["person"], organisation=organisation),
        **_signing_in(organisation, people),
    }


def _signing_in(organisation: Organisation, people: dict[str, Person]) -> dict[str, Model]:
    """Somebody with an app, somebody who is signed in elsewhere, and somebody who was stopped."""
    set_up_app(people["colleague"])
    browser = Client()
    browser.force_login(people["person"])
    stopped = PersonFactory(family_name=people["person"].family_name, is_active=False)
    return {
        "session_elsewhere": UserSession.objects.get(session_key=browser.session.session_key),
        "stopped": employ(person=stopped, organisation=organisation),
    }


def _learning(
    organisation: Organisation, people: dict[str, Person], role: RoleProfile, word: str
) -> dict[str, Model]:
    offering = OfferingFactory(host=organisation, programme=ProgrammeFactory())
    coming, past, over = (
        SessionFactory(offering=offering, place=f"Room {word}", **when)
        for when in (
            # At a time when whoever asks for it has no other place.
            {"starts_at": STARTS + timedelta(days=28)},
            {"starts_at": YESTERDAY},
            {"starts_at": YESTERDAY, "state": "CLOSED"},
        )
    )
    asked_for = OfferingFactory(host=organisation)
    RoleProgramme.objects.create(role_profile=role, programme=asked_for.programme)
    rules = training_rules(organisation, offering, word)
    unlisted = ProgrammeFactory(title=f"Programme {word}", owner=organisation, is_listed=False)
    outcome(unlisted, role.requirements.order_by("pk")[0].competency, 1)
    return {
        **rules,
        **training_rows(people["person"], organisation, rules, word),
        "programme": unlisted,
        "offering": offering,
        "session": coming,
        "session_begun": past,
        "session_over": over,
        "session_asked_for": SessionFactory(offering=asked_for, place=f"Room {word}"),
        "request": EnrolmentFactory(session=coming, person=people["person"], reason=word),
        "place": seated(coming, 1, person=people["colleague"]),
        "place_begun": seated(past, 1, person=people["person"]),
        "attended": seated(over, 1, person=people["person"], state="ATTENDED"),
        **approval_rows(people["person"], organisation, word),
        **approval_rule(organisation),
        **study_time_rows(offering, people["person"], word),
        **catalogue_rows(offering, lead=people["learning"], word=word),
        **issuing_rows(organisation),
        **certificate_rows(people["person"], organisation),
        **session_rows(offering, people["person"]),
        **intake_rows(offering),
        **application_rows(offering, people["person"]),
        **panel_rows(offering, people["person"], member=people["learning"]),
        **sponsor_rows(offering, people["person"]),
        **swap_rows(offering, people["person"]),
        **meeting_rows(coming, word),
        **money_rows(organisation, offering, word),
        **delivery_rows(offering, people["person"]),
    }


def _appraising(
    organisation: Organisation, people: dict[str, Person], word: str
) -> dict[str, Model]:
    form = standard_form()

    def cycle(**fields: Any) -> Any:
        title = f"Round {fields.get('n', 0)} {word}"
        return CycleFactory(organisation=organisation, form=form, title=title)

    parties = {"subject": people["person"], "manager": people["manager"]}
    drafting = appraise(cycle=cycle(n=1), **parties)
    for side in ("SUBJECT", "MANAGER"):
        DraftFactory(appraisal=drafting, side=side, answers={"went-well": word})
    agreed = shared(cycle=cycle(n=2), **parties)
    agreed.drafts.update(answers={"went-well": word})
    return {
        "cycle": cycle(n=3),
        "drafting": drafting,
        "agreed": agreed,
        "objective": ObjectiveFactory(appraisal=agreed, title=word, measure=word),
        "left_behind": _left_behind(cycle(n=4), parties),
    }


def _left_behind(cycle: Any, parties: dict[str, Person]) -> Appraisal:
    """An appraisal that is still with the line manager before this one."""
    appraisal = appraise(cycle=cycle, **parties)
    change_line_manager(appraisal)
    return appraisal


def _planning(people: dict[str, Person], role: RoleProfile, word: str) -> dict[str, Model]:
    plan = DevelopmentPlanFactory(person=people["person"], role_profile=role, title=f"Plan {word}")
    NoticeFactory(recipient=people["person"], facts={"title": word})
    return {
        "plan": plan,
        "action": PlanActionFactory(plan=plan, title=f"Action {word}"),
        "job": JobFactory(owner=people["person"], title=f"Job {word}"),
        "document": DocumentFactory(owner=people["person"], title=f"Document {word}"),
    }


def _talent(
    organisation: Organisation, people: dict[str, Person], role: RoleProfile, word: str
) -> dict[str, Model]:
    TalentConsentFactory(person=people["person"], scope="ORGANISATION")
    refresh_profiles(person_ids=[people["person"].pk], now=NOW)
    pool = PoolFactory(organisation=organisation, role_profile=role, title=f"Pool {word}")
    return {
        "pool": pool,
        "panel_member": PanelMemberFactory(pool=pool, person=people["colleague"]),
        "nomination": NominationFactory(pool=pool, person=people["person"], reason=word),
    }


@dataclass(frozen=True)
class Town:
    """``theirs`` holds the rows that are asked for, by people of ``ours`` who may have none."""

    ours: House
    theirs: House


def town() -> Town:
    board = OrganisationFactory(kind="ICB")
    ours, theirs = house(board, word="Harbinger"), house(board)
    employ(person=theirs.people["former"], organisation=ours.organisation, starts_on=TODAY)
    return Town(ours, theirs)
