"""Applying for a place: writing an application, sending it before the time is over, withdrawing."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import line_manager_of, relations_to
from common.dates import london_date, long_moment
from common.errors import Conflict, Forbidden
from common.text import count_words
from courses.models import (
    APPLICATION_WORKFLOW,
    Application,
    ApplicationAnswer,
    ApplicationState,
    Intake,
    Session,
    SessionState,
)
from courses.policies.selection import may_answer_selection, may_apply
from courses.selectors.elsewhere import organisation_to_go_for
from courses.selectors.selection import answers_of, application_of
from courses.selectors.selection_panel import sits_on_panel
from courses.services.notices import facts_of
from courses.services.prerequisites import refuse_unprepared
from courses.services.seats import lock_session
from courses.services.selection_reserves import application_event, offer_what_is_left
from courses.services.selection_sponsors import name_sponsor
from notifications.services.notices import notify


@transaction.atomic
def save_application(
    *,
    intake: Intake,
    answers: Mapping[int, str],
    person: Person,
    by: Actor,
    now: datetime,
    sponsor: str = "",
) -> Application:
    """Keep what somebody has written so far; nobody else reads it before it is sent.

    ``answers``: by the number of the question; ``sponsor``: the address of whoever is to write
    about the person, where the intake lets them name one. Refuses: ``may_not_apply``,
    ``not_open_yet``, ``applications_closed``, ``on_the_panel``, ``already_sent``,
    ``no_sponsor_there``, ``sponsor_has_written``.
    """
    session = lock_session(intake.session_id)
    intake = Intake.objects.get(pk=intake.pk)
    organisation_id = _refuse_unless_may_apply(intake, person, by=by, now=now)
    refuse_unless_taking(intake, session=session, now=now)
    if sits_on_panel(person, intake):
        raise Conflict(
            _("You sit on the panel that chooses. Stand down before you apply."),
            code="on_the_panel",
        )
    application = application_of(person, intake)
    if application and application.state != ApplicationState.DRAFT:
        raise Conflict(
            _("You have sent this application. It can be read, and no longer changed."),
            code="already_sent",
        )
    if application is None:
        application = Application.objects.create(
            intake=intake, person=person, organisation_id=organisation_id, started_at=now
        )
    _write(application, answers)
    if intake.asks_sponsor:
        name_sponsor(application, email=sponsor, session=session, by=by, now=now)
    application_event(application, verb="save_application", rule="may_apply", by=by, now=now).save(
        force_insert=True
    )
    return application


@transaction.atomic
def send_application(*, application: Application, by: Actor, now: datetime) -> Application:
    """Send an application as it was saved. The line manager is told, and not asked.

    Refuses: ``may_not_answer``, ``stale_state``, ``applications_closed``, ``not_open_yet``,
    ``prerequisite_missing``, ``answers_missing``, ``answer_too_long``.
    """
    application, session = lock_application(application.pk)
    refuse_unless_own(application, by=by, now=now)
    application.state = APPLICATION_WORKFLOW.target("send", current=application.state)
    refuse_unless_taking(application.intake, session=session, now=now)
    refuse_unprepared(session, person=application.person, now=now)
    _refuse_unless_answered(application)
    application.sent_at = now
    application.save(update_fields=["state", "sent_at"])
    application_event(
        application, verb="send_application", rule="may_answer_selection", by=by, now=now
    ).save(force_insert=True)
    _tell_line_manager(application, session=session, now=now)
    return application


@transaction.atomic
def withdraw_application(*, application: Application, by: Actor, now: datetime) -> Application:
    """Take an application back before a place was offered.

    Refuses: ``may_not_answer``, ``stale_state``.
    """
    application, session = lock_application(application.pk)
    refuse_unless_own(application, by=by, now=now)
    application.state = APPLICATION_WORKFLOW.target("withdraw", current=application.state)
    application.reserve_rank, application.answered_at = None, now
    application.save(update_fields=["state", "reserve_rank", "answered_at"])
    application_event(
        application, verb="withdraw_application", rule="may_answer_selection", by=by, now=now
    ).save(force_insert=True)
    offer_what_is_left(application.intake, session=session, by=by, now=now)
    return application


def lock_application(application_id: int) -> tuple[Application, Session]:
    """Lock the session first, as everybody does, and read the application as it is then."""
    rows = Application.objects.filter(pk=application_id)
    session = lock_session(rows.values_list("intake__session_id", flat=True).get())
    application = rows.select_related("intake", "person").get()
    application.intake.session = session
    return application, session


def refuse_unless_own(application: Application, *, by: Actor, now: datetime) -> None:
    relations = relations_to(by, application.person, on=london_date(now))
    if not may_answer_selection(relations, application=application):
        raise Forbidden(_("Only the person who applied can do this."), code="may_not_answer")


def refuse_unless_taking(intake: Intake, *, session: Session, now: datetime) -> None:
    """The time to apply has begun and is not over, to the second."""
    if now < intake.opens_at:
        raise Conflict(
            _("Applications open on %(when)s. Apply then.")
            % {"when": long_moment(intake.opens_at)},
            code="not_open_yet",
        )
    if not intake.is_taking(now=now) or session.state != SessionState.OPEN:
        raise Conflict(
            _("Applications closed on %(when)s, so nothing can be changed or sent any more.")
            % {"when": long_moment(intake.closes_at)},
            code="applications_closed",
        )


def _refuse_unless_may_apply(intake: Intake, person: Person, *, by: Actor, now: datetime) -> int:
    """Return the organisation for which the person applies."""
    on = london_date(now)
    organisation_id = organisation_to_go_for(person, offering=intake.session.offering, on=on)
    is_offered = Intake.objects.visible_to(person, on=on).filter(pk=intake.pk).exists()
    relations = relations_to(by, person, on=on)
    if organisation_id is None or not may_apply(relations, intake=intake, is_offered=is_offered):
        raise Forbidden(_("You cannot apply for this course."), code="may_not_apply")
    return organisation_id


def _write(application: Application, answers: Mapping[int, str]) -> None:
    asked = set(application.intake.questions.values_list("pk", flat=True))
    ApplicationAnswer.objects.bulk_create(
        [
            ApplicationAnswer(application=application, question_id=question_id, text=text)
            for question_id, text in answers.items()
            if question_id in asked
        ],
        update_conflicts=True,
        unique_fields=["application", "question"],
        update_fields=["text"],
    )


def _refuse_unless_answered(application: Application) -> None:
    answered = answers_of(application)
    missing = [question.words for question, text in answered if not text.strip()]
    if missing:
        raise Conflict(
            _("Answer every question before you send the application. Still to answer: %(words)s")
            % {"words": missing[0]},
            code="answers_missing",
        )
    for question, text in answered:
        if count_words(text) > question.most_words:
            raise Conflict(
                _("Shorten the answer to “%(question)s” to %(most)d words or fewer.")
                % {"question": question.words, "most": question.most_words},
                code="answer_too_long",
            )


def _tell_line_manager(application: Application, *, session: Session, now: datetime) -> None:
    manager = line_manager_of(application.person, on=london_date(now))
    if manager is None:
        return
    notify(
        recipient=manager,
        rule="courses.application_told",
        subject_key=f"application:{application.pk}:submitted",
        url=reverse("courses:session_show", args=[session.pk]),
        now=now,
        facts={**facts_of(session), "person": application.person.full_name},
    )
