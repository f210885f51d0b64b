"""The ledger becomes a chain of hashes, made by the database as each transaction commits.

Events written before are linked here, in the order of their numbers.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

MAKE_PENDING = """
CREATE UNLOGGED TABLE accounts_ledgerpending (
    transaction bigint NOT NULL,
    event_id bigint NOT NULL,
    chain bigint NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (transaction, event_id)
)
"""
DROP_PENDING = "DROP TABLE accounts_ledgerpending"

# Every column of the event, in this order, as jsonb writes it: PostgreSQL keeps the keys of jsonb
# in one order and each number as it was given, so the same facts are always the same text.
MAKE_DIGEST = """
CREATE FUNCTION waymark_event_digest(told accounts_event) RETURNS bytea
LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        told.id,
        to_char(told.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        told.verb, told.by_person_id, told.by_client_id, told.by_job, told.organisation_id,
        told.subject_id, told.about_type, told.about_id, told.rule, told.facts
    )::text, 'UTF8'))
$$
"""
DROP_DIGEST = "DROP FUNCTION waymark_event_digest(accounts_event)"

MAKE_HASH = """
CREATE FUNCTION waymark_link_hash(previous bytea, chain bigint, sequence bigint, digest bytea)
RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(previous || int8send(chain) || int8send(sequence) || digest)
$$
"""
DROP_HASH = "DROP FUNCTION waymark_link_hash(bytea, bigint, bigint, bytea)"

MAKE_NOTE = """
CREATE FUNCTION waymark_ledger_note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO accounts_ledgerpending (transaction, event_id, chain, digest)
    VALUES (pg_current_xact_id()::text::bigint, NEW.id, coalesce(NEW.organisation_id, 0),
            waymark_event_digest(NEW));
    RETURN NULL;
END
$$
"""
DROP_NOTE = "DROP FUNCTION waymark_ledger_note()"

MAKE_LINK = """
CREATE FUNCTION waymark_ledger_link() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    scope_before text := current_setting('waymark.everywhere', true);
    noted record;
    current_chain bigint;
    at_sequence bigint;
    at_hash bytea;
BEGIN
    -- The first row of the transaction links them all; the others find themselves gone.
    IF NOT EXISTS (SELECT FROM accounts_ledgerpending
                    WHERE transaction = NEW.transaction AND event_id = NEW.event_id) THEN
        RETURN NULL;
    END IF;
    -- Whatever the transaction may see, the chain goes on where it ended.
    PERFORM set_config('waymark.everywhere', 'on', true);
    -- Every transaction takes its chains in the same order, so that no two wait for each other.
    FOR noted IN SELECT DISTINCT chain FROM accounts_ledgerpending
                  WHERE transaction = NEW.transaction ORDER BY chain LOOP
        PERFORM pg_advisory_xact_lock(x'57AB'::int, noted.chain::int);
    END LOOP;
    FOR noted IN
        WITH taken AS (
            DELETE FROM accounts_ledgerpending WHERE transaction = NEW.transaction
            RETURNING event_id, chain, digest
        )
        SELECT event_id, chain, digest FROM taken ORDER BY chain, event_id
    LOOP
        IF noted.chain IS DISTINCT FROM current_chain THEN
            current_chain := noted.chain;
            SELECT sequence, hash INTO at_sequence, at_hash FROM accounts_ledgerlink
             WHERE chain = current_chain ORDER BY sequence DESC LIMIT 1;
            at_sequence := coalesce(at_sequence, 0);
            at_hash := coalesce(at_hash, ''::bytea);
        END IF;
        at_sequence := at_sequence + 1;
        at_hash := waymark_link_hash(at_hash, current_chain, at_sequence, noted.digest);
        INSERT INTO accounts_ledgerlink (event_id, chain, sequence, hash)
        VALUES (noted.event_id, current_chain, at_sequence, at_hash);
    END LOOP;
    PERFORM set_config('waymark.everywhere', coalesce(scope_before, ''), true);
    RETURN NULL;
END
$$
"""
DROP_LINK = "DROP FUNCTION waymark_ledger_link()"

LINK_WHAT_WAS_BEFORE = """
DO $$
DECLARE
    told record;
    current_chain bigint;
    at_sequence bigint;
    at_hash bytea;
BEGIN
    FOR told IN SELECT event.id, coalesce(event.organisation_id, 0) AS chain,
                       waymark_event_digest(event) AS digest
                  FROM accounts_event event ORDER BY 2, 1 LOOP
        IF told.chain IS DISTINCT FROM current_chain THEN
            current_chain := told.chain;
            at_sequence := 0;
            at_hash := '';
        END IF;
        at_sequence := at_sequence + 1;
        at_hash := waymark_link_hash(at_hash, current_chain, at_sequence, told.digest);
        INSERT INTO accounts_ledgerlink (event_id, chain, sequence, hash)
        VALUES (told.id, current_chain, at_sequence, at_hash);
    END LOOP;
END
$$
"""

# TRUNCATE is for the owner of the tables alone, who empties a demonstration and the tests'
# database and says so first; nobody else is let past, and nothing lets an UPDATE or DELETE past.
MAKE_REFUSAL = """
CREATE FUNCTION waymark_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('waymark.emptying', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The ledger is append-only: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$
"""
DROP_REFUSAL = "DROP FUNCTION waymark_ledger_refuse()"

# What the person wrote may go, with the salt that proves it; nothing else of the row may change.
MAKE_TRIGGERS = """
CREATE CONSTRAINT TRIGGER ledger_note AFTER INSERT ON accounts_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION waymark_ledger_note();
CREATE CONSTRAINT TRIGGER ledger_link AFTER INSERT ON accounts_ledgerpending
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION waymark_ledger_link();
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_event
    FOR EACH STATEMENT EXECUTE FUNCTION waymark_ledger_refuse();
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_ledgerlink
    FOR EACH STATEMENT EXECUTE FUNCTION waymark_ledger_refuse();
CREATE TRIGGER ledger_links_itself BEFORE INSERT ON accounts_ledgerlink
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION waymark_ledger_refuse();
CREATE TRIGGER ledger_links_itself BEFORE INSERT OR UPDATE OR DELETE ON accounts_ledgerpending
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION waymark_ledger_refuse();
CREATE TRIGGER ledger_texts_stay BEFORE DELETE OR TRUNCATE ON accounts_eventtext
    FOR EACH STATEMENT EXECUTE FUNCTION waymark_ledger_refuse();
CREATE TRIGGER ledger_texts_are_only_erased BEFORE UPDATE ON accounts_eventtext
    FOR EACH ROW WHEN (
        NEW.text IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.id <> OLD.id
        OR NEW.event_id <> OLD.event_id OR NEW.name <> OLD.name
    ) EXECUTE FUNCTION waymark_ledger_refuse();
"""
DROP_TRIGGERS = """
DROP TRIGGER ledger_note ON accounts_event;
DROP TRIGGER ledger_link ON accounts_ledgerpending;
DROP TRIGGER ledger_is_append_only ON accounts_event;
DROP TRIGGER ledger_is_append_only ON accounts_ledgerlink;
DROP TRIGGER ledger_links_itself ON accounts_ledgerlink;
DROP TRIGGER ledger_links_itself ON accounts_ledgerpending;
DROP TRIGGER ledger_texts_stay ON accounts_eventtext;
DROP TRIGGER ledger_texts_are_only_erased ON accounts_eventtext;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_client_secrets")]

    operations = [
        migrations.CreateModel(
            name="LedgerLink",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="link",
                        serialize=False,
                        to="accounts.event",
                    ),
                ),
                ("chain", models.BigIntegerField(verbose_name="organisation of the chain, or 0")),
                ("sequence", models.BigIntegerField(verbose_name="place in the chain")),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("chain", "sequence"), name="link_has_its_place"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gte", 1)), name="link_counts_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="which text")),
                ("salt", models.BinaryField(max_length=16, null=True)),
                ("text", models.TextField(null=True, verbose_name="what was said")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="texts",
                        to="accounts.event",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("event", "name"), name="event_text_is_one"),
                    models.CheckConstraint(
                        condition=models.Q(("salt__isnull", False), ("text__isnull", False))
                        | models.Q(("salt__isnull", True), ("text__isnull", True)),
                        name="event_text_goes_with_its_salt",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("SIGNED", "Signed"), ("VERIFIED", "Verified")],
                        max_length=10,
                        unique=True,
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="when")),
                ("events", models.BigIntegerField(verbose_name="events it covers")),
                ("faults", models.PositiveIntegerField(verbose_name="broken places found")),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(model_name="event", name="event_is_append_only"),
        migrations.RunSQL(MAKE_PENDING, DROP_PENDING),
        migrations.RunSQL(MAKE_DIGEST, DROP_DIGEST),
        migrations.RunSQL(MAKE_HASH, DROP_HASH),
        migrations.RunSQL(MAKE_NOTE, DROP_NOTE),
        migrations.RunSQL(MAKE_LINK, DROP_LINK),
        migrations.RunSQL(LINK_WHAT_WAS_BEFORE, migrations.RunSQL.noop),
        migrations.RunSQL(MAKE_REFUSAL, DROP_REFUSAL),
        migrations.RunSQL(MAKE_TRIGGERS, DROP_TRIGGERS),
    ]
