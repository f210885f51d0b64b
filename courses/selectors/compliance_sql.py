"""What training is asked of many people and how far it has come, as one statement in parts.

The rules (what is asked of whom, which level counts for which, when it is called due) are a few
rows each; people are many. So everything is joined at once, at any size, and nobody is asked for
by name.
"""

from accounts.standing import in_force_sql
from courses.selectors.compliance_terms import DUE_DAYS

# The states of one person in one subject. DUE: it counts still, and ends soon.
COMPLIANT, DUE, EXPIRED, NEVER, EXEMPT = "COMPLIANT", "DUE", "EXPIRED", "NEVER", "EXEMPT"
STATES = (COMPLIANT, DUE, EXPIRED, NEVER, EXEMPT)

_STATES = in_force_sql(
    """
WITH RECURSIVE jobs AS MATERIALIZED (
    SELECT job.id, job.person_id, job.organisation_id, job.starts_on, post.unit_id,
           post.staff_group,
           coalesce(past.role_profile_id, follows.role_profile_id) AS role_id
      FROM accounts_assignment job
      JOIN accounts_post post ON post.id = job.post_id
      LEFT JOIN pathways_postrole follows ON follows.post_id = job.post_id
      LEFT JOIN (
           SELECT DISTINCT ON (post_id) post_id, role_profile_id
             FROM pathways_pastpostrole WHERE until >= %(on)s ORDER BY post_id, until
      ) past ON past.post_id = job.post_id
     WHERE in_force(job) AND {people}
), wanted AS MATERIALIZED (
    SELECT rule.organisation_id, rule.role_profile_id, rule.staff_group, rule.level_id,
           level.subject_id, level.rank,
           CASE WHEN subject.higher_counts THEN 0 ELSE level.id END AS apart
      FROM courses_subjectrequirement rule
      JOIN courses_subjectlevel level ON level.id = rule.level_id
      JOIN courses_subject subject ON subject.id = level.subject_id
     WHERE in_force(rule)
), reach(top, id) AS (
    SELECT DISTINCT organisation_id, organisation_id FROM wanted
    UNION
    SELECT reach.top, link.organisation_id
      FROM accounts_organisationparent link JOIN reach ON reach.id = link.parent_id
     WHERE in_force(link)
), asked AS MATERIALIZED (
    SELECT DISTINCT ON (jobs.person_id, jobs.organisation_id, wanted.subject_id, wanted.apart)
           jobs.person_id, jobs.organisation_id, wanted.subject_id, wanted.level_id
      FROM jobs
      JOIN reach ON reach.id = jobs.organisation_id
      JOIN wanted ON wanted.organisation_id = reach.top
       AND (wanted.role_profile_id IS NULL OR wanted.role_profile_id = jobs.role_id)
       AND (wanted.staff_group = '' OR wanted.staff_group = jobs.staff_group)
     ORDER BY jobs.person_id, jobs.organisation_id, wanted.subject_id, wanted.apart,
              wanted.rank DESC
), counts_for AS MATERIALIZED (
    SELECT low.id AS level_id, high.id AS by_id
      FROM courses_subjectlevel low
      JOIN courses_subject subject ON subject.id = low.subject_id
      JOIN courses_subjectlevel high ON high.subject_id = low.subject_id
     WHERE high.id = low.id OR (subject.higher_counts AND high.rank > low.rank)
), latest AS (
    SELECT DISTINCT ON (held.person_id, held.level_id)
           held.person_id, held.level_id, held.completed_on, held.expires_on
      FROM courses_subjectrecord held
     WHERE held.struck_at IS NULL AND held.completed_on <= %(on)s
       AND (held.source <> 'RULE' OR held.recorded_at < %(until)s)
       AND {held}
     ORDER BY held.person_id, held.level_id, held.completed_on DESC, held.id DESC
), best AS MATERIALIZED (
    SELECT latest.person_id, counts_for.level_id, max(latest.completed_on) AS completed_on,
           max(coalesce(latest.expires_on, 'infinity')) AS expires_on
      FROM latest JOIN counts_for ON counts_for.by_id = latest.level_id
     GROUP BY 1, 2
), due AS MATERIALIZED (
    SELECT pair.organisation_id, pair.subject_id, coalesce(told.days, {due_days}) AS days
      FROM (SELECT DISTINCT organisation_id, subject_id FROM asked) pair
      LEFT JOIN LATERAL (
           SELECT (SELECT max(day) FROM unnest(rule.remind_days) day) AS days
             FROM courses_renewalrule rule
            WHERE in_force(rule)
              AND (rule.organisation_id = pair.organisation_id OR rule.organisation_id IS NULL)
              AND (rule.subject_id = pair.subject_id OR rule.subject_id IS NULL)
            ORDER BY rule.organisation_id NULLS LAST, rule.subject_id NULLS LAST LIMIT 1
      ) told ON true
), states AS (
    SELECT asked.person_id, asked.organisation_id, asked.subject_id, asked.level_id,
           best.completed_on, nullif(best.expires_on, 'infinity') AS expires_on,
           CASE WHEN free.id IS NOT NULL THEN 'EXEMPT'
                WHEN best.person_id IS NULL THEN 'NEVER'
                WHEN best.expires_on < %(on)s THEN 'EXPIRED'
                WHEN best.expires_on <= %(on)s::date + due.days THEN 'DUE'
                ELSE 'COMPLIANT' END AS state
      FROM asked
      JOIN due ON due.organisation_id = asked.organisation_id
       AND due.subject_id = asked.subject_id
      LEFT JOIN best ON best.person_id = asked.person_id AND best.level_id = asked.level_id
      LEFT JOIN courses_subjectexemption free ON free.person_id = asked.person_id
       AND free.organisation_id = asked.organisation_id AND free.subject_id = asked.subject_id
       AND in_force(free)
)
"""
)


def states_of(*, people: str, held: str = "true") -> str:
    """Return the beginning of a statement in which ``states`` has a row for each person,
    organisation and level that is asked of them on ``%(on)s``; ``jobs`` are their assignments.

    ``people`` is a condition over ``job``, an assignment; ``held`` one over ``held``, a record,
    that leaves out nobody of them. ``%(until)s`` is the end of the day in London. Columns:
    person_id, organisation_id, subject_id, level_id, completed_on, expires_on (None: for good)
    and state.
    """
    return _STATES.format(people=people, held=held, due_days=DUE_DAYS)


OF_PEOPLE = states_of(
    people="job.person_id = ANY(%(people)s)", held="held.person_id = ANY(%(people)s)"
)
OF_ORGANISATIONS = states_of(
    people="job.organisation_id = ANY(%(organisations)s)",
    held="held.person_id IN (SELECT person_id FROM jobs)",
)
OF_EVERYBODY = states_of(people="true")
