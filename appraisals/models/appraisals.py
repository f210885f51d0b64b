"""One person's appraisal in one cycle: drafts of both sides, objectives, signatures, snapshot."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Assignment, ReportingKind, ReportingLine
from accounts.visibility import EVERYTHING, record_visible_to, standing
from appraisals.models.cycles import AppraisalForm, Cycle
from common.workflow import Workflow, transition
from pathways.models import FrameworkVersion, RoleProfile

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Person


class AppraisalState(models.TextChoices):
    DRAFTING = "DRAFTING", _("Being prepared")
    SHARED = "SHARED", _("Shared, to be signed")
    SIGNED = "SIGNED", _("Signed by both")


APPRAISAL_WORKFLOW = Workflow(
    transition("share", {AppraisalState.DRAFTING}, AppraisalState.SHARED, label=_("Share")),
    transition(
        "send_back",
        {AppraisalState.DRAFTING, AppraisalState.SHARED},
        AppraisalState.DRAFTING,
        label=_("Send back"),
    ),
    transition("sign", {AppraisalState.SHARED}, AppraisalState.SIGNED, label=_("Sign")),
)


class Side(models.TextChoices):
    SUBJECT = "SUBJECT", _("The person")
    MANAGER = "MANAGER", _("The line manager")

    @property
    def other(self) -> "Side":
        return Side.MANAGER if self == Side.SUBJECT else Side.SUBJECT


def nothing_once_signed(name: str) -> pgtrigger.Trigger:
    """No row of a signed appraisal is added, changed or removed, whoever asks.

    An objective may still be marked as met or not met: that happens in the year that follows.
    """
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func="""
            IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'appraisals_objective'
               AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state'
               AND to_jsonb(OLD) ->> 'state' <> 'PROPOSED'
               AND to_jsonb(NEW) ->> 'state' IN ('MET', 'NOT_MET') THEN
                RETURN NEW;
            END IF;
            IF EXISTS (
                SELECT 1 FROM appraisals_appraisal
                 WHERE state = 'SIGNED' AND id IN (
                     CASE WHEN TG_OP = 'DELETE' THEN OLD.appraisal_id ELSE NEW.appraisal_id END,
                     CASE WHEN TG_OP = 'INSERT' THEN NEW.appraisal_id ELSE OLD.appraisal_id END
                 )
            ) THEN
                RAISE EXCEPTION '% of a signed appraisal cannot change', TG_TABLE_NAME
                    USING ERRCODE = 'check_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


def lines_of_record(*, on: date) -> models.QuerySet[Any]:
    """Who is the line manager of which assignment on ``on``."""
    return ReportingLine.objects.on(on).filter(kind=ReportingKind.LINE_MANAGER)


def held_by(person_id: int, *, on: date, prefix: str = "") -> Q:
    """Appraisals that ``person_id`` holds as line manager: open ones while they are the line
    manager on record, and for good what they have signed."""
    managed = lines_of_record(on=on).filter(manager_id=person_id).values("assignment_id")
    still = Q(**{f"{prefix}state": "SIGNED"}) | Q(**{f"{prefix}assignment_id__in": managed})
    return Q(**{f"{prefix}appraiser_id": person_id}) & still


class AppraisalQuerySet(models.QuerySet["Appraisal"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "AppraisalQuerySet":
        """That it exists and how far it is. What it says is in ``Draft`` and ``Snapshot``."""
        organisation = "cycle__organisation_id"
        seen = record_visible_to(actor, on=on, person="subject", organisation=organisation)
        if actor.actor_kind == "person":
            seen |= held_by(actor.pk, on=on)
        return self.filter(seen)

    def with_line_manager_of_record(self, *, on: date) -> "AppraisalQuerySet":
        """Annotate ``is_of_record``: the appraiser is the line manager on record on ``on``."""
        line = lines_of_record(on=on).filter(
            assignment_id=OuterRef("assignment_id"), manager_id=OuterRef("appraiser_id")
        )
        return self.annotate(is_of_record=Exists(line))

    def with_people(self) -> "AppraisalQuerySet":
        """With what every page and every service names: both parties, the post, the cycle."""
        return self.select_related(
            "subject",
            "appraiser",
            "cycle__organisation",
            "form",
            "assignment__post",
            "role_profile__version__framework",
        )

    def not_signed(self) -> "AppraisalQuerySet":
        return self.exclude(state=AppraisalState.SIGNED)


class Appraisal(models.Model):
    """One person's yearly conversation with the line manager of record.

    ``state`` changes only in ``appraisals.services.workflow``. Each side shares, and each signs.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="appraisals")
    form = models.ForeignKey(AppraisalForm, on_delete=models.PROTECT, related_name="+")
    role_profile = models.ForeignKey(
        RoleProfile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    appraiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=AppraisalState.choices, default=AppraisalState.DRAFTING
    )
    due_on = models.DateField(_("due"))
    opened_at = models.DateTimeField(_("opened"))
    met_on = models.DateField(_("day of the conversation"), null=True, blank=True)
    wellbeing_on = models.DateField(_("wellbeing check held on"), null=True, blank=True)
    subject_shared_at = models.DateTimeField(_("shared by the person"), null=True)
    manager_shared_at = models.DateTimeField(_("shared by the line manager"), null=True)
    subject_signed_at = models.DateTimeField(_("signed by the person"), null=True)
    manager_signed_at = models.DateTimeField(_("signed by the line manager"), null=True)

    objects = AppraisalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="appraisal_once_per_cycle_and_assignment", fields=["cycle", "assignment"]
            ),
            models.CheckConstraint(
                name="appraisal_not_by_oneself", condition=~Q(subject=F("appraiser"))
            ),
            models.CheckConstraint(
                name="appraisal_shared_means_by_both",
                condition=Q(state="DRAFTING")
                | Q(subject_shared_at__isnull=False, manager_shared_at__isnull=False),
            ),
            models.CheckConstraint(
                name="appraisal_shared_by_both_is_shared",
                condition=~Q(state="DRAFTING")
                | Q(subject_shared_at__isnull=True)
                | Q(manager_shared_at__isnull=True),
            ),
            models.CheckConstraint(
                name="appraisal_signed_means_by_both",
                condition=Q(
                    state="SIGNED",
                    subject_signed_at__isnull=False,
                    manager_signed_at__isnull=False,
                )
                | (
                    ~Q(state="SIGNED")
                    & (Q(subject_signed_at__isnull=True) | Q(manager_signed_at__isnull=True))
                ),
            ),
            models.CheckConstraint(
                name="appraisal_no_signature_on_a_draft",
                condition=~Q(state="DRAFTING")
                | Q(subject_signed_at__isnull=True, manager_signed_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(name="appraisal_subject", fields=["subject", "-due_on"]),
            models.Index(name="appraisal_appraiser", fields=["appraiser", "state", "due_on"]),
            models.Index(
                name="appraisal_open_by_due_day", fields=["due_on"], condition=~Q(state="SIGNED")
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="appraisal_steps", field="state", transitions=APPRAISAL_WORKFLOW.fsm()
            ),
            pgtrigger.Protect(
                name="appraisal_frozen_once_signed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="SIGNED"),
            ),
        ]

    def __str__(self) -> str:
        return f"Appraisal {self.pk} ({self.state})"

    def side_of(self, person_id: int) -> Side | None:
        """Which side ``person_id`` writes for, if any."""
        if person_id == self.subject_id:
            return Side.SUBJECT
        return Side.MANAGER if person_id == self.appraiser_id else None

    def party(self, side: Side) -> "Person":
        return self.subject if side == Side.SUBJECT else self.appraiser

    def shared_at(self, side: Side) -> datetime | None:
        return self.subject_shared_at if side == Side.SUBJECT else self.manager_shared_at

    def signed_at(self, side: Side) -> datetime | None:
        return self.subject_signed_at if side == Side.SUBJECT else self.manager_signed_at

    def is_overdue(self, *, on: date) -> bool:
        return self.state != AppraisalState.SIGNED and self.due_on < on


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "DraftQuerySet":
        """One's own side always; the other side's once it has been shared. Nobody else, ever."""
        if actor.actor_kind != "person":
            return self.filter(EVERYTHING) if standing(actor, on=on).is_everywhere else self.none()
        subject = Q(appraisal__subject_id=actor.pk)
        appraiser = held_by(actor.pk, on=on, prefix="appraisal__")
        own = (subject & Q(side="SUBJECT")) | (appraiser & Q(side="MANAGER"))
        shared = (subject & Q(side="MANAGER", appraisal__manager_shared_at__isnull=False)) | (
            appraiser & Q(side="SUBJECT", appraisal__subject_shared_at__isnull=False)
        )
        return self.filter(own | shared)


class Draft(models.Model):
    """What one side has written. ``version`` counts saves, so that a second tab loses nothing."""

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="drafts")
    side = models.CharField(_("side"), max_length=7, choices=Side.choices)
    answers = models.JSONField(_("answers by question"), default=dict)
    levels = models.JSONField(_("level by competency"), default=dict)
    version = models.PositiveIntegerField(_("saves"), default=0)
    updated_at = models.DateTimeField(_("last saved"), null=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="draft_once_per_side", fields=["appraisal", "side"]),
        ]
        triggers = [nothing_once_signed("draft_frozen_once_signed")]

    def __str__(self) -> str:
        return f"{self.side} of appraisal {self.appraisal_id}, version {self.version}"


class ObjectiveState(models.TextChoices):
    PROPOSED = "PROPOSED", _("Proposed")
    AGREED = "AGREED", _("Agreed")
    MET = "MET", _("Met")
    NOT_MET = "NOT_MET", _("Not met")


class ObjectiveQuerySet(models.QuerySet["Objective"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "ObjectiveQuerySet":
        """The person's own, and those of the appraisals one holds."""
        if actor.actor_kind != "person":
            return self.filter(EVERYTHING) if standing(actor, on=on).is_everywhere else self.none()
        return self.filter(Q(person_id=actor.pk) | held_by(actor.pk, on=on, prefix="appraisal__"))


class Objective(models.Model):
    """Something a person will achieve by a day, agreed in an appraisal.

    Both parties may word it until they sign; ``version`` counts the changes, so none is lost.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="objectives")
    title = models.CharField(_("objective"), max_length=200)
    measure = models.CharField(_("how we will know"), max_length=500)
    due_on = models.DateField(_("by"))
    state = models.CharField(
        _("state"), max_length=8, choices=ObjectiveState.choices, default=ObjectiveState.PROPOSED
    )
    version = models.PositiveIntegerField(_("changes"), default=0)

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="objective_person", fields=["person", "due_on"])]
        triggers = [nothing_once_signed("objective_frozen_once_signed")]

    def __str__(self) -> str:
        return self.title


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "SnapshotQuerySet":
        """The two parties."""
        if actor.actor_kind != "person":
            return self.filter(EVERYTHING) if standing(actor, on=on).is_everywhere else self.none()
        subject = Q(appraisal__subject_id=actor.pk)
        return self.filter(subject | held_by(actor.pk, on=on, prefix="appraisal__"))


class Snapshot(models.Model):
    """What both signed, word for word, with the editions it was written under. Never changed."""

    appraisal = models.OneToOneField(Appraisal, on_delete=models.PROTECT, related_name="snapshot")
    form = models.ForeignKey(AppraisalForm, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        FrameworkVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    content = models.JSONField(_("content"))
    content_hash = models.CharField(_("SHA-256 of the content"), max_length=64)
    signed_at = models.DateTimeField(_("signed"))

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="snapshot_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"Snapshot of appraisal {self.appraisal_id}"
