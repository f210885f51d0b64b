"""Sessions with time of their own to answer offers, and who wants no invitations by mail."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.walls import BuildWall, Own


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0025_interest_in_the_next_session"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="offer_hours",
            field=models.PositiveSmallIntegerField(
                null=True, verbose_name="hours to accept an offered place"
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("offer_hours__isnull", True), ("offer_hours__lte", 744), _connector="OR"
                ),
                name="session_offers_for_a_month_at_most",
            ),
        ),
        migrations.CreateModel(
            name="InvitationRefusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since_at", models.DateTimeField(verbose_name="since")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        BuildWall("courses_invitationrefusal", Own(("person_id",))),
    ]
