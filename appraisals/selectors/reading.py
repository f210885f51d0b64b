"""Bringing together what one reader may see of an appraisal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accounts.actors import Actor
from appraisals.models import Appraisal, AppraisalState, Draft, Objective, Side, Snapshot
from appraisals.selectors.content import Content, content_of, fingerprint
from appraisals.selectors.sheet import Sheet, sheet_of


@dataclass(frozen=True, slots=True)
class Reading:
    """An appraisal as one of the parties reads it: live until both have signed, then the snapshot.

    ``seen`` is the fingerprint a signature refers to; ``own_draft`` what the reader's side wrote.
    """

    appraisal: Appraisal
    side: Side
    content: Content
    seen: str
    own_draft: Draft | None
    objectives: tuple[Objective, ...]
    snapshot: Snapshot | None

    @property
    def has_shared(self) -> bool:
        return self.appraisal.shared_at(self.side) is not None

    @property
    def other_has_shared(self) -> bool:
        return self.appraisal.shared_at(self.side.other) is not None

    @property
    def has_signed(self) -> bool:
        return self.appraisal.signed_at(self.side) is not None

    @property
    def other_has_signed(self) -> bool:
        return self.appraisal.signed_at(self.side.other) is not None

    @property
    def other(self) -> str:
        return self.appraisal.party(self.side.other).full_name


def whole_content(appraisal: Appraisal) -> Content:
    """Everything both sides wrote and agreed, for the signature; never for a reader."""
    return content_of(
        appraisal=appraisal,
        sheet=sheet_of(appraisal),
        drafts={Side(draft.side): draft for draft in Draft.objects.filter(appraisal=appraisal)},
        objectives=_in_order(appraisal),
    )


def reading_of(*, appraisal: Appraisal, actor: Actor, side: Side, on: date) -> Reading:
    """What the party ``actor``, writing for ``side``, sees of ``appraisal`` (loaded through
    ``visible_to``) on ``on``."""
    if appraisal.state == AppraisalState.SIGNED:
        return _signed_reading(appraisal, actor, side, on=on)
    drafts = drafts_seen(appraisal=appraisal, actor=actor, on=on)
    objectives = tuple(_in_order(appraisal, actor=actor, on=on))
    content = content_of(
        appraisal=appraisal, sheet=sheet_of(appraisal), drafts=drafts, objectives=objectives
    )
    return Reading(
        appraisal=appraisal,
        side=side,
        content=content,
        seen=fingerprint(content),
        own_draft=drafts.get(side),
        objectives=objectives,
        snapshot=None,
    )


def drafts_seen(*, appraisal: Appraisal, actor: Actor, on: date) -> Mapping[Side, Draft]:
    rows = Draft.objects.visible_to(actor, on=on).filter(appraisal=appraisal)
    return {Side(draft.side): draft for draft in rows}


@dataclass(frozen=True, slots=True)
class Desk:
    """What one side needs to write its part: the questions, the levels and the text so far."""

    appraisal: Appraisal
    side: Side
    sheet: Sheet
    draft: Draft


def desk_of(*, appraisal: Appraisal, actor: Actor, side: Side, on: date) -> Desk:
    drafts = drafts_seen(appraisal=appraisal, actor=actor, on=on)
    draft = drafts.get(side) or Draft(appraisal=appraisal, side=side)
    return Desk(appraisal=appraisal, side=side, sheet=sheet_of(appraisal), draft=draft)


def _signed_reading(appraisal: Appraisal, actor: Actor, side: Side, *, on: date) -> Reading:
    snapshot = Snapshot.objects.visible_to(actor, on=on).get(appraisal=appraisal)
    return Reading(
        appraisal=appraisal,
        side=side,
        content=snapshot.content,
        seen=snapshot.content_hash,
        own_draft=None,
        objectives=(),
        snapshot=snapshot,
    )


def _in_order(
    appraisal: Appraisal, *, actor: Actor | None = None, on: date | None = None
) -> list[Objective]:
    rows = Objective.objects.filter(appraisal=appraisal)
    if actor is not None and on is not None:
        rows = Objective.objects.visible_to(actor, on=on).filter(appraisal=appraisal)
    return list(rows.order_by("due_on", "pk"))
