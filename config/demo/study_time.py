"""A year of protected time: promised with every place, mostly had, sometimes taken back."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from common.dates import LONDON, add_working_days
from config.demo.world import BATCH, SEEDER, World
from courses.models import (
    Account,
    Backfill,
    BackfillRate,
    Enrolment,
    EnrolmentState,
    StudyTimeMove,
    StudyTimeRule,
)
from courses.selectors.session_time import shared_out
from courses.selectors.study_time import Pocket
from courses.services.study_time_follows import move_row

_WERE_THERE = ("ATTENDED", "PARTIAL", "COMPLETED")
_SEATED = ("CONFIRMED", "ABSENT", *_WERE_THERE)
_BLOCK = 180
_MOST_BLOCKS = 4
_WHY = (
    ("STAFFING", "Two colleagues were off sick, and the ward could not be left."),
    ("DEMAND", "The emergency department was full, and beds had to be found."),
    ("COVER", "The bank could send nobody after all."),
    ("INCIDENT", "The electronic record was down, and everybody was needed."),
)
# What an hour of cover costs, in pence.
_RATES = {"": 3_150, "6": 2_480, "7": 2_890}


def write_study_time(world: World) -> None:
    """What has become of the hours of every place, and the rules of two trusts."""
    writer = _Writer(world)
    rows = Enrolment.objects.filter(state__in=_SEATED, study_hours__gt=0).order_by("pk")
    rows = rows.select_related("session").prefetch_related("session__meetings")
    moves = [move for row in rows for move in writer.moves(row)]
    StudyTimeMove.objects.bulk_create(moves, batch_size=BATCH)
    Backfill.objects.bulk_create(writer.covers, batch_size=BATCH)
    trusts = [body.organisation for body in world.bodies if body.is_trust]
    since = world.day(-400)
    StudyTimeRule.objects.bulk_create(
        StudyTimeRule(organisation=trust, starts_on=since, remind_days=21, escalate_days=42)
        for trust in trusts[:2]
    )
    BackfillRate.objects.bulk_create(
        BackfillRate(organisation=trust, band=band, starts_on=since, pence_per_hour=pence)
        for trust in trusts
        for band, pence in _RATES.items()
    )


class _Writer:
    def __init__(self, world: World) -> None:
        self.dice = world.dice("study time")
        self.today, self.now = world.day(0), world.now
        self.managers = {one.person.pk: one.manager_person for one in world.members}
        self.covers: list[Backfill] = []

    def moves(self, row: Enrolment) -> Iterator[StudyTimeMove]:
        promised_at = row.confirmed_at or row.requested_at
        for day, minutes in shared_out(row.session, 60 * row.study_hours).items():
            pledge = Pocket(Account.PLEDGE, None, minutes)
            yield self._move(row, "promise", pledge, day, at=promised_at)
            if day and day < self.today:
                yield from self._of_session(row, Pocket(Account.PLANNED, day, minutes))
            elif day is None:
                yield from self._own_study(row, minutes, promised_at)

    def _of_session(self, row: Enrolment, planned: Pocket) -> Iterator[StudyTimeMove]:
        if row.state in _WERE_THERE:
            yield self._move(row, "confirm", planned, planned.on, at=_evening(planned.on))
        elif row.state == EnrolmentState.ABSENT and self.dice.random() < 0.6:
            yield self._taken_back(row, planned)

    def _own_study(
        self, row: Enrolment, minutes: int, promised_at: datetime
    ) -> Iterator[StudyTimeMove]:
        """Some blocks of it: each on a working day after the one before."""
        day = max(promised_at.date(), row.session.starts_at.date() - timedelta(days=30))
        for _number in range(min(_MOST_BLOCKS, minutes // _BLOCK)):
            day = add_working_days(day, self.dice.randrange(2, 9))
            block = Pocket(Account.PLANNED, None, _BLOCK)
            yield self._move(row, "plan", block, day, at=promised_at)
            self._cover(row, day)
            if day < self.today:
                yield from self._lived(row, Pocket(Account.PLANNED, day, _BLOCK))

    def _lived(self, row: Enrolment, planned: Pocket) -> Iterator[StudyTimeMove]:
        fate = self.dice.random()
        if fate < 0.72:
            yield self._move(row, "confirm", planned, planned.on, at=_evening(planned.on))
        elif fate < 0.9:
            yield self._taken_back(row, planned)
            if fate > 0.84:
                owed = Pocket(Account.OWED, planned.on, planned.minutes)
                coming = add_working_days(self.today, self.dice.randrange(3, 20))
                yield self._move(row, "rearrange", owed, coming, at=self.now)

    def _taken_back(self, row: Enrolment, planned: Pocket) -> StudyTimeMove:
        reason, text = self.dice.choice(_WHY)
        move = self._move(row, "take_back", planned, planned.on, at=_evening(planned.on))
        move.reason, move.text = reason, text
        move.moved_by = self.managers.get(row.person_id)
        return move

    def _cover(self, row: Enrolment, day: date) -> None:
        if self.dice.random() < 0.3:
            is_past = day < self.today
            self.covers.append(
                Backfill(
                    enrolment=row,
                    person_id=row.person_id,
                    organisation_id=row.organisation_id,
                    on_day=day,
                    minutes=_BLOCK,
                    state="WORKED" if is_past else "ARRANGED",
                    band="7",
                    rate_pence=_RATES["7"],
                    asked_at=row.requested_at,
                )
            )

    def _move(
        self, row: Enrolment, step: str, pocket: Pocket, day: date | None, *, at: datetime
    ) -> StudyTimeMove:
        return move_row(row, step=step, pocket=pocket, day=day, by=SEEDER, now=min(at, self.now))


def _evening(day: date | None) -> datetime:
    found = day or date.min
    return datetime(found.year, found.month, found.day, 17, tzinfo=LONDON)
