import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from accounts.walls import AnyOf, BuildWall, Organisation, Parent
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('courses', '0017_external_learning'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('CHARGE', 'Statement of charges'), ('CREDIT', 'Credit note')], default='CHARGE', max_length=6, verbose_name='kind')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='why it is credited')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(verbose_name='last day')),
                ('state', models.CharField(choices=[('DRAFT', 'Draft'), ('ISSUED', 'Issued')], default='DRAFT', max_length=6, verbose_name='state')),
                ('number', models.PositiveIntegerField(null=True, verbose_name='number')),
                ('drafted_at', models.DateTimeField(verbose_name='drafted')),
                ('issued_at', models.DateTimeField(null=True, verbose_name='issued')),
            ],
        ),
        migrations.CreateModel(
            name='StatementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=30, verbose_name='reference of the place')),
                ('programme', models.CharField(max_length=200, verbose_name='programme')),
                ('session_on', models.DateField(verbose_name='session on')),
                ('reason', models.CharField(choices=[('USED', 'Place used'), ('MISSED', 'Nobody appeared'), ('LATE', 'Given up late')], max_length=6, verbose_name='why it is charged')),
                ('price_pence', models.PositiveIntegerField(verbose_name='price of the place in pence')),
                ('pence', models.PositiveIntegerField(verbose_name='charged in pence')),
                ('is_credited', models.BooleanField(default=False, verbose_name='taken back')),
            ],
        ),
        migrations.AddField(
            model_name='statement',
            name='corrects',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='courses.statement'),
        ),
        migrations.AddField(
            model_name='statement',
            name='host',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='statement',
            name='issued_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statement',
            name='payer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='statementline',
            name='corrects',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit', to='courses.statementline'),
        ),
        migrations.AddField(
            model_name='statementline',
            name='enrolment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='charges', to='courses.enrolment'),
        ),
        migrations.AddField(
            model_name='statementline',
            name='statement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='courses.statement'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['payer', '-issued_at'], name='statement_payer'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='statement_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('host', models.F('payer')), _negated=True), name='statement_charges_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(fields=('host', 'number'), name='statement_number_once'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'CHARGE'), ('state', 'DRAFT')), fields=('host', 'payer', 'starts_on', 'ends_on'), name='statement_one_draft_of_a_period'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issued_at__isnull', False), ('issued_by__isnull', False), ('number__gte', 1), ('state', 'ISSUED')), models.Q(('issued_at__isnull', True), ('issued_by__isnull', True), ('number__isnull', True), ('state', 'DRAFT')), _connector='OR'), name='statement_issued_means_number_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', False), ('kind', 'CREDIT'), models.Q(('reason', ''), _negated=True)), models.Q(('corrects__isnull', True), ('kind', 'CHARGE'), ('reason', '')), _connector='OR'), name='statement_credit_means_of_what_and_why'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='statement_issued_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'ISSUED\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a50f6d3f62b225ea5ca51a6d10d15605d57eef7b', operation='UPDATE OR DELETE', pgid='pgtrigger_statement_issued_is_frozen_0c0b7', table='courses_statement', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects__isnull', True), ('is_credited', False)), fields=('enrolment',), name='statement_line_place_charged_once'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(('pence__gte', 1), ('pence__lte', models.F('price_pence'))), name='statement_line_charges_the_price_at_most'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementline',
            trigger=pgtrigger.compiler.Trigger(name='statement_line_issued_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (\n                        SELECT FROM courses_statement\n                         WHERE id = COALESCE(NEW.statement_id, OLD.statement_id)\n                           AND state = 'ISSUED'\n                    ) AND (\n                        TG_OP <> 'UPDATE'\n                        OR to_jsonb(NEW) - 'is_credited' - 'enrolment_id'\n                           <> to_jsonb(OLD) - 'is_credited' - 'enrolment_id'\n                        OR (OLD.is_credited AND NOT NEW.is_credited)\n                        OR (NEW.is_credited AND NOT OLD.is_credited AND pg_trigger_depth() < 2)\n                        OR NEW.enrolment_id <> OLD.enrolment_id\n                    ) THEN\n                        RAISE EXCEPTION 'the statement of line % is issued',\n                            COALESCE(NEW.id, OLD.id) USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN COALESCE(NEW, OLD);\n                ", hash='c4a307c842e47392216380392e588b45c3f8fd94', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_statement_line_issued_is_frozen_a9d6a', table='courses_statementline', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementline',
            trigger=pgtrigger.compiler.Trigger(name='statement_line_takes_back', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."corrects_id" IS NOT NULL)', func='\n                    UPDATE courses_statementline SET is_credited = true WHERE id = NEW.corrects_id;\n                    RETURN NULL;\n                ', hash='691a1d83d61a6d91aa09aa0e82b703601565cd84', operation='INSERT', pgid='pgtrigger_statement_line_takes_back_b4e3d', table='courses_statementline', when='AFTER')),
        ),
        BuildWall(
            "courses_statement", AnyOf((Organisation("host_id"), Organisation("payer_id")))
        ),
        BuildWall("courses_statementline", Parent("statement_id", "courses_statement")),
    ]
