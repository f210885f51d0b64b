"""What people thought of sessions, shown only where nobody can be found in it.

A session is shown once nobody can answer any more and enough have. What is shown of several is made
of whole parts, each of which is large enough and none of which overlaps another: the sessions that
are shown by themselves, and smaller ones that were asked the same form, put together in the order
in which they closed, until they are enough. So no two views differ by fewer people than that, nor
is any question shown that fewer were asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from accounts.actors import Actor
from courses.models import (
    EvaluationBox,
    EvaluationInvitation,
    EvaluationKind,
    EvaluationQuestion,
    Facilitation,
    Offering,
    Session,
)

_TENTH = Decimal("0.1")
_SCALE = ("1", "2", "3", "4", "5")


@dataclass(frozen=True, slots=True)
class Answers:
    """One question with how often each answer was given; ``texts`` in the order of the alphabet."""

    question: EvaluationQuestion
    counts: tuple[tuple[str, int], ...]
    texts: tuple[str, ...]

    @property
    def given(self) -> int:
        return sum(count for _answer, count in self.counts) or len(self.texts)

    @property
    def mean(self) -> Decimal | None:
        """Of a scale from 1 to 5, to one place; None where nobody answered."""
        if self.question.kind != EvaluationKind.SCALE or not self.given:
            return None
        total = sum(int(answer) * count for answer, count in self.counts)
        return (Decimal(total) / self.given).quantize(_TENTH)


@dataclass(frozen=True, slots=True)
class Part:
    """Sessions whose answers are shown together, and never otherwise."""

    boxes: tuple[EvaluationBox, ...]

    @property
    def answers(self) -> int:
        return sum(box.answers for box in self.boxes)

    @property
    def floor(self) -> int:
        return max(box.least_answers for box in self.boxes)

    @property
    def is_enough(self) -> bool:
        return self.answers >= self.floor


@dataclass(frozen=True, slots=True)
class SessionResults:
    """What is shown of one session. ``questions`` is empty while nothing may be."""

    asked: int
    answers: int
    closes_at: datetime
    least_answers: int
    is_closed: bool
    questions: tuple[Answers, ...] = ()


@dataclass(frozen=True, slots=True)
class OverTime:
    """An offering over time: its parts, the latest first, and what was answered in all of them."""

    parts: tuple[tuple[Part, tuple[Answers, ...]], ...] = ()
    questions: tuple[Answers, ...] = ()
    facilitators: tuple[tuple[str, int, tuple[Answers, ...]], ...] = ()
    hidden: int = 0
    answers: int = field(default=0)


def invitations_of(actor: Actor, *, on: date, now: datetime) -> Iterable[EvaluationInvitation]:
    """What ``actor`` is asked and has not answered, the first to close first."""
    rows = EvaluationInvitation.objects.visible_to(actor, on=on)
    rows = rows.filter(is_answered=False, closes_at__gt=now)
    rows = rows.select_related("form", "enrolment__session__offering__programme")
    return rows.order_by("closes_at", "pk")


def session_results(session: Session, *, now: datetime) -> SessionResults | None:
    """What may be shown of ``session``; None where nobody was asked.

    How many have answered is told only when nobody can answer any more: a number that moves tells
    who has.
    """
    box = EvaluationBox.objects.filter(session=session).select_related("form").first()
    if box is None:
        return None
    asked = EvaluationInvitation.objects.filter(enrolment__session=session).count()
    is_closed = now >= box.closes_at
    shown = is_closed and box.answers >= box.least_answers
    return SessionResults(
        asked=asked,
        answers=box.answers if is_closed else 0,
        closes_at=box.closes_at,
        least_answers=box.least_answers,
        is_closed=is_closed,
        questions=_answers([box]) if shown else (),
    )


def offering_results(offering: Offering, *, now: datetime) -> OverTime:
    """What may be shown of all sessions of ``offering``; a fixed number of statements."""
    rows = EvaluationBox.objects.filter(session__offering=offering, closes_at__lte=now)
    boxes = list(rows.select_related("form", "session").order_by("closes_at", "pk"))
    parts = parts_of(boxes)
    shown = [box for part in parts for box in part.boxes]
    return OverTime(
        parts=tuple((part, _answers(part.boxes)) for part in reversed(parts)),
        questions=_answers(shown),
        facilitators=_by_facilitator([part for part in parts if len(part.boxes) == 1]),
        hidden=len(boxes) - len(shown),
        answers=sum(part.answers for part in parts),
    )


def parts_of(boxes: Sequence[EvaluationBox]) -> list[Part]:
    """``boxes`` in the order they closed, cut into parts that may be shown.

    A part is never made anew once it is enough, whatever closes after it; the rest waits. Of two
    forms together, a question or an answer of one alone would tell apart who was asked that one.
    """
    parts: list[Part] = []
    small: dict[int, tuple[EvaluationBox, ...]] = {}
    for box in boxes:
        alone = Part((box,))
        if alone.is_enough:
            parts.append(alone)
            continue
        together = Part((*small.pop(box.form_id, ()), box))
        if together.is_enough:
            parts.append(together)
        else:
            small[box.form_id] = together.boxes
    return parts


def _by_facilitator(
    parts: Sequence[Part],
) -> tuple[tuple[str, int, tuple[Answers, ...]], ...]:
    """Whoever led a meeting of sessions that are shown by themselves: only of those."""
    boxes = {part.boxes[0].session_id: part.boxes[0] for part in parts}
    rows = Facilitation.objects.filter(meeting__session__in=boxes)
    led: dict[str, set[int]] = {}
    for name, session_id in rows.values_list("name", "meeting__session_id"):
        led.setdefault(name, set()).add(session_id)
    return tuple(
        (name, len(keys), _answers([boxes[key] for key in sorted(keys)]))
        for name, keys in sorted(led.items())
    )


def _answers(boxes: Sequence[EvaluationBox]) -> tuple[Answers, ...]:
    """What was answered in ``boxes`` together, question by question; those with the same key in
    two versions of a form are one."""
    questions = EvaluationQuestion.objects.filter(form__in={box.form_id for box in boxes})
    found: dict[str, EvaluationQuestion] = {}
    for question in questions.order_by("position", "form_id"):
        found.setdefault(question.key, question)
    return tuple(_answers_to(question, boxes) for question in found.values())


def _answers_to(question: EvaluationQuestion, boxes: Sequence[EvaluationBox]) -> Answers:
    key = question.key
    if question.kind == EvaluationKind.TEXT:
        texts = sorted(text for box in boxes for text in box.texts.get(key, []))
        return Answers(question, (), tuple(texts))
    order = _SCALE if question.kind == EvaluationKind.SCALE else question.choices
    counts = dict.fromkeys(order, 0)
    for box in boxes:
        for answer, count in box.tally.get(key, {}).items():
            counts[answer] = counts.get(answer, 0) + count
    return Answers(question, tuple(counts.items()), ())
