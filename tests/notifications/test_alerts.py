from datetime import timedelta

import pytest
from django.conf import settings

from accounts import telling
from jobs.models import OutboxMessage, OutboxState
from jobs.services.outbox import deliver_message
from notifications.models import Notice
from notifications.registry import LETTERS, WORDINGS, Enclosure, Letter, register_letter
from notifications.services.digests import make_digests
from notifications.services.notices import notify, notify_many
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


def letter(**changes):
    fields = {
        "subject": lambda facts: f"About {facts['what']}",
        "note": lambda: "It is enclosed.",
        "files": lambda recipient_id, facts, now: [
            Enclosure("it.csv", f"{recipient_id},{facts['what']}", "csv", {"header": "absent"})
        ],
        "is_wanted": lambda recipient_id: True,
    }
    return Letter(**fields | changes)


def test_a_letter_has_a_subject_of_its_own_and_files_made_when_it_is_sent(monkeypatch, mailoutbox):
    person = PersonFactory()
    monkeypatch.setitem(LETTERS, RULE, letter())
    alert(person)

    deliver()

    [mail] = mailoutbox
    [_text, file] = mail.message().get_payload()
    assert mail.subject == "About a record"
    assert "It is enclosed." in mail.body
    assert (file.get_content_type(), file.get_param("header")) == ("text/csv", "absent")
    assert file.get_filename() == "it.csv"
    assert file.get_payload(decode=True).decode() == f"{person.pk},a record"


def test_a_letter_without_files_says_nothing_of_any(monkeypatch, mailoutbox):
    monkeypatch.setitem(LETTERS, RULE, letter(files=lambda recipient_id, facts, now: []))
    alert(PersonFactory())

    deliver()

    assert "enclosed" not in mailoutbox[0].body


def test_who_wants_no_letter_is_told_in_the_digest(monkeypatch, mailoutbox):
    monkeypatch.setitem(LETTERS, RULE, letter(is_wanted=lambda recipient_id: False))
    notice = alert(PersonFactory())

    message = deliver()

    notice.refresh_from_db()
    assert (mailoutbox, message.state, notice.is_urgent) == ([], OutboxState.DONE, False)
    assert make_digests(now=NOW) == 1


def test_a_rule_has_one_letter(monkeypatch):
    monkeypatch.setitem(LETTERS, RULE, letter())

    with pytest.raises(ValueError, match="Two letters"):
        register_letter(RULE, letter())


@pytest.mark.parametrize("people", [1, 3])
def test_many_are_mailed_the_same_once_in_the_same_statements(people, django_assert_num_queries):
    told = [PersonFactory().pk for _ in range(people)]
    fields = {"rule": RULE, "subject_key": "x:9", "url": "/news/", "now": NOW}

    for statements in (3, 3):
        with django_assert_num_queries(statements):
            notify_many(recipient_ids=told, facts={"what": "it"}, is_urgent=True, **fields)

    assert OutboxMessage.objects.filter(kind="notifications.send_alert").count() == people
