"""What people were trained in, until when it counts, and of whom nothing is asked for a while."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import STANDS_IN, people_visible_to, record_visible_to
from courses.models.compliance_subjects import Subject, SubjectLevel

if TYPE_CHECKING:
    from accounts.actors import Actor


class RecordSource(models.TextChoices):
    COURSE = "COURSE", _("Course completed here")
    IMPORT = "IMPORT", _("Brought from another system")
    CERTIFICATE = "CERTIFICATE", _("Certificate")
    EXTERNAL = "EXTERNAL", _("Learned elsewhere and checked")
    RULE = "RULE", _("Counted again after a change of rule")
    CORRECTED = "CORRECTED", _("Counted again without a mistake")


class SubjectRecordQuerySet(models.QuerySet["SubjectRecord"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "SubjectRecordQuerySet":
        """Whoever may see the person, and whoever stands in for their line manager: training
        counts wherever somebody works, whoever recorded it."""
        return self.filter(people_visible_to(actor, on=on, prefix="person__", ties=STANDS_IN))


class SubjectRecord(models.Model):
    """A person was trained in a subject at a level on a day, and it counts until another.

    Rows are added, never changed, but for ``struck_at``: when one was struck out as a mistake. Of
    those of one level the last completed counts. The last day is ``counts_months`` after
    ``counts_from``: a renewal that keeps its anniversary goes on counting from the first day of
    all, so that 29 February comes back in leap years.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(SubjectLevel, on_delete=models.PROTECT, related_name="+")
    completed_on = models.DateField(_("completed"))
    expires_on = models.DateField(_("counts until"), null=True)
    counts_from = models.DateField(_("counted from"))
    counts_months = models.PositiveSmallIntegerField(_("months counted"), null=True)
    source = models.CharField(_("source"), max_length=11, choices=RecordSource.choices)
    source_key = models.CharField(_("where it came from"), max_length=120)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    struck_at = models.DateTimeField(_("struck out"), null=True)

    objects = SubjectRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="subject_record_once_per_source",
                fields=["person", "level", "source", "source_key"],
            ),
            models.CheckConstraint(
                name="subject_record_says_where_it_came_from", condition=~Q(source_key="")
            ),
            models.CheckConstraint(
                name="subject_record_ends_after_it_was_completed",
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("completed_on")),
            ),
            models.CheckConstraint(
                name="subject_record_ends_so_many_months_later",
                condition=Q(expires_on__isnull=True, counts_months__isnull=True)
                | Q(
                    expires_on=Func(
                        F("counts_from"),
                        F("counts_months"),
                        # In this order: it is part of what a migration compares.
                        arg_joiner=" + make_interval(months => ",
                        template="(%(expressions)s))::date",
                        output_field=models.DateField(),
                    ),
                    expires_on__isnull=False,
                    counts_months__isnull=False,
                ),
            ),
        ]
        indexes = [
            # The order in which "what counts on a day" is read, without going to the table.
            models.Index(
                name="subject_record_latest",
                fields=["person", "level", "-completed_on", "-id"],
                include=["expires_on", "struck_at"],
            ),
            models.Index(name="subject_record_ends", fields=["expires_on", "person"]),
        ]
        triggers = [
            pgtrigger.Protect(name="subject_record_is_append_only", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="subject_record_is_only_struck_out",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - 'struck_at' = to_jsonb(OLD) - 'struck_at'
                       AND OLD.struck_at IS NULL AND NEW.struck_at IS NOT NULL THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.level_id} on {self.completed_on}"


class ExemptionReason(models.TextChoices):
    OTHER_WORK = "OTHER_WORK", _("The work of the person does not need it")
    AWAY = "AWAY", _("Away from work for a long time")
    TRAINED_ELSEWHERE = "TRAINED_ELSEWHERE", _("Trained otherwise, which is being checked")
    NOT_AVAILABLE = "NOT_AVAILABLE", _("The training cannot be had at present")


class SubjectExemptionQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "SubjectExemptionQuerySet":
        """One's own, those of one's reports and of the team one stands in for, and those that
        organisations gave which one's role covers."""
        seen = record_visible_to(
            actor, on=on, person="person", organisation="organisation_id", ties=STANDS_IN
        )
        return self.filter(seen)


class SubjectExemption(Dated):
    """An organisation does not ask a subject of a person from a day to a day, and why."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=17, choices=ExemptionReason.choices)
    note = models.TextField(_("explanation"), blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField(_("given"))

    objects = SubjectExemptionQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("subject_exemption_ends_after_start"),
            never_twice("subject_exemption_one_at_a_time", "person", "organisation", "subject"),
            models.CheckConstraint(
                name="subject_exemption_ends", condition=Q(ends_on__isnull=False)
            ),
            models.CheckConstraint(
                name="subject_exemption_not_by_oneself", condition=~Q(person=F("granted_by"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is not asked for {self.subject_id}"
