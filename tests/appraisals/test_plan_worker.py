"""PDFs made by a real Celery worker: killed in the middle, and with the broker away."""

import pytest
from django.urls import reverse
from django.utils import timezone

from appraisals.services.plan_documents import queue_plan_pdf
from jobs.models import Document, Heartbeat, Job, JobState, OutboxMessage, OutboxState
from notifications.models import Notice
from tests.factories.plans import PlanActionFactory, manager_with_a_gap, plan_of
from tests.jobs.broker import NOBODY_LISTENS, broker_at
from tests.jobs.worker import Worker, broker_of_its_own, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def broker():
    with broker_of_its_own() as url:
        yield url


@pytest.fixture
def start_worker(broker, tmp_path):
    started = []

    def start() -> Worker:
        worker = Worker(tmp_path, f"worker-{len(started)}")
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.stop()


@pytest.fixture
def plan():
    return plan_of(manager_with_a_gap(), ends_on="2030-01-01")


def state_of(job):
    return Job.objects.get(pk=job.pk).state


def test_a_worker_killed_in_the_middle_of_a_render_loses_nothing(plan, start_worker):
    # Long enough on paper that there is a middle: some seconds of rendering.
    PlanActionFactory.create_batch(400, plan=plan)
    job = queue_plan_pdf(plan=plan, by=plan.person, now=timezone.now())
    first = start_worker()
    wait_until(lambda: state_of(job) == JobState.RUNNING, first)

    first.kill()

    message = OutboxMessage.objects.get()
    assert state_of(job) == JobState.RUNNING
    assert (message.state, message.attempts) == (OutboxState.WAITING, 1)
    assert not Document.objects.exists()
    assert not Notice.objects.exists()

    second = start_worker()
    wait_until(lambda: state_of(job) == JobState.DONE, second, seconds=120)

    message.refresh_from_db()
    document = Document.objects.get()
    storage = document.file.storage
    assert (message.state, message.attempts) == (OutboxState.DONE, 2)
    assert Job.objects.get().document == document
    assert storage.listdir("documents")[1] == [document.public_id.hex]
    assert storage.size(document.file.name) == document.size
    assert Notice.objects.get().recipient == plan.person
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"worker", "beat"}


def test_without_a_broker_asking_works_and_the_pdf_is_made_when_it_is_back(
    plan, start_worker, client
):
    client.force_login(plan.person)

    with broker_at(NOBODY_LISTENS):
        answer = client.post(reverse("appraisals:plan_pdf", args=[plan.pk]))
        page = client.get(answer["Location"])

    job = Job.objects.get()
    assert answer.status_code == 302
    assert "waiting for its turn" in page.content.decode()
    assert state_of(job) == JobState.QUEUED

    worker = start_worker()
    wait_until(lambda: state_of(job) == JobState.DONE, worker, seconds=90)

    ready = client.get(answer["Location"])
    link = reverse("jobs:document_download", args=[Document.objects.get().public_id])
    assert link in ready.content.decode()
    assert b"".join(client.get(link).streaming_content).startswith(b"%PDF-1.7")
