"""Which role profile a person follows on a day, and which one they work towards."""

from datetime import date

from accounts.models.dated import in_force
from pathways.models import Aspiration, PostRole, RoleProfile


def current_role(*, person_id: int, on: date) -> RoleProfile | None:
    """The role of the post a person has held longest, of those held on ``on`` that follow one."""
    found = (
        PostRole.objects.filter(
            in_force(on, prefix="post__assignments__"), post__assignments__person_id=person_id
        )
        .select_related("role_profile__version__scale")
        .order_by("post__assignments__starts_on", "post__assignments__pk")
        .first()
    )
    return found.role_profile if found else None


def aspired_role(*, person_id: int, on: date) -> RoleProfile | None:
    """The role a person works towards on ``on``, if they have chosen one."""
    found = (
        Aspiration.objects.on(on)
        .filter(person_id=person_id)
        .select_related("role_profile__version__scale")
        .first()
    )
    return found.role_profile if found else None


def target_role(*, person_id: int, on: date) -> RoleProfile | None:
    """The role to measure a person against: the one they work towards, else the one they hold."""
    return aspired_role(person_id=person_id, on=on) or current_role(person_id=person_id, on=on)
