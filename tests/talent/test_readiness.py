from datetime import timedelta

import pytest

from accounts.models import Event, EventText
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from talent.models import ReadinessJudgement
from talent.services.readiness import judge_readiness
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.talent import ReadinessJudgementFactory, found_person, profile_of

pytestmark = pytest.mark.django_db
WHY = "Has run the service for a year."


def judge(person, trust, by, readiness="READY_NOW", reason=WHY, now=NOW):
    return judge_readiness(
        person=person, organisation=trust, readiness=readiness, reason=reason, by=by, now=now
    )


def test_a_lead_judges_and_search_says_so_at_once(trust, lead):
    person = found_person(organisation=trust)

    judgement = judge(person, trust, lead)

    assert (judgement.starts_on, judgement.judged_by, judgement.reason) == (TODAY, lead, WHY)
    assert profile_of(person).readiness == "READY_NOW"
    assert Notice.objects.get().recipient == person
    event = Event.objects.get()
    assert (event.verb, event.subject) == ("judge_readiness", person)
    assert event.facts["readiness"] == "READY_NOW"
    assert WHY not in str(event.facts)
    assert EventText.objects.get(event=event, name="reason").text == WHY


def test_the_judgement_before_it_ends_the_day_before(trust, lead):
    person = found_person(organisation=trust)
    before = ReadinessJudgementFactory(person=person, organisation=trust)

    judge(person, trust, lead)

    before.refresh_from_db()
    assert (before.ends_on, before.replaced_at) == (TODAY - timedelta(days=1), None)
    assert ReadinessJudgement.objects.on(TODAY).get().readiness == "READY_NOW"


def test_judging_twice_in_a_day_keeps_both_and_counts_the_later(trust, lead):
    person = found_person(organisation=trust)

    first = judge(person, trust, lead, readiness="FUTURE")
    judge(person, trust, lead, readiness="READY_SOON")

    first.refresh_from_db()
    assert (first.replaced_at, first.ends_on) == (NOW, TODAY)
    assert profile_of(person).readiness == "READY_SOON"
    assert ReadinessJudgement.objects.filter(person=person).count() == 2


def test_a_judgement_needs_a_reason(trust, lead):
    person = found_person(organisation=trust)

    with pytest.raises(Conflict) as refusal:
        judge(person, trust, lead, reason=" ")

    assert refusal.value.code == "reason_missing"


def test_a_person_who_hides_is_not_judged(trust, lead):
    person = employ(organisation=trust)

    with pytest.raises(Conflict) as refusal:
        judge(person, trust, lead)

    assert refusal.value.code == "no_consent"
    assert not ReadinessJudgement.objects.exists()


def test_only_the_talent_team_judges_and_nobody_themselves(trust, lead):
    manager = PersonFactory()
    person = found_person(organisation=trust, manager=manager)
    found_person(organisation=trust, person=lead)
    elsewhere = grant(PersonFactory(), "TALENT_LEAD", OrganisationFactory())

    for somebody, by in [(person, manager), (person, elsewhere), (person, person), (lead, lead)]:
        with pytest.raises(Forbidden) as refusal:
            judge(somebody, trust, by)
        assert refusal.value.code == "may_not_judge_readiness"
    assert not ReadinessJudgement.objects.exists()
