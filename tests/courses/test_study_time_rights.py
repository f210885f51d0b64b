"""What was promised goes with the place it belongs to, although it is append-only until then."""

from datetime import timedelta

import pytest

from accounts.models import RetentionRule
from accounts.services.erasure import erase_person
from accounts.services.letting_go import let_go
from courses.models import Backfill, Enrolment, StudyTimeMove
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.study_time import A_DAY, promised

pytestmark = pytest.mark.django_db


def covered(place):
    Backfill.objects.create(
        enrolment=place,
        person=place.person,
        organisation=place.organisation,
        on_day=A_DAY,
        minutes=60,
        asked_at=NOW,
    )
    return place


def test_retention_lets_go_of_time_and_cover_with_the_place():
    old, kept = covered(promised()), covered(promised())
    long_ago = NOW - timedelta(days=800)
    Enrolment.objects.filter(pk=old.pk).update(state="WITHDRAWN", seat=None, ended_at=long_ago)
    RetentionRule.objects.create(
        record_class="DEVELOPMENT",
        keep_months=24,
        starts="COMPLETED",
        action="DESTROY",
        source="Board paper",
    )
    officer = grant(PersonFactory(), "AUDITOR", old.organisation)

    let_go(organisation=old.organisation, by=officer, now=NOW)

    assert list(Enrolment.objects.all()) == [kept]
    assert set(StudyTimeMove.objects.values_list("enrolment_id", flat=True)) == {kept.pk}
    assert Backfill.objects.get().enrolment == kept


def test_an_erasure_takes_what_was_promised_to_the_person():
    place, other = covered(promised()), covered(promised())
    person = place.person
    person.assignments.update(ends_on=TODAY - timedelta(days=1))
    officer = grant(PersonFactory(), "AUDITOR", place.organisation)

    erase_person(person=person, by=officer, reason="They asked", now=NOW)

    assert set(StudyTimeMove.objects.values_list("person_id", flat=True)) == {other.person_id}
    assert Backfill.objects.get().person == other.person
