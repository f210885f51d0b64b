"""Sessions that have closed with too few people to run."""

from datetime import date, timedelta

from django.db.models import F

from accounts.actors import Actor
from common.dates import london_midnight
from courses.models import SessionQuerySet, SessionState
from courses.models.sessions import seats_taken
from courses.selectors.running import sessions_run_by


def below_minimum(actor: Actor, *, on: date) -> SessionQuerySet:
    """Sessions that ``actor`` runs, that nobody can ask for any more, that have not begun and
    have fewer people than they take, the next first."""
    return too_few(sessions_run_by(actor, on=on), on=on).order_by("starts_at", "pk")


def too_few(rows: SessionQuerySet, *, on: date) -> SessionQuerySet:
    """Those of ``rows`` that have closed, have not begun and are too few: how many is ``taken``."""
    tomorrow = london_midnight(on + timedelta(days=1))
    rows = rows.filter(state=SessionState.OPEN, minimum__gt=1, closes_at__lte=london_midnight(on))
    rows = rows.filter(starts_at__gte=tomorrow).annotate(taken=seats_taken())
    return rows.filter(taken__lt=F("minimum"))
