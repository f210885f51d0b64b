from datetime import timedelta

import pytest

from accounts.actors import SystemJob
from accounts.models import Event, RetentionRule
from accounts.services.letting_go import look_everywhere
from config.reference.retention import load_retention_rules
from courses.models import Enrolment
from notifications.models import Notice
from notifications.selectors.notices import in_words
from talent.models import Nomination
from tests.accounts.old_records import old_enrolment, old_nomination
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db

JOB = SystemJob("tests", organisation_ids=None)


@pytest.fixture
def organisation():
    load_retention_rules()
    return OrganisationFactory()


@pytest.fixture
def officer(organisation):
    return grant(employ(organisation=organisation), "AUDITOR", organisation)


def test_each_night_is_counted_and_the_officers_are_told_once_a_week(organisation, officer):
    for _ in range(2):
        old_nomination(organisation)
    OrganisationFactory()

    waiting = [look_everywhere(by=JOB, now=NOW + timedelta(days=day)) for day in (0, 1)]
    told = in_words(Notice.objects.filter(recipient=officer))

    assert waiting == [1, 1]
    assert Nomination.objects.count() == 2
    assert [line.text for line in told] == [
        "2 records have been kept for long enough. Look at what is due."
    ]
    assert told[0].url == f"/retention/{organisation.pk}/"


def test_each_night_does_what_a_checked_rule_says_needs_nobody(organisation, officer):
    old_nomination(organisation)
    old_enrolment(organisation)
    rules = RetentionRule.objects.filter(record_class="TALENT")
    rules.update(is_automatic=True, is_confirmed=True)

    look_everywhere(by=JOB, now=NOW)

    assert Nomination.objects.count() == 0
    assert Enrolment.objects.count() == 1
    assert Event.objects.get(verb="let_go").by_job == "tests"
