"""Seats of a shared session that are kept for the people of one organisation."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import covers, standing
from courses.models.sessions import Session

if TYPE_CHECKING:
    from accounts.actors import Actor


class SeatAllotmentQuerySet(models.QuerySet["SeatAllotment"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "SeatAllotmentQuerySet":
        """Those of one's organisations, and all those of sessions that one's role runs: how many
        seats another sharer has is between it and whoever runs the session."""
        place = standing(actor, on=on)
        runs = place.covered_by("LEARNING_LEAD", "PROGRAMME_LEAD")
        own = covers(place, place.organisation_ids | runs, field="organisation_id")
        hosts = runs.within("session__offering__host_id")
        return self.filter(own | hosts | runs.within("session__offering__provider_id"))

    def kept(self) -> "SeatAllotmentQuerySet":
        """Those that have not been released to everybody."""
        return self.filter(released_at__isnull=True)

    def with_taken(self) -> "SeatAllotmentQuerySet":
        """Annotate ``taken``: how many people of the organisation have a seat on the session."""
        taken = Func(
            F("session_id"),
            F("organisation_id"),
            function="waymark_seats_taken_by",
            output_field=models.IntegerField(),
        )
        return self.annotate(taken=taken)


class SeatAllotment(models.Model):
    """``seats`` of a session are kept for people of ``organisation`` until ``releases_on``.

    They take these first, and those open to everybody after them; everybody else takes open ones
    alone. The database refuses a seat beyond this, and more kept seats than there are
    (``waymark_seats_stay_in_pools``).
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="allotments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    seats = models.PositiveSmallIntegerField(_("seats"))
    releases_on = models.DateField(_("day on which unused seats are open to everybody"))
    released_at = models.DateTimeField(_("released"), null=True)

    objects = SeatAllotmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="seat_allotment_once", fields=["session", "organisation"]),
            models.CheckConstraint(name="seat_allotment_has_seats", condition=Q(seats__gte=1)),
        ]
        indexes = [
            models.Index(
                name="seat_allotment_to_release",
                fields=["releases_on", "id"],
                condition=Q(released_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seats} of session {self.session_id} for {self.organisation_id}"
