"""Secrets of API clients get a table of their own, so that a client can have two while it changes."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
from django.contrib.auth.hashers import make_password
from django.db import migrations, models
from django.utils import timezone


def carry_over(apps, schema_editor):
    """The one secret each client has goes on working, for a year from now."""
    now = timezone.now()
    for opened in apps.get_model('accounts', 'ApiClient').objects.select_related('client'):
        apps.get_model('accounts', 'ApiClientSecret').objects.create(
            client=opened,
            slot=1,
            hash=opened.client.secret,
            created_at=now,
            expires_at=now + datetime.timedelta(days=365),
        )
        opened.client.secret = make_password(None)
        opened.client.save(update_fields=['secret'])


def give_back(apps, schema_editor):
    """Secrets made since are hashed in a way the library does not know: those end here."""
    secrets = apps.get_model('accounts', 'ApiClientSecret').objects.filter(slot__isnull=False)
    for secret in secrets.exclude(hash__startswith='sha256$').select_related('client__client'):
        secret.client.client.secret = secret.hash
        secret.client.client.save(update_fields=['secret'])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_clients_and_ledger'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiClientSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='place among the two')),
                ('hash', models.CharField(max_length=200, unique=True, verbose_name='hash of the secret')),
                ('prefix', models.CharField(blank=True, max_length=12, verbose_name='how it begins')),
                ('created_at', models.DateTimeField(verbose_name='made')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('last_used_on', models.DateField(blank=True, null=True, verbose_name='last used')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='secrets', to='accounts.apiclient')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('client', 'slot'), name='client_secret_two_at_the_most'), models.CheckConstraint(condition=models.Q(('slot__isnull', True), ('slot__in', [1, 2]), _connector='OR'), name='client_secret_slot_is_one_of_two'), models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('slot__isnull', True), _connector='OR'), name='client_secret_revoked_frees_its_slot'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at')), ('expires_at__lte', django.db.models.expressions.CombinedExpression(models.F('created_at'), '+', models.Value(datetime.timedelta(days=366))))), name='client_secret_lives_a_year_at_the_most')],
            },
        ),
        migrations.RunPython(carry_over, give_back),
    ]
