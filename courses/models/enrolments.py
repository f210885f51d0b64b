"""A person's place on a session, from asking for it to having completed it."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import STANDS_IN, record_visible_to, standing
from common.workflow import Workflow, transition
from courses.models.catalogue import Session

if TYPE_CHECKING:
    from accounts.actors import Actor


class EnrolmentState(models.TextChoices):
    REQUESTED = "REQUESTED", _("Waiting for approval")
    WAITING = "WAITING", _("On the waiting list")
    CONFIRMED = "CONFIRMED", _("Place confirmed")
    REFUSED = "REFUSED", _("Not approved")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    CANCELLED = "CANCELLED", _("Ended without a place")
    ATTENDED = "ATTENDED", _("Attended")
    ABSENT = "ABSENT", _("Did not attend")
    COMPLETED = "COMPLETED", _("Completed")


ENDED_STATES = ("REFUSED", "WITHDRAWN", "CANCELLED", "ABSENT", "COMPLETED")
LIVE_STATES = ("REQUESTED", "WAITING", "CONFIRMED", "ATTENDED", "COMPLETED", "ABSENT")
SEATED_STATES = ("CONFIRMED", "ATTENDED", "COMPLETED", "ABSENT")
# What an enrolment that rests on approval may be before anybody has decided.
UNDECIDED_STATES = ("REQUESTED", "WITHDRAWN", "CANCELLED")
_BEFORE = {EnrolmentState.REQUESTED, EnrolmentState.WAITING, EnrolmentState.CONFIRMED}

ENROLMENT_WORKFLOW = Workflow(
    transition("approve", {EnrolmentState.REQUESTED}, EnrolmentState.CONFIRMED, label=_("Approve")),
    transition("queue", {EnrolmentState.REQUESTED}, EnrolmentState.WAITING),
    transition("refuse", {EnrolmentState.REQUESTED}, EnrolmentState.REFUSED, label=_("Refuse")),
    transition("promote", {EnrolmentState.WAITING}, EnrolmentState.CONFIRMED),
    transition("withdraw", _BEFORE, EnrolmentState.WITHDRAWN, label=_("Withdraw")),
    transition("cancel", _BEFORE, EnrolmentState.CANCELLED),
    transition("attend", {EnrolmentState.CONFIRMED}, EnrolmentState.ATTENDED),
    transition("miss", {EnrolmentState.CONFIRMED}, EnrolmentState.ABSENT),
    transition("complete", {EnrolmentState.ATTENDED}, EnrolmentState.COMPLETED),
)


class EnrolmentBasis(models.TextChoices):
    ENTITLEMENT = "ENTITLEMENT", _("The pathway asks for it")
    APPROVAL = "APPROVAL", _("Approved by the line manager")


class RefusalReason(models.TextChoices):
    SERVICE_COVER = "SERVICE_COVER", _("The service cannot be covered on that day")
    NOT_NOW = "NOT_NOW", _("Agreed for a later date")
    OTHER_COURSE = "OTHER_COURSE", _("Another course fits better")
    ALREADY_MET = "ALREADY_MET", _("The competency is already shown")
    BUDGET = "BUDGET", _("There is no budget this year")


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "EnrolmentQuerySet":
        """One's own, those of one's reports and of the team one stands in for, those for which an
        organisation that one's role covers lets somebody go, and those on sessions one's role
        runs."""
        seen = record_visible_to(
            actor, on=on, person="person", organisation="organisation_id", ties=STANDS_IN
        )
        runs = standing(actor, on=on).covered_by("LEARNING_LEAD", "PROGRAMME_LEAD")
        return self.filter(seen | runs.within("session__offering__host_id"))


class Enrolment(models.Model):
    """One person's place (or wish for one) on one session.

    A seated enrolment holds a numbered seat, unique within the session and never above its
    capacity: the database itself cannot oversell. ``queued_at`` orders the waiting list. One that
    rests on approval goes nowhere until somebody has decided: no promotion, rise in capacity or
    slip of ours can give a place past the line manager.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=EnrolmentState.choices)
    basis = models.CharField(_("basis"), max_length=12, choices=EnrolmentBasis.choices)
    seat = models.PositiveSmallIntegerField(_("seat"), null=True)
    study_hours = models.PositiveSmallIntegerField(_("protected study hours"), default=0)
    requested_at = models.DateTimeField(_("asked for"))
    requested_by_client = models.ForeignKey(
        "accounts.ApiClient", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(_("why the person asks"), blank=True)
    queued_at = models.DateTimeField(_("joined the waiting list"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    refusal_reason = models.CharField(
        _("reason"), max_length=15, choices=RefusalReason.choices, blank=True
    )
    refusal_text = models.TextField(_("explanation"), blank=True)
    ended_at = models.DateTimeField(_("withdrawn, cancelled or over"), null=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="enrolment_one_live_per_person_and_session",
                fields=["session", "person"],
                condition=Q(state__in=LIVE_STATES),
            ),
            models.UniqueConstraint(
                name="enrolment_seat_once_per_session",
                fields=["session", "seat"],
                condition=Q(seat__isnull=False),
            ),
            models.CheckConstraint(
                name="enrolment_seated_means_a_seat",
                condition=Q(state__in=SEATED_STATES, seat__gte=1)
                | (~Q(state__in=SEATED_STATES) & Q(seat__isnull=True)),
            ),
            models.CheckConstraint(
                name="enrolment_waiting_means_since_when",
                condition=~Q(state="WAITING") | Q(queued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="enrolment_refused_means_who_when_and_why",
                condition=~Q(state="REFUSED")
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(refusal_reason="")),
            ),
            models.CheckConstraint(
                name="enrolment_approval_means_who_and_when",
                condition=Q(basis="ENTITLEMENT")
                | Q(state__in=UNDECIDED_STATES)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="enrolment_request_rests_on_approval",
                condition=~Q(state="REQUESTED") | Q(basis="APPROVAL"),
            ),
            models.CheckConstraint(
                name="enrolment_ended_means_when",
                condition=Q(state__in=ENDED_STATES, ended_at__isnull=False)
                | (~Q(state__in=ENDED_STATES) & Q(ended_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                name="enrolment_waiting_list",
                fields=["session", "queued_at", "id"],
                condition=Q(state="WAITING"),
            ),
            models.Index(name="enrolment_person", fields=["person", "state"]),
        ]
        triggers = [
            pgtrigger.FSM(
                name="enrolment_steps", field="state", transitions=ENROLMENT_WORKFLOW.fsm()
            ),
            # Whose, for what and on which ground never changes: another wish is another row.
            pgtrigger.ReadOnly(
                name="enrolment_keeps_its_ground",
                fields=["session", "person", "organisation", "basis", "requested_at"],
            ),
            # The share lock makes a change of capacity wait for seats that are being taken.
            pgtrigger.Trigger(
                name="enrolment_seat_within_capacity",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("seat", "session_id"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__seat__isnull=False),
                func="""
                    IF NEW.seat > (
                        SELECT capacity FROM courses_session WHERE id = NEW.session_id FOR SHARE
                    ) THEN
                        RAISE EXCEPTION 'seat % is beyond session %', NEW.seat, NEW.session_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on session {self.session_id}: {self.state}"
