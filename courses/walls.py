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
from courses import (
    walls_approval,
    walls_catalogue,
    walls_compliance,
    walls_credentials,
    walls_delivery,
    walls_money,
    walls_selection,
    walls_sessions,
    walls_study_time,
)

_BODIES = "Who gives awards and accredits is public, and says nothing about anybody."
# Seen where its owner's are, and with anything that somebody is offered or had a place on.
_OWNED = Organisation("owner_id", is_shared=True, or_national=True)
# Few rows are seen by an offering alone, so it is looked up for each of them: ``OFFSET 0`` keeps
# the planner from reading every offering beforehand.
_GIVEN = "EXISTS (SELECT FROM courses_offering given WHERE "
_OFFERED = Written(f"{_GIVEN}given.programme_id = {{table}}.id OFFSET 0)")
_BROUGHT = (
    Written("EXISTS (SELECT FROM courses_programmeaward given WHERE given.award_id = {table}.id)"),
    Written("EXISTS (SELECT FROM courses_offeringaward given WHERE given.award_id = {table}.id)"),
)
# Where somebody, or somebody of an organisation of theirs, has or had a place, they read what it is
# for, whoever hosts it and whether or not it is shared any more.
_TAKEN_PART_IN = Written("waymark_took_part_in({table}.id)")
_ATTENDED = Written("waymark_attended({table}.id)")

WALLS: Declared = {
    "courses_body": Open(_BODIES),
    "courses_programme": AnyOf((_OWNED, _OFFERED)),
    "courses_outcome": Parent("programme_id", "courses_programme"),
    "courses_award": AnyOf((_OWNED, *_BROUGHT)),
    "courses_programmeaward": Parent("programme_id", "courses_programme"),
    "courses_offeringaward": Parent("offering_id", "courses_offering"),
    "courses_accreditation": AnyOf(
        (
            Parent("programme_id", "courses_programme"),
            Parent("offering_id", "courses_offering"),
            Organisation("provider_id", is_shared=True),
            Written(f"{_GIVEN}given.provider_id = {{table}}.provider_id OFFSET 0)"),
            Written(f"{_GIVEN}given.host_id = {{table}}.provider_id OFFSET 0)"),
        )
    ),
    "courses_accreditationrenewal": Organisation(),
    "courses_roleprogramme": Parent("role_profile_id", "pathways_roleprofile"),
    "courses_offering": AnyOf(
        (
            Organisation("host_id", is_shared=True),
            Organisation("provider_id"),
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
    # Of its own organisation, of those that host and teach it, and of whoever counts seats under
    # the lock.
    "courses_enrolment": Wall(
        AnyOf(
            (
                Organisation(),
                Concerning(),
                Written("{table}.session_id = (SELECT waymark_session())"),
                Written(
                    "EXISTS (SELECT FROM courses_session held"
                    " JOIN courses_offering run ON run.id = held.offering_id"
                    " WHERE held.id = {table}.session_id"
                    f" AND (run.host_id = {ORGANISATIONS} OR run.provider_id = {ORGANISATIONS}))"
                ),
            )
        ),
        seen_by_owner=True,
    ),
    **walls_approval.WALLS,
    **walls_catalogue.WALLS,
    **walls_delivery.WALLS,
    **walls_compliance.WALLS,
    **walls_money.WALLS,
    **walls_credentials.WALLS,
    **walls_selection.WALLS,
    **walls_sessions.WALLS,
    **walls_study_time.WALLS,
}
