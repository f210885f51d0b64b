"""Checks that come to yes or no also where something is empty."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_walls"),
        ("courses", "0035_results_of_assessment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="application",
            name="application_placed_means_a_place",
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_reserve_means_a_rank",
        ),
        migrations.RemoveConstraint(
            model_name="enrolment",
            name="enrolment_seated_means_a_seat",
        ),
        migrations.RemoveConstraint(
            model_name="offering",
            name="offering_ends_after_start",
        ),
        migrations.RemoveConstraint(
            model_name="sponsorstatement",
            name="sponsor_statement_given_means_words",
        ),
        migrations.RemoveConstraint(
            model_name="statement",
            name="statement_issued_means_number_who_and_when",
        ),
        migrations.RemoveConstraint(
            model_name="subjectrecord",
            name="subject_record_ends_so_many_months_later",
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("place__gte", 1),
                        ("place__isnull", False),
                        ("state__in", ("OFFERED", "ACCEPTED")),
                    ),
                    models.Q(
                        models.Q(("state__in", ("OFFERED", "ACCEPTED")), _negated=True),
                        ("place__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="application_placed_means_a_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("reserve_rank__gte", 1),
                        ("reserve_rank__isnull", False),
                        ("state", "RESERVE"),
                    ),
                    models.Q(
                        models.Q(("state", "RESERVE"), _negated=True),
                        ("reserve_rank__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="application_reserve_means_a_rank",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("seat__gte", 1),
                        ("seat__isnull", False),
                        (
                            "state__in",
                            ("OFFERED", "CONFIRMED", "ATTENDED", "PARTIAL", "COMPLETED", "ABSENT"),
                        ),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "state__in",
                                (
                                    "OFFERED",
                                    "CONFIRMED",
                                    "ATTENDED",
                                    "PARTIAL",
                                    "COMPLETED",
                                    "ABSENT",
                                ),
                            ),
                            _negated=True,
                        ),
                        ("seat__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="enrolment_seated_means_a_seat",
            ),
        ),
        migrations.AddConstraint(
            model_name="offering",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on__isnull", True),
                    ("ends_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="offering_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="sponsorstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("given_at__isnull", True), ("text", "")),
                    models.Q(
                        ("given_at__gte", models.F("named_at")),
                        ("given_at__isnull", False),
                        ("text__regex", "\\S"),
                    ),
                    _connector="OR",
                ),
                name="sponsor_statement_given_means_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("issued_at__isnull", False),
                        ("issued_by__isnull", False),
                        ("number__gte", 1),
                        ("number__isnull", False),
                        ("state", "ISSUED"),
                    ),
                    models.Q(
                        ("issued_at__isnull", True),
                        ("issued_by__isnull", True),
                        ("number__isnull", True),
                        ("state", "DRAFT"),
                    ),
                    _connector="OR",
                ),
                name="statement_issued_means_number_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("counts_months__isnull", True), ("expires_on__isnull", True)),
                    models.Q(
                        ("counts_months__isnull", False),
                        (
                            "expires_on",
                            models.Func(
                                models.F("counts_from"),
                                models.F("counts_months"),
                                arg_joiner=" + make_interval(months => ",
                                output_field=models.DateField(),
                                template="(%(expressions)s))::date",
                            ),
                        ),
                        ("expires_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="subject_record_ends_so_many_months_later",
            ),
        ),
    ]
