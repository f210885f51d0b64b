"""What the pathway asks of a person: the programmes they need nobody's approval for."""

from datetime import date

from courses.models import RoleProgramme
from pathways.models import RoleProfile
from pathways.selectors.roles import current_role


def entitled_programme_ids(*, person_id: int, on: date) -> frozenset[int]:
    """The programmes that the role a person holds on ``on`` asks for."""
    return asked_for_by(current_role(person_id=person_id, on=on))


def asked_for_by(role: RoleProfile | None) -> frozenset[int]:
    """The programmes that ``role`` asks of whoever holds it."""
    if role is None:
        return frozenset()
    asked = RoleProgramme.objects.filter(role_profile=role)
    return frozenset(asked.values_list("programme_id", flat=True))


def is_entitled(*, person_id: int, programme_id: int, on: date) -> bool:
    """Whether the role a person holds on ``on`` asks for the programme."""
    return programme_id in entitled_programme_ids(person_id=person_id, on=on)
