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
from pathways.services.role_news import tell_of_successor
from pathways.services.role_writing import record_about_role
from pathways.successions import followers

SUCCESSION = SystemJob("pathways.succession", organisation_ids=None)
BATCH = 5_000


def follow_successor(
    *, before: RoleProfile, after: RoleProfile, by: Actor, now: datetime
) -> dict[str, int]:
    """Let everything that followed ``before`` follow ``after`` from today, and those concerned be
    told; return how many posts, aims and steps moved.

    The caller has judged, and holds the lock of the profile. Statements grow by one for every
    ``BATCH`` of posts and of people.
    """
    today = london_date(now)
    with lifted(SUCCESSION):
        chose_today = _aims_of_today(before, today=today)
        held = _held_until_yesterday(before, today=today)
        moved = {
            "posts": _move_posts(before, after, today=today),
            "aims": len(chose_today) + _move_aims(before, after, today=today),
            "steps": _move_steps(before, after),
        }
        for follow in followers():
            follow(before=before, after=after, by=by, now=now)
    facts = {"before": before.pk, **moved}
    record_about_role(after, verb="succeed_role", by=by, now=now, facts=facts)
    if moved["posts"] or moved["aims"]:
        tell_of_successor(before=before, after=after, held=held, chose_today=chose_today, now=now)
    return moved


def _held_until_yesterday(before: RoleProfile, *, today: date) -> list[int]:
    """``before``, and the roles in whose place its posts follow it since today."""
    posts = PostRole.objects.filter(role_profile=before).values("post_id")
    past = PastPostRole.objects.filter(until=today - timedelta(days=1), post_id__in=posts)
    earlier = past.order_by("role_profile_id").values_list("role_profile_id", flat=True)
    return list({before.pk, *earlier.distinct()})


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
        batch_size=BATCH,
    )
    return posts.update(role_profile=after)


def _aims_of_today(before: RoleProfile, *, today: date) -> list[int]:
    """The people whose aim began today, so that it moves as it is."""
    aims = Aspiration.objects.filter(role_profile=before, starts_on__gte=today)
    return list(aims.order_by("person_id").values_list("person_id", flat=True))


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
    of_today = aims.filter(starts_on__gte=today)
    # It never held for a whole day; the ledger keeps that it was chosen.
    of_today.filter(person_id__in=there).delete()
    of_today.update(role_profile=after)
    aims.filter(in_force(today)).update(ends_on=today - timedelta(days=1))
    Aspiration.objects.bulk_create(
        [
            Aspiration(person_id=person, role_profile=after, starts_on=today, ends_on=ends_on)
            for person, ends_on in going_on
        ],
        batch_size=BATCH,
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
