import pytest

from accounts.actors import SystemJob
from accounts.models import Event
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from talent.models import Nomination
from talent.services.consent import withdraw_consent
from talent.services.nominations import decide, nominate, withdraw
from tests.factories.accounts import (
    BoardSeatFactory,
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import NOW
from tests.factories.talent import NominationFactory, PoolFactory, found_person

pytestmark = pytest.mark.django_db
WHY = "Led the move of the discharge lounge."


@pytest.fixture
def pool(trust):
    return PoolFactory(organisation=trust)


@pytest.mark.parametrize("route", ["SELF", "PEER", "MANAGER", "TALENT_TEAM"])
def test_anybody_near_can_put_somebody_forward(trust, pool, lead, route):
    manager = PersonFactory()
    person = employ(organisation=trust, manager=manager)
    by = {
        "SELF": person,
        "PEER": employ(organisation=trust),
        "MANAGER": manager,
        "TALENT_TEAM": lead,
    }[route]

    nomination = nominate(pool=pool, person=person, reason=WHY, by=by, now=NOW)

    assert (nomination.state, nomination.route) == ("PROPOSED", route)
    assert (nomination.nominated_by, nomination.reason) == (by, WHY)
    event = Event.objects.get()
    assert (event.verb, event.subject, event.organisation) == ("nominate", person, trust)
    assert WHY not in str(event.facts)
    assert event.texts.get(name="reason").text == WHY
    told = [notice.recipient for notice in Notice.objects.filter(rule="talent.put_forward")]
    assert told == ([] if route == "SELF" else [person])


def test_a_pool_of_the_system_takes_people_of_its_trusts_and_their_boards(trust):
    icb = OrganisationFactory(kind="ICB")
    place_below(trust, icb)
    pool = PoolFactory(organisation=icb)
    person, seat = employ(organisation=trust), BoardSeatFactory(organisation=trust)

    for somebody in (person, seat.person):
        nominate(pool=pool, person=somebody, reason=WHY, by=somebody, now=NOW)

    assert Nomination.objects.count() == 2


def test_somebody_of_another_organisation_may_not(trust, pool):
    person, stranger = employ(organisation=trust), employ()

    with pytest.raises(Forbidden) as refusal:
        nominate(pool=pool, person=person, reason=WHY, by=stranger, now=NOW)

    assert refusal.value.code == "may_not_nominate"
    assert not Nomination.objects.exists()


def test_a_job_of_the_system_may_not(trust, pool):
    job = SystemJob("sweep", organisation_ids=None)

    with pytest.raises(Forbidden):
        nominate(pool=pool, person=employ(organisation=trust), reason=WHY, by=job, now=NOW)


def test_a_closed_pool_takes_nobody(trust):
    person = employ(organisation=trust)
    pool = PoolFactory(organisation=trust, is_open=False)

    with pytest.raises(Conflict) as refusal:
        nominate(pool=pool, person=person, reason=WHY, by=person, now=NOW)

    assert refusal.value.code == "pool_closed"


def test_a_person_of_another_organisation_does_not_fit_the_pool(pool):
    person = employ()

    with pytest.raises(Conflict) as refusal:
        nominate(pool=pool, person=person, reason=WHY, by=person, now=NOW)

    assert refusal.value.code == "not_in_organisation"


def test_a_second_nomination_waits_until_the_first_is_over(trust, pool):
    person, peer = employ(organisation=trust), employ(organisation=trust)
    first = nominate(pool=pool, person=person, reason=WHY, by=person, now=NOW)

    with pytest.raises(Conflict) as refusal:
        nominate(pool=pool, person=person, reason=WHY, by=peer, now=NOW)
    withdraw(nomination=first, by=person, now=NOW)
    again = nominate(pool=pool, person=person, reason=WHY, by=peer, now=NOW)

    assert refusal.value.code == "already_nominated"
    assert again.state == "PROPOSED"


@pytest.mark.parametrize(("step", "state"), [("accept", "ACCEPTED"), ("decline", "DECLINED")])
def test_a_lead_decides_and_the_person_is_told(trust, pool, lead, step, state):
    nomination = NominationFactory(pool=pool, person=found_person(organisation=trust))

    decided = decide(nomination=nomination, step=step, reason="More budget.", by=lead, now=NOW)

    assert (decided.state, decided.decided_by, decided.decided_at) == (state, lead, NOW)
    assert decided.decision_reason == "More budget."
    notice = Notice.objects.get(rule="talent.nomination_decided")
    assert (notice.recipient, notice.facts["state"]) == (nomination.person, state)
    assert "More budget." not in str(notice.facts)
    assert Event.objects.get().verb == f"{step}_nomination"


def test_a_decision_needs_a_reason(trust, pool, lead):
    nomination = NominationFactory(pool=pool, person=found_person(organisation=trust))

    with pytest.raises(Conflict) as refusal:
        decide(nomination=nomination, step="accept", reason="  ", by=lead, now=NOW)

    assert refusal.value.code == "reason_missing"


def test_what_is_decided_is_decided(trust, pool, lead):
    nomination = NominationFactory(pool=pool, person=found_person(organisation=trust))
    decide(nomination=nomination, step="decline", reason="Next year.", by=lead, now=NOW)

    with pytest.raises(Conflict) as refusal:
        decide(nomination=nomination, step="accept", reason="Oh well.", by=lead, now=NOW)

    assert refusal.value.code == "stale_state"


def test_who_is_involved_does_not_decide(trust, pool, lead):
    own = NominationFactory(pool=pool, person=found_person(organisation=trust, person=lead))
    made = NominationFactory(
        pool=pool,
        person=found_person(organisation=trust),
        nominated_by=lead,
        route="TALENT_TEAM",
    )

    for nomination in (own, made):
        with pytest.raises(Forbidden) as refusal:
            decide(nomination=nomination, step="accept", reason="Yes.", by=lead, now=NOW)
        assert refusal.value.code == "may_not_decide"
    assert set(Nomination.objects.values_list("state", flat=True)) == {"PROPOSED"}


def test_a_lead_of_another_organisation_does_not_decide(trust, pool):
    other = grant(PersonFactory(), "TALENT_LEAD", OrganisationFactory())
    nomination = NominationFactory(pool=pool, person=found_person(organisation=trust))

    with pytest.raises(Forbidden):
        decide(nomination=nomination, step="accept", reason="Yes.", by=other, now=NOW)


def test_without_consent_nothing_is_decided(trust, pool, lead):
    person = found_person(organisation=trust)
    nomination = NominationFactory(pool=pool, person=person)
    withdraw_consent(person=person, by=person, now=NOW)

    with pytest.raises(Conflict) as refusal:
        decide(nomination=nomination, step="accept", reason="Yes.", by=lead, now=NOW)

    assert refusal.value.code == "no_consent"


@pytest.mark.parametrize("state", ["PROPOSED", "ACCEPTED"])
def test_the_person_steps_back_or_leaves_the_pool(pool, lead, state):
    decided = {"decided_by": lead, "decided_at": NOW, "decision_reason": "Yes."}
    nomination = NominationFactory(
        pool=pool, state=state, **(decided if state != "PROPOSED" else {})
    )

    withdrawn = withdraw(nomination=nomination, by=nomination.person, now=NOW)

    assert withdrawn.state == "WITHDRAWN"
    assert Event.objects.get().verb == "withdraw_nomination"


def test_nobody_else_steps_back_for_the_person(pool, lead):
    nomination = NominationFactory(pool=pool)

    for by in (lead, SystemJob("sweep", organisation_ids=None)):
        with pytest.raises(Forbidden) as refusal:
            withdraw(nomination=nomination, by=by, now=NOW)
        assert refusal.value.code == "may_not_withdraw"
