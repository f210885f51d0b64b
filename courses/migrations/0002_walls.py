"""Row-level security of this app."""

from django.db import migrations

from accounts.walls import AnyOf, BuildWall, Concerning, Organisation, Parent, Wall, Written

# What the walls of this app ask about other tables of it, told by their owner: a policy that asked
# itself would go round in a circle.
OF_THE_OWNER = "STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
ATTENDED = f"""
CREATE FUNCTION waymark_attended(session bigint) RETURNS boolean LANGUAGE sql {OF_THE_OWNER} AS $$
    SELECT EXISTS (
        SELECT FROM courses_enrolment
         WHERE session_id = session
           AND (person_id = ANY (waymark_people()) OR organisation_id = ANY (waymark_organisations())))
$$
"""
TOOK_PART_IN = f"""
CREATE FUNCTION waymark_took_part_in(offering bigint) RETURNS boolean
LANGUAGE sql {OF_THE_OWNER} AS $$
    SELECT EXISTS (
        SELECT FROM courses_session held JOIN courses_enrolment place ON place.session_id = held.id
         WHERE held.offering_id = offering
           AND (place.person_id = ANY (waymark_people())
                OR place.organisation_id = ANY (waymark_organisations())))
$$
"""
SHARED_OFFERINGS = f"""
CREATE FUNCTION waymark_shared_offerings() RETURNS bigint[] LANGUAGE sql {OF_THE_OWNER} AS $$
    SELECT array_agg(offering_id) FROM courses_offeringshare
     WHERE organisation_id = ANY (waymark_shared())
$$
"""
# How full a session is counts everybody on it and names nobody.
SEATS_TAKEN = f"""
CREATE FUNCTION waymark_seats_taken(session bigint) RETURNS integer LANGUAGE sql {OF_THE_OWNER}
AS $$
    SELECT count(*)::integer FROM courses_enrolment
     WHERE session_id = session AND seat IS NOT NULL
$$
"""
WAITING = f"""
CREATE FUNCTION waymark_waiting(session bigint, until timestamptz) RETURNS integer
LANGUAGE sql {OF_THE_OWNER} AS $$
    SELECT count(*)::integer FROM courses_enrolment
     WHERE session_id = session AND state = 'WAITING' AND (until IS NULL OR queued_at <= until)
$$
"""
FUNCTIONS = [
    (ATTENDED, "DROP FUNCTION waymark_attended(bigint)"),
    (TOOK_PART_IN, "DROP FUNCTION waymark_took_part_in(bigint)"),
    (SHARED_OFFERINGS, "DROP FUNCTION waymark_shared_offerings()"),
    (SEATS_TAKEN, "DROP FUNCTION waymark_seats_taken(bigint)"),
    (WAITING, "DROP FUNCTION waymark_waiting(bigint, timestamptz)"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0001_initial"),
        ("accounts", "0011_walls"),
        ("pathways", "0002_walls"),
    ]

    operations = [migrations.RunSQL(make, unmake) for make, unmake in FUNCTIONS]
    operations += [
        BuildWall("courses_roleprogramme", Parent("role_profile_id", "pathways_roleprofile")),
        BuildWall(
            "courses_offering",
            AnyOf(
                (
                    Organisation("host_id", is_shared=True),
                    Written("{table}.id = ANY ((SELECT waymark_shared_offerings())::bigint[])"),
                    Written("waymark_took_part_in({table}.id)"),
                )
            ),
        ),
        BuildWall(
            "courses_offeringshare",
            Wall(
                AnyOf((Organisation(is_shared=True), Parent("offering_id", "courses_offering"))),
                seen_by_owner=True,
            ),
        ),
        BuildWall(
            "courses_session",
            Wall(
                AnyOf(
                    (
                        Parent("offering_id", "courses_offering"),
                        Written("waymark_attended({table}.id)"),
                    )
                ),
                seen_by_owner=True,
            ),
        ),
        BuildWall(
            "courses_enrolment",
            Wall(
                AnyOf(
                    (
                        Organisation(),
                        Concerning(),
                        Written("{table}.session_id = (SELECT waymark_session())"),
                        Written(
                            "EXISTS (SELECT FROM courses_session held JOIN courses_offering run ON run.id = held.offering_id WHERE held.id = {table}.session_id AND run.host_id = ANY ((SELECT waymark_organisations())::bigint[]))"
                        ),
                    )
                ),
                seen_by_owner=True,
            ),
        ),
    ]
