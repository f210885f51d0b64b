"""What mandatory training is asked of whom, how long it counts, and what people were trained in."""
import courses.models.compliance_rules
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.walls import AnyOf, BuildWall, Concerning, Member, Organisation, Parent


_RULE = Organisation(is_shared=True, or_national=True)
_WALLS = [
    BuildWall("courses_subject", Organisation("owner_id", is_shared=True, or_national=True)),
    BuildWall("courses_subjectlevel", Parent("subject_id", "courses_subject")),
    BuildWall(
        "courses_subjecttaught",
        AnyOf((Parent("programme_id", "courses_programme"), Parent("offering_id", "courses_offering"))),
    ),
    BuildWall("courses_refreshperiod", _RULE),
    BuildWall("courses_renewalrule", _RULE),
    BuildWall("courses_subjectrequirement", Organisation(is_shared=True)),
    BuildWall("courses_subjectrecord", Member()),
    BuildWall("courses_subjectexemption", AnyOf((Organisation(), Concerning()))),
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('courses', '0008_funds_and_commitments'),
        ('pathways', '0018_editions_that_go_on'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RefreshPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('months', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='months')),
                ('reaches_back', models.BooleanField(default=False, verbose_name='also for what was completed before')),
                ('reason', models.TextField(blank=True, verbose_name='why')),
                ('is_verified', models.BooleanField(default=False, verbose_name='checked against a published source')),
            ],
        ),
        migrations.CreateModel(
            name='RenewalRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('window_days', models.PositiveSmallIntegerField(default=90, verbose_name='days before the last day')),
                ('keeps_anniversary', models.BooleanField(default=False, verbose_name='keeps its anniversary')),
                ('remind_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=courses.models.compliance_rules.reminded_before, size=None, verbose_name='reminders, in days before the last day')),
            ],
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('prefix', models.CharField(blank=True, max_length=4, verbose_name='claim prefix')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('subject_set', models.CharField(choices=[('CSTF', 'Core Skills Training Framework'), ('CORE', 'Core'), ('MANDATORY', 'Mandatory'), ('LOCAL', 'Local')], max_length=10, verbose_name='set')),
                ('vpd', models.CharField(blank=True, max_length=3, verbose_name='VPD of the owner')),
                ('higher_counts', models.BooleanField(default=True, verbose_name='a higher level counts for a lower')),
                ('is_verified', models.BooleanField(default=False, verbose_name='checked against a published source')),
            ],
        ),
        migrations.CreateModel(
            name='SubjectExemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('reason', models.CharField(choices=[('OTHER_WORK', 'The work of the person does not need it'), ('AWAY', 'Away from work for a long time'), ('TRAINED_ELSEWHERE', 'Trained otherwise, which is being checked'), ('NOT_AVAILABLE', 'The training cannot be had at present')], max_length=17, verbose_name='reason')),
                ('note', models.TextField(blank=True, verbose_name='explanation')),
                ('granted_at', models.DateTimeField(verbose_name='given')),
            ],
        ),
        migrations.CreateModel(
            name='SubjectLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(default=1, verbose_name='rank')),
                ('label', models.CharField(blank=True, max_length=40, verbose_name='level')),
                ('esr_titles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=160), blank=True, default=list, size=None, verbose_name='other titles in the staff record')),
            ],
        ),
        migrations.CreateModel(
            name='SubjectRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('completed_on', models.DateField(verbose_name='completed')),
                ('expires_on', models.DateField(null=True, verbose_name='counts until')),
                ('counts_from', models.DateField(verbose_name='counted from')),
                ('counts_months', models.PositiveSmallIntegerField(null=True, verbose_name='months counted')),
                ('source', models.CharField(choices=[('COURSE', 'Course completed here'), ('IMPORT', 'Brought from another system'), ('CERTIFICATE', 'Certificate'), ('EXTERNAL', 'Learned elsewhere and checked'), ('RULE', 'Counted again after a change of rule')], max_length=11, verbose_name='source')),
                ('source_key', models.CharField(max_length=120, verbose_name='where it came from')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('struck_at', models.DateTimeField(null=True, verbose_name='struck out')),
            ],
        ),
        migrations.CreateModel(
            name='SubjectRequirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('staff_group', models.CharField(blank=True, choices=[('01', 'Medical and Dental'), ('02', 'Students'), ('03', 'Nursing and Midwifery Registered'), ('04', 'Allied Health Professionals'), ('05', 'Additional Professional Scientific and Technical'), ('06', 'Healthcare Scientists'), ('07', 'Additional Clinical Services'), ('08', 'Administrative and Clerical'), ('09', 'Estates and Ancillary'), ('10', 'Supplementary Roles')], max_length=2, verbose_name='staff group')),
            ],
        ),
        migrations.CreateModel(
            name='SubjectTaught',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.AddField(
            model_name='refreshperiod',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='renewalrule',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='subject',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='renewalrule',
            name='subject',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.subject'),
        ),
        migrations.AddField(
            model_name='refreshperiod',
            name='subject',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refresh_periods', to='courses.subject'),
        ),
        migrations.AddField(
            model_name='subjectexemption',
            name='granted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='subjectexemption',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='subjectexemption',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='subjectexemption',
            name='subject',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.subject'),
        ),
        migrations.AddField(
            model_name='subjectlevel',
            name='subject',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='courses.subject'),
        ),
        migrations.AddField(
            model_name='refreshperiod',
            name='level',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.subjectlevel'),
        ),
        migrations.AddField(
            model_name='subjectrecord',
            name='level',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.subjectlevel'),
        ),
        migrations.AddField(
            model_name='subjectrecord',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='subjectrecord',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='subjectrequirement',
            name='level',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requirements', to='courses.subjectlevel'),
        ),
        migrations.AddField(
            model_name='subjectrequirement',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='subjectrequirement',
            name='role_profile',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.roleprofile'),
        ),
        migrations.AddField(
            model_name='subjecttaught',
            name='level',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taught_by', to='courses.subjectlevel'),
        ),
        migrations.AddField(
            model_name='subjecttaught',
            name='offering',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.offering'),
        ),
        migrations.AddField(
            model_name='subjecttaught',
            name='programme',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.programme'),
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=models.UniqueConstraint(fields=('owner', 'code'), name='subject_code_once_per_owner', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=models.UniqueConstraint(fields=('owner', 'subject_set', 'title'), name='subject_title_once_per_owner_and_set', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('owner__isnull', True), ('vpd', '')), models.Q(('owner__isnull', False), ('vpd__regex', '^[0-9]{3}$')), _connector='OR'), name='subject_local_means_a_vpd'),
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('title__contains', '|'), _negated=True), models.Q(('title', ''), _negated=True)), name='subject_title_can_be_told_to_the_staff_record'),
        ),
        migrations.AddConstraint(
            model_name='renewalrule',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='renewal_rule_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='renewalrule',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(django.db.models.functions.comparison.Coalesce(models.F('organisation_id'), models.Value(0, output_field=models.BigIntegerField())), '='), (django.db.models.functions.comparison.Coalesce(models.F('subject_id'), models.Value(0, output_field=models.BigIntegerField())), '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='renewal_rule_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='renewalrule',
            constraint=models.CheckConstraint(condition=models.Q(('window_days__lte', 366)), name='renewal_rule_window_of_a_year_at_most'),
        ),
        migrations.AddConstraint(
            model_name='renewalrule',
            constraint=models.CheckConstraint(condition=models.Q(('remind_days__len__range', (1, 8)), models.Func(models.F('remind_days'), output_field=models.BooleanField(), template='0 < ALL(%(expressions)s)'), models.Func(models.F('remind_days'), output_field=models.BooleanField(), template='366 >= ALL(%(expressions)s)')), name='renewal_rule_reminds_within_a_year'),
        ),
        migrations.AddConstraint(
            model_name='subjectexemption',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='subject_exemption_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='subjectexemption',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('person', '='), ('organisation', '='), ('subject', '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='subject_exemption_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='subjectexemption',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', False)), name='subject_exemption_ends'),
        ),
        migrations.AddConstraint(
            model_name='subjectexemption',
            constraint=models.CheckConstraint(condition=models.Q(('person', models.F('granted_by')), _negated=True), name='subject_exemption_not_by_oneself'),
        ),
        migrations.AddConstraint(
            model_name='subjectlevel',
            constraint=models.UniqueConstraint(fields=('subject', 'rank'), name='subject_level_rank_once_per_subject'),
        ),
        migrations.AddConstraint(
            model_name='subjectlevel',
            constraint=models.UniqueConstraint(fields=('subject', 'label'), name='subject_level_label_once_per_subject'),
        ),
        migrations.AddConstraint(
            model_name='subjectlevel',
            constraint=models.CheckConstraint(condition=models.Q(('rank__range', (1, 7))), name='subject_level_rank_from_1'),
        ),
        migrations.AddConstraint(
            model_name='subjectlevel',
            constraint=models.CheckConstraint(condition=models.Q(('label__contains', '|'), _negated=True), name='subject_level_label_has_no_bar'),
        ),
        migrations.AddConstraint(
            model_name='refreshperiod',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='refresh_period_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='refreshperiod',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('subject', '='), (django.db.models.functions.comparison.Coalesce(models.F('level_id'), models.Value(0, output_field=models.BigIntegerField())), '='), (django.db.models.functions.comparison.Coalesce(models.F('organisation_id'), models.Value(0, output_field=models.BigIntegerField())), '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='refresh_period_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='refreshperiod',
            constraint=models.CheckConstraint(condition=models.Q(('months__isnull', True), ('months__range', (1, 240)), _connector='OR'), name='refresh_period_from_1_to_240_months'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='refreshperiod',
            trigger=pgtrigger.compiler.Trigger(name='refresh_period_has_a_level_of_its_subject', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.level_id IS NOT NULL AND NOT EXISTS (\n                        SELECT FROM courses_subjectlevel\n                         WHERE id = NEW.level_id AND subject_id = NEW.subject_id) THEN\n                        RAISE EXCEPTION 'The level belongs to another subject.'\n                              USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='788f383dd1d9356c40a3db88d1512ce2773ff936', operation='INSERT OR UPDATE OF "subject_id", "level_id"', pgid='pgtrigger_refresh_period_has_a_level_of_its_subject_7cbde', table='courses_refreshperiod', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='subjectrecord',
            index=models.Index(fields=['person', 'level', '-completed_on', '-id'], include=('expires_on', 'struck_at'), name='subject_record_latest'),
        ),
        migrations.AddIndex(
            model_name='subjectrecord',
            index=models.Index(fields=['expires_on', 'person'], name='subject_record_ends'),
        ),
        migrations.AddConstraint(
            model_name='subjectrecord',
            constraint=models.UniqueConstraint(fields=('person', 'level', 'source', 'source_key'), name='subject_record_once_per_source'),
        ),
        migrations.AddConstraint(
            model_name='subjectrecord',
            constraint=models.CheckConstraint(condition=models.Q(('source_key', ''), _negated=True), name='subject_record_says_where_it_came_from'),
        ),
        migrations.AddConstraint(
            model_name='subjectrecord',
            constraint=models.CheckConstraint(condition=models.Q(('expires_on__isnull', True), ('expires_on__gte', models.F('completed_on')), _connector='OR'), name='subject_record_ends_after_it_was_completed'),
        ),
        migrations.AddConstraint(
            model_name='subjectrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counts_months__isnull', True), ('expires_on__isnull', True)), models.Q(('counts_months__isnull', False), ('expires_on', models.Func(models.F('counts_from'), models.F('counts_months'), arg_joiner=' + make_interval(months => ', output_field=models.DateField(), template='(%(expressions)s))::date'))), _connector='OR'), name='subject_record_ends_so_many_months_later'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='subjectrecord',
            trigger=pgtrigger.compiler.Trigger(name='subject_record_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='dca52217e11fdb4bbb42879f0aa5ac1c3b39deda', operation='DELETE', pgid='pgtrigger_subject_record_is_append_only_390b8', table='courses_subjectrecord', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='subjectrecord',
            trigger=pgtrigger.compiler.Trigger(name='subject_record_is_only_struck_out', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF to_jsonb(NEW) - 'struck_at' = to_jsonb(OLD) - 'struck_at'\n                       AND OLD.struck_at IS NULL AND NEW.struck_at IS NOT NULL THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;\n                ", hash='f1f9cc60ffc9da5d6c2b6be9a16dfa58aa5fb491', operation='UPDATE', pgid='pgtrigger_subject_record_is_only_struck_out_c64c8', table='courses_subjectrecord', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='subjectrequirement',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='subject_requirement_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='subjectrequirement',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('organisation', '='), ('level', '='), ('staff_group', '='), (django.db.models.functions.comparison.Coalesce(models.F('role_profile_id'), models.Value(0, output_field=models.BigIntegerField())), '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='subject_requirement_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='subjectrequirement',
            constraint=models.CheckConstraint(condition=models.Q(('role_profile__isnull', True), ('staff_group', ''), _connector='OR'), name='subject_requirement_of_a_role_or_a_staff_group'),
        ),
        migrations.AddConstraint(
            model_name='subjecttaught',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('offering__isnull', True), ('programme__isnull', False)), models.Q(('offering__isnull', False), ('programme__isnull', True)), _connector='OR'), name='subject_taught_by_a_programme_or_an_offering'),
        ),
        migrations.AddConstraint(
            model_name='subjecttaught',
            constraint=models.UniqueConstraint(fields=('level', 'programme', 'offering'), name='subject_taught_once', nulls_distinct=False),
        ),
    ] + _WALLS
