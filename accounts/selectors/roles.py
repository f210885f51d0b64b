"""Who holds which role where, and whom an administrator may give one."""

from datetime import date

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from accounts.models import Organisation, Person, Role, RoleGrant
from accounts.models.people import PersonQuerySet
from accounts.models.roles import RoleGrantQuerySet
from accounts.policies import may_appoint, may_list_roles
from accounts.selectors.relations import roles_at
from accounts.visibility import members_of, standing

MOST_FOUND = 20


def administers(person: Person, *, on: date) -> bool:
    return standing(person, on=on).holds(Role.ORGANISATION_ADMINISTRATOR)


def lists_roles(person: Person, *, on: date) -> bool:
    return may_list_roles(standing(person, on=on).roles.keys())


def roles_shown(reader: Person, *, on: date) -> RoleGrantQuerySet:
    """Roles held or to come that ``reader`` may see, by name of who holds them."""
    rows = RoleGrant.objects.visible_to(reader, on=on).from_day_on(on)
    people = ("person__family_name", "person__given_name", "person_id")
    return rows.select_related("person", "organisation").order_by(
        *people, "role", "starts_on", "pk"
    )


def may_end(grant: RoleGrant, *, by: Person, on: date) -> bool:
    roles = roles_at(by, grant.organisation_id, on=on)
    return may_appoint(roles, role=grant.role, is_oneself=by.pk == grant.person_id)


def people_to_appoint(administrator: Person, *, on: date) -> PersonQuerySet:
    """Whom ``administrator`` may give a role: who belongs to an organisation they administer."""
    place = standing(administrator, on=on).covered_by(Role.ORGANISATION_ADMINISTRATOR)
    people = Person.objects.visible_to(administrator, on=on).filter(members_of(place, on=on))
    return people.filter(is_active=True).exclude(pk=administrator.pk).in_name_order()


def people_found(words: str, *, administrator: Person, on: date) -> list[Person]:
    """The first ``MOST_FOUND`` whose name has every word, or whose e-mail address this is."""
    named = Q()
    for word in words.split():
        named &= Q(full__icontains=word)
    people = people_to_appoint(administrator, on=on)
    full = Concat("given_name", Value(" "), "family_name")
    return list(people.annotate(full=full).filter(named | Q(email__iexact=words))[:MOST_FOUND])


def places_to_appoint_for(administrator: Person, *, on: date) -> QuerySet[Organisation]:
    """The organisations ``administrator`` may give roles for."""
    place = standing(administrator, on=on).covered_by(Role.ORGANISATION_ADMINISTRATOR)
    rows = Organisation.objects.visible_to(administrator, on=on).filter(place.within("pk"))
    return rows.order_by("name", "pk")


def roles_to_give(administrator: Person, *, on: date) -> list[Role]:
    """The roles ``administrator`` may give somewhere; which for where, the policy judges again."""
    place = standing(administrator, on=on)
    roots = place.granted.get(Role.ORGANISATION_ADMINISTRATOR, frozenset())
    held = [roles_at(administrator, root, on=on) for root in roots]
    return [
        role
        for role in Role
        if any(may_appoint(roles, role=role, is_oneself=False) for roles in held)
    ]
