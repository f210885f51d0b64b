"""People who offer to coach: their own offers, and those that fit a gap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.models import Assignment, Organisation, Person
from accounts.scope import lifted
from accounts.visibility import standing
from pathways.models import CoachOffer, Competency, Requirement
from pathways.models.signposts import CoachOfferQuerySet
from pathways.selectors.gap import GapRow, levels_held
from pathways.selectors.resources import competencies_to_help_with
from pathways.selectors.roles import current_role
from pathways.selectors.signposts import Asked, Reason, Signpost, SignpostKind

# A coach from above the reader's organisation has a post and levels that the reader's walls hide.
# That the level is enough is part of the offer, and all that is told of it.
WEIGHER = SystemJob("weigh_coach_offers", organisation_ids=None)
POINTS_HIGHER, POINTS_REACHED, POINTS_OWN = 35, 30, 15


@dataclass(frozen=True, slots=True)
class Standard:
    """What a person holds in a competency, and what their own role asks for in it."""

    held: int | None
    asked: int | None


def coaching_standard(*, person: Person, competency: Competency, on: date) -> Standard:
    held = levels_held(person_ids=[person.pk], on=on).get(person.pk, {}).get(competency.pk)
    role = current_role(person_id=person.pk, on=on)
    asked = Requirement.objects.filter(role_profile=role, competency=competency)
    return Standard(held, asked.values_list("rank", flat=True).first() if role else None)


def competencies_to_coach(*, person: Person, on: date) -> list[Competency]:
    """The competencies in which ``person`` is at or above what their own role asks for, or has
    shown a level where it asks for none."""
    held = levels_held(person_ids=[person.pk], on=on).get(person.pk, {})
    role = current_role(person_id=person.pk, on=on)
    asked = dict(
        Requirement.objects.filter(role_profile=role).values_list("competency_id", "rank")
        if role
        else ()
    )
    enough = [key for key, rank in held.items() if rank >= asked.get(key, rank)]
    return list(competencies_to_help_with(actor=person, on=on).filter(pk__in=enough))


def places_to_coach(*, person: Person, on: date) -> QuerySet[Organisation]:
    """The organisations to whose people ``person`` may offer to coach, by name."""
    places = standing(person, on=on).organisation_ids
    return Organisation.objects.filter(pk__in=places).order_by("name", "pk")


def offers_of(*, person: Person, on: date) -> CoachOfferQuerySet:
    """What ``person`` offers on ``on``, by competency."""
    offers = CoachOffer.objects.visible_to(person, on=on).on(on).filter(person=person)
    return offers.select_related("competency", "organisation").order_by("competency__title", "pk")


def coach_signposts(asked: Asked) -> Iterator[Signpost]:
    """People who hold the level that each row asks for, and offer to coach whoever has the gap;
    three statements for all rows."""
    rows = CoachOffer.objects.visible_to(asked.actor, on=asked.on).on(asked.on)
    seen = list(rows.filter(competency_id__in=list(asked.rows)).values_list("pk", flat=True))
    with lifted(WEIGHER):
        offers = list(_standing_offers(asked, seen))
        held = levels_held(person_ids=[offer.person_id for offer in offers], on=asked.on)
    own = standing(asked.person, on=asked.on).organisation_ids
    for offer in offers:
        row = asked.rows[offer.competency_id]
        rank = held.get(offer.person_id, {}).get(offer.competency_id, 0)
        if rank >= row.required:
            yield _signpost(offer, row, rank=rank, is_near=offer.organisation_id in own)


def _standing_offers(asked: Asked, seen: Sequence[int]) -> CoachOfferQuerySet:
    """Of the offers ``seen`` by the reader, those made to whoever has the gap, by people who still
    work where they made them."""
    posts = Assignment.objects.on(asked.on).filter(
        person_id=OuterRef("person_id"), organisation_id=OuterRef("organisation_id")
    )
    return (
        CoachOffer.objects.visible_to(asked.person, on=asked.on)
        .on(asked.on)
        .filter(Exists(posts), pk__in=seen, person__is_active=True)
        .exclude(person=asked.person)
        .select_related("person")
        .order_by("pk")
    )


def _signpost(offer: CoachOffer, row: GapRow, *, rank: int, is_near: bool) -> Signpost:
    reasons = [
        Reason(_("Holds a level above the one asked for"), POINTS_HIGHER)
        if rank > row.required
        else Reason(_("Holds the level asked for"), POINTS_REACHED)
    ]
    if is_near:
        reasons.append(Reason(_("Coaches where you work"), POINTS_OWN))
    return Signpost(
        kind=SignpostKind.COACH,
        key=f"coach-{offer.pk}",
        competency_id=row.competency_id,
        title=offer.person.full_name,
        href=f"mailto:{offer.person.email}",
        note=offer.note,
        reasons=tuple(reasons),
    )
