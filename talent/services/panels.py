"""Saying who is on the panel of a pool, and ending it."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.models.dated import Days
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from notifications.services.notices import notify
from talent.models import PanelMember, Pool
from talent.policies import may_run_panel


@transaction.atomic
def join_panel(*, pool: Pool, person: Person, days: Days, by: Actor, now: datetime) -> PanelMember:
    """Let ``person`` read who is put forward for ``pool`` on ``days``; they are told.

    Refuses: ``may_not_run_panel``, ``days_not_in_order``, ``already_on_panel``.
    """
    # Two leads who name the same person queue here.
    pool = Pool.objects.select_for_update().get(pk=pool.pk)
    _refuse_unless_may_run_panel(pool, person, by=by, now=now)
    is_backwards = days.ends_on is not None and days.ends_on < days.starts_on
    if days.starts_on < london_date(now) or is_backwards:
        raise Conflict(
            _("The first day is today or later, and the last day is not before it."),
            code="days_not_in_order",
        )
    if PanelMember.objects.during(days).filter(pool=pool, person=person).exists():
        raise Conflict(
            _("%(person)s is on this panel already.") % {"person": person.full_name},
            code="already_on_panel",
        )
    member = PanelMember.objects.create(pool=pool, person=person, **days._asdict())
    _record(member, verb="join_panel", by=by, now=now)
    _tell(member, rule="talent.panel_joined", now=now)
    return member


@transaction.atomic
def leave_panel(*, member: PanelMember, by: Actor, now: datetime) -> None:
    """End the seat at once; the person is told.

    Refuses: ``may_not_run_panel``, ``is_over``.
    """
    today = london_date(now)
    rows = PanelMember.objects.select_for_update(of=("self",)).select_related("pool", "person")
    # Gone when somebody else ended it before it began.
    held = rows.from_day_on(today).filter(pk=member.pk).first()
    if held is None:
        raise Conflict(_("They are not on this panel any more."), code="is_over")
    _refuse_unless_may_run_panel(held.pool, held.person, by=by, now=now)
    _record(held, verb="leave_panel", by=by, now=now)
    _tell(held, rule="talent.panel_left", now=now)
    held.stop(on=today)


def _refuse_unless_may_run_panel(pool: Pool, person: Person, *, by: Actor, now: datetime) -> None:
    roles = roles_at(by, pool.organisation_id, on=london_date(now))
    is_oneself = isinstance(by, Person) and by.pk == person.pk
    if not may_run_panel(roles, is_oneself=is_oneself):
        raise Forbidden(
            _("Only the talent leads of this pool can say who else is on its panel."),
            code="may_not_run_panel",
        )


def _tell(member: PanelMember, *, rule: str, now: datetime) -> None:
    notify(
        recipient=member.person,
        rule=rule,
        subject_key=f"panel:{member.pk}",
        url=reverse("talent:pool_list"),
        now=now,
        facts={"pool": member.pool.title},
    )


def _record(member: PanelMember, *, verb: str, by: Actor, now: datetime) -> None:
    until = {"to": member.ends_on.isoformat()} if member.ends_on else {}
    record(
        by=by,
        now=now,
        verb=verb,
        about=member,
        organisation_id=member.pool.organisation_id,
        subject_id=member.person_id,
        rule="may_run_panel",
        facts={"pool": member.pool_id, "from": member.starts_on.isoformat(), **until},
    )
