"""People sign in with the account of their organisation; an account there is one person here."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_emergency_access'),
    ]

    operations = [
        migrations.CreateModel(
            name='OrganisationSignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.URLField(max_length=300, verbose_name='issuer')),
                ('tenant_id', models.UUIDField(verbose_name='tenant')),
                ('client_id', models.CharField(max_length=200, verbose_name='client id')),
                ('secret', models.TextField(blank=True, verbose_name='client secret, encrypted')),
                ('its_second_factor_counts', models.BooleanField(default=False, verbose_name='its second step counts as ours')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sign_in', to='accounts.organisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('issuer', ''), _negated=True), models.Q(('client_id', ''), _negated=True)), name='organisation_sign_in_has_issuer_and_client')],
            },
        ),
        migrations.CreateModel(
            name='StaffIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant_id', models.UUIDField(verbose_name='tenant')),
                ('object_id', models.UUIDField(verbose_name='object in the tenant')),
                ('linked_at', models.DateTimeField(verbose_name='linked')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff_identities', to='accounts.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff_identities', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('tenant_id', 'object_id'), name='staff_identity_is_one_person'), models.UniqueConstraint(fields=('person', 'organisation'), name='staff_identity_one_in_an_organisation')],
            },
        ),
    ]
