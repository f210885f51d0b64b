import django.db.models.deletion
from django.conf import settings
from accounts.walls import AnyOf, BuildWall, Organisation, Wall, Written
from django.db import migrations, models


# Counts of everybody on a session, which name nobody: told by the owner of the tables, because who
# asks may not see them all.
OF_THE_OWNER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# How many seats are given or kept beyond the places there are: of what an organisation has taken
# only what goes beyond its own counts against the open ones.
SEATS_BEYOND = f"""
CREATE FUNCTION waymark_seats_beyond(session bigint) RETURNS integer LANGUAGE sql {OF_THE_OWNER}
AS $$
    WITH own AS (
        SELECT organisation_id, seats FROM courses_seatallotment
         WHERE session_id = session AND released_at IS NULL
    ), held AS (
        SELECT organisation_id, count(*) AS taken FROM courses_enrolment
         WHERE session_id = session AND seat IS NOT NULL GROUP BY organisation_id
    )
    SELECT (
        COALESCE(sum(GREATEST(COALESCE(held.taken, 0), COALESCE(own.seats, 0))), 0)
        - (SELECT capacity FROM courses_session WHERE id = session)
    )::integer
      FROM own FULL JOIN held USING (organisation_id)
$$
"""
OPEN_SEATS = f"""
CREATE FUNCTION waymark_open_seats(session bigint) RETURNS integer LANGUAGE sql STABLE {OF_THE_OWNER}
AS $$ SELECT -waymark_seats_beyond(session) $$
"""
TAKEN_BY = f"""
CREATE FUNCTION waymark_seats_taken_by(session bigint, organisation bigint) RETURNS integer
LANGUAGE sql STABLE {OF_THE_OWNER} AS $$
    SELECT count(*)::integer FROM courses_enrolment
     WHERE session_id = session AND organisation_id = organisation AND seat IS NOT NULL
$$
"""
# Whoever gives a seat of a session with kept ones waits for whoever else does: without the lock on
# the session, too, nobody counts past the other.
STAY_IN_POOLS = f"""
CREATE FUNCTION waymark_seats_stay_in_pools() RETURNS trigger LANGUAGE plpgsql {OF_THE_OWNER} AS $$
DECLARE
    held bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM courses_seatallotment WHERE session_id = held AND released_at IS NULL
    ) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('waymark_seats_stay_in_pools'), held::integer);
    IF waymark_seats_beyond(held) > 0 THEN
        RAISE EXCEPTION 'session % has fewer seats than are given and kept', held
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$
"""
FUNCTIONS = [
    (SEATS_BEYOND, "DROP FUNCTION waymark_seats_beyond(bigint)"),
    (OPEN_SEATS, "DROP FUNCTION waymark_open_seats(bigint)"),
    (TAKEN_BY, "DROP FUNCTION waymark_seats_taken_by(bigint, bigint)"),
    (STAY_IN_POOLS, "DROP FUNCTION waymark_seats_stay_in_pools()"),
]
_CALLS = "FOR EACH ROW {when} EXECUTE FUNCTION waymark_seats_stay_in_pools('{of}')"
_TRIGGER = "CREATE TRIGGER seats_stay_in_pools AFTER"
_ENROLLED = _CALLS.format(when="WHEN (NEW.seat IS NOT NULL)", of="session_id")
_RESIZED = _CALLS.format(when="WHEN (NEW.capacity < OLD.capacity)", of="id")
_KEPT = _CALLS.format(when="", of="session_id")
TRIGGERS = {
    "courses_enrolment": f"{_TRIGGER} INSERT OR UPDATE OF seat ON courses_enrolment {_ENROLLED}",
    "courses_session": f"{_TRIGGER} UPDATE OF capacity ON courses_session {_RESIZED}",
    "courses_seatallotment": f"{_TRIGGER} INSERT OR UPDATE ON courses_seatallotment {_KEPT}",
}
SEAT_ALLOTMENTS = Wall(
    AnyOf(
        (
            Organisation(),
            Written("{table}.session_id = (SELECT waymark_session())"),
            Written(
                "EXISTS (SELECT FROM courses_session held"
                " JOIN courses_offering run ON run.id = held.offering_id"
                " WHERE held.id = {table}.session_id AND run.host_id"
                " = ANY ((SELECT waymark_organisations())::bigint[]))"
            ),
        )
    ),
    seen_by_owner=True,
)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('courses', '0015_evaluations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SeatAllotment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seats', models.PositiveSmallIntegerField(verbose_name='seats')),
                ('releases_on', models.DateField(verbose_name='day on which unused seats are open to everybody')),
                ('released_at', models.DateTimeField(null=True, verbose_name='released')),
            ],
        ),
        migrations.AddField(
            model_name='seatallotment',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='seatallotment',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allotments', to='courses.session'),
        ),
        migrations.AddIndex(
            model_name='seatallotment',
            index=models.Index(condition=models.Q(('released_at__isnull', True)), fields=['releases_on', 'id'], name='seat_allotment_to_release'),
        ),
        migrations.AddConstraint(
            model_name='seatallotment',
            constraint=models.UniqueConstraint(fields=('session', 'organisation'), name='seat_allotment_once'),
        ),
        migrations.AddConstraint(
            model_name='seatallotment',
            constraint=models.CheckConstraint(condition=models.Q(('seats__gte', 1)), name='seat_allotment_has_seats'),
        ),
        *(migrations.RunSQL(made, undone) for made, undone in FUNCTIONS),
        *(
            migrations.RunSQL(made, f"DROP TRIGGER seats_stay_in_pools ON {table}")
            for table, made in TRIGGERS.items()
        ),
        BuildWall("courses_seatallotment", SEAT_ALLOTMENTS),
    ]
