"""Where and when a session meets: venues, rooms, meetings, and who leads them."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import standing
from courses.models.sessions import Session

if TYPE_CHECKING:
    from accounts.actors import Actor


def _time() -> Func:
    """From the beginning of a meeting until just before its end, so that one may follow another."""
    return Func(
        F("starts_at"),
        F("ends_at"),
        RangeBoundary(inclusive_lower=True, inclusive_upper=False),
        function="TSTZRANGE",
        output_field=DateTimeRangeField(),
    )


class VenueQuerySet(models.QuerySet["Venue"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "VenueQuerySet":
        """Venues of the organisations in which a role of ``actor`` lets them run sessions."""
        hosts = standing(actor, on=on).covered_by("LEARNING_LEAD", "PROGRAMME_LEAD")
        return self.filter(organisation_id__in=hosts)


class Venue(models.Model):
    """A building in which an organisation teaches, and who can get into it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=160)
    address = models.TextField(_("address"), blank=True)
    is_step_free = models.BooleanField(_("step-free"), default=False)
    has_hearing_loop = models.BooleanField(_("hearing loop"), default=False)
    has_accessible_toilet = models.BooleanField(_("accessible toilet"), default=False)
    has_quiet_room = models.BooleanField(_("quiet room"), default=False)
    access_text = models.TextField(_("more about access"), blank=True)

    objects = VenueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="venue_name_once", fields=["organisation", "name"]),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room of a venue, with how many people it seats."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=120)
    seats = models.PositiveSmallIntegerField(_("seats"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="room_name_once_per_venue", fields=["venue", "name"]),
            models.CheckConstraint(name="room_has_seats", condition=Q(seats__range=(1, 2_000))),
        ]

    def __str__(self) -> str:
        return self.name


class Meeting(models.Model):
    """One sitting of a session. A session begins with its first and ends with its last; the
    database gives every new session one, so that there is none without.

    ``is_held`` is false once the session is cancelled: its rooms are free again from then on.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="meetings")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    title = models.CharField(_("title"), max_length=160, blank=True)
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    online_link = models.URLField(_("link to join online"), max_length=500, blank=True)
    is_held = models.BooleanField(_("held"), default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="meeting_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="meeting_link_is_https",
                condition=Q(online_link="") | Q(online_link__startswith="https://"),
            ),
            ExclusionConstraint(
                name="meeting_one_at_a_time_per_session",
                expressions=[
                    ("session", RangeOperators.EQUAL),
                    (_time(), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="meeting_room_booked_once",
                expressions=[("room", RangeOperators.EQUAL), (_time(), RangeOperators.OVERLAPS)],
                condition=Q(room__isnull=False, is_held=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Meeting {self.pk} of session {self.session_id}"


class Facilitation(models.Model):
    """Somebody leads a meeting. ``name`` is how the page says it; ``person`` is who it is, where
    that is somebody who signs in here."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="facilitations")
    name = models.CharField(_("name"), max_length=200)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="facilitation_once", fields=["meeting", "name"]),
            models.CheckConstraint(name="facilitation_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} leads meeting {self.meeting_id}"
