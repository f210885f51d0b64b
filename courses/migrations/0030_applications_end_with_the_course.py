"""Applications that end when their course begins or is cancelled."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0029_programmes_that_are_mandatory'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='application',
            name='application_steps',
        ),
        migrations.AlterField(
            model_name='application',
            name='answered_at',
            field=models.DateTimeField(null=True, verbose_name='accepted, declined, lapsed, ended or withdrawn'),
        ),
        migrations.AlterField(
            model_name='application',
            name='state',
            field=models.CharField(choices=[('DRAFT', 'Not sent yet'), ('SUBMITTED', 'Sent'), ('SHORTLISTED', 'Shortlisted'), ('ASSESSED', 'Assessed'), ('NOT_SHORTLISTED', 'Not shortlisted'), ('OFFERED', 'Place offered'), ('RESERVE', 'On the reserve list'), ('NOT_CHOSEN', 'Not chosen'), ('ACCEPTED', 'Place accepted'), ('DECLINED', 'Offer declined'), ('LAPSED', 'Offer not answered in time'), ('ENDED', 'Ended without a place'), ('WITHDRAWN', 'Withdrawn')], default='DRAFT', max_length=15, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='selectiondecision',
            name='outcome',
            field=models.CharField(choices=[('DRAFT', 'Not sent yet'), ('SUBMITTED', 'Sent'), ('SHORTLISTED', 'Shortlisted'), ('ASSESSED', 'Assessed'), ('NOT_SHORTLISTED', 'Not shortlisted'), ('OFFERED', 'Place offered'), ('RESERVE', 'On the reserve list'), ('NOT_CHOSEN', 'Not chosen'), ('ACCEPTED', 'Place accepted'), ('DECLINED', 'Offer declined'), ('LAPSED', 'Offer not answered in time'), ('ENDED', 'Ended without a place'), ('WITHDRAWN', 'Withdrawn')], max_length=15, verbose_name='outcome'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='application_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{ACCEPTED:WITHDRAWN,ASSESSED:ENDED,ASSESSED:NOT_CHOSEN,ASSESSED:OFFERED,ASSESSED:RESERVE,ASSESSED:WITHDRAWN,DRAFT:SUBMITTED,OFFERED:ACCEPTED,OFFERED:DECLINED,OFFERED:ENDED,OFFERED:LAPSED,RESERVE:ENDED,RESERVE:OFFERED,RESERVE:WITHDRAWN,SHORTLISTED:ASSESSED,SHORTLISTED:ENDED,SHORTLISTED:NOT_CHOSEN,SHORTLISTED:OFFERED,SHORTLISTED:RESERVE,SHORTLISTED:WITHDRAWN,SUBMITTED:ENDED,SUBMITTED:NOT_SHORTLISTED,SUBMITTED:SHORTLISTED,SUBMITTED:WITHDRAWN}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='9f59d1cbc8852a2257c36e44ab177d18ff795287', operation='UPDATE', pgid='pgtrigger_application_steps_e1977', table='courses_application', when='BEFORE')),
        ),
    ]
