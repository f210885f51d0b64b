"""Saying who stands in for a line manager, for how long, and ending it."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import DELEGATION_MONTHS, Delegation, Organisation, Person
from accounts.models.dated import Days
from accounts.policies import may_delegate
from accounts.selectors.delegations import has_team_in, is_employed_by
from accounts.selectors.relations import relations_to, roles_at
from accounts.services.ledger import record
from accounts.telling import tell
from common.dates import add_months, london_date
from common.errors import Conflict, Forbidden

BEGUN, ENDED = "accounts.stand_in_named", "accounts.stand_in_ended"


@transaction.atomic
def delegate(
    *,
    manager: Person,
    to: Person,
    organisation: Organisation,
    days: Days,
    by: Actor,
    now: datetime,
) -> Delegation:
    """Let ``to`` stand in for ``manager`` with the team in ``organisation`` on ``days``; both are
    told.

    Refuses: ``may_not_delegate``, ``to_oneself``, ``days_not_in_order``, ``too_long``,
    ``no_team``, ``not_employed_there``, ``already_stands_in``.
    """
    # Two who name a stand-in for the same line manager queue here.
    manager = Person.objects.select_for_update().get(pk=manager.pk)
    if manager == to:
        raise Conflict(_("Somebody else has to stand in."), code="to_oneself")
    _refuse_unless_may_delegate(manager, to, organisation, by=by, now=now)
    last = _refuse_days_out_of_order(days, now=now)
    _refuse_if_not_theirs(manager, to, organisation, days=days)
    handed = Delegation.objects.create(
        manager=manager,
        delegate=to,
        organisation=organisation,
        starts_on=days.starts_on,
        ends_on=last,
    )
    _record(handed, verb="delegate", by=by, now=now)
    _tell_both(handed, rule=BEGUN, now=now)
    return handed


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: Actor, now: datetime) -> None:
    """End ``delegation`` at once: it opens nothing from today on. Both are told.

    Refuses: ``may_not_delegate``, ``is_over``.
    """
    today = london_date(now)
    rows = Delegation.objects.select_for_update(of=("self",)).select_related(
        "manager", "delegate", "organisation"
    )
    # Gone when somebody else ended it before it began.
    handed = rows.from_day_on(today).filter(pk=delegation.pk).first()
    if handed is None:
        raise Conflict(_("Nobody stands in here any more."), code="is_over")
    people = handed.manager, handed.delegate
    _refuse_unless_may_delegate(*people, handed.organisation, by=by, now=now)
    _record(handed, verb="end_delegation", by=by, now=now)
    _tell_both(handed, rule=ENDED, now=now)
    handed.stop(on=today)


def _refuse_unless_may_delegate(
    manager: Person, to: Person, organisation: Organisation, *, by: Actor, now: datetime
) -> None:
    on = london_date(now)
    is_to_oneself = isinstance(by, Person) and by.pk == to.pk
    if not may_delegate(
        relations_to(by, manager, on=on),
        roles_at(by, organisation.pk, on=on),
        is_to_oneself=is_to_oneself,
    ):
        raise Forbidden(
            _("Only the line manager, or an HR administrator, can say who stands in."),
            code="may_not_delegate",
        )


def _refuse_days_out_of_order(days: Days, *, now: datetime) -> date:
    """Return the last day, without which nobody stands in."""
    if days.starts_on < london_date(now):
        raise Conflict(_("Nobody can stand in before today."), code="days_not_in_order")
    if days.ends_on is None or days.ends_on < days.starts_on:
        raise Conflict(_("The last day cannot be before the first."), code="days_not_in_order")
    if days.ends_on > add_months(days.starts_on, DELEGATION_MONTHS):
        raise Conflict(
            _("Somebody can stand in for %(count)d months at the most.")
            % {"count": DELEGATION_MONTHS},
            code="too_long",
        )
    return days.ends_on


def _refuse_if_not_theirs(
    manager: Person, to: Person, organisation: Organisation, *, days: Days
) -> None:
    names = {
        "manager": manager.full_name,
        "person": to.full_name,
        "organisation": organisation.name,
    }
    if not has_team_in(organisation, manager=manager, on=days.starts_on):
        raise Conflict(
            _("Nobody at %(organisation)s reports to %(manager)s on the first day.") % names,
            code="no_team",
        )
    if not to.is_active or not is_employed_by(organisation, person=to, on=days.starts_on):
        raise Conflict(
            _("%(person)s has no post at %(organisation)s on the first day.") % names,
            code="not_employed_there",
        )
    known = Delegation.objects.during(days).filter(
        manager=manager, delegate=to, organisation=organisation
    )
    if known.exists():
        raise Conflict(
            _("%(person)s stands in on some of these days already.") % names,
            code="already_stands_in",
        )


def _tell_both(handed: Delegation, *, rule: str, now: datetime) -> None:
    for recipient in (handed.manager, handed.delegate):
        tell(
            recipient=recipient,
            rule=rule,
            subject_key=f"delegation:{handed.pk}",
            url=reverse("accounts:stand_in_list"),
            now=now,
            facts={
                "is_manager": recipient == handed.manager,
                "manager": handed.manager.full_name,
                "delegate": handed.delegate.full_name,
                "from": handed.starts_on.isoformat(),
                "to": handed.ends_on.isoformat(),
            },
        )


def _record(handed: Delegation, *, verb: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=handed,
        organisation_id=handed.organisation_id,
        subject_id=handed.delegate_id,
        rule="may_delegate",
        facts={
            "manager": handed.manager_id,
            "from": handed.starts_on.isoformat(),
            "to": handed.ends_on.isoformat(),
        },
    )
