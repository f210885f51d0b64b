"""Letting oneself be found by talent teams, and taking it back; both take effect at once."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import main_organisation_id, relations_to
from accounts.services.ledger import record
from common.dates import add_months, london_date
from common.errors import Conflict, Forbidden
from talent.models import CONSENT_MONTHS, TalentConsent
from talent.policies import may_change_consent
from talent.services.projection import refresh_profiles


def latest_end(on: date) -> date:
    """The last day a consent given on ``on`` may reach."""
    return add_months(on, CONSENT_MONTHS)


@transaction.atomic
def give_consent(
    *, person: Person, scope: str, until: date, by: Actor, now: datetime
) -> TalentConsent:
    """Let talent teams within ``scope`` find ``person`` from today to ``until``.

    A consent that is in force is replaced, so that there is one at a time.
    """
    on = london_date(now)
    person = _hold(person)
    _refuse_unless_own(person, by=by, on=on)
    if not on <= until <= latest_end(on):
        raise Conflict(
            _("Choose a last day that is not in the past and at most 12 months from today."),
            code="consent_too_long",
        )
    _end_consents(person, on=on, now=now)
    consent = TalentConsent.objects.create(
        person=person, scope=scope, starts_on=on, ends_on=until, given_at=now
    )
    refresh_profiles(person_ids=[person.pk], now=now)
    record(
        by=by,
        now=now,
        verb="give_talent_consent",
        about=consent,
        rule="may_change_consent",
        organisation_id=main_organisation_id(person, on=on),
        subject_id=person.pk,
        facts={"scope": scope, "until": until.isoformat()},
    )
    return consent


@transaction.atomic
def withdraw_consent(*, person: Person, by: Actor, now: datetime) -> TalentConsent:
    """Take ``person`` out of every search before this returns."""
    on = london_date(now)
    person = _hold(person)
    _refuse_unless_own(person, by=by, on=on)
    ended = _end_consents(person, on=on, now=now)
    if not ended:
        raise Conflict(
            _("You are not found by any talent team, so there is nothing to take back."),
            code="no_consent",
        )
    refresh_profiles(person_ids=[person.pk], now=now)
    record(
        by=by,
        now=now,
        verb="withdraw_talent_consent",
        about=ended[0],
        rule="may_change_consent",
        organisation_id=main_organisation_id(person, on=on),
        subject_id=person.pk,
    )
    return ended[0]


def _hold(person: Person) -> Person:
    """Two windows of one person queue here, so that neither leaves a second consent behind."""
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _refuse_unless_own(person: Person, *, by: Actor, on: date) -> None:
    if not may_change_consent(relations_to(by, person, on=on)):
        raise Forbidden(
            _("Only the person can decide who may find them."), code="may_not_change_consent"
        )


def _end_consents(person: Person, *, on: date, now: datetime) -> list[TalentConsent]:
    """End what holds today or would begin later; its last day is today at the latest."""
    live = list(
        TalentConsent.objects.select_for_update()
        .filter(person=person, withdrawn_at__isnull=True, ends_on__gte=on)
        .order_by("starts_on")
    )
    for consent in live:
        consent.withdrawn_at = now
        consent.ends_on = max(consent.starts_on, on)
        consent.save(update_fields=["withdrawn_at", "ends_on"])
    return live
