"""Who was there: one mark for each person and meeting of a session."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.enrolments import Enrolment

if TYPE_CHECKING:
    from accounts.actors import Actor

# Nobody is called late who came after half of a long day.
MOST_MINUTES_LATE = 240


class Mark(models.TextChoices):
    PRESENT = "PRESENT", _("Present")
    LATE = "LATE", _("Late")
    ABSENT = "ABSENT", _("Absent")
    EXCUSED = "EXCUSED", _("Excused")


THERE = (Mark.PRESENT, Mark.LATE)


class AbsenceReason(models.TextChoices):
    SERVICE = "SERVICE", _("Needed by the service")
    UNWELL = "UNWELL", _("Unwell")
    CARING = "CARING", _("Caring for somebody")
    LEAVE = "LEAVE", _("On leave")
    TRAVEL = "TRAVEL", _("Could not get there")
    NOT_TOLD = "NOT_TOLD", _("Did not know about it")
    OTHER = "OTHER", _("Another reason")


class MeetingMarkQuerySet(models.QuerySet["MeetingMark"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "MeetingMarkQuerySet":
        """With the enrolment they belong to."""
        return self.filter(enrolment__in=Enrolment.objects.visible_to(actor, on=on))


class MeetingMark(models.Model):
    """Whether one person was at one meeting: the one of their session that ``begins_at`` then.

    Whoever keeps the register marks; the reason for an absence may come from the person. The
    ``version`` rises with every change, so that two who keep a register at once see each other.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="marks")
    begins_at = models.DateTimeField(_("meeting that began"))
    mark = models.CharField(_("mark"), max_length=7, choices=Mark.choices)
    minutes_late = models.PositiveSmallIntegerField(_("minutes late"), null=True)
    reason = models.CharField(
        _("reason for the absence"), max_length=8, choices=AbsenceReason.choices, blank=True
    )
    reason_text = models.CharField(_("more about the reason"), max_length=300, blank=True)
    reason_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    marked_at = models.DateTimeField(_("marked"))
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = MeetingMarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="mark_once_per_meeting", fields=["enrolment", "begins_at"]
            ),
            models.CheckConstraint(
                name="mark_late_means_minutes",
                condition=Q(
                    mark="LATE",
                    minutes_late__isnull=False,
                    minutes_late__range=(1, MOST_MINUTES_LATE),
                )
                | (~Q(mark="LATE") & Q(minutes_late__isnull=True)),
            ),
            models.CheckConstraint(
                name="mark_reason_is_for_who_was_not_there",
                condition=Q(mark__in=("ABSENT", "EXCUSED")) | Q(reason="", reason_text=""),
            ),
            models.CheckConstraint(
                name="mark_reason_means_who_gave_it",
                condition=Q(reason="", reason_text="", reason_by__isnull=True)
                | (~Q(reason="") & Q(reason_by__isnull=False)),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="mark_keeps_its_meeting", fields=["enrolment", "begins_at"]),
            pgtrigger.Trigger(
                name="mark_is_of_somebody_with_a_place",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM courses_enrolment WHERE id = NEW.enrolment_id
                           AND state IN ('CONFIRMED', 'ATTENDED', 'ABSENT', 'PARTIAL', 'COMPLETED')
                    ) THEN
                        RAISE EXCEPTION 'enrolment % has no place to mark', NEW.enrolment_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} at {self.begins_at:%d %b %H:%M}: {self.mark}"
