"""The only place an appraisal changes state: shared by each side, sent back, signed by each."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.services.ledger import record
from appraisals.models import APPRAISAL_WORKFLOW, Appraisal, Side
from appraisals.policies.appraisals import MAY_TAKE_STEP
from appraisals.selectors.content import Content, fingerprint
from appraisals.selectors.reading import whole_content
from appraisals.services.closing import close
from appraisals.services.locking import (
    SHARED_AT,
    SIGNED_AT,
    clear_signatures,
    draft_of,
    lock,
    own_side,
    refuse_former_manager,
    refuse_once_signed,
    refuse_outsider,
    refuse_unless_managed,
    refuse_unless_shared,
)
from appraisals.services.news import tell
from common.dates import london_date
from common.errors import Conflict, Stale


@transaction.atomic
def share(*, appraisal: Appraisal, by: Actor, now: datetime) -> Appraisal:
    """Show what ``by`` wrote to the other side and end its editing; once both have shared, the
    appraisal can be agreed and signed."""
    appraisal, side = _begin("share", appraisal, by, now=now)
    if appraisal.shared_at(side):
        raise Conflict(_("You have already shared your part."), code="already_shared")
    if not draft_of(appraisal, side).answers:
        raise Conflict(
            _("There is nothing to share yet. Write at least one answer first."),
            code="nothing_to_share",
        )
    setattr(appraisal, SHARED_AT[side], now)
    if appraisal.shared_at(side.other):
        appraisal.state = APPRAISAL_WORKFLOW.target("share", current=appraisal.state)
    appraisal.save(update_fields=["state", SHARED_AT[side]])
    _record("share", appraisal, side, by=by, now=now)
    _tell_other("appraisals.shared", appraisal, side, now=now)
    return appraisal


@transaction.atomic
def send_back(*, appraisal: Appraisal, by: Actor, now: datetime) -> Appraisal:
    """Give the other side's part back to be changed, hidden again until shared; both signatures
    go, because what was signed may no longer be what it says."""
    appraisal, side = _begin("send_back", appraisal, by, now=now)
    if not appraisal.shared_at(side.other):
        raise Conflict(
            _("%(name)s has not shared anything, so there is nothing to send back.")
            % {"name": appraisal.party(side.other).full_name},
            code="nothing_to_send_back",
        )
    appraisal.state = APPRAISAL_WORKFLOW.target("send_back", current=appraisal.state)
    setattr(appraisal, SHARED_AT[side.other], None)
    clear_signatures(appraisal)
    appraisal.save(update_fields=["state", SHARED_AT[side.other], *SIGNED_AT.values()])
    _record("send_back", appraisal, side, by=by, now=now)
    _tell_other("appraisals.sent_back", appraisal, side, now=now)
    return appraisal


@transaction.atomic
def sign(*, appraisal: Appraisal, by: Actor, now: datetime, seen: str = "") -> Appraisal:
    """Sign for the side of ``by``; the second signature freezes the appraisal and starts the plan.

    ``seen`` is the fingerprint of what the signer had before their eyes: when it has changed
    since, nothing is signed (``Stale``).
    """
    appraisal, side = _begin("sign", appraisal, by, now=now)
    refuse_unless_shared(appraisal)
    if appraisal.signed_at(side):
        raise Conflict(_("You have already signed."), code="already_signed")
    _refuse_before_conversation(appraisal)
    # Nobody signs with somebody who is no longer the line manager, the person neither.
    refuse_unless_managed(appraisal, on=london_date(now))
    content = whole_content(appraisal)
    _refuse_unseen(content, seen)
    setattr(appraisal, SIGNED_AT[side], now)
    if appraisal.signed_at(side.other):
        appraisal.state = APPRAISAL_WORKFLOW.target("sign", current=appraisal.state)
        close(appraisal=appraisal, content=content, by=by, now=now)
    else:
        appraisal.save(update_fields=[SIGNED_AT[side]])
        _tell_other("appraisals.signed", appraisal, side, now=now)
    _record("sign", appraisal, side, by=by, now=now)
    return appraisal


def _begin(step: str, appraisal: Appraisal, by: Actor, *, now: datetime) -> tuple[Appraisal, Side]:
    appraisal = lock(appraisal)
    if not MAY_TAKE_STEP[step](by, appraisal=appraisal):
        refuse_outsider()
    refuse_once_signed(appraisal)
    refuse_former_manager(by, appraisal=appraisal, on=london_date(now))
    return appraisal, own_side(by, appraisal=appraisal)


def _refuse_before_conversation(appraisal: Appraisal) -> None:
    if appraisal.met_on is None:
        raise Conflict(
            _("Enter the day of your conversation before you sign."), code="no_conversation"
        )


def _refuse_unseen(content: Content, seen: str) -> None:
    if seen and seen != fingerprint(content):
        raise Stale(
            _("The appraisal has changed since you opened it. Read it again before you sign."),
            code="changed_since_read",
        )


def _record(verb: str, appraisal: Appraisal, side: Side, *, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=appraisal,
        rule=f"may_{verb}",
        organisation_id=appraisal.cycle.organisation_id,
        subject_id=appraisal.subject_id,
        facts={"side": side.value, "state": str(appraisal.state)},
    )


def _tell_other(rule: str, appraisal: Appraisal, side: Side, *, now: datetime) -> None:
    author: Person = appraisal.party(side)
    tell(appraisal.party(side.other), rule, appraisal=appraisal, by_name=author.full_name, now=now)
