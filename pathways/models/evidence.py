"""What a person keeps to show: files, links and reflections; prior learning; qualifications."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import in_force
from accounts.visibility import (
    members_of,
    people_visible_to,
    record_visible_to,
    standing,
    tied_to,
    within,
)
from common.workflow import Workflow, transition
from pathways.models.frameworks import Framework
from pathways.models.items import Competency

if TYPE_CHECKING:
    from accounts.actors import Actor


class EvidenceKind(models.TextChoices):
    FILE = "FILE", _("File")
    LINK = "LINK", _("Link")
    REFLECTION = "REFLECTION", _("Reflection")


def _shown_there(organisations: Iterable[int], *, on: date) -> Q:
    """What people of ``organisations`` showed with claims and requests that those keep."""
    kept = frozenset(organisations)
    asked = Evidence.objects.filter(
        Q(claims__claim__organisation_id__in=kept)
        | Q(shown_in__item__request__organisation_id__in=kept)
    )
    return members_of(kept, on=on, prefix="person__") & Q(pk__in=asked.values("pk"))


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "EvidenceQuerySet":
        """One's own, and what was shown to whoever is asked to confirm or decide something; a
        program what was shown with claims and requests that its organisations keep."""
        if standing(actor, on=on).is_everywhere:
            return self
        if actor.actor_kind != "person":
            return self.filter(_shown_there(standing(actor, on=on).organisation_ids, on=on))
        mine = Q(person_id=actor.pk)
        team = tied_to(actor, on=on, field="person_id", ties=("LINE_MANAGER",))
        shown = team & (Q(shown_in__isnull=False) | Q(claims__isnull=False))
        asked = Q(shown_in__item__request__assessor_id=actor.pk)
        asked &= in_force(on, prefix="shown_in__item__request__appointment__")
        asked |= Q(claims__claim__assessor_id=actor.pk) & in_force(
            on, prefix="claims__claim__appointment__"
        )
        # A claim that names nobody waits for whoever leads learning there.
        led = standing(actor, on=on).covered_by("LEARNING_LEAD")
        if led:
            unnamed = within(led, field="claims__claim__organisation_id")
            unnamed &= members_of(led, on=on, prefix="person__")
            asked |= unnamed & Q(claims__claim__assessor__isnull=True)
        # One piece of evidence may be shown in several places, and is seen once.
        return self.filter(pk__in=Evidence.objects.filter(mine | shown | asked).values("pk"))


EVIDENCE_FOLDER = "evidence"


def evidence_path(evidence: "Evidence", file_name: str) -> str:
    """Where a file is kept: a random name that says nothing of whose it is or what it is."""
    return f"{EVIDENCE_FOLDER}/{uuid.uuid4().hex}"


class Evidence(models.Model):
    """Something that shows what a person can do; it can be used for several competencies.

    A removed one keeps its row, because somebody may have judged by it; its file is gone.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=EvidenceKind.choices)
    title = models.CharField(_("title"), max_length=200)
    happened_on = models.DateField(_("when it happened"), null=True, blank=True)
    text = models.TextField(_("what it shows"), blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to=evidence_path, blank=True, max_length=200)
    file_name = models.CharField(_("name of the file"), max_length=255, blank=True)
    content_type = models.CharField(_("type of the file"), max_length=100, blank=True)
    size = models.PositiveIntegerField(_("bytes"), null=True)
    checksum = models.CharField(_("SHA-256"), max_length=64, blank=True)
    added_at = models.DateTimeField(_("added"))
    removed_at = models.DateTimeField(_("removed"), null=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evidence_is_what_its_kind_says",
                condition=Q(kind="FILE", url="") & ~Q(file_name="")
                | Q(kind="LINK", file="") & ~Q(url="")
                | Q(kind="REFLECTION", file="", url="") & ~Q(text=""),
            ),
            models.CheckConstraint(
                name="evidence_removed_file_is_gone",
                condition=Q(removed_at__isnull=True) | Q(file=""),
            ),
        ]
        indexes = [models.Index(name="evidence_of_person", fields=["person", "-added_at"])]

    def __str__(self) -> str:
        return self.title


class EvidenceUse(models.Model):
    """One competency that a piece of evidence speaks for."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="uses")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="evidence_use_once", fields=["evidence", "competency"]),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} for {self.competency_id}"


class ClaimState(models.TextChoices):
    SUBMITTED = "SUBMITTED", _("Waiting for a decision")
    DECIDED = "DECIDED", _("Decided")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


CLAIM_WORKFLOW = Workflow(
    transition("decide", {ClaimState.SUBMITTED}, ClaimState.DECIDED),
    transition("withdraw", {ClaimState.SUBMITTED}, ClaimState.WITHDRAWN),
)


class PriorLearningClaimQuerySet(models.QuerySet["PriorLearningClaim"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "PriorLearningClaimQuerySet":
        """One's own; those of people one may see; as an assessor, while the appointment lasts; a
        program those that its organisations keep."""
        if actor.actor_kind == "client":
            return self.filter(
                record_visible_to(actor, on=on, person="person", organisation="organisation_id")
            )
        seen = people_visible_to(actor, on=on, prefix="person__")
        if actor.actor_kind == "person":
            seen |= Q(assessor_id=actor.pk) & in_force(on, prefix="appointment__")
        return self.filter(seen)


class PriorLearningClaim(models.Model):
    """A person asks that what they learned elsewhere counts; somebody decides each level.

    An ``assessor`` decides under an ``appointment``. Without one it is whoever is line manager on
    the day it is decided, or leads learning in the ``organisation``.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    appointment = models.ForeignKey(
        "pathways.AssessorAppointment",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    title = models.CharField(_("what was learned"), max_length=200)
    provider = models.CharField(_("where"), max_length=200, blank=True)
    finished_on = models.DateField(_("finished"))
    statement = models.TextField(_("what it taught you"))
    submitted_at = models.DateTimeField(_("submitted"))
    state = models.CharField(
        _("state"), max_length=9, choices=ClaimState.choices, default=ClaimState.SUBMITTED
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decision = models.TextField(_("what the assessor says"), blank=True)

    objects = PriorLearningClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="prior_learning_decided_means_who_and_when",
                condition=Q(state="DECIDED", decided_at__isnull=False, decided_by__isnull=False)
                | Q(state="WITHDRAWN", decided_at__isnull=False)
                | Q(state="SUBMITTED", decided_at__isnull=True, decided_by__isnull=True),
            ),
            models.CheckConstraint(
                name="prior_learning_appointment_is_an_assessors",
                condition=Q(appointment__isnull=True) | Q(assessor__isnull=False),
            ),
            models.CheckConstraint(
                name="prior_learning_not_decided_by_oneself",
                condition=(Q(assessor__isnull=True) | ~Q(assessor=F("person")))
                & (Q(decided_by__isnull=True) | ~Q(decided_by=F("person"))),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="prior_learning_steps", field="state", transitions=CLAIM_WORKFLOW.fsm()
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ClaimedLevel(models.Model):
    """One level that a claim asks for; ``accepted`` None until it is decided.

    ``framework`` is that of the competency and is filled by the database: whoever decides the
    claim reads the words of it by that, also in a framework of another organisation.
    """

    claim = models.ForeignKey(PriorLearningClaim, on_delete=models.CASCADE, related_name="levels")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    framework = models.ForeignKey(
        Framework, on_delete=models.PROTECT, related_name="+", editable=False
    )
    rank = models.PositiveSmallIntegerField(_("level claimed"))
    accepted = models.BooleanField(_("accepted"), null=True)
    accepted_rank = models.PositiveSmallIntegerField(_("level accepted"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="claimed_level_once", fields=["claim", "competency"]),
            models.CheckConstraint(
                name="claimed_level_rank_from_1_to_7", condition=Q(rank__range=(1, 7))
            ),
            models.CheckConstraint(
                name="claimed_level_accepted_means_a_level",
                condition=Q(
                    accepted__isnull=False,
                    accepted=True,
                    accepted_rank__isnull=False,
                    accepted_rank__range=(1, 7),
                )
                | (Q(accepted__isnull=True) | Q(accepted=False)) & Q(accepted_rank__isnull=True),
            ),
            models.CheckConstraint(
                name="claimed_level_refused_means_why",
                condition=Q(accepted__isnull=True) | Q(accepted=True) | ~Q(reason=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="claimed_level_has_its_framework",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("competency_id", "framework_id"),
                func="""
                    SELECT version.framework_id INTO NEW.framework_id
                      FROM pathways_competency competency
                      JOIN pathways_frameworkversion version ON version.id = competency.version_id
                     WHERE competency.id = NEW.competency_id;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency_id} at {self.rank}"


class ClaimEvidence(models.Model):
    """A piece of evidence shown with a claim."""

    claim = models.ForeignKey(PriorLearningClaim, on_delete=models.CASCADE, related_name="evidence")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="claims")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="claim_evidence_once", fields=["claim", "evidence"]),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} for {self.claim_id}"


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "QualificationQuerySet":
        return self.filter(people_visible_to(actor, on=on, prefix="person__"))


class Qualification(models.Model):
    """A qualification or registration that a person holds; ``level`` as in ``RoleCondition``."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_registration = models.BooleanField(_("professional registration"), default=False)
    title = models.CharField(_("title"), max_length=200)
    awarding_body = models.CharField(_("awarding body"), max_length=120, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    awarded_on = models.DateField(_("awarded"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    added_at = models.DateTimeField(_("added"))
    checked_at = models.DateTimeField(_("checked"), null=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = QualificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="qualification_level_from_1_to_8",
                condition=Q(level__isnull=True) | Q(level__range=(1, 8)),
            ),
            models.CheckConstraint(
                name="qualification_ends_after_start",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("awarded_on")),
            ),
            models.CheckConstraint(
                name="qualification_checked_means_who_and_when",
                condition=Q(checked_at__isnull=True, checked_by__isnull=True)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="qualification_not_checked_by_oneself",
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("person")),
            ),
            models.UniqueConstraint(
                name="qualification_once", fields=["person", "title", "awarding_body", "awarded_on"]
            ),
        ]

    def __str__(self) -> str:
        return self.title
