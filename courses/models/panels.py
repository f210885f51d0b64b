"""Panels that choose whom a place is offered: who sits, what they declared, scored and voted."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import panel_sql
from courses.models.applications import Application, SelectionStage
from courses.models.intakes import Intake, IntakeCriterion

MOST_POINTS = 4


class PanelRole(models.TextChoices):
    CHAIR = "CHAIR", _("Chair")
    MEMBER = "MEMBER", _("Member")


class Points(models.IntegerChoices):
    """How far an application shows what a criterion asks for."""

    NONE = 0, _("0: not shown")
    LITTLE = 1, _("1: shown a little")
    PARTLY = 2, _("2: shown in part")
    WELL = 3, _("3: shown well")
    FULLY = 4, _("4: shown fully")


class IntakePanelMember(models.Model):
    """``person`` sits on the panel of an intake until they stand down; what they did then stays."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="panel")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=6, choices=PanelRole.choices)
    named_at = models.DateTimeField(_("named"))
    stood_down_at = models.DateTimeField(_("stood down"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="intake_panel_member_once",
                fields=["intake", "person"],
                condition=Q(stood_down_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="intake_panel_one_chair",
                fields=["intake"],
                condition=Q(stood_down_at__isnull=True, role="CHAIR"),
            ),
            models.CheckConstraint(
                name="intake_panel_member_named_first",
                condition=Q(stood_down_at__isnull=True) | Q(stood_down_at__gte=F("named_at")),
            ),
        ]
        indexes = [models.Index(name="intake_panel_member_person", fields=["person", "intake"])]
        triggers = [
            pgtrigger.ReadOnly(
                name="intake_panel_member_keeps_who",
                fields=["intake", "person", "role", "named_at"],
            ),
            pgtrigger.Trigger(
                name="intake_panel_member_has_not_applied",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=panel_sql.PANEL_WITHOUT_APPLICANTS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on the panel of intake {self.intake_id}"

    @property
    def is_chair(self) -> bool:
        return self.role == PanelRole.CHAIR


class PanelInterest(models.Model):
    """What ties a member to an applicant: whoever declares it neither reads nor scores, nor votes
    on, that application. Nothing takes it back: whoever is named again has it on their new seat."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="interests")
    member = models.ForeignKey(
        IntakePanelMember, on_delete=models.PROTECT, related_name="interests"
    )
    what = models.TextField(_("what it is"))
    declared_at = models.DateTimeField(_("declared"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="panel_interest_once", fields=["application", "member"]),
            models.CheckConstraint(name="panel_interest_says_what", condition=Q(what__regex=r"\S")),
        ]
        triggers = [
            pgtrigger.Protect(name="panel_interest_stays", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="panel_interest_of_its_panel",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=panel_sql.INTEREST_OF_ITS_PANEL,
            ),
        ]

    def __str__(self) -> str:
        return f"Interest of panel member {self.member_id} in application {self.application_id}"


class PanelScore(models.Model):
    """How many points a member gave an application by one criterion, and why. It stays."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="scores")
    member = models.ForeignKey(IntakePanelMember, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(IntakeCriterion, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(_("points"), choices=Points.choices)
    reason = models.TextField(_("reason"))
    scored_at = models.DateTimeField(_("scored"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="panel_score_once", fields=["application", "member", "criterion"]
            ),
            models.CheckConstraint(
                name="panel_score_within_the_scale", condition=Q(points__lte=MOST_POINTS)
            ),
            models.CheckConstraint(name="panel_score_says_why", condition=Q(reason__regex=r"\S")),
        ]
        triggers = [
            pgtrigger.Protect(name="panel_score_stays", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="panel_score_by_who_may",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=panel_sql.SCORED_BY_WHO_MAY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} for application {self.application_id}"


class PanelVote(models.Model):
    """Whether a member wants an application to go on at one stage; theirs until it is decided."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(IntakePanelMember, on_delete=models.PROTECT, related_name="votes")
    stage = models.CharField(_("stage"), max_length=9, choices=SelectionStage.choices)
    is_for = models.BooleanField(_("for the applicant"))
    cast_at = models.DateTimeField(_("cast"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="panel_vote_once", fields=["application", "member", "stage"]
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="panel_vote_by_who_may",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=panel_sql.VOTED_BY_WHO_MAY,
            )
        ]

    def __str__(self) -> str:
        return f"Vote of panel member {self.member_id} on application {self.application_id}"
