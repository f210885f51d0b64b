"""When an offering is delivered, and how many places there are."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from common.workflow import Workflow, transition
from courses.models.offerings import Offering, offered_to

if TYPE_CHECKING:
    from accounts.actors import Actor


class SessionState(models.TextChoices):
    OPEN = "OPEN", _("Open")
    CANCELLED = "CANCELLED", _("Cancelled")
    CLOSED = "CLOSED", _("Attendance recorded")


class CancelReason(models.TextChoices):
    TOO_FEW = "TOO_FEW", _("Too few people")
    FACILITATOR = "FACILITATOR", _("Nobody can lead it")
    ROOM = "ROOM", _("The room is not available")
    PRESSURE = "PRESSURE", _("Pressure on services")
    OTHER = "OTHER", _("Another reason")


SESSION_WORKFLOW = Workflow(
    transition("cancel", {SessionState.OPEN}, SessionState.CANCELLED),
    transition("close", {SessionState.OPEN}, SessionState.CLOSED),
)


def seats_taken() -> Func:
    """How many places of a session are taken, by people of whatever organisation: the reader may
    not see who they are, so the database's owner counts them."""
    return Func(F("pk"), function="waymark_seats_taken", output_field=models.IntegerField())


def people_waiting(*, session: str = "pk", until: str = "") -> Func:
    """How many wait for a session, or joined the list by ``until``, as ``seats_taken`` counts."""
    limit = F(until) if until else Value(None, output_field=models.DateTimeField())
    return Func(F(session), limit, function="waymark_waiting", output_field=models.IntegerField())


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "SessionQuerySet":
        """Sessions of visible offerings, and those in which one has an enrolment."""
        own = Q()
        if actor.actor_kind == "person":
            own = Q(enrolments__person_id=actor.pk)
            mine = self.model.objects.filter(own).values("pk")
            own = Q(pk__in=mine)
        return self.filter(offered_to(actor, on=on, prefix="offering__") | own)

    def taking(self, *, now: datetime) -> "SessionQuerySet":
        """Those for which somebody may ask for a place at ``now``."""
        opened = Q(opens_at__isnull=True) | Q(opens_at__lte=now)
        rows = self.filter(opened, state=SessionState.OPEN, closes_at__gt=now)
        return rows.filter(offering__is_open=True)

    def unsettled(self, *, now: datetime) -> "SessionQuerySet":
        """Those of which places still change hands at ``now``."""
        to_come = Q(starts_at__gt=now) | Q(closes_at__gt=now)
        return self.filter(to_come, state=SessionState.OPEN)

    def with_room(self) -> "SessionQuerySet":
        """Those with a place that nobody waits for."""
        return self.annotate(seated=seats_taken(), queue=people_waiting()).filter(
            seated__lt=F("capacity"), queue=0
        )

    def with_people_waiting(self) -> "SessionQuerySet":
        return self.filter(pk__in=self.model.objects.filter(enrolments__state="WAITING"))

    def with_places_taken(self) -> "SessionQuerySet":
        """Annotate ``places_taken``, ``places_left`` and ``waiting``."""
        return self.annotate(places_taken=seats_taken(), waiting=people_waiting()).annotate(
            places_left=F("capacity") - F("places_taken")
        )


class Session(models.Model):
    """One dated delivery of an offering, with a number of places.

    ``offer_hours`` is for sessions that differ in it from their offering.
    """

    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="sessions")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    opens_at = models.DateTimeField(_("enrolment opens"), null=True)
    closes_at = models.DateTimeField(_("enrolment closes"))
    withdraw_by = models.DateTimeField(_("last moment to withdraw"), null=True)
    offer_hours = models.PositiveSmallIntegerField(_("hours to accept an offered place"), null=True)
    place = models.CharField(_("place"), max_length=200)
    capacity = models.PositiveSmallIntegerField(_("places"))
    minimum = models.PositiveSmallIntegerField(_("people it takes to run"), default=1)
    state = models.CharField(
        _("state"), max_length=10, choices=SessionState.choices, default=SessionState.OPEN
    )

    cancel_reason = models.CharField(
        _("why it was cancelled"), max_length=11, choices=CancelReason.choices, blank=True
    )
    cancel_text = models.TextField(_("what people are told"), blank=True)
    revision = models.PositiveIntegerField(_("how often what diaries say has changed"), default=0)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="session_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="session_closes_before_it_ends", condition=Q(closes_at__lte=F("ends_at"))
            ),
            models.CheckConstraint(
                name="session_has_places", condition=Q(capacity__range=(1, 2000))
            ),
            models.CheckConstraint(
                name="session_minimum_within_places",
                condition=Q(minimum__gte=1, minimum__lte=F("capacity")),
            ),
            models.CheckConstraint(
                name="session_opens_before_it_closes",
                condition=Q(opens_at__isnull=True) | Q(opens_at__lt=F("closes_at")),
            ),
            models.CheckConstraint(
                name="session_withdrawal_ends_before_it_does",
                condition=Q(withdraw_by__isnull=True) | Q(withdraw_by__lte=F("ends_at")),
            ),
            models.CheckConstraint(
                name="session_offers_for_a_month_at_most",
                condition=Q(offer_hours__isnull=True) | Q(offer_hours__lte=744),
            ),
            models.CheckConstraint(
                name="session_cancelled_before_it_says_why",
                condition=Q(state="CANCELLED") | Q(cancel_reason="", cancel_text=""),
            ),
        ]
        indexes = [models.Index(name="session_offering_start", fields=["offering", "starts_at"])]
        triggers = [
            pgtrigger.FSM(name="session_steps", field="state", transitions=SESSION_WORKFLOW.fsm()),
            # Every session meets at least once, whatever way it comes into the table.
            pgtrigger.Trigger(
                name="session_has_a_meeting",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func="""
                    INSERT INTO courses_meeting
                        (session_id, starts_at, ends_at, title, online_link, is_held)
                    VALUES (NEW.id, NEW.starts_at, NEW.ends_at, '', '', NEW.state <> 'CANCELLED');
                    RETURN NULL;
                """,
            ),
            # What is cancelled holds no room any more.
            pgtrigger.Trigger(
                name="session_cancelled_frees_its_rooms",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.After,
                condition=pgtrigger.Q(new__state="CANCELLED"),
                func="""
                    UPDATE courses_meeting SET is_held = FALSE WHERE session_id = NEW.id;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="session_keeps_places_that_are_taken",
                operation=pgtrigger.UpdateOf("capacity"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__capacity__lt=pgtrigger.F("old__capacity")),
                func="""
                    IF EXISTS (
                        SELECT FROM courses_enrolment
                         WHERE session_id = NEW.id AND seat > NEW.capacity
                    ) THEN
                        RAISE EXCEPTION 'session % has seats beyond % places', NEW.id, NEW.capacity
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Session {self.pk} at {self.place}"

    @property
    def settles_at(self) -> datetime:
        """From this moment on nobody gets, gives up or is moved to a place."""
        return max(self.starts_at, self.closes_at)

    @property
    def hours_to_answer(self) -> int:
        """How long somebody has to accept a place that became free; 0: it is theirs at once."""
        return self.offering.offer_hours if self.offer_hours is None else self.offer_hours

    @property
    def withdrawal_ends_at(self) -> datetime:
        """From this moment on nobody gives up a place themselves."""
        return min(self.settles_at, self.withdraw_by or self.settles_at)

    def is_unsettled(self, *, now: datetime) -> bool:
        """Whether places of it still change hands at ``now``."""
        return self.state == SessionState.OPEN and now < self.settles_at

    def has_opened(self, *, now: datetime) -> bool:
        """Whether the time to ask for places has begun."""
        return self.opens_at is None or self.opens_at <= now

    def is_taking(self, *, now: datetime) -> bool:
        """Whether somebody may ask for a place now."""
        is_open = self.state == SessionState.OPEN and self.offering.is_open
        return is_open and self.has_opened(now=now) and now < self.closes_at
