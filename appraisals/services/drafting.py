"""Keeping what one side writes, so that no save of any tab is ever lost."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from appraisals.models import AnswerKind, Appraisal, Draft, FormQuestion, Side
from appraisals.policies.appraisals import may_write_draft
from appraisals.selectors.sheet import Sheet, sheet_of
from appraisals.services.locking import (
    draft_of,
    lock,
    own_side,
    refuse_former_manager,
    refuse_once_signed,
    refuse_outsider,
)
from common.dates import london_date
from common.errors import Conflict, Stale
from common.text import clean_text, count_words

Answers = Mapping[str, str]
Levels = Mapping[str, int | None]


@transaction.atomic
def save_draft(
    *,
    appraisal: Appraisal,
    by: Actor,
    answers: Answers,
    levels: Levels,
    version: int,
    now: datetime,
) -> Draft:
    """Keep what the side of ``by`` has written; nobody else sees it until it is shared.

    ``version`` is the number of saves the writer's page knew of. When the draft has moved on and
    says something else, it refuses with ``Stale``, whose ``current`` is what is saved.
    """
    appraisal = lock(appraisal)
    if not may_write_draft(by, appraisal=appraisal):
        refuse_outsider()
    side = own_side(by, appraisal=appraisal)
    refuse_once_signed(appraisal)
    refuse_former_manager(by, appraisal=appraisal, on=london_date(now))
    _refuse_once_shared(appraisal, side)
    sheet = sheet_of(appraisal)
    answers = _checked_answers(answers, sheet.asked_of(side))
    levels = _checked_levels(levels, sheet)
    draft = draft_of(appraisal, side)
    if (draft.answers, draft.levels) == (answers, levels):
        return draft
    if draft.version != version:
        raise _stale(draft, sheet.asked_of(side))
    draft.answers, draft.levels = answers, levels
    draft.version, draft.updated_at = version + 1, now
    draft.save()
    record(
        by=by,
        now=now,
        verb="save_draft",
        about=draft,
        rule="may_write_draft",
        organisation_id=appraisal.cycle.organisation_id,
        subject_id=appraisal.subject_id,
        facts={"side": side.value, "version": draft.version},
    )
    return draft


def _refuse_once_shared(appraisal: Appraisal, side: Side) -> None:
    if appraisal.shared_at(side):
        raise Conflict(
            _("You have shared your part. You can change it once %(name)s sends it back.")
            % {"name": appraisal.party(side.other).full_name},
            code="already_shared",
        )


def _stale(draft: Draft, questions: tuple[FormQuestion, ...]) -> Stale:
    saved = {question.title: draft.answers.get(question.key, "") for question in questions}
    return Stale(
        _("This was changed in another window after you opened this page."),
        code="stale_draft",
        current=saved,
    )


def _checked_answers(answers: Answers, questions: tuple[FormQuestion, ...]) -> dict[str, str]:
    """Only questions this side is asked, within their limits; empty answers are left out."""
    asked = {question.key: question for question in questions}
    if not set(answers) <= set(asked):
        raise Conflict(_("This appraisal does not ask you that question."), code="not_asked")
    kept = {key: clean_text(text) for key, text in answers.items() if text}
    for key, text in kept.items():
        _refuse_beyond_limits(text, asked[key])
    return kept


def _refuse_beyond_limits(text: str, question: FormQuestion) -> None:
    if question.kind == AnswerKind.CHOICE:
        if text not in dict(question.choices):
            raise Conflict(_("Select an answer from the list."), code="not_a_choice")
    elif count_words(text) > question.max_words:
        raise Conflict(
            _("Enter %(limit)s words or fewer.") % {"limit": question.max_words}, code="max_words"
        )


def _checked_levels(levels: Levels, sheet: Sheet) -> dict[str, int | None]:
    known = {line.key for line in sheet.lines}
    if not set(levels) <= known or not set(levels.values()) <= set(sheet.labels):
        raise Conflict(
            _("The role does not ask for that competency or that level."), code="not_a_level"
        )
    return dict(levels)
