"""Who writes and reviews a framework: by a role where it belongs, or by invitation."""

from datetime import date

from django.db.models import QuerySet

from accounts.actors import Actor, ApiClientPrincipal, SystemJob
from accounts.models import Organisation, Person, Role, RoleGrant
from accounts.models.dated import DatedQuerySet
from accounts.scope import lifted
from accounts.selectors.emergency import organisations_upwards
from accounts.selectors.relations import Relation, roles_at
from accounts.standing import standing
from accounts.visibility import within
from pathways.models import Collaborator, Framework, Part
from pathways.models.frameworks import writes_for

READER = SystemJob("pathways.who_writes_frameworks", organisation_ids=None)
PART_OF_ROLE = {Part.AUTHOR: Role.FRAMEWORK_AUTHOR, Part.REVIEWER: Role.REVIEWER}


def parts_of(actor: Actor, framework: Framework, *, on: date) -> frozenset[str]:
    """What ``actor`` is to ``framework`` on ``on``: author, reviewer, both or nothing."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return frozenset(Part)
    if actor.actor_kind != "person":
        return frozenset({Part.AUTHOR} if _is_its_program(actor, framework.owner_id) else ())
    if not actor.is_active:
        return frozenset()
    invited = Collaborator.objects.on(on).filter(framework=framework, person_id=actor.pk)
    found = {str(part) for part in invited.values_list("part", flat=True)}
    for part, role in PART_OF_ROLE.items():
        if role in place.roles and framework.owner_id in place.roles[role]:
            found.add(part)
    return frozenset(found)


def author_roles(actor: Actor, owner_id: int, *, on: date) -> frozenset[Relation]:
    """What ``actor`` is to ``owner_id`` as far as starting a framework for it goes."""
    if isinstance(actor, ApiClientPrincipal):
        is_its_program = _is_its_program(actor, owner_id)
        return frozenset({Relation.API_CLIENT} if is_its_program else ())
    return roles_at(actor, owner_id, on=on)


def is_author_anywhere(actor: Actor, *, on: date) -> bool:
    """Whether ``actor`` writes frameworks of any organisation."""
    is_program = writes_for(actor) is not None
    return is_program or standing(actor, on=on).holds(Role.FRAMEWORK_AUTHOR)


def _is_its_program(actor: Actor, owner_id: int | None) -> bool:
    return owner_id is not None and owner_id == writes_for(actor)


def collaborators_of(framework: Framework, *, actor: Actor, on: date) -> DatedQuerySet:
    """Who was invited and takes part on ``on`` or later, by name."""
    rows = Collaborator.objects.visible_to(actor, on=on).from_day_on(on)
    return (
        rows.filter(framework=framework)
        .select_related("person", "framework", "invited_by")
        .order_by("person__family_name", "person__given_name", "part", "starts_on", "pk")
    )


def people_by_role(framework: Framework, *, part: Part, on: date) -> QuerySet[Person]:
    """Who takes ``part`` because of a role at the owner or above it."""
    if framework.owner_id is None:
        return Person.objects.none()
    places = organisations_upwards(framework.owner_id, on=on)
    granted = RoleGrant.objects.on(on).filter(role=PART_OF_ROLE[part], organisation_id__in=places)
    return Person.objects.filter(pk__in=granted.values("person_id"))


def reviewers_of(framework: Framework, *, besides: Actor, on: date) -> QuerySet[Person]:
    """Who may be asked to review, by name; nobody is asked by themselves.

    Roles at organisations above the owner are not seen from below, so they are read for the
    system: whoever asks is an author, and of the roles only the names come back.
    """
    invited = Collaborator.objects.on(on).filter(framework=framework, part=Part.REVIEWER)
    with lifted(READER):
        found = set(
            people_by_role(framework, part=Part.REVIEWER, on=on).values_list("pk", flat=True)
        )
        found |= set(invited.values_list("person_id", flat=True))
    if isinstance(besides, Person):
        found.discard(besides.pk)
    people = Person.objects.filter(pk__in=found, is_active=True)
    return people.order_by("family_name", "given_name", "pk")


def organisations_authored(actor: Actor, *, on: date) -> QuerySet[Organisation]:
    """Where ``actor`` may start a framework, by name."""
    owner_id = writes_for(actor)
    if owner_id is not None:
        return Organisation.objects.filter(pk=owner_id)
    place = standing(actor, on=on)
    if not place.holds(Role.FRAMEWORK_AUTHOR):
        return Organisation.objects.none()
    covered = place.covered_by(Role.FRAMEWORK_AUTHOR)
    return Organisation.objects.filter(within(covered, field="pk")).order_by("name", "pk")


def person_by_email(email: str) -> Person | None:
    """Somebody known here by their work e-mail address, whatever their organisation."""
    return Person.objects.filter(email__iexact=email, is_active=True).first()
