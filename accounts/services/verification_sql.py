"""What verification asks of the database, in statements of its own.

None of them calls a function that was made in the database: whoever changes rows as its owner
could change such a function too. A test holds the two beside each other.
"""

# Binds every column of the event. The text that jsonb gives is the same wherever it is asked for.
DIGEST = """
    sha256(convert_to(jsonb_build_array(
        event.id,
        to_char(event.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        event.verb, event.by_person_id, event.by_client_id, event.by_job, event.organisation_id,
        event.subject_id, event.about_type, event.about_id, event.rule, event.facts
    )::text, 'UTF8'))
"""

CHAINS = "SELECT id FROM accounts_organisation UNION ALL SELECT 0 ORDER BY 1"

# Links of organisations that are not there any more, or never were.
STRAYS = """
SELECT DISTINCT chain FROM accounts_ledgerlink
 WHERE chain <> 0 AND NOT EXISTS (SELECT FROM accounts_organisation WHERE id = chain)
 ORDER BY 1
"""

# One block of a chain: how far it reached, and the first places in it that do not hold.
BLOCK = f"""
WITH block AS MATERIALIZED (
    SELECT link.event_id, link.sequence, link.hash, event.id IS NULL AS is_gone,
           coalesce(event.organisation_id, 0) AS belongs_to, {DIGEST} AS digest
      FROM (SELECT * FROM accounts_ledgerlink
             WHERE chain = %(chain)s AND sequence > %(after)s
             ORDER BY sequence LIMIT %(limit)s) link
      LEFT JOIN accounts_event event ON event.id = link.event_id
), held AS (
    SELECT *, lag(sequence, 1, %(after)s::bigint) OVER line AS before,
           lag(hash, 1, %(hash)s::bytea) OVER line AS previous
      FROM block WINDOW line AS (ORDER BY sequence)
), judged AS (
    SELECT sequence, event_id, before,
           CASE WHEN sequence <> before + 1 THEN 'MISSING'
                WHEN is_gone THEN 'EVENT_GONE'
                WHEN belongs_to <> %(chain)s THEN 'MOVED'
                WHEN hash IS DISTINCT FROM sha256(
                     previous || int8send(%(chain)s::bigint) || int8send(sequence) || digest)
                THEN 'CHANGED' END AS fault
      FROM held
)
SELECT (SELECT count(*) FROM block),
       (SELECT max(sequence) FROM block),
       (SELECT hash FROM block ORDER BY sequence DESC LIMIT 1),
       (SELECT jsonb_agg(jsonb_build_array(fault, sequence, event_id, before) ORDER BY sequence)
          FROM (SELECT * FROM judged WHERE fault IS NOT NULL ORDER BY sequence LIMIT 100) found)
"""  # noqa: S608 (put together from constants)

HASH_AT = "SELECT hash FROM accounts_ledgerlink WHERE chain = %(chain)s AND sequence = %(after)s"

# A range of events by number, with those that no chain holds and the texts that are not as said.
EVENTS = """
WITH block AS MATERIALIZED (
    SELECT id, organisation_id, facts FROM accounts_event
     WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
), chosen AS (
    SELECT * FROM block
     WHERE %(chain)s::bigint IS NULL OR coalesce(organisation_id, 0) = %(chain)s
), unlinked AS (
    SELECT chosen.id, coalesce(organisation_id, 0) AS chain FROM chosen
      LEFT JOIN accounts_ledgerlink link ON link.event_id = chosen.id
     WHERE link.event_id IS NULL ORDER BY id LIMIT 100
), committed AS (
    SELECT chosen.id, coalesce(organisation_id, 0) AS chain, told.key AS name,
           told.value ->> 'commitment' AS commitment
      FROM chosen, LATERAL jsonb_each(facts) told
     WHERE facts @? '$.*.commitment' AND jsonb_typeof(told.value) = 'object'
       AND told.value ? 'commitment'
), misquoted AS (
    SELECT committed.id, committed.chain, committed.name, text.id IS NULL AS is_gone
      FROM committed
      LEFT JOIN accounts_eventtext text
             ON text.event_id = committed.id AND text.name = committed.name
     WHERE text.id IS NULL
        OR text.text IS NOT NULL AND committed.commitment IS DISTINCT FROM
           encode(sha256(text.salt || convert_to(text.text, 'UTF8')), 'hex')
     ORDER BY committed.id LIMIT 100
)
SELECT (SELECT count(*) FROM block),
       (SELECT max(id) FROM block),
       (SELECT jsonb_agg(jsonb_build_array('UNLINKED', chain, id, '') ORDER BY id) FROM unlinked),
       (SELECT jsonb_agg(jsonb_build_array(
               CASE WHEN is_gone THEN 'TEXT_GONE' ELSE 'TEXT_CHANGED' END, chain, id, name
               ) ORDER BY id) FROM misquoted)
"""

# The rules by which the database keeps the ledger: table, name of the trigger.
RULES = (
    ("accounts_event", "ledger_note"),
    ("accounts_event", "ledger_is_append_only"),
    ("accounts_eventtext", "ledger_texts_are_only_erased"),
    ("accounts_eventtext", "ledger_texts_stay"),
    ("accounts_ledgerlink", "ledger_is_append_only"),
    ("accounts_ledgerlink", "ledger_links_itself"),
    ("accounts_ledgerpending", "ledger_link"),
    ("accounts_ledgerpending", "ledger_links_itself"),
)
RULES_IN_FORCE = """
SELECT class.relname::text, trigger.tgname::text
  FROM pg_trigger trigger JOIN pg_class class ON class.oid = trigger.tgrelid
 WHERE trigger.tgenabled = 'O' AND NOT trigger.tgisinternal AND trigger.tgname LIKE 'ledger\\_%%'
   AND pg_table_is_visible(class.oid)
"""
