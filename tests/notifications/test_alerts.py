from datetime import timedelta

import pytest
from django.conf import settings

from accounts import telling
from jobs.models import OutboxMessage, OutboxState
from jobs.services.outbox import deliver_message
from notifications.models import Notice
from notifications.registry import WORDINGS
from notifications.services.digests import make_digests
from notifications.services.notices import notify
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db

RULE = "tests.urgent"


@pytest.fixture(autouse=True)
def words(monkeypatch):
    monkeypatch.setitem(WORDINGS, RULE, lambda facts: f"Somebody opened {facts['what']}.")
    monkeypatch.setitem(telling.WORDINGS, RULE, WORDINGS[RULE])


def alert(person, **changes):
    fields = {"recipient": person, "rule": RULE, "subject_key": "x:1", "url": "/news/"}
    return notify(**fields, now=NOW, facts={"what": "a record"}, is_urgent=True, **changes)


def deliver():
    message = OutboxMessage.objects.get(kind="notifications.send_alert")
    deliver_message(message_id=message.pk, now=NOW + timedelta(minutes=1))
    message.refresh_from_db()
    return message


def test_what_is_urgent_is_mailed_at_once_and_in_no_digest(mailoutbox):
    person = PersonFactory(email="kwame@waymark.example")
    notice = alert(person)

    message = deliver()

    [mail] = mailoutbox
    assert message.state == OutboxState.DONE
    assert (mail.to, mail.subject) == (["kwame@waymark.example"], "Waymark: read this now")
    assert "Somebody opened a record." in mail.body
    assert f"{settings.SITE_URL}/news/" in mail.body
    assert mail.extra_headers["Message-ID"].startswith(f"<alert.{notice.pk}@")
    assert make_digests(now=NOW) == 0


def test_telling_twice_mails_once(mailoutbox):
    person = PersonFactory()

    first, second = alert(person), alert(person)

    assert first == second
    assert OutboxMessage.objects.filter(kind="notifications.send_alert").count() == 1


def test_who_has_left_gets_no_mail(mailoutbox):
    alert(PersonFactory(is_active=False))

    deliver()

    assert mailoutbox == []


def test_the_floor_below_tells_through_the_same_door():
    person = PersonFactory()

    telling.tell(
        recipient=person, rule=RULE, subject_key="x:2", url="/news/", now=NOW, facts={"what": "it"}
    )

    notice = Notice.objects.get(recipient=person)
    assert (notice.rule, notice.is_urgent) == (RULE, False)


def test_a_rule_without_words_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="No words for notices"):
        telling.tell(
            recipient=PersonFactory(), rule="accounts.unsaid", subject_key="x", url="/", now=NOW
        )


def test_there_is_one_who_tells():
    with pytest.raises(ValueError, match="Somebody tells people already"):
        telling.told_by(notify)
