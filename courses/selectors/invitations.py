"""What goes with the mail about a place: its meetings as invitations, updates or cancellations."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from courses.models import Enrolment, EnrolmentState, InvitationRefusal, Meeting
from courses.selectors.diary import has_ended, invited, with_meetings_of
from notifications.registry import Enclosure

# What a notice about a place says in its facts, and a mail is made from when it is sent:
# enrolments that are invited to and enrolments that have ended; or, for everybody with a place on
# a session, which meetings of it have changed and which is removed.
INVITES, ENDS, SESSION, MEETINGS, REMOVED = "invites", "ends", "session", "meetings", "removed"


def wants_invitations(person_id: int) -> bool:
    return not InvitationRefusal.objects.filter(person_id=person_id).exists()


def invitations_for(
    recipient_id: int, facts: Mapping[str, Any], now: datetime
) -> Iterator[Enclosure]:
    """The files that go with a notice to somebody, as things are ``now``: none for a place that
    has been given up since it was told of, or the other way round."""
    wanted = Q(pk__in=[*facts.get(INVITES, ()), *facts.get(ENDS, ())])
    if SESSION in facts:
        wanted |= Q(session_id=facts[SESSION], state=EnrolmentState.CONFIRMED)
    rows = Enrolment.objects.filter(wanted, person_id=recipient_id).order_by("pk")
    number = 0
    for enrolment in with_meetings_of(rows):
        for meeting, method in _meetings_of(enrolment, facts):
            number += 1
            content = invited(enrolment, meeting, method=method, now=now).decode()
            name = f"session-{number}.ics"
            yield Enclosure(name, content, "calendar", {"method": method})


def _meetings_of(enrolment: Enrolment, facts: Mapping[str, Any]) -> Iterable[tuple[Meeting, str]]:
    held: list[Meeting] = enrolment.session.held  # type: ignore[attr-defined]
    if enrolment.pk in facts.get(ENDS, ()):
        # Who waited only, or was offered the place, was never invited.
        is_told = has_ended(enrolment) and enrolment.confirmed_at
        return [(one, "CANCEL") for one in held] if is_told else []
    if enrolment.state != EnrolmentState.CONFIRMED:
        return []
    changed = facts.get(MEETINGS)
    found = [(one, "REQUEST") for one in held if changed is None or one.pk in changed]
    if REMOVED in facts:
        found.append((_removed(enrolment, facts[REMOVED]), "CANCEL"))
    return found


def _removed(enrolment: Enrolment, facts: Mapping[str, Any]) -> Meeting:
    """A meeting that is no more, as it was."""
    return Meeting(
        pk=facts["meeting"],
        session=enrolment.session,
        starts_at=datetime.fromisoformat(facts["starts_at"]),
        ends_at=datetime.fromisoformat(facts["ends_at"]),
        is_held=False,
    )
