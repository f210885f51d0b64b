"""Somebody else's word: assessors, and the requests to confirm what a person says of themselves."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, in_force, never_twice
from accounts.visibility import (
    covers,
    people_visible_to,
    record_visible_to,
    standing,
    tied_to,
)
from common.workflow import Workflow, transition
from pathways.models.attainments import Attainment
from pathways.models.evidence import Evidence
from pathways.models.frameworks import Framework
from pathways.models.items import Competency

if TYPE_CHECKING:
    from accounts.actors import Actor


class AssessorQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "AssessorQuerySet":
        """One's own appointments, those for oneself or people one may see, and of one's roles; a
        program those of its organisations."""
        place = standing(actor, on=on)
        seen = people_visible_to(actor, on=on, prefix="subject__")
        if actor.actor_kind == "person":
            seen |= Q(assessor_id=actor.pk)
        else:
            seen = Q(organisation_id__in=place.organisation_ids)
        through = place.covered_by("LEARNING_LEAD", "HR_ADMINISTRATOR", "AUDITOR")
        return self.filter(seen | covers(place, through, field="organisation_id"))


class AssessorAppointment(Dated):
    """``assessor`` may confirm levels, from a day to a day, for one person or a whole organisation.

    The assessor may work elsewhere. Without a framework it is for every framework.
    """

    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    framework = models.ForeignKey(
        Framework, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = AssessorQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("assessor_appointment_ends_after_start"),
            models.CheckConstraint(
                name="assessor_appointment_has_an_end", condition=Q(ends_on__isnull=False)
            ),
            models.CheckConstraint(
                name="assessor_is_somebody_else",
                condition=Q(subject__isnull=True) | ~Q(subject=models.F("assessor")),
            ),
            never_twice(
                "assessor_once_at_a_time_for_a_person",
                "assessor",
                "organisation",
                "subject",
                condition=Q(framework__isnull=True, subject__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessor_id} for {self.subject_id or self.organisation_id}"


class RequestState(models.TextChoices):
    ASKED = "ASKED", _("Waiting for an answer")
    DECIDED = "DECIDED", _("Answered")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


REQUEST_WORKFLOW = Workflow(
    transition("decide", {RequestState.ASKED}, RequestState.DECIDED),
    transition("withdraw", {RequestState.ASKED}, RequestState.WITHDRAWN),
)


class VerificationRequestQuerySet(models.QuerySet["VerificationRequest"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "VerificationRequestQuerySet":
        """One's own; the line manager's of that day; those one was asked as an assessor, for as
        long as the appointment lasts; a program those that its organisations keep."""
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self
        if actor.actor_kind != "person":
            return self.filter(
                record_visible_to(actor, on=on, person="subject", organisation="organisation_id")
            )
        team = tied_to(actor, on=on, field="subject_id", ties=("LINE_MANAGER",))
        asked = Q(assessor_id=actor.pk) & in_force(on, prefix="appointment__")
        return self.filter(Q(subject_id=actor.pk) | team | asked)


class VerificationRequest(models.Model):
    """A person asks somebody to confirm what they say of themselves.

    Without ``assessor`` it goes to the line manager, who is whoever that is on the day it is
    answered: nothing has to be sent on when managers change. An assessor is asked under an
    ``appointment``, and sees the request as long as that lasts.
    """

    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    appointment = models.ForeignKey(
        AssessorAppointment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    message = models.TextField(_("message"), blank=True)
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(
        _("state"), max_length=9, choices=RequestState.choices, default=RequestState.ASKED
    )
    decided_at = models.DateTimeField(_("answered"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    statement = models.TextField(_("statement"), blank=True)

    objects = VerificationRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="verification_decided_means_who_and_when",
                condition=Q(state="DECIDED", decided_at__isnull=False, decided_by__isnull=False)
                | Q(state="WITHDRAWN", decided_at__isnull=False)
                | Q(state="ASKED", decided_at__isnull=True, decided_by__isnull=True),
            ),
            models.CheckConstraint(
                name="verification_not_by_oneself",
                condition=~Q(subject=models.F("assessor")) | Q(assessor__isnull=True),
            ),
            models.CheckConstraint(
                name="verification_appointment_is_an_assessors",
                condition=Q(appointment__isnull=True) | Q(assessor__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="verification_request_steps",
                field="state",
                transitions=REQUEST_WORKFLOW.fsm(),
            ),
        ]
        indexes = [
            models.Index(
                name="verification_waiting", fields=["subject"], condition=Q(state="ASKED")
            ),
            models.Index(
                name="verification_of_assessor", fields=["assessor"], condition=Q(state="ASKED")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} asks ({self.state})"


class Outcome(models.TextChoices):
    ASKED = "ASKED", _("Waiting for an answer")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    SENT_BACK = "SENT_BACK", _("Sent back")


class VerificationItem(models.Model):
    """One level that a request asks to confirm, and what became of it.

    ``claimed`` is the person's own row, ``confirmed`` the row that the confirmation added.
    ``framework`` is that of the competency and is filled by the database: by it an assessor from
    elsewhere may read the words of what they are asked about.
    """

    request = models.ForeignKey(VerificationRequest, on_delete=models.PROTECT, related_name="items")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    framework = models.ForeignKey(
        Framework, on_delete=models.PROTECT, related_name="+", editable=False
    )
    claimed = models.ForeignKey(Attainment, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(_("level claimed"))
    outcome = models.CharField(
        _("outcome"), max_length=9, choices=Outcome.choices, default=Outcome.ASKED
    )
    reason = models.TextField(_("reason"), blank=True)
    confirmed = models.ForeignKey(Attainment, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="verification_item_once", fields=["request", "competency"]
            ),
            models.CheckConstraint(
                name="verification_item_rank_from_1_to_7", condition=Q(rank__range=(1, 7))
            ),
            models.CheckConstraint(
                name="verification_item_sent_back_means_why",
                condition=~Q(outcome="SENT_BACK") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="verification_item_confirmed_means_a_row",
                condition=Q(outcome="CONFIRMED", confirmed__isnull=False)
                | ~Q(outcome="CONFIRMED") & Q(confirmed__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="verification_item_has_its_framework",
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
        return f"{self.competency_id} at {self.rank}: {self.outcome}"


class VerificationEvidence(models.Model):
    """A piece of evidence shown with one level of a request."""

    item = models.ForeignKey(VerificationItem, on_delete=models.CASCADE, related_name="evidence")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="shown_in")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="verification_evidence_once", fields=["item", "evidence"]),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} for {self.item_id}"
