"""What emergency access shows of a person's places on courses."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from accounts.emergency import Section
from accounts.models import Person
from common.dates import london_date, long_date
from courses.models import Enrolment


def course_sections(subject: Person, organisation_id: int, on: date) -> Iterable[Section]:
    """Places and requests for which the organisation sent the person, with both sides' reasons."""
    rows = Enrolment.objects.filter(person=subject, organisation_id=organisation_id)
    found = rows.select_related("session__offering__programme").order_by("-requested_at", "-pk")
    yield Section(
        heading=_("Courses"),
        columns=(_("Course"), _("Asked"), _("State"), _("Reason given"), _("Answer")),
        rows=tuple(
            (
                row.session.offering.programme.title,
                long_date(london_date(row.requested_at)),
                row.get_state_display(),
                row.reason,
                _answer(row),
            )
            for row in found
        ),
    )


def _answer(row: Enrolment) -> str:
    if not row.refusal_reason:
        return ""
    return f"{row.get_refusal_reason_display()}. {row.refusal_text}"
