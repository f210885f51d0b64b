"""Offering a programme at an organisation: its terms, with whom it is shared, and closing it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from accounts.visibility import standing
from common.dates import london_date, long_date
from common.errors import Conflict, Forbidden
from courses.models import Admission, Offering, OfferingShare, Programme
from courses.policies.offerings import may_keep_offerings
from courses.selectors.offerings import keeps_seats_for, last_session_starts
from courses.selectors.running import RUNS_SESSIONS

RULE = "may_keep_offerings"
# A month of hours: more than the database lets an offer of a place wait.
MOST_OFFER_HOURS = 744


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingTerms:
    """How, by whom and at what price it can be had. Without a ``provider`` the host teaches it;
    without a ``mode`` it is taught as the programme is."""

    route: str = ""
    provider: Organisation | None = None
    mode: str = ""
    admission: str = Admission.OPEN
    languages: tuple[str, ...] = ("en",)
    starts_on: date | None = None
    ends_on: date | None = None
    price_pence: int = 0
    study_hours: int = 0
    offer_hours: int = 0


@transaction.atomic
def offer_programme(
    *, programme: Programme, host: Organisation, terms: OfferingTerms, by: Actor, now: datetime
) -> Offering:
    """Offer a programme of the catalogue at ``host``.

    Refuses: ``may_not_keep_offerings``, ``not_in_catalogue``, and what ``change_offering`` refuses
    of the terms.
    """
    _refuse_unless_keeps(host.pk, by=by, now=now)
    known = Programme.objects.visible_to(by, on=london_date(now)).filter(pk=programme.pk)
    if not known.exists():
        raise Conflict(
            _("This programme is not in the catalogue any more. Enter another."),
            code="not_in_catalogue",
        )
    offering = Offering(programme=programme, host=host)
    _set(offering, terms)
    _record(offering, verb="offer_programme", by=by, now=now, facts=_facts(offering))
    return offering


@transaction.atomic
def change_offering(
    *, offering: Offering, terms: OfferingTerms, by: Actor, now: datetime
) -> Offering:
    """Change the terms. Who has asked for a place already keeps the price that they were told.

    Refuses: ``may_not_keep_offerings``, ``days_out_of_order``, ``sessions_after_it_ends``,
    ``no_language``, ``offered_too_long``, ``offered_already``.
    """
    offering = lock_offering(offering, by=by, now=now)
    _set(offering, terms)
    _record(offering, verb="change_offering", by=by, now=now, facts=_facts(offering))
    return offering


@transaction.atomic
def close_offering(*, offering: Offering, by: Actor, now: datetime) -> Offering:
    """Take no more people. Whoever has a place keeps it, and its sessions are run.

    Refuses: ``may_not_keep_offerings``, ``stale_state``.
    """
    return _open_or_close(offering, is_open=False, verb="close_offering", by=by, now=now)


@transaction.atomic
def reopen_offering(*, offering: Offering, by: Actor, now: datetime) -> Offering:
    """Take people again. Refuses: ``may_not_keep_offerings``, ``stale_state``."""
    return _open_or_close(offering, is_open=True, verb="reopen_offering", by=by, now=now)


@transaction.atomic
def share_offering(
    *, offering: Offering, organisation: Organisation, by: Actor, now: datetime
) -> OfferingShare:
    """Open an offering to people of another organisation, as the two have agreed.

    Refuses: ``may_not_keep_offerings``, ``is_the_host``, ``shared_already``.
    """
    offering = lock_offering(offering, by=by, now=now)
    if organisation.pk == offering.host_id:
        raise Conflict(
            _("People of the host can use it already. Enter the code of another organisation."),
            code="is_the_host",
        )
    share, is_new = OfferingShare.objects.get_or_create(
        offering=offering, organisation=organisation
    )
    if not is_new:
        raise Conflict(_("It is shared with this organisation already."), code="shared_already")
    facts = {"organisation": organisation.pk}
    _record(offering, verb="share_offering", by=by, now=now, facts=facts)
    return share


@transaction.atomic
def stop_sharing(
    *, offering: Offering, organisation: Organisation, by: Actor, now: datetime
) -> None:
    """Share an offering no more. Whoever has asked or has a place there keeps it.

    Refuses: ``may_not_keep_offerings``, ``not_shared``, ``seats_are_kept``.
    """
    offering = lock_offering(offering, by=by, now=now)
    shares = OfferingShare.objects.filter(offering=offering, organisation=organisation)
    if not shares.exists():
        raise Conflict(_("It is not shared with this organisation any more."), code="not_shared")
    if keeps_seats_for(offering, organisation, on=london_date(now)):
        raise Conflict(
            _("Seats are kept for %(organisation)s. Give them to everybody first.")
            % {"organisation": organisation.name},
            code="seats_are_kept",
        )
    shares.delete()
    facts = {"organisation": organisation.pk}
    _record(offering, verb="stop_sharing", by=by, now=now, facts=facts)


def refuse_unless_keeps_any(*, by: Actor, now: datetime) -> None:
    if not standing(by, on=london_date(now)).holds(*RUNS_SESSIONS):
        raise _may_not()


def lock_offering(offering: Offering, *, by: Actor, now: datetime) -> Offering:
    """Lock an offering that ``by`` keeps. Refuses: ``may_not_keep_offerings``."""
    rows = Offering.objects.select_for_update(of=("self",))
    offering = rows.select_related("programme", "host").get(pk=offering.pk)
    _refuse_unless_keeps(offering.host_id, by=by, now=now)
    return offering


def _refuse_unless_keeps(host_id: int, *, by: Actor, now: datetime) -> None:
    if not may_keep_offerings(roles_at(by, host_id, on=london_date(now))):
        raise _may_not()


def _may_not() -> Forbidden:
    return Forbidden(
        _("Only a learning lead or programme lead of the host decides how it is offered."),
        code="may_not_keep_offerings",
    )


def _open_or_close(
    offering: Offering, *, is_open: bool, verb: str, by: Actor, now: datetime
) -> Offering:
    offering = lock_offering(offering, by=by, now=now)
    if offering.is_open == is_open:
        raise Conflict(
            _("Somebody else has done this already. Load the page again."), code="stale_state"
        )
    offering.is_open = is_open
    offering.save(update_fields=["is_open"])
    _record(offering, verb=verb, by=by, now=now, facts={})
    return offering


def _set(offering: Offering, terms: OfferingTerms) -> None:
    _refuse_unfit(offering, terms)
    for column in fields(terms):
        setattr(offering, column.name, getattr(terms, column.name))
    offering.languages = list(terms.languages)
    if terms.provider and terms.provider.pk == offering.host_id:
        offering.provider = None
    try:
        with transaction.atomic():
            offering.save()
    except IntegrityError:
        raise Conflict(
            _("This programme is offered there by this route already. Enter another route."),
            code="offered_already",
        ) from None


def _refuse_unfit(offering: Offering, terms: OfferingTerms) -> None:
    if terms.starts_on and terms.ends_on and terms.ends_on < terms.starts_on:
        raise Conflict(
            _("The last day is before the first day. Enter a later last day."),
            code="days_out_of_order",
        )
    if not terms.languages:
        raise Conflict(_("Select at least one language."), code="no_language")
    if not 0 <= terms.offer_hours <= MOST_OFFER_HOURS:
        raise Conflict(
            _("A place can be held for %(hours)d hours at most.") % {"hours": MOST_OFFER_HOURS},
            code="offered_too_long",
        )
    last = last_session_starts(offering) if offering.pk and terms.ends_on else None
    if last and terms.ends_on and london_date(last) > terms.ends_on:
        raise Conflict(
            _("A session starts on %(day)s. Enter a last day that is not before it.")
            % {"day": long_date(london_date(last))},
            code="sessions_after_it_ends",
        )


def _facts(offering: Offering) -> dict[str, object]:
    """What is told of the terms in the ledger, whole, so that two events show what has changed."""
    days = {"starts_on": offering.starts_on, "ends_on": offering.ends_on}
    return {
        "programme": offering.programme_id,
        "provider": offering.provider_id,
        "route": offering.route,
        "mode": str(offering.mode),
        "admission": str(offering.admission),
        "languages": offering.languages,
        "price_pence": offering.price_pence,
        "study_hours": offering.study_hours,
        "offer_hours": offering.offer_hours,
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }


def _record(
    offering: Offering, *, verb: str, by: Actor, now: datetime, facts: Mapping[str, object]
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=offering,
        rule=RULE,
        organisation_id=offering.host_id,
        facts=facts,
    )
