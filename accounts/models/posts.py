"""Posts, the people in them, and who manages whom: all dated, nothing overwritten."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.models.organisations import Organisation, Unit
from accounts.models.people import Person
from accounts.visibility import STANDS_IN, record_visible_to

if TYPE_CHECKING:
    from accounts.actors import Actor


class Band(models.TextChoices):
    """Agenda for Change bands and very senior managers, in their order (never alphabetical)."""

    BAND_1 = "1", _("Band 1")
    BAND_2 = "2", _("Band 2")
    BAND_3 = "3", _("Band 3")
    BAND_4 = "4", _("Band 4")
    BAND_5 = "5", _("Band 5")
    BAND_6 = "6", _("Band 6")
    BAND_7 = "7", _("Band 7")
    BAND_8A = "8a", _("Band 8a")
    BAND_8B = "8b", _("Band 8b")
    BAND_8C = "8c", _("Band 8c")
    BAND_8D = "8d", _("Band 8d")
    BAND_9 = "9", _("Band 9")
    VSM = "VSM", _("Very senior manager")


BAND_RANK: dict[str, int] = {band: rank for rank, band in enumerate(Band.values, start=1)}


class PaySystem(models.TextChoices):
    AFC = "AFC", _("Agenda for Change")
    VSM = "VSM", _("Very senior manager")
    MEDICAL = "MEDICAL", _("Medical and dental")
    LOCAL = "LOCAL", _("Local")


class StaffGroup(models.TextChoices):
    """STAFF GROUP of the National Workforce Data Set 3.6.0."""

    MEDICAL_AND_DENTAL = "01", _("Medical and Dental")
    STUDENTS = "02", _("Students")
    NURSING_AND_MIDWIFERY = "03", _("Nursing and Midwifery Registered")
    ALLIED_HEALTH = "04", _("Allied Health Professionals")
    SCIENTIFIC_AND_TECHNICAL = "05", _("Additional Professional Scientific and Technical")
    HEALTHCARE_SCIENTISTS = "06", _("Healthcare Scientists")
    CLINICAL_SERVICES = "07", _("Additional Clinical Services")
    ADMINISTRATIVE_AND_CLERICAL = "08", _("Administrative and Clerical")
    ESTATES_AND_ANCILLARY = "09", _("Estates and Ancillary")
    SUPPLEMENTARY = "10", _("Supplementary Roles")


class Post(models.Model):
    """A position in an organisation, whoever holds it. Management is its own field: staff group
    alone does not tell a manager."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    title = models.CharField(_("title"), max_length=160)
    pay_system = models.CharField(_("pay system"), max_length=8, choices=PaySystem.choices)
    band = models.CharField(_("band"), max_length=3, choices=Band.choices, blank=True)
    band_rank = models.GeneratedField(
        expression=Case(
            *[When(band=band, then=Value(rank)) for band, rank in BAND_RANK.items()],
            default=Value(0),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    staff_group = models.CharField(_("staff group"), max_length=2, choices=StaffGroup.choices)
    is_management = models.BooleanField(_("has management responsibility"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="post_band_goes_with_its_pay_system",
                condition=Q(pay_system="AFC", band__in=[b for b in Band.values if b != "VSM"])
                | Q(pay_system="VSM", band="VSM")
                | Q(pay_system__in=["MEDICAL", "LOCAL"], band=""),
            ),
        ]
        indexes = [
            models.Index(name="post_organisation_band", fields=["organisation", "band_rank"])
        ]

    def __str__(self) -> str:
        return self.title


class AssignmentQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "AssignmentQuerySet":
        """One's own, those of one's reports and of the team one stands in for, and those one's
        role covers: not what a person does or did for somebody else."""
        seen = record_visible_to(
            actor, on=on, person="person", organisation="organisation_id", ties=STANDS_IN
        )
        return self.filter(seen)


class Assignment(Dated):
    """One person in one post from a day to a day. A person may hold several, anywhere."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="assignments")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="assignments"
    )
    wte = models.DecimalField(_("whole-time equivalent"), max_digits=6, decimal_places=5)
    employee_number = models.CharField(_("employee number"), max_length=30, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("assignment_ends_after_start"),
            never_twice("assignment_once_at_a_time", "person", "post"),
            models.CheckConstraint(
                name="assignment_wte_between_0_and_1_5", condition=Q(wte__gte=0, wte__lte=1.5)
            ),
        ]
        indexes = [
            models.Index(name="assignment_organisation_person", fields=["organisation", "person"]),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in post {self.post_id}"


class ReportingKind(models.TextChoices):
    LINE_MANAGER = "LINE_MANAGER", _("Line manager")
    SUPERVISOR = "SUPERVISOR", _("Supervisor")


class ReportingLine(Dated):
    """Who manages (or, kept apart, who supervises) an assignment from a day to a day."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="reporting_lines"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ReportingKind.choices)
    manager = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reporting_lines")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="managed_by_lines")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("reporting_line_ends_after_start"),
            never_twice("reporting_line_one_of_a_kind_at_a_time", "assignment", "kind"),
            models.CheckConstraint(
                name="reporting_line_not_to_oneself", condition=~Q(manager=F("person"))
            ),
        ]
        indexes = [
            models.Index(name="reporting_line_manager", fields=["manager", "kind", "starts_on"]),
            models.Index(name="reporting_line_person", fields=["person", "kind", "starts_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} reports to {self.manager_id}"
