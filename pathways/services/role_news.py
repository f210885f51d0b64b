"""Telling those who hold a role or work towards it that another takes its place."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Assignment, Person
from common.dates import london_date
from jobs.services.outbox import put
from notifications.services.notices import notify_many
from pathways.models import Aspiration, PastPostRole, PostRole, RoleProfile

TELL = "pathways.tell_of_role"
HELD, AIMED_AT = "pathways.role_succeeded", "pathways.goal_succeeded"


def tell_of_successor(
    *,
    before: RoleProfile,
    after: RoleProfile,
    held: Sequence[int],
    chose_today: Sequence[int],
    now: datetime,
) -> None:
    """Ask for the notices; a national role is held by tens of thousands.

    ``held``: the roles that the posts which moved followed until yesterday; ``chose_today``: those
    whose aim of today moved with the role, which leaves no row behind.
    """
    payload = {
        "before": before.pk,
        "after": after.pk,
        "day": london_date(now).isoformat(),
        "held": list(held),
        "chose_today": list(chose_today),
    }
    put(kind=TELL, key=f"role:{before.pk}:gave_way", payload=payload, now=now)


def tell_of_role(payload: Mapping[str, Any], now: datetime) -> None:
    """Tell everybody whom the payload concerns; each once, however often it is done."""
    before = RoleProfile.objects.get(pk=payload["before"])
    after = RoleProfile.objects.get(pk=payload["after"])
    day = date.fromisoformat(payload["day"])
    facts = {"before": before.title, "after": after.title, "day": payload["day"]}
    concerned = (
        (HELD, _holders(after, day=day, held=payload["held"])),
        (AIMED_AT, _aspirants(before, after, day=day, chose_today=payload["chose_today"])),
    )
    for rule, people in concerned:
        ids = people.filter(is_active=True).order_by("pk").values_list("pk", flat=True)
        notify_many(
            recipient_ids=ids.iterator(chunk_size=2_000),
            rule=rule,
            subject_key=f"role:{before.pk}:gave_way",
            url=reverse("pathways:role_show", args=[after.pk]),
            now=now,
            facts=facts,
        )


def _holders(after: RoleProfile, *, day: date, held: Sequence[int]) -> QuerySet[Person]:
    """People in posts that follow ``after`` since ``day``, and one of ``held`` until then."""
    # Another role may have given way to the same on that day: its holders are told of their own.
    changed = PastPostRole.objects.filter(until=day - timedelta(days=1), role_profile_id__in=held)
    posts = PostRole.objects.filter(role_profile=after, post_id__in=changed.values("post_id"))
    jobs = Assignment.objects.on(day).filter(post_id__in=posts.values("post_id"))
    return Person.objects.filter(pk__in=jobs.values("person_id"))


def _aspirants(
    before: RoleProfile, after: RoleProfile, *, day: date, chose_today: Sequence[int]
) -> QuerySet[Person]:
    """People who work towards ``after`` since ``day`` because they worked towards ``before``."""
    ended = Aspiration.objects.filter(role_profile=before, ends_on=day - timedelta(days=1))
    going_on = Aspiration.objects.filter(role_profile=after, starts_on=day)
    moved = Q(person_id__in=ended.values("person_id")) | Q(person_id__in=list(chose_today))
    return Person.objects.filter(pk__in=going_on.filter(moved).values("person_id"))
