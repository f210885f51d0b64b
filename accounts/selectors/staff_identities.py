"""Whose an account at an organisation is, and which of them a person has."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import OrganisationSignIn, Person, StaffIdentity


def person_behind(sign_in: OrganisationSignIn, object_id: UUID) -> Person | None:
    """The person linked to an account of this organisation: tenant and object, nothing else."""
    identity = (
        StaffIdentity.objects.select_related("person")
        .filter(
            organisation_id=sign_in.organisation_id,
            tenant_id=sign_in.tenant_id,
            object_id=object_id,
        )
        .first()
    )
    return identity.person if identity else None


def is_employed_at(person: Person, organisation_id: int, *, on: date) -> bool:
    """Whether ``person`` has a post or a board seat there on ``on``."""
    here = {"organisation_id": organisation_id}
    return (
        person.assignments.on(on).filter(**here).exists()
        or person.board_seats.on(on).filter(**here).exists()
    )


def identities_of(person: Person) -> QuerySet[StaffIdentity]:
    return person.staff_identities.select_related("organisation").order_by("organisation__name")


def offered_to(person: Person, *, on: date) -> QuerySet[OrganisationSignIn]:
    """Organisations of ``person`` whose account they could link and have not."""
    where = {*person.assignments.on(on).values_list("organisation_id", flat=True)} | {
        *person.board_seats.on(on).values_list("organisation_id", flat=True)
    }
    return (
        OrganisationSignIn.objects.visible_to(person, on=on)
        .filter(organisation_id__in=where)
        .exclude(organisation_id__in=person.staff_identities.values("organisation_id"))
        .select_related("organisation")
        .order_by("organisation__name")
    )
