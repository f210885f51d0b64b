"""When levels were first carried over by a rule, which then stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0010_claims_under_appointments"),
    ]

    operations = [
        migrations.AddField(
            model_name="crosswalk",
            name="carried_at",
            field=models.DateTimeField(null=True, verbose_name="levels carried over"),
        ),
        migrations.AddConstraint(
            model_name="crosswalk",
            constraint=models.CheckConstraint(
                name="crosswalk_carried_by_what_was_confirmed",
                condition=models.Q(
                    ("carried_at__isnull", True), ("confirmed_at__isnull", False), _connector="OR"
                ),
            ),
        ),
    ]
