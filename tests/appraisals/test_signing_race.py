"""Both sign at the same moment: exactly one snapshot, one plan and one job come of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from appraisals.models import Appraisal, DevelopmentPlan, Snapshot
from appraisals.services import workflow
from appraisals.services.workflow import sign
from jobs.models import Job
from tests.factories.appraisals import shared
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def sign_at_once(appraisal):
    """Both parties sign in threads of their own; returns what each came back with."""
    together = Barrier(2, timeout=20)

    def attempt(party):
        together.wait()
        try:
            return sign(appraisal=appraisal, by=party, now=NOW).state
        except IntegrityError as broken:
            return broken
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(attempt, (appraisal.subject, appraisal.appraiser)))


@pytest.mark.parametrize("attempt", range(3))
def test_two_signatures_at_once_close_the_appraisal_once(attempt):
    appraisal = shared()

    states = sign_at_once(appraisal)

    assert sorted(states) == ["SHARED", "SIGNED"]
    assert Appraisal.objects.get().state == "SIGNED"
    assert Snapshot.objects.count() == 1
    assert DevelopmentPlan.objects.count() == 1
    assert Job.objects.count() == 1


def test_without_the_lock_neither_would_see_the_other(monkeypatch):
    """The negative control: take the lock away, and the appraisal is never closed."""
    appraisal = shared()
    both_have_read = Barrier(2, timeout=20)

    def read_without_lock(row):
        found = Appraisal.objects.with_people().get(pk=row.pk)
        both_have_read.wait()
        return found

    monkeypatch.setattr(workflow, "lock", read_without_lock)

    outcomes = sign_at_once(appraisal)

    # The last wall holds: both signatures on an appraisal that is not closed are refused.
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1
    assert Appraisal.objects.get().state == "SHARED"
    assert not Snapshot.objects.exists()
