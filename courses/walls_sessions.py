"""Row-level security of venues, rooms and meetings."""

from accounts.walls import AnyOf, Declared, Organisation, Own, Parent, Wall, Written

WALLS: Declared = {
    # Whoever may come to a session reads where it is and whether they can get in.
    "courses_venue": AnyOf(
        (
            Organisation(is_shared=True),
            Written("{table}.id = ANY ((SELECT waymark_seen_venues())::bigint[])"),
        )
    ),
    "courses_room": Wall(Parent("venue_id", "courses_venue"), seen_by_owner=True),
    "courses_meeting": Wall(Parent("session_id", "courses_session"), seen_by_owner=True),
    "courses_facilitation": Parent("meeting_id", "courses_meeting"),
    "courses_calendarfeed": Own(("person_id",)),
    "courses_invitationrefusal": Own(("person_id",)),
    "courses_interest": Own(("person_id",)),
    "courses_swaprequest": Own(("asker_id", "partner_id")),
}
