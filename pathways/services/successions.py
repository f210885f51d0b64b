"""One role profile takes the place of another: posts, aims, steps and what upper floors keep.

Nothing old changes: which role a post followed until yesterday is kept, an aim ends and another
begins, and the old profile with what it asked for stays as it was.
"""

from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts.actors import Actor, SystemJob
from accounts.models import Assignment
from accounts.models.dated import in_force
from accounts.scope import lifted
from common.dates import london_date
from pathways.models import Aspiration, PastPostRole, PathwayStep, PostRole, RoleProfile
from pathways.services.role_writing import record_about_role
from pathways.successions import followers

SUCCESSION = SystemJob("pathways.succession", organisation_ids=None)


def follow_successor(
    *, before: RoleProfile, after: RoleProfile, by: Actor, now: datetime
) -> dict[str, int]:
    """Let everything that followed ``before`` follow ``after`` from today; return how many.

    The caller has judged, and holds the lock of the profile. Statements do not grow with the
    number of posts or people.
    """
    today = london_date(now)
    with lifted(SUCCESSION):
        moved = {
            "posts": _move_posts(before, after, today=today),
            "aims": _move_aims(before, after, today=today),
            "steps": _move_steps(before, after),
        }
        for follow in followers():
            follow(before=before, after=after, by=by, now=now)
    facts = {"before": before.pk, **moved}
    record_about_role(after, verb="succeed_role", by=by, now=now, facts=facts)
    return moved


def _move_posts(before: RoleProfile, after: RoleProfile, *, today: date) -> int:
    posts = PostRole.objects.filter(role_profile=before)
    yesterday = today - timedelta(days=1)
    PastPostRole.objects.bulk_create(
        [
            PastPostRole(post_id=post_id, role_profile=before, until=yesterday)
            for post_id in posts.values_list("post_id", flat=True)
        ],
        # A second change on one day: the post followed the first of them for no whole day.
        ignore_conflicts=True,
        batch_size=5000,
    )
    return posts.update(role_profile=after)


def _move_aims(before: RoleProfile, after: RoleProfile, *, today: date) -> int:
    aims = Aspiration.objects.filter(role_profile=before)
    # Whoever holds the role in a post now has no way to go to it.
    posts = PostRole.objects.filter(role_profile=after).values("post_id")
    there = Assignment.objects.on(today).filter(post_id__in=posts).values("person_id")
    going_on = list(
        aims.filter(in_force(today), starts_on__lt=today)
        .exclude(person_id__in=there)
        .values_list("person_id", "ends_on")
    )
    aims.filter(starts_on__gte=today).update(role_profile=after)
    aims.filter(in_force(today)).update(ends_on=today - timedelta(days=1))
    Aspiration.objects.bulk_create(
        [
            Aspiration(person_id=person, role_profile=after, starts_on=today, ends_on=ends_on)
            for person, ends_on in going_on
        ],
        batch_size=5000,
    )
    return len(going_on)


def _move_steps(before: RoleProfile, after: RoleProfile) -> int:
    """Steps that would lead from a role to itself, or double another, are given up."""
    ways = (("from_role", "to_role"), ("to_role", "from_role"))
    moved = 0
    for end, other in ways:
        known = PathwayStep.objects.filter(**{end: after}).values(f"{other}_id")
        steps = PathwayStep.objects.filter(**{end: before})
        steps.filter(Q(**{other: after}) | Q(**{f"{other}_id__in": known})).delete()
        moved += steps.update(**{end: after})
    return moved
