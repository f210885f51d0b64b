"""Who writes a framework with whom: collaborators, reviews, comments, and what was imported."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from common.workflow import Workflow, transition
from pathways.models.doers import doer_of, done, done_by_client, done_by_person, not_done
from pathways.models.frameworks import Framework, FrameworkVersion, authored_by
from pathways.models.items import Competency, Domain

if TYPE_CHECKING:
    from accounts.actors import Actor


class Part(models.TextChoices):
    AUTHOR = "AUTHOR", _("Author")
    REVIEWER = "REVIEWER", _("Reviewer")


class CollaboratorQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "CollaboratorQuerySet":
        """Whoever writes or reviews the framework."""
        return self.filter(authored_by(actor, on=on, prefix="framework__"))


class Collaborator(Dated):
    """Somebody who writes or reviews one framework, whatever their organisation.

    ``organisation`` is the owner of the framework and is filled by the database.
    """

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="collaborators")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(_("part"), max_length=10, choices=Part.choices)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = CollaboratorQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("collaborator_ends_after_start"),
            never_twice("collaborator_once_at_a_time", "framework", "person", "part"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="collaborator_has_its_frameworks_owner",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("framework_id", "organisation_id"),
                func="""
                    SELECT owner_id INTO NEW.organisation_id
                      FROM pathways_framework WHERE id = NEW.framework_id;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.part} of {self.framework_id}"


class ReviewOutcome(models.TextChoices):
    ASKED = "ASKED", _("Waiting for an answer")
    SIGNED_OFF = "SIGNED_OFF", _("Signed off")
    CHANGES = "CHANGES", _("Changes asked for")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


REVIEW_WORKFLOW = Workflow(
    transition("sign_off", {ReviewOutcome.ASKED}, ReviewOutcome.SIGNED_OFF),
    transition("ask_for_changes", {ReviewOutcome.ASKED}, ReviewOutcome.CHANGES),
    transition("withdraw", {ReviewOutcome.ASKED}, ReviewOutcome.WITHDRAWN),
)


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "ReviewQuerySet":
        return self.filter(authored_by(actor, on=on, prefix="version__framework__"))


class Review(models.Model):
    """One reviewer is asked about one draft as it stood at ``revision``, and answers."""

    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_by = done_by_person()
    asked_by_client = done_by_client()
    asked_at = models.DateTimeField(_("asked"))
    message = models.TextField(_("what to look at"), blank=True)
    revision = models.PositiveIntegerField(_("state of the draft"))
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=ReviewOutcome.choices, default=ReviewOutcome.ASKED
    )
    decided_at = models.DateTimeField(_("answered"), null=True)
    statement = models.TextField(_("statement"), blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="review_waits_once",
                fields=["version", "reviewer"],
                condition=Q(outcome="ASKED"),
            ),
            models.CheckConstraint(
                name="review_answered_means_when",
                condition=Q(outcome="ASKED", decided_at__isnull=True)
                | ~Q(outcome="ASKED") & Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="review_changes_means_why", condition=~Q(outcome="CHANGES") | ~Q(statement="")
            ),
            models.CheckConstraint(name="review_asked_by_one", condition=done("asked_by")),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id} about {self.version_id}"

    @property
    def asker(self) -> str:
        return doer_of(self, "asked_by")


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "CommentQuerySet":
        return self.filter(authored_by(actor, on=on, prefix="version__framework__"))


class Comment(models.Model):
    """What a collaborator says about an edition or a part of it, or in reply to another.

    What was said about a part that was taken out stays and says which one that was: by its lineage
    (``part_lineage``), under which it may come back, and by what it was called (``part_name``).
    """

    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="comments")
    domain = models.ForeignKey(
        Domain, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    reply_to = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies"
    )
    author = done_by_person()
    author_client = done_by_client()
    part_lineage = models.UUIDField(_("part that was taken out"), null=True, editable=False)
    part_name = models.CharField(
        _("name of the part that was taken out"), max_length=270, blank=True, editable=False
    )
    text = models.TextField(_("comment"))
    written_at = models.DateTimeField(_("written"))
    resolved_at = models.DateTimeField(_("dealt with"), null=True)
    resolved_by = done_by_person()
    resolved_by_client = done_by_client()

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="comment_is_about_one_thing",
                condition=Q(domain__isnull=True) | Q(competency__isnull=True),
            ),
            models.CheckConstraint(
                name="comment_resolved_means_who_and_when",
                condition=Q(resolved_at__isnull=True) & not_done("resolved_by")
                | Q(resolved_at__isnull=False) & done("resolved_by"),
            ),
            models.CheckConstraint(name="comment_written_by_one", condition=done("author")),
            models.CheckConstraint(name="comment_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="comment_of_a_part_taken_out_names_it",
                condition=Q(part_lineage__isnull=True, part_name="")
                | Q(part_lineage__isnull=False, domain__isnull=True, competency__isnull=True)
                & ~Q(part_name=""),
            ),
        ]
        indexes = [models.Index(name="comment_of_version", fields=["version", "written_at"])]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def writer(self) -> str:
        return doer_of(self, "author")

    @property
    def resolver(self) -> str:
        return doer_of(self, "resolved_by")


class ImportFormat(models.TextChoices):
    CSV = "CSV", _("Comma-separated values (CSV)")
    XLSX = "XLSX", _("Excel workbook (XLSX)")
    CASE = "CASE", _("CASE 1.1 package")
    STARTER = "STARTER", _("Published framework")


class ImportState(models.TextChoices):
    CHECKED = "CHECKED", _("Checked")
    REFUSED = "REFUSED", _("Has mistakes")
    APPLIED = "APPLIED", _("Applied")
    UNDONE = "UNDONE", _("Undone")


IMPORT_WORKFLOW = Workflow(
    transition("apply", {ImportState.CHECKED}, ImportState.APPLIED),
    transition("undo", {ImportState.APPLIED}, ImportState.UNDONE),
)


class FrameworkImportQuerySet(models.QuerySet["FrameworkImport"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "FrameworkImportQuerySet":
        """One's own, and those of the frameworks one writes."""
        mine = authored_by(actor, on=on, prefix="version__framework__")
        if actor.actor_kind == "person":
            mine |= Q(uploaded_by_id=actor.pk)
        return self.filter(mine)


class FrameworkImport(models.Model):
    """A file that was read and compared with a draft, and perhaps applied to it.

    ``content`` is the checked copy: the tree the file describes. ``before`` is the draft as it was
    when the file was applied, which undoing puts back, and ``rules_lost`` the rules about an
    edition before that went with what the file left out; ``revision`` the state of the draft that
    the file was compared with, and after applying the state that it left.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(
        FrameworkVersion, on_delete=models.PROTECT, null=True, related_name="imports"
    )
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    format = models.CharField(_("format"), max_length=10, choices=ImportFormat.choices)
    file_name = models.CharField(_("file"), max_length=255)
    checksum = models.CharField(_("SHA-256 of the file"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices)
    uploaded_by = done_by_person()
    uploaded_by_client = done_by_client()
    uploaded_at = models.DateTimeField(_("uploaded"))
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    content = models.JSONField(_("checked copy"), default=dict)
    before = models.JSONField(_("the draft before"), null=True)
    rules_lost = models.JSONField(_("rules that went with it"), default=dict, blank=True)
    revision = models.PositiveIntegerField(_("state of the draft"), default=0)
    applied_at = models.DateTimeField(_("applied"), null=True)
    applied_by = done_by_person()
    applied_by_client = done_by_client()
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = done_by_person()
    undone_by_client = done_by_client()

    objects = FrameworkImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="framework_import_applied_means_who_and_when",
                condition=Q(state__in=["CHECKED", "REFUSED"], applied_at__isnull=True)
                & not_done("applied_by")
                | Q(
                    state__in=["APPLIED", "UNDONE"],
                    applied_at__isnull=False,
                    version__isnull=False,
                )
                & done("applied_by"),
            ),
            models.CheckConstraint(
                name="framework_import_undone_means_who_and_when",
                condition=Q(state="UNDONE", undone_at__isnull=False) & done("undone_by")
                | ~Q(state="UNDONE") & Q(undone_at__isnull=True) & not_done("undone_by"),
            ),
            models.CheckConstraint(
                name="framework_import_uploaded_by_one", condition=done("uploaded_by")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    @property
    def uploader(self) -> str:
        return doer_of(self, "uploaded_by")

    @property
    def applier(self) -> str:
        return doer_of(self, "applied_by")

    @property
    def undoer(self) -> str:
        return doer_of(self, "undone_by")


class LineKind(models.TextChoices):
    PROBLEM = "PROBLEM", _("Mistake")
    WARNING = "WARNING", _("Worth a look")
    ADD = "ADD", _("Added")
    CHANGE = "CHANGE", _("Changed")
    MOVE = "MOVE", _("Moved")
    RETIRE = "RETIRE", _("Left out")


class ImportLine(models.Model):
    """One mistake in a file, or one thing that applying it changes.

    ``row`` is that of the file, from 1 for its first line; None where no row is about it.
    """

    imported = models.ForeignKey(FrameworkImport, on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField(_("row"), null=True)
    kind = models.CharField(_("kind"), max_length=8, choices=LineKind.choices)
    about = models.CharField(_("about"), max_length=300, blank=True)
    field = models.CharField(_("column"), max_length=40, blank=True)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    message = models.TextField(_("what is wrong"), blank=True)

    class Meta:
        indexes = [models.Index(name="import_line_order", fields=["imported", "kind", "row", "id"])]

    def __str__(self) -> str:
        return f"{self.row}: {self.kind}"
