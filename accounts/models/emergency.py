"""Emergency access: somebody reads a record that no relation opens to them, and answers for it."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.people import Person
from accounts.visibility import covers, standing

if TYPE_CHECKING:
    from accounts.actors import Actor

LASTS = timedelta(minutes=30)
SHORTEST_REASON = 20
REVIEW_WITHIN = timedelta(hours=48)

models.CharField.register_lookup(Length, "length")


class EmergencyVerdict(models.TextChoices):
    JUSTIFIED = "JUSTIFIED", _("It was justified")
    NOT_JUSTIFIED = "NOT_JUSTIFIED", _("It was not justified")


class EmergencyAccessQuerySet(models.QuerySet["EmergencyAccess"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "EmergencyAccessQuerySet":
        """One's own, those to one's own record that one was told of, and those one reviews."""
        place = standing(actor, on=on)
        reviewed = covers(place, place.covered_by("AUDITOR"), field="organisation_id")
        if actor.actor_kind != "person":
            return self.filter(reviewed) if place.is_everywhere else self.none()
        told = Q(subject_id=actor.pk, withheld_because="")
        # Nobody learns through a role that a notice to themselves was withheld.
        return self.filter(Q(person_id=actor.pk) | told | (reviewed & ~Q(subject_id=actor.pk)))

    def unreviewed(self) -> "EmergencyAccessQuerySet":
        return self.filter(reviewed_at__isnull=True)


class EmergencyAccess(models.Model):
    """``person`` reads the record of ``subject`` for half an hour, for a reason, and no longer.

    Nothing can be changed through it. An auditor other than the person judges it afterwards.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=1000)
    withheld_because = models.CharField(
        _("why the person is not told"), max_length=1000, blank=True
    )
    opened_at = models.DateTimeField(_("opened"))
    ends_at = models.DateTimeField(_("ends"))
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(
        _("verdict"), max_length=13, choices=EmergencyVerdict.choices, blank=True
    )
    review_note = models.CharField(_("what the reviewer found"), max_length=1000, blank=True)

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="emergency_access_not_to_oneself", condition=~Q(person=F("subject"))
            ),
            models.CheckConstraint(
                name="emergency_access_half_an_hour_at_most",
                condition=Q(ends_at__gte=F("opened_at"), ends_at__lte=F("opened_at") + LASTS),
            ),
            models.CheckConstraint(
                name="emergency_access_has_a_reason",
                condition=Q(reason__length__gte=SHORTEST_REASON),
            ),
            models.CheckConstraint(
                name="emergency_access_reviewed_by_somebody_else",
                condition=Q(
                    reviewed_at__isnull=True, reviewed_by__isnull=True, verdict="", review_note=""
                )
                | (
                    Q(reviewed_at__isnull=False, reviewed_by__isnull=False)
                    & ~Q(verdict="")
                    & ~Q(review_note="")
                    & ~Q(reviewed_by=F("person"))
                ),
            ),
        ]
        indexes = [
            models.Index(name="emergency_access_organisation", fields=["organisation", "opened_at"])
        ]

    def __str__(self) -> str:
        return f"Emergency access {self.pk} of {self.person_id} to {self.subject_id}"

    def is_open(self, *, now: datetime) -> bool:
        return self.opened_at <= now < self.ends_at

    def is_late_to_review(self, *, now: datetime) -> bool:
        return self.reviewed_at is None and now - self.opened_at > REVIEW_WITHIN
