"""People who want to be told about the next session of a programme."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.walls import BuildWall, Own


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0024_money_that_is_owed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Interest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since_at', models.DateTimeField(verbose_name='asked to be told')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='told no longer')),
                ('ended_because', models.CharField(blank=True, choices=[('SELF', 'Ended by the person'), ('PLACE', 'They have a place')], max_length=5, verbose_name='why it ended')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.programme')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['programme'], name='interest_told')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('person', 'programme'), name='interest_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_because', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_because', ''), _negated=True)), _connector='OR'), name='interest_ended_means_why'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('since_at')), _connector='OR'), name='interest_ends_after_it_starts')],
            },
        ),
        BuildWall("courses_interest", Own(("person_id",))),
    ]
