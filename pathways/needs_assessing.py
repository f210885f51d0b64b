"""What confirming levels asks of the person who opens the home page."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.selectors.relations import line_manager_of
from common.dates import london_date, long_date
from notifications.registry import Need
from pathways.models import RequestState, VerificationRequest
from pathways.selectors.verification import who_answers

MOST = 20


def verification_waiting(person: Person, on: date) -> Iterator[Need]:
    """Requests that wait for the reader; and the reader's own that nobody can answer any more."""
    seen = VerificationRequest.objects.visible_to(person, on=on).filter(state=RequestState.ASKED)
    rows = list(
        seen.select_related("subject", "assessor", "appointment").order_by("asked_at", "pk")[:MOST]
    )
    mine = [one for one in rows if one.subject_id == person.pk]
    for request in rows:
        if request.subject_id != person.pk and request.assessor_id in {None, person.pk}:
            yield _to_answer(request)
    if mine:
        manager = line_manager_of(person, on=on)
        for waiting in who_answers(mine, line_manager=manager, on=on):
            if waiting.is_stuck:
                yield _stuck(waiting.request)


def _to_answer(request: VerificationRequest) -> Need:
    asked_on = long_date(london_date(request.asked_at))
    return Need(
        title=_("%(person)s asks you to confirm levels") % {"person": request.subject.full_name},
        action=_("Read and answer"),
        url=reverse("pathways:verification_answer", args=[request.pk]),
        due_on=None,
        hint=_("Asked on %(day)s.") % {"day": asked_on},
    )


def _stuck(request: VerificationRequest) -> Need:
    return Need(
        title=_("Nobody can answer your request to confirm levels"),
        action=_("Take it back and ask somebody else"),
        url=reverse("pathways:verification_show", args=[request.pk]),
        due_on=None,
    )
