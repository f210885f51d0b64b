"""Row-level security of the catalogue, sessions and enrolments."""

from accounts.walls import (
    ORGANISATIONS,
    AnyOf,
    Concerning,
    Declared,
    Open,
    Organisation,
    Parent,
    Wall,
    Written,
)

_NATIONAL = "The catalogue of programmes is open to everybody; places on them are not."
# Where somebody, or somebody of an organisation of theirs, has or had a place, they read what it is
# for, whoever hosts it and whether or not it is shared any more.
_TAKEN_PART_IN = Written("waymark_took_part_in({table}.id)")
_ATTENDED = Written("waymark_attended({table}.id)")

WALLS: Declared = {
    "courses_programme": Open(_NATIONAL),
    "courses_outcome": Open(_NATIONAL),
    "courses_accreditation": Open(_NATIONAL),
    "courses_roleprogramme": Parent("role_profile_id", "pathways_roleprofile"),
    "courses_offering": AnyOf(
        (
            Organisation("host_id", is_shared=True),
            Written("{table}.id = ANY ((SELECT waymark_shared_offerings())::bigint[])"),
            _TAKEN_PART_IN,
        )
    ),
    "courses_offeringshare": Wall(
        AnyOf((Organisation(is_shared=True), Parent("offering_id", "courses_offering"))),
        seen_by_owner=True,
    ),
    "courses_session": Wall(
        AnyOf((Parent("offering_id", "courses_offering"), _ATTENDED)), seen_by_owner=True
    ),
    # Of its own organisation, of the one that hosts it, and of whoever counts seats under the lock.
    "courses_enrolment": Wall(
        AnyOf(
            (
                Organisation(),
                Concerning(),
                Written("{table}.session_id = (SELECT waymark_session())"),
                Written(
                    "EXISTS (SELECT FROM courses_session held"
                    " JOIN courses_offering run ON run.id = held.offering_id"
                    f" WHERE held.id = {{table}}.session_id AND run.host_id = {ORGANISATIONS})"
                ),
            )
        ),
        seen_by_owner=True,
    ),
}
