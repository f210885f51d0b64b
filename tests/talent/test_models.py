from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from talent.models import Nomination, Pool, ReadinessJudgement, TalentConsent, TalentProfile
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.talent import (
    NominationFactory,
    PoolFactory,
    ReadinessJudgementFactory,
    TalentConsentFactory,
    found_person,
)

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


def test_a_person_has_one_consent_at_a_time():
    person = PersonFactory()
    TalentConsentFactory(person=person)

    with pytest.raises(IntegrityError, match="talent_consent_one_at_a_time"):
        TalentConsentFactory(person=person)


def test_a_consent_that_was_taken_back_leaves_room_for_another_on_the_same_day():
    person = PersonFactory()
    TalentConsentFactory(person=person, starts_on=TODAY, ends_on=TODAY, withdrawn_at=NOW)

    again = TalentConsentFactory(person=person, starts_on=TODAY)

    assert list(TalentConsent.objects.on(TODAY)) == [again]


def test_a_consent_taken_back_today_held_until_yesterday():
    consent = TalentConsentFactory(withdrawn_at=NOW, ends_on=TODAY)

    assert list(TalentConsent.objects.on(YESTERDAY)) == [consent]
    assert not TalentConsent.objects.on(TODAY).exists()


@pytest.mark.parametrize("ends_on", [None, TODAY + timedelta(days=367)])
def test_every_consent_ends_within_twelve_months(ends_on):
    with pytest.raises(IntegrityError, match="talent_consent_ends_within_twelve_months"):
        TalentConsentFactory(starts_on=TODAY, ends_on=ends_on)


def test_a_consent_is_seen_by_its_person_alone():
    organisation = OrganisationFactory()
    lead = grant(PersonFactory(), "TALENT_LEAD", organisation)
    consent = TalentConsentFactory(person=employ(organisation=organisation))

    assert list(TalentConsent.objects.visible_to(consent.person, on=TODAY)) == [consent]
    assert not TalentConsent.objects.visible_to(lead, on=TODAY).exists()


@pytest.mark.parametrize(
    ("scope", "seen_at"),
    [
        ("ORGANISATION", {"trust"}),
        ("SYSTEM", {"trust", "icb"}),
        ("REGION", {"trust", "icb", "region"}),
    ],
)
def test_a_profile_is_seen_from_where_the_consent_reaches(scope, seen_at):
    region = OrganisationFactory(kind="REGION")
    icb = place_below(OrganisationFactory(kind="ICB"), region)
    trust = place_below(OrganisationFactory(), icb)
    beside = place_below(OrganisationFactory(), icb)
    places = {"region": region, "icb": icb, "trust": trust, "beside": beside}
    leads = {name: grant(PersonFactory(), "TALENT_LEAD", place) for name, place in places.items()}
    person = found_person(organisation=trust, scope=scope)

    seen = {
        name
        for name, lead in leads.items()
        if TalentProfile.objects.visible_to(lead, on=TODAY).filter(person=person).exists()
    }

    assert seen == seen_at


@pytest.mark.parametrize("role", ["LEARNING_LEAD", "HR_ADMINISTRATOR", "AUDITOR"])
def test_a_profile_is_not_seen_by_other_roles_or_the_line_manager(role):
    organisation, manager = OrganisationFactory(), PersonFactory()
    other = grant(PersonFactory(), role, organisation)
    person = found_person(organisation=organisation, manager=manager)

    assert not TalentProfile.objects.visible_to(other, on=TODAY).exists()
    assert not TalentProfile.objects.visible_to(manager, on=TODAY).exists()
    assert TalentProfile.objects.filter(person=person).exists()


def test_a_pool_is_seen_in_its_organisation_and_below_but_not_beside():
    icb = OrganisationFactory(kind="ICB")
    trust, beside = place_below(OrganisationFactory(), icb), OrganisationFactory()
    of_icb, of_trust = PoolFactory(organisation=icb), PoolFactory(organisation=trust)

    below, stranger = employ(organisation=trust), employ(organisation=beside)

    assert set(Pool.objects.visible_to(below, on=TODAY)) == {of_icb, of_trust}
    assert not Pool.objects.visible_to(stranger, on=TODAY).exists()


def test_a_nomination_is_seen_by_the_person_who_nominated_and_leads_the_consent_reaches():
    trust = OrganisationFactory()
    lead = grant(PersonFactory(), "TALENT_LEAD", trust)
    elsewhere = grant(PersonFactory(), "TALENT_LEAD", OrganisationFactory())
    shown, hidden, peer = (
        found_person(organisation=trust),
        employ(organisation=trust),
        PersonFactory(),
    )
    pool = PoolFactory(organisation=trust)
    first = NominationFactory(pool=pool, person=shown, nominated_by=peer, route="PEER")
    second = NominationFactory(pool=pool, person=hidden)

    def seen(actor):
        return set(Nomination.objects.visible_to(actor, on=TODAY))

    assert seen(shown) == {first}
    assert seen(peer) == {first}
    assert seen(hidden) == {second}
    assert seen(lead) == {first}
    assert seen(elsewhere) == set()


def test_a_person_is_put_forward_once_for_a_pool_while_it_is_open():
    nomination = NominationFactory()

    with pytest.raises(IntegrityError, match="nomination_one_live_per_person_and_pool"):
        NominationFactory(pool=nomination.pool, person=nomination.person)


def test_a_decision_has_who_when_and_why():
    nomination = NominationFactory()

    with pytest.raises(IntegrityError, match="nomination_decided_means_who_when_and_why"):
        Nomination.objects.filter(pk=nomination.pk).update(state="ACCEPTED")


def test_nobody_decides_about_themselves():
    nomination = NominationFactory()

    with pytest.raises(IntegrityError, match="nomination_decided_by_somebody_else"):
        Nomination.objects.filter(pk=nomination.pk).update(
            state="ACCEPTED",
            decided_by=nomination.person,
            decided_at=NOW,
            decision_reason="I am the best.",
        )


def test_a_step_that_is_not_declared_is_refused_by_the_database():
    decided = {"decided_by": PersonFactory(), "decided_at": NOW, "decision_reason": "No."}
    nomination = NominationFactory(state="DECLINED", **decided)

    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        Nomination.objects.filter(pk=nomination.pk).update(state="ACCEPTED")


def test_a_person_has_one_judgement_at_a_time():
    judgement = ReadinessJudgementFactory()

    with pytest.raises(IntegrityError, match="readiness_judgement_one_at_a_time"):
        ReadinessJudgementFactory(person=judgement.person)


def test_a_judgement_is_seen_by_the_person_and_by_leads_who_can_find_them():
    trust = OrganisationFactory()
    lead = grant(PersonFactory(), "TALENT_LEAD", trust)
    person, hidden = found_person(organisation=trust), employ(organisation=trust)
    judgement = ReadinessJudgementFactory(person=person, organisation=trust)
    of_hidden = ReadinessJudgementFactory(person=hidden, organisation=trust)

    def seen(actor):
        return set(ReadinessJudgement.objects.visible_to(actor, on=TODAY))

    assert seen(person) == {judgement}
    assert seen(lead) == {judgement}
    assert seen(hidden) == {of_hidden}
    assert seen(employ(organisation=trust)) == set()
