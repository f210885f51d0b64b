"""Which role profile a person follows on a day, and which one they work towards."""

from datetime import date

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Assignment
from pathways.models import Aspiration, PastPostRole, PostRole, RoleProfile


def current_role(*, person_id: int, on: date) -> RoleProfile | None:
    """The role of the post a person has held longest, of those held on ``on`` that follow one.

    A post is asked for the role it followed on that day, also where it follows another today.
    """
    past = PastPostRole.objects.filter(post_id=OuterRef("post_id"), until__gte=on)
    now = PostRole.objects.filter(post_id=OuterRef("post_id"))
    held = (
        Assignment.objects.on(on)
        .filter(person_id=person_id)
        .annotate(
            role_id=Coalesce(
                Subquery(past.order_by("until").values("role_profile_id")[:1]),
                Subquery(now.values("role_profile_id")),
            )
        )
        .filter(role_id__isnull=False)
        .order_by("starts_on", "pk")
    )
    return (
        RoleProfile.objects.filter(pk=Subquery(held.values("role_id")[:1]))
        .select_related("version__scale", "version__framework")
        .first()
    )


def aspired_role(*, person_id: int, on: date) -> RoleProfile | None:
    """The role a person works towards on ``on``, if they have chosen one."""
    found = (
        Aspiration.objects.on(on)
        .filter(person_id=person_id)
        .select_related("role_profile__version__scale", "role_profile__version__framework")
        .first()
    )
    return found.role_profile if found else None


def target_role(*, person_id: int, on: date) -> RoleProfile | None:
    """The role to measure a person against: the one they work towards, else the one they hold."""
    return aspired_role(person_id=person_id, on=on) or current_role(person_id=person_id, on=on)
