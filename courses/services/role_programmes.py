"""What a role asks for in courses follows when another role profile takes its place."""

from datetime import datetime

from accounts.actors import Actor
from accounts.services.ledger import record
from courses.models import RoleProgramme
from pathways.models import RoleProfile


def programmes_follow(*, before: RoleProfile, after: RoleProfile, by: Actor, now: datetime) -> None:
    """Let the programmes of ``before`` be those of ``after``, beside what it has of its own.

    A part of the succession, which was judged; called through ``pathways.successions``.
    """
    theirs = RoleProgramme.objects.filter(role_profile=after).values("programme_id")
    rows = RoleProgramme.objects.filter(role_profile=before)
    rows.filter(programme__in=theirs).delete()
    moved = rows.update(role_profile=after)
    if moved:
        record(
            by=by,
            now=now,
            verb="programmes_follow",
            about=after,
            rule="may_write_role_profile",
            organisation_id=after.owner_id,
            facts={"before": before.pk, "programmes": moved},
        )
