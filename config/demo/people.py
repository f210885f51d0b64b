"""Who there is: the people of every body, their names, their answers for equality monitoring."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time

from accounts.equality import own
from accounts.equality.cipher import Answer
from accounts.models import Attribute, Band, Person
from common.dates import LONDON
from config.demo.names import Culture, NameBook
from config.demo.personas import PERSONAS, REGION_CODE, Persona
from config.demo.staffing import (
    BOARD,
    SMALLEST_BOARD,
    SMALLEST_TRUST,
    TRUST,
    Place,
    staff,
)
from config.demo.world import BATCH, Body, Member, World

FEWEST_PEOPLE = 300
_TRUST_SHARES = {"RTG": 24, "RFS": 12, "RXM": 13, "RX1": 25, "RK5": 14, "RHA": 12}
_SEATS = {"TRUST": 6, "ICB": 5, "REGION": 0}


def write_people(world: World) -> list[Person]:
    """Fill every body with people and their equality records; return those who have left."""
    dice = world.dice("people")
    book = NameBook(world.dice("names"))
    for persona in PERSONAS:
        book.address(persona.slug)
    cultures: list[Culture] = []
    leavers: list[Person] = []
    for body, headcount in _headcounts(world).items():
        is_trust = body.is_trust
        chief = "Regional director" if body.code == REGION_CODE else "Chief executive"
        places = staff(headcount, TRUST if is_trust else BOARD, chief=chief)
        cultures += _employ(world, body, places, book, dice)
        cultures += _seat(body, book)
    missing = world.people - len(cultures)
    for _ in range(missing):
        culture = book.culture(is_senior=False)
        cultures.append(culture)
        leavers.append(_person(book, culture, None, is_active=False))
    everybody = [person for body in world.bodies for person in _persons(body)] + leavers
    _write_people(world, everybody, cultures, dice)
    return leavers


def _headcounts(world: World) -> dict[Body, int]:
    """How many are employed in each body. Two in a hundred have left; board members come on top."""
    seats = sum(_SEATS[body.organisation.kind] for body in world.bodies)
    employed = world.people - seats - world.people // 50
    boards = [body for body in world.bodies if not body.is_trust]
    counts = {body: max(SMALLEST_BOARD, employed // 60) for body in boards}
    left = employed - sum(counts.values())
    trusts = [body for body in world.bodies if body.is_trust]
    for body in trusts:
        counts[body] = max(SMALLEST_TRUST, left * _TRUST_SHARES[body.code] // 100)
    counts[trusts[0]] += left - sum(counts[body] for body in trusts)
    return {body: counts[body] for body in world.bodies}


def _persons(body: Body) -> Iterator[Person]:
    yield from (member.person for member in body.members)
    yield from body.board


def _employ(
    world: World, body: Body, places: list[Place], book: NameBook, dice: random.Random
) -> list[Culture]:
    wanted = {(p.role, p.nth): p for p in PERSONAS if p.body == body.code and p.role}
    seen: dict[str, int] = {}
    cultures = []
    for place in places:
        role = place.job.role
        nth = seen.get(role, 0)
        seen[role] = nth + 1
        culture = book.culture(is_senior=place.job.band == Band.VSM)
        persona = wanted.get((role, nth))
        member = Member(
            person=_person(book, culture, persona),
            job=place.job,
            title=place.title,
            organisation=body.organisation,
            manager=None if place.manager is None else body.members[place.manager],
            starts_on=_start(world, dice, is_persona=persona is not None),
            unit=place.unit,
        )
        if member.manager:
            member.manager.reports.append(member)
        body.members.append(member)
        cultures.append(culture)
    return cultures


def _start(world: World, dice: random.Random, *, is_persona: bool) -> date:
    """Managers stay two to three years (the median); one in ten came within the year."""
    if is_persona:
        return world.day(-dice.randrange(500, 1400))
    if dice.random() < 0.1:
        return world.day(-dice.randrange(10, 360))
    return world.day(-int(dice.triangular(361, 3600, 700)))


def _seat(body: Body, book: NameBook) -> list[Culture]:
    persona = next((p for p in PERSONAS if p.body == body.code and not p.role), None)
    cultures = []
    for nth in range(_SEATS[body.organisation.kind]):
        culture = book.culture(is_senior=True)
        cultures.append(culture)
        body.board.append(_person(book, culture, persona if nth == 1 else None))
    return cultures


def _person(
    book: NameBook, culture: Culture, persona: Persona | None, *, is_active: bool = True
) -> Person:
    given, family, email = book.name(culture)
    if persona:
        given, family, email = persona.given_name, persona.family_name, persona.email
    return Person(
        given_name=given,
        family_name=family,
        email=email,
        is_active=is_active,
        # Nobody signs in with a password here; the mark is the one Django uses for none.
        password="!",  # noqa: S106
    )


def _write_people(
    world: World, everybody: list[Person], cultures: list[Culture], dice: random.Random
) -> None:
    Person.objects.bulk_create(everybody, batch_size=BATCH)
    joined_at = datetime.combine(world.begins_on, time(7), tzinfo=LONDON)
    Person.objects.update(joined_at=joined_at)
    for person in everybody:
        person.joined_at = joined_at
    for person, culture in zip(everybody, cultures, strict=True):
        _tell_equality(world, person, culture, dice)


def _tell_equality(world: World, person: Person, culture: Culture, dice: random.Random) -> None:
    """Answer in the person's name: there is no other way in. One in a hundred has opted out."""
    ethnic = dice.choices(culture.ethnic_codes, culture.ethnic_weights)[0]
    born = world.today.year - int(dice.triangular(23, 67, 46))
    answers = {
        Attribute.ETHNIC_CATEGORY: Answer(
            "ETHNIC CATEGORY", dice.choices([ethnic, "Z", "99"], [93, 4, 3])[0]
        ),
        Attribute.DISABILITY: Answer("WDES DISABILITY", dice.choices("YNPDX", [7, 74, 4, 9, 6])[0]),
        Attribute.GENDER_IDENTITY: Answer(
            "GENDER IDENTITY CODE", dice.choices("213ZX4", [700, 262, 6, 18, 12, 2])[0]
        ),
        Attribute.SEXUAL_ORIENTATION: Answer(
            "SEXUAL ORIENTATION", dice.choices("1234UZ9", [780, 25, 15, 5, 5, 120, 50])[0]
        ),
        Attribute.BIRTH_DECADE: Answer("DECADE OF BIRTH", str(min(born // 10 * 10, 2000))),
    }
    if dice.random() < 0.01:
        own.stop(person.pk, on=world.day(-dice.randrange(300)))
    else:
        own.keep(person.pk, answers)
