"""Random organisations, people and what held between them when, and laying them down as rows.

Everything is a number: people, places and days count from nought. ``last`` None is "still so".
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from accounts.models import (
    Assignment,
    BoardSeat,
    Delegation,
    OrganisationParent,
    OrganisationSuccession,
    ReportingLine,
    Role,
    RoleGrant,
)
from appraisals.models import Appraisal
from talent.models import Nomination, PanelMember, TalentProfile
from tests.factories.clock import NOW

PEOPLE, PLACES, DAYS = 5, 4, 8
BEGINNING = date(2026, 1, 1)


def day(number: int) -> date:
    return BEGINNING + timedelta(days=number)


class Job(NamedTuple):
    """``person`` works at ``place``; ``appraiser`` holds the appraisal of that post."""

    person: int
    place: int
    appraiser: int
    signed: bool
    first: int
    last: int | None


class Line(NamedTuple):
    job: int
    kind: str
    manager: int
    first: int
    last: int | None


class Held(NamedTuple):
    person: int
    role: str
    place: int
    first: int
    last: int | None


class Seat(NamedTuple):
    person: int
    place: int
    first: int
    last: int | None


class Handed(NamedTuple):
    manager: int
    delegate: int
    place: int
    first: int
    last: int


class Below(NamedTuple):
    place: int
    parent: int
    first: int
    last: int | None


class Merger(NamedTuple):
    """``place`` became part of ``into`` on ``first``: its people and its parent go on there."""

    place: int
    into: int
    first: int


class Panel(NamedTuple):
    member: int
    pool: int
    first: int
    last: int | None


class Put(NamedTuple):
    person: int
    pool: int
    by: int
    state: str


class Found(NamedTuple):
    """``person`` lets the talent teams of ``places`` find them until ``until``."""

    person: int
    places: frozenset[int]
    until: int


class History(NamedTuple):
    jobs: tuple[Job, ...]
    lines: tuple[Line, ...]
    roles: tuple[Held, ...]
    seats: tuple[Seat, ...]
    delegations: tuple[Handed, ...]
    tree: tuple[Below, ...]
    mergers: tuple[Merger, ...]
    panels: tuple[Panel, ...]
    nominations: tuple[Put, ...]
    found: tuple[Found, ...]
    leavers: frozenset[int]


_people, _places = st.integers(0, PEOPLE - 1), st.integers(0, PLACES - 1)
_days = st.integers(0, DAYS - 1)
# Twice as often still so, or a day nobody holds anything would be the likeliest.
_lasts = st.one_of(st.none(), st.none(), _days)
_STATES = ("PROPOSED", "PROPOSED", "WITHDRAWN")


def _rows(kind: Any, most: int, *fields: Any) -> Any:
    """Never a few only: what is rare in a thin history would not be met at all."""
    rows = st.tuples(*fields).map(lambda row: kind(*row))
    return st.lists(rows, min_size=most // 2, max_size=most)


def _in_order(rows: list[Any]) -> list[Any]:
    return [row for row in rows if row.last is None or row.last >= row.first]


def _once_at_a_time(rows: list[Any], *names: str) -> tuple[Any, ...]:
    """Leave out what the database would: two rows of the same on the same day."""
    kept: list[Any] = []
    for row in _in_order(rows):
        same = [one for one in kept if all(getattr(one, n) == getattr(row, n) for n in names)]
        if not any(_overlap(row, one) for one in same):
            kept.append(row)
    return tuple(kept)


def _overlap(one: Any, other: Any) -> bool:
    last, other_last = (DAYS if row.last is None else row.last for row in (one, other))
    return bool(one.first <= other_last and other.first <= last)


def _handed(jobs: list[Job], lines: list[Line]) -> Any:
    """Mostly by somebody with a team there to somebody with a post there."""
    places = st.one_of(st.none(), st.none(), _places)
    drawn = st.tuples(st.sampled_from(lines), st.sampled_from(jobs), places, _days, _lasts)

    def handed(row: Any) -> Handed:
        line, job, place, first, last = row
        where = jobs[line.job].place if place is None else place
        until = DAYS if last is None else max(first, last)
        return Handed(line.manager, job.person, where, first, until)

    return drawn.map(handed)


@st.composite
def histories(draw: Any) -> History:
    jobs = _in_order(draw(_rows(Job, 10, _people, _places, _people, st.booleans(), _days, _lasts)))
    jobs = [job for job in jobs if job.appraiser != job.person]
    numbers = st.integers(0, max(len(jobs) - 1, 0))
    kinds = st.sampled_from(("LINE_MANAGER", "LINE_MANAGER", "SUPERVISOR"))
    lines = draw(_rows(Line, 10, numbers, kinds, _people, _days, _lasts)) if jobs else []
    lines = [line for line in lines if line.manager != jobs[line.job].person]
    roles = draw(_rows(Held, 8, _people, st.sampled_from(Role.values), _places, _days, _lasts))
    handed = draw(st.lists(_handed(jobs, lines), max_size=4)) if jobs and lines else []
    handed = [one for one in handed if one.manager != one.delegate]
    tree = draw(_rows(Below, 5, _places, _places, _days, _lasts))
    tree = [link for link in tree if link.place != link.parent]
    mergers = draw(_rows(Merger, 1, _places, _places, _days))
    panels = draw(_rows(Panel, 4, _people, _places, _days, _lasts))
    put = draw(_rows(Put, 5, _people, _places, _people, st.sampled_from(_STATES)))
    reach = st.frozensets(_places, max_size=3)
    found = draw(_rows(Found, 4, _people, reach, _days))
    return _merged(
        History(
            jobs=tuple(jobs),
            lines=_once_at_a_time(lines, "job", "kind"),
            roles=_once_at_a_time(roles, "person", "role", "place"),
            seats=_once_at_a_time(
                draw(_rows(Seat, 2, _people, _places, _days, _lasts)), "person", "place"
            ),
            delegations=_once_at_a_time(handed, "manager", "delegate", "place"),
            tree=_once_at_a_time(tree, "place"),
            mergers=tuple(one for one in mergers if one.place != one.into),
            panels=_once_at_a_time(panels, "member", "pool"),
            nominations=tuple({(row.person, row.pool): row for row in put}.values()),
            found=tuple({row.person: row for row in found}.values()),
            leavers=draw(st.frozensets(_people, max_size=1)),
        )
    )


def _merged(history: History) -> History:
    """End what held at a place that was merged away, and go on with it where it went."""
    for merger in history.mergers:
        moving = [
            number
            for number, job in enumerate(history.jobs)
            if job.place == merger.place and _goes_on(job, merger.first)
        ]
        jobs = list(history.jobs)
        for number in moving:
            jobs.append(jobs[number]._replace(place=merger.into, first=merger.first))
            jobs[number] = jobs[number]._replace(last=merger.first - 1)
        moved = {number: len(history.jobs) + at for at, number in enumerate(moving)}
        lines = []
        for line in history.lines:
            if line.job in moved and _goes_on(line, merger.first):
                lines.append(line._replace(job=moved[line.job], first=merger.first))
                lines.append(line._replace(last=merger.first - 1))
            elif line.job in moved and line.first >= merger.first:
                lines.append(line._replace(job=moved[line.job]))
            else:
                lines.append(line)
        tree = [
            link._replace(last=merger.first - 1)
            if link.place == merger.place and _goes_on(link, merger.first)
            else link
            for link in history.tree
        ]
        history = history._replace(jobs=tuple(jobs), lines=tuple(lines), tree=tuple(tree))
    return history


def _goes_on(row: Any, first: int) -> bool:
    return bool(row.first < first and (row.last is None or row.last >= first))


def lay_down(history: History, world: Any) -> None:
    """Write ``history`` as rows about the people, places, posts, cycles and pools of ``world``."""
    people, places = world.people, world.places

    def days(row: Any) -> dict[str, Any]:
        last = None if row.last is None else day(row.last)
        return {"starts_on": day(row.first), "ends_on": last}

    jobs = Assignment.objects.bulk_create(
        Assignment(
            person=people[job.person],
            post=world.posts[number],
            organisation=places[job.place],
            wte=Decimal(1),
            **days(job),
        )
        for number, job in enumerate(history.jobs)
    )
    _lay_ties(history, people, places, jobs, days)
    Appraisal.objects.bulk_create(
        _appraisal(job, jobs[number], world) for number, job in enumerate(history.jobs)
    )
    PanelMember.objects.bulk_create(
        PanelMember(pool=world.pools[row.pool], person=people[row.member], **days(row))
        for row in history.panels
    )
    Nomination.objects.bulk_create(
        Nomination(
            pool=world.pools[row.pool],
            person=people[row.person],
            nominated_by=people[row.by],
            route="SELF",
            reason="Led two services.",
            state=row.state,
            nominated_at=NOW,
        )
        for row in history.nominations
    )
    TalentProfile.objects.bulk_create(
        TalentProfile(
            person=people[row.person],
            organisation=places[0],
            seen_from=[places[place].pk for place in sorted(row.places)],
            scope="ORGANISATION",
            consented_until=day(row.until),
            found_until=day(row.until),
            name="Somebody",
            refreshed_at=NOW,
        )
        for row in history.found
    )
    type(people[0]).objects.filter(pk__in=[people[one].pk for one in history.leavers]).update(
        is_active=False
    )


def _lay_ties(history: History, people: Any, places: Any, jobs: Any, days: Any) -> None:
    ReportingLine.objects.bulk_create(
        ReportingLine(
            assignment=jobs[line.job],
            person=jobs[line.job].person,
            manager=people[line.manager],
            kind=line.kind,
            **days(line),
        )
        for line in history.lines
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(
            person=people[row.person], organisation=places[row.place], role=row.role, **days(row)
        )
        for row in history.roles
    )
    BoardSeat.objects.bulk_create(
        BoardSeat(
            person=people[row.person], organisation=places[row.place], kind="CHAIR", **days(row)
        )
        for row in history.seats
    )
    Delegation.objects.bulk_create(
        Delegation(
            manager=people[row.manager],
            delegate=people[row.delegate],
            organisation=places[row.place],
            **days(row),
        )
        for row in history.delegations
    )
    OrganisationParent.objects.bulk_create(
        OrganisationParent(organisation=places[row.place], parent=places[row.parent], **days(row))
        for row in history.tree
    )
    OrganisationSuccession.objects.bulk_create(
        OrganisationSuccession(
            predecessor=places[row.place], successor=places[row.into], happened_on=day(row.first)
        )
        for row in history.mergers
    )


def _appraisal(job: Job, assignment: Assignment, world: Any) -> Appraisal:
    signed = dict.fromkeys(
        ("subject_shared_at", "manager_shared_at", "subject_signed_at", "manager_signed_at"), NOW
    )
    cycle = world.cycles[job.place]
    return Appraisal(
        cycle=cycle,
        form=cycle.form,
        subject=world.people[job.person],
        appraiser=world.people[job.appraiser],
        assignment=assignment,
        due_on=cycle.due_on,
        opened_at=NOW,
        **({"state": "SIGNED", **signed} if job.signed else {}),
    )
