"""Role profiles that replace each other, and which of them a post followed until when."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from accounts.walls import BuildWall, Parent


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_walls"),
        ("pathways", "0005_own_word_carried_over"),
    ]

    operations = [
        migrations.CreateModel(
            name="PastPostRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("until", models.DateField(verbose_name="last day")),
            ],
        ),
        migrations.AddField(
            model_name="roleprofile",
            name="in_use_from",
            field=models.DateField(blank=True, null=True, verbose_name="in use from"),
        ),
        migrations.AddField(
            model_name="roleprofile",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successor",
                to="pathways.roleprofile",
            ),
        ),
        migrations.AddField(
            model_name="roleprofile",
            name="withdrawn_on",
            field=models.DateField(blank=True, null=True, verbose_name="no longer in use from"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="requirement",
            trigger=pgtrigger.compiler.Trigger(
                name="requirement_inherits_from_its_family",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."inherited_from_id" IS NOT NULL)',
                    func="\n            IF NOT EXISTS (\n                SELECT FROM pathways_requirement source\n                  JOIN pathways_roleprofile role ON role.id = NEW.role_profile_id\n                 WHERE source.id = NEW.inherited_from_id\n                   AND source.role_profile_id = role.parent_id\n                   AND source.competency_id = NEW.competency_id\n            ) THEN\n                RAISE EXCEPTION 'requirement % is none of its family', NEW.inherited_from_id\n                    USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="ca3e1c5d4438d18f6b7a562cd72a80de03b99ed1",
                    operation='INSERT OR UPDATE OF "inherited_from_id", "role_profile_id", "competency_id"',
                    pgid="pgtrigger_requirement_inherits_from_its_family_366a1",
                    table="pathways_requirement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="requirementgroup",
            trigger=pgtrigger.compiler.Trigger(
                name="requirement_group_nests_in_its_role",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."parent_id" IS NOT NULL)',
                    func="\n            IF NOT EXISTS (\n                SELECT FROM pathways_requirementgroup\n                 WHERE id = NEW.parent_id AND role_profile_id = NEW.role_profile_id\n            ) THEN\n                RAISE EXCEPTION 'group % is of another role profile', NEW.parent_id\n                    USING ERRCODE = 'check_violation';\n            END IF;\n            IF EXISTS (\n                WITH RECURSIVE above(id) AS (\n                    SELECT NEW.parent_id\n                    UNION\n                    SELECT upper.parent_id FROM pathways_requirementgroup upper\n                      JOIN above ON above.id = upper.id\n                     WHERE upper.parent_id IS NOT NULL\n                )\n                SELECT FROM above WHERE id = NEW.id\n            ) THEN\n                RAISE EXCEPTION 'group % would hold itself', NEW.id\n                    USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="a76d57f09d89c53792ac40b9f0f4437cbe5124b3",
                    operation='INSERT OR UPDATE OF "parent_id", "role_profile_id"',
                    pgid="pgtrigger_requirement_group_nests_in_its_role_f1eea",
                    table="pathways_requirementgroup",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="roleprofile",
            trigger=pgtrigger.compiler.Trigger(
                name="role_profile_follows_a_family",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE upper pathways_roleprofile;",
                    func="\n            IF NEW.parent_id IS NOT NULL THEN\n                SELECT * INTO upper FROM pathways_roleprofile WHERE id = NEW.parent_id;\n                IF upper.id IS NULL OR NOT upper.is_family\n                    OR upper.version_id <> NEW.version_id\n                THEN\n                    RAISE EXCEPTION 'role profile % is no family of the same edition', NEW.parent_id\n                        USING ERRCODE = 'check_violation';\n                END IF;\n            END IF;\n            IF NOT NEW.is_family AND EXISTS (\n                SELECT FROM pathways_roleprofile WHERE parent_id = NEW.id\n            ) THEN\n                RAISE EXCEPTION 'role profile % has members and stays a family', NEW.id\n                    USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="31e82888bcc2dbadc7f73546aaa9b7f906fbed80",
                    operation='INSERT OR UPDATE OF "parent_id", "version_id", "is_family", "owner_id"',
                    pgid="pgtrigger_role_profile_follows_a_family_e5365",
                    table="pathways_roleprofile",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="roleprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replaces__isnull", True),
                    models.Q(("replaces", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="role_profile_replaces_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_published", False), ("withdrawn_on__isnull", True), _connector="OR"
                ),
                name="role_profile_in_use_is_not_withdrawn",
            ),
        ),
        migrations.AddField(
            model_name="pastpostrole",
            name="post",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.post"
            ),
        ),
        migrations.AddField(
            model_name="pastpostrole",
            name="role_profile",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="past_post_roles",
                to="pathways.roleprofile",
            ),
        ),
        migrations.AddConstraint(
            model_name="pastpostrole",
            constraint=models.UniqueConstraint(
                fields=("post", "until"), name="past_post_role_once_a_day"
            ),
        ),
        BuildWall("pathways_pastpostrole", Parent("post_id", "accounts_post")),
    ]
