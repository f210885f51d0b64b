"""What a provider found when it assessed the people of a session, and the files that say so."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.visibility import standing
from common.dates import long_date
from common.workflow import Workflow, transition
from courses.models.enrolments import Enrolment
from courses.models.sessions import Session

if TYPE_CHECKING:
    from accounts.actors import Actor

_RUNS = ("LEARNING_LEAD", "PROGRAMME_LEAD")


def _run_by(actor: "Actor", *, on: date, session: str) -> Q:
    runs = standing(actor, on=on).covered_by(*_RUNS)
    hosts = runs.within(f"{session}__offering__host_id")
    return hosts | runs.within(f"{session}__offering__provider_id")


class ResultFileState(models.TextChoices):
    CHECKED = "CHECKED", _("Checked, nothing changed yet")
    APPLIED = "APPLIED", _("Applied")
    UNDONE = "UNDONE", _("Undone")


RESULT_FILE_WORKFLOW = Workflow(
    transition("apply", {ResultFileState.CHECKED}, ResultFileState.APPLIED),
    transition("undo", {ResultFileState.APPLIED}, ResultFileState.UNDONE),
)


class ResultFileQuerySet(models.QuerySet["ResultFile"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "ResultFileQuerySet":
        """Those of the sessions one's role runs."""
        return self.filter(_run_by(actor, on=on, session="session"))


class ResultFile(models.Model):
    """A provider's file with the results of one session: shown, applied, and perhaps undone.

    The file itself is not kept. ``written``: how many results it brought. ``remarks``: sentences on
    the file as a whole, for whoever applies it.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="result_files")
    file_name = models.CharField(_("file"), max_length=255)
    checksum = models.CharField(_("SHA-256 of the file"), max_length=64)
    state = models.CharField(
        _("state"),
        max_length=7,
        choices=ResultFileState.choices,
        default=ResultFileState.CHECKED,
    )
    row_count = models.PositiveIntegerField(_("rows"))
    remarks = ArrayField(
        models.CharField(max_length=500), verbose_name=_("worth a look"), default=list
    )
    written = models.PositiveIntegerField(_("results written"), default=0)
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(_("applied"), null=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = ResultFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="result_file_applied_means_who_and_when",
                condition=Q(state="CHECKED", applied_at__isnull=True, applied_by__isnull=True)
                | ~Q(state="CHECKED") & Q(applied_at__isnull=False, applied_by__isnull=False),
            ),
            models.CheckConstraint(
                name="result_file_undone_means_who_and_when",
                condition=Q(state="UNDONE", undone_at__isnull=False, undone_by__isnull=False)
                | ~Q(state="UNDONE") & Q(undone_at__isnull=True, undone_by__isnull=True),
            ),
        ]
        indexes = [models.Index(name="result_file_latest", fields=["session", "-uploaded_at"])]
        triggers = [
            pgtrigger.FSM(
                name="result_file_steps", field="state", transitions=RESULT_FILE_WORKFLOW.fsm()
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Judgement(models.TextChoices):
    """What whoever assessed says of it, beside the figure or instead of one."""

    PASSED = "PASSED", _("Passed")
    FAILED = "FAILED", _("Not passed")


class Found(models.Model):
    """What was found: a figure in per cent, a judgement, or both; and on which day."""

    score = models.DecimalField(
        _("result in per cent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    judgement = models.CharField(
        _("judgement"), max_length=6, choices=Judgement.choices, blank=True
    )
    assessed_on = models.DateField(_("assessed"), null=True)

    class Meta:
        abstract = True

    @property
    def found(self) -> tuple[object, ...]:
        """What makes one result the same as another."""
        return (self.score, str(self.judgement), self.assessed_on)

    @property
    def words(self) -> str:
        """What was found, as it is read."""
        told = []
        if self.score is not None:
            told.append(_now("%(score)s per cent") % {"score": f"{self.score.normalize():f}"})
        if self.judgement:
            told.append(str(Judgement(self.judgement).label))
        if self.assessed_on:
            told.append(long_date(self.assessed_on))
        return ", ".join(told)


def _says_something(name: str, *, unless: Q | None = None) -> models.CheckConstraint:
    said = Q(score__isnull=False) | ~Q(judgement="")
    return models.CheckConstraint(name=name, condition=said | unless if unless else said)


def _in_per_cent(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name, condition=Q(score__isnull=True) | Q(score__range=(0, 100))
    )


class AssessmentResultQuerySet(models.QuerySet["AssessmentResult"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "AssessmentResultQuerySet":
        """One's own that stands, and everything of the sessions one's role runs."""
        seen = _run_by(actor, on=on, session="enrolment__session")
        if actor.actor_kind == "person":
            seen |= Q(enrolment__person_id=actor.pk, stands=True)
        return self.filter(seen)


class AssessmentResult(Found):
    """What was found of one person on one session, as a file said; one of them stands.

    One that a later file replaces stays, and stands again when that file is undone. ``file`` is
    empty once the time for which files are kept is over: what was found stays with the place.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="results")
    file = models.ForeignKey(
        ResultFile, on_delete=models.SET_NULL, null=True, related_name="results"
    )
    recorded_at = models.DateTimeField(_("recorded"))
    stands = models.BooleanField(_("stands"), default=True)
    struck_at = models.DateTimeField(_("taken back"), null=True)

    objects = AssessmentResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="assessment_result_one_stands",
                fields=["enrolment"],
                condition=Q(stands=True),
            ),
            models.UniqueConstraint(
                name="assessment_result_once_per_file", fields=["enrolment", "file"]
            ),
            models.CheckConstraint(
                name="assessment_result_taken_back_stands_no_more",
                condition=Q(stands=False) | Q(struck_at__isnull=True),
            ),
            models.CheckConstraint(
                name="assessment_result_taken_back_later",
                condition=Q(struck_at__isnull=True) | Q(struck_at__gte=F("recorded_at")),
            ),
            _says_something("assessment_result_says_something"),
            _in_per_cent("assessment_result_in_per_cent"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="assessment_result_stays",
                fields=["enrolment", "score", "judgement", "assessed_on", "recorded_at"],
            ),
            pgtrigger.Protect(
                name="assessment_result_is_of_no_other_file",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__file__df=pgtrigger.F("new__file"))
                & pgtrigger.Q(new__file__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.score} {self.judgement}".rstrip()


class ResultKind(models.TextChoices):
    PROBLEM = "PROBLEM", _("To put right")
    NEW = "NEW", _("New")
    CHANGED = "CHANGED", _("Changed")
    KNOWN = "KNOWN", _("Known already")


class ResultProblem(models.TextChoices):
    NO_PERSON = "NO_PERSON", _("Nobody is named")
    NOT_HERE = "NOT_HERE", _("Nobody with a place on this session")
    OTHER_NAME = "OTHER_NAME", _("Somebody of another name has this place")
    NOT_A_RESULT = "NOT_A_RESULT", _("Not a result from 0 to 100")
    FRACTION = "FRACTION", _("A part of 1 instead of a figure in per cent")
    NOT_A_JUDGEMENT = "NOT_A_JUDGEMENT", _("Neither passed nor failed")
    NOT_A_DAY = "NOT_A_DAY", _("Not a day")
    DAY_TO_COME = "DAY_TO_COME", _("A day that is to come")
    SAID_TWICE = "SAID_TWICE", _("Another row says something else of the same person")
    COMPLETED = "COMPLETED", _("They have completed the course")


class ResultLine(Found):
    """One row of a file as it was understood, or one thing that is wrong with a row.

    ``row`` is that of the spreadsheet, ``cell`` what stands in the cell that is wrong, ``before``
    the result that it replaces.
    """

    file = models.ForeignKey(ResultFile, on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField(_("row"))
    kind = models.CharField(_("kind"), max_length=7, choices=ResultKind.choices)
    problem = models.CharField(
        _("problem"), max_length=15, choices=ResultProblem.choices, blank=True
    )
    cell = models.CharField(_("what the cell says"), max_length=200, blank=True)
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, null=True, related_name="result_lines"
    )
    before = models.ForeignKey(
        AssessmentResult, on_delete=models.CASCADE, null=True, related_name="replaced_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="result_line_once", fields=["file", "row", "problem"]),
            models.CheckConstraint(
                name="result_line_is_understood_or_wrong",
                condition=Q(kind="PROBLEM") & ~Q(problem="")
                | ~Q(kind="PROBLEM") & Q(problem="", enrolment__isnull=False),
            ),
            models.CheckConstraint(
                name="result_line_replaces_where_it_changes",
                condition=Q(kind="CHANGED", before__isnull=False)
                | ~Q(kind="CHANGED") & Q(before__isnull=True),
            ),
            _says_something("result_line_says_something", unless=Q(kind="PROBLEM")),
            _in_per_cent("result_line_in_per_cent"),
        ]
        indexes = [models.Index(name="result_line_kind", fields=["file", "kind", "row"])]

    def __str__(self) -> str:
        return f"{self.file_id}, row {self.row}"
