"""Certificates come about by a worker, where nothing is seen until a scope is opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from courses.models import Certificate, StatusList
from courses.services.attendance import complete
from courses.tasks import sign_status_lists
from jobs.models import Document, OutboxMessage
from jobs.services.outbox import deliver_message
from tests.factories.accounts import PersonFactory, grant
from tests.factories.certificates import certified
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, host_of, seated

pytestmark = pytest.mark.django_db


@contextmanager
def nothing_seen() -> Iterator[None]:
    """The connection as a process of production opens it."""
    with connection.cursor() as cursor:
        cursor.execute("SET waymark.everywhere TO ''")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SET waymark.everywhere TO 'on'")


def deliver(kind):
    waiting = OutboxMessage.objects.filter(kind=kind, state="WAITING").order_by("pk")
    ids = list(waiting.values_list("pk", flat=True))
    with nothing_seen():
        return [deliver_message(message_id=pk, now=NOW) for pk in ids]


def test_from_completing_to_the_pdf():
    session = SessionFactory(starts_at=NOW - timedelta(days=2))
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    attended = seated(session, 1, state="ATTENDED")
    complete(enrolments=[attended], by=lead, now=NOW)

    issued = deliver("courses.issue_certificates")
    made = deliver("courses.certificate_pdfs")

    assert (issued, made) == ([True], [True])
    certificate = Certificate.objects.get()
    document = Document.objects.get(kind="courses.certificate_pdf")
    assert certificate.person == document.owner == attended.person
    assert certificate.credentials.count() == 1


def test_the_task_signs_lists_before_they_lapse():
    now = timezone.now()
    certified(now=now - timedelta(days=1))
    fresh = certified(now=now)
    before = dict(StatusList.objects.values_list("pk", "signed"))

    with nothing_seen():
        signed = sign_status_lists()

    assert signed == 1
    after = dict(StatusList.objects.values_list("pk", "signed"))
    same = {pk for pk in before if before[pk] == after[pk]}
    assert same == {fresh.status_entry.status_list_id}


def test_one_issuer_whose_key_cannot_be_read_holds_up_no_other():
    now = timezone.now()
    first, second = (certified(now=now - timedelta(days=1)) for _ in range(2))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE courses_signingsecret SET sealed = 'w1.000000000000.AAAA' WHERE key_id = %s",
            [first.credentials.get().key_id],
        )

    with nothing_seen():
        signed = sign_status_lists()

    assert signed == 1
    second.status_entry.status_list.refresh_from_db()
    assert second.status_entry.status_list.signed_at > now - timedelta(hours=1)
