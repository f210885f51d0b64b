"""The statements that keep the search projection: set-based, for any number of people."""

from pathways.selectors.counting import held_by_many

# Whoever takes a consent back waits here for a refresh that has already read it, and then deletes
# what the refresh wrote; a refresh that comes second waits and reads the consent as withdrawn.
# In one order, so that two refreshes never wait for each other.
HOLD_CONSENTS = """
SELECT id FROM talent_talentconsent
 WHERE person_id = ANY(%(people)s) AND withdrawn_at IS NULL
 ORDER BY id FOR SHARE
"""

# Somebody can be found who may sign in, has consented and holds a post or a board seat. The place
# they hold longest says where they belong, what they do and in which band.
_FOUND = """
WITH RECURSIVE found AS MATERIALIZED (
    SELECT person.id AS person_id,
           btrim(person.given_name || ' ' || person.family_name) AS name,
           consent.scope, consent.ends_on AS consented_until,
           least(consent.ends_on, place.ends_on) AS found_until,
           place.organisation_id, place.post_id
      FROM accounts_person person
      JOIN talent_talentconsent consent
        ON consent.person_id = person.id AND consent.withdrawn_at IS NULL
       AND consent.starts_on <= %(on)s AND consent.ends_on >= %(on)s
      JOIN LATERAL (
           SELECT organisation_id, post_id, ends_on FROM (
               SELECT 1 AS kind, starts_on, id, organisation_id, post_id, ends_on
                 FROM accounts_assignment WHERE person_id = person.id
                UNION ALL
               SELECT 2, starts_on, id, organisation_id, NULL, ends_on
                 FROM accounts_boardseat WHERE person_id = person.id
           ) held
            WHERE starts_on <= %(on)s AND (ends_on IS NULL OR ends_on >= %(on)s)
            ORDER BY kind, starts_on, id LIMIT 1
      ) place ON true
     WHERE person.id = ANY(%(people)s) AND person.is_active
)"""

REMOVE_LOST = (
    _FOUND
    + """
DELETE FROM talent_talentprofile profile
 WHERE profile.person_id = ANY(%(people)s)
   AND NOT EXISTS (SELECT FROM found WHERE found.person_id = profile.person_id)
"""
)

_READ = f"""
, above(root, id, kind) AS (
    SELECT id, id, kind::text FROM accounts_organisation
     WHERE id IN (SELECT organisation_id FROM found)
    UNION
    SELECT above.root, parent.id, parent.kind::text
      FROM above
      JOIN accounts_organisationparent link ON link.organisation_id = above.id
       AND link.starts_on <= %(on)s AND (link.ends_on IS NULL OR link.ends_on >= %(on)s)
      JOIN accounts_organisation parent ON parent.id = link.parent_id
), reach(organisation_id, scope, seen_from) AS (
    SELECT above.root, scopes.scope, array_agg(DISTINCT above.id ORDER BY above.id)
      FROM above
      JOIN (VALUES ('ORGANISATION', ARRAY[]::text[]),
                   ('SYSTEM', ARRAY['ICB']),
                   ('REGION', ARRAY['ICB', 'REGION'])) scopes(scope, kinds)
        ON above.id = above.root OR above.kind = ANY(scopes.kinds)
     GROUP BY 1, 2
), held AS MATERIALIZED (
    {held_by_many(people="shown.person_id IN (SELECT person_id FROM found)")}
), codes AS (
    SELECT person_id, array_agg(code::int ORDER BY code) AS levels
      FROM held, LATERAL generate_series(competency_id * 8 + 1, competency_id * 8 + rank) code
     GROUP BY person_id
), placed AS MATERIALIZED (
    SELECT found.*, role.role_profile_id, aspiration.role_profile_id AS aspires_to_id
      FROM found
      LEFT JOIN LATERAL (
           SELECT post_role.role_profile_id
             FROM accounts_assignment assignment
             JOIN pathways_postrole post_role ON post_role.post_id = assignment.post_id
            WHERE assignment.person_id = found.person_id AND assignment.starts_on <= %(on)s
              AND (assignment.ends_on IS NULL OR assignment.ends_on >= %(on)s)
            ORDER BY assignment.starts_on, assignment.id LIMIT 1
      ) role ON true
      LEFT JOIN pathways_aspiration aspiration
        ON aspiration.person_id = found.person_id AND aspiration.starts_on <= %(on)s
       AND (aspiration.ends_on IS NULL OR aspiration.ends_on >= %(on)s)
), strengths AS (
    SELECT held.person_id, string_agg(DISTINCT competency.title, '; ') AS titles
      FROM held
      JOIN placed USING (person_id)
      JOIN pathways_requirement requirement
        ON requirement.competency_id = held.competency_id AND requirement.rank <= held.rank
       AND requirement.role_profile_id IN (placed.role_profile_id, placed.aspires_to_id)
      JOIN pathways_competency competency ON competency.id = held.competency_id
     GROUP BY held.person_id
)"""  # noqa: S608 - a fragment of our own

_WRITTEN = (
    "organisation_id, seen_from, scope, consented_until, found_until, name, post_title, band, "
    "band_rank, role_profile_id, aspires_to_id, readiness, levels, words"
)
_UPDATED = ", ".join(f"{name} = excluded.{name}" for name in _WRITTEN.split(", "))
_BEFORE = ", ".join(f"profile.{name}" for name in _WRITTEN.split(", "))
_AFTER = ", ".join(f"excluded.{name}" for name in _WRITTEN.split(", "))

# A row that says the same as before is not written again.
WRITE_FOUND = (
    _FOUND
    + _READ
    + f"""
INSERT INTO talent_talentprofile AS profile (person_id, {_WRITTEN}, refreshed_at)
SELECT placed.person_id, placed.organisation_id, reach.seen_from, placed.scope,
       placed.consented_until, placed.found_until, placed.name, coalesce(post.title, ''),
       coalesce(post.band, ''), coalesce(post.band_rank, 0), placed.role_profile_id,
       placed.aspires_to_id, coalesce(judgement.readiness, ''),
       coalesce(codes.levels, ARRAY[]::int[]),
       to_tsvector('waymark_people', concat_ws(
           '; ', placed.name, post.title, role.title, organisation.name, strengths.titles)),
       %(now)s
  FROM placed
  JOIN reach USING (organisation_id, scope)
  JOIN accounts_organisation organisation ON organisation.id = placed.organisation_id
  LEFT JOIN accounts_post post ON post.id = placed.post_id
  LEFT JOIN pathways_roleprofile role ON role.id = placed.role_profile_id
  LEFT JOIN talent_readinessjudgement judgement
    ON judgement.person_id = placed.person_id AND judgement.replaced_at IS NULL
   AND judgement.starts_on <= %(on)s
   AND (judgement.ends_on IS NULL OR judgement.ends_on >= %(on)s)
  LEFT JOIN codes ON codes.person_id = placed.person_id
  LEFT JOIN strengths ON strengths.person_id = placed.person_id
 ORDER BY placed.person_id
    ON CONFLICT (person_id) DO UPDATE SET {_UPDATED}, refreshed_at = excluded.refreshed_at
 WHERE ({_BEFORE}) IS DISTINCT FROM ({_AFTER})
"""  # noqa: S608 - the names of columns above, nothing from outside
)

# Everybody who can be found, or was.
EVERYBODY = """
SELECT person_id FROM talent_talentconsent
 WHERE withdrawn_at IS NULL AND starts_on <= %(on)s AND ends_on >= %(on)s
UNION
SELECT person_id FROM talent_talentprofile
ORDER BY 1
"""

# People whose dated facts began on a day after %(since)s, or ended on it or after it, without
# anybody doing anything on the day itself.
CHANGED_WITH_THE_DAYS = """
WITH turned(person_id) AS (
    SELECT person_id FROM accounts_assignment
     WHERE starts_on > %(since)s AND starts_on <= %(on)s
        OR ends_on >= %(since)s AND ends_on < %(on)s
    UNION
    SELECT person_id FROM accounts_boardseat
     WHERE starts_on > %(since)s AND starts_on <= %(on)s
        OR ends_on >= %(since)s AND ends_on < %(on)s
    UNION
    SELECT person_id FROM talent_talentconsent
     WHERE starts_on > %(since)s AND starts_on <= %(on)s
        OR ends_on >= %(since)s AND ends_on < %(on)s
    UNION
    SELECT person_id FROM talent_readinessjudgement
     WHERE starts_on > %(since)s AND starts_on <= %(on)s
        OR ends_on >= %(since)s AND ends_on < %(on)s
    UNION
    SELECT person_id FROM pathways_aspiration
     WHERE starts_on > %(since)s AND starts_on <= %(on)s
        OR ends_on >= %(since)s AND ends_on < %(on)s
    UNION
    SELECT person_id FROM pathways_attainment
     WHERE attained_on > %(since)s AND attained_on <= %(on)s
        OR valid_to >= %(since)s AND valid_to < %(on)s
    UNION
    SELECT profile.person_id FROM accounts_organisationparent link
      JOIN talent_talentprofile profile ON link.organisation_id = ANY(profile.seen_from)
     WHERE starts_on > %(since)s AND starts_on <= %(on)s
        OR ends_on >= %(since)s AND ends_on < %(on)s
)
SELECT person_id FROM turned
 WHERE person_id IN (SELECT person_id FROM talent_talentconsent WHERE withdrawn_at IS NULL)
    OR person_id IN (SELECT person_id FROM talent_talentprofile)
 ORDER BY 1
"""

# Reads what follows the cursor, and what has appeared since among the numbers it passed over. One
# statement, so that what is read, what is missing and what has been found are of one moment: an
# event that becomes visible a moment later is in a gap or after the cursor, never lost.
READ_EVENTS = """
WITH after_cursor AS MATERIALIZED (
    SELECT id, subject_id, about_type, about_id FROM accounts_event
     WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
), appeared AS MATERIALIZED (
    SELECT gap.id AS gap_id, event.id, subject_id, about_type, about_id
      FROM talent_searchgap gap
      JOIN accounts_event event ON event.id BETWEEN gap.first_id AND gap.last_id
     WHERE gap.cursor_id = %(cursor)s
), noticed AS (
    INSERT INTO talent_searchgap (cursor_id, first_id, last_id, noticed_at)
    SELECT %(cursor)s, before + 1, id - 1, %(now)s
      FROM (SELECT id, lag(id, 1, %(after)s) OVER (ORDER BY id) AS before FROM after_cursor) step
     WHERE id > before + 1
), closed AS (
    DELETE FROM talent_searchgap gap
     WHERE cursor_id = %(cursor)s
       AND (noticed_at < %(too_old)s OR last_id - first_id + 1 = (
            SELECT count(*) FROM appeared WHERE appeared.gap_id = gap.id))
), next AS (
    SELECT subject_id, about_type, about_id FROM after_cursor
    UNION
    SELECT subject_id, about_type, about_id FROM appeared
), concerned(person_id) AS (
    SELECT subject_id FROM next WHERE subject_id IS NOT NULL
    UNION
    SELECT assignment.person_id FROM next
      JOIN accounts_assignment assignment ON assignment.post_id = next.about_id
     WHERE next.about_type = 'accounts.post'
    UNION
    SELECT profile.person_id FROM next
      JOIN talent_talentprofile profile ON next.about_id = profile.organisation_id
     WHERE next.about_type = 'accounts.organisation'
    UNION
    SELECT profile.person_id FROM next
      JOIN talent_talentprofile profile
        ON next.about_id IN (profile.role_profile_id, profile.aspires_to_id)
     WHERE next.about_type = 'pathways.roleprofile'
    UNION
    SELECT shown.person_id FROM next
      JOIN pathways_competency competency ON competency.version_id = next.about_id
      JOIN pathways_attainment shown ON shown.competency_id = competency.id
     WHERE next.about_type = 'pathways.frameworkversion'
)
SELECT (SELECT max(id) FROM after_cursor),
       (SELECT count(*) FROM after_cursor),
       ARRAY(SELECT person_id FROM concerned
              WHERE person_id IN (
                    SELECT person_id FROM talent_talentconsent WHERE withdrawn_at IS NULL)
                 OR person_id IN (SELECT person_id FROM talent_talentprofile)
              ORDER BY 1)
"""

# Where a rebuilding starts to count: the end, less what was under way among the last events.
START_AT_THE_END = """
WITH last AS MATERIALIZED (SELECT id FROM accounts_event ORDER BY id DESC LIMIT %(limit)s),
noticed AS (
    INSERT INTO talent_searchgap (cursor_id, first_id, last_id, noticed_at)
    SELECT %(cursor)s, before + 1, id - 1, %(now)s
      FROM (SELECT id, lag(id) OVER (ORDER BY id) AS before FROM last) step
     WHERE id > before + 1
)
SELECT coalesce(max(id), 0) FROM last
"""
