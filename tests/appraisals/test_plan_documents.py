from datetime import timedelta

import pytest

from appraisals.models import DevelopmentPlan
from appraisals.services.plan_actions import take_action_step
from appraisals.services.plan_documents import KIND, make_plan_pdf, queue_plan_pdf
from common.errors import Forbidden
from jobs.models import Document, Job, JobState, OutboxMessage, OutboxState
from jobs.services.outbox import deliver_message
from notifications.models import Notice
from notifications.registry import WORDINGS
from tests.factories.accounts import employ
from tests.factories.clock import NOW, TODAY
from tests.factories.plans import manager_with_a_gap, plan_of

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def world():
    return manager_with_a_gap()


@pytest.fixture
def plan(world):
    return plan_of(world)


def made(plan, *, by, owner=None, now=NOW) -> Job:
    """Ask for the PDF and let the outbox make it, as a worker would."""
    job = queue_plan_pdf(plan=plan, by=by, owner=owner, now=now)
    message = OutboxMessage.objects.get(key=f"job:{job.pk}")
    assert deliver_message(message_id=message.pk, now=now), message.last_error
    job.refresh_from_db()
    return job


def test_the_document_is_made_for_the_plans_person_who_is_told_once(world, plan):
    job = made(plan, by=world.manager)

    document = Document.objects.get()
    notice = Notice.objects.get()
    assert (job.state, job.document, job.owner) == (JobState.DONE, document, world.person)
    assert document.owner == world.person
    assert document.filename.endswith("development-plan-2026-to-2027-2026-11-20.pdf")
    assert document.title == "Development plan 2026 to 2027, 20 November 2026"
    assert document.file.read(5) == b"%PDF-"
    document.file.close()
    assert (notice.recipient, notice.url) == (world.person, f"/jobs/{job.public_id}/")
    assert WORDINGS[notice.rule](notice.facts) == (
        "Your PDF is ready: Development plan 2026 to 2027, 20 November 2026."
    )


def test_a_line_manager_gets_a_document_of_their_own(world, plan):
    job = made(plan, by=world.manager, owner=world.manager)

    assert job.document.owner == world.manager


def test_nobody_asks_for_a_plan_they_may_not_see(world, plan):
    stranger = employ(organisation=world.organisation)

    with pytest.raises(Forbidden) as refusal:
        queue_plan_pdf(plan=plan, by=stranger, owner=stranger, now=NOW)

    assert refusal.value.code == "may_not_see_plan"
    assert not Job.objects.exists()


def test_who_loses_sight_of_the_plan_before_the_work_begins_gets_nothing(world, plan):
    job = queue_plan_pdf(plan=plan, by=world.manager, owner=world.manager, now=NOW)
    world.manager.reporting_lines.update(ends_on=TODAY - timedelta(days=1))

    deliver_message(message_id=OutboxMessage.objects.get().pk, now=NOW)

    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.FAILED, "You can no longer see this plan.")
    assert OutboxMessage.objects.get().state == OutboxState.DONE
    assert not Document.objects.exists()


def test_the_same_plan_is_rendered_once_and_a_changed_one_anew(world, plan):
    first = made(plan, by=world.person)
    again = made(plan, by=world.person)
    take_action_step(action=plan.actions.get(), step="finish", by=world.person, now=NOW)
    changed = made(plan, by=world.person)

    assert first.document == again.document
    assert first.pk != again.pk
    assert changed.document != first.document
    assert Document.objects.count() == 2
    assert Notice.objects.count() == 3


def test_doing_it_again_after_it_was_done_changes_nothing(world, plan):
    job = made(plan, by=world.person)

    for _ in range(5):
        make_plan_pdf({"plan_id": plan.pk, "job_id": job.pk}, LATER)

    job.refresh_from_db()
    assert job.ended_at == NOW
    assert Document.objects.count() == 1
    assert Notice.objects.count() == 1


def test_a_plan_that_is_gone_is_told_as_one_that_cannot_be_seen(world, plan):
    job = queue_plan_pdf(plan=plan, by=world.person, now=NOW)
    plan.actions.all().delete()
    DevelopmentPlan.objects.filter(pk=plan.pk).delete()

    deliver_message(message_id=OutboxMessage.objects.get().pk, now=NOW)

    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_a_render_that_fails_five_times_is_told_to_the_owner(world, plan, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "a-file"
    (tmp_path / "a-file").write_text("not a folder")
    job = queue_plan_pdf(plan=plan, by=world.person, now=NOW)
    message = OutboxMessage.objects.get()

    for attempt in range(5):
        deliver_message(message_id=message.pk, now=NOW + timedelta(hours=attempt))

    job.refresh_from_db()
    message.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.reason == "We tried several times and could not make it. Ask for it again later."
    assert message.state == OutboxState.PARKED
    assert message.kind == KIND


def test_the_job_and_its_request_are_written_together_or_not_at_all(world, plan):
    queue_plan_pdf(plan=plan, by=world.person, now=NOW)

    assert OutboxMessage.objects.get().payload == {
        "plan_id": plan.pk,
        "job_id": Job.objects.get().pk,
    }
