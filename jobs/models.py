"""Outbox rows, jobs that show their progress, documents made for somebody, heartbeats."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.workflow import Workflow, transition

if TYPE_CHECKING:
    from accounts.actors import Actor


class OutboxState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    DONE = "DONE", _("Done")
    PARKED = "PARKED", _("Parked")


class OutboxMessage(models.Model):
    """Something that must happen later. PostgreSQL is the truth; the broker is only a hint.

    ``kind`` names a registered handler; ``payload`` holds identifiers only; ``key`` makes asking
    for the same thing twice one row.
    """

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key"), max_length=200, unique=True)
    payload = models.JSONField(_("identifiers"))
    state = models.CharField(
        _("state"), max_length=8, choices=OutboxState.choices, default=OutboxState.WAITING
    )
    created_at = models.DateTimeField(_("asked for"))
    due_at = models.DateTimeField(_("not before"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    last_error = models.TextField(_("why it failed last"), blank=True)
    ended_at = models.DateTimeField(_("done or parked"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outbox_message_ended_means_when",
                condition=Q(state="WAITING", ended_at__isnull=True)
                | (~Q(state="WAITING") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                name="outbox_message_waiting", fields=["due_at", "id"], condition=Q(state="WAITING")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class JobState(models.TextChoices):
    QUEUED = "QUEUED", _("Waiting to start")
    RUNNING = "RUNNING", _("Being made")
    DONE = "DONE", _("Ready")
    FAILED = "FAILED", _("Could not be made")


JOB_WORKFLOW = Workflow(
    transition("start", {JobState.QUEUED, JobState.RUNNING}, JobState.RUNNING),
    transition("finish", {JobState.RUNNING}, JobState.DONE),
    transition("fail", {JobState.QUEUED, JobState.RUNNING}, JobState.FAILED),
)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "JobQuerySet":
        """Only the person for whom the work is done."""
        return self.filter(owner_id=actor.pk) if actor.actor_kind == "person" else self.none()


class Job(models.Model):
    """A piece of long work that one person asked for and can watch.

    ``about_key`` says what it is made from ("plan:12"); asking twice before it starts is one job.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=60)
    about_key = models.CharField(_("made from"), max_length=60)
    title = models.CharField(_("what is made"), max_length=200)
    state = models.CharField(
        _("state"), max_length=8, choices=JobState.choices, default=JobState.QUEUED
    )
    steps_done = models.PositiveIntegerField(_("steps done"), default=0)
    steps_total = models.PositiveIntegerField(_("steps in all"), default=1)
    asked_at = models.DateTimeField(_("asked for"))
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    document = models.ForeignKey(
        "Document", on_delete=models.SET_NULL, null=True, related_name="jobs"
    )
    reason = models.CharField(_("why it could not be made"), max_length=300, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="job_waits_once",
                fields=["owner", "kind", "about_key"],
                condition=Q(state="QUEUED"),
            ),
            models.CheckConstraint(
                name="job_steps_within_total", condition=Q(steps_done__lte=F("steps_total"))
            ),
            models.CheckConstraint(
                name="job_ended_means_when",
                condition=Q(state__in=["DONE", "FAILED"], ended_at__isnull=False)
                | Q(state__in=["QUEUED", "RUNNING"], ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="job_failed_means_why", condition=~Q(state="FAILED") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="job_running_means_since_when",
                condition=~Q(state__in=["RUNNING", "DONE"]) | Q(started_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="job_owner", fields=["owner", "-asked_at"])]
        triggers = [
            pgtrigger.FSM(
                name="job_steps_only_as_declared", field="state", transitions=JOB_WORKFLOW.fsm()
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"

    @property
    def is_over(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED}


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "DocumentQuerySet":
        """Only its owner, until it expires."""
        if actor.actor_kind != "person":
            return self.none()
        return self.filter(owner_id=actor.pk, expires_on__gte=on)


DOCUMENTS_FOLDER = "documents"


def document_path(document: "Document", filename: str) -> str:
    """A stored name that nobody can guess and that says nothing about the owner."""
    return f"{DOCUMENTS_FOLDER}/{document.public_id.hex}"


class Document(models.Model):
    """A file made for somebody: who owns it, what it was made from, when it goes.

    ``source_hash`` is the SHA-256 of what it was made from, so that nothing is rendered twice.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    filename = models.CharField(_("name when saved"), max_length=120)
    file = models.FileField(_("file"), upload_to=document_path, max_length=200)
    content_type = models.CharField(_("type"), max_length=60, default="application/pdf")
    size = models.PositiveIntegerField(_("size in bytes"))
    source_hash = models.CharField(_("made from"), max_length=64)
    made_at = models.DateTimeField(_("made"))
    expires_on = models.DateField(_("last day it can be opened"))

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="document_made_once_from_the_same", fields=["owner", "kind", "source_hash"]
            ),
            models.CheckConstraint(name="document_not_empty", condition=Q(size__gt=0)),
        ]
        indexes = [
            models.Index(name="document_owner", fields=["owner", "-made_at"]),
            models.Index(name="document_expiry", fields=["expires_on"]),
        ]

    def __str__(self) -> str:
        return self.title


class Heartbeat(models.Model):
    """The last time a part of the system was seen working: ``worker`` or ``beat``."""

    name = models.CharField(_("part of the system"), max_length=30, primary_key=True)
    seen_at = models.DateTimeField(_("last seen"))

    def __str__(self) -> str:
        return f"{self.name} at {self.seen_at:%H:%M:%S}"
