"""Addresses by which diaries read the sessions of one person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.walls import BuildWall, Own


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0018_statements_of_charges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token_hash",
                    models.CharField(
                        max_length=64, unique=True, verbose_name="hash of the address"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="taken back")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("person",),
                name="calendar_feed_one_at_a_time",
            ),
        ),
        BuildWall("courses_calendarfeed", Own(("person_id",))),
    ]
