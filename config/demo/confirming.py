"""Who asked whom to confirm a level, what waits, and an assessor who works elsewhere."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from accounts.models import Person
from accounts.models.dated import Days
from common.dates import london_date
from config.demo.personas import HOME_SYSTEM
from config.demo.texts import texts
from config.demo.world import Body, Member, World
from pathways.models import AssessorAppointment, Evidence, VerificationRequest
from pathways.selectors.verification import levels_to_confirm
from pathways.services.assessors import Scope, appoint_assessor
from pathways.services.verification import Asked, ask_for_verification
from pathways.services.verification_answers import Answer, answer_request

_LEVELS_ASKED = 3


def confirm_levels(world: World, home: Body, evidence: Sequence[Evidence]) -> None:
    """A ward manager's request with evidence waits for her line manager, who answered two of his
    team before; the learning lead appointed somebody of the board above, who has one to answer and
    has answered one."""
    morning = world.morning
    ward_manager = home.holders("ward-manager")[0]
    said = texts()["confirming"]
    # Elsewhere the evidence may be about other competencies; it is then shown with all of them.
    _ask(ward_manager, said["message"], now=morning - timedelta(days=2), evidence=evidence)
    manager = ward_manager.manager
    team = [one for one in manager.reports if one is not ward_manager] if manager else []
    for number, report in enumerate(team[:2]):
        asked = _ask(report, "", now=morning - timedelta(days=40 - number))
        if asked and manager:
            _answer(asked, manager.person, now=morning - timedelta(days=33 - number))
    lead = home.one_of("hr-business-partner").person
    elsewhere = world.body(HOME_SYSTEM).one_of("hr-business-partner").person
    held = _appoint(elsewhere, home, by=lead, now=morning - timedelta(days=60))
    asked_before = {one.person.pk for one in (ward_manager, *team[:2])}
    others = (one for one in home.members if one.job.role and one.person.pk not in asked_before)
    when = morning - timedelta(days=9)
    requests = (_ask(one, said["message"], now=when, to=held) for one in others)
    _waiting, answered = islice(filter(None, requests), 2)
    _answer(answered, elsewhere, now=morning - timedelta(days=4))


def _appoint(assessor: Person, home: Body, *, by: Person, now: datetime) -> AssessorAppointment:
    first = london_date(now)
    days = Days(first, first + timedelta(days=365))
    scope = Scope(organisation=home.organisation)
    return appoint_assessor(assessor=assessor, scope=scope, days=days, by=by, now=now)


def _ask(
    member: Member,
    message: str,
    *,
    now: datetime,
    to: AssessorAppointment | None = None,
    evidence: Sequence[Evidence] = (),
) -> VerificationRequest | None:
    """Ask about the first levels that nobody has confirmed; None where there is none."""
    person = member.person
    found = levels_to_confirm(person=person, on=london_date(now))[:_LEVELS_ASKED]
    levels = [row.pk for row in found]
    if not levels:
        return None
    shown = [piece.pk for piece in evidence]
    asked = Asked(levels=levels, appointment=to, message=message, evidence=shown)
    return ask_for_verification(subject=person, asked=asked, by=person, now=now)


def _answer(request: VerificationRequest, by: Person, *, now: datetime) -> None:
    """Confirm all but the last level, which goes back with what would show it."""
    items = list(request.items.order_by("pk"))
    answers = {item.pk: Answer(is_confirmed=True) for item in items}
    answers[items[-1].pk] = Answer(is_confirmed=False, reason=texts()["confirming"]["reason"])
    statement = texts()["confirming"]["statement"]
    answer_request(request=request, answers=answers, statement=statement, by=by, now=now)
