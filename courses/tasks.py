"""Celery's way in: a service does the work."""

from datetime import datetime

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.encryption import Unreadable
from accounts.scope import run_as
from courses.models import Issuer
from courses.services.allotments import release_seats
from courses.services.offers import lapse_offers
from courses.services.selection_ends import end_applications
from courses.services.selection_offers import lapse_selections
from courses.services.silence import answer_for_the_silent
from courses.services.status_lists import issuers_with_old_lists, sign_lists_again
from courses.services.study_time_leavers import let_go_of_leavers
from courses.services.swap_ends import lapse_swaps

log = structlog.get_logger(__name__)
LISTS = SystemJob("courses.sign_status_lists", organisation_ids=None)


@shared_task(name="courses.lapse_offers", ignore_result=True)
def lapse_offers_that_are_over() -> int:
    """Offer the places that nobody took in time to whoever waits next, and end requests to swap
    that nobody can answer any more."""
    now = timezone.now()
    return lapse_offers(now=now) + lapse_swaps(now=now)


@shared_task(name="courses.lapse_selections", ignore_result=True)
def lapse_selections_that_are_over() -> int:
    """Offer places that the chosen did not take in time to the reserve list, and end what can
    lead to no place any more."""
    now = timezone.now()
    return lapse_selections(now=now) + end_applications(now=now)


@shared_task(name="courses.release_seats", ignore_result=True)
def release_seats_whose_day_has_come() -> int:
    """Open seats that were kept for an organisation until today to everybody."""
    return release_seats(now=timezone.now())


@shared_task(name="courses.let_go_of_leavers", ignore_result=True)
def let_go_of_time_of_leavers() -> int:
    """Let go of protected time of people who left the organisation that promised it."""
    return let_go_of_leavers(now=timezone.now())


@shared_task(name="courses.answer_for_the_silent", ignore_result=True)
def answer_requests_that_nobody_answers() -> int:
    """Pass on, or decide by the organisation's rule, what nobody has answered in time."""
    return answer_for_the_silent(now=timezone.now())


@shared_task(name="courses.sign_status_lists", ignore_result=True)
def sign_status_lists() -> int:
    """Sign the lists of revoked certificates anew, long before they lapse."""
    now = timezone.now()
    with run_as(LISTS):
        issuers = issuers_with_old_lists(now=now)
    return sum(_sign_lists_of(issuer, now=now) for issuer in issuers)


def _sign_lists_of(issuer: Issuer, *, now: datetime) -> bool:
    """One after the other: an issuer whose key cannot be read holds up nobody else's lists."""
    try:
        with run_as(LISTS):
            sign_lists_again(by=LISTS, now=now, issuer=issuer)
    except Unreadable:
        log.exception("status_lists_not_signed", issuer_id=issuer.pk)
        return False
    return True
