"""Places and mandatory training: whose rules reach where, and who exempts whom."""

from collections.abc import Iterable
from datetime import date

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationParent, Person
from accounts.models.dated import in_force
from accounts.models.organisations import OrganisationQuerySet
from accounts.selectors.relations import relations_to, roles_at
from courses.policies.compliance import may_exempt


def organisations_exempting(actor: Actor, person: Person, *, on: date) -> OrganisationQuerySet:
    """The organisations ``person`` belongs to for which ``actor`` may exempt them, by name."""
    to_person = relations_to(actor, person, on=on)
    belongs = Organisation.objects.filter(
        in_force(on, prefix="assignments__"), assignments__person=person
    )
    places = [
        pk
        for pk in set(belongs.values_list("pk", flat=True))
        if may_exempt(to_person, roles_at(actor, pk, on=on))
    ]
    return Organisation.objects.filter(pk__in=places).order_by("name", "pk")


def organisations_above(organisation_ids: Iterable[int], *, on: date) -> dict[int, list[int]]:
    """Organisation -> those above it on ``on``, the nearest first; a statement for each storey."""
    found: dict[int, list[int]] = {pk: [] for pk in organisation_ids}
    tops = {pk: pk for pk in found}
    while tops:
        links = OrganisationParent.objects.on(on).filter(organisation_id__in=set(tops.values()))
        parents = dict(links.values_list("organisation_id", "parent_id"))
        # A circle of parents would never end.
        tops = {
            pk: parents[top]
            for pk, top in tops.items()
            if top in parents and parents[top] not in (pk, *found[pk])
        }
        for pk, parent in tops.items():
            found[pk].append(parent)
    return found
