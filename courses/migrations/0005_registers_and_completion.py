"""Registers meeting by meeting, what it takes to complete, and credit for a part."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.walls import BuildWall, Parent


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0004_awards_are_rows'),
        ('pathways', '0018_editions_that_go_on'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PartialCredit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='level reached')),
                ('competency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.competency')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credits', to='courses.enrolment')),
            ],
        ),
        migrations.CreateModel(
            name='CompletionException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('missing', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ATTENDANCE', 'Attendance')], max_length=10), size=None, verbose_name='what was missing')),
                ('reason', models.CharField(max_length=300, verbose_name='why it was completed all the same')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('enrolment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='completion_exception', to='courses.enrolment')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('missing__len__gte', 1), models.Q(('reason', ''), _negated=True)), name='completion_exception_means_what_and_why')],
            },
        ),
        migrations.CreateModel(
            name='CompletionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('least_share', models.PositiveSmallIntegerField(default=0, verbose_name='least attendance in per cent')),
                ('offering', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='completion_rules', to='courses.offering')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='completion_rule_ends_after_start'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('offering', '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='completion_rule_one_at_a_time'), models.CheckConstraint(condition=models.Q(('least_share__lte', 100)), name='completion_rule_share_in_per_cent')],
            },
        ),
        migrations.CreateModel(
            name='MeetingMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins_at', models.DateTimeField(verbose_name='meeting that began')),
                ('mark', models.CharField(choices=[('PRESENT', 'Present'), ('LATE', 'Late'), ('ABSENT', 'Absent'), ('EXCUSED', 'Excused')], max_length=7, verbose_name='mark')),
                ('minutes_late', models.PositiveSmallIntegerField(null=True, verbose_name='minutes late')),
                ('reason', models.CharField(blank=True, choices=[('SERVICE', 'Needed by the service'), ('UNWELL', 'Unwell'), ('CARING', 'Caring for somebody'), ('LEAVE', 'On leave'), ('TRAVEL', 'Could not get there'), ('NOT_TOLD', 'Did not know about it'), ('OTHER', 'Another reason')], max_length=8, verbose_name='reason for the absence')),
                ('reason_text', models.CharField(blank=True, max_length=300, verbose_name='more about the reason')),
                ('marked_at', models.DateTimeField(verbose_name='marked')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='courses.enrolment')),
                ('marked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'begins_at'), name='mark_once_per_meeting'), models.CheckConstraint(condition=models.Q(models.Q(('mark', 'LATE'), ('minutes_late__range', (1, 240))), models.Q(models.Q(('mark', 'LATE'), _negated=True), ('minutes_late__isnull', True)), _connector='OR'), name='mark_late_means_minutes'), models.CheckConstraint(condition=models.Q(('mark__in', ('ABSENT', 'EXCUSED')), models.Q(('reason', ''), ('reason_text', '')), _connector='OR'), name='mark_reason_is_for_who_was_not_there'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), ('reason_by__isnull', True), ('reason_text', '')), models.Q(models.Q(('reason', ''), _negated=True), ('reason_by__isnull', False)), _connector='OR'), name='mark_reason_means_who_gave_it')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingmark',
            trigger=pgtrigger.compiler.Trigger(name='mark_keeps_its_meeting', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."enrolment_id" IS DISTINCT FROM (NEW."enrolment_id") OR OLD."begins_at" IS DISTINCT FROM (NEW."begins_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='81125206a191db617db24bf6920fe41a255c7803', operation='UPDATE', pgid='pgtrigger_mark_keeps_its_meeting_bb667', table='courses_meetingmark', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingmark',
            trigger=pgtrigger.compiler.Trigger(name='mark_is_of_somebody_with_a_place', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT FROM courses_enrolment WHERE id = NEW.enrolment_id\n                           AND state IN ('CONFIRMED', 'ATTENDED', 'ABSENT', 'PARTIAL', 'COMPLETED')\n                    ) THEN\n                        RAISE EXCEPTION 'enrolment % has no place to mark', NEW.enrolment_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='0afcd38fbf2b238de1b2581de204c4e44908e428', operation='INSERT', pgid='pgtrigger_mark_is_of_somebody_with_a_place_e8bfa', table='courses_meetingmark', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='partialcredit',
            constraint=models.UniqueConstraint(fields=('enrolment', 'competency'), name='partial_credit_once'),
        ),
        migrations.AddConstraint(
            model_name='partialcredit',
            constraint=models.CheckConstraint(condition=models.Q(('rank__range', (1, 7))), name='partial_credit_rank_from_1_to_7'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partialcredit',
            trigger=pgtrigger.compiler.Trigger(name='partial_credit_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."enrolment_id" IS DISTINCT FROM (NEW."enrolment_id") OR OLD."competency_id" IS DISTINCT FROM (NEW."competency_id") OR OLD."rank" IS DISTINCT FROM (NEW."rank"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='942a8f31bfb215fc78374fff33d6710e833d9be7', operation='UPDATE', pgid='pgtrigger_partial_credit_stays_0b293', table='courses_partialcredit', when='BEFORE')),
        ),
        BuildWall("courses_meetingmark", Parent("enrolment_id", "courses_enrolment")),
        BuildWall("courses_completionexception", Parent("enrolment_id", "courses_enrolment")),
        BuildWall("courses_partialcredit", Parent("enrolment_id", "courses_enrolment")),
        BuildWall("courses_completionrule", Parent("offering_id", "courses_offering")),
    ]
