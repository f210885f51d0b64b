"""Protected time: a ledger of what was promised with a place, and what became of it."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import STANDS_IN, record_visible_to, standing
from courses.models.enrolments import Enrolment

if TYPE_CHECKING:
    from accounts.actors import Actor


class Account(models.TextChoices):
    """Where minutes stand. ``PLEDGE`` is where promises come from: it owes what all others hold."""

    PLEDGE = "PLEDGE", _("Promise")
    PLANNED = "PLANNED", _("Planned")
    DELIVERED = "DELIVERED", _("Had")
    OWED = "OWED", _("Owed")
    RELEASED = "RELEASED", _("Let go")


class MoveReason(models.TextChoices):
    """Why time was taken back, or let go."""

    STAFFING = "STAFFING", _("Too few staff on the day")
    DEMAND = "DEMAND", _("More patients or work than planned")
    INCIDENT = "INCIDENT", _("An incident or emergency")
    COVER = "COVER", _("Cover that was arranged fell through")
    OTHER = "OTHER", _("Another pressure on the service")
    GIVEN_UP = "GIVEN_UP", _("The place was given up")
    MOVED = "MOVED", _("The place moved to another session")
    AGREED = "AGREED", _("The person no longer needs it")
    LEFT = "LEFT", _("The person left")


TIME_TAKEN_BACK = ("STAFFING", "DEMAND", "INCIDENT", "COVER", "OTHER")
TIME_LET_GO = ("GIVEN_UP", "MOVED", "AGREED", "LEFT")


class Step(NamedTuple):
    """A kind of move: from which account to which, and the reasons it can have, if it needs one."""

    source: Account
    target: Account
    reasons: tuple[str, ...] = ()


# What can become of time. A move that does not stand here does not exist, in the database neither.
TIME_STEPS = {
    "promise": Step(Account.PLEDGE, Account.PLANNED),
    "carry": Step(Account.PLEDGE, Account.OWED),
    "plan": Step(Account.PLANNED, Account.PLANNED),
    "confirm": Step(Account.PLANNED, Account.DELIVERED),
    "confirm_owed": Step(Account.OWED, Account.DELIVERED),
    "take_back": Step(Account.PLANNED, Account.OWED, TIME_TAKEN_BACK),
    "rearrange": Step(Account.OWED, Account.PLANNED),
    "let_go": Step(Account.PLANNED, Account.RELEASED, TIME_LET_GO),
    "let_go_owed": Step(Account.OWED, Account.RELEASED, TIME_LET_GO),
    "put_right": Step(Account.DELIVERED, Account.PLANNED),
}
# More than a year of full-time study: a slip of whoever types.
MOST_MINUTES = 60 * 2_000


def _is_a_step() -> Q:
    found = Q()
    for step in TIME_STEPS.values():
        pair = Q(source=step.source.value, target=step.target.value)
        found |= pair & (Q(reason__in=step.reasons) if step.reasons else Q(reason=""))
    return found


class StudyTimeMoveQuerySet(models.QuerySet["StudyTimeMove"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "StudyTimeMoveQuerySet":
        """One's own, those of one's reports and of the team one stands in for, and those of people
        whose records one's role keeps. Who runs a session is told nothing of it."""
        return self.filter(
            record_visible_to(
                actor, on=on, person="person", organisation="organisation_id", ties=STANDS_IN
            )
        )


class StudyTimeMove(models.Model):
    """Minutes of one place move from one account to another.

    A pocket is an account on a day: ``PLANNED`` on the day it is planned for, or on none yet;
    ``OWED`` since the day on which it should have been; ``DELIVERED`` and ``RELEASED`` on the day
    it was. What a pocket holds is what went in less what went out, and is never below nought.
    """

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="study_time_moves"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField(_("minutes"))
    source = models.CharField(_("from"), max_length=10, choices=Account.choices)
    source_on = models.DateField(_("from the day"), null=True)
    target = models.CharField(_("to"), max_length=10, choices=Account.choices)
    target_on = models.DateField(_("to the day"), null=True)
    reason = models.CharField(_("reason"), max_length=10, choices=MoveReason.choices, blank=True)
    text = models.TextField(_("explanation"), blank=True)
    moved_at = models.DateTimeField(_("when"))
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    moved_by_client = models.ForeignKey(
        ApiClient, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = StudyTimeMoveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="study_time_moves_some_minutes",
                condition=Q(minutes__gte=1, minutes__lte=MOST_MINUTES),
            ),
            models.CheckConstraint(name="study_time_move_is_a_step", condition=_is_a_step()),
            # Time that is planned again goes to another day, or none.
            models.CheckConstraint(
                name="study_time_moves_somewhere",
                condition=~Q(source=F("target"))
                | Q(source_on__isnull=True, target_on__isnull=False)
                | Q(source_on__isnull=False, target_on__isnull=True)
                | (Q(source_on__isnull=False) & ~Q(source_on=F("target_on"))),
            ),
            models.CheckConstraint(
                name="study_time_stands_on_a_day",
                condition=(Q(source="PLANNED") | Q(source="PLEDGE") | Q(source_on__isnull=False))
                & (Q(target="PLANNED") | Q(target_on__isnull=False))
                & (~Q(source="PLEDGE") | Q(source_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="study_time_taken_back_is_explained",
                condition=Q(text="") | Q(source="PLANNED", target="OWED"),
            ),
            models.CheckConstraint(
                name="study_time_moved_by_one",
                condition=Q(moved_by__isnull=True) | Q(moved_by_client__isnull=True),
            ),
        ]
        indexes = [
            models.Index(name="study_time_of_person", fields=["person", "organisation"]),
            models.Index(
                name="study_time_of_organisation",
                fields=["organisation", "target", "target_on"],
                include=["minutes", "person"],
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="study_time_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            # Whoever moves time of a place queues at its row, so nobody moves the same minutes
            # twice, and no pocket is ever overdrawn.
            pgtrigger.Trigger(
                name="study_time_is_there",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func="""
                    PERFORM FROM courses_enrolment
                      WHERE id = NEW.enrolment_id AND person_id = NEW.person_id
                        AND organisation_id = NEW.organisation_id
                        FOR NO KEY UPDATE;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'study time of somebody else than enrolment %',
                            NEW.enrolment_id USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.source <> 'PLEDGE' AND 0 > (
                        SELECT coalesce(sum(CASE WHEN target = NEW.source
                                   AND target_on IS NOT DISTINCT FROM NEW.source_on
                                   THEN minutes ELSE 0 END), 0)
                             - coalesce(sum(CASE WHEN source = NEW.source
                                   AND source_on IS NOT DISTINCT FROM NEW.source_on
                                   THEN minutes ELSE 0 END), 0)
                          FROM courses_studytimemove WHERE enrolment_id = NEW.enrolment_id
                    ) THEN
                        RAISE EXCEPTION 'enrolment % has no % minutes % on %',
                            NEW.enrolment_id, NEW.minutes, NEW.source, NEW.source_on
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} minutes {self.source} to {self.target} of {self.enrolment_id}"


class StudyTimeRuleQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "StudyTimeRuleQuerySet":
        """Learning leads and HR administrators, of the organisations their role covers."""
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self
        return self.filter(place.covered_by(*KEEPS_TIME_RULES).within("organisation_id"))


KEEPS_TIME_RULES = ("LEARNING_LEAD", "HR_ADMINISTRATOR")


class StudyTimeRule(Dated):
    """After how many days an organisation reminds line managers of time they owe, and after how
    many more their line managers. Where it has stated nothing, ``DEFAULT_DAYS`` count."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    remind_days = models.PositiveSmallIntegerField(_("days until the line manager is reminded"))
    escalate_days = models.PositiveSmallIntegerField(_("days until their line manager is told"))

    objects = StudyTimeRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("study_time_rule_ends_after_start"),
            never_twice("study_time_rule_one_at_a_time", "organisation"),
            models.CheckConstraint(
                name="study_time_rule_tells_the_manager_first",
                condition=Q(
                    remind_days__gte=1, escalate_days__gt=F("remind_days"), escalate_days__lte=365
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Study time at {self.organisation_id} from {self.starts_on}"
