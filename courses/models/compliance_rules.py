"""How long training counts, when it may be renewed, and of whom it is asked: all of it dated."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, StaffGroup
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start
from courses.models.compliance_subjects import Subject, SubjectLevel
from pathways.models import RoleProfile
from pathways.models.frameworks import owned_or_national

if TYPE_CHECKING:
    from accounts.actors import Actor

MOST_MONTHS = 240
MOST_DAYS = 366
_NO_ONE = Value(0, output_field=models.BigIntegerField())


def reminded_before() -> list[int]:
    return [90, 60, 30, 7]


def never_twice_or_none(
    name: str, *fields: str, optional: tuple[str, ...] = ()
) -> ExclusionConstraint:
    """As ``dated.never_twice``, with columns among them that may be empty: empty equals empty."""
    period = Func(
        F("starts_on"),
        F("ends_on"),
        RangeBoundary(inclusive_lower=True, inclusive_upper=True),
        function="DATERANGE",
        output_field=DateRangeField(),
    )
    same = [(field, RangeOperators.EQUAL) for field in fields]
    same_or_none = [(Coalesce(F(field), _NO_ONE), RangeOperators.EQUAL) for field in optional]
    return ExclusionConstraint(
        name=name, expressions=[*same, *same_or_none, (period, RangeOperators.OVERLAPS)]
    )


class TrainingRuleQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "TrainingRuleQuerySet":
        """National rules, and those of one's own organisations and of the ones above."""
        return self.filter(owned_or_national(actor, on=on, field="organisation_id"))


class RefreshPeriod(Dated):
    """For how many months training in a subject counts; without ``months``, for good.

    A row of an organisation goes before the national one, and a row for a level before the one for
    the whole subject. It is for what is completed from its first day on; with ``reaches_back`` it
    is also for what was completed before. ``reason``: why an organisation asks more often than
    the national period does.
    """

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="refresh_periods")
    level = models.ForeignKey(
        SubjectLevel, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    reaches_back = models.BooleanField(_("also for what was completed before"), default=False)
    reason = models.TextField(_("why"), blank=True)
    is_verified = models.BooleanField(_("checked against a published source"), default=False)

    objects = TrainingRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("refresh_period_ends_after_start"),
            never_twice_or_none(
                "refresh_period_one_at_a_time", "subject", optional=("level_id", "organisation_id")
            ),
            models.CheckConstraint(
                name="refresh_period_from_1_to_240_months",
                condition=Q(months__isnull=True) | Q(months__range=(1, MOST_MONTHS)),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="refresh_period_has_a_level_of_its_subject",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("subject_id", "level_id"),
                func="""
                    IF NEW.level_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM courses_subjectlevel
                         WHERE id = NEW.level_id AND subject_id = NEW.subject_id) THEN
                        RAISE EXCEPTION 'The level belongs to another subject.'
                              USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id}: {self.months} months"


class RenewalRule(Dated):
    """How early training may be renewed, and when people are told that it is about to end.

    Renewed within ``window_days`` before its last day it keeps its anniversary, where
    ``keeps_anniversary``; otherwise what is renewed counts from the day of completion. The first
    of ``remind_days`` before the last day is also when it is called due.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    window_days = models.PositiveSmallIntegerField(_("days before the last day"), default=90)
    keeps_anniversary = models.BooleanField(_("keeps its anniversary"), default=False)
    remind_days = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("reminders, in days before the last day"),
        default=reminded_before,
    )

    objects = TrainingRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("renewal_rule_ends_after_start"),
            never_twice_or_none(
                "renewal_rule_one_at_a_time", optional=("organisation_id", "subject_id")
            ),
            models.CheckConstraint(
                name="renewal_rule_window_of_a_year_at_most",
                condition=Q(window_days__lte=MOST_DAYS),
            ),
            models.CheckConstraint(
                name="renewal_rule_reminds_within_a_year",
                condition=Q(remind_days__len__range=(1, 8))
                & Q(
                    Func(
                        F("remind_days"),
                        template="0 < ALL(%(expressions)s)",
                        output_field=models.BooleanField(),
                    )
                )
                & Q(
                    Func(
                        F("remind_days"),
                        template=f"{MOST_DAYS} >= ALL(%(expressions)s)",
                        output_field=models.BooleanField(),
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.window_days} days before"


class SubjectRequirement(Dated):
    """An organisation asks a level of a subject of its people and of those below it.

    Of everybody, of those who follow a role, or of a staff group.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(SubjectLevel, on_delete=models.PROTECT, related_name="requirements")
    role_profile = models.ForeignKey(
        RoleProfile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    staff_group = models.CharField(
        _("staff group"), max_length=2, choices=StaffGroup.choices, blank=True
    )

    objects = TrainingRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("subject_requirement_ends_after_start"),
            never_twice_or_none(
                "subject_requirement_one_at_a_time",
                "organisation",
                "level",
                "staff_group",
                optional=("role_profile_id",),
            ),
            models.CheckConstraint(
                name="subject_requirement_of_a_role_or_a_staff_group",
                condition=Q(role_profile__isnull=True) | Q(staff_group=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="subject_requirement_of_a_subject_that_goes_on",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("level_id", "ends_on"),
                func="""
                    IF EXISTS (
                        SELECT FROM courses_subjectlevel level
                          JOIN courses_subject subject ON subject.id = level.subject_id
                         WHERE level.id = NEW.level_id
                           AND subject.ended_on <= coalesce(NEW.ends_on, 'infinity')) THEN
                        RAISE EXCEPTION 'The subject has ended.'
                              USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} asks for {self.level_id}"
