"""Two line managers answer at the same moment: exactly one decision comes of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Event, ReportingLine
from common.errors import Conflict
from pathways.models import Attainment, VerificationRequest
from pathways.services import verification_answers
from pathways.services.verification_answers import Answer, answer_request
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW
from tests.factories.showing import asking

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting():
    """A request of somebody with two posts, and so with two line managers."""
    trust = OrganisationFactory()
    managers = [employ(organisation=trust) for _ in range(2)]
    person = employ(organisation=trust, manager=managers[0])
    employ(organisation=trust, person=person, manager=managers[1])
    assert ReportingLine.objects.filter(person=person).count() == 2
    return asking(person, organisation=trust), managers


def answer_at_once(request, managers):
    """One confirms and one sends back, in threads of their own; returns what became of each."""
    together = Barrier(2, timeout=20)
    [item] = request.items.all()
    given = (Answer(True), Answer(is_confirmed=False, reason="Not yet."))

    def attempt(told):
        manager, answer = told
        together.wait()
        try:
            answer_request(request=request, answers={item.pk: answer}, by=manager, now=NOW)
        except Conflict as refusal:
            return refusal.code
        finally:
            connection.close()
        return "decided"

    with ThreadPoolExecutor(max_workers=2) as pool:
        return sorted(pool.map(attempt, zip(managers, given, strict=True)))


@pytest.mark.parametrize("attempt", range(3))
def test_two_answers_at_once_are_one_decision(waiting, attempt):
    request, managers = waiting

    outcomes = answer_at_once(request, managers)

    assert outcomes == ["decided", "stale_state"]
    request.refresh_from_db()
    is_confirmed = request.items.get().outcome == "CONFIRMED"
    assert request.decided_by == managers[0 if is_confirmed else 1]
    assert Attainment.objects.filter(source="MANAGER").count() == int(is_confirmed)
    assert Event.objects.filter(verb="answer_verification").count() == 1


def test_without_the_lock_both_would_decide(waiting, monkeypatch):
    """The negative control: take the lock away, and there are two decisions."""
    request, managers = waiting
    both_have_read = Barrier(2, timeout=20)

    def read_without_lock(row):
        found = VerificationRequest.objects.select_related("subject", "appointment").get(pk=row.pk)
        both_have_read.wait()
        return found

    monkeypatch.setattr(verification_answers, "lock_request", read_without_lock)

    outcomes = answer_at_once(request, managers)

    assert outcomes == ["decided", "decided"]
    assert Event.objects.filter(verb="answer_verification").count() == 2
