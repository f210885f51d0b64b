"""One person, everybody that person could stand in a relation to, and a row of every kind of each.

Two trusts stand below one board, a third belongs to another system. Whatever is sensitive about
somebody is a token with their name in it. Roles are not given here: ``actors.py`` gives the person
in the middle one at a time and takes it back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Model

from accounts.models import EmergencyAccess, LegalHold, Organisation, Person
from config.reference.retention import load_retention_rules
from courses.models import RoleProgramme, Session
from talent.services.projection import refresh_profiles
from tests.canaries.tokens import token
from tests.factories.accounts import (
    ApiClientFactory,
    ApiClientSecretFactory,
    DelegationFactory,
    OrganisationFactory,
    PersonFactory,
    ReportingLineFactory,
    RoleGrantFactory,
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
    shared,
    standard_form,
)
from tests.factories.authoring import authoring_rows
from tests.factories.case import case_rows
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    STARTS,
    AccreditationFactory,
    EnrolmentFactory,
    OfferingFactory,
    ProgrammeFactory,
    SessionFactory,
    brings,
    seated,
)
from tests.factories.editions import edition_rows
from tests.factories.jobs import DocumentFactory, JobFactory
from tests.factories.notifications import KeptMailFactory, NoticeFactory
from tests.factories.pathways import (
    LevelDescriptorFactory,
    PathwayStepFactory,
    RoleProfileFactory,
    follow,
    role_asking,
)
from tests.factories.plans import DevelopmentPlanFactory, PlanActionFactory
from tests.factories.results import found
from tests.factories.selection import PanelIntakeFactory
from tests.factories.talent import (
    NominationFactory,
    PanelMemberFactory,
    PoolFactory,
    ReadinessJudgementFactory,
    TalentConsentFactory,
)
from tests.factories.training_files import imported_for
from tests.security.approval_rows import approval_rows, approval_rule
from tests.security.asking_rows import asked_rows
from tests.security.catalogue_rows import catalogue_rows
from tests.security.compliance_rows import training_rows, training_rules
from tests.security.credential_rows import certificate_rows, issuing_rows
from tests.security.delivery_rows import delivery_rows
from tests.security.import_rows import import_rows
from tests.security.matrix.ties import Tie
from tests.security.money_rows import money_rows
from tests.security.package_rows import package_rows
from tests.security.role_rows import qualified, role_rows
from tests.security.selection_rows import application_rows, intake_rows, panel_rows, sponsor_rows
from tests.security.session_rows import meeting_rows, session_rows
from tests.security.showing_rows import showing
from tests.security.signpost_rows import coach_offer_of, resource_of
from tests.security.study_time_rows import study_time_rows
from tests.security.swap_rows import swap_rows

YESTERDAY = NOW - timedelta(days=1)
LAST_MONTH = date(2026, 10, 31)
# Everybody has a place somewhere at the usual time, and nobody two at once.
WHEN_ALL_ARE_FREE = STARTS + timedelta(days=28)
Rows = dict[str, Model]


@dataclass(frozen=True)
class House:
    """One organisation with what belongs to it rather than to a person."""

    name: str
    organisation: Organisation
    rows: Rows


@dataclass(frozen=True)
class Target:
    """Somebody whose rows are asked for. ``ties``: what the person in the middle is to them.

    ``is_there``: still belongs to the organisation; ``is_found``: lets its talent team find them;
    ``is_managed``: has a line manager.
    """

    name: str
    person: Person
    house: House
    ties: frozenset[Tie]
    rows: Rows = field(default_factory=dict)
    is_there: bool = True
    is_found: bool = True
    is_managed: bool = True


@dataclass(frozen=True)
class Town:
    actor: Person
    board: Organisation
    houses: Mapping[str, House]
    targets: Mapping[str, Target]
    # Who manages them: named where their reports are, with no record of their own here.
    bystanders: Mapping[str, Target]
    session_of_board: Session


def build_town() -> Town:
    board = OrganisationFactory(kind="ICB", name="Board of two trusts")
    houses = {
        "ours": house("ours", place_below(OrganisationFactory(), board)),
        "neighbour": house("neighbour", place_below(OrganisationFactory(), board)),
        "stranger": house("stranger", OrganisationFactory()),
    }
    people = _people(houses["ours"])
    # Somebody has to be there to review what is opened in an emergency.
    grant(people["auditor"], "AUDITOR", board)
    targets = {}
    bystanders = {
        name: Target(name, people[name], houses["ours"], _TOGETHER)
        for name in ("chief", "other", "absent", "auditor")
    }
    for name, (manager, ties) in RELATIONS.items():
        targets[name] = _target(name, houses["ours"], people, manager=manager, ties=ties)
    for name in ("neighbour", "stranger"):
        lead = _somebody(f"lead{name}", houses[name])
        around = {name: _somebody(name, houses[name], manager=lead), "lead": lead}
        ties = frozenset({Tie.ASSESSOR}) if name == "stranger" else frozenset[Tie]()
        targets[name] = _target(name, houses[name], around, manager="lead", ties=ties)
        bystanders[f"lead{name}"] = Target(f"lead{name}", lead, houses[name], frozenset())
    for target in targets.values():
        target.rows.update(_asking(target, people["actor"]))
    _leave(targets["left"])
    refresh_profiles(person_ids=[target.person.pk for target in targets.values()], now=NOW)
    of_board = SessionFactory(
        offering=OfferingFactory(host=board), capacity=40, starts_at=WHEN_ALL_ARE_FREE
    )
    return Town(people["actor"], board, houses, targets, bystanders, of_board)


_TOGETHER = frozenset({Tie.COLLEAGUE})
# Name of the target -> who manages them, and what the actor is to them.
RELATIONS: dict[str, tuple[str, frozenset[Tie]]] = {
    "actor": ("boss", frozenset({Tie.SELF})),
    "report": ("actor", _TOGETHER | {Tie.LINE_MANAGER}),
    "second": ("report", _TOGETHER | {Tie.SECOND_LINE}),
    "supervised": ("other", _TOGETHER | {Tie.SUPERVISOR}),
    "former": ("other", _TOGETHER | {Tie.FORMER_LINE_MANAGER}),
    "peer": ("boss", _TOGETHER | {Tie.PEER}),
    "boss": ("chief", _TOGETHER | {Tie.REPORT}),
    "colleague": ("other", _TOGETHER),
    "hidden": ("other", _TOGETHER),
    "nominee": ("other", _TOGETHER | {Tie.NOMINATOR}),
    "covered": ("absent", _TOGETHER | {Tie.DELEGATE}),
    "alone": ("", _TOGETHER),
    "left": ("other", frozenset()),
}


def house(name: str, organisation: Organisation) -> House:
    role = role_asking(
        3,
        2,
        title=f"Role of {name}",
        owner=organisation,
        version__framework__owner=organisation,
        # The newest there is: who has no role in mind is measured by it.
        version__valid_from=LAST_MONTH,
    )
    competency = role.requirements.order_by("pk")[0].competency
    level = role.version.scale.levels.order_by("rank")[0]
    LevelDescriptorFactory(competency=competency, level=level)
    for step in ({"from_role": role}, {"to_role": role}):
        other = RoleProfileFactory(owner=organisation, version=role.version)
        PathwayStepFactory(**{"from_role": other, "to_role": other, **step})
    offering = OfferingFactory(host=organisation, programme=ProgrammeFactory())
    # Taught there by somebody else as well.
    OfferingFactory(
        host=organisation,
        programme=offering.programme,
        provider=OrganisationFactory(),
        route="By another provider",
    )
    AccreditationFactory(programme=offering.programme)
    brings(offering.programme)
    kept = catalogue_rows(offering, lead=PersonFactory(), word=name)
    asked_for = OfferingFactory(host=organisation)
    RoleProgramme.objects.create(role_profile=role, programme=asked_for.programme)
    coming, begun, over = (
        SessionFactory(offering=offering, place=f"Room of {name}", capacity=40, **when)
        for when in (
            {"starts_at": WHEN_ALL_ARE_FREE},
            {"starts_at": YESTERDAY},
            {"starts_at": YESTERDAY, "state": "CLOSED"},
        )
    )
    form = standard_form()
    cycles = [
        CycleFactory(organisation=organisation, form=form, title=f"Round {n} of {name}")
        for n in range(4)
    ]
    rows: Rows = {
        "role": role,
        "framework": role.version,
        "domain": role.version.domains.order_by("position")[0],
        **case_rows(role.version),
        "competency": role.requirements.order_by("pk")[0].competency,
        "resource": resource_of(organisation, role, title=f"Resource of {name}"),
        **authoring_rows(organisation, word=name),
        **edition_rows(role.version),
        "programme": offering.programme,
        "offering": offering,
        "accreditation": kept["accreditation"],
        "own_programme": kept["own_programme"],
        "session": coming,
        "session_asked_for": SessionFactory(offering=asked_for, starts_at=WHEN_ALL_ARE_FREE),
        "session_begun": begun,
        **meeting_rows(coming, f"of {name}"),
        "session_over": over,
        "place_begun": seated(begun, 1),
        "attended": seated(over, 1, state="ATTENDED"),
        "cycle": cycles[0],
        **{f"cycle{n}": cycle for n, cycle in enumerate(cycles)},
        "pool": PoolFactory(organisation=organisation, role_profile=role, title=f"Pool of {name}"),
        "empty_pool": PoolFactory(organisation=organisation, role_profile=role),
        "mail": KeptMailFactory(),
        "organisation": organisation,
        "hold": _hold(organisation),
        **_program(name, organisation),
    }
    rows |= approval_rule(organisation)
    rows |= intake_rows(offering)
    rows["intake_by_panel"] = PanelIntakeFactory(
        session=SessionFactory(offering=rows["intake"].session.offering)
    )
    rows |= role_rows(organisation, role, f"of {name}")
    rows |= money_rows(organisation, offering, f"of {name}")
    rows |= issuing_rows(organisation)
    rows |= training_rules(organisation, offering, f"of {name}")
    rows["training_import"] = imported_for(
        employ(organisation=organisation), organisation, rows["training_subject"], f"of {name}"
    )
    rows["result_file"] = found(rows["attended"], 65).file
    rows |= import_rows(organisation, f"of {name}")
    rows |= package_rows(organisation, f"of {name}")
    rows["panel_seat"] = PanelMemberFactory(pool=rows["pool"])
    return House(name, organisation, rows)


def _hold(organisation: Organisation) -> LegalHold:
    """A hold on somebody; and the rules of the service, which are there wherever it runs."""
    load_retention_rules()
    held = employ(organisation=organisation)
    return LegalHold.objects.create(
        organisation=organisation, person=held, reason="An inquiry", set_at=NOW
    )


def _program(name: str, organisation: Organisation) -> Rows:
    program = ApiClientFactory(organisation=organisation, name=f"Program of {name}")
    return {"program": program, "program_secret": ApiClientSecretFactory(client=program)}


def _somebody(name: str, house: House, *, manager: Person | None = None) -> Person:
    named = PersonFactory(
        given_name=name.capitalize(),
        family_name=token("name", name),
        email=f"{token('email', name)}@waymark.example",
    )
    person = employ(person=named, organisation=house.organisation, manager=manager)
    return follow(person, house.rows["role"])


def _people(house: House) -> dict[str, Person]:
    """Everybody of the actor's own trust, each below the line manager that ``RELATIONS`` names."""
    people = {"chief": _somebody("chief", house)}
    people["boss"] = _somebody("boss", house, manager=people["chief"])
    people["actor"] = _somebody("actor", house, manager=people["boss"])
    people["actor"].set_password(token("password", "actor"))
    people["actor"].save()
    for name in ("other", "absent", "auditor"):
        people[name] = _somebody(name, house, manager=people["chief"])
    DelegationFactory(
        manager=people["absent"], delegate=people["actor"], organisation=house.organisation
    )
    for name, (manager, _ties) in RELATIONS.items():
        if name not in people:
            people[name] = _somebody(name, house, manager=people.get(manager))
    assignment = people["supervised"].assignments.get()
    ReportingLineFactory(assignment=assignment, manager=people["actor"], kind="SUPERVISOR")
    line = people["former"].managed_by_lines.get()
    line.starts_on = LAST_MONTH + timedelta(days=1)
    line.save()
    ReportingLineFactory(assignment=line.assignment, manager=people["actor"], ends_on=LAST_MONTH)
    return people


def _target(
    name: str, house: House, people: dict[str, Person], *, manager: str, ties: frozenset[Tie]
) -> Target:
    person, appraiser = people[name], people.get(manager)
    rows: Rows = {"person": person}
    rows |= _learning(name, person, house)
    rows |= _planning(name, person, house)
    rows |= showing(
        person,
        house.organisation,
        house.rows["role"],
        shown=token("evidence", name),
        kept=token("kept", name),
        claimed=token("claim", name),
    )
    rows |= qualified(person, token("award", name))
    rows |= training_rows(person, house.organisation, house.rows, f"of {name}")
    rows["coach_offer"] = coach_offer_of(person, house.organisation, house.rows["role"])
    if Tie.SELF in ties:
        # What one has shown oneself is asked for by its competency, and answers nobody else.
        rows["own_competency"] = rows["competency"]
    rows |= _signing_in(person, house)
    if appraiser:
        before = people["actor"] if name == "former" else PersonFactory()
        rows |= _appraising(name, person, house, appraiser, before)
    nominator = people["actor"] if Tie.NOMINATOR in ties else person
    rows |= _talent(name, person, house, nominator)
    return Target(
        name,
        person,
        house,
        ties,
        rows,
        **whereabouts(name),
    )


def whereabouts(name: str) -> dict[str, bool]:
    """What besides their ties tells a target from the others."""
    return {
        "is_there": name != "left",
        "is_found": name not in {"hidden", "left"},
        "is_managed": name not in {"alone", "left"},
    }


def _signing_in(person: Person, house: House) -> Rows:
    """Where they are signed in and as whom elsewhere, a role to come, who stands in for them, who
    read it all."""
    session = SessionStore()
    session.create()
    place = {"organisation": house.organisation}
    return {
        "sign_in": UserSession.objects.create(
            user=person,
            session_key=session.session_key,
            created_at=NOW,
            last_seen_at=NOW,
            ip="127.0.0.1",
            user_agent="Firefox/150",
        ),
        "grant": RoleGrantFactory(
            person=person, role="REVIEWER", starts_on=TODAY + timedelta(days=30), **place
        ),
        "delegation": DelegationFactory(manager=person, **place),
        "identity": StaffIdentityFactory(person=person, **place),
        "emergency": EmergencyAccess.objects.create(
            person=PersonFactory(),
            subject=person,
            reason=token("why", person.given_name.lower()) + " and nobody else could",
            opened_at=NOW,
            ends_at=NOW + timedelta(minutes=30),
            **place,
        ),
    }


def _learning(name: str, person: Person, house: House) -> Rows:
    session, organisation = house.rows["session"], house.organisation
    reason = token("reason", name)
    return {
        "request": EnrolmentFactory(
            session=session, person=person, organisation=organisation, reason=reason
        ),
        **study_time_rows(house.rows["offering"], person, token("pressure", name)),
        **session_rows(house.rows["offering"], person),
        **swap_rows(house.rows["offering"], person),
        **application_rows(house.rows["offering"], person),
        **panel_rows(house.rows["offering"], person),
        **sponsor_rows(house.rows["offering"], person),
        **delivery_rows(house.rows["offering"], person),
        **certificate_rows(person, organisation),
        **approval_rows(person, organisation, token("contested", name)),
    }


def _planning(name: str, person: Person, house: House) -> Rows:
    plan = DevelopmentPlanFactory(
        person=person, role_profile=house.rows["role"], title=token("plan", name)
    )
    NoticeFactory(recipient=person, facts={"title": token("notice", name)})
    return {
        "plan": plan,
        "action": PlanActionFactory(plan=plan, title=token("action", name)),
        "job": JobFactory(owner=person, title=token("job", name)),
        "document": DocumentFactory(
            owner=person, title=token("file", name), filename=f"{token('file', name)}.pdf"
        ),
    }


def _appraising(name: str, person: Person, house: House, appraiser: Person, before: Person) -> Rows:
    text = token("draft", name)
    drafting = appraise(cycle=house.rows["cycle1"], subject=person, manager=appraiser)
    for side in ("SUBJECT", "MANAGER"):
        DraftFactory(appraisal=drafting, side=side, answers={"went-well": text})
    agreed = shared(cycle=house.rows["cycle2"], subject=person, manager=appraiser)
    agreed.drafts.update(answers={"went-well": text})
    goal = token("goal", name)
    left_behind = appraise(cycle=house.rows["cycle3"], subject=person, manager=before)
    assignment = left_behind.assignment
    assignment.reporting_lines.update(ends_on=TODAY - timedelta(days=1))
    ReportingLineFactory(assignment=assignment, manager=appraiser, starts_on=TODAY)
    return {
        "drafting": drafting,
        "agreed": agreed,
        "objective": ObjectiveFactory(appraisal=agreed, title=goal, measure=goal),
        "left_behind": left_behind,
    }


def _talent(name: str, person: Person, house: House, nominator: Person) -> Rows:
    if name != "hidden":
        TalentConsentFactory(person=person, scope="ORGANISATION")
    ReadinessJudgementFactory(
        person=person, organisation=house.organisation, reason=token("ready", name)
    )
    return {
        "nomination": NominationFactory(
            pool=house.rows["pool"],
            person=person,
            nominated_by=nominator,
            route="SELF" if nominator == person else "PEER",
            reason=token("nominated", name),
        )
    }


def _asking(target: Target, actor: Person) -> Rows:
    """Whoever the actor assesses asked them, everybody else their line manager."""
    is_theirs = Tie.ASSESSOR in target.ties
    return asked_rows(
        target.person,
        target.house.organisation,
        target.house.rows["role"].requirements.order_by("pk")[0].competency,
        assessor=actor if is_theirs else PersonFactory(),
        message=token("asked", target.name),
        shown=token("shown", target.name),
        is_of_assessor=is_theirs,
    )


def _leave(target: Target) -> None:
    """They have left the organisation; what it keeps about them stays with it."""
    target.person.managed_by_lines.filter(starts_on=TODAY).delete()
    for rows in (target.person.managed_by_lines, target.person.assignments):
        rows.filter(ends_on__isnull=True).update(ends_on=TODAY - timedelta(days=1))
