"""A meeting of a session, a venue and a room."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Person
from common import forms
from common.dates import LONDON, london_date
from courses.forms.times import TimeField, london_moment
from courses.models import Meeting, Room, Venue
from courses.services.meetings import Lead, MeetingPlan
from courses.services.venues import VenuePlan

_MOST_LEADS = 20


class RoomChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        words = {"room": obj.name, "venue": obj.venue.name, "seats": obj.seats}
        return _("%(room)s, %(venue)s, %(seats)d seats") % words


class MeetingForm(forms.NHSForm):
    held_on = forms.DateField(
        label=gettext_lazy("Day"),
        missing=gettext_lazy("Enter the day"),
        hint=gettext_lazy("For example, 7 3 2027"),
    )
    start_time = TimeField(
        label=gettext_lazy("Start time"),
        missing=gettext_lazy("Enter the start time"),
        hint=gettext_lazy("For example, 9:30am"),
    )
    end_time = TimeField(
        label=gettext_lazy("End time"),
        missing=gettext_lazy("Enter the end time"),
        hint=gettext_lazy("For example, 4pm"),
    )
    title = forms.CharField(
        label=gettext_lazy("What this meeting is called"),
        hint=gettext_lazy("For example, Day 2: finance"),
        max_length=160,
        required=False,
    )
    room = RoomChoiceField(
        label=gettext_lazy("Room"),
        hint=gettext_lazy("Leave this empty if it is online or in none of your rooms."),
        required=False,
        queryset=None,
        empty_label=gettext_lazy("No room"),
    )
    online_link = forms.CharField(
        label=gettext_lazy("Link to join online"),
        hint=gettext_lazy("Only people with a place see it."),
        max_length=500,
        required=False,
    )
    leads = forms.TextField(
        label=gettext_lazy("Who leads it"),
        hint=gettext_lazy(
            "One on each line: a name, or the email address of somebody who signs in here."
        ),
        required=False,
        max_length=2_000,
        rows=3,
    )

    def __init__(
        self,
        *args: Any,
        rooms: QuerySet[Room],
        people: QuerySet[Person],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]
        self.fields["held_on"].earliest = today  # type: ignore[attr-defined]

    def clean_online_link(self) -> str:
        link: str = self.cleaned_data["online_link"]
        if link and not link.startswith("https://"):
            raise forms.ValidationError(_("Enter a link that starts with https://"))
        return link

    def clean_leads(self) -> tuple[Lead, ...]:
        lines = [line.strip() for line in self.cleaned_data["leads"].splitlines() if line.strip()]
        if len(lines) > _MOST_LEADS:
            raise forms.ValidationError(_("Enter 20 people or fewer"))
        known = {person.email.lower(): person for person in self._named(lines)}
        leads: dict[str, Lead] = {}
        for line in lines:
            person = known.get(line.lower())
            if "@" in line and person is None:
                raise forms.ValidationError(
                    _("Nobody you can see has the address %(email)s. Enter a name instead")
                    % {"email": line}
                )
            lead = Lead(person.full_name, person) if person else Lead(line[:200])
            leads[lead.name] = lead
        return tuple(leads.values())

    def _named(self, lines: list[str]) -> QuerySet[Person]:
        return self.people.filter(email__in=[line.lower() for line in lines if "@" in line])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        moments = {}
        for field in ("start_time", "end_time"):
            if given.get("held_on") and given.get(field):
                try:
                    moments[field] = london_moment(given["held_on"], given[field])
                except forms.ValidationError as mistake:
                    self.add_error(field, mistake)
        if len(moments) == 2 and moments["end_time"] <= moments["start_time"]:
            self.add_error("end_time", _("The meeting must end after it starts"))
        if not self.errors:
            self._plan = MeetingPlan(
                starts_at=moments["start_time"],
                ends_at=moments["end_time"],
                title=given["title"],
                room=given["room"],
                online_link=given["online_link"],
                leads=given["leads"],
            )
        return given

    def plan(self) -> MeetingPlan:
        return self._plan

    @staticmethod
    def what_is(meeting: Meeting) -> dict[str, Any]:
        """A meeting as somebody would type it."""
        leads = meeting.facilitations.select_related("person").order_by("pk")
        return {
            "held_on": london_date(meeting.starts_at),
            "start_time": f"{meeting.starts_at.astimezone(LONDON):%H:%M}",
            "end_time": f"{meeting.ends_at.astimezone(LONDON):%H:%M}",
            "title": meeting.title,
            "room": meeting.room_id,
            "online_link": meeting.online_link,
            "leads": "\n".join(row.person.email if row.person else row.name for row in leads),
        }


class VenueForm(forms.NHSForm):
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        missing=gettext_lazy("Select an organisation"),
        queryset=None,
        empty_label=gettext_lazy("Select an organisation"),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"), missing=gettext_lazy("Enter the name"), max_length=160
    )
    address = forms.TextField(label=gettext_lazy("Address"), required=False, max_length=500, rows=4)
    is_step_free = forms.BooleanField(label=gettext_lazy("Step-free access"), required=False)
    has_hearing_loop = forms.BooleanField(label=gettext_lazy("Hearing loop"), required=False)
    has_accessible_toilet = forms.BooleanField(
        label=gettext_lazy("Accessible toilet"), required=False
    )
    has_quiet_room = forms.BooleanField(
        label=gettext_lazy("Quiet room for prayer, rest or feeding"), required=False
    )
    access_text = forms.TextField(
        label=gettext_lazy("More about access"),
        hint=gettext_lazy("For example, where to park, and whom to ask for help on the day."),
        required=False,
        max_length=1_000,
        rows=3,
    )

    def __init__(
        self, *args: Any, organisations: QuerySet[Organisation] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if organisations is None:
            # A venue stays where it is.
            del self.fields["organisation"]
        else:
            self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]

    def plan(self) -> VenuePlan:
        given = {**self.cleaned_data}
        given.pop("organisation", None)
        return VenuePlan(**given)

    @staticmethod
    def what_is(venue: Venue) -> dict[str, Any]:
        return {name: getattr(venue, name) for name in VenuePlan.__slots__}


class RoomForm(forms.NHSForm):
    prefix = "room"
    mark_optional = False

    name = forms.CharField(
        label=gettext_lazy("Name of the room"),
        missing=gettext_lazy("Enter the name of the room"),
        max_length=120,
    )
    seats = forms.IntegerField(
        label=gettext_lazy("How many people it seats"),
        missing=gettext_lazy("Enter how many people it seats"),
        hint=gettext_lazy("To change a room, enter its name and the new number."),
        min_value=1,
        max_value=2_000,
        width=4,
    )
