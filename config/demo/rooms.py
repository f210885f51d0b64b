"""Where the demonstration's sessions meet: a venue with rooms for each body, and who leads."""

from django.db import connection

from accounts.models import Organisation
from courses.models import Facilitation, Meeting, Room, SessionState, Venue

_ROOMS = (("Seminar room 1", 16), ("Seminar room 2", 30), ("Lecture theatre", 60))
_LEADS = ("Helen Marsh", "Tunde Adeyemi", "Farah Siddiqui")
# A room is given to the first of the sessions that want it at a time.
_GIVE_ROOMS = """
UPDATE courses_meeting meeting SET room_id = given.room_id
  FROM (
    SELECT DISTINCT ON (room.id, held.starts_at::date) held.id, room.id AS room_id
      FROM courses_meeting held
      JOIN courses_session one ON one.id = held.session_id AND one.state = 'OPEN'
      JOIN courses_offering offering ON offering.id = one.offering_id
      JOIN courses_venue venue ON venue.organisation_id = offering.host_id
      JOIN courses_room room ON room.venue_id = venue.id AND room.seats >= one.capacity
     WHERE room.id = (
        SELECT id FROM courses_room enough
         WHERE enough.venue_id = venue.id AND enough.seats >= one.capacity
         ORDER BY seats LIMIT 1)
     ORDER BY room.id, held.starts_at::date, held.id
  ) given
 WHERE given.id = meeting.id
"""


def write_rooms(organisations: list[Organisation]) -> None:
    venues = Venue.objects.bulk_create(
        Venue(
            organisation=organisation,
            name="Education centre",
            address=f"Education centre\n{organisation.name}"[:500],
            is_step_free=True,
            has_hearing_loop=True,
            has_accessible_toilet=True,
            access_text="Ask at the main reception for the education centre.",
        )
        for organisation in organisations
    )
    Room.objects.bulk_create(
        Room(venue=venue, name=name, seats=seats) for venue in venues for name, seats in _ROOMS
    )
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_ROOMS)
    meetings = Meeting.objects.filter(session__state=SessionState.OPEN).order_by("pk")
    Facilitation.objects.bulk_create(
        Facilitation(meeting_id=pk, name=_LEADS[number % len(_LEADS)])
        for number, pk in enumerate(meetings.values_list("pk", flat=True))
    )
