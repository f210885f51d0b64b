"""What completing a programme brings was a line of text; it becomes rows of its own."""

from typing import Any

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models
from django.utils.text import slugify

from accounts.walls import AnyOf, BuildWall, Organisation, Parent, Written

LENGTH = 60


def make_rows(apps: Any, schema_editor: Any) -> None:
    """One award for each text there is, given by nobody we know of yet; nothing is guessed."""
    award_of = apps.get_model("courses", "Award").objects
    links = apps.get_model("courses", "ProgrammeAward").objects
    for programme in (
        apps.get_model("courses", "Programme").objects.exclude(award="").order_by("pk")
    ):
        code = slugify(programme.award)[: LENGTH - 9].strip("-") or "award"
        award = award_of.filter(title=programme.award).first()
        if award is None:
            taken = award_of.filter(code=code).exists()
            award = award_of.create(
                code=f"{code}-{programme.pk}" if taken else code,
                title=programme.award,
                kind="CERTIFICATE",
                is_verified=programme.is_verified,
            )
        links.create(programme=programme, award=award)
    _settle(schema_editor)


def write_text(apps: Any, schema_editor: Any) -> None:
    """The titles of what a programme brings, as the line of text they came from."""
    links = apps.get_model("courses", "ProgrammeAward").objects.select_related("award")
    for programme in apps.get_model("courses", "Programme").objects.order_by("pk"):
        titles = [link.award.title for link in links.filter(programme=programme).order_by("pk")]
        programme.award = ", ".join(titles)[:200]
        programme.save(update_fields=["award"])
    _settle(schema_editor)


def _settle(schema_editor: Any) -> None:
    """A table with checks that are still to come cannot be altered."""
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def words(*last: str) -> models.GeneratedField:
    """The search vector, with these columns as its least weighty part."""
    vector = django.contrib.postgres.search.SearchVector
    return models.GeneratedField(
        expression=vector("title", weight="A", config="english")
        + vector("summary", weight="B", config="english")
        + vector(*last, weight="C", config="english"),
        output_field=django.contrib.postgres.search.SearchVectorField(),
        db_persist=True,
    )


# Seen where its owner's are, or with anything that somebody is offered.
OWNED = Organisation("owner_id", is_shared=True, or_national=True)
OFFERED = Written(
    "EXISTS (SELECT FROM courses_offering given WHERE given.programme_id = {table}.id)"
)
BROUGHT = (
    Written("EXISTS (SELECT FROM courses_programmeaward given WHERE given.award_id = {table}.id)"),
    Written("EXISTS (SELECT FROM courses_offeringaward given WHERE given.award_id = {table}.id)"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_walls"),
        ("courses", "0003_places_that_are_offered"),
    ]

    operations = [
        migrations.CreateModel(
            name="Body",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=160, unique=True, verbose_name="name")),
                ("site", models.URLField(blank=True, verbose_name="address of its site")),
                (
                    "is_verified",
                    models.BooleanField(
                        default=False, verbose_name="checked against a published source"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="body_has_a_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Award",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, unique=True, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CERTIFICATE", "Certificate or award"),
                            ("ACADEMIC", "Academic qualification"),
                            ("APPRENTICESHIP", "Apprenticeship"),
                            ("MEMBERSHIP", "Professional membership or title"),
                            ("CREDENTIAL", "Digital credential"),
                        ],
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="level"),
                ),
                ("criteria", models.TextField(blank=True, verbose_name="what it is given for")),
                ("is_listed", models.BooleanField(default=True, verbose_name="in the catalogue")),
                (
                    "is_verified",
                    models.BooleanField(
                        default=False, verbose_name="checked against a published source"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.body",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OfferingAward",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "is_optional",
                    models.BooleanField(default=False, verbose_name="only for those who choose it"),
                ),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offering_awards",
                        to="courses.award",
                    ),
                ),
                (
                    "offering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offering_awards",
                        to="courses.offering",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProgrammeAward",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "is_optional",
                    models.BooleanField(default=False, verbose_name="only for those who choose it"),
                ),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programme_awards",
                        to="courses.award",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programme_awards",
                        to="courses.programme",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="award_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level__isnull", True), ("level__range", (1, 8)), _connector="OR"
                ),
                name="award_level_from_1_to_8",
            ),
        ),
        migrations.AddConstraint(
            model_name="offeringaward",
            constraint=models.UniqueConstraint(
                fields=("offering", "award"), name="offering_award_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeaward",
            constraint=models.UniqueConstraint(
                fields=("programme", "award"), name="programme_award_once"
            ),
        ),
        migrations.RemoveIndex(model_name="programme", name="programme_words"),
        migrations.RemoveField(model_name="programme", name="words"),
        migrations.RunPython(make_rows, write_text),
        migrations.RemoveField(model_name="programme", name="award"),
        migrations.AddField(
            model_name="programme", name="words", field=words("audience", "provider")
        ),
        migrations.AddIndex(
            model_name="programme",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["words"], name="programme_words"
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        BuildWall("courses_programme", AnyOf((OWNED, OFFERED))),
        BuildWall("courses_outcome", Parent("programme_id", "courses_programme")),
        BuildWall("courses_programmeaward", Parent("programme_id", "courses_programme")),
        BuildWall("courses_offeringaward", Parent("offering_id", "courses_offering")),
        BuildWall("courses_award", AnyOf((OWNED, *BROUGHT))),
    ]
