"""Who does the work meanwhile: cover for protected time, and what an hour of it costs."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Band, Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import STANDS_IN, record_visible_to, standing
from common.workflow import Workflow, transition
from courses.models.enrolments import Enrolment
from courses.models.study_time import KEEPS_TIME_RULES

if TYPE_CHECKING:
    from accounts.actors import Actor


class BackfillState(models.TextChoices):
    WANTED = "WANTED", _("Cover wanted")
    ARRANGED = "ARRANGED", _("Cover arranged")
    NOT_FOUND = "NOT_FOUND", _("No cover found")
    NOT_NEEDED = "NOT_NEEDED", _("No cover needed")
    WORKED = "WORKED", _("Cover worked")


_WANTED, _ARRANGED, _NOT_FOUND, _NOT_NEEDED, _WORKED = BackfillState
BACKFILL_WORKFLOW = Workflow(
    transition("arrange", {_WANTED, _NOT_FOUND}, _ARRANGED),
    transition("not_found", {_WANTED, _ARRANGED}, _NOT_FOUND),
    transition("not_needed", {_WANTED, _ARRANGED, _NOT_FOUND}, _NOT_NEEDED),
    transition("work", {_ARRANGED}, _WORKED),
)
COSTED_STATES = ("ARRANGED", "WORKED")


class BackfillQuerySet(models.QuerySet["Backfill"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "BackfillQuerySet":
        """As the protected time that it is for."""
        return self.filter(
            record_visible_to(
                actor, on=on, person="person", organisation="organisation_id", ties=STANDS_IN
            )
        )


class Backfill(models.Model):
    """Cover for somebody's protected time on a day, and what it costs.

    Rate and band are those of the day on which cover was arranged: a later change of either
    changes no cost that was agreed.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="backfills")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    on_day = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    state = models.CharField(
        _("state"), max_length=10, choices=BackfillState.choices, default=BackfillState.WANTED
    )
    band = models.CharField(_("band"), max_length=3, choices=Band.choices, blank=True)
    rate_pence = models.PositiveIntegerField(_("cost of an hour in pence"), null=True)
    cost_pence = models.GeneratedField(
        expression=(F("minutes") * F("rate_pence") + 30) / 60,
        output_field=models.IntegerField(_("cost in pence"), null=True),
        db_persist=True,
    )
    asked_at = models.DateTimeField(_("asked for"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = BackfillQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="backfill_once_per_place_and_day", fields=["enrolment", "on_day"]
            ),
            models.CheckConstraint(
                name="backfill_covers_part_of_a_day", condition=Q(minutes__range=(1, 720))
            ),
            models.CheckConstraint(
                name="backfill_costs_what_is_arranged",
                condition=Q(state__in=COSTED_STATES, rate_pence__isnull=False)
                | (~Q(state__in=COSTED_STATES) & Q(rate_pence__isnull=True)),
            ),
        ]
        indexes = [models.Index(name="backfill_of_organisation", fields=["organisation", "on_day"])]
        triggers = [
            pgtrigger.FSM(
                name="backfill_steps", field="state", transitions=BACKFILL_WORKFLOW.fsm()
            ),
            pgtrigger.ReadOnly(
                name="backfill_keeps_what_it_covers",
                fields=["enrolment", "person", "organisation", "on_day", "asked_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"Cover for {self.enrolment_id} on {self.on_day}"


class BackfillRateQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "BackfillRateQuerySet":
        """Learning leads and HR administrators, of the organisations their role covers."""
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self
        return self.filter(place.covered_by(*KEEPS_TIME_RULES).within("organisation_id"))


class BackfillRate(Dated):
    """What an hour of cover for a band costs an organisation; without a band, for all others."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    band = models.CharField(_("band"), max_length=3, choices=Band.choices, blank=True)
    pence_per_hour = models.PositiveIntegerField(_("cost of an hour in pence"))

    objects = BackfillRateQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("backfill_rate_ends_after_start"),
            never_twice("backfill_rate_one_at_a_time", "organisation", "band"),
            models.CheckConstraint(
                name="backfill_rate_is_plausible", condition=Q(pence_per_hour__range=(1, 100_000))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence_per_hour} an hour for band {self.band} at {self.organisation_id}"
