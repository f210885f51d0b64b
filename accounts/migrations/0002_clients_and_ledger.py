"""API clients and the ledger come second: the OAuth client they name rests on people."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('allauth_idp_oidc', '0003_client_allow_uri_wildcards'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiClient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('is_active', models.BooleanField(default=True, verbose_name='may call the API')),
                ('client', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='allauth_idp_oidc.client')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_clients', to='accounts.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('happened_at', models.DateTimeField(verbose_name='when')),
                ('verb', models.CharField(max_length=60, verbose_name='what was done')),
                ('by_job', models.CharField(blank=True, max_length=60, verbose_name="done by the system's job")),
                ('about_type', models.CharField(max_length=60, verbose_name='kind of record')),
                ('about_id', models.BigIntegerField(null=True, verbose_name='number of the record')),
                ('rule', models.CharField(max_length=80, verbose_name='under which rule')),
                ('facts', models.JSONField(default=dict, verbose_name='what changed')),
                ('by_client', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.apiclient')),
                ('by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['about_type', 'about_id', 'id'], name='event_about'), models.Index(fields=['subject', 'id'], name='event_subject'), models.Index(fields=['organisation', 'id'], name='event_organisation')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('by_client__isnull', True), ('by_job', ''), ('by_person__isnull', False)), models.Q(('by_client__isnull', False), ('by_job', ''), ('by_person__isnull', True)), models.Q(('by_client__isnull', True), ('by_person__isnull', True), models.Q(('by_job', ''), _negated=True)), _connector='OR'), name='event_has_one_actor')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='event_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c7ddd39b5cabca7bcd6abc1375980591656d881d', operation='UPDATE OR DELETE', pgid='pgtrigger_event_is_append_only_c9a1e', table='accounts_event', when='BEFORE')),
        ),
    ]
