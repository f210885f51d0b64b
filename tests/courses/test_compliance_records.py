from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Event
from courses.models import RecordSource, SubjectRecord
from courses.services.attendance import complete
from courses.services.compliance_records import Learned, Until, write_records
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.compliance import (
    RefreshPeriodFactory,
    RenewalRuleFactory,
    level_of,
    subject_of,
    teach,
    trained,
    with_role,
)
from tests.factories.courses import (
    OfferingFactory,
    ProgrammeFactory,
    SessionFactory,
    colleague_of,
    seated,
)


@pytest.fixture
def trust(db):
    return OrganisationFactory()


def learned(person, subject, *, on=TODAY, key="feed:1", organisation=None, **fields):
    return Learned(
        person_id=person.pk,
        level_id=level_of(subject).pk,
        completed_on=on,
        source=RecordSource.IMPORT,
        source_key=key,
        organisation_id=organisation.pk if organisation else None,
        **fields,
    )


def write(*rows, by):
    return write_records(learned=rows, by=by, now=NOW)


def session_in_the_past(programme, *, ends_at):
    offering = OfferingFactory(programme=programme)
    return SessionFactory(offering=offering, starts_at=ends_at - timedelta(hours=3), state="CLOSED")


def test_completing_a_course_renews_what_it_teaches(db):
    fire, programme = subject_of("Fire safety", months=24), ProgrammeFactory()
    teach(fire, programme=programme)
    RenewalRuleFactory(window_days=90, keeps_anniversary=True)
    ended = datetime(2026, 11, 10, 15, tzinfo=UTC)
    session = session_in_the_past(programme, ends_at=ended)
    lead = with_role("LEARNING_LEAD", session.offering.host)
    person = colleague_of(session)
    trained(person, fire, on=date(2024, 12, 1))
    enrolment = seated(session, 1, person=person, state="ATTENDED")

    complete(enrolments=[enrolment], by=lead, now=NOW)

    row = SubjectRecord.objects.get(source=RecordSource.COURSE)
    assert (row.person, row.level) == (person, level_of(fire))
    # It counts from the last day of the session, and keeps the anniversary of the record before.
    assert (row.completed_on, row.expires_on) == (date(2026, 11, 10), date(2028, 12, 1))
    assert row.source_key == f"enrolment:{enrolment.pk}"
    event = Event.objects.get(verb="record_training")
    assert (event.subject_id, event.facts["source"]) == (person.pk, "COURSE")


def test_an_offering_can_teach_what_others_of_the_programme_do_not(db):
    fire, programme = subject_of("Fire safety"), ProgrammeFactory()
    session = session_in_the_past(programme, ends_at=NOW - timedelta(days=1))
    other = session_in_the_past(programme, ends_at=NOW - timedelta(days=1))
    teach(fire, offering=session.offering)
    for one in (session, other):
        lead = with_role("LEARNING_LEAD", one.offering.host)
        enrolment = seated(one, 1, person=colleague_of(one), state="ATTENDED")
        complete(enrolments=[enrolment], by=lead, now=NOW)

    assert SubjectRecord.objects.count() == 1


def test_the_same_told_twice_is_written_once(trust):
    fire, hr = subject_of("Fire safety"), with_role("HR_ADMINISTRATOR", trust)
    person = employ(organisation=trust)
    row = learned(person, fire)

    first = write(row, row, by=hr)
    second = write(row, by=hr)

    assert (len(first), len(second)) == (1, 0)
    assert Event.objects.filter(verb="record_training").count() == 1


def test_several_at_once_renew_each_other_in_the_order_of_their_days(trust):
    fire, hr = subject_of("Fire safety", months=12), with_role("HR_ADMINISTRATOR", trust)
    RenewalRuleFactory(organisation=trust, window_days=90, keeps_anniversary=True)
    person = employ(organisation=trust)
    later = learned(person, fire, on=date(2025, 12, 20), key="b", organisation=trust)
    first = learned(person, fire, on=date(2025, 1, 15), key="a", organisation=trust)

    write(later, first, by=hr)

    rows = SubjectRecord.objects.order_by("completed_on")
    assert [row.expires_on for row in rows] == [date(2026, 1, 15), date(2027, 1, 15)]


def test_the_rule_of_the_organisation_dates_its_own_and_nobody_elses(trust):
    fire = subject_of("Fire safety", months=24)
    RefreshPeriodFactory(subject=fire, organisation=trust, months=12)
    hr = with_role("HR_ADMINISTRATOR", trust)
    ours, theirs = employ(organisation=trust), PersonFactory()

    write(
        learned(ours, fire, on=date(2026, 3, 1), organisation=trust),
        learned(theirs, fire, on=date(2026, 3, 1), organisation=OrganisationFactory()),
        by=hr,
    )

    assert SubjectRecord.objects.get(person=ours).expires_on == date(2027, 3, 1)
    assert SubjectRecord.objects.get(person=theirs).expires_on == date(2028, 3, 1)


def test_what_another_system_says_of_the_end_is_taken(trust):
    fire, hr = subject_of("Fire safety"), with_role("HR_ADMINISTRATOR", trust)
    person = employ(organisation=trust)

    write(
        learned(person, fire, key="a", until=Until(date(2027, 5, 1))),
        learned(person, fire, key="b", until=Until(None)),
        by=hr,
    )

    found = SubjectRecord.objects.order_by("source_key").values_list("expires_on", flat=True)
    assert list(found) == [date(2027, 5, 1), None]
