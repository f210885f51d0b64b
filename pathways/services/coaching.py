"""Offering to coach in a competency, and ending the offer."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, Person
from accounts.selectors.relations import relations_to, roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from pathways.models import CoachOffer, Competency
from pathways.policies.signposts import may_end_coaching, may_offer_to_coach
from pathways.selectors.coaches import coaching_standard


@transaction.atomic
def offer_to_coach(
    *,
    organisation: Organisation,
    competency: Competency,
    note: str = "",
    by: Person,
    now: datetime,
) -> CoachOffer:
    """Let the people of ``organisation``, and of those below it, ask ``by`` to coach them.

    Refuses ``may_not_coach`` (no level that counts, or not where one works) and
    ``coaches_already``.
    """
    today = london_date(now)
    # Two offers at once would overlap, which the database would refuse with an error.
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)
    standard = coaching_standard(person=by, competency=competency, on=today)
    if not may_offer_to_coach(
        relations_to(by, by, on=today),
        roles_at(by, organisation.pk, on=today),
        held=standard.held,
        asked=standard.asked,
    ):
        raise Forbidden(
            _("You can offer to coach where you work, in what you have reached yourself."),
            code="may_not_coach",
        )
    if CoachOffer.objects.on(today).filter(person=by, competency=competency).exists():
        raise Conflict(_("You offer to coach in this already."), code="coaches_already")
    offer = CoachOffer.objects.create(
        person=by, organisation=organisation, competency=competency, note=note, starts_on=today
    )
    _record("offer_to_coach", offer, rule="may_offer_to_coach", by=by, now=now)
    return offer


@transaction.atomic
def end_coaching(*, offer: CoachOffer, by: Actor, now: datetime) -> None:
    """Nobody is sent to the coach from today on. Refuses an offer that has ended:
    ``coaching_ended``."""
    today = london_date(now)
    offer = CoachOffer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    if not may_end_coaching(relations_to(by, offer.person, on=today)):
        raise Forbidden(_("Only the coach can end this offer."), code="may_not_end_coaching")
    if offer.ends_on is not None and offer.ends_on < today:
        raise Conflict(_("This offer has ended already."), code="coaching_ended")
    _record("end_coaching", offer, rule="may_end_coaching", by=by, now=now)
    if offer.starts_on == today:
        # It never held for a whole day; the ledger keeps that it was made.
        offer.delete()
        return
    offer.ends_on = today - timedelta(days=1)
    offer.save(update_fields=["ends_on"])


def _record(verb: str, offer: CoachOffer, *, rule: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=offer,
        rule=rule,
        organisation_id=offer.organisation_id,
        subject_id=offer.person_id,
        facts={"competency": offer.competency_id},
    )
