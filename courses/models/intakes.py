"""Intakes of courses to which people apply: when, for how many places, and what is asked."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.offerings import offered_to
from courses.models.sessions import Session

if TYPE_CHECKING:
    from accounts.actors import Actor

# Nobody is worse off by more time, so closing can be put off and never brought forward.
_PUT_OFF = """
    IF TG_OP = 'UPDATE' AND NEW.closes_at >= OLD.closes_at AND NEW.decided_on >= OLD.decided_on
       AND (NEW.id, NEW.session_id, NEW.opens_at, NEW.places, NEW.offer_days, NEW.guidance,
            NEW.quorum, NEW.asks_sponsor)
           IS NOT DISTINCT FROM
           (OLD.id, OLD.session_id, OLD.opens_at, OLD.places, OLD.offer_days, OLD.guidance,
            OLD.quorum, OLD.asks_sponsor)
    THEN
        RETURN NEW;
    END IF;
"""
# From the first application on, everybody has answered the same questions by the same rules.
_FROZEN = """
    IF EXISTS (SELECT FROM courses_application WHERE intake_id = {intake}) THEN
        RAISE EXCEPTION 'intake % has applications', {intake} USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""


def on_panel_of(person_id: Any) -> models.QuerySet[Any]:
    """The ids of the intakes on whose panel ``person_id`` sits."""
    seats = apps.get_model("courses.IntakePanelMember").objects
    return seats.filter(person_id=person_id, stood_down_at__isnull=True).values("intake_id")


class IntakeQuerySet(models.QuerySet["Intake"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "IntakeQuerySet":
        """Intakes of offerings that are offered to the actor, that a role of theirs runs, or on
        whose panel they sit."""
        seen = offered_to(actor, on=on, prefix="session__offering__")
        if actor.actor_kind == "person":
            seen |= Q(pk__in=on_panel_of(actor.pk))
        return self.filter(seen, session__offering__programme__is_listed=True)


class Intake(models.Model):
    """Applications for the places of one session: ``places`` of them go to whom the leads choose.

    ``closes_at`` is the first moment at which nothing can be sent any more. From the first
    application on, a draft included, nothing of an intake changes but that it closes later.
    """

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="intake")
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    decided_on = models.DateField(_("day by which people are told"))
    places = models.PositiveSmallIntegerField(_("places"))
    offer_days = models.PositiveSmallIntegerField(_("days to accept an offer"), default=7)
    guidance = models.TextField(_("what it is about and who should apply"))
    # How many of a panel have to score and vote. Without one, the leads of the course choose.
    quorum = models.PositiveSmallIntegerField(_("least members of the panel"), null=True)
    # Applicants may name somebody who writes about them; what is sent counts without it as well.
    asks_sponsor = models.BooleanField(_("a sponsor may write about the applicant"), default=False)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="intake_closes_after_it_opens", condition=Q(closes_at__gt=F("opens_at"))
            ),
            models.CheckConstraint(name="intake_has_places", condition=Q(places__gte=1)),
            models.CheckConstraint(
                name="intake_leaves_days_to_answer", condition=Q(offer_days__range=(1, 31))
            ),
            models.CheckConstraint(
                name="intake_panel_is_of_several",
                condition=Q(quorum__isnull=True) | Q(quorum__range=(2, 12)),
            ),
        ]
        indexes = [models.Index(name="intake_closing", fields=["closes_at", "id"])]
        triggers = [
            pgtrigger.Trigger(
                name="intake_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_PUT_OFF + _FROZEN.format(intake="OLD.id"),
            ),
        ]

    def __str__(self) -> str:
        return f"Intake of session {self.session_id}"

    def is_taking(self, *, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at


class IntakeQuestion(models.Model):
    """One question of an intake, answered in at most so many words."""

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(_("position"))
    words = models.CharField(_("question"), max_length=200)
    most_words = models.PositiveSmallIntegerField(_("most words of an answer"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="intake_question_place_once", fields=["intake", "position"]
            ),
            models.CheckConstraint(
                name="intake_question_has_words", condition=~Q(words="") & Q(position__gte=1)
            ),
            models.CheckConstraint(
                name="intake_question_leaves_room", condition=Q(most_words__range=(20, 2_000))
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="intake_question_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_FROZEN.format(intake="OLD.intake_id"),
            ),
            pgtrigger.Trigger(
                name="intake_question_comes_first",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=_FROZEN.format(intake="NEW.intake_id"),
            ),
        ]

    def __str__(self) -> str:
        return self.words


class IntakeCriterion(models.Model):
    """One thing by which a panel scores applications, and how much it counts."""

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(_("position"))
    words = models.CharField(_("criterion"), max_length=200)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="intake_criterion_place_once", fields=["intake", "position"]
            ),
            models.CheckConstraint(
                name="intake_criterion_has_words", condition=~Q(words="") & Q(position__gte=1)
            ),
            models.CheckConstraint(
                name="intake_criterion_weighs", condition=Q(weight__range=(1, 5))
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="intake_criterion_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_FROZEN.format(intake="OLD.intake_id"),
            ),
            pgtrigger.Trigger(
                name="intake_criterion_comes_first",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=_FROZEN.format(intake="NEW.intake_id"),
            ),
        ]

    def __str__(self) -> str:
        return self.words
