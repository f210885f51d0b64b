"""What is in use is looked up once for each statement, not for each row."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0011_crosswalks_that_carried"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="association",
            name="association_is_frozen_with_its_edition",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="associationgroup",
            name="associationgroup_is_frozen_with_its_edition",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="competency",
            name="competency_is_frozen_with_its_edition",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="domain",
            name="domain_is_frozen_with_its_edition",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="indicator",
            name="indicator_is_frozen_with_its_edition",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="leveldescriptor",
            name="leveldescriptor_is_frozen_with_its_edition",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="association",
            trigger=pgtrigger.compiler.Trigger(
                name="association_frozen_on_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM new_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="86bcda9716098116409cc79ad9d296cf2f74ff05",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_association_frozen_on_insert_68744",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="pathways_association",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="association",
            trigger=pgtrigger.compiler.Trigger(
                name="association_frozen_on_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) OR EXISTS (\n                SELECT FROM new_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="b6f56309f169a20ba47d2b4549fcbaf6d3814e0c",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_association_frozen_on_update_6f62e",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="pathways_association",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="association",
            trigger=pgtrigger.compiler.Trigger(
                name="association_frozen_on_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="75beabf2d031f8cea60edf07ec6ff3683422578f",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_association_frozen_on_delete_c2305",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="pathways_association",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="associationgroup",
            trigger=pgtrigger.compiler.Trigger(
                name="associationgroup_frozen_on_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM new_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="7ec8d9077fe77fd744027b774bc71095d3259d63",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_associationgroup_frozen_on_insert_4e75a",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="pathways_associationgroup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="associationgroup",
            trigger=pgtrigger.compiler.Trigger(
                name="associationgroup_frozen_on_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) OR EXISTS (\n                SELECT FROM new_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="b50d9fa9fb809a29004ee089aa766e88fdfc5d56",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_associationgroup_frozen_on_update_bbafc",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="pathways_associationgroup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="associationgroup",
            trigger=pgtrigger.compiler.Trigger(
                name="associationgroup_frozen_on_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="01150529974344bacf7b249bba58bdba3117e48a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_associationgroup_frozen_on_delete_d71e7",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="pathways_associationgroup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="competency",
            trigger=pgtrigger.compiler.Trigger(
                name="competency_frozen_on_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM new_rows changed JOIN pathways_domain domain ON domain.id = changed.domain_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = domain.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="b21e644af659fc2ac0a462b63ab416e8738d1190",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_competency_frozen_on_insert_7a46f",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="pathways_competency",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="competency",
            trigger=pgtrigger.compiler.Trigger(
                name="competency_frozen_on_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed JOIN pathways_domain domain ON domain.id = changed.domain_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = domain.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) OR EXISTS (\n                SELECT FROM new_rows changed JOIN pathways_domain domain ON domain.id = changed.domain_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = domain.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="8562bcf31d5ae72e163e66bdb7dc04b6eec183ea",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_competency_frozen_on_update_9b017",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="pathways_competency",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="competency",
            trigger=pgtrigger.compiler.Trigger(
                name="competency_frozen_on_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed JOIN pathways_domain domain ON domain.id = changed.domain_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = domain.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="b3e48352cfdb6f950620d6ec4b311a2e47d06eca",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_competency_frozen_on_delete_468b3",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="pathways_competency",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="domain",
            trigger=pgtrigger.compiler.Trigger(
                name="domain_frozen_on_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM new_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="02d15bdcfd280b096d2ea927fce197bbaa178e25",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_domain_frozen_on_insert_31423",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="pathways_domain",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="domain",
            trigger=pgtrigger.compiler.Trigger(
                name="domain_frozen_on_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) OR EXISTS (\n                SELECT FROM new_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="91b81692c81fb855fc41e3f28a229724e7bb0077",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_domain_frozen_on_update_6d070",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="pathways_domain",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="domain",
            trigger=pgtrigger.compiler.Trigger(
                name="domain_frozen_on_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed\n                  JOIN pathways_frameworkversion version\n                    ON version.id = changed.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="3e9ae5ea8cdb19a8ee7cd5213acef0af6fc4ed13",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_domain_frozen_on_delete_b61f8",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="pathways_domain",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="indicator_frozen_on_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM new_rows changed JOIN pathways_leveldescriptor descriptor ON descriptor.id = changed.descriptor_id JOIN pathways_competency competency ON competency.id = descriptor.competency_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = competency.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="1bd05fff5462543320fba0b3849f7a138e5fd712",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_indicator_frozen_on_insert_5ecd8",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="pathways_indicator",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="indicator_frozen_on_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed JOIN pathways_leveldescriptor descriptor ON descriptor.id = changed.descriptor_id JOIN pathways_competency competency ON competency.id = descriptor.competency_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = competency.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) OR EXISTS (\n                SELECT FROM new_rows changed JOIN pathways_leveldescriptor descriptor ON descriptor.id = changed.descriptor_id JOIN pathways_competency competency ON competency.id = descriptor.competency_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = competency.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="10d5a6f674579d284d732eda4ab4b47c9e9b8019",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_indicator_frozen_on_update_bd6db",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="pathways_indicator",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="indicator_frozen_on_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed JOIN pathways_leveldescriptor descriptor ON descriptor.id = changed.descriptor_id JOIN pathways_competency competency ON competency.id = descriptor.competency_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = competency.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="1101f1907b8e8843ae256cc2a07a01829c264d1b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_indicator_frozen_on_delete_23f16",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="pathways_indicator",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="leveldescriptor",
            trigger=pgtrigger.compiler.Trigger(
                name="leveldescriptor_frozen_on_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM new_rows changed JOIN pathways_competency competency ON competency.id = changed.competency_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = competency.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="f9a7dcf62e7e34c6faa09e648cf041b8d57ddaa6",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_leveldescriptor_frozen_on_insert_2f09e",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="pathways_leveldescriptor",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="leveldescriptor",
            trigger=pgtrigger.compiler.Trigger(
                name="leveldescriptor_frozen_on_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed JOIN pathways_competency competency ON competency.id = changed.competency_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = competency.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) OR EXISTS (\n                SELECT FROM new_rows changed JOIN pathways_competency competency ON competency.id = changed.competency_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = competency.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="7f159c8450f1d10f90ec72dc67af4f0270d913e4",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_leveldescriptor_frozen_on_update_02ff5",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="pathways_leveldescriptor",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="leveldescriptor",
            trigger=pgtrigger.compiler.Trigger(
                name="leveldescriptor_frozen_on_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM old_rows changed JOIN pathways_competency competency ON competency.id = changed.competency_id\n                  JOIN pathways_frameworkversion version\n                    ON version.id = competency.version_id\n                 WHERE version.frozen_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',\n                    lower(TG_OP), TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="315e9fde1773e7030905847dc6285f769c573f11",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_leveldescriptor_frozen_on_delete_3a63a",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="pathways_leveldescriptor",
                    when="AFTER",
                ),
            ),
        ),
    ]
