"""Sponsors whom applicants name, and what they write."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from accounts.walls import AnyOf, BuildWall, Own, Parent
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('courses', '0032_moved_places_go_together'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SponsorStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('named_at', models.DateTimeField(verbose_name='named')),
                ('text', models.TextField(blank=True, verbose_name='statement')),
                ('given_at', models.DateTimeField(null=True, verbose_name='written')),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='intake',
            name='intake_frozen',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='intakepanelmember',
            name='intake_panel_member_has_not_applied',
        ),
        migrations.AddField(
            model_name='intake',
            name='asks_sponsor',
            field=models.BooleanField(default=False, verbose_name='a sponsor may write about the applicant'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intake',
            trigger=pgtrigger.compiler.Trigger(name='intake_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF TG_OP = 'UPDATE' AND NEW.closes_at >= OLD.closes_at AND NEW.decided_on >= OLD.decided_on\n       AND (NEW.id, NEW.session_id, NEW.opens_at, NEW.places, NEW.offer_days, NEW.guidance,\n            NEW.quorum, NEW.asks_sponsor)\n           IS NOT DISTINCT FROM\n           (OLD.id, OLD.session_id, OLD.opens_at, OLD.places, OLD.offer_days, OLD.guidance,\n            OLD.quorum, OLD.asks_sponsor)\n    THEN\n        RETURN NEW;\n    END IF;\n\n    IF EXISTS (SELECT FROM courses_application WHERE intake_id = OLD.id) THEN\n        RAISE EXCEPTION 'intake % has applications', OLD.id USING ERRCODE = 'check_violation';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='34e1772e0c5bae0e1220a8ec8f30407d13e637d7', operation='UPDATE OR DELETE', pgid='pgtrigger_intake_frozen_2f216', table='courses_intake', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intakepanelmember',
            trigger=pgtrigger.compiler.Trigger(name='intake_panel_member_has_not_applied', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM courses_application sent\n         WHERE sent.intake_id = NEW.intake_id AND sent.person_id = NEW.person_id\n           AND sent.state <> 'WITHDRAWN'\n    ) THEN\n        RAISE EXCEPTION 'person % has applied to intake %', NEW.person_id, NEW.intake_id\n            USING ERRCODE = 'check_violation';\n    END IF;\n    IF EXISTS (\n        SELECT FROM courses_sponsorstatement said\n          JOIN courses_application sent ON sent.id = said.application_id\n         WHERE sent.intake_id = NEW.intake_id AND said.sponsor_id = NEW.person_id\n           AND sent.state <> 'WITHDRAWN'\n    ) THEN\n        RAISE EXCEPTION 'person % sponsors somebody for intake %', NEW.person_id, NEW.intake_id\n            USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='24a0e7a5ce7fbfc1eb5e6bf1743fa0cb078fc1f8', operation='INSERT', pgid='pgtrigger_intake_panel_member_has_not_applied_40587', table='courses_intakepanelmember', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='sponsorstatement',
            name='application',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sponsorship', to='courses.application'),
        ),
        migrations.AddField(
            model_name='sponsorstatement',
            name='sponsor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='sponsorstatement',
            index=models.Index(condition=models.Q(('given_at__isnull', True)), fields=['sponsor'], name='sponsor_statement_to_write'),
        ),
        migrations.AddConstraint(
            model_name='sponsorstatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('given_at__isnull', True), ('text', '')), models.Q(('given_at__gte', models.F('named_at')), ('text__regex', '\\S')), _connector='OR'), name='sponsor_statement_given_means_words'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sponsorstatement',
            trigger=pgtrigger.compiler.Trigger(name='sponsor_statement_by_who_may', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (\n        SELECT FROM courses_application sent\n          JOIN courses_intake held ON held.id = sent.intake_id\n         WHERE sent.id = NEW.application_id AND held.asks_sponsor AND sent.state = 'DRAFT'\n           AND sent.person_id <> NEW.sponsor_id\n           AND NOT EXISTS (\n               SELECT FROM courses_intakepanelmember sat\n                WHERE sat.intake_id = held.id AND sat.person_id = NEW.sponsor_id\n                  AND sat.stood_down_at IS NULL)\n    ) THEN\n        RAISE EXCEPTION 'person % does not sponsor application %',\n            NEW.sponsor_id, NEW.application_id USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='524ae40b04c515ad49c1726861e1f82c0ef12cb9', operation='INSERT', pgid='pgtrigger_sponsor_statement_by_who_may_29a13', table='courses_sponsorstatement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sponsorstatement',
            trigger=pgtrigger.compiler.Trigger(name='sponsor_statement_in_time', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."given_at" IS NOT NULL)', func="\n    IF NOT EXISTS (\n        SELECT FROM courses_application sent\n          JOIN courses_intake held ON held.id = sent.intake_id\n         WHERE sent.id = NEW.application_id AND sent.state IN ('DRAFT', 'SUBMITTED')\n           AND NEW.given_at < held.closes_at\n    ) THEN\n        RAISE EXCEPTION 'application % takes no statement any more', NEW.application_id\n            USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='762e329370bca5b1c9e7a0f58e42ee676dce1d74', operation='INSERT OR UPDATE', pgid='pgtrigger_sponsor_statement_in_time_ebebc', table='courses_sponsorstatement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sponsorstatement',
            trigger=pgtrigger.compiler.Trigger(name='sponsor_statement_keeps_who', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."application_id" IS DISTINCT FROM (NEW."application_id") OR OLD."sponsor_id" IS DISTINCT FROM (NEW."sponsor_id") OR OLD."named_at" IS DISTINCT FROM (NEW."named_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='bbe3ac7fa07076c080221cccd8dac7f34be74535', operation='UPDATE', pgid='pgtrigger_sponsor_statement_keeps_who_5cfb2', table='courses_sponsorstatement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sponsorstatement',
            trigger=pgtrigger.compiler.Trigger(name='sponsor_statement_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."given_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='09f12e4082070e48847736f6028635ac28fc5cbe', operation='UPDATE', pgid='pgtrigger_sponsor_statement_stays_dc71d', table='courses_sponsorstatement', when='BEFORE')),
        ),
        BuildWall(
            "courses_sponsorstatement",
            AnyOf((Parent("application_id", "courses_application"), Own(("sponsor_id",)))),
        ),
    ]
