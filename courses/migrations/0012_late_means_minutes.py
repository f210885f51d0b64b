"""A mark of late without minutes is refused: a check that is unknown is not refused by itself."""

from django.db import migrations, models
from django.db.models import Q


def late_means_minutes(**minutes: object) -> models.CheckConstraint:
    return models.CheckConstraint(
        name="mark_late_means_minutes",
        condition=Q(mark="LATE", **minutes) | (~Q(mark="LATE") & Q(minutes_late__isnull=True)),
    )


class Migration(migrations.Migration):
    dependencies = [("courses", "0011_accreditation_of_offerings")]

    operations = [
        migrations.RemoveConstraint(model_name="meetingmark", name="mark_late_means_minutes"),
        migrations.AddConstraint(
            model_name="meetingmark",
            constraint=late_means_minutes(minutes_late__isnull=False, minutes_late__range=(1, 240)),
        ),
    ]
