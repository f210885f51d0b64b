import threading
from datetime import date, timedelta

import pgtrigger
import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.utils import DatabaseError

from accounts.models import Event
from accounts.scope import run_as
from common.errors import Conflict, Forbidden
from courses.models import (
    Accreditation,
    Body,
    Certificate,
    Credential,
    Enrolment,
    Issuer,
    Programme,
    SigningKey,
    StatusEntry,
    SubjectRecord,
    SubjectTaught,
)
from courses.services.attendance import complete
from courses.services.certificate_ends import Correction, reissue, revoke
from courses.services.certificate_work import issue_waiting
from courses.services.certificates import Grant, issue_by_name, issue_for
from courses.services.compliance_records import record_completions
from jobs.models import OutboxMessage
from notifications.models import Notice
from tests.factories.accounts import LONG_AGO, OrganisationFactory, PersonFactory, employ, grant
from tests.factories.certificates import (
    JOB,
    AwardFactory,
    an_issuer,
    brings,
    certified,
    completed,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.compliance import (
    RefreshPeriodFactory,
    SubjectLevelFactory,
    subject_of,
    trained,
)
from tests.factories.courses import (
    SessionFactory,
    host_of,
    outcome,
    seated,
)
from tests.factories.pathways import CompetencyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(days=2), offering__study_hours=12)


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def accredited(session, body, **fields):
    Accreditation.objects.create(
        programme=session.offering.programme,
        body=Body.objects.create(code=body, name=body),
        starts_on=LONG_AGO,
        **fields,
    )


def issue(*enrolments, now=NOW):
    with run_as(JOB):
        return issue_for(enrolments=enrolments, by=JOB, now=now)


def test_completing_a_course_asks_for_certificates_and_the_worker_issues_them(session, lead):
    attended = seated(session, 1, state="ATTENDED")

    complete(enrolments=[attended], by=lead, now=NOW)
    [asked] = OutboxMessage.objects.filter(kind="courses.issue_certificates")
    with run_as(JOB):
        issue_waiting(asked.payload, NOW)
        issue_waiting(asked.payload, NOW)

    certificate = Certificate.objects.get()
    assert (certificate.enrolment, certificate.person) == (attended, attended.person)
    assert certificate.title == session.offering.programme.title
    assert (certificate.hours, certificate.completed_on) == (12, TODAY - timedelta(days=2))
    assert certificate.issuer_id == host_of(session).pk
    event = Event.objects.get(verb="issue_certificate")
    assert (event.subject_id, event.organisation_id) == (attended.person_id, host_of(session).pk)
    notice = Notice.objects.get(rule="courses.certificate_issued")
    assert notice.recipient == attended.person


def test_a_certificate_keeps_its_own_words(session):
    award = brings(session, title="Award in leading a ward", level=5)
    accredited(session, "Chartered Management Institute", level="Level 5", reference="QN 603")
    accredited(session, "Gone", ends_on=TODAY - timedelta(days=3))
    competency = CompetencyFactory(title="Leads a shift")
    outcome(session.offering.programme, competency, 2)
    person = PersonFactory(given_name="Amara", family_name="Okafor")

    [certificate] = issue(completed(person, session=session))
    Programme.objects.update(title="Something else")
    award.title = "Something else"
    award.save()
    person.family_name = "Hughes"
    person.save()

    certificate.refresh_from_db()
    assert (certificate.title, certificate.person_name) == (
        "Award in leading a ward",
        "Amara Okafor",
    )
    assert (certificate.level, certificate.criteria) == ("Level 5", award.criteria)
    assert certificate.accreditation == "Chartered Management Institute, Level 5, QN 603"
    assert [row["title"] for row in certificate.outcomes] == ["Leads a shift"]
    assert certificate.outcomes[0]["url"].endswith(f"/CFItems/{competency.identifier}")


def test_what_another_body_gives_is_certified_as_completed_only(session):
    brings(session, kind="ACADEMIC", title="Master of Science")

    [certificate] = issue(completed(session=session))

    assert (certificate.award, certificate.title) == (None, session.offering.programme.title)


def test_two_awards_are_two_certificates_and_an_optional_one_is_none(session):
    first, second = brings(session), brings(session, kind="CREDENTIAL")
    brings(session).programme_awards.update(is_optional=True)

    certificates = issue(completed(session=session))

    assert {row.award for row in certificates} == {first, second}


def test_nobody_is_given_the_same_twice(session):
    enrolment = completed(session=session)
    issue(enrolment)

    again = issue(enrolment)

    assert again == []
    with pytest.raises(IntegrityError, match="certificate_once_for_an_enrolment"):
        _copy(Certificate.objects.get())


def test_who_did_not_complete_gets_none(session):
    assert issue(seated(session, 1, state="ATTENDED"), seated(session, 2, state="ABSENT")) == []


def test_a_course_that_goes_leaves_the_certificate(session):
    certificate = certified(session=session)

    Enrolment.objects.filter(pk=certificate.enrolment_id).delete()

    certificate.refresh_from_db()
    assert (certificate.enrolment, certificate.state) == (None, "ISSUED")


@pytest.mark.parametrize(
    "change", [{"title": "A doctorate"}, {"person_name": "B"}, {"token": "x" * 43}, {"hours": 1}]
)
def test_the_database_keeps_what_a_certificate_says(session, change):
    certificate = certified(session=session)

    with pytest.raises((InternalError, DatabaseError), match="pgtrigger"):
        Certificate.objects.filter(pk=certificate.pk).update(**change)


def test_the_database_lets_no_certificate_key_or_number_go(session):
    certificate = certified(session=session)

    for rows in (
        Certificate.objects.filter(pk=certificate.pk),
        Credential.objects.filter(certificate=certificate),
        SigningKey.objects.filter(issuer=certificate.issuer),
        StatusEntry.objects.filter(pk=certificate.status_entry_id),
        Issuer.objects.filter(pk=certificate.issuer_id),
    ):
        with pytest.raises((InternalError, DatabaseError), match="pgtrigger"), transaction.atomic():
            rows._raw_delete(rows.db)


def test_a_revoked_number_is_never_taken_back(session, lead):
    certificate = certified(session=session)
    revoke(certificate=certificate, reason="OTHER", text="Wrong person", by=lead, now=NOW)
    entries = StatusEntry.objects.filter(pk=certificate.status_entry_id)

    with pytest.raises((InternalError, DatabaseError), match="pgtrigger"):
        entries.update(revoked_at=None)


def test_many_are_issued_in_a_fixed_number_of_statements(session, django_assert_num_queries):
    session.capacity = 60
    session.save()
    few = [completed(session=session, seat=seat) for seat in (1, 2)]
    many = [completed(session=session, seat=seat) for seat in range(3, 43)]
    an_issuer(host_of(session))

    with run_as(JOB):
        with django_assert_num_queries(31):
            issue_for(enrolments=_loaded(few), by=JOB, now=NOW)
        with django_assert_num_queries(34):
            issue_for(enrolments=_loaded(many), by=JOB, now=NOW)

    assert Certificate.objects.count() == 42


def test_a_lead_issues_by_name(lead, session):
    host = host_of(session)
    person = employ(organisation=host)
    award = AwardFactory(title="Fire warden")
    given = Grant(award, date(2026, 3, 7), hours=6, expires_on=date(2028, 3, 6))

    certificate = issue_by_name(person=person, grant=given, organisation=host, by=lead, now=NOW)

    assert (certificate.title, certificate.hours) == ("Fire warden", 6)
    assert (certificate.completed_on, certificate.expires_on) == (
        date(2026, 3, 7),
        date(2028, 3, 6),
    )
    assert certificate.issued_by == lead
    with pytest.raises(Conflict) as refused:
        issue_by_name(person=person, grant=given, organisation=host, by=lead, now=NOW)
    assert refused.value.code == "has_it_already"


@pytest.mark.parametrize(
    ("grant_of", "code"),
    [
        (lambda: Grant(AwardFactory(kind="ACADEMIC"), TODAY), "award_of_another_body"),
        (lambda: Grant(AwardFactory(), TODAY + timedelta(days=1)), "completed_in_future"),
    ],
)
def test_issuing_by_name_is_refused(lead, session, grant_of, code):
    with pytest.raises(Conflict) as refused:
        issue_by_name(
            person=employ(organisation=host_of(session)),
            grant=grant_of(),
            organisation=host_of(session),
            by=lead,
            now=NOW,
        )

    assert refused.value.code == code
    assert Certificate.objects.count() == 0


def test_nobody_issues_to_themselves_or_for_another_organisation(lead, session):
    stranger = grant(PersonFactory(), "LEARNING_LEAD", OrganisationFactory())
    person = employ(organisation=host_of(session))
    given = Grant(AwardFactory(), TODAY)

    for by, to in ((lead, lead), (stranger, person), (person, PersonFactory())):
        with pytest.raises(Forbidden):
            issue_by_name(person=to, grant=given, organisation=host_of(session), by=by, now=NOW)


def test_revoking_sets_the_number_and_tells_the_person(session, lead):
    certificate = certified(session=session)

    revoke(
        certificate=certificate,
        reason="NOT_COMPLETED",
        text="The marks were wrong",
        by=lead,
        now=NOW,
    )

    certificate.refresh_from_db()
    assert (certificate.state, certificate.ended_by) == ("REVOKED", lead)
    assert certificate.status_entry.revoked_at == NOW
    assert Notice.objects.get(rule="courses.certificate_revoked").recipient == certificate.person
    event = Event.objects.get(verb="revoke_certificate")
    assert event.texts.get().text == "The marks were wrong"
    with pytest.raises(Conflict) as refused:
        revoke(certificate=certificate, reason="OTHER", text="Again", by=lead, now=NOW)
    assert refused.value.code == "stale_state"


def test_only_leads_of_the_issuer_revoke_and_never_their_own(session, lead):
    certificate, own = (
        certified(session=session),
        certified(
            lead,
            session=SessionFactory(offering=session.offering, starts_at=NOW - timedelta(days=3)),
        ),
    )
    stranger = grant(PersonFactory(), "LEARNING_LEAD", OrganisationFactory())

    for by, row in ((stranger, certificate), (certificate.person, certificate), (lead, own)):
        with pytest.raises(Forbidden):
            revoke(certificate=row, reason="OTHER", text="No", by=by, now=NOW)

    assert set(Certificate.objects.values_list("state", flat=True)) == {"ISSUED"}


def test_a_new_name_is_a_new_certificate_in_the_same_lineage(session, lead):
    former = certified(session=session)
    correction = Correction("Amara Hughes", former.completed_on, "Married")

    newer = reissue(certificate=former, correction=correction, by=lead, now=NOW)

    former.refresh_from_db()
    assert (former.state, former.status_entry.revoked_at) == ("REPLACED", NOW)
    assert (newer.state, newer.person_name, newer.replaces) == ("ISSUED", "Amara Hughes", former)
    assert (newer.lineage, newer.title, newer.enrolment) == (
        former.lineage,
        former.title,
        former.enrolment,
    )
    assert newer.token != former.token
    assert newer.status_entry.index != former.status_entry.index
    with pytest.raises(Conflict) as refused:
        reissue(certificate=former, correction=correction, by=lead, now=NOW)
    assert refused.value.code == "stale_state"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": " "}, "reason_missing"),
        ({}, "nothing_changed"),
        ({"completed_on": TODAY + timedelta(days=1)}, "completed_in_future"),
    ],
)
def test_a_correction_that_corrects_nothing_is_refused(session, lead, change, code):
    former = certified(session=session)
    said = {
        "person_name": former.person_name,
        "completed_on": former.completed_on,
        "reason": "Married",
    }

    with pytest.raises(Conflict) as refused:
        reissue(certificate=former, correction=Correction(**said | change), by=lead, now=NOW)

    assert refused.value.code == code
    former.refresh_from_db()
    assert former.state == "ISSUED"


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_issue_the_same_give_it_once(session):
    enrolment = completed(session=session)
    start, failed = threading.Barrier(2), []

    def work():
        try:
            start.wait(5)
            issue(*_loaded([enrolment]))
        except IntegrityError as refused:
            failed.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    with run_as(JOB):
        assert Certificate.objects.count() == 1
        assert Issuer.objects.count() == 1


def _loaded(enrolments):
    rows = Enrolment.objects.filter(pk__in=[row.pk for row in enrolments])
    return list(
        rows.select_related("person", "session__offering__programme", "session__offering__host")
    )


def _copy(certificate):
    entry = StatusEntry.objects.create(
        status_list=certificate.status_entry.status_list, index=131_071
    )
    fields = {
        field.name: getattr(certificate, field.name)
        for field in Certificate._meta.concrete_fields
        if field.name not in {"id", "public_id", "token", "serial", "lineage", "status_entry"}
    }
    return Certificate.objects.create(status_entry=entry, **fields)


def test_mandatory_training_ends_when_it_has_to_be_taken_again(session):
    level = SubjectLevelFactory()
    RefreshPeriodFactory(subject=level.subject, months=24)
    SubjectTaught.objects.create(level=level, programme=session.offering.programme)
    enrolment = completed(session=session)
    with run_as(JOB):
        record_completions([enrolment], by=JOB, now=NOW)

    [certificate] = issue(enrolment)

    last = SubjectRecord.objects.get().expires_on
    assert last is not None
    assert (certificate.completed_on, certificate.expires_on) == (TODAY - timedelta(days=2), last)


def test_what_others_call_like_our_course_and_what_was_struck_out_do_not_end_a_certificate(session):
    subject = subject_of("Fire safety")
    enrolment = completed(session=session)
    person, named = enrolment.person, {"source_key": f"enrolment:{enrolment.pk}"}
    trained(employ(), subject, months=1, **named)
    trained(person, subject, months=1, **named)
    trained(person, subject, months=1, source="COURSE", struck_at=NOW, **named)
    last = trained(person, subject_of("Moving"), source="COURSE", **named)

    [certificate] = issue(enrolment)

    assert certificate.expires_on == last.expires_on


def test_what_an_institute_gives_is_certified_as_completed_unless_it_is_ours(session):
    institute = Body.objects.create(code="CMI", name="Chartered Management Institute")
    brings(session, body=institute)
    ours = brings(session, body=institute, owner=host_of(session))

    [certificate] = issue(completed(session=session))

    assert (certificate.award, certificate.body) == (ours, institute.name)


def test_a_certificate_that_ended_is_not_put_right_to_begin_after_its_end(session, lead):
    former = certified(session=session)
    ends = former.completed_on + timedelta(days=1)
    with pgtrigger.ignore():
        Certificate.objects.filter(pk=former.pk).update(expires_on=ends)
    right = Correction(
        person_name=former.person_name,
        completed_on=former.completed_on + timedelta(days=2),
        reason="The register was wrong",
    )

    with pytest.raises(Conflict) as refused:
        reissue(certificate=former, correction=right, by=lead, now=NOW)

    assert refused.value.code == "ended_before_completed"
    assert Certificate.objects.get().state == "ISSUED"
