"""The one standard form, in versions, and the rounds in which organisations use it."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import covers, standing

if TYPE_CHECKING:
    from accounts.actors import Actor


class AppraisalFormQuerySet(models.QuerySet["AppraisalForm"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "AppraisalFormQuerySet":
        """The standard form is public: every actor sees the versions in use on ``on``."""
        return self.filter(valid_from__lte=on)


class AppraisalForm(models.Model):
    """A version of the standard appraisal. An appraisal keeps the version it began on."""

    code = models.CharField(_("code"), max_length=20)
    version = models.CharField(_("version"), max_length=10)
    title = models.CharField(_("title"), max_length=160)
    valid_from = models.DateField(_("in use from"))
    minutes = models.PositiveSmallIntegerField(_("minutes it may take"))

    objects = AppraisalFormQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="appraisal_form_version_once", fields=["code", "version"]),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class AnswerKind(models.TextChoices):
    TEXT = "TEXT", _("Text")
    CHOICE = "CHOICE", _("One of the choices")


class FormQuestion(models.Model):
    """One question of a form: asked of the person, of the line manager, or of both.

    ``choices`` is a list of (value, label) pairs; a draft keeps the value.
    """

    form = models.ForeignKey(AppraisalForm, on_delete=models.PROTECT, related_name="questions")
    key = models.SlugField(_("key"), max_length=40)
    section = models.CharField(_("section"), max_length=120)
    title = models.CharField(_("question"), max_length=200)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=6, choices=AnswerKind.choices)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    for_subject = models.BooleanField(_("asked of the person"), default=True)
    for_manager = models.BooleanField(_("asked of the line manager"), default=False)
    max_words = models.PositiveSmallIntegerField(_("words at the most"), default=250)
    position = models.PositiveSmallIntegerField(_("place in the order"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="form_question_key_once", fields=["form", "key"]),
            models.UniqueConstraint(
                name="form_question_position_once", fields=["form", "position"]
            ),
            models.CheckConstraint(
                name="form_question_is_asked_of_somebody",
                condition=Q(for_subject=True) | Q(for_manager=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CycleQuerySet(models.QuerySet["Cycle"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "CycleQuerySet":
        place = standing(actor, on=on)
        seen = place.organisation_ids | place.covered_by("HR_ADMINISTRATOR", "LEARNING_LEAD")
        return self.filter(covers(place, seen, field="organisation_id"))

    def run_by(self, actor: "Actor", *, on: date) -> "CycleQuerySet":
        """Those of organisations for which the actor runs appraisals."""
        place = standing(actor, on=on)
        runs = place.covered_by("HR_ADMINISTRATOR", "LEARNING_LEAD")
        return self.filter(covers(place, runs, field="organisation_id"))


class Cycle(models.Model):
    """One organisation's round of appraisals: opens, is due, closes."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(AppraisalForm, on_delete=models.PROTECT, related_name="cycles")
    title = models.CharField(_("title"), max_length=120)
    opens_on = models.DateField(_("opens"))
    due_on = models.DateField(_("due"))
    closes_on = models.DateField(_("closes"))
    opened_at = models.DateTimeField(_("opened"), null=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cycle_title_once", fields=["organisation", "title"]),
            models.CheckConstraint(
                name="cycle_days_in_order",
                condition=Q(opens_on__lte=F("due_on"), due_on__lte=F("closes_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.title
