"""Asking people what they think of a session, and keeping the answers without who gave them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.scope import lifted
from accounts.selectors.relations import relations_to
from accounts.services.ledger import record
from common.dates import london_date, london_midnight
from common.errors import Conflict, Forbidden
from courses.models import (
    Enrolment,
    EvaluationBox,
    EvaluationForm,
    EvaluationInvitation,
    EvaluationKind,
    EvaluationQuestion,
    Session,
)
from courses.policies.evaluations import may_answer_evaluation
from courses.services.notices import facts_of
from notifications.services.notices import notify

# Whoever answers reaches the box of their session through this alone, and reads nothing of it.
COUNTER = SystemJob("courses.evaluations", organisation_ids=None)
# The answers to a question on a scale.
SCALE = ("1", "2", "3", "4", "5")


def ask_for_evaluation(
    enrolments: Sequence[Enrolment], *, session: Session, by: Actor, now: datetime
) -> None:
    """Ask whoever was at ``session`` what they think, once each; a part of recording attendance.

    Where no form is in use nobody is asked, and nobody any more once the time to answer is over.
    """
    box = _box_of(session, now=now)
    if box is None or now >= box.closes_at:
        return
    asked = EvaluationInvitation.objects.filter(enrolment__session=session)
    known = set(asked.values_list("enrolment_id", flat=True))
    fresh = [row for row in enrolments if row.pk not in known]
    EvaluationInvitation.objects.bulk_create(
        EvaluationInvitation(
            enrolment=row, form_id=box.form_id, asked_at=now, closes_at=box.closes_at
        )
        for row in fresh
    )
    if fresh:
        record(
            by=by,
            now=now,
            verb="ask_for_evaluation",
            about=session,
            rule="may_run",
            organisation_id=session.offering.host_id,
            facts={"people": len(fresh), "form": box.form_id},
        )
    for row in fresh:
        _tell(row, session=session, minutes=box.form.minutes, now=now)


@transaction.atomic
def answer_evaluation(
    *,
    invitation: EvaluationInvitation,
    answers: Mapping[str, str],
    by: Actor,
    now: datetime,
) -> EvaluationInvitation:
    """Count what somebody thinks (question's key -> answer), and that they have answered.

    What was answered is counted together with what others answered and holds no time, so that it
    cannot be led back to whoever gave it.
    Refuses: ``may_not_answer``, ``already_answered``, ``evaluation_closed``, ``nothing_answered``,
    ``not_an_answer``.
    """
    rows = EvaluationInvitation.objects.select_for_update(of=("self",))
    invitation = rows.select_related("enrolment__person", "form").get(pk=invitation.pk)
    enrolment = invitation.enrolment
    if not may_answer_evaluation(relations_to(by, enrolment.person, on=london_date(now))):
        raise Forbidden(_("Only whoever was asked can answer."), code="may_not_answer")
    _refuse_too_late(invitation, now=now)
    questions = {one.key: one for one in invitation.form.questions.all()}
    given = {key: text.strip() for key, text in answers.items() if text.strip()}
    _refuse_unfit(given, questions)
    with lifted(COUNTER):
        box = EvaluationBox.objects.select_for_update().get(session_id=enrolment.session_id)
        _count(box, given, questions)
        box.save(update_fields=["answers", "tally", "texts"])
        invitation.is_answered = True
        invitation.save(update_fields=["is_answered"])
    record(
        by=by,
        now=now,
        verb="answer_evaluation",
        about=enrolment,
        rule="may_answer_evaluation",
        organisation_id=enrolment.organisation_id,
        subject_id=enrolment.person_id,
        facts={"session": enrolment.session_id},
    )
    return invitation


def form_in_use(organisation_id: int, *, on: date) -> EvaluationForm | None:
    """The latest form of the organisation's own, else the standard one."""
    rows = EvaluationForm.objects.filter(valid_from__lte=on)
    rows = rows.filter(Q(organisation_id=organisation_id) | Q(organisation=None))
    own_first = F("organisation_id").asc(nulls_last=True)
    return rows.order_by(own_first, "-valid_from", "-version").first()


def _box_of(session: Session, *, now: datetime) -> EvaluationBox | None:
    """The box of ``session``, opened with the form in use today if there is none yet."""
    box = EvaluationBox.objects.select_related("form").filter(session=session).first()
    if box:
        return box
    # Whoever teaches it closes the register too, and does not see the forms of the host.
    with lifted(COUNTER):
        form = form_in_use(session.offering.host_id, on=london_date(now))
    if form is None:
        return None
    # It closes at midnight, so that the moment says nothing of when the register was finished.
    last_day = london_date(now) + timedelta(days=form.open_days)
    return EvaluationBox.objects.create(
        session=session,
        form=form,
        closes_at=london_midnight(last_day + timedelta(days=1)),
        least_answers=form.least_answers,
    )


def _refuse_too_late(invitation: EvaluationInvitation, *, now: datetime) -> None:
    if invitation.is_answered:
        raise Conflict(
            _("You have answered already. Nobody can tell which answers are yours, so they stay."),
            code="already_answered",
        )
    if now >= invitation.closes_at:
        raise Conflict(_("The time to answer is over."), code="evaluation_closed")


def _refuse_unfit(given: Mapping[str, str], questions: Mapping[str, EvaluationQuestion]) -> None:
    if not given:
        raise Conflict(_("Answer at least one question."), code="nothing_answered")
    for key, answer in given.items():
        if key not in questions or answer not in _allowed(questions[key], answer):
            raise Conflict(
                _("One of these answers is not on the form. Load the page again."),
                code="not_an_answer",
            )


def _allowed(question: EvaluationQuestion, answer: str) -> Sequence[str]:
    if question.kind == EvaluationKind.SCALE:
        return SCALE
    return question.choices if question.kind == EvaluationKind.CHOICE else [answer]


def _count(
    box: EvaluationBox, given: Mapping[str, str], questions: Mapping[str, EvaluationQuestion]
) -> None:
    box.answers += 1
    for key, answer in given.items():
        if questions[key].kind == EvaluationKind.TEXT:
            # In the order of the alphabet: the order of arrival would tell who wrote what.
            box.texts[key] = sorted([*box.texts.get(key, []), answer])
        else:
            counts = box.tally.setdefault(key, {})
            counts[answer] = counts.get(answer, 0) + 1


def _tell(enrolment: Enrolment, *, session: Session, minutes: int, now: datetime) -> None:
    notify(
        recipient=enrolment.person,
        rule="courses.evaluation_asked",
        subject_key=f"evaluation:{enrolment.pk}",
        url=reverse("courses:evaluation_answer", args=[enrolment.pk]),
        now=now,
        facts={**facts_of(session), "minutes": minutes},
    )
