"""When a session was to start as somebody withdrew from it, by which being late is judged."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("courses", "0030_applications_end_with_the_course")]

    operations = [
        migrations.AddField(
            model_name="enrolment",
            name="start_then",
            field=models.DateTimeField(
                null=True, verbose_name="start of the session when they withdrew"
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=Q(start_then__isnull=True) | Q(state="WITHDRAWN"),
                name="enrolment_start_then_of_who_withdrew",
            ),
        ),
    ]
