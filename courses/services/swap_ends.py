"""Swaps that end without an answer: the time is over, or one of the two places is gone."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from accounts.actors import Actor, SystemJob
from accounts.models import Event
from accounts.scope import lifted, run_as
from accounts.services.ledger import event_row
from courses.models import SWAP_WORKFLOW, Enrolment, SwapRequest, SwapRequestQuerySet, SwapState
from courses.services.notices import facts_of
from notifications.services.notices import notify

SWAPPER = SystemJob("courses.swap", organisation_ids=None)
_BATCH = 500


def lapse_swaps(*, now: datetime) -> int:
    """End what nobody answered before the places settled; return how many. May be done again."""
    ended = 0
    while True:
        with run_as(SWAPPER):
            batch = list(_locked(SwapRequest.objects.over_at(now))[:_BATCH])
            ended += _lapse(batch, rule="swap_over", by=SWAPPER, now=now)
        if len(batch) < _BATCH:
            return ended


def end_swaps_of(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """These places are given up: whoever was asked about one of them is asked no more."""
    gone = [enrolment.pk for enrolment in enrolments]
    with lifted(SWAPPER):
        named = Q(place__in=gone) | Q(other_place__in=gone)
        waiting = SwapRequest.objects.filter(named, state=SwapState.ASKED)
        _lapse(list(_locked(waiting)), rule="place_given_up", by=by, now=now)


def swap_event(swap: SwapRequest, *, verb: str, rule: str, by: Actor, now: datetime) -> Event:
    return event_row(
        by=by,
        now=now,
        verb=verb,
        about=swap,
        rule=rule,
        organisation_id=swap.place.organisation_id,
        subject_id=swap.asker_id,
        facts={"session": swap.session_id, "other_session": swap.other_session_id},
    )


def tell_asker(swap: SwapRequest, *, rule: str, now: datetime) -> None:
    """Tell whoever asked what became of it."""
    notify(
        recipient=swap.asker,
        rule=rule,
        subject_key=f"swap:{swap.pk}:{swap.state.lower()}",
        url=reverse("courses:session_show", args=[swap.session_id]),
        now=now,
        facts=facts_of(swap.other_session),
    )


def _locked(rows: SwapRequestQuerySet) -> SwapRequestQuerySet:
    """In the order of their numbers, as everybody who ends several."""
    locked = rows.select_for_update(of=("self",)).order_by("pk")
    return locked.select_related("asker", "place", "other_session__offering__programme")


def _lapse(ended: list[SwapRequest], *, rule: str, by: Actor, now: datetime) -> int:
    for swap in ended:
        swap.state = SWAP_WORKFLOW.target("lapse", current=swap.state)
        swap.ended_at = now
    SwapRequest.objects.bulk_update(ended, ["state", "ended_at"])
    Event.objects.bulk_create(
        swap_event(swap, verb="lapse_swap", rule=rule, by=by, now=now) for swap in ended
    )
    for swap in ended:
        tell_asker(swap, rule="courses.swap_ended", now=now)
    return len(ended)
