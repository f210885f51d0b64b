"""Who is asked about a request and until when, an organisation's rule for it, and contests."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('courses', '0005_registers_and_completion'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.PositiveSmallIntegerField(default=1, verbose_name='stage')),
                ('asks', models.CharField(choices=[('LINE_MANAGER', 'Line manager'), ('SECOND_LINE', 'Manager of the line manager'), ('LEARNING_LEAD', 'Learning lead')], default='LINE_MANAGER', max_length=13, verbose_name='who is asked')),
                ('state', models.CharField(choices=[('WAITING', 'Waiting for an answer'), ('ESCALATED', 'Passed on, because nobody answered'), ('APPROVED', 'Approved'), ('REFUSED', 'Refused')], default='WAITING', max_length=9, verbose_name='state')),
                ('working_days', models.PositiveSmallIntegerField(default=5, verbose_name='working days to answer')),
                ('on_silence', models.CharField(choices=[('GRANT', 'The request is granted'), ('REFUSE', 'The request is refused')], default='GRANT', max_length=6, verbose_name='if nobody answers')),
                ('asked_at', models.DateTimeField(null=True, verbose_name='asked')),
                ('due_on', models.DateField(null=True, verbose_name='answer due by')),
                ('escalated_at', models.DateTimeField(null=True, verbose_name='passed on')),
                ('escalated_to', models.CharField(blank=True, choices=[('SECOND_LINE', 'Manager of the line manager'), ('LEARNING_LEAD', 'Learning lead')], max_length=13, verbose_name='passed on to')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('decided_by_rule', models.CharField(blank=True, choices=[('SILENCE_GRANTS', 'Nobody answered in time, so it was granted'), ('SILENCE_REFUSES', 'Nobody answered in time, so it was refused'), ('NOT_NEEDED', 'At this price nobody is asked')], max_length=15, verbose_name='rule that decided')),
            ],
            options={
                'ordering': ('stage',),
            },
        ),
        migrations.CreateModel(
            name='ApprovalRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('working_days', models.PositiveSmallIntegerField(default=5, verbose_name='working days to answer')),
                ('on_silence', models.CharField(choices=[('GRANT', 'The request is granted'), ('REFUSE', 'The request is refused')], default='GRANT', max_length=6, verbose_name='if nobody answers')),
                ('unasked_up_to_pence', models.PositiveIntegerField(null=True, verbose_name='nobody is asked up to')),
                ('second_above_pence', models.PositiveIntegerField(null=True, verbose_name='a second approver above')),
                ('second_approver', models.CharField(blank=True, choices=[('SECOND_LINE', 'Manager of the line manager'), ('LEARNING_LEAD', 'Learning lead')], max_length=13, verbose_name='second approver')),
                ('refusal_months', models.PositiveSmallIntegerField(default=6, verbose_name='months a refusal lasts')),
            ],
        ),
        migrations.CreateModel(
            name='Contest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='why the person disagrees')),
                ('state', models.CharField(choices=[('OPEN', 'Waiting for an answer'), ('UPHELD', 'The refusal stands'), ('OVERTURNED', 'The refusal is taken back')], default='OPEN', max_length=10, verbose_name='state')),
                ('contested_at', models.DateTimeField(verbose_name='contested')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='answered')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
            ],
        ),
        migrations.AlterField(
            model_name='enrolment',
            name='decided_by_rule',
            field=models.CharField(blank=True, choices=[('SILENCE_GRANTS', 'Nobody answered in time, so it was granted'), ('SILENCE_REFUSES', 'Nobody answered in time, so it was refused'), ('NOT_NEEDED', 'At this price nobody is asked')], max_length=15, verbose_name='rule that decided'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='enrolment_every_stage_approved', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."state" IN (\'CONFIRMED\', \'WAITING\', \'OFFERED\') AND OLD."state" = \'REQUESTED\')', func="\n                    IF NOT COALESCE((\n                        SELECT bool_and(state = 'APPROVED') FROM courses_approval\n                         WHERE enrolment_id = NEW.id\n                    ), false) THEN\n                        RAISE EXCEPTION 'request % is not approved at every stage', NEW.id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='3c4d146faec270199bab7c13fbb656a432f7542f', operation='UPDATE OF "state"', pgid='pgtrigger_enrolment_every_stage_approved_930cb', table='courses_enrolment', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('person')), _negated=True), _connector='OR'), name='enrolment_never_decided_by_oneself'),
        ),
        migrations.AddField(
            model_name='approval',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='approval',
            name='enrolment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='courses.enrolment'),
        ),
        migrations.AddField(
            model_name='approvalrule',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='contest',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contest',
            name='enrolment',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='contest', to='courses.enrolment'),
        ),
        migrations.AddField(
            model_name='contest',
            name='led_to',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='won_back_from', to='courses.enrolment'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('asked_at__isnull', False), ('state__in', ('WAITING', 'ESCALATED'))), fields=['due_on', 'id'], name='approval_overdue'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(fields=('enrolment', 'stage'), name='approval_stage_once_per_enrolment'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('asked_at__isnull', False), ('state__in', ('WAITING', 'ESCALATED'))), fields=('enrolment',), name='approval_one_asked_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(fields=('enrolment', 'decided_by'), name='approval_each_stage_by_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', (1, 2))), name='approval_first_or_second'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked_at__isnull', True), ('due_on__isnull', True)), models.Q(('asked_at__isnull', False), ('due_on__isnull', False)), _connector='OR'), name='approval_asked_means_until_when'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('escalated_at__isnull', True), ('escalated_to', ''), models.Q(('state', 'ESCALATED'), _negated=True)), models.Q(('asked_at__isnull', False), ('escalated_at__isnull', False), models.Q(('escalated_to', ''), _negated=True)), _connector='OR'), name='approval_escalated_means_when_and_to_whom'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('APPROVED', 'REFUSED')), ('decided_at__isnull', False), models.Q(models.Q(('decided_by__isnull', False), ('decided_by_rule', '')), models.Q(('decided_by__isnull', True), models.Q(('decided_by_rule', ''), _negated=True)), _connector='OR')), models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('decided_by_rule', ''), ('state__in', ('WAITING', 'ESCALATED'))), _connector='OR'), name='approval_decided_means_who_and_when'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='approval_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{ESCALATED:APPROVED,ESCALATED:REFUSED,WAITING:APPROVED,WAITING:ESCALATED,WAITING:REFUSED}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='2f3bfb537ec0f1f72fff6e27217f4a8c1c0cd296', operation='UPDATE', pgid='pgtrigger_approval_steps_24695', table='courses_approval', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='approval_keeps_what_was_promised', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."enrolment_id" IS DISTINCT FROM (NEW."enrolment_id") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."asks" IS DISTINCT FROM (NEW."asks") OR OLD."working_days" IS DISTINCT FROM (NEW."working_days") OR OLD."on_silence" IS DISTINCT FROM (NEW."on_silence"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='eba136e643fa08f1ccaca60c097f082c49a7b7ca', operation='UPDATE', pgid='pgtrigger_approval_keeps_what_was_promised_069ca', table='courses_approval', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='approval_never_by_oneself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."decided_by_id" IS NOT NULL)', func="\n                    IF EXISTS (\n                        SELECT FROM courses_enrolment\n                         WHERE id = NEW.enrolment_id AND person_id = NEW.decided_by_id\n                    ) THEN\n                        RAISE EXCEPTION 'nobody approves their own request %', NEW.enrolment_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='d80876b30bcf3685a02434d8cbc893a92267e6b8', operation='INSERT OR UPDATE OF "decided_by_id"', pgid='pgtrigger_approval_never_by_oneself_5ba1f', table='courses_approval', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='approval_rule_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('organisation', '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='approval_rule_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.UniqueConstraint(condition=models.Q(('organisation__isnull', True)), fields=('starts_on',), name='approval_rule_one_for_the_service'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.CheckConstraint(condition=models.Q(('working_days__range', (1, 30))), name='approval_rule_leaves_time_to_answer'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.CheckConstraint(condition=models.Q(('refusal_months__range', (1, 24))), name='approval_rule_refusal_ends'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('second_above_pence__isnull', True), ('second_approver', '')), models.Q(('second_above_pence__isnull', False), models.Q(('second_approver', ''), _negated=True)), _connector='OR'), name='approval_rule_second_means_who'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.CheckConstraint(condition=models.Q(('unasked_up_to_pence__isnull', True), ('second_above_pence__isnull', True), ('second_above_pence__gte', models.F('unasked_up_to_pence')), _connector='OR'), name='approval_rule_second_above_the_first'),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'OPEN')), models.Q(models.Q(('state', 'OPEN'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='contest_answered_means_who_when_and_why'),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.CheckConstraint(condition=models.Q(('led_to__isnull', True), ('state', 'OVERTURNED'), _connector='OR'), name='contest_leads_somewhere_when_overturned'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contest',
            trigger=pgtrigger.compiler.Trigger(name='contest_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{OPEN:OVERTURNED,OPEN:UPHELD}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='640cbab538d69f312d1853866d1bfcb0bd972d5e', operation='UPDATE', pgid='pgtrigger_contest_steps_de7a0', table='courses_contest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contest',
            trigger=pgtrigger.compiler.Trigger(name='contest_keeps_its_refusal', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."enrolment_id" IS DISTINCT FROM (NEW."enrolment_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2e5d7c1a2df2e9e502e2c4838ae82a5dd440c3e3', operation='UPDATE', pgid='pgtrigger_contest_keeps_its_refusal_61b75', table='courses_contest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contest',
            trigger=pgtrigger.compiler.Trigger(name='contest_never_by_the_refuser', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."decided_by_id" IS NOT NULL)', func="\n                    IF EXISTS (\n                        SELECT FROM courses_enrolment\n                         WHERE id = NEW.enrolment_id\n                           AND NEW.decided_by_id IN (person_id, decided_by_id)\n                    ) THEN\n                        RAISE EXCEPTION 'somebody else answers the contest of %', NEW.enrolment_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='061d2995915bbcb595c325539c602bc9d2595a12', operation='INSERT OR UPDATE OF "decided_by_id"', pgid='pgtrigger_contest_never_by_the_refuser_af1b5', table='courses_contest', when='BEFORE')),
        ),
    ]
