"""Posts and who is in them, who manages whom on which days, and what people did before."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Assignment, Band, Person, Post, ReportingKind, ReportingLine, Unit
from config.demo.personas import HOME
from config.demo.staffing import Job
from config.demo.world import BATCH, Member, World
from pathways.models import PostRole

_WTE = ([Decimal(1), Decimal("0.8"), Decimal("0.6"), Decimal("0.53333")], [78, 11, 8, 3])
_BEFORE = {
    "team-leader": Job("rota-coordinator", "Administrator", Band.BAND_5),
    "ward-manager": Job("team-leader", "Deputy ward manager", Band.BAND_6),
    "matron": Job("ward-manager", "Ward manager", Band.BAND_7),
    "service-manager": Job("team-leader", "Assistant service manager", Band.BAND_7),
    "general-manager": Job("service-manager", "Service manager", Band.BAND_8A),
    "deputy-chief-operating-officer": Job("general-manager", "General manager", Band.BAND_8C),
    "chief-operating-officer": Job("general-manager", "Divisional director", Band.BAND_8D),
}


def write_posts(world: World, leavers: list[Person]) -> None:
    """Put everybody into a post with a line manager, and leavers into one that has ended."""
    dice = world.dice("posts")
    units = _write_units(world)
    members = world.members
    posts = Post.objects.bulk_create(
        [
            _post(member, units.get((member.organisation.pk, member.unit)), member.job)
            for member in members
        ],
        batch_size=BATCH,
    )
    assignments = Assignment.objects.bulk_create(
        [
            _assignment(member, post, member.starts_on, dice)
            for member, post in zip(members, posts, strict=True)
        ],
        batch_size=BATCH,
    )
    for member, assignment in zip(members, assignments, strict=True):
        member.assignment = assignment
        at = max(world.begins_on, member.starts_on)
        world.ledger.tell(
            "assign",
            assignment,
            at=world.moment(at, dice),
            subject=member.person,
            organisation=member.organisation,
        )
    _follow_roles(world, posts, [member.job for member in members])
    lines = [line for member in members for line in _lines(world, member, dice)]
    lines += _write_former_posts(world, dice)
    ReportingLine.objects.bulk_create(lines, batch_size=BATCH)
    _write_leavers(world, leavers, dice)


def _write_units(world: World) -> dict[tuple[int, str], Unit]:
    """Units by organisation and name; a unit stands below the unit of the manager above."""
    wanted: dict[tuple[int, str], Unit] = {}
    above: dict[tuple[int, str], str] = {}
    for member in world.members:
        key = (member.organisation.pk, member.unit)
        wanted.setdefault(key, Unit(organisation=member.organisation, name=member.unit))
        if member.manager and member.manager.unit != member.unit:
            above.setdefault(key, member.manager.unit)
    Unit.objects.bulk_create(wanted.values(), batch_size=BATCH)
    for key, name in above.items():
        wanted[key].parent = wanted[key[0], name]
    Unit.objects.bulk_update(wanted.values(), ["parent"], batch_size=BATCH)
    return wanted


def _post(member: Member, unit: Unit | None, job: Job, title: str = "") -> Post:
    return Post(
        organisation=member.organisation,
        unit=unit,
        title=title or member.title,
        pay_system=job.pay_system,
        band=job.band,
        staff_group=job.staff_group,
        is_management=True,
    )


def _assignment(
    member: Member, post: Post, starts_on: date, dice: random.Random, ends_on: date | None = None
) -> Assignment:
    return Assignment(
        person=member.person,
        post=post,
        organisation=member.organisation,
        wte=dice.choices(*_WTE)[0],
        employee_number=f"{20_000_000 + member.person.pk}",
        starts_on=starts_on,
        ends_on=ends_on,
    )


def _follow_roles(world: World, posts: list[Post], jobs: list[Job]) -> None:
    PostRole.objects.bulk_create(
        (
            PostRole(post=post, role_profile=world.roles[job.role])
            for post, job in zip(posts, jobs, strict=True)
            if job.role
        ),
        batch_size=BATCH,
    )


def _lines(world: World, member: Member, dice: random.Random) -> Iterator[ReportingLine]:
    """The line manager of record, whoever stood in before that manager came, and a supervisor."""
    manager = member.manager
    if manager is None:
        yield from _chair_as_manager(world, member)
        return
    if manager.starts_on > member.starts_on and manager.manager:
        stood_in_until = manager.starts_on - timedelta(days=1)
        yield _line(member, manager.manager.person, member.starts_on, stood_in_until)
    yield _line(member, manager.person, max(member.starts_on, manager.starts_on), None)
    peers = [peer for peer in manager.reports if peer is not member]
    if peers and dice.random() < 0.08:
        peer = dice.choice(peers)
        since = max(peer.starts_on, member.starts_on)
        yield _line(member, peer.person, since, None, kind=ReportingKind.SUPERVISOR)


def _chair_as_manager(world: World, chief: Member) -> Iterator[ReportingLine]:
    board = world.body(chief.organisation.ods_code).board
    if board:
        yield _line(chief, board[0], chief.starts_on, None)


def _line(
    member: Member,
    manager: Person,
    starts_on: date,
    ends_on: date | None,
    *,
    kind: str = ReportingKind.LINE_MANAGER,
    assignment: Assignment | None = None,
) -> ReportingLine:
    return ReportingLine(
        assignment=assignment or member.assignment,
        person=member.person,
        manager=manager,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def _write_former_posts(world: World, dice: random.Random) -> list[ReportingLine]:
    """One in six held a post before, in the same body; returns the lines of those days."""
    chosen = [
        member
        for member in world.members
        if member.job.role in _BEFORE and member.manager and dice.random() < 0.17
    ]
    jobs = [_BEFORE[member.job.role] for member in chosen]
    posts = Post.objects.bulk_create(
        [_post(member, None, job, job.title) for member, job in zip(chosen, jobs, strict=True)],
        batch_size=BATCH,
    )
    _follow_roles(world, posts, jobs)
    rows = []
    for member, post in zip(chosen, posts, strict=True):
        ends_on = member.starts_on - timedelta(days=1)
        starts_on = ends_on - timedelta(days=dice.randrange(300, 1800))
        rows.append(_assignment(member, post, starts_on, dice, ends_on))
    lines = []
    for member, row in zip(
        chosen, Assignment.objects.bulk_create(rows, batch_size=BATCH), strict=True
    ):
        manager = member.manager.manager or member.manager if member.manager else member
        lines.append(_line(member, manager.person, row.starts_on, row.ends_on, assignment=row))
    return lines


def _write_leavers(world: World, leavers: list[Person], dice: random.Random) -> None:
    """People whose only assignment has ended: their history stays, their sign-in does not."""
    body = world.body(HOME)
    stand_ins = [
        Member(person, dice.choice(body.members[6:]).job, "", body.organisation, None, world.today)
        for person in leavers
    ]
    posts = Post.objects.bulk_create(
        [_post(member, None, member.job, member.job.title) for member in stand_ins],
        batch_size=BATCH,
    )
    rows = []
    for member, post in zip(stand_ins, posts, strict=True):
        ends_on = world.day(-dice.randrange(5, 330))
        starts_on = ends_on - timedelta(days=dice.randrange(200, 2000))
        rows.append(_assignment(member, post, starts_on, dice, ends_on))
    ended = Assignment.objects.bulk_create(rows, batch_size=BATCH)
    _follow_roles(world, posts, [member.job for member in stand_ins])
    for member, row in zip(stand_ins, ended, strict=True):
        at = world.moment(row.ends_on or world.today, dice)
        world.ledger.tell(
            "end_assignment",
            row,
            at=at,
            subject=member.person,
            organisation=body.organisation,
        )
