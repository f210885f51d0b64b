"""Two parts of an edition may change codes, and two descriptions levels, in one statement."""

from django.db import migrations, models

AT_THE_END_OF_THE_STATEMENT = models.Deferrable.IMMEDIATE
CONSTRAINTS = (
    ("domain", "domain_code_once", ["version", "code"]),
    ("competency", "competency_code_once", ["version", "code"]),
    ("leveldescriptor", "level_descriptor_once", ["competency", "level"]),
)


def changed(model: str, name: str, fields: list[str]) -> list:
    return [
        migrations.RemoveConstraint(model_name=model, name=name),
        migrations.AddConstraint(
            model_name=model,
            constraint=models.UniqueConstraint(
                name=name, fields=fields, deferrable=AT_THE_END_OF_THE_STATEMENT
            ),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0007_requests_under_appointments"),
    ]

    operations = [
        operation for constraint in CONSTRAINTS for operation in changed(*constraint)
    ]
