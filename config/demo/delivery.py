"""Registers of the sessions that are over, and what those who were there thought of them."""

from datetime import timedelta
from random import Random

from config.demo.world import BATCH, World
from courses.models import (
    AbsenceReason,
    CompletionRule,
    Enrolment,
    EvaluationBox,
    EvaluationForm,
    EvaluationInvitation,
    Mark,
    MeetingMark,
    Offering,
    Session,
)

_WAS_THERE = ("ATTENDED", "PARTIAL", "COMPLETED")
_LATE, _SAYS_WHY = 0.07, 0.7
_ANSWERS, _WRITES = 0.75, 0.3
_OPEN = timedelta(days=30)
_WISHES = (
    "More time to talk about our own wards.",
    "Send the reading a week before.",
    "A day that is not a Monday.",
    "Less on slides, more practice.",
    "A follow-up after three months.",
)


def write_registers(world: World) -> None:
    """Mark everybody whose attendance is recorded, as their state says; what it takes to complete
    the first half of the offerings."""
    dice = world.dice("registers")
    rows = Enrolment.objects.filter(state__in=(*_WAS_THERE, "ABSENT")).select_related("session")
    MeetingMark.objects.bulk_create(
        (_mark(row, dice) for row in rows.order_by("pk").iterator(chunk_size=BATCH)),
        batch_size=BATCH,
    )
    offerings = list(Offering.objects.order_by("pk").values_list("pk", flat=True))
    first_day = world.day(-365)
    CompletionRule.objects.bulk_create(
        CompletionRule(offering_id=pk, least_share=80, starts_on=first_day)
        for pk in offerings[: len(offerings) // 2 + 1]
    )


def _mark(row: Enrolment, dice: Random) -> MeetingMark:
    mark = MeetingMark(
        enrolment=row,
        begins_at=row.session.starts_at,
        mark=Mark.PRESENT,
        marked_at=row.session.ends_at + timedelta(minutes=10),
    )
    if row.state == "ABSENT":
        mark.mark = Mark.ABSENT
        if dice.random() < _SAYS_WHY:
            mark.reason, mark.reason_by_id = dice.choice(AbsenceReason.values), row.person_id
    elif dice.random() < _LATE:
        mark.mark, mark.minutes_late = Mark.LATE, dice.randrange(5, 45)
    return mark


def write_evaluations(world: World) -> None:
    """What those who were there thought, session by session; of the latest they can still say."""
    dice = world.dice("evaluations")
    form = EvaluationForm.objects.filter(organisation=None).order_by("-version").first()
    if form is None:
        return
    rows = Enrolment.objects.filter(state__in=_WAS_THERE, session__state="CLOSED")
    people: dict[int, list[int]] = {}
    for key, session_id in rows.order_by("pk").values_list("pk", "session_id"):
        people.setdefault(session_id, []).append(key)
    held = Session.objects.in_bulk(people)
    boxes, invitations = [], []
    for session_id, keys in people.items():
        box = EvaluationBox(
            session_id=session_id,
            form=form,
            closes_at=held[session_id].ends_at + _OPEN,
            least_answers=form.least_answers,
        )
        for key in keys:
            is_answered = dice.random() < _ANSWERS
            invitations.append(_invitation(key, box, is_answered=is_answered))
            if is_answered:
                _answer(box, dice)
        boxes.append(box)
    EvaluationBox.objects.bulk_create(boxes, batch_size=BATCH)
    EvaluationInvitation.objects.bulk_create(invitations, batch_size=BATCH)


def _invitation(key: int, box: EvaluationBox, *, is_answered: bool) -> EvaluationInvitation:
    return EvaluationInvitation(
        enrolment_id=key,
        form=box.form,
        asked_at=box.closes_at - _OPEN,
        closes_at=box.closes_at,
        is_answered=is_answered,
    )


def _answer(box: EvaluationBox, dice: Random) -> None:
    box.answers += 1
    given = {
        "useful": dice.choice("3445555"),
        "taught": dice.choice("2344455"),
        "time": dice.choice(["Yes, all of it", "Some of it", "Some of it", "No"]),
    }
    for key, answer in given.items():
        counts = box.tally.setdefault(key, {})
        counts[answer] = counts.get(answer, 0) + 1
    if dice.random() < _WRITES:
        box.texts["more"] = sorted([*box.texts.get("more", []), dice.choice(_WISHES)])
