"""An assessor is asked under an appointment, and reads the words of what they are asked about."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from accounts.walls import ME, AnyOf, Organisation, RebuildWall, Written

_OWNED = Organisation("owner_id", is_shared=True, or_national=True)
_WRITTEN_WITH = Written(
    "EXISTS (SELECT FROM pathways_collaborator shared"
    f" WHERE shared.framework_id = {{table}}.id AND shared.person_id = {ME})"
)
_ASKED_ABOUT = Written(
    "EXISTS (SELECT FROM pathways_verificationitem judged"
    " JOIN pathways_verificationrequest asked ON asked.id = judged.request_id"
    f" WHERE judged.framework_id = {{table}}.id AND asked.assessor_id = {ME})"
)


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0006_roles_that_succeed"),
    ]

    operations = [
        migrations.AddField(
            model_name="verificationrequest",
            name="appointment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="pathways.assessorappointment",
            ),
        ),
        migrations.AddConstraint(
            model_name="verificationrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("appointment__isnull", True), ("assessor__isnull", False), _connector="OR"
                ),
                name="verification_appointment_is_an_assessors",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="verificationrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="verification_request_steps",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{ASKED:DECIDED,ASKED:WITHDRAWN}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="31e86840ebcb9062873e9336f15b1becc9da1ec3",
                    operation="UPDATE",
                    pgid="pgtrigger_verification_request_steps_4d9c1",
                    table="pathways_verificationrequest",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="verificationitem",
            name="framework",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pathways.framework",
            ),
        ),
        migrations.RunSQL(
            "SELECT set_config('waymark.everywhere', 'on', true);"
            "UPDATE pathways_verificationitem item SET framework_id = version.framework_id"
            "  FROM pathways_competency competency"
            "  JOIN pathways_frameworkversion version ON version.id = competency.version_id"
            " WHERE competency.id = item.competency_id;"
            "SELECT set_config('waymark.everywhere', 'off', true);"
            # The foreign keys that were just checked must be done with before the table changes.
            "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="verificationitem",
            name="framework",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pathways.framework",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="verificationitem",
            trigger=pgtrigger.compiler.Trigger(
                name="verification_item_has_its_framework",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    SELECT version.framework_id INTO NEW.framework_id\n                      FROM pathways_competency competency\n                      JOIN pathways_frameworkversion version ON version.id = competency.version_id\n                     WHERE competency.id = NEW.competency_id;\n                    RETURN NEW;\n                ",
                    hash="e67f9dcf7791a447a0ed7a84e43371afcca7a12e",
                    operation='INSERT OR UPDATE OF "competency_id", "framework_id"',
                    pgid="pgtrigger_verification_item_has_its_framework_c56b4",
                    table="pathways_verificationitem",
                    when="BEFORE",
                ),
            ),
        ),
        RebuildWall(
            "pathways_framework",
            AnyOf((_OWNED, _WRITTEN_WITH, _ASKED_ABOUT)),
            before=AnyOf((_OWNED, _WRITTEN_WITH)),
        ),
    ]
