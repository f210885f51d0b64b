from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction

from accounts.models import Event
from common.errors import Conflict
from jobs.models import Job, JobState, OutboxMessage
from jobs.services.progress import Work, ask_for, fail, finish, give_up, start, take_turn
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW
from tests.factories.jobs import DocumentFactory, JobFactory

WORK = Work(kind="tests.work", about_key="plan:7", title="My plan", payload={"plan_id": 7})


@pytest.fixture(autouse=True)
def somebody_does_it(handle):
    handle(lambda payload, now: None)


@pytest.mark.django_db
def test_asking_writes_the_job_its_outbox_row_and_an_event():
    owner = PersonFactory()

    job = ask_for(owner=owner, work=WORK, by=owner, now=NOW)

    message = OutboxMessage.objects.get()
    event = Event.objects.get()
    assert (job.state, job.title, job.asked_at) == (JobState.QUEUED, "My plan", NOW)
    assert message.payload == {"plan_id": 7, "job_id": job.pk}
    assert (event.verb, event.about_id, event.subject_id) == ("ask_for", job.pk, owner.pk)


@pytest.mark.django_db
def test_asking_again_before_it_starts_is_the_same_job_and_afterwards_a_new_one():
    owner, other = PersonFactory(), PersonFactory()

    first = ask_for(owner=owner, work=WORK, by=owner, now=NOW)
    again = ask_for(owner=owner, work=WORK, by=owner, now=NOW)
    theirs = ask_for(owner=other, work=WORK, by=other, now=NOW)
    start({"job_id": first.pk}, NOW)
    after_it_began = ask_for(owner=owner, work=WORK, by=owner, now=NOW)

    assert again == first
    assert len({first.pk, theirs.pk, after_it_began.pk}) == 3
    assert OutboxMessage.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_ask_at_once_get_one_job():
    owner = PersonFactory()
    together = Barrier(4)

    def ask(_):
        together.wait()
        try:
            return ask_for(owner=owner, work=WORK, by=owner, now=NOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        jobs = set(pool.map(ask, range(4)))

    assert len(jobs) == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_a_job_starts_finishes_and_then_stays_as_it_is():
    job = JobFactory()
    document = DocumentFactory(owner=job.owner)

    start({"job_id": job.pk}, NOW)
    done = finish(job_id=job.pk, document=document, now=NOW)
    start({"job_id": job.pk}, NOW)

    assert (done.state, done.document, done.ended_at) == (JobState.DONE, document, NOW)
    assert done.steps_done == done.steps_total == 1
    with pytest.raises(Conflict):
        fail(job_id=job.pk, reason="Too late", now=NOW)


@pytest.mark.django_db
def test_a_second_start_keeps_the_first_moment():
    job = JobFactory(state="RUNNING", started_at=NOW)

    start({"job_id": job.pk}, NOW.replace(hour=12))

    job.refresh_from_db()
    assert job.started_at == NOW


@pytest.mark.django_db
def test_giving_up_tells_the_owner_why():
    job = JobFactory(state="RUNNING", started_at=NOW)

    give_up({"job_id": job.pk}, NOW)

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.reason == "We tried several times and could not make it. Ask for it again later."


@pytest.mark.django_db(transaction=True)
def test_the_second_to_make_the_same_waits_for_the_first():
    first = JobFactory(state="RUNNING", started_at=NOW)
    second = JobFactory(
        owner=first.owner, about_key=first.about_key, state="RUNNING", started_at=NOW
    )
    other = JobFactory(about_key=first.about_key)

    def turn_comes(job):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '300ms'")
                return take_turn(job_id=job.pk) == job
        except OperationalError:
            return False
        finally:
            connection.close()

    with transaction.atomic():
        take_turn(job_id=first.pk)
        with ThreadPoolExecutor(max_workers=1) as pool:
            while_first_works = [pool.submit(turn_comes, job).result() for job in (second, other)]

    assert while_first_works == [False, True]
    assert turn_comes(second)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "DONE"},
        {"state": "RUNNING"},
        {"state": "FAILED", "ended_at": NOW},
        {"steps_done": 2},
        {"ended_at": NOW},
    ],
)
def test_the_database_refuses_a_job_that_contradicts_itself(wrong):
    with pytest.raises(IntegrityError):
        JobFactory(**wrong)


@pytest.mark.django_db
def test_the_database_refuses_a_step_that_is_not_declared():
    job = JobFactory(state="DONE", started_at=NOW, ended_at=NOW)

    with pytest.raises(ProgrammingError, match="Invalid transition"):
        Job.objects.filter(pk=job.pk).update(state="RUNNING", ended_at=None)
