"""What the personas find on their desks, brought about by the services that the pages call."""

from datetime import datetime, time, timedelta

from accounts.models import Person
from common.dates import LONDON, add_working_days
from config.demo.personas import HOME, PERSONAS
from config.demo.texts import texts
from config.demo.world import Member, World
from courses.models import Session
from courses.services.enrolment import enrol
from jobs.models import OutboxMessage
from jobs.services.outbox import deliver_message
from notifications.models import Digest
from notifications.services.digests import SEND_DIGEST, make_digests
from notifications.services.reminders import run_due_days
from talent.models import Pool
from talent.services.nominations import nominate

_NOT_ON_THEIR_PATHWAY = "ROSALIND_FRANKLIN"


def tell_story(world: World) -> None:
    """Requests for Daniel to decide, a nomination for Kwame, and this morning's digests."""
    morning = _last_working_morning(world.now)
    home = world.body(HOME)
    service_manager, general_manager = home.holders("service-manager")[0], home.members[0]
    general_manager = service_manager.manager or general_manager
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
    run_due_days(now=morning)
    make_digests(now=morning)
    _send_digests_of_personas(now=morning)


def _last_working_morning(now: datetime) -> datetime:
    """Half past eight of today, or of the last working day when that has not come."""
    day = add_working_days(now.astimezone(LONDON).date() + timedelta(days=1), -1)
    morning = datetime.combine(day, time(8, 30), tzinfo=LONDON)
    if morning > now:
        morning = datetime.combine(add_working_days(day, -1), time(8, 30), tzinfo=LONDON)
    return morning


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


def _send_digests_of_personas(*, now: datetime) -> None:
    """The worker sends the others once it runs; these are in the mailbox from the first minute."""
    people = Person.objects.filter(email__in=[persona.email for persona in PERSONAS])
    digests = Digest.objects.filter(recipient__in=people)
    keys = [f"digest:{digest_id}" for digest_id in digests.values_list("pk", flat=True)]
    waiting = OutboxMessage.objects.filter(kind=SEND_DIGEST, key__in=keys).order_by("pk")
    for message_id in waiting.values_list("pk", flat=True):
        deliver_message(message_id=message_id, now=now)
