"""Telling people about places and requests, in the transaction of what they are told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import Person
from courses.models import Enrolment, Session
from notifications.services.notices import notify


def facts_of(session: Session) -> dict[str, Any]:
    """What every notice about a session says: which programme, and when."""
    return {
        "programme": session.offering.programme.title,
        "starts_at": session.starts_at.isoformat(),
    }


def tell_person(enrolment: Enrolment, *, rule: str, session: Session, now: datetime) -> None:
    """Tell the person whose enrolment it is, once about each state it comes to."""
    notify(
        recipient=enrolment.person,
        rule=rule,
        subject_key=f"enrolment:{enrolment.pk}:{enrolment.state.lower()}",
        url=reverse("courses:session_show", args=[session.pk]),
        now=now,
        facts={**facts_of(session), "state": str(enrolment.state)},
    )


def tell_deciders(
    enrolment: Enrolment, *, recipients: Iterable[Person], session: Session, now: datetime
) -> None:
    """Tell whoever may approve that somebody asks."""
    for recipient in recipients:
        notify(
            recipient=recipient,
            rule="courses.approval_asked",
            subject_key=f"enrolment:{enrolment.pk}",
            url=reverse("courses:approval_decide", args=[enrolment.pk]),
            now=now,
            facts={**facts_of(session), "person": enrolment.person.full_name},
        )
