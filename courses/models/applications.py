"""Applications for places that people are chosen for, and what was decided about them."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import standing
from common.workflow import Workflow, transition
from courses.models import panel_sql
from courses.models.intakes import Intake, IntakeQuestion, on_panel_of

if TYPE_CHECKING:
    from accounts.actors import Actor


class ApplicationState(models.TextChoices):
    DRAFT = "DRAFT", _("Not sent yet")
    SUBMITTED = "SUBMITTED", _("Sent")
    SHORTLISTED = "SHORTLISTED", _("Shortlisted")
    ASSESSED = "ASSESSED", _("Assessed")
    NOT_SHORTLISTED = "NOT_SHORTLISTED", _("Not shortlisted")
    OFFERED = "OFFERED", _("Place offered")
    RESERVE = "RESERVE", _("On the reserve list")
    NOT_CHOSEN = "NOT_CHOSEN", _("Not chosen")
    ACCEPTED = "ACCEPTED", _("Place accepted")
    DECLINED = "DECLINED", _("Offer declined")
    LAPSED = "LAPSED", _("Offer not answered in time")
    ENDED = "ENDED", _("Ended without a place")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class SelectionStage(models.TextChoices):
    SHORTLIST = "SHORTLIST", _("Shortlisting")
    CHOICE = "CHOICE", _("Choosing")


_S = ApplicationState
# With a panel people are chosen from those it has assessed, see ``panel_sql``.
_TO_CHOOSE = {_S.SHORTLISTED, _S.ASSESSED}
# What waits for whoever chooses.
UNDECIDED_STATES = (_S.SUBMITTED, _S.SHORTLISTED, _S.ASSESSED)
_OPEN = {_S.SUBMITTED, *_TO_CHOOSE, _S.RESERVE}
# What holds one of the places of the intake.
PLACED_STATES = ("OFFERED", "ACCEPTED")

APPLICATION_WORKFLOW = Workflow(
    transition("send", {_S.DRAFT}, _S.SUBMITTED, label=_("Send the application")),
    transition("shortlist", {_S.SUBMITTED}, _S.SHORTLISTED, label=_("Shortlist")),
    transition("not_shortlist", {_S.SUBMITTED}, _S.NOT_SHORTLISTED, label=_("Do not shortlist")),
    transition("assess", {_S.SHORTLISTED}, _S.ASSESSED),
    transition("offer", _TO_CHOOSE, _S.OFFERED, label=_("Offer a place")),
    transition("reserve", _TO_CHOOSE, _S.RESERVE, label=_("Put on the reserve list")),
    transition("not_choose", _TO_CHOOSE, _S.NOT_CHOSEN, label=_("Do not offer a place")),
    transition("move_up", {_S.RESERVE}, _S.OFFERED),
    transition("accept", {_S.OFFERED}, _S.ACCEPTED, label=_("Accept")),
    transition("decline", {_S.OFFERED}, _S.DECLINED, label=_("Decline")),
    transition("lapse", {_S.OFFERED}, _S.LAPSED),
    transition("withdraw", _OPEN, _S.WITHDRAWN, label=_("Withdraw")),
    # The course has begun, or was cancelled, and there is nothing left to be chosen for.
    transition("end", {*_OPEN, _S.OFFERED}, _S.ENDED),
    # Whoever gives the place up again leaves it to the reserve list.
    transition("give_up", {_S.ACCEPTED}, _S.WITHDRAWN),
)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "ApplicationQuerySet":
        """One's own; and, once sent, those for places that a role of the actor's gives, or about
        which a panel that they sit on decides."""
        runs = standing(actor, on=on).covered_by("LEARNING_LEAD", "PROGRAMME_LEAD")
        offering = "intake__session__offering"
        there = runs.within(f"{offering}__host_id") | runs.within(f"{offering}__provider_id")
        mine = Q(pk__in=[])
        if actor.actor_kind == "person":
            mine = Q(person_id=actor.pk)
            there |= Q(intake__in=on_panel_of(actor.pk))
        return self.filter(mine | (there & ~Q(state="DRAFT")))


class Application(models.Model):
    """What one person sent to be chosen for a place.

    One that is offered a place, or has accepted it, holds one of the numbered places of its
    intake. Nothing is decided about it without a ``SelectionDecision`` that says why.
    """

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="applications")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=15, choices=ApplicationState.choices, default=ApplicationState.DRAFT
    )
    place = models.PositiveSmallIntegerField(_("place"), null=True)
    reserve_rank = models.PositiveSmallIntegerField(_("rank on the reserve list"), null=True)
    started_at = models.DateTimeField(_("started"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    assessed_at = models.DateTimeField(_("assessed"), null=True)
    offer_ends_at = models.DateTimeField(_("offer ends"), null=True)
    answered_at = models.DateTimeField(
        _("accepted, declined, lapsed, ended or withdrawn"), null=True
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="application_one_live_per_person",
                fields=["intake", "person"],
                condition=~Q(state="WITHDRAWN"),
            ),
            models.UniqueConstraint(
                name="application_place_once",
                fields=["intake", "place"],
                condition=Q(place__isnull=False),
            ),
            models.UniqueConstraint(
                name="application_reserve_rank_once",
                fields=["intake", "reserve_rank"],
                condition=Q(reserve_rank__isnull=False),
            ),
            models.CheckConstraint(
                name="application_sent_means_when",
                condition=Q(state="DRAFT", sent_at__isnull=True)
                | (~Q(state="DRAFT") & Q(sent_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="application_placed_means_a_place",
                condition=Q(state__in=PLACED_STATES, place__isnull=False, place__gte=1)
                | (~Q(state__in=PLACED_STATES) & Q(place__isnull=True)),
            ),
            models.CheckConstraint(
                name="application_offered_means_until_when",
                condition=~Q(state="OFFERED") | Q(offer_ends_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_assessed_means_when",
                condition=~Q(state="ASSESSED") | Q(assessed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_reserve_means_a_rank",
                condition=Q(state="RESERVE", reserve_rank__isnull=False, reserve_rank__gte=1)
                | (~Q(state="RESERVE") & Q(reserve_rank__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                name="application_offers_to_end",
                fields=["offer_ends_at"],
                condition=Q(state="OFFERED"),
            ),
            models.Index(name="application_person", fields=["person", "state"]),
        ]
        triggers = [
            pgtrigger.FSM(
                name="application_steps", field="state", transitions=APPLICATION_WORKFLOW.fsm()
            ),
            pgtrigger.ReadOnly(
                name="application_keeps_whose_it_is",
                fields=["intake", "person", "organisation", "started_at"],
            ),
            pgtrigger.Trigger(
                name="application_place_within_intake",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("place"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__place__isnull=False),
                func="""
                    IF NEW.place > (SELECT places FROM courses_intake WHERE id = NEW.intake_id) THEN
                        RAISE EXCEPTION 'place % is beyond intake %', NEW.place, NEW.intake_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="application_sent_in_time",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state="SUBMITTED"),
                func="""
                    IF NEW.sent_at >= (
                        SELECT closes_at FROM courses_intake WHERE id = NEW.intake_id
                    ) THEN
                        RAISE EXCEPTION 'intake % had closed', NEW.intake_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="application_assessed_by_quorum",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.Before,
                declare=panel_sql.ASSESSED_DECLARES,
                func=panel_sql.ASSESSED_BY_QUORUM,
            ),
            pgtrigger.Trigger(
                name="application_not_of_the_panel",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=panel_sql.APPLICANT_NOT_ON_PANEL,
            ),
            # Whoever writes it: nobody goes on, and nobody is turned down, without reasons.
            pgtrigger.Trigger(
                name="application_decided_with_reasons",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(
                    new__state__in=(
                        *("SHORTLISTED", "NOT_SHORTLISTED", "OFFERED", "RESERVE", "NOT_CHOSEN"),
                    )
                ),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM courses_selectiondecision
                         WHERE application_id = NEW.id
                           AND (outcome = NEW.state
                                OR (OLD.state = 'RESERVE' AND outcome = 'RESERVE'))
                    ) THEN
                        RAISE EXCEPTION 'nobody decided about application %', NEW.id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for intake {self.intake_id}: {self.state}"

    def is_offer_open(self, *, now: datetime) -> bool:
        ends_at = self.offer_ends_at
        return self.state == ApplicationState.OFFERED and ends_at is not None and now < ends_at


class ApplicationAnswer(models.Model):
    """What somebody wrote to one question of an intake."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(IntakeQuestion, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("answer"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="application_answer_once", fields=["application", "question"]
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="application_answer_stays_once_sent",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM courses_application
                         WHERE id = NEW.application_id AND state = 'DRAFT'
                    ) THEN
                        RAISE EXCEPTION 'application % is sent', NEW.application_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Answer to question {self.question_id} of application {self.application_id}"


class SelectionDecision(models.Model):
    """What was decided about an application at one stage, by whom and why; the person reads it."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="decisions")
    stage = models.CharField(_("stage"), max_length=9, choices=SelectionStage.choices)
    outcome = models.CharField(_("outcome"), max_length=15, choices=ApplicationState.choices)
    reasons = models.TextField(_("reasons"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="selection_decision_once_per_stage", fields=["application", "stage"]
            ),
            models.CheckConstraint(
                name="selection_decision_outcome_of_its_stage",
                condition=Q(stage="SHORTLIST", outcome__in=("SHORTLISTED", "NOT_SHORTLISTED"))
                | Q(stage="CHOICE", outcome__in=("OFFERED", "RESERVE", "NOT_CHOSEN")),
            ),
            models.CheckConstraint(
                name="selection_decision_says_why", condition=Q(reasons__regex=r"\S")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="selection_decision_stays", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="selection_decision_of_the_panel",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                declare=panel_sql.DECIDED_DECLARES,
                func=panel_sql.DECIDED_BY_PANEL,
            ),
            pgtrigger.Trigger(
                name="selection_decision_never_by_oneself",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NEW.decided_by_id = (
                        SELECT person_id FROM courses_application WHERE id = NEW.application_id
                    ) THEN
                        RAISE EXCEPTION 'application % is of whoever decides', NEW.application_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} for application {self.application_id}"
