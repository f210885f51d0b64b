"""Evaluations: asked by name, answered without one, counted in one row for each session."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.walls import BuildWall, Organisation, Parent, Written

RUN_THERE = Written(
    "EXISTS (SELECT FROM courses_session held"
    " JOIN courses_offering run ON run.id = held.offering_id"
    " WHERE held.id = {table}.session_id"
    " AND run.host_id = ANY ((SELECT waymark_organisations())::bigint[]))"
)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('courses', '0014_protected_time'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EvaluationBox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('closes_at', models.DateTimeField(verbose_name='closes')),
                ('least_answers', models.PositiveSmallIntegerField(verbose_name='least answers that are shown')),
                ('answers', models.PositiveSmallIntegerField(default=0, verbose_name='answers')),
                ('tally', models.JSONField(default=dict, verbose_name='counts by question and answer')),
                ('texts', models.JSONField(default=dict, verbose_name='answers in own words')),
            ],
        ),
        migrations.CreateModel(
            name='EvaluationForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('valid_from', models.DateField(verbose_name='used from')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes it takes')),
                ('open_days', models.PositiveSmallIntegerField(default=14, verbose_name='days it can be answered')),
                ('least_answers', models.PositiveSmallIntegerField(default=10, verbose_name='least answers that are shown')),
            ],
        ),
        migrations.CreateModel(
            name='EvaluationInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('closes_at', models.DateTimeField(verbose_name='can be answered until')),
                ('is_answered', models.BooleanField(default=False, verbose_name='answered')),
            ],
        ),
        migrations.CreateModel(
            name='EvaluationQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=30, verbose_name='key')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('kind', models.CharField(choices=[('SCALE', 'From 1 to 5'), ('CHOICE', 'One of several answers'), ('TEXT', 'In own words')], max_length=6, verbose_name='kind')),
                ('words', models.CharField(max_length=200, verbose_name='question')),
                ('choices', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None, verbose_name='answers')),
            ],
        ),
        migrations.AddField(
            model_name='completionrule',
            name='needs_evaluation',
            field=models.BooleanField(default=False, verbose_name='the evaluation is answered'),
        ),
        migrations.AlterField(
            model_name='completionexception',
            name='missing',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ATTENDANCE', 'Attendance'), ('EVALUATION', 'Evaluation')], max_length=10), size=None, verbose_name='what was missing'),
        ),
        migrations.AddField(
            model_name='evaluationbox',
            name='session',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='evaluation', to='courses.session'),
        ),
        migrations.AddField(
            model_name='evaluationform',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='evaluationbox',
            name='form',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.evaluationform'),
        ),
        migrations.AddField(
            model_name='evaluationinvitation',
            name='enrolment',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='evaluation_invitation', to='courses.enrolment'),
        ),
        migrations.AddField(
            model_name='evaluationinvitation',
            name='form',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.evaluationform'),
        ),
        migrations.AddField(
            model_name='evaluationquestion',
            name='form',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='courses.evaluationform'),
        ),
        migrations.AddConstraint(
            model_name='evaluationform',
            constraint=models.UniqueConstraint(fields=('organisation', 'version'), name='evaluation_form_version_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='evaluationform',
            constraint=models.CheckConstraint(condition=models.Q(('least_answers__gte', 5)), name='evaluation_form_floor'),
        ),
        migrations.AddConstraint(
            model_name='evaluationform',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__range', (1, 10))), name='evaluation_form_is_short'),
        ),
        migrations.AddConstraint(
            model_name='evaluationform',
            constraint=models.CheckConstraint(condition=models.Q(('open_days__range', (1, 60))), name='evaluation_form_open_for_some_days'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='evaluationform',
            trigger=pgtrigger.compiler.Trigger(name='evaluation_form_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='53cb5341169498497c2bf1ee275529d1069c1c59', operation='UPDATE', pgid='pgtrigger_evaluation_form_stays_af9e2', table='courses_evaluationform', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='evaluationbox',
            constraint=models.CheckConstraint(condition=models.Q(('least_answers__gte', 5)), name='evaluation_box_floor'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='evaluationbox',
            trigger=pgtrigger.compiler.Trigger(name='evaluation_box_keeps_its_floor', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."session_id" IS DISTINCT FROM (NEW."session_id") OR OLD."form_id" IS DISTINCT FROM (NEW."form_id") OR OLD."closes_at" IS DISTINCT FROM (NEW."closes_at") OR OLD."least_answers" IS DISTINCT FROM (NEW."least_answers"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='95fbbad0afacca5fedf104ac4cd40d4d5b3f2e45', operation='UPDATE', pgid='pgtrigger_evaluation_box_keeps_its_floor_c4c16', table='courses_evaluationbox', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='evaluationinvitation',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('asked_at'))), name='evaluation_invitation_closes_after_asking'),
        ),
        migrations.AddConstraint(
            model_name='evaluationquestion',
            constraint=models.UniqueConstraint(fields=('form', 'key'), name='evaluation_question_key_once'),
        ),
        migrations.AddConstraint(
            model_name='evaluationquestion',
            constraint=models.UniqueConstraint(fields=('form', 'position'), name='evaluation_question_place_once'),
        ),
        migrations.AddConstraint(
            model_name='evaluationquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('choices__len__gte', 2), ('kind', 'CHOICE')), models.Q(models.Q(('kind', 'CHOICE'), _negated=True), ('choices', [])), _connector='OR'), name='evaluation_question_choices_where_one_chooses'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='evaluationquestion',
            trigger=pgtrigger.compiler.Trigger(name='evaluation_question_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='9eaf1673f169a45727396370e2679d1249457c25', operation='UPDATE', pgid='pgtrigger_evaluation_question_stays_ac411', table='courses_evaluationquestion', when='BEFORE')),
        ),
        BuildWall("courses_evaluationform", Organisation(is_shared=True, or_national=True)),
        BuildWall("courses_evaluationquestion", Parent("form_id", "courses_evaluationform")),
        BuildWall("courses_evaluationbox", RUN_THERE),
        BuildWall("courses_evaluationinvitation", Parent("enrolment_id", "courses_enrolment")),
    ]
