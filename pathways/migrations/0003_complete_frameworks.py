"""Editions, authoring, evidence, assessment, role conditions and signposts."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.functions
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import pathways.models.evidence
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_walls'),
        ('pathways', '0002_walls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AssessorAppointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
            ],
        ),
        migrations.CreateModel(
            name='Association',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identifier', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('isChildOf', 'Is part of, in the tree'), ('isPeerOf', 'Stands beside'), ('isPartOf', 'Is a part of'), ('exactMatchOf', 'Says the same as'), ('precedes', 'Comes before'), ('isRelatedTo', 'Is related to'), ('replacedBy', 'Is replaced by'), ('exemplar', 'Has as an example'), ('hasSkillLevel', 'Has the skill level'), ('isTranslationOf', 'Is a translation of')], max_length=20, verbose_name='kind')),
                ('position', models.IntegerField(blank=True, null=True, verbose_name='place in the order')),
                ('origin_identifier', models.UUIDField()),
                ('origin_title', models.TextField(blank=True)),
                ('origin_uri', models.CharField(blank=True, max_length=500)),
                ('destination_identifier', models.UUIDField()),
                ('destination_title', models.TextField(blank=True)),
                ('destination_uri', models.CharField(blank=True, max_length=500)),
                ('case', models.JSONField(blank=True, default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='AssociationGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identifier', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('case', models.JSONField(blank=True, default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='ClaimedLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='level claimed')),
                ('accepted', models.BooleanField(null=True, verbose_name='accepted')),
                ('accepted_rank', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='level accepted')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
            ],
        ),
        migrations.CreateModel(
            name='ClaimEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='CoachOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='how you can help')),
            ],
        ),
        migrations.CreateModel(
            name='Collaborator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('part', models.CharField(choices=[('AUTHOR', 'Author'), ('REVIEWER', 'Reviewer')], max_length=10, verbose_name='part')),
            ],
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='comment')),
                ('written_at', models.DateTimeField(verbose_name='written')),
                ('resolved_at', models.DateTimeField(null=True, verbose_name='dealt with')),
            ],
        ),
        migrations.CreateModel(
            name='Crosswalk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('SAME', 'Unchanged, or worded better'), ('REPLACED', 'Replaced by'), ('SPLIT', 'Split into'), ('MERGED', 'Merged into'), ('RETIRED', 'Left out'), ('EQUIVALENT', 'Stands for, in another framework')], max_length=10, verbose_name='kind')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed')),
            ],
        ),
        migrations.CreateModel(
            name='CrosswalkLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='level before')),
                ('becomes', models.PositiveSmallIntegerField(verbose_name='level after')),
            ],
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('FILE', 'File'), ('LINK', 'Link'), ('REFLECTION', 'Reflection')], max_length=10, verbose_name='kind')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('happened_on', models.DateField(blank=True, null=True, verbose_name='when it happened')),
                ('text', models.TextField(blank=True, verbose_name='what it shows')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='address')),
                ('file', models.FileField(blank=True, max_length=200, upload_to=pathways.models.evidence.evidence_path, verbose_name='file')),
                ('file_name', models.CharField(blank=True, max_length=255, verbose_name='name of the file')),
                ('content_type', models.CharField(blank=True, max_length=100, verbose_name='type of the file')),
                ('size', models.PositiveIntegerField(null=True, verbose_name='bytes')),
                ('checksum', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('added_at', models.DateTimeField(verbose_name='added')),
                ('removed_at', models.DateTimeField(null=True, verbose_name='removed')),
            ],
        ),
        migrations.CreateModel(
            name='EvidenceUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='FrameworkImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('format', models.CharField(choices=[('CSV', 'Comma-separated values (CSV)'), ('XLSX', 'Excel workbook (XLSX)'), ('CASE', 'CASE 1.1 package'), ('STARTER', 'Published framework')], max_length=10, verbose_name='format')),
                ('file_name', models.CharField(max_length=255, verbose_name='file')),
                ('checksum', models.CharField(max_length=64, verbose_name='SHA-256 of the file')),
                ('state', models.CharField(choices=[('CHECKED', 'Checked'), ('REFUSED', 'Has mistakes'), ('APPLIED', 'Applied'), ('UNDONE', 'Undone')], max_length=10, verbose_name='state')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded')),
                ('row_count', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('content', models.JSONField(default=dict, verbose_name='checked copy')),
                ('before', models.JSONField(null=True, verbose_name='the draft before')),
                ('revision', models.PositiveIntegerField(default=0, verbose_name='state of the draft')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='applied')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='undone')),
            ],
        ),
        migrations.CreateModel(
            name='ImportLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField(null=True, verbose_name='row')),
                ('kind', models.CharField(choices=[('PROBLEM', 'Mistake'), ('WARNING', 'Worth a look'), ('ADD', 'Added'), ('CHANGE', 'Changed'), ('MOVE', 'Moved'), ('RETIRE', 'Left out')], max_length=8, verbose_name='kind')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='about')),
                ('field', models.CharField(blank=True, max_length=40, verbose_name='column')),
                ('before', models.TextField(blank=True, verbose_name='before')),
                ('after', models.TextField(blank=True, verbose_name='after')),
                ('message', models.TextField(blank=True, verbose_name='what is wrong')),
            ],
        ),
        migrations.CreateModel(
            name='PriorLearningClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='what was learned')),
                ('provider', models.CharField(blank=True, max_length=200, verbose_name='where')),
                ('finished_on', models.DateField(verbose_name='finished')),
                ('statement', models.TextField(verbose_name='what it taught you')),
                ('submitted_at', models.DateTimeField(verbose_name='submitted')),
                ('state', models.CharField(choices=[('SUBMITTED', 'Waiting for a decision'), ('DECIDED', 'Decided'), ('WITHDRAWN', 'Withdrawn')], default='SUBMITTED', max_length=9, verbose_name='state')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('decision', models.TextField(blank=True, verbose_name='what the assessor says')),
            ],
        ),
        migrations.CreateModel(
            name='Qualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_registration', models.BooleanField(default=False, verbose_name='professional registration')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('awarding_body', models.CharField(blank=True, max_length=120, verbose_name='awarding body')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='level')),
                ('awarded_on', models.DateField(verbose_name='awarded')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('added_at', models.DateTimeField(verbose_name='added')),
                ('checked_at', models.DateTimeField(null=True, verbose_name='checked')),
            ],
        ),
        migrations.CreateModel(
            name='RequirementGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', models.CharField(choices=[('ALL', 'All of these'), ('ANY', 'Any one of these')], max_length=3, verbose_name='joined by')),
                ('background', models.CharField(choices=[('ANY', 'Everybody'), ('CLINICAL', 'Coming from clinical work'), ('ADMINISTRATIVE', 'Coming from administrative work')], default='ANY', max_length=14, verbose_name='asked of')),
                ('is_essential', models.BooleanField(default=True, verbose_name='essential')),
                ('position', models.PositiveSmallIntegerField(verbose_name='place in the order')),
            ],
        ),
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('READING', 'Reading'), ('VIDEO', 'Video'), ('ONLINE', 'Online learning'), ('TOOL', 'Tool or template'), ('EXPERIENCE', 'Something to do at work')], max_length=10, verbose_name='kind')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='address')),
                ('minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes it takes')),
                ('is_in_use', models.BooleanField(default=True, verbose_name='in use')),
            ],
        ),
        migrations.CreateModel(
            name='ResourceLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='up to level')),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('message', models.TextField(blank=True, verbose_name='what to look at')),
                ('revision', models.PositiveIntegerField(verbose_name='state of the draft')),
                ('outcome', models.CharField(choices=[('ASKED', 'Waiting for an answer'), ('SIGNED_OFF', 'Signed off'), ('CHANGES', 'Changes asked for'), ('WITHDRAWN', 'Withdrawn')], default='ASKED', max_length=10, verbose_name='outcome')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='answered')),
                ('statement', models.TextField(blank=True, verbose_name='statement')),
            ],
        ),
        migrations.CreateModel(
            name='RoleCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('QUALIFICATION', 'Qualification'), ('EXPERIENCE', 'Experience'), ('REGISTRATION', 'Professional registration')], max_length=13, verbose_name='kind')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('awarding_body', models.CharField(blank=True, max_length=120, verbose_name='awarding body')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='level')),
                ('months', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='months')),
                ('staff_group', models.CharField(blank=True, choices=[('01', 'Medical and Dental'), ('02', 'Students'), ('03', 'Nursing and Midwifery Registered'), ('04', 'Allied Health Professionals'), ('05', 'Additional Professional Scientific and Technical'), ('06', 'Healthcare Scientists'), ('07', 'Additional Clinical Services'), ('08', 'Administrative and Clerical'), ('09', 'Estates and Ancillary'), ('10', 'Supplementary Roles')], max_length=2, verbose_name='in which staff group')),
                ('in_management', models.BooleanField(default=False, verbose_name='in a management post')),
                ('position', models.PositiveSmallIntegerField(verbose_name='place in the order')),
            ],
        ),
        migrations.CreateModel(
            name='VerificationEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='VerificationItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='level claimed')),
                ('outcome', models.CharField(choices=[('ASKED', 'Waiting for an answer'), ('CONFIRMED', 'Confirmed'), ('SENT_BACK', 'Sent back')], default='ASKED', max_length=9, verbose_name='outcome')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
            ],
        ),
        migrations.CreateModel(
            name='VerificationRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.TextField(blank=True, verbose_name='message')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('state', models.CharField(choices=[('ASKED', 'Waiting for an answer'), ('DECIDED', 'Answered'), ('WITHDRAWN', 'Withdrawn')], default='ASKED', max_length=9, verbose_name='state')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='answered')),
                ('statement', models.TextField(blank=True, verbose_name='statement')),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='attainment',
            name='attainment_is_append_only',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='frameworkversion',
            name='framework_version_steps',
        ),
        migrations.RemoveConstraint(
            model_name='competency',
            name='competency_code_once',
        ),
        migrations.RemoveConstraint(
            model_name='competency',
            name='competency_position_once',
        ),
        migrations.RemoveConstraint(
            model_name='domain',
            name='domain_position_once',
        ),
        migrations.RemoveConstraint(
            model_name='indicator',
            name='indicator_position_once',
        ),
        migrations.RemoveIndex(
            model_name='attainment',
            name='attainment_latest',
        ),
        migrations.AddField(
            model_name='attainment',
            name='valid_to',
            field=models.DateField(blank=True, null=True, verbose_name='counts until'),
        ),
        migrations.AddField(
            model_name='competency',
            name='case',
            field=models.JSONField(blank=True, default=dict, verbose_name='further facts of a CASE item'),
        ),
        migrations.AddField(
            model_name='competency',
            name='identifier',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='competency',
            name='is_assessable',
            field=models.BooleanField(default=True, verbose_name='asked about'),
        ),
        migrations.AddField(
            model_name='competency',
            name='lineage',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False),
        ),
        migrations.AddField(
            model_name='competency',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='pathways.competency'),
        ),
        migrations.AddField(
            model_name='competency',
            name='scale',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.scale'),
        ),
        migrations.AddField(
            model_name='competency',
            name='version',
            field=models.ForeignKey(null=True, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.frameworkversion'),
        ),
        # The walls are up already: the owner sees every row only when it says so.
        migrations.RunSQL(
            "SELECT set_config('waymark.everywhere', 'on', true);"
            "UPDATE pathways_competency held SET version_id = domain.version_id"
            "  FROM pathways_domain domain WHERE domain.id = held.domain_id;"
            "SELECT set_config('waymark.everywhere', 'off', true);"
            # The foreign keys that were just checked must be done with before the table changes.
            "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name='competency',
            name='version',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.frameworkversion'),
        ),
        migrations.AddField(
            model_name='domain',
            name='case',
            field=models.JSONField(blank=True, default=dict, verbose_name='further facts of a CASE item'),
        ),
        migrations.AddField(
            model_name='domain',
            name='identifier',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='domain',
            name='lineage',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False),
        ),
        migrations.AddField(
            model_name='framework',
            name='counting_rule',
            field=models.CharField(choices=[('LATEST', 'The latest level, whoever says so'), ('CONFIRMED', "The latest level that somebody else confirmed, else one's own view"), ('HIGHEST', 'The highest level that was shown')], default='LATEST', max_length=10, verbose_name='which level counts'),
        ),
        migrations.AddField(
            model_name='framework',
            name='identifier',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='frameworkversion',
            name='based_on',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='pathways.frameworkversion'),
        ),
        migrations.AddField(
            model_name='frameworkversion',
            name='case',
            field=models.JSONField(blank=True, default=dict, verbose_name='further facts of a CASE document'),
        ),
        migrations.AddField(
            model_name='frameworkversion',
            name='change_summary',
            field=models.TextField(blank=True, verbose_name='what is new'),
        ),
        migrations.AddField(
            model_name='frameworkversion',
            name='changed_at',
            field=models.DateTimeField(null=True, verbose_name='last changed'),
        ),
        migrations.AddField(
            model_name='frameworkversion',
            name='frozen_at',
            field=models.DateTimeField(null=True, verbose_name='frozen'),
        ),
        migrations.AddField(
            model_name='frameworkversion',
            name='identifier',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='frameworkversion',
            name='retire_reason',
            field=models.TextField(blank=True, verbose_name='why it was retired'),
        ),
        migrations.AddField(
            model_name='frameworkversion',
            name='retired_at',
            field=models.DateTimeField(null=True, verbose_name='retired'),
        ),
        migrations.AddField(
            model_name='frameworkversion',
            name='revision',
            field=models.PositiveIntegerField(default=0, verbose_name='changes of the draft'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='case',
            field=models.JSONField(blank=True, default=dict, verbose_name='further facts of a CASE item'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='identifier',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='indicator',
            name='lineage',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False),
        ),
        migrations.AddField(
            model_name='leveldescriptor',
            name='case',
            field=models.JSONField(blank=True, default=dict, verbose_name='further facts of a CASE item'),
        ),
        migrations.AddField(
            model_name='leveldescriptor',
            name='identifier',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='leveldescriptor',
            name='lineage',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False),
        ),
        migrations.AddField(
            model_name='pathwaystep',
            name='adds',
            field=models.CharField(blank=True, max_length=500, verbose_name='what it adds'),
        ),
        migrations.AddField(
            model_name='pathwaystep',
            name='kind',
            field=models.CharField(choices=[('PROMOTION', 'Promotion'), ('SIDEWAYS', 'Sideways move'), ('SECONDMENT', 'Secondment'), ('FROM_CLINICAL', 'From clinical work into management'), ('FROM_ADMINISTRATIVE', 'From administrative work into management'), ('NON_EXECUTIVE', 'Into a non-executive role')], default='PROMOTION', max_length=19, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='requirement',
            name='inherited_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inherited_by', to='pathways.requirement'),
        ),
        migrations.AddField(
            model_name='requirement',
            name='is_override',
            field=models.BooleanField(default=False, verbose_name='differs from the family'),
        ),
        migrations.AddField(
            model_name='roleprofile',
            name='is_family',
            field=models.BooleanField(default=False, verbose_name='describes a family of roles'),
        ),
        migrations.AddField(
            model_name='roleprofile',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='pathways.roleprofile'),
        ),
        migrations.AddField(
            model_name='roleprofile',
            name='staff_groups',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('01', 'Medical and Dental'), ('02', 'Students'), ('03', 'Nursing and Midwifery Registered'), ('04', 'Allied Health Professionals'), ('05', 'Additional Professional Scientific and Technical'), ('06', 'Healthcare Scientists'), ('07', 'Additional Clinical Services'), ('08', 'Administrative and Clerical'), ('09', 'Estates and Ancillary'), ('10', 'Supplementary Roles')], max_length=2), blank=True, default=list, size=None, verbose_name='staff groups'),
        ),
        migrations.AddField(
            model_name='roleprofile',
            name='top_band',
            field=models.CharField(blank=True, choices=[('1', 'Band 1'), ('2', 'Band 2'), ('3', 'Band 3'), ('4', 'Band 4'), ('5', 'Band 5'), ('6', 'Band 6'), ('7', 'Band 7'), ('8a', 'Band 8a'), ('8b', 'Band 8b'), ('8c', 'Band 8c'), ('8d', 'Band 8d'), ('9', 'Band 9'), ('VSM', 'Very senior manager')], max_length=3, verbose_name='highest band'),
        ),
        migrations.AlterField(
            model_name='attainment',
            name='source',
            field=models.CharField(choices=[('SELF', 'Own assessment'), ('APPRAISAL', 'Appraisal'), ('COURSE', 'Course'), ('EVIDENCE', 'Evidence'), ('PRIOR', 'Prior learning'), ('MANAGER', 'Line manager'), ('ASSESSOR', 'Assessor'), ('IMPORTED', 'Brought from another system'), ('CROSSWALK', 'Carried over from another edition')], max_length=10, verbose_name='source'),
        ),
        migrations.AlterField(
            model_name='competency',
            name='code',
            field=models.CharField(max_length=60, verbose_name='code'),
        ),
        migrations.AlterField(
            model_name='competency',
            name='position',
            field=models.PositiveIntegerField(verbose_name='place in the order'),
        ),
        migrations.AlterField(
            model_name='domain',
            name='code',
            field=models.CharField(max_length=60, verbose_name='code'),
        ),
        migrations.AlterField(
            model_name='domain',
            name='position',
            field=models.PositiveIntegerField(verbose_name='place in the order'),
        ),
        migrations.AlterField(
            model_name='frameworkversion',
            name='state',
            field=models.CharField(choices=[('DRAFT', 'Being written'), ('IN_REVIEW', 'In review'), ('PUBLISHED', 'In use'), ('RETIRED', 'Retired')], default='DRAFT', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='indicator',
            name='position',
            field=models.PositiveIntegerField(verbose_name='place in the order'),
        ),
        migrations.AlterField(
            model_name='indicator',
            name='text',
            field=models.CharField(max_length=1000, verbose_name='what one sees'),
        ),
        migrations.AddIndex(
            model_name='attainment',
            index=models.Index(condition=models.Q(('rank__isnull', False)), fields=['person', 'competency', '-attained_on', '-id'], include=('rank', 'source', 'valid_to'), name='attainment_latest'),
        ),
        migrations.AddIndex(
            model_name='competency',
            index=models.Index(fields=['lineage'], name='competency_lineage'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attainment',
            trigger=pgtrigger.compiler.Trigger(name='attainment_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='7add96a326b0ec02709a96950ccdb93118467a63', operation='DELETE', pgid='pgtrigger_attainment_is_append_only_7bf76', table='pathways_attainment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attainment',
            trigger=pgtrigger.compiler.Trigger(name='attainment_only_closes', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF to_jsonb(NEW) - 'valid_to' = to_jsonb(OLD) - 'valid_to'\n                       AND NEW.valid_to IS NOT NULL\n                       AND (OLD.valid_to IS NULL OR NEW.valid_to <= OLD.valid_to) THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;\n                ", hash='f5e5a893e4e89be630cac9edae1b819d95181593', operation='UPDATE', pgid='pgtrigger_attainment_only_closes_6add4', table='pathways_attainment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competency',
            trigger=pgtrigger.compiler.Trigger(name='competency_has_its_domains_version', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    SELECT version_id INTO NEW.version_id\n                      FROM pathways_domain WHERE id = NEW.domain_id;\n                    RETURN NEW;\n                ', hash='965790909e6c1f78de7dcae2698ad3112a411a0f', operation='INSERT OR UPDATE OF "domain_id", "version_id"', pgid='pgtrigger_competency_has_its_domains_version_42226', table='pathways_competency', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='frameworkversion',
            trigger=pgtrigger.compiler.Trigger(name='framework_version_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{DRAFT:IN_REVIEW,DRAFT:PUBLISHED,IN_REVIEW:DRAFT,IN_REVIEW:PUBLISHED,PUBLISHED:RETIRED}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='9a2531cdceb35ed0444f477da814801449815df8', operation='UPDATE', pgid='pgtrigger_framework_version_steps_9cf81', table='pathways_frameworkversion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='attainment',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', django.db.models.expressions.CombinedExpression(models.F('attained_on'), '-', models.Value(1))), _connector='OR'), name='attainment_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='competency',
            constraint=models.UniqueConstraint(fields=('version', 'code'), name='competency_code_once'),
        ),
        migrations.AddConstraint(
            model_name='competency',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('domain', 'position'), name='competency_position_once'),
        ),
        migrations.AddConstraint(
            model_name='competency',
            constraint=models.UniqueConstraint(fields=('version', 'lineage'), name='competency_lineage_once'),
        ),
        migrations.AddConstraint(
            model_name='competency',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='competency_is_no_part_of_itself'),
        ),
        migrations.AddConstraint(
            model_name='domain',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('version', 'position'), name='domain_position_once'),
        ),
        migrations.AddConstraint(
            model_name='domain',
            constraint=models.UniqueConstraint(fields=('version', 'lineage'), name='domain_lineage_once'),
        ),
        migrations.AddConstraint(
            model_name='frameworkversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('retired_at__isnull', False), ('state', 'RETIRED'), models.Q(('retire_reason', ''), _negated=True)), models.Q(models.Q(('state', 'RETIRED'), _negated=True), ('retire_reason', ''), ('retired_at__isnull', True)), _connector='OR'), name='framework_version_retired_means_why_and_when'),
        ),
        migrations.AddConstraint(
            model_name='frameworkversion',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['PUBLISHED', 'RETIRED']), ('frozen_at__isnull', True), _connector='OR'), name='framework_version_draft_is_not_frozen'),
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('descriptor', 'position'), name='indicator_position_once'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.CheckConstraint(condition=models.Q(('is_override', False), ('inherited_from__isnull', False), _connector='OR'), name='requirement_override_of_something'),
        ),
        migrations.AddConstraint(
            model_name='roleprofile',
            constraint=models.CheckConstraint(condition=models.Q(('is_family', False), ('parent__isnull', True), _connector='OR'), name='role_profile_family_has_no_family'),
        ),
        migrations.AddField(
            model_name='assessorappointment',
            name='appointed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessorappointment',
            name='assessor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessorappointment',
            name='framework',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.framework'),
        ),
        migrations.AddField(
            model_name='assessorappointment',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='assessorappointment',
            name='subject',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='association',
            name='destination',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ties_to', to='pathways.competency'),
        ),
        migrations.AddField(
            model_name='association',
            name='origin',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ties_from', to='pathways.competency'),
        ),
        migrations.AddField(
            model_name='association',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='associations', to='pathways.frameworkversion'),
        ),
        migrations.AddField(
            model_name='associationgroup',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='pathways.frameworkversion'),
        ),
        migrations.AddField(
            model_name='association',
            name='group',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.associationgroup'),
        ),
        migrations.AddField(
            model_name='claimedlevel',
            name='competency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.competency'),
        ),
        migrations.AddField(
            model_name='coachoffer',
            name='competency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.competency'),
        ),
        migrations.AddField(
            model_name='coachoffer',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='coachoffer',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='collaborator',
            name='framework',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='collaborators', to='pathways.framework'),
        ),
        migrations.AddField(
            model_name='collaborator',
            name='invited_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='collaborator',
            name='organisation',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='collaborator',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='comment',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='comment',
            name='competency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pathways.competency'),
        ),
        migrations.AddField(
            model_name='comment',
            name='domain',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pathways.domain'),
        ),
        migrations.AddField(
            model_name='comment',
            name='reply_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='pathways.comment'),
        ),
        migrations.AddField(
            model_name='comment',
            name='resolved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='comment',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='pathways.frameworkversion'),
        ),
        migrations.AddField(
            model_name='crosswalk',
            name='after',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='came_from', to='pathways.competency'),
        ),
        migrations.AddField(
            model_name='crosswalk',
            name='before',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='became', to='pathways.competency'),
        ),
        migrations.AddField(
            model_name='crosswalk',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='crosswalklevel',
            name='crosswalk',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='pathways.crosswalk'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claimevidence',
            name='evidence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='pathways.evidence'),
        ),
        migrations.AddField(
            model_name='evidenceuse',
            name='competency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.competency'),
        ),
        migrations.AddField(
            model_name='evidenceuse',
            name='evidence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='pathways.evidence'),
        ),
        migrations.AddField(
            model_name='frameworkimport',
            name='applied_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='frameworkimport',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='frameworkimport',
            name='undone_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='frameworkimport',
            name='uploaded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='frameworkimport',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='pathways.frameworkversion'),
        ),
        migrations.AddField(
            model_name='importline',
            name='imported',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='pathways.frameworkimport'),
        ),
        migrations.AddField(
            model_name='priorlearningclaim',
            name='assessor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='priorlearningclaim',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='priorlearningclaim',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='priorlearningclaim',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claimevidence',
            name='claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='pathways.priorlearningclaim'),
        ),
        migrations.AddField(
            model_name='claimedlevel',
            name='claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='pathways.priorlearningclaim'),
        ),
        migrations.AddField(
            model_name='qualification',
            name='checked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='qualification',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='requirementgroup',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='pathways.requirementgroup'),
        ),
        migrations.AddField(
            model_name='requirementgroup',
            name='role_profile',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='condition_groups', to='pathways.roleprofile'),
        ),
        migrations.AddField(
            model_name='resource',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='resourcelevel',
            name='competency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.competency'),
        ),
        migrations.AddField(
            model_name='resourcelevel',
            name='resource',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='pathways.resource'),
        ),
        migrations.AddField(
            model_name='review',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='reviewer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='pathways.frameworkversion'),
        ),
        migrations.AddField(
            model_name='rolecondition',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conditions', to='pathways.requirementgroup'),
        ),
        migrations.AddField(
            model_name='verificationevidence',
            name='evidence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shown_in', to='pathways.evidence'),
        ),
        migrations.AddField(
            model_name='verificationitem',
            name='claimed',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.attainment'),
        ),
        migrations.AddField(
            model_name='verificationitem',
            name='competency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.competency'),
        ),
        migrations.AddField(
            model_name='verificationitem',
            name='confirmed',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pathways.attainment'),
        ),
        migrations.AddField(
            model_name='verificationevidence',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='pathways.verificationitem'),
        ),
        migrations.AddField(
            model_name='verificationrequest',
            name='assessor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='verificationrequest',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='verificationrequest',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='verificationrequest',
            name='subject',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='verificationitem',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='pathways.verificationrequest'),
        ),
        migrations.AddConstraint(
            model_name='assessorappointment',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='assessor_appointment_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='assessorappointment',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', False)), name='assessor_appointment_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='assessorappointment',
            constraint=models.CheckConstraint(condition=models.Q(('subject__isnull', True), models.Q(('subject', models.F('assessor')), _negated=True), _connector='OR'), name='assessor_is_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='assessorappointment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('framework__isnull', True), ('subject__isnull', False)), expressions=[('assessor', '='), ('organisation', '='), ('subject', '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='assessor_once_at_a_time_for_a_person'),
        ),
        migrations.AddIndex(
            model_name='association',
            index=models.Index(fields=['origin_identifier'], name='association_origin'),
        ),
        migrations.AddIndex(
            model_name='association',
            index=models.Index(fields=['destination_identifier'], name='association_destination'),
        ),
        migrations.AddConstraint(
            model_name='association',
            constraint=models.UniqueConstraint(fields=('version', 'kind', 'origin_identifier', 'destination_identifier'), name='association_once'),
        ),
        migrations.AddConstraint(
            model_name='association',
            constraint=models.CheckConstraint(condition=models.Q(('origin_identifier', models.F('destination_identifier')), _negated=True), name='association_leads_elsewhere'),
        ),
        migrations.AddConstraint(
            model_name='coachoffer',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='coach_offer_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='coachoffer',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('person', '='), ('competency', '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='coach_offer_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='collaborator',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='collaborator_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='collaborator',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('framework', '='), ('person', '='), ('part', '='), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='collaborator_once_at_a_time'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='collaborator',
            trigger=pgtrigger.compiler.Trigger(name='collaborator_has_its_frameworks_owner', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    SELECT owner_id INTO NEW.organisation_id\n                      FROM pathways_framework WHERE id = NEW.framework_id;\n                    RETURN NEW;\n                ', hash='430f0fc8ad694013263e362113ba1e9c09d861a1', operation='INSERT OR UPDATE OF "framework_id", "organisation_id"', pgid='pgtrigger_collaborator_has_its_frameworks_owner_5970f', table='pathways_collaborator', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['version', 'written_at'], name='comment_of_version'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('domain__isnull', True), ('competency__isnull', True), _connector='OR'), name='comment_is_about_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', True), ('resolved_by__isnull', True)), models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='comment_resolved_means_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comment_says_something'),
        ),
        migrations.AddConstraint(
            model_name='crosswalk',
            constraint=models.UniqueConstraint(fields=('before', 'after'), name='crosswalk_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='crosswalk',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('after__isnull', True), ('kind', 'RETIRED')), models.Q(models.Q(('kind', 'RETIRED'), _negated=True), ('after__isnull', False)), _connector='OR'), name='crosswalk_retired_means_nothing_after'),
        ),
        migrations.AddConstraint(
            model_name='crosswalk',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['SAME', 'EQUIVALENT']), models.Q(('reason', ''), _negated=True), _connector='OR'), name='crosswalk_change_needs_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='crosswalk',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='crosswalk_confirmed_means_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='crosswalklevel',
            constraint=models.UniqueConstraint(fields=('crosswalk', 'rank'), name='crosswalk_level_once'),
        ),
        migrations.AddConstraint(
            model_name='crosswalklevel',
            constraint=models.CheckConstraint(condition=models.Q(('becomes__range', (1, 7)), ('rank__range', (1, 7))), name='crosswalk_level_ranks_from_1_to_7'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(fields=['person', '-added_at'], name='evidence_of_person'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'FILE'), ('url', ''), models.Q(('file_name', ''), _negated=True)), models.Q(('file', ''), ('kind', 'LINK'), models.Q(('url', ''), _negated=True)), models.Q(('file', ''), ('kind', 'REFLECTION'), ('url', ''), models.Q(('text', ''), _negated=True)), _connector='OR'), name='evidence_is_what_its_kind_says'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('removed_at__isnull', True), ('file', ''), _connector='OR'), name='evidence_removed_file_is_gone'),
        ),
        migrations.AddConstraint(
            model_name='evidenceuse',
            constraint=models.UniqueConstraint(fields=('evidence', 'competency'), name='evidence_use_once'),
        ),
        migrations.AddConstraint(
            model_name='frameworkimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('applied_at__isnull', True), ('applied_by__isnull', True), ('state__in', ['CHECKED', 'REFUSED'])), models.Q(('applied_at__isnull', False), ('applied_by__isnull', False), ('state__in', ['APPLIED', 'UNDONE']), ('version__isnull', False)), _connector='OR'), name='framework_import_applied_means_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='frameworkimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'UNDONE'), ('undone_at__isnull', False), ('undone_by__isnull', False)), models.Q(models.Q(('state', 'UNDONE'), _negated=True), ('undone_at__isnull', True), ('undone_by__isnull', True)), _connector='OR'), name='framework_import_undone_means_who_and_when'),
        ),
        migrations.AddIndex(
            model_name='importline',
            index=models.Index(fields=['imported', 'kind', 'row', 'id'], name='import_line_order'),
        ),
        migrations.AddConstraint(
            model_name='priorlearningclaim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'DECIDED')), models.Q(('decided_at__isnull', False), ('state', 'WITHDRAWN')), models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'SUBMITTED')), _connector='OR'), name='prior_learning_decided_means_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='priorlearningclaim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assessor__isnull', True), models.Q(('assessor', models.F('person')), _negated=True), _connector='OR'), models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('person')), _negated=True), _connector='OR')), name='prior_learning_not_decided_by_oneself'),
        ),
        migrations.AddConstraint(
            model_name='claimevidence',
            constraint=models.UniqueConstraint(fields=('claim', 'evidence'), name='claim_evidence_once'),
        ),
        migrations.AddConstraint(
            model_name='claimedlevel',
            constraint=models.UniqueConstraint(fields=('claim', 'competency'), name='claimed_level_once'),
        ),
        migrations.AddConstraint(
            model_name='claimedlevel',
            constraint=models.CheckConstraint(condition=models.Q(('rank__range', (1, 7))), name='claimed_level_rank_from_1_to_7'),
        ),
        migrations.AddConstraint(
            model_name='claimedlevel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted', True), ('accepted_rank__range', (1, 7))), models.Q(models.Q(('accepted__isnull', True), ('accepted', False), _connector='OR'), ('accepted_rank__isnull', True)), _connector='OR'), name='claimed_level_accepted_means_a_level'),
        ),
        migrations.AddConstraint(
            model_name='claimedlevel',
            constraint=models.CheckConstraint(condition=models.Q(('accepted__isnull', True), ('accepted', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='claimed_level_refused_means_why'),
        ),
        migrations.AddConstraint(
            model_name='qualification',
            constraint=models.CheckConstraint(condition=models.Q(('level__isnull', True), ('level__range', (1, 8)), _connector='OR'), name='qualification_level_from_1_to_8'),
        ),
        migrations.AddConstraint(
            model_name='qualification',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('awarded_on')), _connector='OR'), name='qualification_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='qualification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by__isnull', True)), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False)), _connector='OR'), name='qualification_checked_means_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='qualification',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by__isnull', True), models.Q(('checked_by', models.F('person')), _negated=True), _connector='OR'), name='qualification_not_checked_by_oneself'),
        ),
        migrations.AddConstraint(
            model_name='qualification',
            constraint=models.UniqueConstraint(fields=('person', 'title', 'awarding_body', 'awarded_on'), name='qualification_once'),
        ),
        migrations.AddConstraint(
            model_name='requirementgroup',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('role_profile', 'parent', 'position'), name='requirement_group_position_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='requirementgroup',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='requirement_group_holds_not_itself'),
        ),
        migrations.AddConstraint(
            model_name='resourcelevel',
            constraint=models.UniqueConstraint(fields=('resource', 'competency'), name='resource_level_once'),
        ),
        migrations.AddConstraint(
            model_name='resourcelevel',
            constraint=models.CheckConstraint(condition=models.Q(('rank__range', (1, 7))), name='resource_level_rank_from_1_to_7'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', 'ASKED')), fields=('version', 'reviewer'), name='review_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('outcome', 'ASKED')), models.Q(models.Q(('outcome', 'ASKED'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='review_answered_means_when'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'CHANGES'), _negated=True), models.Q(('statement', ''), _negated=True), _connector='OR'), name='review_changes_means_why'),
        ),
        migrations.AddConstraint(
            model_name='rolecondition',
            constraint=models.CheckConstraint(condition=models.Q(('level__isnull', True), ('level__range', (1, 8)), _connector='OR'), name='role_condition_level_from_1_to_8'),
        ),
        migrations.AddConstraint(
            model_name='rolecondition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'EXPERIENCE'), ('level__isnull', True), ('months__isnull', False)), models.Q(('kind__in', ['QUALIFICATION', 'REGISTRATION']), ('months__isnull', True)), _connector='OR'), name='role_condition_says_what_its_kind_needs'),
        ),
        migrations.AddConstraint(
            model_name='rolecondition',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('group', 'position'), name='role_condition_position_once'),
        ),
        migrations.AddConstraint(
            model_name='verificationevidence',
            constraint=models.UniqueConstraint(fields=('item', 'evidence'), name='verification_evidence_once'),
        ),
        migrations.AddIndex(
            model_name='verificationrequest',
            index=models.Index(condition=models.Q(('state', 'ASKED')), fields=['subject'], name='verification_waiting'),
        ),
        migrations.AddIndex(
            model_name='verificationrequest',
            index=models.Index(condition=models.Q(('state', 'ASKED')), fields=['assessor'], name='verification_of_assessor'),
        ),
        migrations.AddConstraint(
            model_name='verificationrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'DECIDED')), models.Q(('decided_at__isnull', False), ('state', 'WITHDRAWN')), models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'ASKED')), _connector='OR'), name='verification_decided_means_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='verificationrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('subject', models.F('assessor')), _negated=True), ('assessor__isnull', True), _connector='OR'), name='verification_not_by_oneself'),
        ),
        migrations.AddConstraint(
            model_name='verificationitem',
            constraint=models.UniqueConstraint(fields=('request', 'competency'), name='verification_item_once'),
        ),
        migrations.AddConstraint(
            model_name='verificationitem',
            constraint=models.CheckConstraint(condition=models.Q(('rank__range', (1, 7))), name='verification_item_rank_from_1_to_7'),
        ),
        migrations.AddConstraint(
            model_name='verificationitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'SENT_BACK'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='verification_item_sent_back_means_why'),
        ),
        migrations.AddConstraint(
            model_name='verificationitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed__isnull', False), ('outcome', 'CONFIRMED')), models.Q(models.Q(('outcome', 'CONFIRMED'), _negated=True), ('confirmed__isnull', True)), _connector='OR'), name='verification_item_confirmed_means_a_row'),
        ),
    ]
