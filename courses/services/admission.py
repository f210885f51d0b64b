"""What must be true before somebody can ask for a place, whoever asks for them."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Person
from common.dates import long_moment
from common.errors import Conflict
from courses.models import LIVE_STATES, Admission, Enrolment, Session
from courses.services.clashes import refuse_on_a_clash
from courses.services.prerequisites import refuse_unprepared
from courses.services.refusals import refuse_while_refused


class AlreadyEnrolled(Conflict):
    """Asked for twice. ``current`` is what the first time came to, so a retry can go on from it."""

    def __init__(self, enrolment: Enrolment) -> None:
        super().__init__(
            _("There is a place or a request on this session already."), code="already_enrolled"
        )
        self.current = {"id": enrolment.pk, "state": str(enrolment.state)}


def refuse_unless_admissible(session: Session, *, person: Person, now: datetime) -> None:
    """Judge a locked session for one person.

    Refuses: ``already_enrolled``, ``by_application``, ``not_open_yet``, ``enrolment_closed``,
    ``refused_until``, ``prerequisite_missing``, ``clash``.
    """
    known = session.enrolments.filter(person=person, state__in=LIVE_STATES).first()
    if known:
        raise AlreadyEnrolled(known)
    if session.offering.admission == Admission.SELECTION:
        raise Conflict(
            _("Places on this course go to people whom a panel has chosen. Apply for it instead."),
            code="by_application",
        )
    refuse_unless_taking(session, now=now)
    refuse_while_refused(session, person=person, now=now)
    refuse_unprepared(session, person=person, now=now)
    refuse_on_a_clash(session, person=person)


def refuse_unless_taking(session: Session, *, now: datetime) -> None:
    """The time to ask has begun and is not over."""
    if not session.has_opened(now=now) and session.opens_at:
        raise Conflict(
            _("Enrolment for this session opens on %(when)s. Ask again then.")
            % {"when": long_moment(session.opens_at)},
            code="not_open_yet",
        )
    if not session.is_taking(now=now):
        raise Conflict(_("Enrolment for this session has closed."), code="enrolment_closed")
