"""What the personas find on their desks, brought about by the services that the pages call."""

from datetime import datetime, time, timedelta

from accounts.models import Person
from accounts.services.emergency import end_emergency, open_in_emergency
from common.dates import LONDON, add_working_days
from config.demo.approvals import contest_a_refusal
from config.demo.catalogue import keep_catalogue
from config.demo.certificates import give_certificates
from config.demo.confirming import confirm_levels
from config.demo.personas import HOME, PERSONAS
from config.demo.selection import choose_people
from config.demo.showing import claim_prior_learning, decide_prior_learning, keep_evidence
from config.demo.swaps import ask_for_a_swap
from config.demo.texts import texts
from config.demo.world import Body, Member, World
from courses.models import Enrolment, Offering, Programme, Session
from courses.selectors.clashes import people_with_a_clash
from courses.services.enrolment import approve, enrol
from courses.services.interests import start_telling
from courses.services.moves import move
from courses.services.sessions import SessionPlan, open_session
from jobs.models import OutboxMessage
from jobs.services.outbox import deliver_message
from notifications.models import Digest
from notifications.services.digests import SEND_DIGEST, make_digests
from notifications.services.reminders import run_due_days
from talent.models import Pool
from talent.services.nominations import nominate

_NOT_ON_THEIR_PATHWAY = "ROSALIND_FRANKLIN"
_ON_THE_PATHWAY = "MARY_SEACOLE"
_APPROVED = "FOUNDATIONS_SYSTEMS_LEADERSHIP"


def tell_story(world: World) -> None:
    """A place, a choice and evidence for Amara, requests for Daniel to decide, a nomination for
    Kwame, a record that was opened in an emergency for Ruth to review, this morning's digests."""
    morning = world.morning
    home = world.body(HOME)
    _open_a_session(world, home, opened_at=morning - timedelta(days=9))
    ward_manager = home.holders("ward-manager")[0]
    if ward_manager.manager:
        _give_a_place(ward_manager, ward_manager.manager, now=morning - timedelta(days=1))
    evidence = keep_evidence(ward_manager, now=morning - timedelta(days=12))
    confirm_levels(world, home, evidence[1:])
    service_manager, general_manager = home.holders("service-manager")[0], home.members[0]
    general_manager = service_manager.manager or general_manager
    claim_prior_learning(ward_manager, number=0, evidence=evidence[:1], at=morning)
    decided = claim_prior_learning(service_manager, number=1, evidence=[], at=morning)
    decide_prior_learning(decided, general_manager, now=morning - timedelta(days=1, hours=3))
    for number, report in enumerate(_team_leaders(service_manager)[:2]):
        _ask_for_a_place(world, report, now=morning - timedelta(days=5 - number))
    pool = Pool.objects.get(
        organisation=home.organisation, role_profile=world.roles["general-manager"]
    )
    nominate(
        pool=pool,
        person=service_manager.person,
        reason=texts()["reasons"]["nomination"][0],
        by=general_manager.person,
        now=morning - timedelta(days=2),
    )
    _open_in_an_emergency(home, service_manager, now=morning - timedelta(days=1))
    contest_a_refusal(home, now=morning - timedelta(days=1))
    _move_to_another_day(home, now=morning - timedelta(days=1))
    start_telling(
        programme=Programme.objects.get(code=_NOT_ON_THEIR_PATHWAY),
        by=ward_manager.person,
        now=morning - timedelta(days=3),
    )
    ask_for_a_swap(home, now=morning - timedelta(days=1))
    others = [member.person for member in _team_leaders(service_manager)[:1]]
    choose_people(home, [ward_manager.person, service_manager.person, *others], now=morning)
    keep_catalogue(world)
    give_certificates(world, now=morning - timedelta(days=2))
    run_due_days(now=morning)
    make_digests(now=morning)
    _send_digests_of_personas(now=morning)


def _open_a_session(world: World, home: Body, *, opened_at: datetime) -> None:
    """What a ward manager's pathway asks for, soon and with every place free."""
    offering = Offering.objects.get(programme__code=_ON_THE_PATHWAY, host=home.organisation)
    day = add_working_days(world.day(18), 1)
    plan = SessionPlan(
        starts_at=datetime.combine(day, time(9, 30), tzinfo=LONDON),
        ends_at=datetime.combine(day, time(16, 30), tzinfo=LONDON),
        closes_at=datetime.combine(add_working_days(day, -3), time(17), tzinfo=LONDON),
        place=f"Education centre, {home.organisation.name}",
        capacity=16,
    )
    lead = home.one_of("hr-business-partner").person
    open_session(offering=offering, plan=plan, by=lead, now=opened_at)


def _give_a_place(report: Member, manager: Member, *, now: datetime) -> None:
    """The next course that needs an approval, asked for last week and approved."""
    sessions = Session.objects.taking(now=now).filter(
        offering__programme__code=_APPROVED, offering__host=report.organisation
    )
    session = sessions.order_by("starts_at", "pk").first()
    if session:
        reason, asked_at = texts()["reasons"]["enrolment"][0], now - timedelta(days=5)
        enrolment = enrol(
            session=session, person=report.person, by=report.person, now=asked_at, reason=reason
        )
        approve(enrolment=enrolment, by=manager.person, now=now)


def _team_leaders(service_manager: Member) -> list[Member]:
    return [member for member in service_manager.reports if member.job.role == "team-leader"]


def _ask_for_a_place(world: World, report: Member, *, now: datetime) -> None:
    sessions = Session.objects.taking(now=world.now).filter(
        offering__programme__code=_NOT_ON_THEIR_PATHWAY, offering__host=report.organisation
    )
    session = (
        sessions.exclude(enrolments__person=report.person).order_by("-starts_at", "pk").first()
    )
    if session:
        reason = texts()["reasons"]["enrolment"][1]
        enrol(session=session, person=report.person, by=report.person, now=now, reason=reason)


def _move_to_another_day(home: Body, *, now: datetime) -> None:
    """Somebody goes to the session with every place free instead of theirs."""
    sessions = Session.objects.taking(now=now).filter(
        offering__programme__code=_ON_THE_PATHWAY, offering__host=home.organisation
    )
    free = sessions.filter(enrolments=None).order_by("starts_at", "pk").first()
    if free is None:
        return
    theirs = Enrolment.objects.filter(session__in=sessions, state="CONFIRMED")
    rows = list(theirs.order_by("session__starts_at", "seat", "pk").select_related("person"))
    busy = people_with_a_clash(free, person_ids={row.person_id for row in rows})
    mover = next((row for row in rows if row.person_id not in busy), None)
    if mover:
        move(enrolment=mover, session=free, by=mover.person, now=now)


def _open_in_an_emergency(home: Body, whose: Member, *, now: datetime) -> None:
    """Yesterday's, for ten minutes; nobody has reviewed it yet."""
    hr_administrator = home.one_of("hr-business-partner", nth=1).person
    access = open_in_emergency(
        subject=whose.person, reason=texts()["reasons"]["emergency"], by=hr_administrator, now=now
    )
    end_emergency(access=access, by=hr_administrator, now=now + timedelta(minutes=10))


def _send_digests_of_personas(*, now: datetime) -> None:
    """The worker sends the others once it runs; these are in the mailbox from the first minute."""
    people = Person.objects.filter(email__in=[persona.email for persona in PERSONAS])
    digests = Digest.objects.filter(recipient__in=people)
    keys = [f"digest:{digest_id}" for digest_id in digests.values_list("pk", flat=True)]
    waiting = OutboxMessage.objects.filter(kind=SEND_DIGEST, key__in=keys).order_by("pk")
    for message_id in waiting.values_list("pk", flat=True):
        deliver_message(message_id=message_id, now=now)
