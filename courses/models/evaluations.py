"""What people think of a session: asked by name, answered without one."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from courses.models.enrolments import Enrolment
from courses.models.sessions import Session

if TYPE_CHECKING:
    from accounts.actors import Actor

# No organisation may show answers of fewer people.
LEAST_FLOOR = 5


class EvaluationKind(models.TextChoices):
    SCALE = "SCALE", _("From 1 to 5")
    CHOICE = "CHOICE", _("One of several answers")
    TEXT = "TEXT", _("In own words")


class EvaluationForm(models.Model):
    """A version of the questions, written once and never again.

    Without an organisation it is the standard form; one of an organisation's own comes first
    there. ``least_answers``: below so many answers nothing of them is shown to anybody.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120)
    valid_from = models.DateField(_("used from"))
    minutes = models.PositiveSmallIntegerField(_("minutes it takes"))
    open_days = models.PositiveSmallIntegerField(_("days it can be answered"), default=14)
    least_answers = models.PositiveSmallIntegerField(_("least answers that are shown"), default=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="evaluation_form_version_once",
                fields=["organisation", "version"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="evaluation_form_floor", condition=Q(least_answers__gte=LEAST_FLOOR)
            ),
            models.CheckConstraint(
                name="evaluation_form_is_short", condition=Q(minutes__range=(1, 10))
            ),
            models.CheckConstraint(
                name="evaluation_form_open_for_some_days", condition=Q(open_days__range=(1, 60))
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="evaluation_form_stays", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"


class EvaluationQuestion(models.Model):
    """One question of a form; ``key`` is what its answers are counted under."""

    form = models.ForeignKey(EvaluationForm, on_delete=models.PROTECT, related_name="questions")
    key = models.SlugField(_("key"), max_length=30)
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=6, choices=EvaluationKind.choices)
    words = models.CharField(_("question"), max_length=200)
    choices = ArrayField(models.CharField(max_length=80), verbose_name=_("answers"), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="evaluation_question_key_once", fields=["form", "key"]),
            models.UniqueConstraint(
                name="evaluation_question_place_once", fields=["form", "position"]
            ),
            models.CheckConstraint(
                name="evaluation_question_choices_where_one_chooses",
                condition=Q(kind="CHOICE", choices__len__gte=2)
                | (~Q(kind="CHOICE") & Q(choices=[])),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="evaluation_question_stays", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return self.words


class EvaluationBox(models.Model):
    """Everything that was answered about one session, in one row and without anybody's name.

    ``tally`` counts the answers to each question, so that nobody's answers stay together;
    ``texts`` are kept in the order of the alphabet, which tells nothing of who wrote when. The row
    holds no time of any answer. ``least_answers`` is that of the day it was opened.
    """

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="evaluation")
    form = models.ForeignKey(EvaluationForm, on_delete=models.PROTECT, related_name="+")
    closes_at = models.DateTimeField(_("closes"))
    least_answers = models.PositiveSmallIntegerField(_("least answers that are shown"))
    answers = models.PositiveSmallIntegerField(_("answers"), default=0)
    tally = models.JSONField(_("counts by question and answer"), default=dict)
    texts = models.JSONField(_("answers in own words"), default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evaluation_box_floor", condition=Q(least_answers__gte=LEAST_FLOOR)
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="evaluation_box_keeps_its_floor",
                fields=["session", "form", "closes_at", "least_answers"],
            ),
        ]

    def __str__(self) -> str:
        return f"Evaluation of session {self.session_id}"


class EvaluationInvitationQuerySet(models.QuerySet["EvaluationInvitation"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "EvaluationInvitationQuerySet":
        """One's own only: whether somebody has answered is nobody else's business."""
        if actor.actor_kind != "person":
            return self.none()
        return self.filter(enrolment__person_id=actor.pk)


class EvaluationInvitation(models.Model):
    """Somebody is asked what they think. Whether they have answered is known, and not when."""

    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.CASCADE, related_name="evaluation_invitation"
    )
    form = models.ForeignKey(EvaluationForm, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    closes_at = models.DateTimeField(_("can be answered until"))
    is_answered = models.BooleanField(_("answered"), default=False)

    objects = EvaluationInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evaluation_invitation_closes_after_asking",
                condition=Q(closes_at__gt=models.F("asked_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {'answered' if self.is_answered else 'asked'}"
