"""What a role asks for in courses follows when another role profile takes its place."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.actors import Actor, SystemJob
from accounts.scope import lifted
from accounts.services.ledger import record
from common.dates import london_date
from courses.models import Mandate, RoleProgramme
from pathways.models import RoleProfile

FOLLOWER = SystemJob("courses.let_mandates_follow", organisation_ids=None)


def programmes_follow(*, before: RoleProfile, after: RoleProfile, by: Actor, now: datetime) -> None:
    """Let the programmes of ``before`` be those of ``after``, beside what it has of its own; and
    what organisations have made mandatory for ``before``.

    A part of the succession, which was judged; called through ``pathways.successions``.
    """
    theirs = RoleProgramme.objects.filter(role_profile=after).values("programme_id")
    rows = RoleProgramme.objects.filter(role_profile=before)
    rows.filter(programme__in=theirs).delete()
    moved = rows.update(role_profile=after)
    mandates = _mandates_follow(before, after, now=now)
    if moved or mandates:
        record(
            by=by,
            now=now,
            verb="programmes_follow",
            about=after,
            rule="may_write_role_profile",
            organisation_id=after.owner_id,
            facts={"before": before.pk, "programmes": moved, "mandates": mandates},
        )


def _mandates_follow(before: RoleProfile, after: RoleProfile, *, now: datetime) -> int:
    """What holds or is to come, of any organisation; what is over stays as it was. Where ``after``
    has a mandate for the same already, that stands."""
    same = Mandate.objects.from_day_on(london_date(now)).filter(
        role_profile=after,
        programme=OuterRef("programme"),
        organisation=OuterRef("organisation"),
    )
    # Whoever writes roles sees no rules of the organisations that follow them.
    with lifted(FOLLOWER):
        rows = Mandate.objects.from_day_on(london_date(now)).filter(role_profile=before)
        moved: int = rows.filter(~Exists(same)).update(role_profile=after)
    return moved
