"""The lock under which a tree is written: only a draft, and only as its writer last saw it."""

from datetime import datetime

from django.db.models import F, Q
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.models import Event
from accounts.scope import lifted
from common.dates import LONDON, london_date, long_date
from common.errors import Conflict, Stale
from pathways.models import FrameworkVersion, VersionState


def lock_draft(version: FrameworkVersion, *, revision: int | None) -> FrameworkVersion:
    """The draft, locked until the transaction ends.

    Refused unless it still is a draft and, where a ``revision`` is given, as it was at that one.
    """
    locked = (
        FrameworkVersion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("framework", "scale")
        .get(pk=version.pk)
    )
    if locked.state != VersionState.DRAFT:
        raise Conflict(
            _("Edition %(edition)s is not being written any more, so it cannot be changed.")
            % {"edition": locked.label},
            code="not_a_draft",
        )
    if revision is not None and locked.revision != revision:
        raise Stale(_moved_on(locked), code="draft_moved_on", current=locked.revision)
    return locked


def count_change(version: FrameworkVersion, *, now: datetime) -> None:
    """Count a change of the draft, which has to be locked."""
    FrameworkVersion.objects.filter(pk=version.pk).update(
        revision=F("revision") + 1, changed_at=now
    )
    version.revision += 1
    version.changed_at = now


def _moved_on(version: FrameworkVersion) -> str:
    told = {"who": _last_author(version), "time": "", "day": ""}
    if version.changed_at is not None:
        told["time"] = time_format(version.changed_at.astimezone(LONDON), "H:i")
        told["day"] = long_date(london_date(version.changed_at))
    return (
        _(
            "%(who)s changed this edition at %(time)s on %(day)s, after you opened it. "
            "Look at what it says now, then make your change again."
        )
        % told
    )


def _last_author(version: FrameworkVersion) -> str:
    if version.changed_at is None:
        return _("Somebody else")
    label = version._meta.label_lower  # noqa: SLF001 (documented by Django)
    # A change of one item is told about that item, and names the edition.
    events = Event.objects.filter(
        Q(about_type=label, about_id=version.pk) | Q(facts__edition=version.pk),
        happened_at=version.changed_at,
    ).select_related("by_person")
    # Whoever may write the draft may know who else did; what else the event says is not told.
    with lifted(SystemJob("tell_who_changed_a_draft", organisation_ids=None)):
        last = events.order_by("-pk").first()
    if last is None or last.by_person is None:
        return _("Somebody else")
    return str(last.by_person)
