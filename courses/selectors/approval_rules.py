"""By which rule an organisation decides about requests: its own, the nearest above it, or that of
the service."""

from datetime import date, datetime

from django.db import connection

from accounts.actors import Actor, SystemJob
from accounts.models import Organisation
from accounts.models.organisations import OrganisationQuerySet
from accounts.scope import lifted
from accounts.standing import in_force_sql
from accounts.visibility import standing
from common.dates import add_working_days, london_date, working_days_between
from courses.models import KEEPS_RULES, ApprovalRule, ApprovalRuleQuerySet

# A rule holds for whoever asks there, and is told to everybody: where it stands in the tree of
# organisations is not for the reader's scope to say.
_READER = SystemJob("courses.rule_of_an_organisation", organisation_ids=None)

_NEAREST = in_force_sql(
    """
WITH RECURSIVE above(id, steps) AS (
    SELECT %(organisation)s::bigint, 0
    UNION
    SELECT link.parent_id, above.steps + 1
      FROM accounts_organisationparent link JOIN above ON above.id = link.organisation_id
     WHERE in_force(link) AND above.steps < 10
)
SELECT rule.id
  FROM courses_approvalrule rule LEFT JOIN above ON above.id = rule.organisation_id
 WHERE (rule.organisation_id IS NULL OR above.id IS NOT NULL) AND in_force(rule)
 ORDER BY above.steps NULLS LAST, rule.starts_on DESC, rule.id
 LIMIT 1
"""
)


def rule_for(organisation_id: int, *, on: date) -> ApprovalRule:
    """The rule in force on ``on`` for requests of people of an organisation; two statements.

    Where nobody has written any, not even for the service, a rule that is not saved, with the
    defaults of its fields.
    """
    with lifted(_READER):
        with connection.cursor() as cursor:
            cursor.execute(_NEAREST, {"organisation": organisation_id, "on": on})
            nearest = cursor.fetchone()
        rule = ApprovalRule.objects.filter(pk=nearest[0]).first() if nearest else None
    return rule or ApprovalRule(starts_on=on)


def answer_due(days: int, *, asked_on: date, starts_at: datetime) -> date:
    """The last day to answer: the ``days``-th working day, or half of those left before the
    session, so that there is time to pass the request on before it starts; never later than the
    day on which it starts, while that is to come."""
    session_day = london_date(starts_at)
    left = working_days_between(asked_on, session_day) - 1
    due = add_working_days(asked_on, max(1, min(days, left // 2)))
    return due if session_day < asked_on else min(due, session_day)


def can_be_passed_on(days: int, *, on: date, starts_at: datetime) -> bool:
    """Whether somebody else asked on ``on`` has a day to answer before that of the session. If
    not, the rule for silence decides at once: after the session there is nothing to decide."""
    return answer_due(days, asked_on=on, starts_at=starts_at) < london_date(starts_at)


def organisations_whose_rule_is_kept(actor: Actor, *, on: date) -> OrganisationQuerySet:
    """The organisations for which ``actor`` says how requests are decided, by name."""
    kept = standing(actor, on=on).covered_by(*KEEPS_RULES)
    rows = Organisation.objects.visible_to(actor, on=on).filter(kept.within("pk"))
    return rows.order_by("name", "pk")


def rules_of(organisation: Organisation, *, actor: Actor, on: date) -> ApprovalRuleQuerySet:
    """An organisation's own rules as far as ``actor`` keeps them, the latest first."""
    rows = ApprovalRule.objects.visible_to(actor, on=on).filter(organisation=organisation)
    return rows.order_by("-starts_on", "-pk")
