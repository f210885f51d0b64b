"""Letting go of protected time that an organisation owes to somebody who left it."""

from datetime import datetime, timedelta

from django.db.models import Case, Exists, IntegerField, OuterRef, Subquery, Sum, When

from accounts.actors import Actor, SystemJob
from accounts.models import Assignment, BoardSeat
from accounts.scope import run_as
from common.dates import london_date
from courses.models import Account, Enrolment, EnrolmentQuerySet, StudyTimeMove
from courses.selectors.study_time import Balances
from courses.services.study_time_follows import Moves, all_let_go, write_each

KEEPER = SystemJob("courses.let_go_of_leavers", organisation_ids=None)
# A contract that goes on is often entered after the one before has ended: nobody loses anything.
LEFT_FOR = timedelta(days=28)
_AT_ONCE = 500
_TO_COME = (Account.PLANNED, Account.OWED)


def let_go_of_leavers(*, now: datetime) -> int:
    """Let go of what is planned for or owed to whoever left the organisation that promised it four
    weeks ago or longer; return of how many places.

    Each batch is a transaction of its own and judged by what it finds under the lock, so a run that
    was killed or goes on beside another lets go of nothing twice.
    """
    done, last = 0, 0
    while found := _some(after=last, now=now):
        done, last = done + len(found), found[-1]
    return done


@run_as(KEEPER)
def _some(*, after: int, now: datetime) -> list[int]:
    places = list(_of_leavers(now=now).filter(pk__gt=after).order_by("pk")[:_AT_ONCE])
    write_each(places, _left, verb="let_go_of_time", by=KEEPER, now=now)
    return [place.pk for place in places]


def _of_leavers(*, now: datetime) -> EnrolmentQuerySet:
    """Places with time that is planned or owed, of people whom their organisation has no more."""
    since = london_date(now) - LEFT_FOR
    theirs = {"person": OuterRef("person"), "organisation": OuterRef("organisation")}
    employed = Assignment.objects.filter(**theirs).exclude(ends_on__lt=since)
    on_board = BoardSeat.objects.filter(**theirs).exclude(ends_on__lt=since)
    gone = Enrolment.objects.filter(~Exists(employed), ~Exists(on_board), study_hours__gt=0)
    moves = StudyTimeMove.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    came = Sum(Case(When(target__in=_TO_COME, then="minutes"), default=0))
    went = Sum(Case(When(source__in=_TO_COME, then="minutes"), default=0))
    held = moves.annotate(held=came - went).values("held")
    return gone.annotate(held=Subquery(held, output_field=IntegerField())).filter(held__gt=0)


def _left(enrolment: Enrolment, held: Balances, *, by: Actor, now: datetime) -> Moves:
    return all_let_go(enrolment, held, reason="LEFT", by=by, now=now)
