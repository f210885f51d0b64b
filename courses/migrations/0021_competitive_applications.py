"""Intakes, applications and what is decided about them; places that rest on them."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from accounts.walls import ORGANISATIONS, AnyOf, BuildWall, Concerning, Organisation, Parent, Written
from django.conf import settings
from django.db import migrations, models


OF_THE_SESSION = Written(
    "EXISTS (SELECT FROM courses_intake held WHERE held.id = {table}.intake_id"
    " AND held.session_id = (SELECT waymark_session()))"
)
CHOSEN_THERE = Written(
    "EXISTS (SELECT FROM courses_intake held"
    " JOIN courses_session sat ON sat.id = held.session_id"
    " JOIN courses_offering run ON run.id = sat.offering_id"
    " WHERE held.id = {table}.intake_id AND"
    f" (run.host_id = {ORGANISATIONS} OR run.provider_id = {ORGANISATIONS}))"
)
APPLICATIONS = AnyOf((Organisation(), Concerning(), OF_THE_SESSION, CHOSEN_THERE))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('courses', '0020_who_teaches_runs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('DRAFT', 'Not sent yet'), ('SUBMITTED', 'Sent'), ('SHORTLISTED', 'Shortlisted'), ('NOT_SHORTLISTED', 'Not shortlisted'), ('OFFERED', 'Place offered'), ('RESERVE', 'On the reserve list'), ('NOT_CHOSEN', 'Not chosen'), ('ACCEPTED', 'Place accepted'), ('DECLINED', 'Offer declined'), ('LAPSED', 'Offer not answered in time'), ('WITHDRAWN', 'Withdrawn')], default='DRAFT', max_length=15, verbose_name='state')),
                ('place', models.PositiveSmallIntegerField(null=True, verbose_name='place')),
                ('reserve_rank', models.PositiveSmallIntegerField(null=True, verbose_name='rank on the reserve list')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('offer_ends_at', models.DateTimeField(null=True, verbose_name='offer ends')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='accepted, declined, lapsed or withdrawn')),
            ],
        ),
        migrations.CreateModel(
            name='ApplicationAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True, verbose_name='answer')),
            ],
        ),
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opens_at', models.DateTimeField(verbose_name='opens')),
                ('closes_at', models.DateTimeField(verbose_name='closes')),
                ('decided_on', models.DateField(verbose_name='day by which people are told')),
                ('places', models.PositiveSmallIntegerField(verbose_name='places')),
                ('offer_days', models.PositiveSmallIntegerField(default=7, verbose_name='days to accept an offer')),
                ('guidance', models.TextField(verbose_name='what it is about and who should apply')),
            ],
        ),
        migrations.CreateModel(
            name='IntakeQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('words', models.CharField(max_length=200, verbose_name='question')),
                ('most_words', models.PositiveSmallIntegerField(verbose_name='most words of an answer')),
            ],
        ),
        migrations.CreateModel(
            name='SelectionDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('SHORTLIST', 'Shortlisting'), ('CHOICE', 'Choosing')], max_length=9, verbose_name='stage')),
                ('outcome', models.CharField(choices=[('DRAFT', 'Not sent yet'), ('SUBMITTED', 'Sent'), ('SHORTLISTED', 'Shortlisted'), ('NOT_SHORTLISTED', 'Not shortlisted'), ('OFFERED', 'Place offered'), ('RESERVE', 'On the reserve list'), ('NOT_CHOSEN', 'Not chosen'), ('ACCEPTED', 'Place accepted'), ('DECLINED', 'Offer declined'), ('LAPSED', 'Offer not answered in time'), ('WITHDRAWN', 'Withdrawn')], max_length=15, verbose_name='outcome')),
                ('reasons', models.TextField(verbose_name='reasons')),
                ('decided_at', models.DateTimeField(verbose_name='decided')),
            ],
        ),
        migrations.AddField(
            model_name='application',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='application',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='application',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='courses.application'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('application__isnull', False), ('basis', 'SELECTION')), models.Q(models.Q(('basis', 'SELECTION'), _negated=True), ('application__isnull', True)), _connector='OR'), name='enrolment_selection_means_an_application'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('REQUESTED', 'WAITING', 'OFFERED', 'CONFIRMED', 'ATTENDED', 'PARTIAL', 'COMPLETED', 'ABSENT'))), fields=('application',), name='enrolment_one_live_per_application'),
        ),
        migrations.AddField(
            model_name='applicationanswer',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='courses.application'),
        ),
        migrations.AddField(
            model_name='intake',
            name='session',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='intake', to='courses.session'),
        ),
        migrations.AddField(
            model_name='application',
            name='intake',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='courses.intake'),
        ),
        migrations.AddField(
            model_name='intakequestion',
            name='intake',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='courses.intake'),
        ),
        migrations.AddField(
            model_name='applicationanswer',
            name='question',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.intakequestion'),
        ),
        migrations.AddField(
            model_name='selectiondecision',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='courses.application'),
        ),
        migrations.AddField(
            model_name='selectiondecision',
            name='decided_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='intake',
            index=models.Index(fields=['closes_at', 'id'], name='intake_closing'),
        ),
        migrations.AddConstraint(
            model_name='intake',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='intake_closes_after_it_opens'),
        ),
        migrations.AddConstraint(
            model_name='intake',
            constraint=models.CheckConstraint(condition=models.Q(('places__gte', 1)), name='intake_has_places'),
        ),
        migrations.AddConstraint(
            model_name='intake',
            constraint=models.CheckConstraint(condition=models.Q(('offer_days__range', (1, 31))), name='intake_leaves_days_to_answer'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state', 'OFFERED')), fields=['offer_ends_at'], name='application_offers_to_end'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['person', 'state'], name='application_person'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'WITHDRAWN'), _negated=True), fields=('intake', 'person'), name='application_one_live_per_person'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('place__isnull', False)), fields=('intake', 'place'), name='application_place_once'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('reserve_rank__isnull', False)), fields=('intake', 'reserve_rank'), name='application_reserve_rank_once'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', True), ('state', 'DRAFT')), models.Q(models.Q(('state', 'DRAFT'), _negated=True), ('sent_at__isnull', False)), _connector='OR'), name='application_sent_means_when'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('place__gte', 1), ('state__in', ('OFFERED', 'ACCEPTED'))), models.Q(models.Q(('state__in', ('OFFERED', 'ACCEPTED')), _negated=True), ('place__isnull', True)), _connector='OR'), name='application_placed_means_a_place'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'OFFERED'), _negated=True), ('offer_ends_at__isnull', False), _connector='OR'), name='application_offered_means_until_when'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reserve_rank__gte', 1), ('state', 'RESERVE')), models.Q(models.Q(('state', 'RESERVE'), _negated=True), ('reserve_rank__isnull', True)), _connector='OR'), name='application_reserve_means_a_rank'),
        ),
        migrations.AddConstraint(
            model_name='intakequestion',
            constraint=models.UniqueConstraint(fields=('intake', 'position'), name='intake_question_place_once'),
        ),
        migrations.AddConstraint(
            model_name='intakequestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('words', ''), _negated=True), ('position__gte', 1)), name='intake_question_has_words'),
        ),
        migrations.AddConstraint(
            model_name='intakequestion',
            constraint=models.CheckConstraint(condition=models.Q(('most_words__range', (20, 2000))), name='intake_question_leaves_room'),
        ),
        migrations.AddConstraint(
            model_name='applicationanswer',
            constraint=models.UniqueConstraint(fields=('application', 'question'), name='application_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='selectiondecision',
            constraint=models.UniqueConstraint(fields=('application', 'stage'), name='selection_decision_once_per_stage'),
        ),
        migrations.AddConstraint(
            model_name='selectiondecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ('SHORTLISTED', 'NOT_SHORTLISTED')), ('stage', 'SHORTLIST')), models.Q(('outcome__in', ('OFFERED', 'RESERVE', 'NOT_CHOSEN')), ('stage', 'CHOICE')), _connector='OR'), name='selection_decision_outcome_of_its_stage'),
        ),
        migrations.AddConstraint(
            model_name='selectiondecision',
            constraint=models.CheckConstraint(condition=models.Q(('reasons__regex', '\\S')), name='selection_decision_says_why'),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='enrolment',
            name='enrolment_keeps_its_ground',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='enrolment_keeps_its_ground', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."session_id" IS DISTINCT FROM (NEW."session_id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."basis" IS DISTINCT FROM (NEW."basis") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at") OR OLD."moved_from_id" IS DISTINCT FROM (NEW."moved_from_id") OR OLD."price_pence" IS DISTINCT FROM (NEW."price_pence") OR OLD."application_id" IS DISTINCT FROM (NEW."application_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='61c4249d2abb9d6279daae0f7fb2963ef5ce2f17', operation='UPDATE', pgid='pgtrigger_enrolment_keeps_its_ground_23ca3', table='courses_enrolment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='enrolment_application_accepted', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.application_id IS NOT NULL AND NOT EXISTS (\n                        SELECT FROM courses_application\n                         WHERE id = NEW.application_id AND person_id = NEW.person_id\n                           AND state = 'ACCEPTED'\n                    ) THEN\n                        RAISE EXCEPTION 'application % is not accepted', NEW.application_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='0fee621397bfd053ee60fa1eb77e0ed045ae5d0f', operation='INSERT', pgid='pgtrigger_enrolment_application_accepted_bb5ce', table='courses_enrolment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intake',
            trigger=pgtrigger.compiler.Trigger(name='intake_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT FROM courses_application WHERE intake_id = OLD.id) THEN\n        RAISE EXCEPTION 'intake % has applications', OLD.id USING ERRCODE = 'check_violation';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='101891c90876710385ed6cccffcbae561683db31', operation='UPDATE OR DELETE', pgid='pgtrigger_intake_frozen_2f216', table='courses_intake', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='application_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{ACCEPTED:WITHDRAWN,DRAFT:SUBMITTED,OFFERED:ACCEPTED,OFFERED:DECLINED,OFFERED:LAPSED,RESERVE:OFFERED,RESERVE:WITHDRAWN,SHORTLISTED:NOT_CHOSEN,SHORTLISTED:OFFERED,SHORTLISTED:RESERVE,SHORTLISTED:WITHDRAWN,SUBMITTED:NOT_SHORTLISTED,SUBMITTED:SHORTLISTED,SUBMITTED:WITHDRAWN}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='cefca725afe7c5d96d46598b1bc72b51996aea4b', operation='UPDATE', pgid='pgtrigger_application_steps_e1977', table='courses_application', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='application_keeps_whose_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."intake_id" IS DISTINCT FROM (NEW."intake_id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."started_at" IS DISTINCT FROM (NEW."started_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='9445f58df5c212a8ade93992cc14414c00228e65', operation='UPDATE', pgid='pgtrigger_application_keeps_whose_it_is_863b1', table='courses_application', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='application_place_within_intake', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."place" IS NOT NULL)', func="\n                    IF NEW.place > (SELECT places FROM courses_intake WHERE id = NEW.intake_id) THEN\n                        RAISE EXCEPTION 'place % is beyond intake %', NEW.place, NEW.intake_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='ae1e6771eb1efeee411ac2d06f35242cf6166c93', operation='INSERT OR UPDATE OF "place"', pgid='pgtrigger_application_place_within_intake_42fc7', table='courses_application', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='application_sent_in_time', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."state" = \'SUBMITTED\')', func="\n                    IF NEW.sent_at >= (\n                        SELECT closes_at FROM courses_intake WHERE id = NEW.intake_id\n                    ) THEN\n                        RAISE EXCEPTION 'intake % had closed', NEW.intake_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='9b8c928c5562f92e32d9d886a376efc47740b147', operation='UPDATE OF "state"', pgid='pgtrigger_application_sent_in_time_06b74', table='courses_application', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='application_decided_with_reasons', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."state" IN (\'SHORTLISTED\', \'NOT_SHORTLISTED\', \'OFFERED\', \'RESERVE\', \'NOT_CHOSEN\'))', func="\n                    IF NOT EXISTS (\n                        SELECT FROM courses_selectiondecision\n                         WHERE application_id = NEW.id\n                           AND (outcome = NEW.state\n                                OR (OLD.state = 'RESERVE' AND outcome = 'RESERVE'))\n                    ) THEN\n                        RAISE EXCEPTION 'nobody decided about application %', NEW.id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='4b99077137124660bcd0da123a1f25dacb651fa9', operation='UPDATE OF "state"', pgid='pgtrigger_application_decided_with_reasons_3a757', table='courses_application', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intakequestion',
            trigger=pgtrigger.compiler.Trigger(name='intake_question_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT FROM courses_application WHERE intake_id = OLD.intake_id) THEN\n        RAISE EXCEPTION 'intake % has applications', OLD.intake_id USING ERRCODE = 'check_violation';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='621e0599e6db06747699425d2f5714c885cdb7c4', operation='UPDATE OR DELETE', pgid='pgtrigger_intake_question_frozen_a6746', table='courses_intakequestion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intakequestion',
            trigger=pgtrigger.compiler.Trigger(name='intake_question_comes_first', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT FROM courses_application WHERE intake_id = NEW.intake_id) THEN\n        RAISE EXCEPTION 'intake % has applications', NEW.intake_id USING ERRCODE = 'check_violation';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='45724960e745df95f84d51f9912d0885a144c488', operation='INSERT', pgid='pgtrigger_intake_question_comes_first_e918d', table='courses_intakequestion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='applicationanswer',
            trigger=pgtrigger.compiler.Trigger(name='application_answer_stays_once_sent', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT FROM courses_application\n                         WHERE id = NEW.application_id AND state = 'DRAFT'\n                    ) THEN\n                        RAISE EXCEPTION 'application % is sent', NEW.application_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='5623a81dcd564ac0210e611f4f62823eed87eda1', operation='INSERT OR UPDATE', pgid='pgtrigger_application_answer_stays_once_sent_aaee3', table='courses_applicationanswer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='selectiondecision',
            trigger=pgtrigger.compiler.Trigger(name='selection_decision_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='cbe1ae2ed81f00aa0dcf70c9b8b34b505eccbdb7', operation='UPDATE', pgid='pgtrigger_selection_decision_stays_0dcf7', table='courses_selectiondecision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='selectiondecision',
            trigger=pgtrigger.compiler.Trigger(name='selection_decision_never_by_oneself', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.decided_by_id = (\n                        SELECT person_id FROM courses_application WHERE id = NEW.application_id\n                    ) THEN\n                        RAISE EXCEPTION 'application % is of whoever decides', NEW.application_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='be60d087a52b42ee66e5b2c6b0e2ebff35d4fe3f', operation='INSERT', pgid='pgtrigger_selection_decision_never_by_oneself_6457b', table='courses_selectiondecision', when='BEFORE')),
        ),
        BuildWall("courses_intake", Parent("session_id", "courses_session")),
        BuildWall("courses_intakequestion", Parent("intake_id", "courses_intake")),
        BuildWall("courses_application", APPLICATIONS),
        BuildWall("courses_applicationanswer", Parent("application_id", "courses_application")),
        BuildWall("courses_selectiondecision", Parent("application_id", "courses_application")),
    ]
