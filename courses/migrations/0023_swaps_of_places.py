"""Swaps of places: asked of one person by another."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.walls import BuildWall, Own


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0022_training_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SwapRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ASKED", "Waiting for an answer"),
                            ("AGREED", "Swapped"),
                            ("DECLINED", "Declined"),
                            ("TAKEN_BACK", "Taken back"),
                            ("LAPSED", "Ended without an answer"),
                        ],
                        default="ASKED",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("ends_at", models.DateTimeField(verbose_name="can be answered until")),
                (
                    "ended_at",
                    models.DateTimeField(null=True, verbose_name="answered, taken back or over"),
                ),
                (
                    "asker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "other_place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="courses.enrolment",
                    ),
                ),
                (
                    "other_session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.session",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="courses.enrolment",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.session",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "ASKED")),
                        fields=["partner", "ends_at"],
                        name="swap_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ASKED")),
                        fields=("place",),
                        name="swap_one_at_a_time_per_place",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("ASKED", "DECLINED"))),
                        fields=("place", "other_place"),
                        name="swap_declined_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("asker", models.F("partner")), _negated=True),
                        name="swap_between_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("session", models.F("other_session")), _negated=True),
                        name="swap_between_two_sessions",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "ASKED")),
                            models.Q(
                                models.Q(("state", "ASKED"), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="swap_ended_means_when",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="swaprequest",
            trigger=pgtrigger.compiler.Trigger(
                name="swap_steps",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{ASKED:AGREED,ASKED:DECLINED,ASKED:LAPSED,ASKED:TAKEN_BACK}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="98ca53425bba5a984f7ea915ccfd8d26e61129f0",
                    operation="UPDATE",
                    pgid="pgtrigger_swap_steps_4f5d0",
                    table="courses_swaprequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="swaprequest",
            trigger=pgtrigger.compiler.Trigger(
                name="swap_keeps_what_was_asked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."asker_id" IS DISTINCT FROM (NEW."asker_id") OR OLD."partner_id" IS DISTINCT FROM (NEW."partner_id") OR OLD."place_id" IS DISTINCT FROM (NEW."place_id") OR OLD."other_place_id" IS DISTINCT FROM (NEW."other_place_id") OR OLD."session_id" IS DISTINCT FROM (NEW."session_id") OR OLD."other_session_id" IS DISTINCT FROM (NEW."other_session_id") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."ends_at" IS DISTINCT FROM (NEW."ends_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="9bd84cbb5f2b0491064dde5923752091a03b9a43",
                    operation="UPDATE",
                    pgid="pgtrigger_swap_keeps_what_was_asked_e491b",
                    table="courses_swaprequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="swaprequest",
            trigger=pgtrigger.compiler.Trigger(
                name="swap_is_of_these_places",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NOT EXISTS (\n                        SELECT FROM courses_enrolment mine\n                          JOIN courses_session here ON here.id = mine.session_id,\n                               courses_enrolment theirs\n                          JOIN courses_session there ON there.id = theirs.session_id\n                         WHERE mine.id = NEW.place_id AND theirs.id = NEW.other_place_id\n                           AND mine.person_id = NEW.asker_id\n                           AND theirs.person_id = NEW.partner_id\n                           AND here.id = NEW.session_id AND there.id = NEW.other_session_id\n                           AND here.offering_id = there.offering_id\n                    ) THEN\n                        RAISE EXCEPTION 'a swap of places that are not theirs'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="cbfa648e79b852c9ad85cb3222fc9ca32236032f",
                    operation="INSERT",
                    pgid="pgtrigger_swap_is_of_these_places_50a25",
                    table="courses_swaprequest",
                    when="BEFORE",
                ),
            ),
        ),
        BuildWall("courses_swaprequest", Own(("asker_id", "partner_id"))),
    ]
