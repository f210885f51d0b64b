"""What is said once by itself: a session has closed with too few people to run."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from accounts.models import RoleGrant
from common.dates import london_date
from courses.models import Session
from courses.selectors.running import RUNS_SESSIONS
from courses.selectors.windows import too_few
from notifications.registry import Due


def too_few_to_run(on: date) -> Iterator[Due]:
    """Each of these told once, on the day after it closed, to whoever runs sessions where it is
    hosted or taught."""
    rows = too_few(Session.objects.all(), on=on)
    sessions = list(rows.select_related("offering__programme").order_by("pk"))
    places = {place for session in sessions for place in _run_at(session)}
    grants = RoleGrant.objects.on(on).filter(role__in=RUNS_SESSIONS, organisation_id__in=places)
    runners: dict[int, set[int]] = {}
    for organisation_id, person_id in grants.values_list("organisation_id", "person_id"):
        runners.setdefault(organisation_id, set()).add(person_id)
    for session in sessions:
        told = {person for place in _run_at(session) for person in runners.get(place, ())}
        for recipient_id in sorted(told):
            yield Due(
                recipient_id=recipient_id,
                subject_key=f"session:{session.pk}",
                period="closed",
                url=reverse("courses:session_register", args=[session.pk]),
                due_on=london_date(session.starts_at),
                facts={
                    "programme": session.offering.programme.title,
                    "starts_at": session.starts_at.isoformat(),
                    "taken": session.taken,  # type: ignore[attr-defined]
                    "minimum": session.minimum,
                },
            )


def _run_at(session: Session) -> tuple[int, ...]:
    offering = session.offering
    return tuple(place for place in (offering.host_id, offering.provider_id) if place)
