"""Files of the staff record that tell who was trained in what, and their rows while they wait."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import covers, standing
from common.workflow import Workflow, transition
from courses.models.compliance_subjects import SubjectLevel

if TYPE_CHECKING:
    from accounts.actors import Actor

# Those who keep mandatory training; see ``policies.compliance``.
KEEPS_TRAINING = ("LEARNING_LEAD", "HR_ADMINISTRATOR")


class TrainingImportState(models.TextChoices):
    WAITING = "WAITING", _("Being read")
    CHECKED = "CHECKED", _("Checked, nothing changed yet")
    APPLYING = "APPLYING", _("Being applied")
    APPLIED = "APPLIED", _("Applied")
    FAILED = "FAILED", _("Could not be read")


TRAINING_IMPORT_WORKFLOW = Workflow(
    transition("read", {TrainingImportState.WAITING}, TrainingImportState.CHECKED),
    transition("fail", {TrainingImportState.WAITING}, TrainingImportState.FAILED),
    transition("ask", {TrainingImportState.CHECKED}, TrainingImportState.APPLYING),
    transition("apply", {TrainingImportState.APPLYING}, TrainingImportState.APPLIED),
    transition("give_back", {TrainingImportState.APPLYING}, TrainingImportState.CHECKED),
)


class TrainingImportQuerySet(models.QuerySet["TrainingImport"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "TrainingImportQuerySet":
        """Learning leads and HR administrators whose role covers the organisation."""
        place = standing(actor, on=on)
        return self.filter(
            covers(place, place.covered_by(*KEEPS_TRAINING), field="organisation_id")
        )


class TrainingImport(models.Model):
    """A file of the staff record of one organisation: read by a worker, shown, then applied.

    ``content`` is the file itself until it was read, and nothing after that. ``remarks``: sentences
    on the file as a whole, for whoever applies it.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=255)
    checksum = models.CharField(_("SHA-256 of the file"), max_length=64)
    content = models.BinaryField(_("the file until it is read"), default=bytes)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=TrainingImportState.choices,
        default=TrainingImportState.WAITING,
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"))
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    remarks = ArrayField(
        models.CharField(max_length=500), verbose_name=_("worth a look"), default=list
    )
    reason = models.CharField(_("why it could not be read or applied"), max_length=500, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(_("applied"), null=True)
    written = models.PositiveIntegerField(_("records written"), default=0)

    objects = TrainingImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="training_import_failed_means_why",
                condition=~Q(state="FAILED") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="training_import_applied_means_who",
                condition=~Q(state__in=["APPLYING", "APPLIED"]) | Q(applied_by__isnull=False),
            ),
            models.CheckConstraint(
                name="training_import_applied_means_when",
                condition=Q(state="APPLIED", applied_at__isnull=False)
                | ~Q(state="APPLIED") & Q(applied_at__isnull=True),
            ),
            models.CheckConstraint(
                name="training_import_keeps_no_file_once_read",
                condition=Q(state="WAITING") | Q(content=b""),
            ),
        ]
        indexes = [
            models.Index(name="training_import_latest", fields=["organisation", "-uploaded_at"])
        ]
        triggers = [
            pgtrigger.FSM(
                name="training_import_steps",
                field="state",
                transitions=TRAINING_IMPORT_WORKFLOW.fsm(),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportedAs(models.TextChoices):
    PROBLEM = "PROBLEM", _("To put right")
    NEW = "NEW", _("New")
    STRUCK = "STRUCK", _("Struck out here")
    KNOWN = "KNOWN", _("Known already")


class Ends(models.TextChoices):
    """How a row says until when it counts."""

    DAY = "DAY", _("On a day")
    NEVER = "NEVER", _("No expiry")
    RULES = "RULES", _("As our rules say")


class RowProblem(models.TextChoices):
    NO_PERSON = "NO_PERSON", _("No assignment number")
    UNKNOWN_PERSON = "UNKNOWN_PERSON", _("Nobody here has this number")
    SEVERAL_PEOPLE = "SEVERAL_PEOPLE", _("Several people have this number")
    OTHER_NAME = "OTHER_NAME", _("Somebody of another name has this number")
    NO_COMPETENCY = "NO_COMPETENCY", _("No competency name")
    UNKNOWN_COMPETENCY = "UNKNOWN_COMPETENCY", _("Not a competency we know")
    OTHER_RECORD = "OTHER_RECORD", _("From the staff record of another organisation")
    NO_DAY = "NO_DAY", _("No first day")
    NOT_A_DAY = "NOT_A_DAY", _("Not a day")
    DAY_TO_COME = "DAY_TO_COME", _("A first day that is to come")
    ENDS_BEFORE = "ENDS_BEFORE", _("Ends before it began")
    CONTRADICTION = "CONTRADICTION", _("Two columns that contradict each other")
    SAID_TWICE = "SAID_TWICE", _("Another row of the file says it ends on another day")


class TrainingImportLine(models.Model):
    """One row of the file, as it was understood; or one thing that is wrong with a row.

    ``row`` is that of the spreadsheet. ``cell`` is what stands in the cell that is wrong.
    """

    imported = models.ForeignKey(TrainingImport, on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField(_("row"))
    kind = models.CharField(_("kind"), max_length=7, choices=ImportedAs.choices)
    problem = models.CharField(_("problem"), max_length=18, choices=RowProblem.choices, blank=True)
    cell = models.CharField(_("what the cell says"), max_length=200, blank=True)
    number = models.CharField(_("assignment number"), max_length=40, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    level = models.ForeignKey(SubjectLevel, on_delete=models.PROTECT, null=True, related_name="+")
    completed_on = models.DateField(_("completed"), null=True)
    ends = models.CharField(_("ends"), max_length=5, choices=Ends.choices, default=Ends.RULES)
    expires_on = models.DateField(_("counts until"), null=True)
    before = models.DateField(_("counted until"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="training_import_line_once", fields=["imported", "row", "problem"]
            ),
            models.CheckConstraint(
                name="training_import_line_is_understood_or_wrong",
                condition=Q(kind="PROBLEM") & ~Q(problem="")
                | ~Q(kind="PROBLEM")
                & Q(
                    problem="",
                    person__isnull=False,
                    level__isnull=False,
                    completed_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="training_import_line_ends_on_a_day",
                condition=Q(ends="DAY", expires_on__isnull=False)
                | ~Q(ends="DAY") & Q(expires_on__isnull=True),
            ),
        ]
        indexes = [
            models.Index(name="training_import_line_kind", fields=["imported", "kind", "row"])
        ]

    def __str__(self) -> str:
        return f"{self.imported_id}, row {self.row}"
