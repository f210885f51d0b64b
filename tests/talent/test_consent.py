from datetime import date, timedelta

import pytest

from accounts.models import Event
from common.errors import Conflict, Forbidden
from talent.models import TalentConsent, TalentProfile
from talent.services.consent import give_consent, withdraw_consent
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.talent import TalentConsentFactory, found_person, profile_of

pytestmark = pytest.mark.django_db
IN_HALF_A_YEAR = TODAY + timedelta(days=180)


def test_who_gives_consent_is_found_at_once():
    organisation = OrganisationFactory()
    lead = grant(PersonFactory(), "TALENT_LEAD", organisation)
    person = employ(organisation=organisation)

    give_consent(person=person, scope="ORGANISATION", until=IN_HALF_A_YEAR, by=person, now=NOW)

    assert [row.person for row in TalentProfile.objects.visible_to(lead, on=TODAY)] == [person]
    event = Event.objects.get()
    assert (event.verb, event.subject, event.by_person) == ("give_talent_consent", person, person)
    assert event.facts == {"scope": "ORGANISATION", "until": IN_HALF_A_YEAR.isoformat()}
    assert event.organisation == organisation


def test_who_takes_consent_back_is_found_by_nobody_from_that_moment():
    person = found_person(organisation=OrganisationFactory())

    consent = withdraw_consent(person=person, by=person, now=NOW)

    assert not TalentProfile.objects.filter(person=person).exists()
    assert (consent.withdrawn_at, consent.ends_on) == (NOW, TODAY)
    assert Event.objects.get().verb == "withdraw_talent_consent"


def test_consent_can_be_given_taken_back_and_given_again_on_one_day():
    person = employ()
    for _again in range(2):
        give_consent(person=person, scope="SYSTEM", until=IN_HALF_A_YEAR, by=person, now=NOW)
        withdraw_consent(person=person, by=person, now=NOW)

    give_consent(person=person, scope="SYSTEM", until=IN_HALF_A_YEAR, by=person, now=NOW)

    assert TalentConsent.objects.on(TODAY).filter(person=person).count() == 1
    assert TalentConsent.objects.filter(person=person).count() == 3
    assert profile_of(person).scope == "SYSTEM"


def test_a_new_consent_takes_the_place_of_the_old_one():
    person = found_person(organisation=OrganisationFactory(), scope="ORGANISATION")
    old = TalentConsent.objects.get()

    new = give_consent(person=person, scope="REGION", until=IN_HALF_A_YEAR, by=person, now=NOW)

    old.refresh_from_db()
    assert (old.ends_on, old.withdrawn_at) == (TODAY, NOW)
    assert list(TalentConsent.objects.on(TODAY)) == [new]
    assert profile_of(person).consented_until == IN_HALF_A_YEAR


def test_a_consent_that_would_begin_later_is_ended_too():
    person = employ()
    later = TalentConsentFactory(person=person, starts_on=TODAY + timedelta(days=5))

    withdraw_consent(person=person, by=person, now=NOW)

    later.refresh_from_db()
    assert later.withdrawn_at == NOW
    assert later.ends_on == later.starts_on


@pytest.mark.parametrize(
    ("until", "is_allowed"),
    [
        (TODAY, True),
        (date(2027, 11, 20), True),
        (date(2027, 11, 21), False),
        (TODAY - timedelta(days=1), False),
    ],
)
def test_consent_ends_today_at_the_earliest_and_in_twelve_months_at_the_latest(until, is_allowed):
    person = employ()

    def attempt():
        give_consent(person=person, scope="ORGANISATION", until=until, by=person, now=NOW)

    if is_allowed:
        attempt()
    else:
        with pytest.raises(Conflict) as refusal:
            attempt()
        assert refusal.value.code == "consent_too_long"
    assert TalentConsent.objects.exists() is is_allowed


@pytest.mark.parametrize("role", ["TALENT_LEAD", "HR_ADMINISTRATOR", "ORGANISATION_ADMINISTRATOR"])
def test_nobody_consents_for_somebody_else(role):
    organisation = OrganisationFactory()
    person = employ(organisation=organisation)
    other = grant(PersonFactory(), role, organisation)

    with pytest.raises(Forbidden) as refusal:
        give_consent(person=person, scope="REGION", until=IN_HALF_A_YEAR, by=other, now=NOW)

    assert refusal.value.code == "may_not_change_consent"
    assert not TalentConsent.objects.exists()


def test_nobody_takes_back_the_consent_of_somebody_else():
    person = found_person(organisation=OrganisationFactory())

    with pytest.raises(Forbidden):
        withdraw_consent(person=person, by=PersonFactory(), now=NOW)

    assert profile_of(person)


def test_taking_back_what_was_not_given_is_refused():
    person = employ()

    with pytest.raises(Conflict) as refusal:
        withdraw_consent(person=person, by=person, now=NOW)

    assert refusal.value.code == "no_consent"
    assert not Event.objects.exists()
