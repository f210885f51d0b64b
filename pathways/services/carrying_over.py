"""Carrying levels over to a new edition by the rules that an author confirmed."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict
from jobs.models import Job
from jobs.services.documents import Source, fingerprint, keep_document
from jobs.services.progress import Work, ask_for, finish, take_turn
from notifications.services.notices import notify
from pathways.models import AttainmentSource, Crosswalk, FrameworkVersion, VersionState
from pathways.selectors.counting import best_first, counts_on, is_own_word
from pathways.selectors.crosswalks import rules_of
from pathways.selectors.workbooks.cells import harmless
from pathways.services.writing import hold_version

CARRY = "pathways.carry_over"
CARRIED = "pathways.levels_carried_over"
CARRIER = SystemJob(CARRY, organisation_ids=None)

# What counts of each competency before, by the rule of its own framework, at the level it stands
# for after. Of several that became one, the lowest level goes over: whoever lacks a part lacks the
# whole. What somebody has shown of the newer one since is not covered by what they held before.
_CARRY_OVER = f"""
WITH rules AS (
    SELECT rule.id, rule.before_id, rule.after_id, framework.counting_rule
      FROM pathways_crosswalk rule
      JOIN pathways_competency before ON before.id = rule.before_id
      JOIN pathways_competency after ON after.id = rule.after_id
      JOIN pathways_frameworkversion edition ON edition.id = before.version_id
      JOIN pathways_framework framework ON framework.id = edition.framework_id
     WHERE after.version_id = %(version)s AND rule.confirmed_at IS NOT NULL
), held AS (
    SELECT DISTINCT ON (shown.person_id, rules.id)
           rules.id AS rule_id, rules.after_id, shown.id, shown.person_id, shown.rank,
           shown.attained_on, shown.valid_to, {is_own_word("shown")} AS is_own
      FROM rules JOIN pathways_attainment shown ON shown.competency_id = rules.before_id
     WHERE {counts_on("shown")}
     ORDER BY shown.person_id, rules.id, {best_first("shown", rule="rules.counting_rule")}
), carried AS (
    SELECT DISTINCT ON (held.person_id, held.after_id)
           held.*, level.becomes
      FROM held
      JOIN pathways_crosswalklevel level
        ON level.crosswalk_id = held.rule_id AND level.rank = held.rank
     WHERE NOT EXISTS (
           SELECT FROM pathways_attainment since
            WHERE since.person_id = held.person_id AND since.competency_id = held.after_id
              AND since.rank IS NOT NULL AND since.attained_on > held.attained_on
              AND since.attained_on <= %(on)s AND since.source NOT IN (%(own)s, %(confirmed)s)
     )
     ORDER BY held.person_id, held.after_id, level.becomes, held.rule_id
), added AS (
    INSERT INTO pathways_attainment
           (person_id, competency_id, rank, attained_on, source, source_key, valid_to,
            recorded_at, recorded_by_id)
    SELECT person_id, after_id, becomes, %(on)s,
           CASE WHEN is_own THEN %(own)s ELSE %(confirmed)s END,
           'crosswalk:' || rule_id || ':' || id, valid_to, %(now)s, NULL
      FROM carried
     ORDER BY person_id, after_id
    ON CONFLICT (person_id, competency_id, source, source_key) WHERE NOT source_key = ''
    DO NOTHING
    RETURNING split_part(source_key, ':', 2)::bigint AS rule_id
)
SELECT rule_id, count(*) FROM added GROUP BY rule_id
"""  # noqa: S608 - fragments of this project, whose values are parameters


@dataclass(frozen=True, slots=True)
class Carried:
    """How many people's levels one rule carried over."""

    before: str
    after: str
    people: int


@transaction.atomic
def ask_to_carry_over(*, version: FrameworkVersion, by: Person, now: datetime) -> Job:
    """Queue the carrying over of levels into ``version``; ``by`` gets a table of what it did.

    Refuses: ``may_not_write_framework``, ``not_in_use``, ``nothing_confirmed``.
    """
    held = hold_version(version.pk, by=by, now=now)
    if held.state != VersionState.PUBLISHED:
        raise Conflict(
            _("Levels are carried over to an edition that is in use. Publish it first."),
            code="not_in_use",
        )
    confirmed = rules_of(held).filter(after__isnull=False, confirmed_at__isnull=False)
    if not confirmed.exists():
        raise Conflict(
            _("No rule is confirmed yet. Confirm what stands for what, then carry over."),
            code="nothing_confirmed",
        )
    work = Work(CARRY, f"edition:{held.pk}", _title(held), {"version_id": held.pk})
    return ask_for(owner=by, work=work, by=by, now=now)


def do_carry_over(payload: Mapping[str, Any], now: datetime) -> None:
    """Carry out a queued job and tell its owner. Safe to run again."""
    job = take_turn(job_id=payload["job_id"])
    if job.is_over:
        return
    version = FrameworkVersion.objects.select_related("framework").get(pk=payload["version_id"])
    carried = carry_over(version=version, by=CARRIER, now=now)
    content = _table(carried)
    source = Source(
        kind=CARRY,
        title=_title(version),
        filename=f"carried-over-{version.pk}.csv",
        fingerprint=fingerprint(content, str(job.pk).encode()),
        content_type="text/csv",
    )
    document = keep_document(job=job, source=source, content=content, now=now)
    finish(job_id=job.pk, document=document, now=now)
    notify(
        recipient=job.owner,
        rule=CARRIED,
        subject_key=f"job:{job.pk}",
        url=reverse("jobs:job_show", args=[job.public_id]),
        now=now,
        facts={"title": document.title, "people": sum(row.people for row in carried)},
    )


@transaction.atomic
def carry_over(*, version: FrameworkVersion, by: SystemJob, now: datetime) -> list[Carried]:
    """Add to every person's levels what the confirmed rules into ``version`` say, in one statement.

    The rows are of today, say where they came from and count until when the old ones did; those
    are not touched. Running again adds only what has come to count since. Whoever asked was judged
    when they asked; this is the system's own work over everybody. Returns what each rule added.
    """
    FrameworkVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=version.pk)
    told: dict[str, Any] = {
        "version": version.pk,
        "on": london_date(now),
        "now": now,
        "own": AttainmentSource.CARRIED.value,
        "confirmed": AttainmentSource.CROSSWALK.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CARRY_OVER, told)
        counts: dict[int, int] = dict(cursor.fetchall())
    rules = list(rules_of(version).filter(after__isnull=False, confirmed_at__isnull=False))
    fresh = [rule.pk for rule in rules if rule.pk in counts and rule.carried_at is None]
    Crosswalk.objects.filter(pk__in=fresh).update(carried_at=now)
    record(
        by=by,
        now=now,
        verb="carry_over",
        about=version,
        rule="may_write_framework",
        organisation_id=version.framework.owner_id,
        facts={"rules": len(counts), "levels": sum(counts.values())},
    )
    return [
        Carried(rule.before.code, rule.after.code if rule.after else "", counts.get(rule.pk, 0))
        for rule in rules
    ]


def _title(version: FrameworkVersion) -> str:
    told = {"title": version.framework.title, "edition": version.label}
    return (_("Levels carried over to %(title)s, %(edition)s") % told)[:200]


def _table(carried: list[Carried]) -> bytes:
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow([_("Competency before"), _("Competency after"), _("Levels carried over")])
    lines.writerows([harmless(row.before), harmless(row.after), row.people] for row in carried)
    return text.getvalue().encode("utf-8-sig")
