"""Records that have been kept for long enough, as tests of retention need them."""

from datetime import timedelta

from tests.factories.accounts import PersonFactory, employ
from tests.factories.clock import NOW
from tests.factories.courses import EnrolmentFactory
from tests.factories.talent import NominationFactory, PoolFactory

LONG_AGO = NOW - timedelta(days=7 * 366)


def old_nomination(organisation, *, person=None, at=LONG_AGO, state="DECLINED"):
    return NominationFactory(
        pool=PoolFactory(organisation=organisation),
        person=person or employ(organisation=organisation),
        state=state,
        nominated_at=at,
        decided_at=at,
        decided_by=PersonFactory(),
        decision_reason="Not this year.",
    )


def old_enrolment(organisation, *, at=LONG_AGO, person=None, **fields):
    return EnrolmentFactory(
        person=person or employ(organisation=organisation),
        organisation=organisation,
        ended_at=at,
        **{"state": "WITHDRAWN", "reason": "To lead", **fields},
    )


def moved_twice(organisation, *, ends=LONG_AGO):
    """The three places, oldest first, of somebody who moved to another day and to another again."""
    first = old_enrolment(organisation, state="MOVED")
    second = old_enrolment(organisation, state="MOVED", person=first.person, moved_from=first)
    last = old_enrolment(organisation, at=ends, person=first.person, moved_from=second)
    return [first, second, last]
