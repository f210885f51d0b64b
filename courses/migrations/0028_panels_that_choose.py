"""Panels of intakes: who sits, criteria, declared interests, scores and votes."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from accounts.walls import ORGANISATIONS, BuildWall, Parent, Written
from django.conf import settings
from django.db import migrations, models

OF_THE_PANEL = Written(
    "EXISTS (SELECT FROM courses_application sent"
    " JOIN courses_intake held ON held.id = sent.intake_id"
    " JOIN courses_session sat ON sat.id = held.session_id"
    " JOIN courses_offering run ON run.id = sat.offering_id"
    " WHERE sent.id = {table}.application_id AND"
    f" (run.host_id = {ORGANISATIONS} OR run.provider_id = {ORGANISATIONS}))"
)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('courses', '0027_what_programmes_build_on'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IntakeCriterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('words', models.CharField(max_length=200, verbose_name='criterion')),
                ('weight', models.PositiveSmallIntegerField(default=1, verbose_name='weight')),
            ],
        ),
        migrations.CreateModel(
            name='IntakePanelMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('CHAIR', 'Chair'), ('MEMBER', 'Member')], max_length=6, verbose_name='role')),
                ('named_at', models.DateTimeField(verbose_name='named')),
                ('stood_down_at', models.DateTimeField(null=True, verbose_name='stood down')),
            ],
        ),
        migrations.CreateModel(
            name='PanelInterest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.TextField(verbose_name='what it is')),
                ('declared_at', models.DateTimeField(verbose_name='declared')),
            ],
        ),
        migrations.CreateModel(
            name='PanelScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.PositiveSmallIntegerField(choices=[(0, '0: not shown'), (1, '1: shown a little'), (2, '2: shown in part'), (3, '3: shown well'), (4, '4: shown fully')], verbose_name='points')),
                ('reason', models.TextField(verbose_name='reason')),
                ('scored_at', models.DateTimeField(verbose_name='scored')),
            ],
        ),
        migrations.CreateModel(
            name='PanelVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('SHORTLIST', 'Shortlisting'), ('CHOICE', 'Choosing')], max_length=9, verbose_name='stage')),
                ('is_for', models.BooleanField(verbose_name='for the applicant')),
                ('cast_at', models.DateTimeField(verbose_name='cast')),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='application',
            name='application_steps',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='intake',
            name='intake_frozen',
        ),
        migrations.AddField(
            model_name='application',
            name='assessed_at',
            field=models.DateTimeField(null=True, verbose_name='assessed'),
        ),
        migrations.AddField(
            model_name='intake',
            name='quorum',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='least members of the panel'),
        ),
        migrations.AlterField(
            model_name='application',
            name='state',
            field=models.CharField(choices=[('DRAFT', 'Not sent yet'), ('SUBMITTED', 'Sent'), ('SHORTLISTED', 'Shortlisted'), ('ASSESSED', 'Assessed'), ('NOT_SHORTLISTED', 'Not shortlisted'), ('OFFERED', 'Place offered'), ('RESERVE', 'On the reserve list'), ('NOT_CHOSEN', 'Not chosen'), ('ACCEPTED', 'Place accepted'), ('DECLINED', 'Offer declined'), ('LAPSED', 'Offer not answered in time'), ('WITHDRAWN', 'Withdrawn')], default='DRAFT', max_length=15, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='selectiondecision',
            name='outcome',
            field=models.CharField(choices=[('DRAFT', 'Not sent yet'), ('SUBMITTED', 'Sent'), ('SHORTLISTED', 'Shortlisted'), ('ASSESSED', 'Assessed'), ('NOT_SHORTLISTED', 'Not shortlisted'), ('OFFERED', 'Place offered'), ('RESERVE', 'On the reserve list'), ('NOT_CHOSEN', 'Not chosen'), ('ACCEPTED', 'Place accepted'), ('DECLINED', 'Offer declined'), ('LAPSED', 'Offer not answered in time'), ('WITHDRAWN', 'Withdrawn')], max_length=15, verbose_name='outcome'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='application_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{ACCEPTED:WITHDRAWN,ASSESSED:NOT_CHOSEN,ASSESSED:OFFERED,ASSESSED:RESERVE,ASSESSED:WITHDRAWN,DRAFT:SUBMITTED,OFFERED:ACCEPTED,OFFERED:DECLINED,OFFERED:LAPSED,RESERVE:OFFERED,RESERVE:WITHDRAWN,SHORTLISTED:ASSESSED,SHORTLISTED:NOT_CHOSEN,SHORTLISTED:OFFERED,SHORTLISTED:RESERVE,SHORTLISTED:WITHDRAWN,SUBMITTED:NOT_SHORTLISTED,SUBMITTED:SHORTLISTED,SUBMITTED:WITHDRAWN}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='f2810e95ae771b5767f7f4bcc60db5a99d6910dd', operation='UPDATE', pgid='pgtrigger_application_steps_e1977', table='courses_application', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='application_assessed_by_quorum', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE needed INTEGER; scored INTEGER;', func="\n    SELECT quorum INTO needed FROM courses_intake WHERE id = NEW.intake_id;\n    IF needed IS NOT NULL AND OLD.state = 'SHORTLISTED'\n       AND NEW.state IN ('OFFERED', 'RESERVE', 'NOT_CHOSEN') THEN\n        RAISE EXCEPTION 'the panel has not assessed application %', NEW.id\n            USING ERRCODE = 'check_violation';\n    END IF;\n    IF NEW.state = 'ASSESSED' THEN\n        SELECT count(*) INTO scored FROM (\n            SELECT FROM courses_panelscore given\n              JOIN courses_intakepanelmember sat ON sat.id = given.member_id\n             WHERE given.application_id = NEW.id AND \n    sat.stood_down_at IS NULL AND sat.person_id <> NEW.person_id\n    AND NOT EXISTS (\n        SELECT FROM courses_panelinterest own\n         WHERE own.application_id = NEW.id AND own.member_id = sat.id)\n\n             GROUP BY given.member_id\n            HAVING count(*) = (\n                SELECT count(*) FROM courses_intakecriterion WHERE intake_id = NEW.intake_id)\n        ) complete;\n        IF needed IS NULL OR scored < needed THEN\n            RAISE EXCEPTION '% of the panel have scored application %', scored, NEW.id\n                USING ERRCODE = 'check_violation';\n        END IF;\n    END IF;\n    RETURN NEW;\n", hash='52470f0ff29e5d51af9ca3e7999a6ba2230da37c', operation='UPDATE OF "state"', pgid='pgtrigger_application_assessed_by_quorum_2aaf4', table='courses_application', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='application_not_of_the_panel', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM courses_intakepanelmember sat\n         WHERE sat.intake_id = NEW.intake_id AND sat.person_id = NEW.person_id\n           AND sat.stood_down_at IS NULL\n    ) THEN\n        RAISE EXCEPTION 'person % is on the panel of intake %', NEW.person_id, NEW.intake_id\n            USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='2d840ae27def770a195e1662c7a1c1ccfdcf67a8', operation='INSERT', pgid='pgtrigger_application_not_of_the_panel_a546e', table='courses_application', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intake',
            trigger=pgtrigger.compiler.Trigger(name='intake_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF TG_OP = 'UPDATE' AND NEW.closes_at >= OLD.closes_at AND NEW.decided_on >= OLD.decided_on\n       AND (NEW.id, NEW.session_id, NEW.opens_at, NEW.places, NEW.offer_days, NEW.guidance,\n            NEW.quorum)\n           IS NOT DISTINCT FROM\n           (OLD.id, OLD.session_id, OLD.opens_at, OLD.places, OLD.offer_days, OLD.guidance,\n            OLD.quorum)\n    THEN\n        RETURN NEW;\n    END IF;\n\n    IF EXISTS (SELECT FROM courses_application WHERE intake_id = OLD.id) THEN\n        RAISE EXCEPTION 'intake % has applications', OLD.id USING ERRCODE = 'check_violation';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='8096f53bf61a3a64c4f178eaa444cfc47c07cb8a', operation='UPDATE OR DELETE', pgid='pgtrigger_intake_frozen_2f216', table='courses_intake', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='selectiondecision',
            trigger=pgtrigger.compiler.Trigger(name='selection_decision_of_the_panel', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE needed INTEGER; votes INTEGER; agree INTEGER; own INTEGER;', func="\n    SELECT quorum INTO needed FROM courses_intake held\n      JOIN courses_application sent ON sent.intake_id = held.id\n     WHERE sent.id = NEW.application_id;\n    IF needed IS NULL THEN\n        RETURN NEW;\n    END IF;\n    SELECT count(*),\n           count(*) FILTER (\n               WHERE vote.is_for = (NEW.outcome IN ('SHORTLISTED', 'OFFERED', 'RESERVE'))),\n           count(*) FILTER (WHERE sat.person_id = NEW.decided_by_id)\n      INTO votes, agree, own\n      FROM courses_panelvote vote\n      JOIN courses_intakepanelmember sat ON sat.id = vote.member_id\n      JOIN courses_application sent ON sent.id = vote.application_id\n     WHERE vote.application_id = NEW.application_id AND vote.stage = NEW.stage\n       AND \n    sat.stood_down_at IS NULL AND sat.person_id <> sent.person_id\n    AND NOT EXISTS (\n        SELECT FROM courses_panelinterest own\n         WHERE own.application_id = sent.id AND own.member_id = sat.id)\n;\n    IF votes < needed OR agree * 2 <= votes OR own = 0 THEN\n        RAISE EXCEPTION 'the panel has not decided this about application %',\n            NEW.application_id USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='7df937a931056bebb9b7588bf584493ecbb7e647', operation='INSERT', pgid='pgtrigger_selection_decision_of_the_panel_b0447', table='courses_selectiondecision', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'ASSESSED'), _negated=True), ('assessed_at__isnull', False), _connector='OR'), name='application_assessed_means_when'),
        ),
        migrations.AddConstraint(
            model_name='intake',
            constraint=models.CheckConstraint(condition=models.Q(('quorum__isnull', True), ('quorum__range', (2, 12)), _connector='OR'), name='intake_panel_is_of_several'),
        ),
        migrations.AddField(
            model_name='intakecriterion',
            name='intake',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='courses.intake'),
        ),
        migrations.AddField(
            model_name='intakepanelmember',
            name='intake',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panel', to='courses.intake'),
        ),
        migrations.AddField(
            model_name='intakepanelmember',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='panelinterest',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interests', to='courses.application'),
        ),
        migrations.AddField(
            model_name='panelinterest',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='courses.intakepanelmember'),
        ),
        migrations.AddField(
            model_name='panelscore',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='courses.application'),
        ),
        migrations.AddField(
            model_name='panelscore',
            name='criterion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.intakecriterion'),
        ),
        migrations.AddField(
            model_name='panelscore',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='courses.intakepanelmember'),
        ),
        migrations.AddField(
            model_name='panelvote',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='courses.application'),
        ),
        migrations.AddField(
            model_name='panelvote',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='courses.intakepanelmember'),
        ),
        migrations.AddConstraint(
            model_name='intakecriterion',
            constraint=models.UniqueConstraint(fields=('intake', 'position'), name='intake_criterion_place_once'),
        ),
        migrations.AddConstraint(
            model_name='intakecriterion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('words', ''), _negated=True), ('position__gte', 1)), name='intake_criterion_has_words'),
        ),
        migrations.AddConstraint(
            model_name='intakecriterion',
            constraint=models.CheckConstraint(condition=models.Q(('weight__range', (1, 5))), name='intake_criterion_weighs'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intakecriterion',
            trigger=pgtrigger.compiler.Trigger(name='intake_criterion_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT FROM courses_application WHERE intake_id = OLD.intake_id) THEN\n        RAISE EXCEPTION 'intake % has applications', OLD.intake_id USING ERRCODE = 'check_violation';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='7068fff16c7ec49813c98ce89800e27bb0053941', operation='UPDATE OR DELETE', pgid='pgtrigger_intake_criterion_frozen_b3ee5', table='courses_intakecriterion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intakecriterion',
            trigger=pgtrigger.compiler.Trigger(name='intake_criterion_comes_first', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT FROM courses_application WHERE intake_id = NEW.intake_id) THEN\n        RAISE EXCEPTION 'intake % has applications', NEW.intake_id USING ERRCODE = 'check_violation';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='1ff83e39f78aa46bb693903c8845c7732debc7e8', operation='INSERT', pgid='pgtrigger_intake_criterion_comes_first_9edcc', table='courses_intakecriterion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='intakepanelmember',
            index=models.Index(fields=['person', 'intake'], name='intake_panel_member_person'),
        ),
        migrations.AddConstraint(
            model_name='intakepanelmember',
            constraint=models.UniqueConstraint(condition=models.Q(('stood_down_at__isnull', True)), fields=('intake', 'person'), name='intake_panel_member_once'),
        ),
        migrations.AddConstraint(
            model_name='intakepanelmember',
            constraint=models.UniqueConstraint(condition=models.Q(('role', 'CHAIR'), ('stood_down_at__isnull', True)), fields=('intake',), name='intake_panel_one_chair'),
        ),
        migrations.AddConstraint(
            model_name='intakepanelmember',
            constraint=models.CheckConstraint(condition=models.Q(('stood_down_at__isnull', True), ('stood_down_at__gte', models.F('named_at')), _connector='OR'), name='intake_panel_member_named_first'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intakepanelmember',
            trigger=pgtrigger.compiler.Trigger(name='intake_panel_member_keeps_who', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."intake_id" IS DISTINCT FROM (NEW."intake_id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."named_at" IS DISTINCT FROM (NEW."named_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4bc44d058fc3ba99d92a97593f99ef853835fe0a', operation='UPDATE', pgid='pgtrigger_intake_panel_member_keeps_who_9f535', table='courses_intakepanelmember', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intakepanelmember',
            trigger=pgtrigger.compiler.Trigger(name='intake_panel_member_has_not_applied', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM courses_application sent\n         WHERE sent.intake_id = NEW.intake_id AND sent.person_id = NEW.person_id\n           AND sent.state <> 'WITHDRAWN'\n    ) THEN\n        RAISE EXCEPTION 'person % has applied to intake %', NEW.person_id, NEW.intake_id\n            USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='77365e871403943659acc0d259a48f76df40cbe5', operation='INSERT', pgid='pgtrigger_intake_panel_member_has_not_applied_40587', table='courses_intakepanelmember', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='panelinterest',
            constraint=models.UniqueConstraint(fields=('application', 'member'), name='panel_interest_once'),
        ),
        migrations.AddConstraint(
            model_name='panelinterest',
            constraint=models.CheckConstraint(condition=models.Q(('what__regex', '\\S')), name='panel_interest_says_what'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='panelinterest',
            trigger=pgtrigger.compiler.Trigger(name='panel_interest_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='7a56bf23f634cd7b76407ff7fc068aba0fdc28c3', operation='UPDATE', pgid='pgtrigger_panel_interest_stays_f74f8', table='courses_panelinterest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='panelinterest',
            trigger=pgtrigger.compiler.Trigger(name='panel_interest_of_its_panel', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (\n        SELECT FROM courses_intakepanelmember sat\n          JOIN courses_application sent\n            ON sent.id = NEW.application_id AND sent.intake_id = sat.intake_id\n         WHERE sat.id = NEW.member_id\n    ) THEN\n        RAISE EXCEPTION 'panel member % has nothing to do with application %',\n            NEW.member_id, NEW.application_id USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='a9aa341598723950e2adfbfca940bb9d3f07abc0', operation='INSERT', pgid='pgtrigger_panel_interest_of_its_panel_d97cb', table='courses_panelinterest', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='panelscore',
            constraint=models.UniqueConstraint(fields=('application', 'member', 'criterion'), name='panel_score_once'),
        ),
        migrations.AddConstraint(
            model_name='panelscore',
            constraint=models.CheckConstraint(condition=models.Q(('points__lte', 4)), name='panel_score_within_the_scale'),
        ),
        migrations.AddConstraint(
            model_name='panelscore',
            constraint=models.CheckConstraint(condition=models.Q(('reason__regex', '\\S')), name='panel_score_says_why'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='panelscore',
            trigger=pgtrigger.compiler.Trigger(name='panel_score_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8ed263c09b4ec530af2a54d9de739b4d3bbcf6c1', operation='UPDATE', pgid='pgtrigger_panel_score_stays_cbd70', table='courses_panelscore', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='panelscore',
            trigger=pgtrigger.compiler.Trigger(name='panel_score_by_who_may', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (\n        SELECT FROM courses_intakepanelmember sat\n          JOIN courses_application sent\n            ON sent.id = NEW.application_id AND sent.intake_id = sat.intake_id\n          JOIN courses_intakecriterion asked\n            ON asked.id = NEW.criterion_id AND asked.intake_id = sat.intake_id\n         WHERE sat.id = NEW.member_id AND sent.state IN ('SHORTLISTED', 'ASSESSED')\n           AND \n    sat.stood_down_at IS NULL AND sat.person_id <> sent.person_id\n    AND NOT EXISTS (\n        SELECT FROM courses_panelinterest own\n         WHERE own.application_id = sent.id AND own.member_id = sat.id)\n\n    ) THEN\n        RAISE EXCEPTION 'panel member % does not score application %',\n            NEW.member_id, NEW.application_id USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='12d5e8d7dbcc76be966133b6919cf74bfb793711', operation='INSERT', pgid='pgtrigger_panel_score_by_who_may_1e392', table='courses_panelscore', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='panelvote',
            constraint=models.UniqueConstraint(fields=('application', 'member', 'stage'), name='panel_vote_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='panelvote',
            trigger=pgtrigger.compiler.Trigger(name='panel_vote_by_who_may', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (\n        SELECT FROM courses_intakepanelmember sat\n          JOIN courses_application sent\n            ON sent.id = NEW.application_id AND sent.intake_id = sat.intake_id\n         WHERE sat.id = NEW.member_id\n           AND sent.state = CASE NEW.stage WHEN 'SHORTLIST' THEN 'SUBMITTED' ELSE 'ASSESSED' END\n           AND \n    sat.stood_down_at IS NULL AND sat.person_id <> sent.person_id\n    AND NOT EXISTS (\n        SELECT FROM courses_panelinterest own\n         WHERE own.application_id = sent.id AND own.member_id = sat.id)\n\n    ) THEN\n        RAISE EXCEPTION 'panel member % does not vote on application %',\n            NEW.member_id, NEW.application_id USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='2e71193892ce3eb01ba01cadf079424119533110', operation='INSERT OR UPDATE', pgid='pgtrigger_panel_vote_by_who_may_2caab', table='courses_panelvote', when='BEFORE')),
        ),
        BuildWall("courses_intakecriterion", Parent("intake_id", "courses_intake")),
        BuildWall("courses_intakepanelmember", Parent("intake_id", "courses_intake")),
        BuildWall("courses_panelinterest", OF_THE_PANEL),
        BuildWall("courses_panelscore", OF_THE_PANEL),
        BuildWall("courses_panelvote", OF_THE_PANEL),
    ]
