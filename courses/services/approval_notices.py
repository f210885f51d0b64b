"""Telling who is asked about a request, and the person where it has come to."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from accounts.models import Person
from courses.models import Approval, ApprovalState, Contest, Enrolment, Session
from courses.services.notices import facts_of
from notifications.services.notices import notify


def tell_asked(
    stage: Approval,
    *,
    enrolment: Enrolment,
    recipients: Iterable[Person],
    session: Session,
    now: datetime,
) -> None:
    """Tell whoever may answer that somebody asks, or that nobody has answered so far."""
    is_escalated = stage.state == ApprovalState.ESCALATED
    facts = {
        **facts_of(session),
        "person": enrolment.person.full_name,
        "due_on": stage.due_on.isoformat() if stage.due_on else "",
    }
    for recipient in recipients:
        notify(
            recipient=recipient,
            rule="courses.approval_passed_on" if is_escalated else "courses.approval_asked",
            subject_key=f"enrolment:{enrolment.pk}:{stage.stage}",
            url=reverse("courses:approval_decide", args=[enrolment.pk]),
            now=now,
            facts=facts,
        )


def tell_passed_on(
    stage: Approval, *, enrolment: Enrolment, session: Session, now: datetime
) -> None:
    """Tell the person that nobody has answered, who is asked now, and by when it is decided."""
    notify(
        recipient=enrolment.person,
        rule="courses.request_passed_on",
        subject_key=f"enrolment:{enrolment.pk}:{stage.stage}",
        url=reverse("courses:session_show", args=[session.pk]),
        now=now,
        facts={
            **facts_of(session),
            "due_on": stage.due_on.isoformat() if stage.due_on else "",
            "on_silence": str(stage.on_silence),
        },
    )


def tell_contested(
    contest: Contest,
    *,
    enrolment: Enrolment,
    recipients: Iterable[Person],
    session: Session,
    now: datetime,
) -> None:
    """Tell whoever may answer that a refusal is contested."""
    for recipient in recipients:
        notify(
            recipient=recipient,
            rule="courses.refusal_contested",
            subject_key=f"contest:{contest.pk}",
            url=reverse("courses:contest_answer", args=[contest.pk]),
            now=now,
            facts={**facts_of(session), "person": enrolment.person.full_name},
        )


def tell_contest_answered(
    contest: Contest, *, enrolment: Enrolment, session: Session, now: datetime
) -> None:
    """Tell the person what came of it."""
    notify(
        recipient=enrolment.person,
        rule="courses.contest_answered",
        subject_key=f"contest:{contest.pk}",
        url=reverse("courses:session_show", args=[session.pk]),
        now=now,
        facts={
            **facts_of(session),
            "state": str(contest.state),
            "came_to": str(contest.led_to.state) if contest.led_to else "",
        },
    )
