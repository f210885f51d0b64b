"""Venues, rooms and meetings; every session meets at least once."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.walls import AnyOf, BuildWall, Organisation, Parent, Wall, Written

# Where the sessions are that are shared with a reader, or on which they have asked for a place.
SEEN_VENUES = """
CREATE FUNCTION waymark_seen_venues() RETURNS bigint[] LANGUAGE sql
STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_agg(DISTINCT room.venue_id)
      FROM courses_meeting meeting
      JOIN courses_room room ON room.id = meeting.room_id
      JOIN courses_session held ON held.id = meeting.session_id
     WHERE held.offering_id = ANY (waymark_shared_offerings())
        OR EXISTS (SELECT FROM courses_enrolment place WHERE place.session_id = held.id
                      AND place.person_id = ANY (waymark_people()))
$$
"""
# Checked at once, because the tables change once more after this.
MEETINGS_OF_BEFORE = """
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO courses_meeting (session_id, starts_at, ends_at, title, online_link, is_held)
SELECT id, starts_at, ends_at, '', '', state <> 'CANCELLED' FROM courses_session;
SET CONSTRAINTS ALL DEFERRED
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('courses', '0012_late_means_minutes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Facilitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
            ],
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('ends_at', models.DateTimeField(verbose_name='ends')),
                ('title', models.CharField(blank=True, max_length=160, verbose_name='title')),
                ('online_link', models.URLField(blank=True, max_length=500, verbose_name='link to join online')),
                ('is_held', models.BooleanField(default=True, verbose_name='held')),
            ],
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('seats', models.PositiveSmallIntegerField(verbose_name='seats')),
            ],
        ),
        migrations.CreateModel(
            name='Venue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('address', models.TextField(blank=True, verbose_name='address')),
                ('is_step_free', models.BooleanField(default=False, verbose_name='step-free')),
                ('has_hearing_loop', models.BooleanField(default=False, verbose_name='hearing loop')),
                ('has_accessible_toilet', models.BooleanField(default=False, verbose_name='accessible toilet')),
                ('has_quiet_room', models.BooleanField(default=False, verbose_name='quiet room')),
                ('access_text', models.TextField(blank=True, verbose_name='more about access')),
            ],
        ),
        migrations.AddField(
            model_name='session',
            name='cancel_reason',
            field=models.CharField(blank=True, choices=[('TOO_FEW', 'Too few people'), ('FACILITATOR', 'Nobody can lead it'), ('ROOM', 'The room is not available'), ('PRESSURE', 'Pressure on services'), ('OTHER', 'Another reason')], max_length=11, verbose_name='why it was cancelled'),
        ),
        migrations.AddField(
            model_name='session',
            name='cancel_text',
            field=models.TextField(blank=True, verbose_name='what people are told'),
        ),
        migrations.AddField(
            model_name='session',
            name='revision',
            field=models.PositiveIntegerField(default=0, verbose_name='how often what diaries say has changed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='session_has_a_meeting', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    INSERT INTO courses_meeting\n                        (session_id, starts_at, ends_at, title, online_link, is_held)\n                    VALUES (NEW.id, NEW.starts_at, NEW.ends_at, '', '', NEW.state <> 'CANCELLED');\n                    RETURN NULL;\n                ", hash='9dbfeb0f43a8622ef36159f2bfdb571d69a88403', operation='INSERT', pgid='pgtrigger_session_has_a_meeting_72a7c', table='courses_session', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='session_cancelled_frees_its_rooms', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."state" = \'CANCELLED\')', func='\n                    UPDATE courses_meeting SET is_held = FALSE WHERE session_id = NEW.id;\n                    RETURN NULL;\n                ', hash='be0aef7b2578cdb28f160242c6fc2c0903708df4', operation='UPDATE OF "state"', pgid='pgtrigger_session_cancelled_frees_its_rooms_eeccb', table='courses_session', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'CANCELLED'), models.Q(('cancel_reason', ''), ('cancel_text', '')), _connector='OR'), name='session_cancelled_before_it_says_why'),
        ),
        migrations.AddField(
            model_name='facilitation',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='meeting',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='courses.session'),
        ),
        migrations.AddField(
            model_name='facilitation',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='facilitations', to='courses.meeting'),
        ),
        migrations.AddField(
            model_name='meeting',
            name='room',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='courses.room'),
        ),
        migrations.AddField(
            model_name='venue',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='room',
            name='venue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='courses.venue'),
        ),
        migrations.AddConstraint(
            model_name='facilitation',
            constraint=models.UniqueConstraint(fields=('meeting', 'name'), name='facilitation_once'),
        ),
        migrations.AddConstraint(
            model_name='facilitation',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='facilitation_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='meeting_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('online_link', ''), ('online_link__startswith', 'https://'), _connector='OR'), name='meeting_link_is_https'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('session', '='), (models.Func(models.F('starts_at'), models.F('ends_at'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=False), function='TSTZRANGE', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='meeting_one_at_a_time_per_session'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_held', True), ('room__isnull', False)), expressions=[('room', '='), (models.Func(models.F('starts_at'), models.F('ends_at'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=False), function='TSTZRANGE', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='meeting_room_booked_once'),
        ),
        migrations.AddConstraint(
            model_name='venue',
            constraint=models.UniqueConstraint(fields=('organisation', 'name'), name='venue_name_once'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.UniqueConstraint(fields=('venue', 'name'), name='room_name_once_per_venue'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('seats__range', (1, 2000))), name='room_has_seats'),
        ),
        migrations.RunSQL(MEETINGS_OF_BEFORE, migrations.RunSQL.noop),
        migrations.RunSQL(SEEN_VENUES, "DROP FUNCTION waymark_seen_venues()"),
        BuildWall(
            "courses_venue",
            AnyOf(
                (
                    Organisation(is_shared=True),
                    Written("{table}.id = ANY ((SELECT waymark_seen_venues())::bigint[])"),
                )
            ),
        ),
        BuildWall("courses_room", Wall(Parent("venue_id", "courses_venue"), seen_by_owner=True)),
        BuildWall(
            "courses_meeting", Wall(Parent("session_id", "courses_session"), seen_by_owner=True)
        ),
        BuildWall("courses_facilitation", Parent("meeting_id", "courses_meeting")),
    ]
