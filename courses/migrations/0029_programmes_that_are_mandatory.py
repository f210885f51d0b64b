"""Programmes that an organisation makes mandatory."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from accounts.walls import BuildWall, Organisation


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('courses', '0028_panels_that_choose'),
        ('pathways', '0018_editions_that_go_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='courses.programme')),
                ('role_profile', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.roleprofile')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='mandate_ends_after_start'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('programme', '='), ('organisation', '='), (django.db.models.functions.comparison.Coalesce(models.F('role_profile_id'), models.Value(0, output_field=models.BigIntegerField())), '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='mandate_one_at_a_time')],
            },
        ),
        BuildWall("courses_mandate", Organisation(is_shared=True)),
    ]
