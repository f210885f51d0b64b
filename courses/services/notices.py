"""Telling people about places and requests, in the transaction of what they are told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import lifted
from courses.models import Enrolment, EnrolmentState, Session
from notifications.services.notices import News, notify, notify_each, notify_many

TELLER = SystemJob("courses.tell_changes", organisation_ids=None)
# What tells of a place that is somebody's now, or no longer: its mail carries invitations.
INVITING = (
    *("courses.place_given", "courses.request_approved", "courses.granted_by_silence"),
    *("courses.moved_up", "courses.moved", "courses.swapped"),
    *("courses.place_given_up", "courses.place_released", "courses.session_cancelled"),
    "courses.session_changed",
)
_SESSION = "courses:session_show"
_HOLDS = (EnrolmentState.CONFIRMED,)
_HOPES = (EnrolmentState.WAITING, EnrolmentState.OFFERED)
_TOLD = (*_HOPES, *_HOLDS)


def facts_of(session: Session) -> dict[str, Any]:
    """What every notice about a session says: which programme, and when."""
    return {
        "programme": session.offering.programme.title,
        "starts_at": session.starts_at.isoformat(),
    }


def tell_person(
    enrolment: Enrolment,
    *,
    rule: str,
    session: Session,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Tell the person whose enrolment it is, once about each state it comes to.

    What has to be answered in time has a mail of its own and leads to where it is answered; what
    concerns diaries goes there by mail.
    """
    is_offered = enrolment.state == EnrolmentState.OFFERED
    diary = _for_diary(enrolment) if rule in INVITING else {}
    told = {**facts_of(session), "state": str(enrolment.state), **diary, **(facts or {})}
    if is_offered and enrolment.offer_ends_at:
        told["offer_ends_at"] = enrolment.offer_ends_at.isoformat()
    address = ("courses:offer_answer", enrolment.pk) if is_offered else (_SESSION, session.pk)
    notify(
        recipient=enrolment.person,
        rule=rule,
        subject_key=f"enrolment:{enrolment.pk}:{enrolment.state.lower()}",
        url=reverse(address[0], args=[address[1]]),
        now=now,
        facts=told,
        is_urgent=is_offered or bool(diary),
    )


def tell_people(enrolments: Iterable[Enrolment], *, rule: str, now: datetime) -> None:
    """Tell many, each about the state their own place has come to, where nobody has to answer."""
    notify_each(
        (
            News(
                recipient_id=row.person_id,
                subject_key=f"enrolment:{row.pk}:{row.state.lower()}",
                url=reverse(_SESSION, args=[row.session_id]),
                facts={**facts_of(row.session), "state": str(row.state)},
            )
            for row in enrolments
        ),
        rule=rule,
        now=now,
    )


def tell_everybody_on(
    session: Session,
    *,
    rule: str,
    subject_key: str,
    now: datetime,
    states: Sequence[str] = _TOLD,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Tell everybody on a session the same, whatever organisation they are from: those with a
    place, the offer of one or a turn, unless ``states`` says who."""
    with lifted(TELLER):
        _tell_many(session, states, rule=rule, subject_key=subject_key, now=now, facts=facts or {})


def tell_of_change(
    session: Session,
    *,
    now: datetime,
    meeting_ids: Sequence[int] | None = None,
    removed: Mapping[str, Any] | None = None,
) -> None:
    """Tell everybody on a session that when or where it is has changed: of ``meeting_ids``, of all
    its meetings, or that one is ``removed``. To those with a place the mail brings the update."""
    diary: dict[str, Any] = {"session": session.pk}
    if meeting_ids is not None:
        diary["meetings"] = list(meeting_ids)
    if removed:
        diary |= {"meetings": [], "removed": dict(removed)}
    told = {
        "rule": "courses.session_changed",
        "subject_key": f"session:{session.pk}:{session.revision}",
        "now": now,
    }
    with lifted(TELLER):
        _tell_many(session, _HOLDS, facts=diary, is_urgent=True, **told)
        _tell_many(session, _HOPES, facts={}, **told)


def _tell_many(
    session: Session, states: Sequence[str], *, facts: Mapping[str, Any], **told: Any
) -> None:
    rows = Enrolment.objects.filter(session=session, state__in=states)
    notify_many(
        recipient_ids=sorted(rows.values_list("person_id", flat=True)),
        url=reverse(_SESSION, args=[session.pk]),
        facts={**facts_of(session), **facts},
        **told,
    )


def _for_diary(enrolment: Enrolment) -> dict[str, Any]:
    """What the mail of a notice is to bring into, or take out of, the diary of its reader."""
    if enrolment.state == EnrolmentState.CONFIRMED:
        left = enrolment.moved_from_id
        return {"invites": [enrolment.pk], **({"ends": [left]} if left else {})}
    if enrolment.confirmed_at and enrolment.ended_at:
        return {"ends": [enrolment.pk]}
    return {}


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


def tell_absent(enrolments: Iterable[Enrolment], *, session: Session, now: datetime) -> None:
    """Tell people that they were noted as not there, and where they can say why."""
    notify_each(
        (
            News(
                recipient_id=row.person_id,
                subject_key=f"enrolment:{row.pk}:absent",
                url=reverse("courses:absence_explain", args=[row.pk]),
                facts=facts_of(session),
            )
            for row in enrolments
        ),
        rule="courses.missed",
        now=now,
    )
