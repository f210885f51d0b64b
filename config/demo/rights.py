"""Seats on boards, and roles that people hold for an organisation."""

from datetime import datetime, time

from accounts.models import BoardSeat, BoardSeatKind, Role, RoleGrant
from common.dates import LONDON
from config.demo.world import World

_GRANTED_IN_A_TRUST = (
    (Role.LEARNING_LEAD, "hr-business-partner", 0),
    (Role.PROGRAMME_LEAD, "hr-business-partner", 0),
    (Role.FRAMEWORK_AUTHOR, "hr-business-partner", 0),
    (Role.HR_ADMINISTRATOR, "hr-business-partner", 1),
    (Role.EQUALITY_ANALYST, "hr-business-partner", 2),
    (Role.TALENT_LEAD, "deputy-director-of-people", 0),
    (Role.REVIEWER, "deputy-director-of-people", 0),
    (Role.AUDITOR, "finance-manager", 0),
    (Role.ORGANISATION_ADMINISTRATOR, "director-of-people", 0),
)
_GRANTED_ON_A_BOARD = (
    (Role.TALENT_LEAD, "hr-business-partner", 0),
    (Role.LEARNING_LEAD, "hr-business-partner", 0),
    (Role.EQUALITY_ANALYST, "hr-business-partner", 1),
)


def write_seats(world: World) -> None:
    """Give each board its chair and its non-executives."""
    BoardSeat.objects.bulk_create(
        BoardSeat(
            person=person,
            organisation=body.organisation,
            kind=BoardSeatKind.NON_EXECUTIVE if nth else BoardSeatKind.CHAIR,
            starts_on=world.day(-900 - 30 * nth),
        )
        for body in world.bodies
        for nth, person in enumerate(body.board)
    )


def write_grants(world: World) -> None:
    """Give each body its learning lead, talent lead and the others who look after records."""
    rows = []
    for body in world.bodies:
        wanted = _GRANTED_IN_A_TRUST if body.is_trust else _GRANTED_ON_A_BOARD
        for role, job, nth in wanted:
            holder = body.one_of(job, "director-of-people", nth=nth)
            rows.append(
                RoleGrant(
                    person=holder.person,
                    organisation=body.organisation,
                    role=role,
                    starts_on=holder.starts_on,
                )
            )
    for row in RoleGrant.objects.bulk_create(rows):
        world.ledger.tell(
            "grant_role",
            row,
            at=datetime.combine(world.begins_on, time(9), tzinfo=LONDON),
            subject=row.person,
            organisation=row.organisation,
            role=row.role,
        )
