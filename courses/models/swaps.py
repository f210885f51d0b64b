"""One person asks another to take each other's place on a session."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.workflow import Workflow, transition
from courses.models.enrolments import Enrolment
from courses.models.sessions import Session

if TYPE_CHECKING:
    from accounts.actors import Actor


class SwapState(models.TextChoices):
    ASKED = "ASKED", _("Waiting for an answer")
    AGREED = "AGREED", _("Swapped")
    DECLINED = "DECLINED", _("Declined")
    TAKEN_BACK = "TAKEN_BACK", _("Taken back")
    LAPSED = "LAPSED", _("Ended without an answer")


SWAP_WORKFLOW = Workflow(
    transition("agree", {SwapState.ASKED}, SwapState.AGREED, label=_("Swap")),
    transition("decline", {SwapState.ASKED}, SwapState.DECLINED, label=_("Decline")),
    transition("take_back", {SwapState.ASKED}, SwapState.TAKEN_BACK, label=_("Take back")),
    transition("lapse", {SwapState.ASKED}, SwapState.LAPSED),
)


class SwapRequestQuerySet(models.QuerySet["SwapRequest"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "SwapRequestQuerySet":
        """Those that one asked for, and those that one is asked."""
        if actor.actor_kind != "person":
            return self.none()
        return self.filter(Q(asker_id=actor.pk) | Q(partner_id=actor.pk))

    def open_at(self, now: datetime) -> "SwapRequestQuerySet":
        """Those that can still be answered."""
        return self.filter(state=SwapState.ASKED, ends_at__gt=now)

    def over_at(self, now: datetime) -> "SwapRequestQuerySet":
        """Those that nobody answered in time and that still say so of themselves."""
        return self.filter(state=SwapState.ASKED, ends_at__lte=now)


class SwapRequest(models.Model):
    """Somebody with a place on one session of an offering asks somebody with a place on another
    to swap. Nothing changes until the other agrees, and then both places change at once.

    People and sessions stand here beside the places, because neither of the two may read the
    enrolment of the other.
    """

    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+")
    other_place = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    other_session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=SwapState.choices, default=SwapState.ASKED
    )
    asked_at = models.DateTimeField(_("asked"))
    ends_at = models.DateTimeField(_("can be answered until"))
    ended_at = models.DateTimeField(_("answered, taken back or over"), null=True)

    objects = SwapRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="swap_one_at_a_time_per_place",
                fields=["place"],
                condition=Q(state="ASKED"),
            ),
            # Whoever has said no is not asked for the same again.
            models.UniqueConstraint(
                name="swap_declined_once",
                fields=["place", "other_place"],
                condition=Q(state__in=("ASKED", "DECLINED")),
            ),
            models.CheckConstraint(
                name="swap_between_two_people", condition=~Q(asker=F("partner"))
            ),
            models.CheckConstraint(
                name="swap_between_two_sessions", condition=~Q(session=F("other_session"))
            ),
            models.CheckConstraint(
                name="swap_ended_means_when",
                condition=Q(state="ASKED", ended_at__isnull=True)
                | (~Q(state="ASKED") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                name="swap_waiting", fields=["partner", "ends_at"], condition=Q(state="ASKED")
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="swap_steps", field="state", transitions=SWAP_WORKFLOW.fsm()),
            pgtrigger.ReadOnly(
                name="swap_keeps_what_was_asked",
                fields=[
                    *("asker", "partner", "place", "other_place", "session", "other_session"),
                    *("asked_at", "ends_at"),
                ],
            ),
            # What stands here beside the places is what they say, of one offering.
            pgtrigger.Trigger(
                name="swap_is_of_these_places",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM courses_enrolment mine
                          JOIN courses_session here ON here.id = mine.session_id,
                               courses_enrolment theirs
                          JOIN courses_session there ON there.id = theirs.session_id
                         WHERE mine.id = NEW.place_id AND theirs.id = NEW.other_place_id
                           AND mine.person_id = NEW.asker_id
                           AND theirs.person_id = NEW.partner_id
                           AND here.id = NEW.session_id AND there.id = NEW.other_session_id
                           AND here.offering_id = there.offering_id
                    ) THEN
                        RAISE EXCEPTION 'a swap of places that are not theirs'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Swap {self.pk} of places {self.place_id} and {self.other_place_id}: {self.state}"
