"""A person's place on a session, from asking for it to having completed it."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import STANDS_IN, record_visible_to, standing
from common.workflow import Workflow, transition
from courses.models.sessions import Session

if TYPE_CHECKING:
    from accounts.actors import Actor


class EnrolmentState(models.TextChoices):
    REQUESTED = "REQUESTED", _("Waiting for approval")
    WAITING = "WAITING", _("On the waiting list")
    OFFERED = "OFFERED", _("Place offered")
    CONFIRMED = "CONFIRMED", _("Place confirmed")
    REFUSED = "REFUSED", _("Not approved")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    DECLINED = "DECLINED", _("Offer declined")
    LAPSED = "LAPSED", _("Offer not answered in time")
    MOVED = "MOVED", _("Moved to another session")
    CANCELLED = "CANCELLED", _("Ended without a place")
    ATTENDED = "ATTENDED", _("Attended")
    ABSENT = "ABSENT", _("Did not attend")
    PARTIAL = "PARTIAL", _("Completed in part")
    COMPLETED = "COMPLETED", _("Completed")


GIVEN_UP_STATES = ("REFUSED", "WITHDRAWN", "DECLINED", "LAPSED", "MOVED", "CANCELLED")
ENDED_STATES = (*GIVEN_UP_STATES, "ABSENT", "PARTIAL", "COMPLETED")
SEATED_STATES = ("OFFERED", "CONFIRMED", "ATTENDED", "PARTIAL", "COMPLETED", "ABSENT")
LIVE_STATES = ("REQUESTED", "WAITING", *SEATED_STATES)
# What an enrolment that rests on approval may be before anybody has decided.
UNDECIDED_STATES = ("REQUESTED", "WITHDRAWN", "CANCELLED")
_BEFORE = {EnrolmentState.REQUESTED, EnrolmentState.WAITING, EnrolmentState.CONFIRMED}
_IN_LINE = {EnrolmentState.WAITING, EnrolmentState.CONFIRMED}

ENROLMENT_WORKFLOW = Workflow(
    transition("approve", {EnrolmentState.REQUESTED}, EnrolmentState.CONFIRMED, label=_("Approve")),
    transition("queue", {EnrolmentState.REQUESTED}, EnrolmentState.WAITING),
    transition("refuse", {EnrolmentState.REQUESTED}, EnrolmentState.REFUSED, label=_("Refuse")),
    transition("promote", {EnrolmentState.WAITING}, EnrolmentState.CONFIRMED),
    transition("offer", {EnrolmentState.WAITING}, EnrolmentState.OFFERED),
    transition("accept", {EnrolmentState.OFFERED}, EnrolmentState.CONFIRMED, label=_("Accept")),
    transition("decline", {EnrolmentState.OFFERED}, EnrolmentState.DECLINED, label=_("Decline")),
    transition("lapse", {EnrolmentState.OFFERED}, EnrolmentState.LAPSED),
    transition("withdraw", _BEFORE, EnrolmentState.WITHDRAWN, label=_("Withdraw")),
    transition("move", _IN_LINE, EnrolmentState.MOVED, label=_("Move to another session")),
    transition("cancel", _BEFORE | {EnrolmentState.OFFERED}, EnrolmentState.CANCELLED),
    transition("attend", {EnrolmentState.CONFIRMED}, EnrolmentState.ATTENDED),
    transition("miss", {EnrolmentState.CONFIRMED}, EnrolmentState.ABSENT),
    # A register can be put right until somebody has completed on the strength of it.
    transition("attend_after_all", {EnrolmentState.ABSENT}, EnrolmentState.ATTENDED),
    transition("miss_after_all", {EnrolmentState.ATTENDED}, EnrolmentState.ABSENT),
    transition(
        "complete", {EnrolmentState.ATTENDED, EnrolmentState.PARTIAL}, EnrolmentState.COMPLETED
    ),
    transition("complete_in_part", {EnrolmentState.ATTENDED}, EnrolmentState.PARTIAL),
)


class EnrolmentBasis(models.TextChoices):
    ENTITLEMENT = "ENTITLEMENT", _("The pathway asks for it")
    APPROVAL = "APPROVAL", _("Approved by the line manager")
    SELECTION = "SELECTION", _("Chosen by a panel")


class DecidedBy(models.TextChoices):
    """What decided where no person did."""

    SILENCE_GRANTS = "SILENCE_GRANTS", _("Nobody answered in time, so it was granted")
    SILENCE_REFUSES = "SILENCE_REFUSES", _("Nobody answered in time, so it was refused")
    NOT_NEEDED = "NOT_NEEDED", _("At this price nobody is asked")


class RefusalReason(models.TextChoices):
    SERVICE_COVER = "SERVICE_COVER", _("The service cannot be covered on that day")
    NOT_NOW = "NOT_NOW", _("Agreed for a later date")
    OTHER_COURSE = "OTHER_COURSE", _("Another course fits better")
    ALREADY_MET = "ALREADY_MET", _("The competency is already shown")
    BUDGET = "BUDGET", _("There is no budget this year")
    NO_ANSWER = "NO_ANSWER", _("Nobody answered in time")


# A person decided, or the organisation's stated rule did, at a known moment.
_DECIDED = Q(decided_at__isnull=False) & (Q(decided_by__isnull=False) | ~Q(decided_by_rule=""))


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "EnrolmentQuerySet":
        """One's own, those of one's reports and of the team one stands in for, those for which an
        organisation that one's role covers lets somebody go, and those on sessions one's role
        runs."""
        seen = record_visible_to(
            actor, on=on, person="person", organisation="organisation_id", ties=STANDS_IN
        )
        runs = standing(actor, on=on).covered_by("LEARNING_LEAD", "PROGRAMME_LEAD")
        hosts = runs.within("session__offering__host_id")
        return self.filter(seen | hosts | runs.within("session__offering__provider_id"))


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
    moved_from = models.OneToOneField(
        "self", on_delete=models.RESTRICT, null=True, related_name="moved_to"
    )
    application = models.ForeignKey(
        "courses.Application", on_delete=models.PROTECT, null=True, related_name="enrolments"
    )
    study_hours = models.PositiveSmallIntegerField(_("protected study hours"), default=0)
    price_pence = models.PositiveIntegerField(_("price of the place in pence"), default=0)
    requested_at = models.DateTimeField(_("asked for"))
    requested_by_client = models.ForeignKey(
        "accounts.ApiClient", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(_("why the person asks"), blank=True)
    queued_at = models.DateTimeField(_("joined the waiting list"), null=True)
    offer_ends_at = models.DateTimeField(_("offer ends"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_by_rule = models.CharField(
        _("rule that decided"), max_length=15, choices=DecidedBy.choices, blank=True
    )
    refusal_reason = models.CharField(
        _("reason"), max_length=15, choices=RefusalReason.choices, blank=True
    )
    refusal_text = models.TextField(_("explanation"), blank=True)
    refused_until = models.DateField(_("refusal lasts until"), null=True)
    ended_at = models.DateTimeField(_("withdrawn, cancelled or over"), null=True)
    # Withdrawing late is late for the session as it was planned then.
    start_then = models.DateTimeField(_("start of the session when they withdrew"), null=True)

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
                condition=Q(state__in=SEATED_STATES, seat__isnull=False, seat__gte=1)
                | (~Q(state__in=SEATED_STATES) & Q(seat__isnull=True)),
            ),
            models.CheckConstraint(
                name="enrolment_waiting_means_since_when",
                condition=~Q(state="WAITING") | Q(queued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="enrolment_offered_means_until_when",
                condition=~Q(state="OFFERED") | Q(offer_ends_at__isnull=False),
            ),
            models.CheckConstraint(
                name="enrolment_refused_means_who_when_and_why",
                condition=~Q(state="REFUSED") | (_DECIDED & ~Q(refusal_reason="")),
            ),
            models.CheckConstraint(
                name="enrolment_refusal_lasts_for_what_is_refused",
                condition=Q(refused_until__isnull=True) | Q(state="REFUSED"),
            ),
            models.CheckConstraint(
                name="enrolment_approval_means_who_and_when",
                condition=~Q(basis="APPROVAL") | Q(state__in=UNDECIDED_STATES) | _DECIDED,
            ),
            models.CheckConstraint(
                name="enrolment_decided_by_one",
                condition=Q(decided_by__isnull=True) | Q(decided_by_rule=""),
            ),
            models.CheckConstraint(
                name="enrolment_never_decided_by_oneself",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")),
            ),
            models.CheckConstraint(
                name="enrolment_request_rests_on_approval",
                condition=~Q(state="REQUESTED") | Q(basis="APPROVAL"),
            ),
            models.CheckConstraint(
                name="enrolment_selection_means_an_application",
                condition=Q(basis="SELECTION", application__isnull=False)
                | (~Q(basis="SELECTION") & Q(application__isnull=True)),
            ),
            models.CheckConstraint(
                name="enrolment_start_then_of_who_withdrew",
                condition=Q(start_then__isnull=True) | Q(state="WITHDRAWN"),
            ),
            models.UniqueConstraint(
                name="enrolment_one_live_per_application",
                fields=["application"],
                condition=Q(state__in=LIVE_STATES),
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
                fields=[
                    *("session", "person", "organisation", "basis", "requested_at"),
                    *("moved_from", "price_pence", "application"),
                ],
            ),
            # Whoever writes it: a request becomes a place or a turn once every stage is approved.
            pgtrigger.Trigger(
                name="enrolment_every_stage_approved",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(
                    old__state="REQUESTED", new__state__in=("CONFIRMED", "WAITING", "OFFERED")
                ),
                func="""
                    IF NOT COALESCE((
                        SELECT bool_and(state = 'APPROVED') FROM courses_approval
                         WHERE enrolment_id = NEW.id
                    ), false) THEN
                        RAISE EXCEPTION 'request % is not approved at every stage', NEW.id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # A place that a panel gives is of somebody who was chosen and has accepted.
            pgtrigger.Trigger(
                name="enrolment_application_accepted",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NEW.application_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM courses_application
                         WHERE id = NEW.application_id AND person_id = NEW.person_id
                           AND state = 'ACCEPTED'
                    ) THEN
                        RAISE EXCEPTION 'application % is not accepted', NEW.application_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
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
