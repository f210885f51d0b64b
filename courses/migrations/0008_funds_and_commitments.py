import courses.models.funds
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from accounts.walls import AnyOf, BuildWall, Concerning, Organisation, Own, Parent
from django.db import migrations, models


WALLS = {
    "courses_moneyrule": Organisation(),
    "courses_fund": AnyOf((Organisation(), Concerning(), Own(("holder_id",)))),
    "courses_fund_programmes": Parent("fund_id", "courses_fund"),
    "courses_commitment": Parent("fund_id", "courses_fund"),
}


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('courses', '0007_walls_of_approval'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Fund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('kind', models.CharField(choices=[('STUDY_LEAVE', 'Study leave allowance of one person'), ('LEVY', 'Apprenticeship levy'), ('TRAINING', 'Training budget'), ('CENTRAL', 'Central funding, also for organisations below')], max_length=11, verbose_name='kind')),
                ('amount_pence', models.PositiveBigIntegerField(verbose_name='budget in pence')),
                ('reserved_pence', models.PositiveBigIntegerField(default=0, verbose_name='reserved in pence')),
                ('spent_pence', models.PositiveBigIntegerField(default=0, verbose_name='spent in pence')),
                ('holder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programmes', models.ManyToManyField(blank=True, related_name='+', to='courses.programme')),
            ],
        ),
        migrations.CreateModel(
            name='MoneyRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('STUDY_LEAVE', 'Study leave allowance of one person'), ('LEVY', 'Apprenticeship levy'), ('TRAINING', 'Training budget'), ('CENTRAL', 'Central funding, also for organisations below')], max_length=11), blank=True, default=courses.models.funds.no_kinds, size=None, verbose_name='funds in their order')),
                ('when_short', models.CharField(choices=[('REFUSE', 'The place is refused, and the person is told whom to ask'), ('GO_AHEAD', 'The place is given without a fund')], default='REFUSE', max_length=8, verbose_name='when no fund has enough left')),
                ('missed_percent', models.PositiveSmallIntegerField(default=0, verbose_name='charge for a missed place')),
                ('late_percent', models.PositiveSmallIntegerField(default=0, verbose_name='charge for a late withdrawal')),
                ('late_days', models.PositiveSmallIntegerField(default=0, verbose_name='days before that are late')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Commitment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('passed_over', models.JSONField(verbose_name='funds with too little left')),
                ('pence', models.PositiveIntegerField(verbose_name='reserved in pence')),
                ('spent_pence', models.PositiveIntegerField(default=0, verbose_name='spent in pence')),
                ('state', models.CharField(choices=[('RESERVED', 'Reserved'), ('SPENT', 'Spent'), ('RELEASED', 'Released')], default='RESERVED', max_length=8, verbose_name='state')),
                ('reserved_at', models.DateTimeField(verbose_name='reserved')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='spent or released')),
                ('enrolment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='commitments', to='courses.enrolment')),
                ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='courses.fund')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.moneyrule')),
            ],
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='fund_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', False)), name='fund_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('amount_pence__gte', django.db.models.expressions.CombinedExpression(models.F('reserved_pence'), '+', models.F('spent_pence')))), name='fund_never_overspent'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'STUDY_LEAVE'), ('person__isnull', False)), models.Q(models.Q(('kind', 'STUDY_LEAVE'), _negated=True), ('person__isnull', True)), _connector='OR'), name='fund_of_a_person_is_an_allowance'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.UniqueConstraint(fields=('organisation', 'title', 'starts_on'), name='fund_title_once_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('person__isnull', False)), expressions=[('organisation', '='), ('person', '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='fund_one_allowance_at_a_time'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fund',
            trigger=pgtrigger.compiler.Trigger(name='fund_totals_are_sums', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.reserved_pence + NEW.spent_pence = 0 THEN\n                            RETURN NEW;\n                        END IF;\n                    ELSIF pg_trigger_depth() > 1 OR (NEW.reserved_pence, NEW.spent_pence)\n                            = (OLD.reserved_pence, OLD.spent_pence) THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'the totals of fund % are the sums of its commitments', NEW.id\n                        USING ERRCODE = 'check_violation';\n                ", hash='d734be208016d3e596761fa93c20fb2c22157c26', operation='INSERT OR UPDATE OF "reserved_pence", "spent_pence"', pgid='pgtrigger_fund_totals_are_sums_198cb', table='courses_fund', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='moneyrule',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='money_rule_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='moneyrule',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('organisation', '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='money_rule_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='moneyrule',
            constraint=models.CheckConstraint(condition=models.Q(('late_percent__lte', 100), ('missed_percent__lte', 100)), name='money_rule_charges_the_price_at_most'),
        ),
        migrations.AddConstraint(
            model_name='moneyrule',
            constraint=models.CheckConstraint(condition=models.Q(('late_days__lte', 365)), name='money_rule_late_within_a_year'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(fields=['fund', '-reserved_at'], name='commitment_fund'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'RELEASED'), _negated=True), fields=('enrolment',), name='commitment_one_live_per_enrolment'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('spent_pence__gte', 1), ('spent_pence__lte', models.F('pence')), ('state', 'SPENT')), models.Q(models.Q(('state', 'SPENT'), _negated=True), ('spent_pence', 0)), _connector='OR'), name='commitment_spends_what_it_reserved_at_most'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state', 'RESERVED')), models.Q(models.Q(('state', 'RESERVED'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='commitment_settled_means_when'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('pence__gte', 1)), name='commitment_is_of_something'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitment',
            trigger=pgtrigger.compiler.Trigger(name='commitment_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{RELEASED:SPENT,RESERVED:RELEASED,RESERVED:SPENT,SPENT:RELEASED}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='5ca63cd75d79297d21221a0f331c550009010ca6', operation='UPDATE', pgid='pgtrigger_commitment_steps_1c974', table='courses_commitment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitment',
            trigger=pgtrigger.compiler.Trigger(name='commitment_keeps_its_fund', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."fund_id" IS DISTINCT FROM (NEW."fund_id") OR OLD."pence" IS DISTINCT FROM (NEW."pence") OR OLD."rule_id" IS DISTINCT FROM (NEW."rule_id") OR OLD."passed_over" IS DISTINCT FROM (NEW."passed_over") OR OLD."reserved_at" IS DISTINCT FROM (NEW."reserved_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f7b1816005f95855b288ed518ea7489bb2866e62', operation='UPDATE', pgid='pgtrigger_commitment_keeps_its_fund_55643', table='courses_commitment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitment',
            trigger=pgtrigger.compiler.Trigger(name='commitment_moves_totals', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    UPDATE courses_fund SET\n                        reserved_pence = reserved_pence\n                            + CASE WHEN NEW.state = 'RESERVED' THEN NEW.pence ELSE 0 END\n                            - CASE WHEN OLD.state = 'RESERVED' THEN OLD.pence ELSE 0 END,\n                        spent_pence = spent_pence\n                            + COALESCE(NEW.spent_pence, 0) - COALESCE(OLD.spent_pence, 0)\n                     WHERE id = COALESCE(NEW.fund_id, OLD.fund_id);\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'the fund of commitment % is out of sight',\n                            COALESCE(NEW.id, OLD.id);\n                    END IF;\n                    RETURN NULL;\n                ", hash='16c22911159f2e775ddd562a4344434d7de35b0a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_commitment_moves_totals_771bb', table='courses_commitment', when='AFTER')),
        ),
        *(BuildWall(table, wall) for table, wall in WALLS.items()),
    ]
