"""A claim of prior learning stands under an appointment, by which an assessor reads its words."""

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
_CLAIMED_FROM = Written(
    "EXISTS (SELECT FROM pathways_claimedlevel level"
    " JOIN pathways_priorlearningclaim claim ON claim.id = level.claim_id"
    f" WHERE level.framework_id = {{table}}.id AND claim.assessor_id = {ME})"
)
_FRAMEWORK_OF_EACH = """
    SELECT set_config('waymark.everywhere', 'on', true);
    UPDATE pathways_claimedlevel level SET framework_id = version.framework_id
      FROM pathways_competency competency
      JOIN pathways_frameworkversion version ON version.id = competency.version_id
     WHERE competency.id = level.competency_id;
    SELECT set_config('waymark.everywhere', 'off', true);
    -- The foreign keys that were just checked must be done with before the table changes.
    SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;
"""


def _framework(**null):
    return models.ForeignKey(
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="pathways.framework",
        **null,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0009_frozen_editions"),
    ]

    operations = [
        migrations.AddField("claimedlevel", "framework", _framework(null=True)),
        migrations.RunSQL(_FRAMEWORK_OF_EACH, migrations.RunSQL.noop),
        migrations.AlterField("claimedlevel", "framework", _framework()),
        migrations.AddField(
            "priorlearningclaim",
            "appointment",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="pathways.assessorappointment",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='claimedlevel',
            trigger=pgtrigger.compiler.Trigger(name='claimed_level_has_its_framework', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    SELECT version.framework_id INTO NEW.framework_id\n                      FROM pathways_competency competency\n                      JOIN pathways_frameworkversion version ON version.id = competency.version_id\n                     WHERE competency.id = NEW.competency_id;\n                    RETURN NEW;\n                ', hash='ed20fa8a75c68de4c33922defcee5932aaba3715', operation='INSERT OR UPDATE OF "competency_id", "framework_id"', pgid='pgtrigger_claimed_level_has_its_framework_5344b', table='pathways_claimedlevel', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='priorlearningclaim',
            trigger=pgtrigger.compiler.Trigger(name='prior_learning_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{SUBMITTED:DECIDED,SUBMITTED:WITHDRAWN}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='7052579c002688a21ca3989fa1960ef6de62c0b1', operation='UPDATE', pgid='pgtrigger_prior_learning_steps_cd12e', table='pathways_priorlearningclaim', when='BEFORE')),
        ),
        migrations.AddConstraint(
            "priorlearningclaim",
            models.CheckConstraint(
                condition=models.Q(
                    ("appointment__isnull", True), ("assessor__isnull", False), _connector="OR"
                ),
                name="prior_learning_appointment_is_an_assessors",
            ),
        ),
        RebuildWall(
            "pathways_framework",
            AnyOf((_OWNED, _WRITTEN_WITH, _ASKED_ABOUT, _CLAIMED_FROM)),
            before=AnyOf((_OWNED, _WRITTEN_WITH, _ASKED_ABOUT)),
        ),
    ]
