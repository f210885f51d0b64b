"""Publishing an edition, retiring it, and telling those who are measured by what it replaces."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from common.dates import london_date, long_date
from common.errors import Conflict
from jobs.services.outbox import put
from notifications.services.notices import notify_many
from pathways.models import FrameworkVersion
from pathways.models.frameworks import VERSION_WORKFLOW
from pathways.selectors.affected import is_asked_for, people_measured_by, roles_told_of
from pathways.selectors.reviews import (
    editions_before,
    editions_that_go_on,
    hurdles,
    replacements_of,
)
from pathways.services.writing import hold_framework, hold_version, refuse_moved_on

TELL = "pathways.tell_of_edition"
PUBLISHED, RETIRED = "pathways.edition_published", "pathways.edition_retired"
MOST_NAMED = 5


@transaction.atomic
def publish_edition(
    *,
    version: FrameworkVersion,
    valid_from: date,
    ends_before: bool,
    revision: int,
    by: Actor,
    now: datetime,
) -> FrameworkVersion:
    """Put the draft to use from ``valid_from``; its content never changes from here on.

    With ``ends_before`` the editions in use end on the day before. Those measured by one of them
    are told. Refuses: ``may_not_write_framework``, ``stale_state``, ``draft_moved_on``, the code
    of the first of ``hurdles``, and ``begins_before_earlier``.
    """
    hold_framework(version.framework_id)
    held = hold_version(version.pk, by=by, now=now)
    held.state = VERSION_WORKFLOW.target("publish", current=held.state)
    refuse_moved_on(held, revision)
    if found := hurdles(held):
        raise Conflict(" ".join(hurdle.sentence for hurdle in found), code=found[0].code)
    before = list(editions_before(held))
    if ends_before:
        _end(before, on=valid_from - timedelta(days=1), ended_for=held)
    held.valid_from, held.frozen_at, held.changed_at = valid_from, now, now
    held.save(update_fields=["state", "valid_from", "frozen_at", "changed_at"])
    facts = {
        "from": valid_from.isoformat(),
        "revision": held.revision,
        "ended": [row.pk for row in before] if ends_before else [],
    }
    _record(held, verb="publish_framework", facts=facts, by=by, now=now)
    if before:
        _tell_later(held, PUBLISHED, measured_by=[row.pk for row in before], now=now)
    return held


def _end(editions: list[FrameworkVersion], *, on: date, ended_for: FrameworkVersion) -> None:
    for row in editions:
        if on < row.valid_from:
            raise Conflict(
                _(
                    "The edition %(label)s is in use from %(day)s. Enter a day after that, or let "
                    "both be in use."
                )
                % {"label": row.label, "day": long_date(row.valid_from)},
                code="begins_before_earlier",
            )
        row.valid_to, row.ended_for = on, ended_for
        row.save(update_fields=["valid_to", "ended_for"])


@transaction.atomic
def retire_edition(
    *,
    version: FrameworkVersion,
    reason: str,
    replacement: FrameworkVersion | None,
    by: Actor,
    now: datetime,
) -> FrameworkVersion:
    """Take an edition out of use, with a ``reason`` that those measured by it are told.

    What was assessed against it stays. If it has not begun, the editions that were to end before it
    go on. While role profiles in use ask for its levels, an edition
    that takes its place has to be named: those roles go on until their authors move them.
    Refuses: ``may_not_write_framework``, ``stale_state``, ``reason_missing``,
    ``replacement_missing``, ``not_a_replacement``.
    """
    hold_framework(version.framework_id)
    held = hold_version(version.pk, by=by, now=now)
    held.state = VERSION_WORKFLOW.target("retire", current=held.state)
    if not reason:
        raise Conflict(_("Say why it is retired."), code="reason_missing")
    if replacement is None:
        _refuse_if_asked_for(held, by=by, on=london_date(now))
    elif not replacements_of(held, on=london_date(now)).filter(pk=replacement.pk).exists():
        raise Conflict(
            _("Select an edition of this framework that is in use."), code="not_a_replacement"
        )
    going_on = _let_go_on(held, on=london_date(now))
    held.retired_at, held.retire_reason = now, reason
    last_day = max(london_date(now), held.valid_from)
    held.valid_to = min(held.valid_to, last_day) if held.valid_to else last_day
    held.save(update_fields=["state", "retired_at", "retire_reason", "valid_to"])
    facts = {"replacement": replacement.pk if replacement else None, "going_on": going_on}
    _record(held, verb="retire_framework", facts=facts, by=by, now=now)
    _tell_later(held, RETIRED, measured_by=[held.pk], now=now, shown=replacement or held)
    return held


def _let_go_on(version: FrameworkVersion, *, on: date) -> list[int]:
    """They end where ``version`` was to end, if another edition has been published to follow it."""
    rows = editions_that_go_on(version, on=on)
    ids = list(rows.values_list("pk", flat=True))
    FrameworkVersion.objects.filter(pk__in=ids).update(
        valid_to=version.valid_to, ended_for=version.ended_for_id
    )
    return ids


def _refuse_if_asked_for(version: FrameworkVersion, *, by: Actor, on: date) -> None:
    """Roles that the author may not see count as well, and are not named."""
    if not is_asked_for(version):
        return
    titles = list(roles_told_of(version, by, on=on).values_list("title", flat=True)[:MOST_NAMED])
    if not titles:
        sentence = _("Role profiles ask for its levels. Select the edition that takes its place.")
    else:
        sentence = _(
            "Role profiles ask for its levels: %(roles)s. Select the edition that takes its place."
        ) % {"roles": ", ".join(titles)}
    raise Conflict(sentence, code="replacement_missing")


def _tell_later(
    version: FrameworkVersion,
    rule: str,
    *,
    measured_by: list[int],
    now: datetime,
    shown: FrameworkVersion | None = None,
) -> None:
    """Ask for the notices: a national edition measures a hundred thousand people."""
    payload = {
        "version": version.pk,
        "rule": rule,
        "measured_by": measured_by,
        "shown": (shown or version).pk,
    }
    put(kind=TELL, key=f"edition:{version.pk}:{rule}", payload=payload, now=now)


def tell_of_edition(payload: Mapping[str, Any], now: datetime) -> None:
    """Tell everybody who is measured by the editions of the payload; each once, however often."""
    version = FrameworkVersion.objects.select_related("framework").get(pk=payload["version"])
    old = FrameworkVersion.objects.filter(pk__in=payload["measured_by"])
    people = people_measured_by(old, on=london_date(now)).order_by("pk")
    notify_many(
        recipient_ids=people.values_list("pk", flat=True).iterator(chunk_size=2_000),
        rule=payload["rule"],
        subject_key=f"edition:{version.pk}",
        url=reverse("pathways:framework_show", args=[payload["shown"]]),
        now=now,
        facts={
            "framework": version.framework.title,
            "edition": version.label,
            "from": version.valid_from.isoformat(),
            "reason": version.retire_reason,
        },
    )


def _record(
    version: FrameworkVersion, *, verb: str, facts: Mapping[str, Any], by: Actor, now: datetime
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=version,
        rule="may_write_framework",
        organisation_id=version.framework.owner_id,
        facts=facts,
    )
