"""The protected time of a team: what is owed, what is coming and what nobody has answered for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Person
from accounts.visibility import tied_to
from courses.models import Account, Enrolment, StudyTimeMove
from courses.selectors.study_time import Balances, Pocket, study_time_balances

# Whoever stands in for a line manager gives the team its time, as on the page of the team.
GIVES_TIME = ("LINE_MANAGER", "DELEGATE")


class Shown(StrEnum):
    OWED = "OWED"
    COMING = "COMING"
    UNANSWERED = "UNANSWERED"


@dataclass(frozen=True, slots=True)
class Line:
    """Minutes of one person's place that stand on a day."""

    enrolment_id: int
    pocket: Pocket

    @property
    def on(self) -> date:
        return self.pocket.on or date.max

    @property
    def minutes(self) -> int:
        return self.pocket.minutes

    @property
    def week(self) -> date:
        """The Monday of its week."""
        return self.on - timedelta(days=self.on.weekday())


@dataclass(frozen=True, slots=True)
class Written:
    """A line with whose it is and what for."""

    line: Line
    enrolment: Enrolment


def team_balances(actor: Actor, *, on: date) -> dict[int, Balances]:
    """Enrolment -> what stands where, for the places of those whom ``actor`` line manages or whose
    line manager they stand in for; two statements at any size."""
    theirs = tied_to(actor, on=on, field="person_id", ties=GIVES_TIME)
    moves = StudyTimeMove.objects.visible_to(actor, on=on).filter(theirs)
    if isinstance(actor, Person):
        moves = moves.exclude(person_id=actor.pk)
    return study_time_balances(list(moves.values_list("enrolment_id", flat=True).distinct()))


def lines_of(balances: Mapping[int, Balances], *, on: date) -> dict[Shown, list[Line]]:
    """Everything that stands on a day, by what it asks for; the longest ago first."""
    found: dict[Shown, list[Line]] = {shown: [] for shown in Shown}
    for key, held in balances.items():
        found[Shown.OWED] += [Line(key, pocket) for pocket in held.days(Account.OWED)]
        found[Shown.COMING] += [Line(key, pocket) for pocket in held.coming(on=on)]
        found[Shown.UNANSWERED] += [Line(key, pocket) for pocket in held.unanswered(on=on)]
    for lines in found.values():
        lines.sort(key=lambda line: (line.on, line.enrolment_id))
    return found


def with_enrolments(lines: Sequence[Line]) -> list[Written]:
    """The lines of one page with their people and programmes, in two statements."""
    rows = told_of({line.enrolment_id for line in lines}).in_bulk()
    return [Written(line, rows[line.enrolment_id]) for line in lines if line.enrolment_id in rows]


def told_of(enrolment_ids: Iterable[int]) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(pk__in=list(enrolment_ids))
    told = rows.select_related("person", "session__offering__programme")
    return told.prefetch_related("session__meetings")
