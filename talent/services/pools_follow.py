"""Pools for a role are for the role profile that takes its place."""

from datetime import datetime

from accounts.actors import Actor
from accounts.services.ledger import record
from pathways.models import RoleProfile
from talent.models import Pool


def pools_follow(*, before: RoleProfile, after: RoleProfile, by: Actor, now: datetime) -> None:
    """Let every pool for ``before`` be one for ``after``; nominations stay as they are.

    A part of the succession, which was judged; called through ``pathways.successions``.
    """
    moved = Pool.objects.filter(role_profile=before).update(role_profile=after)
    if moved:
        record(
            by=by,
            now=now,
            verb="pools_follow",
            about=after,
            rule="may_write_role_profile",
            organisation_id=after.owner_id,
            facts={"before": before.pk, "pools": moved},
        )
