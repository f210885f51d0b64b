"""Sweeps over places by a real Celery worker that is killed in the middle: nothing is lost, and
nothing is done twice."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event
from courses.models import Approval, Enrolment
from courses.tasks import answer_requests_that_nobody_answers, lapse_offers_that_are_over
from notifications.models import Notice
from tests.factories.accounts import employ, grant
from tests.factories.courses import (
    EnrolmentFactory,
    OfferingFactory,
    SessionFactory,
    colleague_of,
    host_of,
    queued,
)
from tests.jobs.worker import Worker, broker_of_its_own, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

# Enough that a sweep takes some seconds, so that there is a middle.
REQUESTS, SESSIONS = 80, 60


@pytest.fixture
def start_worker(tmp_path):
    started = []

    def start() -> Worker:
        worker = Worker(tmp_path, f"worker-{len(started)}")
        started.append(worker)
        return worker

    with broker_of_its_own():
        yield start
        for worker in started:
            worker.stop()


def happened(*verbs):
    """(verb, enrolment) -> how often the ledger has it."""
    events = Event.objects.filter(verb__in=verbs, about_type="courses.enrolment")
    return Counter(events.values_list("verb", "about_id"))


def told():
    """(rule, person) -> how often they were told."""
    return Counter(Notice.objects.values_list("rule", "recipient_id"))


def nobody_has_answered():
    """Half have to be passed on; of the others somebody up the line has not answered either."""
    now = timezone.now()
    session = SessionFactory(starts_at=now + timedelta(days=90), capacity=REQUESTS)
    grant(employ(organisation=host_of(session)), "LEARNING_LEAD", host_of(session))
    passed_on = {"state": "ESCALATED", "escalated_at": now, "escalated_to": "LEARNING_LEAD"}
    for number in range(REQUESTS):
        fields = passed_on if number % 2 else {}
        EnrolmentFactory(
            session=session,
            person=colleague_of(session),
            requested_at=now - timedelta(days=40),
            **{f"stages__{name}": value for name, value in fields.items()},
        )
    return session


def test_the_sweep_of_what_nobody_answered_is_killed_in_the_middle(start_worker):
    session = nobody_has_answered()
    first = start_worker()
    answer_requests_that_nobody_answers.delay()
    wait_until(lambda: happened("escalate", "approve").total() >= 3, first)

    first.kill()

    half = happened("escalate", "approve")
    assert 3 <= half.total() < REQUESTS
    assert_answered_as_the_ledger_says(session, half)

    second = start_worker()
    answer_requests_that_nobody_answers.delay()
    wait_until(lambda: happened("escalate", "approve").total() >= REQUESTS, second)

    whole = happened("escalate", "approve")
    assert set(whole.values()) == {1}
    assert whole.total() == REQUESTS
    assert_answered_as_the_ledger_says(session, whole)
    seats = session.enrolments.filter(state="CONFIRMED").order_by("seat")
    assert list(seats.values_list("seat", flat=True)) == list(range(1, REQUESTS // 2 + 1))


def assert_answered_as_the_ledger_says(session, ledger):
    """What a request has come to, what the ledger has, and what its person was told, agree."""
    people = dict(session.enrolments.values_list("pk", "person_id"))
    passed_on = Approval.objects.filter(state="ESCALATED", due_on__gte=timezone.localdate())
    assert {("escalate", key) for key in passed_on.values_list("enrolment_id", flat=True)} == {
        key for key in ledger if key[0] == "escalate"
    }
    confirmed = session.enrolments.filter(state="CONFIRMED")
    assert {("approve", key) for key in confirmed.values_list("pk", flat=True)} == {
        key for key in ledger if key[0] == "approve"
    }
    rules = {"escalate": "courses.request_passed_on", "approve": "courses.granted_by_silence"}
    notices = {key: many for key, many in told().items() if key[0] in rules.values()}
    assert notices == {(rules[verb], people[key]): 1 for verb, key in ledger}


def offers_are_over():
    now = timezone.now()
    offering = OfferingFactory(offer_hours=48)
    for _ in range(SESSIONS):
        session = SessionFactory(offering=offering, starts_at=now + timedelta(days=90), capacity=1)
        EnrolmentFactory(
            session=session,
            state="OFFERED",
            seat=1,
            queued_at=now - timedelta(days=4),
            offer_ends_at=now - timedelta(hours=1),
        )
        queued(session)
    return offering


def test_the_sweep_of_offers_that_are_over_is_killed_in_the_middle(start_worker):
    offering = offers_are_over()
    first = start_worker()
    lapse_offers_that_are_over.delay()
    wait_until(lambda: happened("lapse").total() >= 3, first)

    first.kill()

    half = happened("lapse", "offer")
    assert 3 <= half.total() // 2 < SESSIONS
    assert_each_place_went_on_or_did_not(offering, half)

    second = start_worker()
    lapse_offers_that_are_over.delay()
    wait_until(lambda: happened("lapse").total() >= SESSIONS, second)

    whole = happened("lapse", "offer")
    assert set(whole.values()) == {1}
    assert whole.total() == 2 * SESSIONS
    assert_each_place_went_on_or_did_not(offering, whole)


def assert_each_place_went_on_or_did_not(offering, ledger):
    rows = list(Enrolment.objects.filter(session__offering=offering).order_by("session", "pk"))
    notices = told()
    for had, waits in zip(rows[::2], rows[1::2], strict=True):
        went_on = ledger["lapse", had.pk]
        states = [("OFFERED", 1), ("WAITING", None)], [("LAPSED", None), ("OFFERED", 1)]
        assert [(had.state, had.seat), (waits.state, waits.seat)] == states[went_on]
        assert ledger["offer", waits.pk] == went_on
        assert notices["courses.offer_lapsed", had.person_id] == went_on
        assert notices["courses.place_offered", waits.person_id] == went_on
