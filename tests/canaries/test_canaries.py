"""A day in the town, with everything it leaves behind looked through for what may not be there."""

import io
import logging
import zipfile

import pikepdf
import pypdf
import pytest
from celery.signals import before_task_publish
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Event, Person
from jobs.models import Document, OutboxMessage
from jobs.services.outbox import deliver_message
from notifications.services.digests import make_digests
from tests.canaries.sinks import LogSink, Sink, listen_to_the_queue, scan_redis
from tests.canaries.tokens import ON_PURPOSE, SPECIAL, Token, token, tokens_in, tokens_of
from tests.factories.accounts import grant
from tests.factories.clock import NOW
from tests.security.callers import bytes_of, signed_in
from tests.security.matrix.actors import ACTORS
from tests.security.matrix.readers import may_read

pytestmark = pytest.mark.django_db


@pytest.fixture
def log():
    """All that anything logs, down to the last detail."""
    sink = Sink("the log")
    handler, root = LogSink(sink), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield sink
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def queue():
    sink = Sink("the queue")
    listener = listen_to_the_queue(sink)
    yield sink
    before_task_publish.disconnect(listener)


@pytest.fixture
def day(matrix_town, log, queue, django_capture_on_commit_callbacks):
    """What people of the town do in a day; all of it said in words that can be found again."""
    targets = matrix_town.targets
    talent = grant(
        targets["colleague"].person, "TALENT_LEAD", matrix_town.houses["ours"].organisation
    )
    boss = signed_in("boss", targets["boss"].person)
    actor = signed_in("actor", Person.objects.get(pk=matrix_town.actor.pk))
    lead = signed_in("talent lead", talent)
    steps = [
        (actor, "courses:approval_decide", targets["report"].rows["request"], _refusal),
        (boss, "courses:approval_decide", targets["peer"].rows["request"], {"decision": "APPROVE"}),
        (actor, "appraisals:draft_write", targets["actor"].rows["drafting"], _draft),
        (actor, "appraisals:appraisal_share", targets["actor"].rows["drafting"], {}),
        (actor, "appraisals:objective_add", targets["report"].rows["agreed"], _objective),
        (lead, "talent:nomination_decide", targets["peer"].rows["nomination"], _decision),
        (lead, "talent:readiness_judge", targets["peer"].person, _judgement),
        (actor, "appraisals:plan_pdf", targets["actor"].rows["plan"], {}),
        (actor, "appraisals:plan_pdf", targets["report"].rows["plan"], {}),
    ]
    with django_capture_on_commit_callbacks(execute=True):
        answers = [
            caller.send("post", reverse(name, args=[row.pk]), body)
            for caller, name, row, body in steps
        ]
        actor.send("post", reverse("jobs:information_ask"))
    assert [answer.status_code for answer in answers] == [302] * len(steps)
    _work_off()
    make_digests(now=NOW)
    _work_off()


_refusal = {"decision": "REFUSE", "reason": "NOT_NOW", "text": token("decided", "report")}
_draft = {"answer-went-well": token("draft", "actor"), "version": "1"}
_objective = {
    "title": token("goal", "report"),
    "measure": token("goal", "report"),
    "version": "0",
    "due_on_day": "30",
    "due_on_month": "6",
    "due_on_year": "2027",
}
_decision = {"step": "decline", "reason": token("decided", "peer")}
_judgement = {"readiness": "READY_NOW", "reason": token("ready", "peer")}


def _work_off():
    for message in OutboxMessage.objects.filter(state="WAITING").order_by("pk"):
        assert deliver_message(message_id=message.pk, now=NOW), message.kind


def test_nothing_of_it_is_in_the_log_the_queue_or_redis(day, log, queue):
    kept = Sink("Redis")

    assert scan_redis(kept) > 0
    assert (log.found, queue.found, kept.found) == ([], [], [])


def test_what_waits_names_rows_and_holds_no_text(day):
    waiting = OutboxMessage.objects.values_list("payload", "key", "last_error")

    assert waiting.count() > 3
    assert {found.kind for row in waiting for found in tokens_in(repr(row))} == set()


def test_no_event_of_the_ledger_holds_what_somebody_wrote(day):
    facts = list(Event.objects.values_list("facts", flat=True))

    assert len(facts) > 6
    assert {found.kind for row in facts for found in tokens_in(repr(row))} & SPECIAL == set()


def test_mail_says_that_there_is_news_and_not_what_is_written(day):
    assert len(mail.outbox) > 3
    for message in mail.outbox:
        (recipient,) = {found.owner for found in tokens_in(message.to[0])} or {message.to[0]}
        found = {one for one in tokens_of(message.message().as_bytes()) if one.kind != "email"}

        assert {one.kind for one in found} & SPECIAL == set(), message.subject
        # The line manager asked for the document of this plan.
        asked = {Token("plan", "report")} if recipient == "actor" else set()
        others = {one for one in found if one.kind != "name" and one.owner != recipient}
        assert others <= asked
        assert tokens_in(message.subject) == set()


def test_a_document_holds_what_its_owner_may_read_and_nothing_more(day, matrix_town):
    """The words on its pages, its bytes once unpacked, what is said about it, and its name."""
    made = Document.objects.filter(owner=matrix_town.actor, made_at=NOW, filename__endswith=".pdf")
    plans = [one for one in made if "plan" in {found.kind for found in tokens_in(one.title)}]
    read = {}
    for document in plans:
        content = _content(document)
        (about,) = {found.owner for found in tokens_in(document.title)}
        read[about] = _words_of(content)
        assert tokens_in(document.file.name) == set()
        assert {found.kind for found in tokens_in(document.filename)} <= {"name", "plan"}

    assert set(read) == {"actor", "report"}
    for about, found in read.items():
        assert Token("action", about) in found
        assert {one.owner for one in found if one.kind != "name"} == {about}
        assert {one.kind for one in found} <= {"plan", "action", "name", "goal"}


def _content(document: Document) -> bytes:
    with document.file.open() as file:
        return file.read()


def _words_of(content: bytes) -> set[Token]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    texts = [page.extract_text() for page in reader.pages]
    texts.append(repr(dict(reader.metadata or {})))
    found = set().union(*(tokens_in(text) for text in texts))
    with pikepdf.open(io.BytesIO(content)) as whole:
        for item in whole.objects:
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/XML":
                found |= set(tokens_of(item.read_bytes()))
    return found


def test_a_copy_of_ones_information_is_about_oneself_alone(day, matrix_town):
    document = Document.objects.filter(owner=matrix_town.actor).latest("pk")
    content = _unpacked(_content(document))
    found = set(tokens_of(content))

    assert Token("draft", "actor") in found
    # Others are named where they did something for the person, and nothing is said about them.
    assert {one for one in found if one.owner != "actor"} <= {
        one for one in found if one.kind in {"name", "email"}
    }


def _unpacked(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"\n".join(packed.read(name) for name in packed.namelist())


def test_what_leaks_is_found_in_every_sink(matrix_town, log, queue, client):
    """Without this the tests above could pass because nobody listens."""
    leak, kept = str(ON_PURPOSE), Sink("Redis")

    logging.getLogger("somewhere").debug("Saved %s", leak)
    before_task_publish.send(sender="a.task", body=((leak,), {}, {}), headers={})
    cache.set("drafts", leak)
    scan_redis(kept)
    cache.delete("drafts")

    assert [said.split(":")[0] for said in (*log.found, *queue.found, *kept.found)] == [
        "the log",
        "the queue",
        "Redis",
    ]


def test_an_answer_that_shows_too_much_is_found(matrix_town):
    told = bytes_of(
        signed_in("peer", matrix_town.targets["peer"].person).send(
            "get",
            reverse(
                "appraisals:appraisal_detail", args=[matrix_town.targets["peer"].rows["agreed"].pk]
            ),
        )
    )
    found = set(tokens_of(told))

    assert Token("draft", "peer") in found
    assert not may_read(Token("draft", "peer"), ACTORS["manager"], matrix_town)
    assert not may_read(Token("draft", "peer"), ACTORS["hr_administrator"], matrix_town)
    assert may_read(Token("draft", "report"), ACTORS["manager"], matrix_town)
