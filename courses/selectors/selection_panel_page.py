"""The page on which a member of a panel reads an application, and what is to be done on it."""

from dataclasses import dataclass
from datetime import date, datetime

from courses.models import (
    Application,
    IntakePanelMember,
    IntakeQuestion,
    PanelVote,
    SelectionStage,
)
from courses.selectors.selection import answers_of
from courses.selectors.selection_panel import (
    SCORED_STATES,
    ScoreLine,
    Tally,
    has_scored,
    is_chair_barred,
    own_vote,
    scores_shown_to,
    stage_to_vote_on,
    tally_of,
)

ACTS = ("scores", "vote", "decide")


@dataclass(frozen=True, slots=True)
class PanelPage:
    """``tally`` and ``lines`` are told once the member has voted, and scored, themselves. ``act``
    is what is theirs to do next, one of ``ACTS``, or nothing."""

    answers: list[tuple[IntakeQuestion, str]]
    lines: list[ScoreLine]
    stage: SelectionStage | None
    vote: PanelVote | None
    tally: Tally | None
    may_decide: bool
    act: str


def panel_page(
    application: Application, member: IntakePanelMember, *, on: date, now: datetime
) -> PanelPage:
    is_scored = has_scored(member, application)
    stage = stage_to_vote_on(application) if now >= application.intake.closes_at else None
    vote = own_vote(member, application, stage) if stage else None
    may_decide = member.is_chair or is_chair_barred(application, on=on)
    return PanelPage(
        answers=answers_of(application),
        lines=scores_shown_to(member, application),
        stage=stage,
        vote=vote,
        tally=tally_of(application, stage) if vote and stage else None,
        may_decide=may_decide,
        act=_next(application, is_scored=is_scored, stage=stage, vote=vote, may_decide=may_decide),
    )


def _next(
    application: Application,
    *,
    is_scored: bool,
    stage: SelectionStage | None,
    vote: PanelVote | None,
    may_decide: bool,
) -> str:
    if application.state in SCORED_STATES and not is_scored:
        return "scores"
    if stage is None:
        return ""
    return "decide" if vote and may_decide else "vote"
