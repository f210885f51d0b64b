from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from jobs.models import OutboxMessage, OutboxState
from jobs.services.outbox import deliver_message
from notifications.models import Digest, KeptMail, Notice
from notifications.services.digests import is_time_for_mail, mail_of, make_digests
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.notifications import NoticeFactory

pytestmark = pytest.mark.django_db


def deliver_everything(*, now=NOW):
    for pk in list(OutboxMessage.objects.values_list("pk", flat=True)):
        deliver_message(message_id=pk, now=now)


def test_a_person_gets_one_mail_with_everything_in_it():
    person = PersonFactory()
    NoticeFactory(recipient=person, facts={"title": "Place on Mary Seacole"}, due_on=TODAY)
    NoticeFactory(recipient=person, facts={"title": "Plan ready"})
    NoticeFactory(facts={"title": "Somebody else's"})

    make_digests(now=NOW)
    deliver_everything()

    (sent,) = [message for message in mail.outbox if message.to == [person.email]]
    assert sent.subject == "Waymark: 2 things for you"
    page = sent.alternatives[0].content
    for part in (sent.body, page):
        assert "News: Place on Mary Seacole" in part
        assert "20 November 2026" in part
        assert "News: Plan ready" in part
        assert "Somebody else's" not in part
    assert "<style" not in page
    assert 'style="' in page


def test_the_same_digest_is_never_sent_twice():
    NoticeFactory()
    made = [make_digests(now=NOW) for _ in range(5)]
    (message,) = OutboxMessage.objects.all()

    done = [deliver_message(message_id=message.pk, now=NOW) for _ in range(5)]

    assert made == [1, 0, 0, 0, 0]
    assert done == [True, False, False, False, False]
    assert len(mail.outbox) == 1


def test_what_comes_later_on_the_day_waits_for_tomorrow():
    person = PersonFactory()
    NoticeFactory(recipient=person)
    make_digests(now=NOW)
    late = NoticeFactory(recipient=person)

    again = make_digests(now=NOW + timedelta(hours=2))
    monday = make_digests(now=datetime(2026, 11, 23, 9, tzinfo=UTC))

    late.refresh_from_db()
    assert (again, monday) == (0, 1)
    assert late.digest.for_day.isoformat() == "2026-11-23"


def test_a_repeat_after_a_crash_carries_the_same_message_id():
    NoticeFactory()
    make_digests(now=NOW)
    deliver_everything()
    Digest.objects.update(sent_at=None)
    OutboxMessage.objects.update(state=OutboxState.WAITING, ended_at=None)

    deliver_everything(now=NOW + timedelta(hours=1))

    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == second


def test_a_leaver_gets_no_mail():
    person = PersonFactory(is_active=False)
    NoticeFactory(recipient=person)

    assert make_digests(now=NOW) == 0
    assert Notice.objects.get().digest is None


def test_a_long_digest_is_capped_and_says_so():
    person = PersonFactory()
    NoticeFactory.create_batch(28, recipient=person)
    make_digests(now=NOW)

    message = mail_of(Digest.objects.get())

    assert message.body.count("* News:") == 25
    assert "3 more are on Waymark." in message.body


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 20, 9, tzinfo=UTC), True),
        (datetime(2026, 11, 20, 19, tzinfo=UTC), False),
        (datetime(2026, 11, 21, 9, tzinfo=UTC), False),  # a Saturday
        (datetime(2026, 12, 25, 9, tzinfo=UTC), False),
        (datetime(2026, 6, 19, 6, 30, tzinfo=UTC), True),  # 7:30am in summer
        (datetime(2026, 11, 20, 6, 30, tzinfo=UTC), False),
    ],
)
def test_mail_goes_out_in_working_hours_in_london(moment, expected):
    assert is_time_for_mail(now=moment) is expected


def test_the_demonstration_keeps_mail_instead_of_sending_it(settings):
    settings.EMAIL_BACKEND = "notifications.mail.MailboxBackend"
    person = PersonFactory()
    NoticeFactory(recipient=person, facts={"title": "Plan ready"})

    make_digests(now=NOW)
    deliver_everything()

    kept = KeptMail.objects.get()
    assert (kept.to, kept.subject) == (person.email, "Waymark: 1 thing for you")
    assert "Plan ready" in kept.text
    assert "Plan ready" in kept.html
