"""Putting somebody forward for a pool, deciding with a reason, and leaving again."""

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import relations_to, roles_at
from accounts.services.ledger import record
from accounts.visibility import organisations_below
from common.dates import london_date
from common.errors import Conflict, Forbidden
from notifications.services.notices import notify
from talent.models import (
    NOMINATION_WORKFLOW,
    Nomination,
    NominationRoute,
    Pool,
    TalentProfile,
)
from talent.policies import may_decide, may_withdraw, route_of
from talent.selectors.pools import LIVE


@transaction.atomic
def nominate(*, pool: Pool, person: Person, reason: str, by: Actor, now: datetime) -> Nomination:
    """Put ``person`` forward for ``pool``: oneself, a colleague, one's report, or as talent team.

    The talent team learns of it once the person's consent reaches them; the person at once.
    """
    # Two people who put the same person forward queue here.
    pool = Pool.objects.select_for_update().get(pk=pool.pk)
    nominated_by, route = _refuse_unless_related(pool, person, by=by, now=now)
    _refuse_if_not_for_them(pool, person, now=now)
    nomination = Nomination.objects.create(
        pool=pool,
        person=person,
        nominated_by=nominated_by,
        route=route,
        reason=reason,
        nominated_at=now,
    )
    if route != NominationRoute.SELF:
        _tell(person, nomination, rule="talent.put_forward", now=now)
    _record(nomination, verb="nominate", rule="route_of", by=by, now=now, said=reason)
    return nomination


@transaction.atomic
def decide(
    *,
    nomination: Nomination,
    step: Literal["accept", "decline"],
    reason: str,
    by: Actor,
    now: datetime,
) -> Nomination:
    """Accept into the pool or decline; the person is told and can read the reason."""
    nomination = _hold(nomination)
    _refuse_unless_may_decide(nomination, by=by, now=now)
    state = NOMINATION_WORKFLOW.target(step, current=nomination.state)
    if not reason.strip():
        raise Conflict(_("Give a reason that the person can read."), code="reason_missing")
    nomination.state = state
    nomination.decided_at, nomination.decision_reason = now, reason
    nomination.decided_by = by  # type: ignore[assignment]  # may_decide lets only people through
    nomination.save(update_fields=["state", "decided_at", "decided_by", "decision_reason"])
    _tell(nomination.person, nomination, rule="talent.nomination_decided", now=now)
    _record(nomination, verb=f"{step}_nomination", rule="may_decide", by=by, now=now, said=reason)
    return nomination


@transaction.atomic
def withdraw(*, nomination: Nomination, by: Actor, now: datetime) -> Nomination:
    """Let the person step back from being considered, or leave the pool."""
    nomination = _hold(nomination)
    if not (isinstance(by, Person) and may_withdraw(by, nomination=nomination)):
        raise Forbidden(_("Only the person can step back."), code="may_not_withdraw")
    nomination.state = NOMINATION_WORKFLOW.target("withdraw", current=nomination.state)
    nomination.save(update_fields=["state"])
    _record(nomination, verb="withdraw_nomination", rule="may_withdraw", by=by, now=now)
    return nomination


def _hold(nomination: Nomination) -> Nomination:
    rows = Nomination.objects.select_for_update(of=("self",))
    return rows.select_related("pool", "person").get(pk=nomination.pk)


def _refuse_unless_related(
    pool: Pool, person: Person, *, by: Actor, now: datetime
) -> tuple[Person, NominationRoute]:
    on = london_date(now)
    route = route_of(relations_to(by, person, on=on), roles_at(by, pool.organisation_id, on=on))
    if route is None or not isinstance(by, Person):
        raise Forbidden(
            _("You can put forward yourself, a colleague or somebody you manage."),
            code="may_not_nominate",
        )
    return by, route


def _refuse_if_not_for_them(pool: Pool, person: Person, *, now: datetime) -> None:
    on = london_date(now)
    if not pool.is_open:
        raise Conflict(_("This pool is not open to nominations."), code="pool_closed")
    within = organisations_below([pool.organisation_id], on=on)
    places = (person.assignments, person.board_seats)
    if not any(held.on(on).filter(organisation_id__in=within).exists() for held in places):
        raise Conflict(
            _("This pool is for people of %(organisation)s.")
            % {"organisation": pool.organisation.name},
            code="not_in_organisation",
        )
    if Nomination.objects.filter(pool=pool, person=person, state__in=LIVE).exists():
        raise Conflict(
            _("Somebody has already put this person forward for this pool."),
            code="already_nominated",
        )


def _refuse_unless_may_decide(nomination: Nomination, *, by: Actor, now: datetime) -> None:
    on = london_date(now)
    roles = roles_at(by, nomination.pool.organisation_id, on=on)
    if not (isinstance(by, Person) and may_decide(by, nomination=nomination, roles_at_pool=roles)):
        raise Forbidden(
            _("Somebody else in the talent team has to decide about this nomination."),
            code="may_not_decide",
        )
    if not TalentProfile.objects.visible_to(by, on=on).filter(pk=nomination.person_id).exists():
        raise Conflict(
            _("This person does not let you find them at the moment, so you cannot decide."),
            code="no_consent",
        )


def _tell(person: Person, nomination: Nomination, *, rule: str, now: datetime) -> None:
    notify(
        recipient=person,
        rule=rule,
        subject_key=f"nomination:{nomination.pk}:{nomination.state}",
        url=reverse("talent:nomination_show", args=[nomination.pk]),
        now=now,
        facts={"pool": nomination.pool.title, "state": str(nomination.state)},
    )


def _record(
    nomination: Nomination, *, verb: str, rule: str, by: Actor, now: datetime, said: str = ""
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=nomination,
        rule=rule,
        organisation_id=nomination.pool.organisation_id,
        subject_id=nomination.person_id,
        facts={"route": str(nomination.route), "state": str(nomination.state)},
        private={"reason": said} if said else {},
    )
