"""Who may act on a person's rights: relations that outlast the person's last day in post."""

from datetime import date

from accounts.actors import Actor
from accounts.models import Assignment, BoardSeat, Person
from accounts.selectors.relations import Relation, roles_at
from accounts.standing import standing


def organisations_ever(person: Person) -> frozenset[int]:
    """Every organisation in which ``person`` has or had a post or a seat."""
    found: set[int] = set()
    for held in (Assignment, BoardSeat):
        rows = held._base_manager.filter(person=person)  # noqa: SLF001 (documented by Django)
        found.update(rows.values_list("organisation_id", flat=True))
    return frozenset(found)


def is_in_post(person: Person, *, on: date) -> bool:
    """Whether ``person`` has a post or a seat on ``on`` or later."""
    return any(
        rows.exclude(ends_on__lt=on).exists() for rows in (person.assignments, person.board_seats)
    )


def rights_relations(actor: Actor, person: Person, *, on: date) -> frozenset[Relation]:
    """What ``actor`` is to ``person`` for the rights of the law: themselves, or the roles held for
    any organisation that keeps or kept their record. A record does not end with the post."""
    if isinstance(actor, Person) and not actor.is_active:
        return frozenset()
    found: set[Relation] = set()
    if isinstance(actor, Person) and actor.pk == person.pk:
        found.add(Relation.SELF)
    for organisation_id in organisations_ever(person):
        found |= roles_at(actor, organisation_id, on=on)
    return frozenset(found)


def rights_relations_everywhere(actor: Actor, person: Person, *, on: date) -> frozenset[Relation]:
    """Themselves, or the roles that ``actor`` holds for every organisation that keeps or kept the
    record of ``person``."""
    if isinstance(actor, Person) and not actor.is_active:
        return frozenset()
    if isinstance(actor, Person) and actor.pk == person.pk:
        return frozenset({Relation.SELF})
    held = [roles_at(actor, place, on=on) for place in organisations_ever(person)]
    return frozenset.intersection(*held) if held else _without_a_place(actor, on=on)


def _without_a_place(actor: Actor, *, on: date) -> frozenset[Relation]:
    """Whoever answers for people who never had a post anywhere."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return frozenset({Relation.SYSTEM})
    if place.holds(Relation.PLATFORM_OPERATOR.value):
        return frozenset({Relation.PLATFORM_OPERATOR})
    return frozenset()


def person_known_to(organisation_ids: frozenset[int], *, email: str) -> Person | None:
    """Whoever has this e-mail address and works or worked in one of the organisations."""
    person = Person.objects.filter(email__iexact=email).first()
    known = person is not None and organisations_ever(person) & organisation_ids
    return person if known else None
