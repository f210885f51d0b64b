"""Forms, boxes and invitations of evaluations, as tests need them."""

from datetime import datetime, timedelta

from courses.models import (
    Enrolment,
    EvaluationBox,
    EvaluationForm,
    EvaluationInvitation,
    EvaluationQuestion,
    Session,
)
from tests.factories.accounts import LONG_AGO
from tests.factories.clock import NOW


def evaluation_form(**fields: object) -> EvaluationForm:
    """Four questions of every kind; the standard form unless an organisation is named."""
    known = EvaluationForm.objects.filter(organisation=fields.get("organisation")).count()
    told = {"version": known + 1, "title": "After a session", "valid_from": LONG_AGO, "minutes": 2}
    form = EvaluationForm.objects.create(**{**told, **fields})
    rows = (
        ("useful", "SCALE", "Was it useful?", []),
        ("time", "CHOICE", "Did you have the time?", ["Yes", "No"]),
        ("more", "TEXT", "What should be different?", []),
    )
    EvaluationQuestion.objects.bulk_create(
        EvaluationQuestion(
            form=form, position=place, key=key, kind=kind, words=words, choices=choices
        )
        for place, (key, kind, words, choices) in enumerate(rows, start=1)
    )
    return form


def box_of(
    session: Session,
    form: EvaluationForm,
    *,
    answers: int = 0,
    closes_at: datetime = NOW - timedelta(days=1),
    mark: str = "4",
) -> EvaluationBox:
    """What ``answers`` people answered of ``session``, all of them with ``mark``."""
    return EvaluationBox.objects.create(
        session=session,
        form=form,
        closes_at=closes_at,
        least_answers=form.least_answers,
        answers=answers,
        tally={"useful": {mark: answers}} if answers else {},
        texts={"more": [f"Text of {session.pk}"]} if answers else {},
    )


def invited(enrolment: Enrolment, form: EvaluationForm, **fields: object) -> EvaluationInvitation:
    times = {"asked_at": NOW - timedelta(days=1), "closes_at": NOW + timedelta(days=13)}
    return EvaluationInvitation.objects.create(
        enrolment=enrolment, form=form, **{**times, **fields}
    )
