"""Certificates in their own words, and what they are signed with."""

import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import courses.models.certificates
from accounts.walls import AnyOf, BuildWall, Concerning, Organisation, Parent, Wall, Written

# Whoever has the link may read what it leads to; nobody finds a link by asking for anything else.
CERTIFICATE_OF = """
CREATE FUNCTION waymark_certificate_of(link text) RETURNS SETOF courses_certificate LANGUAGE sql
STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT * FROM courses_certificate WHERE token = link
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_walls"),
        ("courses", "0009_mandatory_training"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "token",
                    models.CharField(
                        default=courses.models.certificates.new_token,
                        max_length=43,
                        unique=True,
                        verbose_name="link",
                    ),
                ),
                (
                    "serial",
                    models.CharField(
                        default=courses.models.certificates.new_serial,
                        max_length=14,
                        unique=True,
                        verbose_name="number",
                    ),
                ),
                ("lineage", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "person_name",
                    models.CharField(max_length=201, verbose_name="name of the person"),
                ),
                ("issuer_name", models.CharField(max_length=200, verbose_name="issued by")),
                (
                    "programme_title",
                    models.CharField(blank=True, max_length=200, verbose_name="programme"),
                ),
                (
                    "award_kind",
                    models.CharField(blank=True, max_length=14, verbose_name="kind of award"),
                ),
                ("level", models.CharField(blank=True, max_length=60, verbose_name="level")),
                (
                    "body",
                    models.CharField(blank=True, max_length=160, verbose_name="awarding body"),
                ),
                (
                    "accreditation",
                    models.CharField(blank=True, max_length=400, verbose_name="accreditation"),
                ),
                ("criteria", models.TextField(verbose_name="what it is given for")),
                (
                    "hours",
                    models.PositiveSmallIntegerField(null=True, verbose_name="hours of study"),
                ),
                ("credits", models.PositiveSmallIntegerField(null=True, verbose_name="credits")),
                ("outcomes", models.JSONField(default=list, verbose_name="competencies")),
                ("completed_on", models.DateField(verbose_name="completed on")),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("expires_on", models.DateField(null=True, verbose_name="last day")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ISSUED", "In force"),
                            ("REVOKED", "Revoked"),
                            ("REPLACED", "Replaced by a newer one"),
                        ],
                        default="ISSUED",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="revoked or replaced")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ISSUED_IN_ERROR", "It was issued in error"),
                            ("NOT_COMPLETED", "What it says was not completed after all"),
                            ("MISCONDUCT", "The result was obtained dishonestly"),
                            ("OTHER", "Another reason"),
                        ],
                        max_length=16,
                        verbose_name="why it was revoked",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("signed", models.TextField(verbose_name="signed")),
                ("signed_at", models.DateTimeField(verbose_name="signed at")),
            ],
        ),
        migrations.CreateModel(
            name="Issuer",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.organisation",
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "did",
                    models.CharField(
                        max_length=300, unique=True, verbose_name="identifier on the web"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
            ],
        ),
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key_id", models.CharField(max_length=43, unique=True, verbose_name="key")),
                ("public_jwk", models.JSONField(verbose_name="public key")),
                ("starts_at", models.DateTimeField(verbose_name="in use from")),
                ("ends_at", models.DateTimeField(null=True, verbose_name="in use until")),
                ("compromised_on", models.DateField(null=True, verbose_name="not believed since")),
            ],
        ),
        migrations.CreateModel(
            name="StatusEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("index", models.PositiveIntegerField(verbose_name="number")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked")),
            ],
        ),
        migrations.CreateModel(
            name="StatusList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("size", models.PositiveIntegerField(default=131072, verbose_name="numbers")),
                ("signed", models.TextField(verbose_name="as it is served")),
                ("signed_at", models.DateTimeField(verbose_name="signed")),
            ],
        ),
        migrations.AddField(
            model_name="certificate",
            name="award",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="courses.award",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="ended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="enrolment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="certificates",
                to="courses.enrolment",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="issued_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="replaced_by",
                to="courses.certificate",
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="certificate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="credentials",
                to="courses.certificate",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuer",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="issuer_is_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="issuer",
            constraint=models.CheckConstraint(
                condition=models.Q(("did__startswith", "did:web:")), name="issuer_has_an_identifier"
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="issuer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="courses.issuer",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="issuer",
            trigger=pgtrigger.compiler.Trigger(
                name="issuer_keeps_its_identifier",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."did" IS DISTINCT FROM (NEW."did"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="e5e6f295c7dd393df5fc3263ce633324eef8a4d6",
                    operation="UPDATE",
                    pgid="pgtrigger_issuer_keeps_its_identifier_2c4bd",
                    table="courses_issuer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="issuer",
            trigger=pgtrigger.compiler.Trigger(
                name="issuer_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="3c5840ab3ee91382aaff514e18387322d9eec464",
                    operation="DELETE",
                    pgid="pgtrigger_issuer_stays_6f49d",
                    table="courses_issuer",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="SigningSecret",
            fields=[
                (
                    "key",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="courses.signingkey",
                    ),
                ),
                ("sealed", models.TextField(verbose_name="private key, encrypted")),
            ],
        ),
        migrations.AddField(
            model_name="signingkey",
            name="issuer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="keys",
                to="courses.issuer",
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="key",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="courses.signingkey",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="status_entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="courses.statusentry",
            ),
        ),
        migrations.AddField(
            model_name="statuslist",
            name="issuer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="status_lists",
                to="courses.issuer",
            ),
        ),
        migrations.AddField(
            model_name="statusentry",
            name="status_list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="courses.statuslist",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_at__isnull", True)),
                fields=("issuer",),
                name="signing_key_one_in_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__isnull", True),
                    ("ends_at__gte", models.F("starts_at")),
                    _connector="OR",
                ),
                name="signing_key_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("compromised_on__isnull", True), ("ends_at__isnull", False), _connector="OR"
                ),
                name="signing_key_compromised_is_not_in_use",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signingkey",
            trigger=pgtrigger.compiler.Trigger(
                name="signing_key_is_what_it_was",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."issuer_id" IS DISTINCT FROM (NEW."issuer_id") OR OLD."key_id" IS DISTINCT FROM (NEW."key_id") OR OLD."public_jwk" IS DISTINCT FROM (NEW."public_jwk") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="e10f9d15aa1d4ec22282ba3cbfa4d6074557a890",
                    operation="UPDATE",
                    pgid="pgtrigger_signing_key_is_what_it_was_5d724",
                    table="courses_signingkey",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signingkey",
            trigger=pgtrigger.compiler.Trigger(
                name="signing_key_is_not_taken_up_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN ((NEW."ends_at" IS DISTINCT FROM (OLD."ends_at") AND OLD."ends_at" IS NOT NULL) OR (NEW."compromised_on" IS DISTINCT FROM (OLD."compromised_on") AND OLD."compromised_on" IS NOT NULL))',
                    func="RAISE EXCEPTION 'pgtrigger: the end of a key is final';",
                    hash="aa1440fb2a15f0f5f4a366dcf46ac55bea7cfc5b",
                    operation="UPDATE",
                    pgid="pgtrigger_signing_key_is_not_taken_up_again_14b39",
                    table="courses_signingkey",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signingkey",
            trigger=pgtrigger.compiler.Trigger(
                name="signing_key_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="bfc9d609b9741b1c1a0d548e624d2227b7fcde83",
                    operation="DELETE",
                    pgid="pgtrigger_signing_key_stays_f67d1",
                    table="courses_signingkey",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.UniqueConstraint(
                fields=("certificate", "key"), name="credential_once_with_a_key"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="credential",
            trigger=pgtrigger.compiler.Trigger(
                name="credential_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8f713aa650bb070c42f42a2b851665c47b250220",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_credential_is_append_only_64f18",
                    table="courses_credential",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["person", "-issued_on"], name="certificate_person"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["issuer", "-issued_on", "-id"], name="certificate_issuer"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("expires_on__isnull", False), ("state", "ISSUED")),
                fields=["expires_on"],
                name="certificate_expiry",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ISSUED")),
                fields=("lineage",),
                name="certificate_one_in_force_of_a_lineage",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("enrolment__isnull", False), ("replaces__isnull", True)),
                fields=("enrolment", "award"),
                name="certificate_once_for_an_enrolment",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True),
                    models.Q(("person_name", ""), _negated=True),
                    models.Q(("issuer_name", ""), _negated=True),
                ),
                name="certificate_says_what_and_who",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state", "ISSUED")),
                    models.Q(
                        models.Q(("state", "ISSUED"), _negated=True), ("ended_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="certificate_ended_means_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "REVOKED"), models.Q(("end_reason", ""), _negated=True)),
                    models.Q(models.Q(("state", "REVOKED"), _negated=True), ("end_reason", "")),
                    _connector="OR",
                ),
                name="certificate_revoked_means_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_on__isnull", True),
                    ("expires_on__gte", models.F("completed_on")),
                    _connector="OR",
                ),
                name="certificate_lasts_at_least_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("completed_on__lte", models.F("issued_on"))),
                name="certificate_issued_after_completion",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="certificate",
            trigger=pgtrigger.compiler.Trigger(
                name="certificate_steps",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{ISSUED:REPLACED,ISSUED:REVOKED}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="eca71d92522712df8fa0cc960ff7c237be8a5853",
                    operation="UPDATE",
                    pgid="pgtrigger_certificate_steps_3c3a1",
                    table="courses_certificate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="certificate",
            trigger=pgtrigger.compiler.Trigger(
                name="certificate_says_what_it_said",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."token" IS DISTINCT FROM (NEW."token") OR OLD."serial" IS DISTINCT FROM (NEW."serial") OR OLD."lineage" IS DISTINCT FROM (NEW."lineage") OR OLD."replaces_id" IS DISTINCT FROM (NEW."replaces_id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."issuer_id" IS DISTINCT FROM (NEW."issuer_id") OR OLD."award_id" IS DISTINCT FROM (NEW."award_id") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."person_name" IS DISTINCT FROM (NEW."person_name") OR OLD."issuer_name" IS DISTINCT FROM (NEW."issuer_name") OR OLD."programme_title" IS DISTINCT FROM (NEW."programme_title") OR OLD."award_kind" IS DISTINCT FROM (NEW."award_kind") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."accreditation" IS DISTINCT FROM (NEW."accreditation") OR OLD."criteria" IS DISTINCT FROM (NEW."criteria") OR OLD."hours" IS DISTINCT FROM (NEW."hours") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."outcomes" IS DISTINCT FROM (NEW."outcomes") OR OLD."completed_on" IS DISTINCT FROM (NEW."completed_on") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."issued_on" IS DISTINCT FROM (NEW."issued_on") OR OLD."expires_on" IS DISTINCT FROM (NEW."expires_on") OR OLD."issued_by_id" IS DISTINCT FROM (NEW."issued_by_id") OR OLD."status_entry_id" IS DISTINCT FROM (NEW."status_entry_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2ccc552a65e78b1c7404f0912fa46f18fa535af0",
                    operation="UPDATE",
                    pgid="pgtrigger_certificate_says_what_it_said_5e0c6",
                    table="courses_certificate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="certificate",
            trigger=pgtrigger.compiler.Trigger(
                name="certificate_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="f822173457abef042a36638461c5da314aa7c835",
                    operation="DELETE",
                    pgid="pgtrigger_certificate_stays_62c4d",
                    table="courses_certificate",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="statuslist",
            constraint=models.CheckConstraint(
                condition=models.Q(("signed", ""), _negated=True), name="status_list_is_signed"
            ),
        ),
        migrations.AddConstraint(
            model_name="statuslist",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gte", 131072)), name="status_list_hides_in_a_crowd"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statuslist",
            trigger=pgtrigger.compiler.Trigger(
                name="status_list_keeps_its_address",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."issuer_id" IS DISTINCT FROM (NEW."issuer_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."size" IS DISTINCT FROM (NEW."size"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="b832bcf05c4971ba63d51b8fd39902f9086ff062",
                    operation="UPDATE",
                    pgid="pgtrigger_status_list_keeps_its_address_23ba9",
                    table="courses_statuslist",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statuslist",
            trigger=pgtrigger.compiler.Trigger(
                name="status_list_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="c4addd3edd40e3119a8a5cd35a2aaacb3bc054c6",
                    operation="DELETE",
                    pgid="pgtrigger_status_list_stays_9346b",
                    table="courses_statuslist",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="statusentry",
            index=models.Index(
                condition=models.Q(("revoked_at__isnull", False)),
                fields=["status_list"],
                name="status_entry_revoked",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusentry",
            constraint=models.UniqueConstraint(
                fields=("status_list", "index"), name="status_entry_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statusentry",
            trigger=pgtrigger.compiler.Trigger(
                name="status_entry_stays_put",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."status_list_id" IS DISTINCT FROM (NEW."status_list_id") OR OLD."index" IS DISTINCT FROM (NEW."index"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="503556df87edbee9e2b34a77323ccedf003a18bc",
                    operation="UPDATE",
                    pgid="pgtrigger_status_entry_stays_put_80820",
                    table="courses_statusentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statusentry",
            trigger=pgtrigger.compiler.Trigger(
                name="status_entry_is_not_taken_back",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."revoked_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="f9a681e3af0c1ee5aa5f60a47e35738e2ac24906",
                    operation="UPDATE",
                    pgid="pgtrigger_status_entry_is_not_taken_back_dea61",
                    table="courses_statusentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statusentry",
            trigger=pgtrigger.compiler.Trigger(
                name="status_entry_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="08e236e61a514aa4e5666cc65f2b0c3fa8b00101",
                    operation="DELETE",
                    pgid="pgtrigger_status_entry_stays_bddb2",
                    table="courses_statusentry",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(CERTIFICATE_OF, "DROP FUNCTION waymark_certificate_of(text)"),
        BuildWall("courses_signingsecret", Written("false")),
        BuildWall(
            "courses_certificate",
            Wall(
                AnyOf((Organisation(), Organisation("issuer_id"), Concerning())),
                seen_by_owner=True,
            ),
        ),
        BuildWall("courses_credential", Parent("certificate_id", "courses_certificate")),
    ]
