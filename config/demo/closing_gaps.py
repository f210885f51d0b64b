"""What closes gaps in the demonstration: resources of trusts and of all, and people who coach."""

from config.demo.learning import Levels
from config.demo.world import Body, Member, World
from pathways.models import CoachOffer, Competency, Resource, ResourceKind, ResourceLevel

_ACADEMY = "https://www.leadershipacademy.nhs.uk/"
_HIGHEST = 4
# Kind, words of the title, minutes, and up to which level it helps.
_NATIONAL = (
    (ResourceKind.READING, "A short guide: {0}", 20, 3),
    (ResourceKind.VIDEO, "Managers talk about it: {0}", 12, 2),
)
_LOCAL = (
    (ResourceKind.EXPERIENCE, "Shadow somebody who does this well: {0}", 240, 4),
    (ResourceKind.TOOL, "A checklist for your next team meeting: {0}", 15, 3),
)
_NOTES = ("An hour a month by video call.", "Come and watch, then we talk.", "Ask me over lunch.")
_COACHED_SHARE = 0.08


def write_what_closes_gaps(world: World, levels: Levels) -> None:
    competencies = list(Competency.objects.filter(pk__in=world.competency_ids).order_by("pk"))
    made = [
        (_resource(None, competency, *words[:3]), competency, words[3])
        for competency in competencies
        for words in _NATIONAL
    ]
    for body in world.bodies:
        if body.is_trust:
            made += _of_trust(world, body, competencies)
    Resource.objects.bulk_create([resource for resource, _competency, _rank in made])
    ResourceLevel.objects.bulk_create(
        ResourceLevel(resource=resource, competency=competency, rank=rank)
        for resource, competency, rank in made
    )
    _offers(world, levels)


def _of_trust(
    world: World, body: Body, competencies: list[Competency]
) -> list[tuple[Resource, Competency, int]]:
    dice = world.dice(f"resources of {body.code}")
    return [
        (_resource(body, competency, *words[:3]), competency, words[3])
        for competency in dice.sample(competencies, len(competencies) // 2)
        for words in (dice.choice(_LOCAL),)
    ]


def _resource(
    body: Body | None, competency: Competency, kind: ResourceKind, words: str, minutes: int
) -> Resource:
    return Resource(
        owner=body.organisation if body else None,
        kind=kind,
        title=words.format(competency.title),
        minutes=minutes,
        url="" if body else _ACADEMY,
    )


def _offers(world: World, levels: Levels) -> None:
    """Some of those who are at the highest level offer to coach in what they do best."""
    dice = world.dice("coaches")
    offers = []
    for member in world.members:
        best = _best(member, levels)
        if best is None or dice.random() >= _COACHED_SHARE:
            continue
        offers.append(
            CoachOffer(
                person=member.person,
                organisation=member.organisation,
                competency_id=best,
                note=dice.choice(_NOTES),
                starts_on=world.day(-dice.randrange(0, 40)),
            )
        )
    CoachOffer.objects.bulk_create(offers)


def _best(member: Member, levels: Levels) -> int | None:
    held = levels.held.get(member.person.pk, {})
    best = max(held, key=lambda key: (held[key], -key), default=None)
    return best if best is not None and held[best] >= _HIGHEST else None
