"""What somebody must have before they ask for a place on a programme."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from accounts.walls import BuildWall, Parent


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0026_windows_and_invitations'),
        ('pathways', '0018_editions_that_go_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='Prerequisite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(null=True, verbose_name='level needed')),
                ('competency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.competency')),
                ('needs', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.programme')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prerequisites', to='courses.programme')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('competency__isnull', True), ('needs__isnull', False), ('rank__isnull', True)), models.Q(('competency__isnull', False), ('needs__isnull', True), ('rank__isnull', False)), _connector='OR'), name='prerequisite_is_a_programme_or_a_level'), models.CheckConstraint(condition=models.Q(('rank__isnull', True), ('rank__range', (1, 7)), _connector='OR'), name='prerequisite_rank_from_1_to_7'), models.CheckConstraint(condition=models.Q(('needs__isnull', True), models.Q(('needs', models.F('programme')), _negated=True), _connector='OR'), name='prerequisite_is_another_programme'), models.UniqueConstraint(fields=('programme', 'needs'), name='prerequisite_programme_once'), models.UniqueConstraint(fields=('programme', 'competency'), name='prerequisite_competency_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='prerequisite',
            trigger=pgtrigger.compiler.Trigger(name='prerequisite_never_in_a_circle', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."needs_id" IS NOT NULL)', func="\n                    PERFORM pg_advisory_xact_lock('courses_prerequisite'::regclass::bigint);\n                    IF EXISTS (\n                        WITH RECURSIVE before(id) AS (\n                            SELECT NEW.needs_id\n                            UNION\n                            SELECT link.needs_id FROM courses_prerequisite link\n                              JOIN before ON before.id = link.programme_id\n                             WHERE link.needs_id IS NOT NULL\n                        )\n                        SELECT FROM before WHERE id = NEW.programme_id\n                    ) THEN\n                        RAISE EXCEPTION 'A programme cannot come before itself.'\n                              USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='0e4d9e8abb382c11c3a4ac5468084b2f32f5ffa0', operation='INSERT OR UPDATE', pgid='pgtrigger_prerequisite_never_in_a_circle_e0f29', table='courses_prerequisite', when='BEFORE')),
        ),
        BuildWall("courses_prerequisite", Parent("programme_id", "courses_programme")),
    ]
