"""Pools, who is in them and who waits, and whom one may put forward."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from accounts.models import Person
from accounts.selectors.relations import relations_to, roles_at
from accounts.visibility import members_of, standing
from talent.models import (
    LIVE_NOMINATIONS,
    Nomination,
    NominationQuerySet,
    NominationState,
    PanelMember,
    Pool,
    TalentProfile,
)
from talent.models.panels import PanelMemberQuerySet
from talent.policies import may_decide, may_read_reasons, may_withdraw
from talent.selectors.profiles import own_profile

LIVE = LIVE_NOMINATIONS


@dataclass(frozen=True, slots=True)
class NominationPage:
    """What the reader of a nomination may read and do.

    ``is_hidden``: the reader's own, and the talent team does not see it for want of consent.
    """

    is_own: bool
    reads_reasons: bool
    decides: bool
    can_withdraw: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class PoolCounts:
    """People the reader can see in a pool: those in it, and those who wait for a decision."""

    members: int
    waiting: int


def pools_for(person: Person, *, on: date) -> QuerySet[Pool]:
    return (
        Pool.objects.visible_to(person, on=on)
        .select_related("organisation", "role_profile")
        .order_by("organisation__name", "title", "pk")
    )


def counts_of(pools: list[Pool], *, person: Person, on: date) -> dict[int, PoolCounts]:
    """Return pool -> counts, in one statement; only where ``person`` is a talent lead.

    People whose consent does not reach the reader are in none of the figures.
    """
    led = standing(person, on=on).covered_by("TALENT_LEAD")
    mine = [pool.pk for pool in pools if pool.organisation_id in led]
    if not mine:
        return {}
    rows = (
        Nomination.objects.visible_to(person, on=on)
        .filter(pool_id__in=mine)
        .values("pool_id")
        .annotate(
            members=Count("pk", filter=Q(state=NominationState.ACCEPTED)),
            waiting=Count("pk", filter=Q(state=NominationState.PROPOSED)),
        )
    )
    found = {row["pool_id"]: PoolCounts(row["members"], row["waiting"]) for row in rows}
    return {pk: found.get(pk, PoolCounts(0, 0)) for pk in mine}


def leads_pool(person: Person, pool: Pool, *, on: date) -> bool:
    return pool.organisation_id in standing(person, on=on).covered_by("TALENT_LEAD")


def is_on_panel(person: Person, pool: Pool, *, on: date) -> bool:
    return PanelMember.objects.on(on).filter(pool=pool, person=person).exists()


def panel_of(pool: Pool, *, reader: Person, on: date) -> PanelMemberQuerySet:
    """Who is on the panel of ``pool`` or will be, as far as ``reader`` may see it, by name."""
    rows = PanelMember.objects.visible_to(reader, on=on).from_day_on(on).filter(pool=pool)
    names = ("person__family_name", "person__given_name", "starts_on", "pk")
    return rows.select_related("person").order_by(*names)


def nominations_in(pool: Pool, *, person: Person, on: date) -> NominationQuerySet:
    """What ``person`` may see of ``pool``: those who wait first, then those in it, by name."""
    return (
        Nomination.objects.visible_to(person, on=on)
        .filter(pool=pool, state__in=LIVE)
        .select_related("person")
        .order_by("-state", "person__family_name", "person__given_name", "pk")
    )


def nomination_page(nomination: Nomination, *, person: Person, on: date) -> NominationPage:
    is_own = may_withdraw(person, nomination=nomination)
    can_withdraw = is_own and nomination.state in LIVE
    roles = roles_at(person, nomination.pool.organisation_id, on=on)
    relations = relations_to(person, nomination.person, on=on)
    return NominationPage(
        is_own=is_own,
        reads_reasons=may_read_reasons(
            relations, roles, is_on_panel=is_on_panel(person, nomination.pool, on=on)
        ),
        decides=nomination.state == NominationState.PROPOSED
        and may_decide(person, nomination=nomination, roles_at_pool=roles),
        can_withdraw=can_withdraw,
        is_hidden=can_withdraw and not _reaches(nomination.pool, person, on=on),
    )


def _reaches(pool: Pool, person: Person, *, on: date) -> bool:
    """The consent of ``person`` lets the talent team of ``pool`` see them."""
    profile = own_profile(person, on=on)
    return profile is not None and pool.organisation_id in profile.seen_from


def own_nominations(person: Person, *, on: date) -> NominationQuerySet:
    """Where ``person`` was put forward or put somebody forward, the latest first."""
    return (
        Nomination.objects.visible_to(person, on=on)
        .filter(Q(person=person) | Q(nominated_by=person))
        .select_related("pool", "person")
        .order_by("-nominated_at", "-pk")
    )


def waiting_nominations(person: Person, *, on: date) -> NominationQuerySet:
    """What waits for a decision of ``person`` as a talent lead, the oldest first."""
    led = standing(person, on=on).covered_by("TALENT_LEAD")
    return (
        Nomination.objects.visible_to(person, on=on)
        .filter(state=NominationState.PROPOSED, pool__organisation_id__in=led)
        .exclude(Q(person=person) | Q(nominated_by=person))
        .select_related("pool", "person")
        .order_by("nominated_at", "pk")
    )


def colleague_by_email(person: Person, email: str, *, on: date) -> Person | None:
    """Somebody ``person`` may put forward, by work e-mail address: of the same organisations, or
    of those where ``person`` is a talent lead. Anybody else is as if there were nobody."""
    place = standing(person, on=on)
    within = place.organisation_ids | place.covered_by("TALENT_LEAD")
    people = Person.objects.filter(members_of(within, on=on), is_active=True)
    return people.filter(email__iexact=email).first()


def hidden_nominations(person: Person, *, on: date) -> list[Nomination]:
    """Where ``person`` was put forward, and the talent team waits to be let see it."""
    own = Nomination.objects.filter(person=person, state=NominationState.PROPOSED)
    waiting = list(own.select_related("pool").order_by("nominated_at", "pk"))
    # Hardly anybody is put forward at any time: only then is it asked who finds them.
    if not waiting:
        return []
    found = TalentProfile.objects.filter(person=person, found_until__gte=on)
    seen_from = found.values_list("seen_from", flat=True).first() or ()
    return [row for row in waiting if row.pool.organisation_id not in seen_from]
