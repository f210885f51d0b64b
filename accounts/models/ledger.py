"""The ledger: one row for each thing that somebody did."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.clients import ApiClient
from accounts.models.organisations import Organisation
from accounts.models.people import Person
from accounts.visibility import events_visible_to

if TYPE_CHECKING:
    from accounts.actors import Actor


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "EventQuerySet":
        """What one did, what concerns oneself, and what one audits."""
        return self.filter(events_visible_to(actor, on=on))


class Event(models.Model):
    """Who did what, to what, for whom, when and under which rule. Rows are added, never changed."""

    happened_at = models.DateTimeField(_("when"))
    verb = models.CharField(_("what was done"), max_length=60)
    by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    by_client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, null=True, related_name="+")
    by_job = models.CharField(_("done by the system's job"), max_length=60, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    subject = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    about_type = models.CharField(_("kind of record"), max_length=60)
    about_id = models.BigIntegerField(_("number of the record"), null=True)
    rule = models.CharField(_("under which rule"), max_length=80)
    facts = models.JSONField(_("what changed"), default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="event_has_one_actor",
                condition=Q(by_person__isnull=False, by_client__isnull=True, by_job="")
                | Q(by_person__isnull=True, by_client__isnull=False, by_job="")
                | (Q(by_person__isnull=True, by_client__isnull=True) & ~Q(by_job="")),
            ),
        ]
        indexes = [
            models.Index(name="event_about", fields=["about_type", "about_id", "id"]),
            models.Index(name="event_subject", fields=["subject", "id"]),
            models.Index(name="event_organisation", fields=["organisation", "id"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="event_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.about_type} {self.about_id}"
