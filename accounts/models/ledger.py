"""The ledger: one row for each thing that somebody did, each bound to the one before it.

The database makes the links as a transaction commits (migration ``ledger_links``): no service can
forget it, and neither ``bulk_create`` nor typed SQL goes past it. It refuses UPDATE, DELETE and
TRUNCATE for everybody. ``accounts/services/verification.py`` says what the hashes cover.
"""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.clients import ApiClient
from accounts.models.organisations import Organisation
from accounts.models.people import Person
from accounts.visibility import events_visible_to, standing

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
            # The auditors' search, newest first: of everything, and of one kind of act.
            models.Index(name="event_when", fields=["happened_at", "id"]),
            models.Index(name="event_verb", fields=["verb", "happened_at", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.about_type} {self.about_id}"


class LedgerLink(models.Model):
    """The place of one event in the chain of its organisation, and the hash up to there.

    ``chain`` is the organisation's number, or 0 for events of none. Written by the database alone.
    """

    event = models.OneToOneField(
        Event, on_delete=models.PROTECT, primary_key=True, related_name="link"
    )
    chain = models.BigIntegerField(_("organisation of the chain, or 0"))
    sequence = models.BigIntegerField(_("place in the chain"))
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="link_has_its_place", fields=["chain", "sequence"]),
            models.CheckConstraint(name="link_counts_from_one", condition=Q(sequence__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.chain}:{self.sequence}"


class EventTextQuerySet(models.QuerySet["EventText"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "EventTextQuerySet":
        return self.filter(event__in=Event.objects.visible_to(actor, on=on))


class EventText(models.Model):
    """What somebody wrote, kept beside the event that holds its commitment.

    Erasing it means that text and salt go; the event, and so the chain, stays as it was.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="texts")
    name = models.CharField(_("which text"), max_length=40)
    salt = models.BinaryField(max_length=16, null=True)
    text = models.TextField(_("what was said"), null=True)  # noqa: DJ001 (null: it was erased)

    objects = EventTextQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="event_text_is_one", fields=["event", "name"]),
            models.CheckConstraint(
                name="event_text_goes_with_its_salt",
                condition=Q(salt__isnull=False, text__isnull=False)
                | Q(salt__isnull=True, text__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.event_id}"


class CheckKind(models.TextChoices):
    SIGNED = "SIGNED", _("Signed")
    VERIFIED = "VERIFIED", _("Verified")


class LedgerCheckQuerySet(models.QuerySet["LedgerCheck"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "LedgerCheckQuerySet":
        """Auditors, wherever they audit: it says nothing about anybody."""
        place = standing(actor, on=on)
        return self if place.is_everywhere or place.holds("AUDITOR") else self.none()


class LedgerCheck(models.Model):
    """What the last signing of the heads, and the last verification of the whole ledger, found."""

    kind = models.CharField(max_length=10, choices=CheckKind.choices, unique=True)
    made_at = models.DateTimeField(_("when"))
    events = models.BigIntegerField(_("events it covers"))
    faults = models.PositiveIntegerField(_("broken places found"))

    objects = LedgerCheckQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at}"
