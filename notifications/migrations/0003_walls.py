"""Row-level security of this app."""

from django.db import migrations

from accounts.walls import BuildWall, Own


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_urgent_notices"),
        ("accounts", "0011_walls"),
    ]

    operations = [
        BuildWall("notifications_digest", Own(("recipient_id",))),
        BuildWall("notifications_notice", Own(("recipient_id",))),
    ]
