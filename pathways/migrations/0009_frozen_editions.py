"""The database refuses to change what an edition says once it is in use."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0008_codes_change_places"),
    ]

    operations = [
        migrations.RunSQL(
            "SELECT set_config('waymark.everywhere', 'on', true);"
            "UPDATE pathways_frameworkversion SET frozen_at = now()"
            " WHERE state IN ('PUBLISHED', 'RETIRED') AND frozen_at IS NULL;"
            "SELECT set_config('waymark.everywhere', 'off', true);"
            # What was just checked must be done with before the table gets its triggers.
            "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;",
            migrations.RunSQL.noop,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="association",
            trigger=pgtrigger.compiler.Trigger(
                name="association_is_frozen_with_its_edition",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF TG_OP <> 'INSERT' THEN \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (OLD.version_id)\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (NEW.version_id)\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n\n            RETURN NEW;\n        ",
                    hash="5c0adc21dff99d2514bb4a690a531c5a19f08576",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_association_is_frozen_with_its_edition_f138b",
                    table="pathways_association",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="associationgroup",
            trigger=pgtrigger.compiler.Trigger(
                name="associationgroup_is_frozen_with_its_edition",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF TG_OP <> 'INSERT' THEN \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (OLD.version_id)\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (NEW.version_id)\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n\n            RETURN NEW;\n        ",
                    hash="98426b2d38457761bcb623eeae570bd3d8817d5c",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_associationgroup_is_frozen_with_its_edition_e8131",
                    table="pathways_associationgroup",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="competency",
            trigger=pgtrigger.compiler.Trigger(
                name="competency_is_frozen_with_its_edition",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF TG_OP <> 'INSERT' THEN \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (SELECT version_id FROM pathways_domain WHERE id = OLD.domain_id)\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (SELECT version_id FROM pathways_domain WHERE id = NEW.domain_id)\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n\n            RETURN NEW;\n        ",
                    hash="a6e07149f3f224d35005651d87b86b05fff13753",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_competency_is_frozen_with_its_edition_66098",
                    table="pathways_competency",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="domain",
            trigger=pgtrigger.compiler.Trigger(
                name="domain_is_frozen_with_its_edition",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF TG_OP <> 'INSERT' THEN \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (OLD.version_id)\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (NEW.version_id)\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n\n            RETURN NEW;\n        ",
                    hash="f0285462a61b11ad0ab3ad850b57f7a2014d6508",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_domain_is_frozen_with_its_edition_2feb2",
                    table="pathways_domain",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="frameworkversion",
            trigger=pgtrigger.compiler.Trigger(
                name="framework_version_stays_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."frozen_at" IS NOT NULL)',
                    func="\n        IF TG_OP = 'DELETE' OR (\n            NEW.frozen_at, NEW.framework_id, NEW.label, NEW.scale_id, NEW.valid_from,\n            NEW.based_on_id, NEW.identifier, NEW.\"case\"\n        ) IS DISTINCT FROM (\n            OLD.frozen_at, OLD.framework_id, OLD.label, OLD.scale_id, OLD.valid_from,\n            OLD.based_on_id, OLD.identifier, OLD.\"case\"\n        ) THEN\n            RAISE EXCEPTION 'pgtrigger: Cannot % a frozen edition', lower(TG_OP);\n        END IF;\n        RETURN NEW;\n    ",
                    hash="bc9173216fd6e5b57f58dbebd06cb164fbc1139c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_framework_version_stays_frozen_2af09",
                    table="pathways_frameworkversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="indicator_is_frozen_with_its_edition",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF TG_OP <> 'INSERT' THEN \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (\n        SELECT competency.version_id FROM pathways_leveldescriptor descriptor\n          JOIN pathways_competency competency ON competency.id = descriptor.competency_id\n         WHERE descriptor.id = OLD.descriptor_id\n    )\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (\n        SELECT competency.version_id FROM pathways_leveldescriptor descriptor\n          JOIN pathways_competency competency ON competency.id = descriptor.competency_id\n         WHERE descriptor.id = NEW.descriptor_id\n    )\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n\n            RETURN NEW;\n        ",
                    hash="76cc9947b240a39295d4a2a7473e9ecfdac56d5b",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_indicator_is_frozen_with_its_edition_5724d",
                    table="pathways_indicator",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="level",
            trigger=pgtrigger.compiler.Trigger(
                name="level_is_frozen_with_its_editions",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE measured bigint[]; before text; used boolean;",
                    func="\n        measured := ARRAY[]::bigint[];\n        IF TG_OP <> 'INSERT' THEN measured := measured || OLD.scale_id; END IF;\n        IF TG_OP <> 'DELETE' THEN measured := measured || NEW.scale_id; END IF;\n        before := coalesce(current_setting('waymark.everywhere', true), '');\n        PERFORM set_config('waymark.everywhere', 'on', true);\n        used := EXISTS (\n            SELECT FROM pathways_frameworkversion version\n             WHERE version.frozen_at IS NOT NULL AND version.scale_id = ANY(measured)\n        ) OR EXISTS (\n            SELECT FROM pathways_competency competency\n              JOIN pathways_frameworkversion version ON version.id = competency.version_id\n             WHERE version.frozen_at IS NOT NULL AND competency.scale_id = ANY(measured)\n        );\n        PERFORM set_config('waymark.everywhere', before, true);\n        IF used THEN\n            RAISE EXCEPTION 'pgtrigger: Cannot % levels of a scale that a frozen edition uses',\n                lower(TG_OP);\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ",
                    hash="89a7e33e767daba3b7991154b6928aeaa011fce2",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_level_is_frozen_with_its_editions_78015",
                    table="pathways_level",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="leveldescriptor",
            trigger=pgtrigger.compiler.Trigger(
                name="leveldescriptor_is_frozen_with_its_edition",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF TG_OP <> 'INSERT' THEN \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (SELECT version_id FROM pathways_competency WHERE id = OLD.competency_id)\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            \n    IF EXISTS (\n        SELECT FROM pathways_frameworkversion version\n         WHERE version.frozen_at IS NOT NULL AND version.id IN (SELECT version_id FROM pathways_competency WHERE id = NEW.competency_id)\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n            lower(TG_OP), TG_TABLE_NAME;\n    END IF;\n\n            RETURN NEW;\n        ",
                    hash="b9dabda064d13dd692d1aa15472e2585dfbcff4a",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_leveldescriptor_is_frozen_with_its_edition_b8277",
                    table="pathways_leveldescriptor",
                    when="BEFORE",
                ),
            ),
        ),
    ]
