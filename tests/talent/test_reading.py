from datetime import timedelta

import pytest

from accounts.models import Event
from accounts.selectors.ledger import reading_rows, readings_of
from common.errors import Forbidden
from talent.services.reading import open_nomination, open_profile
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.talent import NominationFactory, PoolFactory, found_person, profile_of

pytestmark = pytest.mark.django_db


def test_opening_a_profile_is_seen_by_its_person():
    trust = OrganisationFactory(name="Riverbank Trust")
    lead = grant(PersonFactory(), "TALENT_LEAD", trust)
    person, other = found_person(organisation=trust), found_person(organisation=trust)

    open_profile(profile=profile_of(person), by=lead, now=NOW)

    [reading] = reading_rows(readings_of(person, on=TODAY), person=person, on=TODAY)
    assert (reading.who, reading.through, reading.at) == (lead.full_name, ["Riverbank Trust"], NOW)
    assert not readings_of(other, on=TODAY).exists()


def test_an_opening_counts_once_a_day_and_ones_own_does_not():
    trust = OrganisationFactory()
    lead = grant(PersonFactory(), "TALENT_LEAD", trust)
    person = found_person(organisation=trust)

    for by in (lead, lead, person):
        open_profile(profile=profile_of(person), by=by, now=NOW)
    open_profile(profile=profile_of(person), by=lead, now=NOW + timedelta(days=1))

    assert [event.by_person for event in Event.objects.all()] == [lead, lead]


def test_who_is_no_talent_lead_opens_no_profile():
    trust = OrganisationFactory()
    person = found_person(organisation=trust)

    with pytest.raises(Forbidden) as refusal:
        open_profile(profile=profile_of(person), by=employ(organisation=trust), now=NOW)

    assert refusal.value.code == "may_not_read_profile"
    assert not Event.objects.exists()


def test_reading_a_nomination_is_seen_by_its_person():
    trust = OrganisationFactory(name="Riverbank Trust")
    lead = grant(PersonFactory(), "TALENT_LEAD", trust)
    person, colleague = found_person(organisation=trust), employ(organisation=trust)
    nomination = NominationFactory(
        pool=PoolFactory(organisation=trust), person=person, nominated_by=colleague, route="PEER"
    )

    for by in (lead, colleague, person):
        open_nomination(nomination=nomination, by=by, now=NOW)

    [reading] = reading_rows(readings_of(person, on=TODAY), person=person, on=TODAY)
    assert (reading.who, reading.through, reading.at) == (lead.full_name, ["Riverbank Trust"], NOW)
