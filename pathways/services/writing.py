"""Holding a draft while it is written: who may, whether it is open, that nobody is overtaken."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.scope import lifted
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden, Stale
from pathways.models import Framework, FrameworkVersion, VersionState
from pathways.policies.authoring import may_write_framework
from pathways.selectors.collaborators import parts_of

_HOLDS_A_MEASURE = SystemJob("pathways.hold_the_edition_of_a_role", organisation_ids=None)


def hold_framework(framework_id: int) -> Framework:
    """Lock a framework: whoever drafts, names, publishes or retires an edition of it, or says what
    it is, queues here. Taken before any of its editions, and once."""
    rows = Framework.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=framework_id)


def hold_version(version_id: int, *, by: Actor, now: datetime) -> FrameworkVersion:
    """Lock an edition that ``by`` may write; two authors at once queue here."""
    rows = FrameworkVersion.objects.select_for_update(of=("self",), no_key=True)
    version = rows.select_related("framework", "scale").get(pk=version_id)
    if not may_write_framework(parts_of(by, version.framework, on=london_date(now))):
        raise Forbidden(
            _("Only the authors of this framework can change it."), code="may_not_write_framework"
        )
    return version


def hold_measure(version_id: int) -> FrameworkVersion:
    """Lock the edition that something is about to be measured by, whoever owns it, so that it is
    not retired meanwhile."""
    rows = FrameworkVersion.objects.select_for_update(of=("self",), no_key=True)
    with lifted(_HOLDS_A_MEASURE):
        return rows.get(pk=version_id)


def hold_draft(version_id: int, *, revision: int, by: Actor, now: datetime) -> FrameworkVersion:
    """The same for a draft as ``by`` saw it at ``revision``.

    Refuses: ``may_not_write_framework``, ``draft_closed``, ``draft_moved_on``.
    """
    version = hold_version(version_id, by=by, now=now)
    refuse_unless_open(version)
    refuse_moved_on(version, revision)
    return version


def refuse_moved_on(version: FrameworkVersion, revision: int) -> None:
    """Nobody decides about a state that they have not seen."""
    if version.revision != revision:
        raise Stale(
            _(
                "Somebody changed this draft after you opened the page. Look at what it says now, "
                "then save again."
            ),
            code="draft_moved_on",
        )


def refuse_unless_open(version: FrameworkVersion) -> None:
    """Only a draft changes: what is in review stands still, and what was published for good."""
    if version.state == VersionState.IN_REVIEW:
        raise Conflict(
            _("This draft is in review. Take it back to change it."), code="draft_closed"
        )
    if version.state != VersionState.DRAFT:
        raise Conflict(
            _("This edition was published and does not change any more. Draft a new edition."),
            code="draft_closed",
        )


def changed(
    version: FrameworkVersion,
    *,
    verb: str,
    about: Model,
    by: Actor,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Count a change of the held draft, and record it."""
    version.revision += 1
    version.changed_at = now
    version.save(update_fields=["revision", "changed_at"])
    record(
        by=by,
        now=now,
        verb=verb,
        about=about,
        rule="may_write_framework",
        organisation_id=version.framework.owner_id,
        facts={"edition": version.pk, "revision": version.revision, **(facts or {})},
    )
