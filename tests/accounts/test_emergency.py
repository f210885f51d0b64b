from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import EmergencyAccess, EmergencyVerdict, Event
from accounts.services.emergency import (
    end_emergency,
    open_in_emergency,
    read_in_emergency,
    review_emergency,
)
from common.errors import Conflict, Forbidden
from jobs.models import OutboxMessage
from notifications.emergency import reviews
from notifications.models import Notice
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    ReportingLineFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.appraisals import CycleFactory, appraise
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db

REASON = "A safeguarding enquiry needs the appraisal today."


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def subject(trust):
    return employ(person=PersonFactory(email="amara@waymark.example"), organisation=trust)


@pytest.fixture
def hr(trust):
    return grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust)


@pytest.fixture
def auditor(trust):
    return grant(employ(organisation=trust), "AUDITOR", trust)


def opened(subject, by, **changes):
    fields = {"subject": subject, "reason": REASON, "by": by, "now": NOW, **changes}
    return open_in_emergency(**fields)


def test_opening_lasts_half_an_hour_and_tells_the_reviewers_and_the_person(subject, hr, auditor):
    access = opened(subject, hr)

    told = {notice.recipient: notice for notice in Notice.objects.all()}
    assert access.ends_at - access.opened_at == timedelta(minutes=30)
    assert set(told) == {auditor, subject}
    assert all(notice.is_urgent for notice in told.values())
    assert OutboxMessage.objects.filter(kind="notifications.send_alert").count() == 2
    event = Event.objects.get(verb="open_in_emergency")
    assert (event.by_person, event.subject, event.organisation) == (
        hr,
        subject,
        access.organisation,
    )
    assert REASON not in str(event.facts)


@pytest.mark.parametrize("role", ["ORGANISATION_ADMINISTRATOR", "PLATFORM_OPERATOR", "AUDITOR"])
def test_others_who_answer_for_the_organisation_may_open(subject, trust, auditor, role):
    somebody = grant(employ(organisation=trust), role, trust)

    assert opened(subject, somebody).person == somebody


@pytest.mark.parametrize("role", ["LEARNING_LEAD", "TALENT_LEAD", "EQUALITY_ANALYST", "REVIEWER"])
def test_other_roles_may_not(subject, trust, auditor, role):
    somebody = grant(employ(organisation=trust), role, trust)

    with pytest.raises(Forbidden) as refusal:
        opened(subject, somebody)

    assert refusal.value.code == "may_not_open_in_emergency"
    assert not EmergencyAccess.objects.exists()


def test_neither_a_line_manager_nor_hr_elsewhere_may(subject, auditor):
    manager = ReportingLineFactory(assignment=subject.assignments.get()).manager
    elsewhere = OrganisationFactory()
    hr_elsewhere = grant(employ(organisation=elsewhere), "HR_ADMINISTRATOR", elsewhere)

    for somebody in (manager, hr_elsewhere):
        with pytest.raises(Forbidden):
            opened(subject, somebody)


def test_nobody_opens_their_own_record_like_this(hr, auditor):
    with pytest.raises(Forbidden):
        opened(hr, hr)


def test_a_role_above_covers_and_the_nearest_auditors_review(subject, trust):
    board = OrganisationFactory(kind="ICB")
    place_below(trust, board)
    above = grant(employ(organisation=board), "HR_ADMINISTRATOR", board)
    reviewer = grant(employ(organisation=board), "AUDITOR", board)

    opened(subject, above)

    assert Notice.objects.filter(rule="accounts.emergency_to_review").get().recipient == reviewer


def test_where_nobody_audits_the_administrators_review(subject, trust, hr):
    administrator = grant(employ(organisation=trust), "ORGANISATION_ADMINISTRATOR", trust)

    opened(subject, hr)

    notice = Notice.objects.get(rule="accounts.emergency_to_review")
    assert notice.recipient == administrator


def test_without_anybody_to_review_nothing_opens(subject, hr):
    with pytest.raises(Conflict) as refusal:
        opened(subject, hr)

    assert refusal.value.code == "nobody_to_review"
    assert not EmergencyAccess.objects.exists()
    assert not Event.objects.filter(verb="open_in_emergency").exists()


def test_the_only_auditor_is_not_the_reviewer_of_themselves(subject, auditor):
    with pytest.raises(Conflict) as refusal:
        opened(subject, auditor)

    assert refusal.value.code == "nobody_to_review"


def test_an_auditor_alone_may_keep_it_from_the_person(subject, trust, hr, auditor):
    second = grant(employ(organisation=trust), "AUDITOR", trust)

    access = opened(subject, auditor, withheld_because="Fraud enquiry, Schedule 2 paragraph 2")

    assert [notice.recipient for notice in Notice.objects.all()] == [second]
    assert not EmergencyAccess.objects.visible_to(subject, on=TODAY).exists()
    assert not Event.objects.filter(subject=subject, about_id=access.pk).exists()
    with pytest.raises(Forbidden) as refusal:
        opened(subject, hr, withheld_because="I would rather not say")
    assert refusal.value.code == "may_not_withhold"


@pytest.mark.parametrize("reason", ["", "  ", "Because", " " * 30 + "short"])
def test_a_reason_is_needed(subject, hr, auditor, reason):
    with pytest.raises(Conflict) as refusal:
        opened(subject, hr, reason=reason)

    assert refusal.value.code == "reason_missing"


def test_opening_twice_opens_once(subject, hr, auditor):
    first = opened(subject, hr)
    second = opened(subject, hr, now=NOW + timedelta(minutes=5))

    assert first == second
    assert EmergencyAccess.objects.count() == 1
    assert opened(subject, hr, now=NOW + timedelta(minutes=31)) != first


def test_reading_shows_what_the_organisation_keeps_and_is_an_event_each_time(
    subject, trust, hr, auditor
):
    manager = ReportingLineFactory(assignment=subject.assignments.get()).manager
    appraise(cycle=CycleFactory(organisation=trust, title="Ours"), subject=subject, manager=manager)
    elsewhere = OrganisationFactory()
    employ(person=subject, organisation=elsewhere)
    second = ReportingLineFactory(assignment=subject.assignments.get(organisation=elsewhere))
    appraise(
        cycle=CycleFactory(organisation=elsewhere, title="Theirs"),
        subject=subject,
        manager=second.manager,
    )
    access = opened(subject, hr)

    sections = read_in_emergency(access=access, by=hr, now=NOW + timedelta(minutes=29))

    shown = {str(section.heading): section.rows for section in sections}
    assert [row[0] for row in shown["Appraisals"]] == ["Ours"]
    assert {"Levels reached", "Courses", "Nominations", "Development plans"} <= set(shown)
    assert Event.objects.filter(verb="read_in_emergency", subject=subject).count() == 1


def test_after_half_an_hour_or_an_end_nothing_is_read(subject, hr, auditor):
    access = opened(subject, hr)

    with pytest.raises(Forbidden) as over:
        read_in_emergency(access=access, by=hr, now=NOW + timedelta(minutes=30))
    ended = end_emergency(access=access, by=hr, now=NOW + timedelta(minutes=2))
    with pytest.raises(Forbidden):
        read_in_emergency(access=ended, by=hr, now=NOW + timedelta(minutes=3))

    assert over.value.code == "emergency_over"
    assert not Event.objects.filter(verb="read_in_emergency").exists()


def test_nobody_else_reads_through_it(subject, hr, auditor, trust):
    access = opened(subject, hr)

    for somebody in (auditor, subject, grant(employ(), "HR_ADMINISTRATOR", trust)):
        with pytest.raises(Forbidden):
            read_in_emergency(access=access, by=somebody, now=NOW)
        with pytest.raises(Forbidden):
            end_emergency(access=access, by=somebody, now=NOW)


def test_a_role_that_has_ended_closes_it(subject, hr, auditor):
    access = opened(subject, hr)
    hr.role_grants.update(ends_on=TODAY - timedelta(days=1), starts_on=TODAY - timedelta(days=9))
    hr.__dict__.pop("_standings")

    with pytest.raises(Forbidden):
        read_in_emergency(access=access, by=hr, now=NOW)


def test_an_auditor_reviews_once_and_never_their_own(subject, trust, hr, auditor):
    second = grant(employ(organisation=trust), "AUDITOR", trust)
    access, own = opened(subject, hr), opened(subject, auditor)

    def review(access, by):
        return review_emergency(
            access=access,
            verdict=EmergencyVerdict.JUSTIFIED,
            note="The enquiry was real.",
            by=by,
            now=NOW,
        )

    reviewed = review(access, auditor)

    assert (reviewed.reviewed_by, reviewed.verdict) == (auditor, "JUSTIFIED")
    for case, by, error in (
        (access, second, Conflict),
        (own, auditor, Forbidden),
        (own, hr, Forbidden),
        (own, subject, Forbidden),
    ):
        with pytest.raises(error):
            review(case, by)


def test_who_knows_of_it(subject, trust, hr, auditor):
    access = opened(subject, hr)
    elsewhere = OrganisationFactory()
    auditor_elsewhere = grant(employ(organisation=elsewhere), "AUDITOR", elsewhere)
    colleague = employ(organisation=trust)

    def knows(person):
        return EmergencyAccess.objects.visible_to(person, on=TODAY).filter(pk=access.pk).exists()

    assert {person: knows(person) for person in (hr, subject, auditor)} == dict.fromkeys(
        (hr, subject, auditor), True
    )
    assert not knows(auditor_elsewhere)
    assert not knows(colleague)


def test_an_auditor_does_not_learn_of_a_withheld_access_to_themselves(trust, auditor):
    second = grant(employ(organisation=trust), "AUDITOR", trust)
    grant(employ(organisation=trust), "AUDITOR", trust)

    access = opened(auditor, second, withheld_because="Fraud enquiry, Schedule 2 paragraph 2")

    assert not EmergencyAccess.objects.visible_to(auditor, on=TODAY).filter(pk=access.pk).exists()
    assert not Notice.objects.filter(recipient=auditor).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": NOW + timedelta(minutes=31)},
        {"ends_at": NOW - timedelta(minutes=1)},
        {"reason": "short"},
        {"reviewed_at": NOW},
        {"verdict": "JUSTIFIED"},
    ],
)
def test_the_database_keeps_the_promises(subject, hr, auditor, wrong):
    access = opened(subject, hr)

    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.filter(pk=access.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.filter(pk=access.pk).update(subject=access.person)


class Crash(Exception):
    pass


def crash_at(number):
    """Fail at the ``number``-th statement, as if the process had ended there."""
    seen = iter(range(1, 10_000))

    def step(execute, sql, params, many, context):
        if next(seen) == number:
            raise Crash
        return execute(sql, params, many, context)

    return step


def test_wherever_it_is_interrupted_there_is_no_access_without_its_alert(subject, hr, auditor):
    interrupted = 0
    for number in range(1, 200):
        try:
            with transaction.atomic(), connection.execute_wrapper(crash_at(number)):
                opened(subject, hr)
        except Crash:
            interrupted += 1
        alerts = Notice.objects.filter(recipient=auditor).count()
        assert (EmergencyAccess.objects.count(), alerts) in {(0, 0), (1, 1)}
        if EmergencyAccess.objects.exists():
            break

    assert interrupted > 10
    assert EmergencyAccess.objects.count() == 1


def test_pages_from_opening_to_review(client, subject, hr, auditor):
    client.force_login(hr)
    address = reverse("accounts:emergency_open")
    missing = client.post(address, {"email": "nobody@waymark.example", "reason": "Too short"})
    answer = client.post(address, {"email": "AMARA@waymark.example", "reason": REASON})
    page = client.get(answer["Location"])
    closed = client.post(answer["Location"] + "end/")
    afterwards = client.get(answer["Location"])

    client.force_login(auditor)
    listed = client.get(reverse("accounts:emergency_list")).content.decode()
    reviewed = client.post(
        answer["Location"] + "review/", {"verdict": "NOT_JUSTIFIED", "note": "It could wait."}
    )

    assert missing.status_code == 422
    assert "Nobody with this email address" in missing.content.decode()
    assert "Too short" in missing.content.decode()
    assert "Levels reached" in page.content.decode()
    assert (closed.status_code, reviewed.status_code) == (302, 302)
    assert "Levels reached" not in afterwards.content.decode()
    assert subject.full_name in listed
    assert EmergencyAccess.objects.get().verdict == "NOT_JUSTIFIED"


def test_pages_are_closed_to_everybody_else(client, subject, hr, auditor, trust):
    access = opened(subject, hr)
    client.force_login(employ(organisation=trust))

    shown = client.get(reverse("accounts:emergency_show", args=[access.pk]))
    opening = client.get(reverse("accounts:emergency_open"))

    assert (shown.status_code, opening.status_code) == (404, 403)
    client.force_login(subject)
    about = client.get(reverse("accounts:emergency_show", args=[access.pk])).content.decode()
    assert REASON in about
    assert "Levels reached" not in about


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(
    client, trust, hr, auditor, rows, django_assert_num_queries
):
    for _ in range(rows):
        opened(employ(organisation=trust), hr)
    elsewhere = OrganisationFactory()
    other_hr = grant(employ(organisation=elsewhere), "HR_ADMINISTRATOR", elsewhere)
    grant(employ(organisation=elsewhere), "AUDITOR", elsewhere)
    opened(employ(organisation=elsewhere), other_hr)
    client.force_login(auditor)

    with django_assert_num_queries(10):
        page = client.get(reverse("accounts:emergency_list")).content.decode()

    assert page.count("/emergency-access/") - page.count('href="/emergency-access/"') >= rows
    assert other_hr.full_name not in page


def test_auditors_find_on_their_home_page_what_they_may_review(subject, trust, hr, auditor):
    second = grant(employ(organisation=trust), "AUDITOR", trust)
    elsewhere = OrganisationFactory()
    auditor_elsewhere = grant(employ(organisation=elsewhere), "AUDITOR", elsewhere)
    opened(subject, hr)
    opened(subject, auditor)

    def asked(person):
        return [need.title for need in reviews(person, TODAY)]

    assert len(asked(second)) == 2
    assert asked(auditor) == [
        f"{hr.full_name} opened the record of {subject.full_name} in an emergency"
    ]
    assert [asked(person) for person in (auditor_elsewhere, hr, subject)] == [[], [], []]
