"""Fetching a CASE package for a draft: asked for on a page, done by a worker, then checked.

What arrives is a file like any other: it is compared with the draft and shown, and nothing changes
before an author applies it.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Person
from accounts.scope import lifted
from accounts.services.ledger import record
from common.errors import Conflict, DomainError
from common.http.fetching import Limits, Wanted, fetch
from common.http.outgoing import read_address
from jobs.services.outbox import put
from pathways.models import FetchState, FrameworkImport, FrameworkVersion, ImportState, PackageFetch
from pathways.models.case import FETCH_WORKFLOW
from pathways.selectors.case.incoming import MOST_BYTES
from pathways.services.bringing_in import refuse_unless_importer
from pathways.services.case.naming import name_after
from pathways.services.case.packages import check_package
from pathways.services.case.tokens import forget_token, keep_token, token_of
from pathways.services.imports import Upload
from pathways.services.writing import hold_framework

FETCH = "pathways.fetch_package"
FETCHER = SystemJob(FETCH, organisation_ids=None)
_KINDS = ("application/json", "application/ld+json", "text/json")
_LONGEST_REASON = 1_000
# How many may be on their way at once.
MOST_OF_A_PERSON, MOST_OF_AN_ORGANISATION = 3, 10


class Source(NamedTuple):
    """Where a package lies, and the token that its server asks for, if it asks for one."""

    address: str
    token: str = ""


@transaction.atomic
def ask_for_package(
    *,
    version: FrameworkVersion,
    source: Source,
    by: Person,
    now: datetime,
    takes_title: bool = False,
) -> PackageFetch:
    """Have a package fetched for the draft ``version``; a worker does so in a moment.

    Refuses: ``may_not_import``, ``draft_closed``, ``fetch_on_its_way``, ``too_many_fetches``, and
    (``Unreachable``) an address that is never called.
    """
    # Whoever asks twice at once queues here, so that one package is on its way to a draft.
    rows = FrameworkVersion.objects.select_for_update(of=("self",), no_key=True)
    version = rows.select_related("framework").get(pk=version.pk)
    refuse_unless_importer(version, by=by, now=now)
    read_address(source.address, inside=settings.CASE_SERVERS_INSIDE)
    if version.fetches.filter(state=FetchState.WAITING).exists():
        raise Conflict(
            _("A package is on its way to this draft already. Wait until it has come."),
            code="fetch_on_its_way",
        )
    _refuse_too_many(version, by)
    # Whoever fetches again goes on with what was started; a title that somebody gave stays.
    takes_title = takes_title or version.fetches.filter(takes_title=True).exists()
    asked = PackageFetch.objects.create(
        version=version, address=source.address, takes_title=takes_title, asked_by=by, asked_at=now
    )
    if source.token:
        keep_token(asked.public_id, source.token)
    payload = {"fetch_id": asked.pk, "has_token": bool(source.token)}
    put(kind=FETCH, key=f"package_fetch:{asked.pk}", payload=payload, now=now)
    _record(asked, "ask_for_package", rule="may_import", by=by, now=now)
    return asked


def _refuse_too_many(version: FrameworkVersion, by: Person) -> None:
    """A worker fetches one package at a time; nobody keeps all of them waiting for slow servers."""
    waiting = PackageFetch.objects.filter(state=FetchState.WAITING)
    with lifted(FETCHER):
        own = waiting.filter(asked_by=by).count()
        of_owner = waiting.filter(version__framework__owner=version.framework.owner_id).count()
    if own >= MOST_OF_A_PERSON:
        raise Conflict(
            _("You are having %(count)d packages fetched. Wait until one has come.")
            % {"count": own},
            code="too_many_fetches",
        )
    if version.framework.owner_id and of_owner >= MOST_OF_AN_ORGANISATION:
        raise Conflict(
            _("%(count)d packages are on their way to this organisation. Wait until one has come.")
            % {"count": of_owner},
            code="too_many_fetches",
        )


def do_fetch(payload: Mapping[str, Any], now: datetime) -> None:
    """Fetch and check, once. Whatever is wrong with the address or the package is told with the
    row; only a fault of ours, or the end of the worker, leaves it to the next try."""
    asked = _asked(payload["fetch_id"])
    if asked.state != FetchState.WAITING:
        return
    try:
        content = fetch(_wanted(asked, has_token=payload["has_token"]))
        with transaction.atomic():
            _arrive(_as_it_is_now(asked), content, now=now)
    except DomainError as refusal:
        _fail(asked, refusal.message, now=now)
    _forget_token(asked)


def give_up_fetch(payload: Mapping[str, Any], now: datetime) -> None:
    """Tell the author that no more tries follow; the handler's ``on_parked``."""
    asked = _asked(payload["fetch_id"])
    if asked.state == FetchState.WAITING:
        reason = _("We tried several times and could not fetch it. Ask for it again later.")
        _fail(asked, reason, now=now)
    _forget_token(asked)


def _forget_token(asked: PackageFetch) -> None:
    """Once the end is kept: until then another try may need it."""
    transaction.on_commit(partial(forget_token, asked.public_id))


def _as_it_is_now(asked: PackageFetch) -> PackageFetch:
    """The framework and its draft, locked and read again: both may have changed while the package
    was on its way."""
    hold_framework(asked.version.framework_id)
    rows = FrameworkVersion.objects.select_for_update(of=("self",), no_key=True)
    rows.get(pk=asked.version_id)
    return _asked(asked.pk)


def _asked(fetch_id: int) -> PackageFetch:
    rows = PackageFetch.objects.select_related("version__framework", "version__scale", "asked_by")
    return rows.get(pk=fetch_id)


def _wanted(asked: PackageFetch, *, has_token: bool) -> Wanted:
    token = token_of(asked.public_id) if has_token else ""
    if has_token and not token:
        raise Conflict(
            _("The token was kept for 15 minutes and is gone. Enter it again."), code="token_gone"
        )
    return Wanted(
        asked.address,
        _KINDS,
        Limits(most_bytes=MOST_BYTES),
        token=token,
        inside=settings.CASE_SERVERS_INSIDE,
    )


def _arrive(asked: PackageFetch, content: bytes, *, now: datetime) -> None:
    """Whoever asked still has to be an author, and the draft open: that is judged again. A
    framework that somebody described meanwhile is called what they said."""
    version, author = asked.version, asked.asked_by
    upload = Upload(asked.shown_address.partition("://")[2], content)
    imported = check_package(version=version, file=upload, by=author, now=now)
    is_described = version.framework.revision > 0
    if asked.takes_title and imported.state == ImportState.CHECKED and not is_described:
        name_after(imported, by=author, now=now)
    _end(asked, "arrive", now=now, imported=imported)


def _fail(asked: PackageFetch, reason: str, *, now: datetime) -> None:
    _end(asked, "fail", now=now, reason=reason[:_LONGEST_REASON])
    _record(asked, "fail_to_fetch", rule="own_work", by=FETCHER, now=now)


def _end(
    asked: PackageFetch,
    step: str,
    *,
    now: datetime,
    imported: FrameworkImport | None = None,
    reason: str = "",
) -> None:
    # What is asked for may be secret, and nobody needs it any more.
    asked.address = asked.shown_address
    asked.state = FETCH_WORKFLOW.target(step, current=asked.state)
    asked.ended_at, asked.imported, asked.reason = now, imported, reason
    asked.save(update_fields=["address", "state", "ended_at", "imported", "reason"])


def _record(asked: PackageFetch, verb: str, *, rule: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=asked,
        rule=rule,
        organisation_id=asked.version.framework.owner_id,
        facts={"fetch": asked.pk, "edition": asked.version_id, "state": asked.state},
        private={"address": asked.shown_address, "reason": asked.reason},
    )
