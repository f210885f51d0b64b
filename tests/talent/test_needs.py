from datetime import timedelta

import pytest

from talent import needs, wordings
from talent.services.projection import refresh_profiles
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.talent import (
    NominationFactory,
    PoolFactory,
    ReadinessJudgementFactory,
    TalentConsentFactory,
    found_person,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_a_lead_is_asked_to_decide(trust, lead, rows, django_assert_num_queries):
    pool = PoolFactory(organisation=trust, title="Next matrons")
    for _each in range(rows):
        NominationFactory(pool=pool, person=found_person(organisation=trust))
    NominationFactory(person=found_person(organisation=OrganisationFactory()))
    NominationFactory(pool=pool, person=employ(organisation=trust))
    NominationFactory(
        pool=pool, person=found_person(organisation=trust), nominated_by=lead, route="TALENT_TEAM"
    )

    with django_assert_num_queries(2):
        asked = list(needs.nominations_waiting(lead, TODAY))

    assert len(asked) == rows
    assert all("was put forward for Next matrons" in need.title for need in asked)


def test_a_lead_is_told_how_many_people_are_not_judged(trust, lead):
    for _each in range(2):
        found_person(organisation=trust)
    judged = found_person(organisation=trust)
    ReadinessJudgementFactory(person=judged, organisation=trust)
    refresh_profiles(person_ids=[judged.pk], now=NOW)
    found_person(organisation=OrganisationFactory())

    [need] = needs.people_not_judged(lead, TODAY)

    assert need.title == "2 people you can find have no judgement of readiness"
    assert need.url.endswith("?readiness=NONE")


def test_nobody_else_is_asked_what_leads_are_asked(trust):
    found_person(organisation=trust)
    manager = employ(organisation=trust)

    assert list(needs.people_not_judged(manager, TODAY)) == []
    assert list(needs.nominations_waiting(manager, TODAY)) == []


@pytest.mark.parametrize(("days", "is_asked"), [(0, True), (30, True), (31, False)])
def test_a_person_is_asked_before_their_consent_ends(days, is_asked):
    ends_on = TODAY + timedelta(days=days)
    consent = TalentConsentFactory(ends_on=ends_on)

    asked = [need.due_on for need in needs.consent_ending(consent.person, TODAY)]

    assert asked == ([ends_on] if is_asked else [])


def test_a_person_is_told_that_the_talent_team_cannot_see_a_nomination(trust):
    pool = PoolFactory(organisation=trust)
    hidden, shown = employ(organisation=trust), found_person(organisation=trust)
    for person in (hidden, shown):
        NominationFactory(pool=pool, person=person)

    assert len(list(needs.nominations_hidden(hidden, TODAY))) == 1
    assert list(needs.nominations_hidden(shown, TODAY)) == []


@pytest.mark.parametrize(
    ("wording", "facts", "sentence"),
    [
        (
            wordings.put_forward,
            {"pool": "Next matrons"},
            "You were put forward for Next matrons. Read who did it and why.",
        ),
        (
            wordings.nomination_decided,
            {"pool": "Next matrons", "state": "ACCEPTED"},
            "You are in Next matrons now. Read the reason.",
        ),
        (
            wordings.nomination_decided,
            {"pool": "Next matrons", "state": "DECLINED"},
            "You were not taken into Next matrons this time. Read the reason.",
        ),
        (
            wordings.readiness_judged,
            {"readiness": "READY_NOW"},
            "The talent team judged your readiness: Ready now. Read the reason.",
        ),
    ],
)
def test_notices_read_like_this(wording, facts, sentence):
    assert wording(facts) == sentence
