"""What waits for whom: on the home page, and on the days reminders go out."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q

from accounts.models import Person
from appraisals.models import Appraisal, AppraisalState, Cycle, Side
from appraisals.models.appraisals import AppraisalQuerySet, held_by

WARNING_DAYS = (14, 0)
WEEKS_REMINDED = 53
_WEEK = 7

_TO_WRITE = {
    Side.SUBJECT: Q(state=AppraisalState.DRAFTING, subject_shared_at__isnull=True),
    Side.MANAGER: Q(state=AppraisalState.DRAFTING, manager_shared_at__isnull=True),
}
_TO_SIGN = {
    Side.SUBJECT: Q(state=AppraisalState.SHARED, subject_signed_at__isnull=True),
    Side.MANAGER: Q(state=AppraisalState.SHARED, manager_signed_at__isnull=True),
}


def waiting_for(person: Person, side: Side, *, on: date, limit: int = 20) -> list[Appraisal]:
    """Open appraisals in which ``person``, on ``side``, has to write or to sign; one query."""
    theirs = held_by(person.pk, on=on) if side == Side.MANAGER else Q(subject_id=person.pk)
    # What is one's own, or held by oneself, is seen: the wall around it would only ask again.
    rows = Appraisal.objects.filter(theirs, _TO_WRITE[side] | _TO_SIGN[side])
    return list(rows.select_related("subject", "cycle").order_by("due_on", "pk")[:limit])


def cycles_to_open(person: Person, *, on: date, limit: int = 20) -> list[Cycle]:
    """Rounds ``person`` runs whose opening day has come and which nobody has opened."""
    rows = Cycle.objects.visible_to(person, on=on).run_by(person, on=on)
    rows = rows.filter(opened_at__isnull=True, opens_on__lte=on, closes_on__gte=on)
    return list(rows.select_related("organisation").order_by("opens_on", "pk")[:limit])


def due_soon(*, on: date) -> Iterator[Appraisal]:
    """Open appraisals that are due on ``on`` or in two weeks; one query."""
    days = [on + timedelta(days=ahead) for ahead in WARNING_DAYS]
    return _reminded(_running(on).filter(due_on__in=days), on=on)


def overdue(*, on: date) -> Iterator[Appraisal]:
    """Open appraisals that are one day, eight days, fifteen days … late on ``on``; one query.

    Asked by day, for up to a year, so that the index on open appraisals serves it.
    """
    days = [on - timedelta(days=1 + _WEEK * weeks) for weeks in range(WEEKS_REMINDED)]
    return _reminded(_running(on).filter(due_on__in=days), on=on)


def weeks_late(appraisal: Appraisal, *, on: date) -> int:
    """0 in the first week after the due day, 1 in the second, and so on."""
    return ((on - appraisal.due_on).days - 1) // _WEEK


def _running(on: date) -> AppraisalQuerySet:
    """Open appraisals of rounds that have not closed: after that day nobody is reminded."""
    return Appraisal.objects.not_signed().filter(cycle__closes_on__gte=on)


def _reminded(rows: AppraisalQuerySet, *, on: date) -> Iterator[Appraisal]:
    rows = rows.with_line_manager_of_record(on=on)
    return rows.select_related("subject").order_by("pk").iterator(chunk_size=2000)
