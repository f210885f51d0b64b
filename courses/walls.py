"""Row-level security of the catalogue, sessions and enrolments."""

from accounts.walls import (
    ORGANISATIONS,
    AnyOf,
    Open,
    Organisation,
    Own,
    Parent,
    Wall,
    Written,
)

_NATIONAL = "The catalogue of programmes is open to everybody; places on them are not."
# Where somebody has, or had, a place, they read what it was for, whoever hosts it now.
_OWN_OFFERING = Written("{table}.id = ANY ((SELECT waymark_own_offerings())::bigint[])")
_OWN_SESSION = Written("{table}.id = ANY ((SELECT waymark_own_sessions())::bigint[])")

WALLS = {
    "courses_programme": Open(_NATIONAL),
    "courses_outcome": Open(_NATIONAL),
    "courses_accreditation": Open(_NATIONAL),
    "courses_roleprogramme": Parent("role_profile_id", "pathways_roleprofile"),
    "courses_offering": AnyOf(
        (
            Organisation("host_id", is_shared=True),
            Written("{table}.id = ANY ((SELECT waymark_shared_offerings())::bigint[])"),
            _OWN_OFFERING,
        )
    ),
    "courses_offeringshare": Wall(
        AnyOf((Organisation(is_shared=True), Parent("offering_id", "courses_offering"))),
        seen_by_owner=True,
    ),
    "courses_session": Wall(
        AnyOf((Parent("offering_id", "courses_offering"), _OWN_SESSION)), seen_by_owner=True
    ),
    # Of its own organisation, of the one that hosts it, and of whoever counts seats under the lock.
    "courses_enrolment": Wall(
        AnyOf(
            (
                Organisation(),
                Own(("person_id",)),
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
